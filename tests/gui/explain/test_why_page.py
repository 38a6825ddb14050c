"""The page Why: the map of each method, what it explains, and how it is read."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QToolButton

from digitlab.attribution.methods import METHODS, two_likeliest
from digitlab.attribution.result import MethodId
from digitlab.gui.explain.attributing import AttributionController
from digitlab.gui.explain.why.page import WhyPage
from digitlab.gui.messages import MessageBar, Messages
from digitlab.insight.backward import Target, gradients
from digitlab.insight.place import Place
from digitlab.model.layer import Activation
from digitlab.model.snapshot import Snapshot
from digitlab.words.numbers import number

SMALL, WIDE = (560, 370), (1240, 700)


@pytest.fixture
def make_page(qtbot, drawn):
    """Return a function that shows the page, with a controller that computes."""
    made = []

    def make(size=SMALL):
        page = WhyPage(drawn)
        bar = MessageBar(page)
        controller = AttributionController(Messages(bar), page)
        page.asked.connect(controller.ask)
        controller.answered.connect(page.take)
        controller.progressed.connect(page.show_progress)
        qtbot.addWidget(page)
        page.resize(*size)
        with qtbot.waitExposed(page):
            page.show()
        made.append(controller)
        return page

    yield make
    assert all(controller.close(30.0) for controller in made)


def answered(qtbot, page, method=MethodId.GRADIENT_TIMES_INPUT):
    """Wait for the large map of a method, as exact as it gets, and return its values."""
    session = page._session
    qtbot.waitUntil(
        lambda: (
            page.answer is not None
            and page.answer.task.method is method
            and page.answer.inquiry.inspection is session.inspection
            and not page.answer.attribution.is_rough
        )
    )
    return page.answer.attribution.values


def choose(page, name, text):
    """Choose an entry of a box by keys, as a person does."""
    box = page.findChild(QComboBox, name)
    entry = next(index for index in range(box.count()) if box.itemText(index).startswith(text))
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(entry):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText().startswith(text)


def text(page, name):
    return page.findChild(QLabel, name).text()


def test_the_map_is_the_gradient_times_the_ink_for_the_answer(qtbot, make_page, drawn):
    page = make_page()
    values = answered(qtbot, page)
    inspection = drawn.inspection
    target = Target.logit(drawn.snapshot.spec, int(inspection.probabilities.argmax()))
    expected = gradients(inspection, target)[0][..., 0] * inspection.activations[0][..., 0]
    assert np.allclose(values, expected, atol=1e-6)
    assert page.map.grid.tiles.limit == pytest.approx(np.abs(expected).max())
    assert np.array_equal(page.map.grid.tiles.values[0], values)


@pytest.mark.parametrize("method", list(MethodId))
def test_every_method_says_what_it_tells_and_how_to_check_it(qtbot, make_page, method):
    page = make_page()
    choose(page, "whyMethodBox", METHODS[method].name)
    answered(qtbot, page, method)
    assert text(page, "whyMeaning") == METHODS[method].explanation
    assert METHODS[method].check in text(page, "whyCheck")
    assert page.map.grid.isVisible()


def test_integrated_gradients_show_that_they_add_up(qtbot, make_page):
    page = make_page()
    choose(page, "whyMethodBox", "Integrated gradients")
    values = answered(qtbot, page, MethodId.INTEGRATED_GRADIENTS)
    attribution = page.answer.attribution
    assert values.sum() == pytest.approx(attribution.explained, rel=0.01)
    shown = text(page, "whySum")
    assert f"Sum of the map: {values.sum(dtype=np.float64):.2f}" in shown
    assert "above a blank canvas" in shown
    assert "error" in shown


def test_any_digit_can_be_explained(qtbot, make_page, drawn):
    page = make_page()
    answered(qtbot, page)
    choose(page, "whyTargetBox", "digit 7")
    qtbot.waitUntil(lambda: page.answer.task.target == Target.logit(drawn.snapshot.spec, 7))
    assert "Logit of 7" in text(page, "whyValue")


def test_the_value_before_a_change_is_shown_so_that_the_person_can_check(
    qtbot, make_page, drawn, show, images, monkeypatch
):
    monkeypatch.setattr("digitlab.gui.explain.why.change._PAUSE_S", -1.0)
    page = make_page()
    choose(page, "whyTargetBox", "digit 7")
    answered(qtbot, page)
    assert "Before" not in text(page, "whyValue")
    first = number(float(drawn.inspection.sums[-1][7]))
    show(images[1])
    answered(qtbot, page)
    assert f"= {number(float(drawn.inspection.sums[-1][7]))}," in text(page, "whyValue")
    assert text(page, "whyValue").endswith(f"Before the last change: {first}")
    choose(page, "whyTargetBox", "digit 3")
    answered(qtbot, page)
    assert "Before" not in text(page, "whyValue")


def test_the_pair_says_who_leads(qtbot, make_page):
    page = make_page()
    choose(page, "whyMethodBox", "Why this and not that")
    answered(qtbot, page, MethodId.CONTRAST)
    first = page.answer.task.target.units[0][0]
    assert text(page, "whyValue").endswith(f": {first} leads")
    QTest.mouseClick(page.findChild(QToolButton, "whySwapButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.answer.task.target.units[1][0] == first)
    assert text(page, "whyValue").endswith(f": {first} leads")


def test_the_pair_is_the_two_largest_and_can_be_swapped_and_chosen(qtbot, make_page, drawn):
    page = make_page()
    choose(page, "whyMethodBox", "Why this and not that")
    answered(qtbot, page, MethodId.CONTRAST)
    spec, (first, second) = drawn.snapshot.spec, two_likeliest(drawn.inspection)
    assert page.answer.task.target == Target.difference(spec, first, second)
    before = page.answer.attribution.values
    swap = page.findChild(QToolButton, "whySwapButton")
    QTest.mouseClick(swap, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.answer.task.target == Target.difference(spec, second, first))
    answered(qtbot, page, MethodId.CONTRAST)
    assert np.allclose(page.answer.attribution.values, -before, atol=0.02 * np.abs(before).max())
    choose(page, "whyRivalBox", "digit 3")
    qtbot.waitUntil(lambda: page.answer.task.target == Target.difference(spec, second, 3))


def test_the_patch_and_the_layer_are_settings_of_their_methods_alone(qtbot, make_page):
    page = make_page()
    patch, layer = (page.findChild(QComboBox, name) for name in ("whyPatchBox", "whyLayerBox"))
    assert not patch.isVisible()
    assert not layer.isVisible()
    choose(page, "whyMethodBox", "Occlusion")
    fine = answered(qtbot, page, MethodId.OCCLUSION)
    choose(page, "whyPatchBox", "9")
    qtbot.waitUntil(lambda: page.answer.task.patch == 9)
    assert not np.array_equal(page.answer.attribution.values, fine)
    choose(page, "whyMethodBox", "Grad-CAM")
    last = answered(qtbot, page, MethodId.GRAD_CAM)
    assert not patch.isVisible()
    choose(page, "whyLayerBox", "conv1")
    qtbot.waitUntil(lambda: page.answer.task.layer == 0)
    assert not np.array_equal(page.answer.attribution.values, last)


def test_pixels_are_read_by_keys_mouse_and_screen_readers(qtbot, make_page, drawn):
    page = make_page()
    values = answered(qtbot, page)
    grid = page.map.grid
    grid.setFocus()
    for _ in range(14):
        QTest.keyClick(grid, Qt.Key.Key_Down)
    for _ in range(13):
        QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.cell == (0, 14, 13)
    assert text(page, "whyReadout").startswith("Row 14, column 13: ink ")
    place = page.map.rect_of_pixel(10, 12).center().toPoint()
    QTest.mouseMove(grid, place + QPoint(1, 0))
    QTest.mouseMove(grid, place)
    assert text(page, "whyReadout").startswith("Row 10, column 12: ink ")
    assert grid.part_count() == 784
    part = grid.part(10 * 28 + 12)
    assert part.name.startswith("row 10, column 12: ")
    assert "ink" in part.name
    assert part.is_selected
    assert number(float(values[10, 12])) in part.name


def test_all_methods_are_side_by_side_in_a_large_window(qtbot, make_page):
    page = make_page(WIDE)
    assert page.tiles.isVisible()
    qtbot.waitUntil(lambda: all("±" in page.tiles.part(index).name for index in range(page.tiles.part_count())))
    page.tiles.setFocus()
    QTest.keyClick(page.tiles, Qt.Key.Key_End)
    answered(qtbot, page, MethodId.CONTRAST)
    first = page.tiles.rect_of(0).center().toPoint()
    QTest.mouseClick(page.tiles, Qt.MouseButton.LeftButton, pos=first)
    answered(qtbot, page, MethodId.OCCLUSION)
    assert page.findChild(QComboBox, "whyMethodBox").currentText() == "Occlusion"
    assert [page.tiles.part(index).is_selected for index in range(2)] == [True, False]


def test_a_small_window_has_one_large_map(qtbot, make_page):
    page = make_page()
    answered(qtbot, page)
    assert not page.tiles.isVisible()
    assert page.map.grid.width() >= 224


def test_the_map_follows_another_drawing(qtbot, make_page, show, images):
    page = make_page()
    before = answered(qtbot, page)
    show(images[3])
    after = answered(qtbot, page)
    assert not np.array_equal(before, after)


def test_a_blank_canvas_is_said(qtbot, make_page, show):
    page = make_page()
    show(np.zeros((28, 28), np.uint8))
    values = answered(qtbot, page)
    assert not values.any()
    assert "blank" in text(page, "whyProblem")
    choose(page, "whyMethodBox", "Integrated gradients")
    answered(qtbot, page, MethodId.INTEGRATED_GRADIENTS)


def test_a_diverged_network_is_shown_without_a_warning(qtbot, make_page, show, images, tutorial):
    broken = Snapshot(
        tutorial.spec, tuple(tuple(np.full_like(one, np.nan) for one in layer) for layer in tutorial.weights)
    )
    page = make_page(WIDE)
    show(images[0], broken)
    for method in MethodId:
        choose(page, "whyMethodBox", METHODS[method].name)
        answered(qtbot, page, method)
    page.map.grid._point_at((0, 14, 14))
    assert "diverged" in text(page, "whyReadout")


def test_a_network_with_sigmoid_outputs_is_explained_by_its_logits(qtbot, make_page, show, images, tutorial):
    *layers, last = tutorial.spec.layers
    spec = replace(tutorial.spec, layers=(*layers, replace(last, activation=Activation.SIGMOID)))
    page = make_page()
    show(images[0], Snapshot(spec, tutorial.weights))
    answered(qtbot, page)
    assert page.answer.task.target.of_sums
    assert "Logit" in text(page, "whyValue")


def test_a_network_that_ends_in_maps_is_explained_at_the_place(qtbot, make_page, show, images, tutorial, drawn):
    spec = replace(tutorial.spec, layers=tutorial.spec.layers[:2])
    page = make_page(WIDE)
    show(images[0], Snapshot(spec, tutorial.weights[:2]))
    answered(qtbot, page)
    assert not page.answer.task.target.of_sums
    drawn.place = Place(0, (9, 9, 2))
    qtbot.waitUntil(lambda: page.answer.task.target == Target.at(spec, Place(0, (9, 9, 2))))
    assert "map 2" in text(page, "whyValue")
    choose(page, "whyMethodBox", "Why this and not that")
    assert "no outputs to compare" in text(page, "whyProblem")
    assert not page.map.grid.isVisible()
    assert "no outputs" in page.tiles.part(5).name


def test_a_hidden_page_computes_nothing(qtbot, make_page, show, images):
    page = make_page()
    answered(qtbot, page)
    asked = []
    page.asked.connect(asked.append)
    page.hide()
    assert asked == [None]
    show(images[4])
    assert asked == [None]
