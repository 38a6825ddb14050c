"""A run grows with events and knows its speed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.runs.run import Run, Series
from digitlab.system.errors import DigitLabError
from digitlab.training.config import TrainingConfig
from digitlab.training.events import (
    BatchEnded,
    EpochEnded,
    OptimizerStart,
    Origin,
    SnapshotTaken,
    TrainingEnded,
    TrainingPaused,
    TrainingResumed,
    TrainingStarted,
    ValidationStarted,
)
from digitlab.training.watcher import KEPT_SNAPSHOT_COUNT, kept_snapshot_count, kept_snapshot_steps
from tests.helpers.networks import random_snapshot, small_spec
from tests.helpers.trainings import events_of, run_of, started_training

STARTED = TrainingStarted(small_spec(), TrainingConfig(epochs=4, batch_size=100), "Digits", 950, 100, True)


def _batches(run: Run, first: int, last: int, seconds_each: float) -> None:
    for step in range(first, last + 1):
        run.add(BatchEnded(step, 2.0 / step, step / 100, step * seconds_each))


def test_steps_round_up():
    assert (STARTED.steps_per_epoch, STARTED.total_steps) == (10, 40)


def test_a_run_keeps_every_batch():
    run = Run(STARTED)
    _batches(run, 1, 15, 0.1)
    assert run.step == 15
    assert run.losses.values.tolist() == [2.0 / step for step in range(1, 16)]
    assert run.accuracies.values[4] == 0.05
    assert run.last_epoch == 1.5


def test_a_copy_of_a_run_does_not_grow_with_it():
    events = list(events_of(started_training()))
    run = Run(events[0])
    for event in events[1:40]:
        run.add(event)
    copied, expected = run.copy(), Run(events[0])
    for event in events[1:40]:
        expected.add(event)
    for event in events[40:]:
        run.add(event)
    assert run.ended is not None
    assert copied.is_running
    assert copied.step == expected.step < run.step
    assert copied.losses.values.tolist() == expected.losses.values.tolist()
    assert (copied.epochs, copied.updates) == (expected.epochs, expected.updates)
    assert [one.step for one in copied.snapshots] == [one.step for one in expected.snapshots]
    assert copied.history.best_step == expected.history.best_step
    last = copied.snapshots[-1]
    assert copied.history.optimizer_state(last) is run.history.optimizer_state(last)


def test_a_run_keeps_snapshots_that_are_kept():
    run, snapshot = Run(STARTED), random_snapshot(small_spec())
    run.add(SnapshotTaken(snapshot, is_kept=False))
    run.add(SnapshotTaken(snapshot, is_kept=True))
    assert run.snapshots == [snapshot]


def test_a_thinned_run_keeps_its_curves_and_some_snapshots():
    run = Run(STARTED)
    _batches(run, 1, 9, 0.1)
    for step in range(10):
        run.add(SnapshotTaken(replace(random_snapshot(small_spec()), step=step), is_kept=True))
    thin = run.thinned(4)
    assert len(thin.snapshots) == 4
    assert [thin.snapshots[0], thin.snapshots[-1]] == [run.snapshots[0], run.snapshots[-1]]
    assert thin.losses.values.tolist() == run.losses.values.tolist()
    assert len(run.snapshots) == 10
    changed = run.thinned(4, lambda snapshot: replace(snapshot, epoch=0.25))
    assert [snapshot.step for snapshot in changed.snapshots] == [snapshot.step for snapshot in thin.snapshots]
    assert {snapshot.epoch for snapshot in changed.snapshots} == {0.25}


def test_a_run_has_the_state_of_its_training():
    run = Run(STARTED)
    assert run.is_running
    run.add(TrainingPaused())
    assert run.is_paused
    run.add(TrainingResumed())
    assert not run.is_paused
    run.add(ValidationStarted(1))
    assert run.is_validating
    run.add(EpochEnded(1, 10, 1, 0.5, 1, 0.5, 3.0))
    assert not run.is_validating
    run.add(TrainingPaused())
    run.add(TrainingEnded(was_stopped=True))
    assert not run.is_paused
    assert not run.is_running


def test_the_latest_epoch_at_a_step_had_ended_by_then():
    origin = Origin("Parent", 45, 2.25, OptimizerStart.FRESH)
    for first, run in ((0, run_of(started_training())), (45, run_of(started_training(origin=origin)))):
        snapshots = [first + step for step in (0, 19, 20, 39, 40, 60, 99)]
        epochs = [run.epoch_before(step) for step in snapshots]
        assert [None if epoch is None else epoch.epoch for epoch in epochs] == [None, None, 1, 1, 2, 3, 3]


def test_a_run_rejects_a_second_training():
    with pytest.raises(DigitLabError, match="one training"):
        Run(STARTED).add(STARTED)


def test_speed_and_time_left():
    run = Run(STARTED)
    assert run.samples_per_second() is None
    assert run.seconds_left() is None
    _batches(run, 1, 10, 0.1)
    assert run.samples_per_second() == pytest.approx(1000)
    assert run.seconds_left() == pytest.approx(3.0)
    # With validation the epoch took 1.5 s, which is the estimate for the others.
    run.add(EpochEnded(1, 10, 1, 0.5, 1, 0.5, 1.5))
    assert run.seconds_left() == pytest.approx(4.5)
    _batches(run, 11, 15, 0.1)
    assert run.seconds_left() == pytest.approx(3.75)


def test_the_training_time_includes_the_last_validation_and_the_batches_since():
    run = Run(STARTED)
    _batches(run, 1, 10, 0.1)
    assert run.seconds == pytest.approx(1.0)
    run.add(EpochEnded(1, 10, 1, 0.5, 1, 0.5, 1.5))
    assert run.seconds == run.copy().seconds == pytest.approx(1.5)
    run.add(BatchEnded(11, 0.2, 0.5, 1.6))
    assert run.seconds == run.copy().seconds == pytest.approx(1.6)


@given(st.lists(st.floats(-1e6, 1e6), max_size=50), st.integers(0, 3000))
def test_a_series_returns_its_numbers(start: list[float], count: int):
    series = Series(start)
    for value in range(count):
        series.append(value)
    assert series.values.tolist() == start + list(range(count))


def test_a_view_of_a_series_stays_valid():
    series = Series([1.0, 2.0])
    view = series.values
    for value in range(5000):
        series.append(value)
    assert view.tolist() == [1.0, 2.0]


@given(st.integers(1, 100_000))
def test_kept_steps_reach_from_the_start_to_the_end(total: int):
    steps = kept_snapshot_steps(total)
    assert {0, 1, total} <= steps
    assert min(steps) == 0
    assert max(steps) == total
    assert min(total + 1, 25) <= len(steps) <= KEPT_SNAPSHOT_COUNT + 1


def test_kept_steps_are_dense_at_the_start_and_include_the_tutorials_epochs():
    steps = sorted(kept_snapshot_steps(6000))
    assert sum(step <= 60 for step in steps) >= 8
    assert set(range(0, 6001, 600)) <= set(steps)
    assert np.diff(steps).max() <= 300


def test_a_large_network_keeps_fewer_snapshots():
    assert kept_snapshot_count(62_346) == KEPT_SNAPSHOT_COUNT
    assert kept_snapshot_count(20_000_000) == 3
    assert kept_snapshot_count(0) == KEPT_SNAPSHOT_COUNT
