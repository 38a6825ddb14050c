"""What became of a run since it was last written, as a value that may cross threads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.training.events import EpochEnded, UpdatesMeasured
from digitlab.training.optimizer_state import OptimizerState


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run has come.

    Attributes:
        batches: Number of batches trained.
        epochs: Number of epochs that ended.
        updates: Number of updates that were measured.
    """

    batches: int = 0
    epochs: int = 0
    updates: int = 0

    @classmethod
    def of(cls, run: Run) -> "RunProgress":
        """Measure a run."""
        return cls(run.step, len(run.epochs), len(run.updates))


@dataclass(frozen=True, slots=True, eq=False)
class RunChanges:
    """What became of a run since it was last written, and all that is to be kept of its moments.

    Attributes:
        first: Number of batches written before.
        losses: Loss of each batch since, shape (n,).
        accuracies: Accuracy of each batch since, shape (n,), 0..1.
        seconds: Time spent training so far.
        epochs: The epochs since.
        updates: The updates since.
        snapshots: All kept snapshots, those written before included; others in the file are dropped.
        states: All kept states of the optimizer by the step of their snapshot, likewise.
        newest: The network to go on from, written exactly.
        newest_state: The optimizer's state at it; None where nobody copied it.
    """

    first: int
    losses: NDArray[np.float64]
    accuracies: NDArray[np.float64]
    seconds: float
    epochs: Sequence[EpochEnded]
    updates: Sequence[UpdatesMeasured]
    snapshots: Sequence[Snapshot]
    states: Mapping[int, OptimizerState]
    newest: Snapshot
    newest_state: OptimizerState | None

    @classmethod
    def of(
        cls, run: Run, since: RunProgress, seconds: float, newest: Snapshot, newest_state: OptimizerState | None
    ) -> "RunChanges":
        """Copy what became of a run, so that it may go on growing.

        Args:
            run: The run as it is now.
            since: How far it was when it was last written.
            seconds: Time spent training so far.
            newest: The network to go on from.
            newest_state: The optimizer's state at it.
        """
        history = run.history
        states = ((one.step, history.optimizer_state(one)) for one in history.snapshots)
        return cls(
            since.batches,
            run.losses.values[since.batches :].copy(),
            run.accuracies.values[since.batches :].copy(),
            seconds,
            tuple(run.epochs[since.epochs :]),
            tuple(run.updates[since.updates :]),
            tuple(history.snapshots),
            {step: state for step, state in states if state is not None},
            newest,
            newest_state,
        )
