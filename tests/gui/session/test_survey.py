"""Which snapshot is measured next, and what happens to the current measurement."""

import gc
import weakref

import pytest
from PySide6.QtCore import QObject

from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.desk import Desk
from digitlab.gui.session.survey import Survey
from digitlab.gui.session.values import Replay, TrainingState
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from tests.helpers.desks import settle
from tests.helpers.runs import make_started


class HeldRequest:
    """A request whose job never runs; the test delivers its values."""

    def __init__(self, then, failed, progress):
        self._then, self._failed, self._progress = then, failed, progress
        self.is_cancelled = False

    def cancel(self):
        self.is_cancelled = True

    def report(self, value):
        if not self.is_cancelled:
            self._progress(value)

    def finish(self, value):
        if not self.is_cancelled:
            self._then(value)

    def fail(self, error):
        if not self.is_cancelled:
            self._failed(error)


class HeldDesk:
    """A desk that records its requests and errors for the test."""

    def __init__(self):
        self.requests, self.errors = [], []

    def ask(self, job, *, then, failed, progress):
        self.requests.append(HeldRequest(then, failed, progress))
        return self.requests[-1]

    def show_error(self, error):
        self.errors.append(error)

    @property
    def newest(self):
        return self.requests[-1]


class Measured:
    """A survey of all snapshots of the run, and its measurements."""

    def __init__(self, session, desk, parent):
        self.values = {}
        self.targets = []
        self.survey = Survey(
            session,
            desk,
            parent,
            wanted=lambda: self.survey.screen_first(session.run.snapshots if session.run else ()),
            job_for=self._job_for,
            take=self._take,
        )
        self.survey.target_changed.connect(lambda: self.targets.append(self.survey.is_busy))

    def _job_for(self, snapshot):
        return None if self.values.get(snapshot) == "whole" else lambda request: None

    def _take(self, snapshot, value):
        self.values[snapshot] = value

    @property
    def steps(self):
        return [snapshot.step for snapshot in self.values]


@pytest.fixture
def run(session):
    """A run with the snapshots 0 to 8, the last of which is on screen."""
    run = Run(make_started())
    for step in range(9):
        run.history.add(Snapshot(session.snapshot.spec, session.snapshot.weights, step, step / 10))
    session.open_network(run.snapshots[-1], run)
    return run


@pytest.fixture
def desk():
    return HeldDesk()


@pytest.fixture
def measured(session, desk, run):
    parent = QObject()
    measured = Measured(session, desk, parent)
    measured.survey.watch(True)
    yield measured
    parent.deleteLater()


def test_the_snapshot_on_screen_comes_first_then_the_run_from_coarse_to_fine(desk, measured):
    for _ in range(9):
        desk.newest.finish("whole")
    assert measured.steps == [8, 0, 4, 2, 6, 1, 3, 5, 7]
    assert not measured.survey.is_busy
    assert measured.targets == [True] * 9 + [False]


def test_the_snapshot_the_slider_stops_at_comes_next(session, desk, measured, run):
    for index in (3, 5, 6):
        session.snapshot = run.snapshots[index]
    assert len(desk.requests) == 1
    desk.newest.finish("whole")
    desk.newest.finish("whole")
    assert measured.steps == [8, 6]


def test_a_measurement_with_partial_values_is_dropped_after_its_first_value(session, desk, measured, run):
    first = desk.newest
    session.snapshot = run.snapshots[3]
    assert not first.is_cancelled
    first.report("part")
    assert first.is_cancelled
    assert measured.values == {run.snapshots[8]: "part"}
    desk.newest.report("part")
    desk.newest.report("more")
    assert measured.values[run.snapshots[3]] == "more"
    assert len(desk.requests) == 2


def test_known_values_are_not_measured_again(session, desk, measured, run):
    measured.values |= dict.fromkeys(run.snapshots[:8], "whole")
    desk.newest.finish("whole")
    session.snapshot = run.snapshots[2]
    assert len(desk.requests) == 1


