"""A training is saved while it runs, even if the disk fails temporarily."""

import shutil
import sqlite3
import sys
import threading

import numpy as np
import pytest

from digitlab.model.snapshot import Snapshot
from digitlab.runs import writer as run_store
from digitlab.runs.former import bring_former_runs
from digitlab.runs.history import History
from digitlab.runs.kept import RunEnding
from digitlab.runs.library import list_runs, recover, runs_folder
from digitlab.runs.reader import read_stored_run
from digitlab.runs.recorder import RecordingEnded, RecordingFailed, RecordingResumed, RecordingStarted, RunRecorder
from digitlab.runs.run_file import read_run, write_run
from digitlab.runs.writer import RunWriter
from digitlab.system.errors import DigitLabError
from digitlab.system.work import Worker
from digitlab.training.config import Optimizer
from digitlab.training.events import BatchEnded, OptimizerStart, Origin, SnapshotTaken, TrainingEnded
from tests.helpers.trainings import events_of, run_of, snapshot_and_state, started_training


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))


class Desk:
    """A recorder with its thread, and what it reported."""

    def __init__(self) -> None:
        self.reported: list = []
        self._worker = Worker("runs", self.reported.append)
        self._recorder = RunRecorder(self._worker, self.reported.append)

    def record(self, events) -> None:
        for event in events:
            self._recorder.publish(event)

    def finish(self) -> None:
        assert self._worker.close(20)


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.finish()


def assert_same_curves(run, expected):
    np.testing.assert_array_equal(run.losses.values, expected.losses.values.astype(np.float32))
    np.testing.assert_array_equal(run.accuracies.values, expected.accuracies.values.astype(np.float32))
    assert run.epochs == expected.epochs
    assert run.updates == expected.updates


@pytest.mark.parametrize("optimizer", [Optimizer.SGD, Optimizer.MOMENTUM, Optimizer.ADAM])
def test_a_finished_run_is_complete_in_its_file(desk, optimizer):
    started = started_training(optimizer=optimizer)
    desk.record(events_of(started))
    desk.finish()
    (summary,) = list_runs()
    expected = run_of(started)
    assert desk.reported == [RecordingStarted(summary.path, "Small 1", started), RecordingEnded(summary.path)]
    assert (summary.name, summary.started, summary.ending) == ("Small 1", started, RunEnding.FINISHED)
    assert (summary.step, summary.epoch_count, summary.best_accuracy) == (60, 3, expected.best_epoch.val_accuracy)
    assert summary.seconds == expected.seconds  # as the Train tab shows it
    stored = read_stored_run(summary.path)
    run = stored.run
    assert_same_curves(run, expected)
    assert [one.step for one in run.snapshots] == [one.step for one in expected.snapshots]
    for one, kept in zip(run.snapshots, expected.snapshots, strict=True):
        np.testing.assert_allclose(one.arrays[0], kept.arrays[0], rtol=1e-3)
        state, wanted = run.history.optimizer_state(one), expected.history.optimizer_state(kept)
        assert (state is None) == (wanted is None)
        if state is not None:
            assert (state.optimizer, state.iterations) == (wanted.optimizer, wanted.iterations)
            assert [slot.tolist() for slot in state.slots] == [slot.tolist() for slot in wanted.slots]
    assert run.history.best_step == expected.history.best_step
    assert run.ended is not None
    assert not run.ended.was_stopped
    # The newest is kept exactly: what was trained is what is opened.
    np.testing.assert_array_equal(stored.snapshot.arrays[0], expected.snapshots[-1].arrays[0])
    assert sorted(path.name for path in runs_folder().iterdir()) == [summary.path.name]


def test_a_continued_run_keeps_its_origin_and_counts_its_steps_from_there(desk):
    origin = Origin("Tutorial 2", 100, 5.0, OptimizerStart.RESTORED)
    desk.record(events_of(started_training(epochs=1, origin=origin)))
    desk.finish()
    stored = read_stored_run(list_runs()[0].path)
    assert stored.summary.started.origin == origin
    assert stored.summary.step == 20
    assert [stored.run.snapshots[0].step, stored.run.snapshots[-1].step] == [100, 120]


def test_weights_too_large_for_float16_are_saved_as_float32(desk):
    started = started_training(epochs=1)
    large = Snapshot.of(started.spec, [np.full_like(one, 7e37) for one in snapshot_and_state(started, 1)[0].arrays], 1)
    first, state = snapshot_and_state(started, 0)
    desk.record([started, SnapshotTaken(first, True, state), BatchEnded(1, 1.0, 0.5, 0.1), SnapshotTaken(large, True)])
    desk.record([TrainingEnded(was_stopped=True)])
    desk.finish()
    run = read_stored_run(list_runs()[0].path).run
    np.testing.assert_array_equal(run.snapshots[1].arrays[0], large.arrays[0])


