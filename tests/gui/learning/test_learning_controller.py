"""Measuring for the Learning panel: only while it is visible, each snapshot once, the one on screen first."""

import gc
import threading
import weakref

import pytest

from digitlab.gui.learning import controller as learning
from digitlab.gui.learning.controller import MOST_COLUMNS, LearningController, evenly
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe
from digitlab.model.snapshot import Snapshot
from digitlab.training.events import SnapshotTaken, UpdatesMeasured
from tests.helpers.desks import settle
from tests.helpers.networks import random_snapshot, small_dataset, small_spec
from tests.helpers.trainings import run_of, snapshot_and_state, started_training


@pytest.fixture
def measured(monkeypatch):
    """The measured steps, in order; three images are enough here."""
    steps: list[int] = []
    measure = learning.measure

    def counting(snapshot, images, is_cancelled):
        steps.append(snapshot.step)
        return measure(snapshot, images, is_cancelled)

    monkeypatch.setattr(learning, "measure", counting)
    monkeypatch.setattr(learning, "probe_images", lambda side: small_dataset().test.images[:3])
    return steps


@pytest.fixture
def run():
    """A run of twenty steps with five kept snapshots: 0, 5, 10, 15, 20."""
    return run_of(started_training(epochs=1, steps_per_epoch=20))


@pytest.fixture
def session(qapp, run):
    session = Session(run.snapshots[2], Recipe(small_spec()))
    session.run = run
    return session


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def controller(session, bar, measured):
    """A controller with its thread, which ends with the test."""
    controller = LearningController(session, Messages(bar), bar)
    yield controller
    assert controller.close(5.0)


def is_whole(session) -> bool:
    return session.learning is not None and session.learning.shown is not None and not session.learning.columns.missing


def test_nothing_is_measured_while_the_panel_is_hidden(session, controller, measured, run):
    session.snapshot = run.snapshots[0]
    session.advance_run()
    assert controller.close(5.0)
    assert measured == []
    assert session.learning is None


def test_the_snapshot_on_screen_comes_first_then_all_others_once(qtbot, session, controller, measured, run):
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    assert measured[0] == 10
    assert sorted(measured) == [0, 5, 10, 15, 20]
    columns = session.learning.columns
    assert columns.steps == (0, 5, 10, 15, 20)
    assert [entry.step for entry in columns.measured] == [0, 5, 10, 15, 20]
    assert session.learning.shown.step == 10
    assert session.learning.updates.steps.tolist() == [update.step for update in run.updates]
    assert session.learning.is_of_run


def test_a_measured_snapshot_is_shown_immediately(qtbot, session, controller, measured, run):
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    session.snapshot = run.snapshots[4]
    assert session.learning.shown.step == 20
    assert len(measured) == 5


def test_what_was_measured_is_kept_while_the_panel_is_hidden(qtbot, session, controller, measured):
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    controller.watch(False)
    controller.watch(True)
    assert is_whole(session)
    assert len(measured) == 5


def test_a_new_snapshot_of_a_run_is_measured_alone(qtbot, session, controller, measured, run):
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    newest, state = snapshot_and_state(run.started, 25)
    run.add(SnapshotTaken(newest, True, state))
    run.add(UpdatesMeasured(25, (1e-3, 2e-3)))
    session.advance_run()
    qtbot.waitUntil(lambda: len(session.learning.columns.steps) == 6 and is_whole(session))
    assert measured[5:] == [25]
    assert session.learning.updates.steps[-1] == 25


def test_of_many_snapshots_on_screen_the_last_is_measured_first(qtbot, session, controller, run, monkeypatch):
    """While the slider is dragged, snapshots that it passes do not delay the one where it stops."""
    gate, steps = threading.Event(), []
    measure = learning.measure

    def waiting(snapshot, images, is_cancelled):
        steps.append(snapshot.step)
        gate.wait(60)
        return measure(snapshot, images, is_cancelled)

    monkeypatch.setattr(learning, "measure", waiting)
    controller.watch(True)
    qtbot.waitUntil(lambda: steps == [10])
    for index in (0, 1, 3):
        session.snapshot = run.snapshots[index]
    gate.set()
    qtbot.waitUntil(lambda: is_whole(session))
    assert steps[:2] == [10, 15]
    assert session.learning.shown.step == 15


