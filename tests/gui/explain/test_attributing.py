"""Which maps are computed while drawings follow each other, and how exact they are."""

import pytest

from digitlab.attribution.gradient_maps import COMPLETENESS_GOAL
from digitlab.attribution.methods import METHODS
from digitlab.attribution.result import MethodId
from digitlab.gui.explain.attributing import AttributionController
from digitlab.gui.explain.why.question import Inquiry, Question
from digitlab.gui.messages import MessageBar, Messages
from digitlab.insight.lens import inspect
from digitlab.insight.path import answer_place
from digitlab.model.files.network_file import read_model
from digitlab.system.assets import model_path

PATH_METHODS = (MethodId.INTEGRATED_GRADIENTS, MethodId.CONTRAST)


@pytest.fixture(scope="module")
def inspections(images):
    """Drawings, as the shipped pen network sees them."""
    snapshot = read_model(model_path("pen"))
    return [inspect(snapshot, image) for image in images[:4]]


@pytest.fixture
def controller(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    controller = AttributionController(Messages(bar), bar)
    controller.answers = []
    controller.answered.connect(controller.answers.append)
    yield controller
    assert controller.close(30.0)


def inquiry(inspection, *methods):
    tasks = (Question().task(inspection, answer_place(inspection), method) for method in methods)
    return Inquiry(inspection, None, tuple(tasks))


@pytest.mark.parametrize("method", PATH_METHODS)
def test_a_rough_map_comes_first_and_is_refined(qtbot, controller, inspections, method):
    controller.ask(inquiry(inspections[0], method))
    qtbot.waitUntil(lambda: bool(controller.answers) and not controller.answers[-1].attribution.is_rough)
    first, last = controller.answers[0].attribution, controller.answers[-1].attribution
    assert first.is_rough
    assert last.completeness_error <= COMPLETENESS_GOAL
    assert first.explained == last.explained


def test_a_newer_drawing_ends_the_refining_but_not_before_a_map_is_shown(qtbot, controller, inspections):
    first, second = (inquiry(one, MethodId.CONTRAST) for one in inspections[:2])

    def go_on(answer):
        if answer.inquiry is first:
            controller.ask(second)

    controller.answered.connect(go_on)
    controller.ask(first)
    qtbot.waitUntil(lambda: bool(controller.answers) and not controller.answers[-1].attribution.is_rough)
    assert controller.answers[0].inquiry is first
    assert all(answer.attribution.is_rough for answer in controller.answers if answer.inquiry is first)
    assert controller.answers[-1].inquiry is second


def test_all_live_maps_follow_the_pen_without_a_rest(qtbot, controller, inspections):
    """Also while the large map takes longer than the time between two drawings."""
    inquiries = [inquiry(one, *MethodId) for one in inspections]
    live = {method for method in MethodId if METHODS[method].is_live}
    asked = 0

    def draw_on():
        nonlocal asked
        asked += 1
        controller.ask(inquiries[asked % len(inquiries)])
        return live <= {answer.task.method for answer in controller.answers}

    qtbot.waitUntil(draw_on)
    assert {answer.attribution.is_rough for answer in controller.answers if answer.task.method in PATH_METHODS} == {
        True
    }


def test_all_maps_become_exact_once_the_pen_rests(qtbot, controller, inspections):
    controller.ask(inquiry(inspections[0], *MethodId))

    def newest():
        return {answer.task.method: answer.attribution.is_rough for answer in controller.answers}

    qtbot.waitUntil(lambda: newest() == dict.fromkeys(MethodId, False))
