"""Simulated trainings: their events, without Keras."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.runs.kept import RunEnding, RunSummary
from digitlab.runs.library import save_run
from digitlab.runs.run import Run
from digitlab.training.config import Optimizer, TrainingConfig
from digitlab.training.events import (
    BatchEnded,
    EpochEnded,
    Origin,
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingStarted,
    UpdatesMeasured,
)
from digitlab.training.optimizer_state import OptimizerState, slot_shapes
from tests.helpers.networks import random_snapshot, small_spec

NOW: Final = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


def started_training(
    *,
    epochs: int = 3,
    steps_per_epoch: int = 20,
    optimizer: Optimizer = Optimizer.MOMENTUM,
    spec: ModelSpec | None = None,
    origin: Origin | None = None,
) -> TrainingStarted:
    """Return the first event of a training with so many batches of ten images per epoch."""
    config = TrainingConfig(epochs=epochs, batch_size=10, optimizer=optimizer)
    return TrainingStarted(spec or small_spec(), config, "noise", 10 * steps_per_epoch, 40, True, origin)


def snapshot_and_state(started: TrainingStarted, step: int) -> tuple[Snapshot, OptimizerState]:
    """Return weights and optimizer state after so many batches; the same for the same step."""
    spec, optimizer = started.spec, started.config.optimizer
    arrays = random_snapshot(spec, seed=step).arrays
    step += started.first_step
    slots = [np.full(shape, step / 7, np.float32) for shape in slot_shapes(optimizer, spec)]
    snapshot = Snapshot.of(spec, arrays, step, started.epoch_of(step))
    return snapshot, OptimizerState.of(optimizer, spec, step, slots)


def events_of(
    started: TrainingStarted, *, kept_every: int = 5, state_every: int = 10, stop_after: int | None = None
) -> Iterator[TrainingEvent]:
    """Yield the events of a training in order; loss and accuracy encode the number of the batch.

    Args:
        started: The first event.
        kept_every: Batches between kept snapshots.
        state_every: Batches between snapshots with the optimizer's state.
        stop_after: The batch after which it is stopped, or None to finish.
    """
    yield started
    yield SnapshotTaken(*_kept(started, 0, with_state=True))
    per_epoch = started.steps_per_epoch
    for step in range(1, started.total_steps + 1):
        yield BatchEnded(step, loss=1 / step, accuracy=step / started.total_steps, seconds=0.01 * step)
        ends_epoch = step % per_epoch == 0
        is_kept = ends_epoch or step % kept_every == 0
        with_state = ends_epoch or step % state_every == 0 or step == stop_after
        if is_kept:
            yield UpdatesMeasured(started.first_step + step, (1e-3, 2e-3))
        if is_kept or with_state:
            snapshot, is_kept, state = _kept(started, step, with_state=with_state)
            yield SnapshotTaken(snapshot, is_kept or step == stop_after, state)
        if step == stop_after:
            yield TrainingEnded(was_stopped=True)
            return
        if ends_epoch:
            epoch = step // per_epoch
            yield EpochEnded(epoch, step, 1 / step, 0.5, 0.4 / epoch, 1 - 0.5 / epoch, 0.01 * per_epoch)
    yield TrainingEnded()


def run_of(started: TrainingStarted, **choices: int) -> Run:
    """Return the run of a simulated training."""
    run = Run(started)
    for event in list(events_of(started, **choices))[1:]:
        run.add(event)
    return run


def summary_of(run: Run, path: Path, name: str = "Small 1") -> RunSummary:
    """Return the entry of a run in the list of runs."""
    return RunSummary(path, name, NOW, run.started, RunEnding.FINISHED, run.step, 1, 0.9, 1.0, 1)


def kept(day: int = 14) -> Path:
    """Save a training of one epoch in the list, started on a day of March, and return its file."""
    run = run_of(started_training(epochs=1))
    return save_run(run, run.snapshots[-1], NOW.replace(day=day))


def _kept(started: TrainingStarted, step: int, *, with_state: bool) -> tuple[Snapshot, bool, OptimizerState | None]:
    snapshot, state = snapshot_and_state(started, step)
    return snapshot, True, state if with_state else None