def test_curves_can_be_read_without_the_snapshots(desk):
    desk.record(events_of(started_training()))
    desk.finish()
    run = read_stored_run(list_runs()[0].path, with_snapshots=False).run
    assert run.step == 60
    assert not run.snapshots


def test_a_failed_training_saves_the_reason(desk):
    started = started_training()
    events = [*list(events_of(started))[:30], TrainingEnded(error=DigitLabError("It broke down."))]
    desk.record(events)
    desk.finish()
    (summary,) = list_runs()
    assert summary.ending is RunEnding.FAILED
    assert str(read_stored_run(summary.path).run.ended.error) == "It broke down."


def test_a_training_without_a_batch_is_not_saved(desk):
    started = started_training()
    desk.record(
        [
            started,
            SnapshotTaken(snapshot_and_state(started, 0)[0], True, snapshot_and_state(started, 0)[1]),
            TrainingEnded(True),
        ]
    )
    desk.finish()
    assert list_runs() == ()
    assert desk.reported == []


def test_snapshots_dropped_by_the_history_are_removed_from_the_file(desk, monkeypatch):
    started = started_training(epochs=6)
    each = sum(array.nbytes for array in snapshot_and_state(started, 0)[0].arrays)
    monkeypatch.setattr(History.__init__, "__defaults__", (14 * each,))
    desk.record(events_of(started, kept_every=2))
    desk.finish()
    run = read_stored_run(list_runs()[0].path).run
    expected = run_of(started, kept_every=2)
    steps = [one.step for one in expected.snapshots]
    assert len(steps) < 30
    assert [one.step for one in run.snapshots] == steps
    assert steps[0] == 0
    assert steps[-1] == 120


def test_a_full_disk_is_reported_once_and_the_run_is_saved_when_there_is_space(desk, monkeypatch):
    monkeypatch.setattr("digitlab.runs.recorder._PERIOD_S", 0.0)
    monkeypatch.setattr("digitlab.runs.recorder._RETRY_PERIOD_S", 0.0)
    full = [True]
    weights = run_store.packed

    def packed(values):
        if full[0]:
            raise sqlite3.OperationalError("database or disk is full")
        return weights(values)

    monkeypatch.setattr(run_store, "packed", packed)
    events = list(events_of(started_training()))
    desk.record(events[:50])
    settle(desk)
    failures = [event for event in desk.reported if isinstance(event, RecordingFailed)]
    assert [(failure.is_over, "disk is full" in str(failure.error)) for failure in failures] == [(False, True)]
    full[0] = False
    desk.record(events[50:])
    desk.finish()
    assert isinstance(desk.reported[-1], RecordingEnded)
    assert_same_curves(read_stored_run(list_runs()[0].path).run, run_of(started_training()))


def test_a_folder_that_cannot_be_created_does_not_stop_the_training(desk, tmp_path):
    (tmp_path / "runs").touch()
    desk.record(events_of(started_training()))
    desk.finish()
    assert {type(report) for report in desk.reported} == {RecordingFailed}  # one or, on a slow machine, several
    assert desk.reported[-1].is_over
    assert "runs" in str(desk.reported[-1].error)


def test_a_running_training_is_read_up_to_its_last_write_and_not_listed_as_cut_off(desk):
    desk.record(list(events_of(started_training()))[:40])
    settle(desk)
    (summary,) = list_runs()
    assert summary.ending is None
    assert summary.step > 0
    assert recover().cut_off == ()
    assert read_stored_run(summary.path).run.step == summary.step
    desk.record([BatchEnded(999, 1.0, 1.0, 1.0), TrainingEnded()])


def settle(desk):
    """Wait until the thread has run all submitted jobs."""
    done = threading.Event()
    desk._worker.submit(done.set)
    assert done.wait(20)


def test_a_run_whose_file_is_stuck_is_abandoned_and_reported_again_at_its_end(monkeypatch, desk):
    may_go_on, is_writing = threading.Event(), threading.Event()
    write = RunWriter.write

    def stuck(writer, changes):
        is_writing.set()
        may_go_on.wait()
        write(writer, changes)

    monkeypatch.setattr(RunWriter, "write", stuck)
    desk.finish()
    desk._worker = Worker("runs", desk.reported.append, deadline_s=0.0)
    desk._recorder = RunRecorder(desk._worker, desk.reported.append)
    events = list(events_of(started_training()))
    desk.record(events[:30])
    assert is_writing.wait(20)
    while not desk._worker.replace_if_stuck():  # unless the thread has just computed
        pass
    desk.record(events[30:])
    failures = [event for event in desk.reported if isinstance(event, RecordingFailed)]
    assert [failure.is_over for failure in failures] == [False, True]
    assert "stuck" in str(failures[0].error)
    may_go_on.set()


