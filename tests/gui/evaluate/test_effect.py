"""The accuracy of the network on screen with and without its edits, while What if is visible."""

import numpy as np
import pytest

from digitlab.gui.evaluate import jobs as evaluation_jobs
from digitlab.gui.evaluate.controller import EvaluationController
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.values import TrainingState
from digitlab.insight.batch import answer_all
from digitlab.model.edits import Edits, Unit
from tests.helpers.networks import random_snapshot, small_dataset, small_spec, write_npz

OFF = Edits().with_off(Unit(2, index) for index in range(48))


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def controller(session, bar, tmp_path):
    """A controller on 120 test digits, with its thread, which ends with the test."""
    controller = EvaluationController(session, SketchEditor(session, bar), Messages(bar), bar)
    controller.choose_source(str(write_npz(tmp_path / "digits.npz", small_dataset())))
    yield controller
    assert controller.close(5.0)


def _accuracy(snapshot) -> float:
    test = small_dataset().test
    answers = answer_all(snapshot, test.images)
    assert answers is not None
    return float((answers.outputs.argmax(axis=1) == test.labels).mean())


def _is_whole(session) -> bool:
    effect = session.evaluation.effect
    return effect is not None and effect.is_whole and effect.snapshot is session.snapshot


def test_the_network_is_evaluated_with_and_without_its_edits(qtbot, session, controller):
    controller.watch_edits(True)
    qtbot.waitUntil(lambda: _is_whole(session))
    unedited = session.evaluation.effect
    assert unedited.before == unedited.after == pytest.approx(_accuracy(session.snapshot))
    assert (unedited.count, unedited.total) == (120, 120)
    session.edit(OFF)
    assert session.evaluation.effect.before == unedited.before
    assert session.evaluation.effect.after is None
    qtbot.waitUntil(lambda: _is_whole(session))
    effect = session.evaluation.effect
    assert effect.before == unedited.before
    assert effect.after == pytest.approx(_accuracy(session.snapshot))
    assert effect.after < effect.before
    session.edit(Edits())
    assert session.evaluation.effect.after == unedited.before


def test_edits_made_before_anybody_looks_are_compared_too(qtbot, session, controller):
    session.edit(OFF)
    controller.watch_edits(True)
    qtbot.waitUntil(lambda: _is_whole(session))
    assert session.evaluation.effect.before == pytest.approx(_accuracy(session.snapshot.original))
    # The result on screen is that of the network on screen.
    assert session.evaluation.result.snapshot is session.snapshot


def test_nothing_is_evaluated_while_nobody_looks(qtbot, session, controller):
    session.edit(OFF)
    qtbot.wait(50)
    assert session.evaluation.effect is None
    controller.watch_edits(True)
    qtbot.waitUntil(lambda: _is_whole(session))
    controller.watch_edits(False)
    assert session.evaluation.effect is None


def test_the_next_edit_cancels_the_evaluation(qtbot, session, controller, monkeypatch):
    controller.watch_edits(True)
    qtbot.waitUntil(lambda: _is_whole(session))
    # It waits for a minute: only a cancelled one lets the next begin.
    monkeypatch.setattr(evaluation_jobs, "EDIT_DELAY_S", 60.0)
    session.edit(OFF)
    qtbot.wait(20)
    monkeypatch.setattr(evaluation_jobs, "EDIT_DELAY_S", 0.0)
    session.edit(Edits(bits=2))
    qtbot.waitUntil(lambda: _is_whole(session))
    assert session.evaluation.effect.after == pytest.approx(_accuracy(session.snapshot))


def test_partial_results_are_compared_on_the_same_images(qtbot, session, controller, monkeypatch):
    controller.watch_edits(True)
    qtbot.waitUntil(lambda: _is_whole(session))
    monkeypatch.setattr(evaluation_jobs, "FIRST_COUNT", 1)
    monkeypatch.setattr(evaluation_jobs, "_CHUNK", 10)
    effects = []
    session.evaluation_changed.connect(lambda: effects.append(session.evaluation.effect))
    session.edit(OFF)
    qtbot.waitUntil(lambda: _is_whole(session))
    mine = [effect for effect in effects if effect.snapshot is session.snapshot and effect.after is not None]
    effect = mine[0]
    assert effect.count < 120
    first = np.random.default_rng(0).permutation(120)[: effect.count]
    test = small_dataset().test
    answers = answer_all(session.snapshot.original, test.images[first])
    assert effect.before == pytest.approx(float((answers.outputs.argmax(axis=1) == test.labels[first]).mean()))


def test_the_newest_of_a_running_training_is_not_evaluated(qtbot, session, controller):
    session.training_state = TrainingState.RUNNING
    controller.watch_edits(True)
    qtbot.waitUntil(lambda: session.evaluation.effect is not None)
    qtbot.wait(50)
    assert session.evaluation.effect.after is None
    session.training_state = TrainingState.IDLE
    qtbot.waitUntil(lambda: _is_whole(session))


def test_data_that_are_not_here_are_not_downloaded(qtbot, session, controller, tmp_path):
    controller.choose_source(str(tmp_path / "missing.npz"))
    controller.watch_edits(True)
    qtbot.wait(100)
    assert session.evaluation.effect is None


def test_another_network_is_compared_with_itself(qtbot, session, controller):
    controller.watch_edits(True)
    qtbot.waitUntil(lambda: _is_whole(session))
    session.edit(OFF)
    session.open_network(random_snapshot(small_spec()), None, "Small")
    qtbot.waitUntil(lambda: _is_whole(session))
    assert session.evaluation.effect.before == session.evaluation.effect.after