def test_a_network_of_no_run_is_measured_alone(qtbot, session, controller, measured, tutorial):
    session.snapshot = tutorial
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    assert measured == [tutorial.step]
    assert session.learning.columns.steps == (tutorial.step,)
    assert not session.learning.is_of_run
    assert session.learning.spec == tutorial.spec


def test_a_snapshot_that_is_not_kept_is_shown_beside_the_run(qtbot, session, controller, measured):
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    newest, _ = snapshot_and_state(session.run.started, 17)
    session.advance(newest)
    qtbot.waitUntil(lambda: session.learning.shown.step == 17)
    assert session.learning.columns.steps == (0, 5, 10, 15, 20)
    assert measured[5:] == [17]


def test_a_snapshot_of_another_run_of_the_same_network_is_measured_alone(qtbot, session, controller, measured, run):
    pinned, _ = snapshot_and_state(run.started, 15)
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    session.snapshot = pinned
    qtbot.waitUntil(lambda: is_whole(session) and len(measured) == 6)
    assert session.learning.columns.steps == (15,)
    assert not session.learning.is_of_run
    assert len(session.learning.updates.steps) == 0


def test_updates_of_another_number_of_layers_are_left_out(qtbot, session, controller, measured, run):
    run.add(UpdatesMeasured(21, (1e-3,)))
    controller.watch(True)
    assert 21 not in session.learning.updates.steps


def test_a_hidden_panel_does_not_keep_a_run_in_memory(qtbot, session, controller, measured, tutorial):
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    settle(qtbot, controller.desk)
    controller.watch(False)
    run = run_of(started_training())
    session.open_network(run.snapshots[-1], run)
    controller.watch(True)
    qtbot.waitUntil(lambda: is_whole(session))
    controller.watch(False)
    settle(qtbot, controller.desk)
    kept = weakref.ref(run), weakref.ref(run.snapshots[0])
    del run
    session.open_network(tutorial, None)
    gc.collect()
    assert [alive() for alive in kept] == [None, None]


def test_a_failure_is_shown_once_and_the_next_run_is_measured_whole(qtbot, session, controller, bar, run, monkeypatch):
    measure, attempts = learning.measure, []

    def failing(snapshot, images, is_cancelled):
        attempts.append(snapshot.step)
        if snapshot.step == 20:
            raise MemoryError
        return measure(snapshot, images, is_cancelled)

    monkeypatch.setattr(learning, "measure", failing)
    controller.watch(True)
    qtbot.waitUntil(lambda: bar.text != "")
    bar.dismiss()
    assert session.learning.is_broken
    # The training continues, and the panel is hidden and shown again: nothing is measured again after the failure.
    attempts.clear()
    newest, state = snapshot_and_state(run.started, 25)
    run.add(SnapshotTaken(newest, True, state))
    session.advance_run()
    controller.watch(False)
    controller.watch(True)
    session.snapshot = run.snapshots[0]
    settle(qtbot, controller.desk)
    assert attempts == []
    monkeypatch.setattr(learning, "measure", measure)
    session.run = None
    session.run = run
    qtbot.waitUntil(lambda: is_whole(session))
    assert session.learning.columns.steps == (0, 5, 10, 15, 20, 25)
    assert not session.learning.is_broken
    assert bar.text == ""


def test_many_snapshots_are_thinned_evenly_and_stay_when_the_run_grows():
    weights = random_snapshot(small_spec()).weights
    many = [Snapshot(small_spec(), weights, step) for step in range(300)]
    chosen = [snapshot.step for snapshot in evenly(many, MOST_COLUMNS)]
    assert chosen == [*range(0, 300, 4), 299]
    grown = [snapshot.step for snapshot in evenly(many[:290], MOST_COLUMNS)]
    assert set(grown) - set(chosen) == {289}
    assert evenly(many[:5], MOST_COLUMNS) == tuple(many[:5])