@pytest.fixture
def full(monkeypatch):
    """A disk that is full for as long as the list holds True; trainings are written at once."""
    monkeypatch.setattr("digitlab.runs.recorder._PERIOD_S", 0.0)
    monkeypatch.setattr("digitlab.runs.recorder._RETRY_PERIOD_S", 0.0)
    full, packed = [True], run_store.packed

    def pack(values):
        if full[0]:
            raise sqlite3.OperationalError("database or disk is full")
        return packed(values)

    monkeypatch.setattr(run_store, "packed", pack)
    return full


def test_runs_that_ended_unsaved_stay_in_memory_and_are_all_saved_by_one_more_attempt(desk, full):
    trainings = [started_training(epochs=1), started_training(epochs=2)]
    for training in trainings:
        desk.record(events_of(training))
    settle(desk)
    over = [event for event in desk.reported if isinstance(event, RecordingFailed) and event.is_over]
    assert {(event.run.started.config.epochs, event.newest.step) for event in over} == {(1, 20), (2, 40)}
    desk._recorder.retry()
    settle(desk)
    full[0] = False
    desk._recorder.retry()
    desk._recorder.retry()
    desk.finish()
    runs = list_runs()
    assert sorted(run.step for run in runs) == [20, 40]
    assert {run.ending for run in runs} == {RunEnding.FINISHED}
    for run in runs:
        assert_same_curves(read_stored_run(run.path).run, run_of(run.started))


def test_it_is_said_when_a_training_is_saved_again(desk, full):
    events = list(events_of(started_training()))
    desk.record(events[:50])
    settle(desk)
    full[0] = False
    desk.record(events[50:55])
    settle(desk)
    assert isinstance(desk.reported[-1], RecordingResumed)
    desk.record(events[55:])


def test_a_run_that_cannot_be_saved_is_rescued_and_in_the_list_at_the_next_start(desk, full, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    desk.record(events_of(started_training(epochs=1)))
    settle(desk)
    desk._recorder.retry()
    desk._worker.submit(desk._recorder.rescue)
    desk.finish()
    (path,) = tmp_path.glob("digitlab-*-run.digitlab")
    full[0] = False
    assert bring_former_runs() == 1
    assert not path.exists()
    assert max(run.step for run in list_runs()) == 20
    assert bring_former_runs() == 0


def test_a_run_that_cannot_be_rescued_costs_no_other_run(desk, full, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for epochs in (2, 1):
        desk.record(events_of(started_training(epochs=epochs)))
    settle(desk)

    def write_if_small(path, snapshot, run):
        if run.started.config.epochs > 1:
            raise DigitLabError("There is no space for it.")
        write_run(path, snapshot, run)

    monkeypatch.setattr("digitlab.runs.run_file.write_run", write_if_small)
    desk._worker.submit(desk._recorder.rescue)
    desk.finish()
    (path,) = tmp_path.glob("digitlab-*-run.digitlab")
    assert read_run(path).step == 20


def test_a_training_that_closing_stops_is_left_for_the_next_start_to_resume(desk):
    desk.record(list(events_of(started_training()))[:40])
    desk._recorder.is_closing = True
    desk.record([TrainingEnded(was_stopped=True)])
    desk.finish()
    (cut_off,) = recover().cut_off
    assert cut_off.step > 0
    assert [run.ending for run in list_runs()] == [RunEnding.CUT_OFF]


def test_a_training_that_ends_by_itself_while_closing_is_finished(desk):
    desk._recorder.is_closing = True
    desk.record(events_of(started_training(epochs=1)))
    desk.finish()
    assert recover().cut_off == ()
    assert [run.ending for run in list_runs()] == [RunEnding.FINISHED]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses to delete an open file")
@pytest.mark.parametrize("what", ["file", "home"])
def test_a_training_whose_file_was_deleted_is_completely_saved_in_a_new_one(desk, tmp_path, monkeypatch, what):
    monkeypatch.setattr("digitlab.runs.recorder._PERIOD_S", 0.0)
    events = list(events_of(started_training()))
    desk.record(events[:50])
    settle(desk)
    if what == "home":
        shutil.rmtree(tmp_path)
    else:
        for path in runs_folder().iterdir():
            path.unlink()
    desk.record(events[50:])
    desk.finish()
    (summary,) = list_runs()
    assert summary.ending is RunEnding.FINISHED
    assert_same_curves(read_stored_run(summary.path).run, run_of(started_training()))