def test_a_measurement_is_dropped_at_once_when_nothing_is_needed(session, desk, measured, run):
    measured.values |= dict.fromkeys(run.snapshots[:8], "whole")
    session.snapshot = run.snapshots[0]
    assert not desk.newest.is_cancelled
    session.run = None
    assert desk.newest.is_cancelled
    assert measured.targets == [True, False]


def test_nothing_is_started_while_not_watched_and_the_last_value_is_taken(session, desk, measured, run):
    measured.survey.watch(False)
    session.snapshot = run.snapshots[2]
    desk.newest.finish("whole")
    session.advance_run()
    assert (measured.steps, len(desk.requests)) == ([8], 1)
    measured.survey.watch(True)
    desk.newest.finish("whole")
    assert measured.steps == [8, 2]


def test_after_an_error_nothing_is_measured_before_another_run(session, desk, measured, run):
    error = MemoryError()
    desk.newest.fail(error)
    assert desk.errors == [error]
    assert measured.targets == [True, False]
    session.snapshot = run.snapshots[2]
    session.advance_run()
    measured.survey.watch(True)
    assert measured.survey.is_broken
    assert len(desk.requests) == 1
    session.run = None
    assert not measured.survey.is_broken
    assert len(desk.requests) == 2


def test_after_an_error_another_network_without_a_run_is_measured(session, desk, measured, run):
    session.open_network(run.snapshots[0], None)
    desk.newest.fail(MemoryError())
    assert measured.survey.is_broken
    session.open_network(run.snapshots[1], None)
    assert not measured.survey.is_broken
    desk.newest.finish("whole")
    assert measured.steps == [1]


def test_a_cancelled_measurement_is_begun_again_when_it_is_wanted(session, desk, measured):
    desk.newest.report("part")
    measured.survey.cancel()
    assert desk.newest.is_cancelled
    assert measured.targets == [True, False]
    measured.survey.refresh()
    desk.newest.finish("whole")
    assert measured.steps[0] == 8


def test_a_restart_drops_even_a_measurement_without_a_value(desk, measured):
    before = desk.newest
    measured.survey.restart()
    assert before.is_cancelled
    assert len(desk.requests) == 2


def test_training_that_replaces_the_snapshot_on_screen_does_not_hold_up_the_run(session, desk, measured, run):
    session.training_state = TrainingState.RUNNING
    for step in range(9, 15):
        session.advance(Snapshot(session.snapshot.spec, session.snapshot.weights, step))
        desk.newest.finish("whole")
    assert measured.steps == [8, 0, 10, 4, 12, 2]
    # After going back in time, one snapshot stays on screen and comes first.
    session.replay = Replay(is_following=False)
    for index in (1, 3):
        session.snapshot = run.snapshots[index]
        desk.newest.finish("whole")
        desk.newest.finish("whole")
    assert measured.steps[6:] == [14, 1, 6, 3]


def test_weights_are_not_kept_in_memory(qtbot, session):
    bar = MessageBar()
    qtbot.addWidget(bar)
    desk, steps = Desk("survey", Messages(bar), bar), []
    survey = Survey(
        session,
        desk,
        bar,
        wanted=lambda: survey.screen_first(()),
        job_for=lambda snapshot: None if snapshot.step in steps else lambda request: snapshot.step,
        take=lambda snapshot, step: steps.append(step),
    )
    survey.watch(True)
    before = session.snapshot
    session.snapshot = Snapshot(before.spec, before.weights, 99)
    alive = weakref.ref(session.snapshot)
    qtbot.waitUntil(lambda: 99 in steps)
    gc.disable()
    try:
        session.snapshot = before
        settle(qtbot, desk)
        assert alive() is None
    finally:
        gc.enable()
    survey.close()
    assert desk.close(5.0)


def test_no_value_is_taken_after_closing(session, desk, measured, run):
    last = desk.newest
    measured.survey.close()
    last.finish("whole")
    session.snapshot = run.snapshots[0]
    assert (measured.steps, len(desk.requests)) == ([], 1)
