"""What was added to a run since it was last written, as a value that can cross threads."""

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
    """How much of a run there is.

    Attributes:
        batches: Number of batches trained.
        epochs: Number of epochs that ended.
        updates: Number of steps whose update ratios were measured.
    """

    batches: int = 0
    epochs: int = 0
    updates: int = 0

    @classmethod
    def of(cls, run: Run) -> "RunProgress":
        """Return the present progress of a run."""
        return cls(run.step, len(run.epochs), len(run.updates))


@dataclass(frozen=True, slots=True, eq=False)
class RunChanges:
    """What was added to a run since it was last written, and all snapshots that its file is to hold.

    Attributes:
        first: Number of batches that were written before.
        losses: Loss of each batch since, shape (n,).
        accuracies: Accuracy of each batch since, shape (n,), 0..1.
        seconds: Training time so far.
        epochs: The epochs since.
        updates: The update ratios since.
        snapshots: All kept snapshots, including those written before; others are removed from the file.
        states: All kept optimizer states by the step of their snapshot; others are removed from the file.
        newest: The latest network, from which the training can be resumed; written with full precision.
        newest_state: The optimizer's state at ``newest``, or None if it was not copied.
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
    def of(cls, run: Run, since: RunProgress, newest: Snapshot, newest_state: OptimizerState | None) -> "RunChanges":
        """Copy the changes of a run, which may continue to grow.

        Args:
            run: The run.
            since: Its progress when it was last written.
            newest: The latest network.
            newest_state: The optimizer's state at ``newest``.
        """
        history = run.history
        states = ((one.step, history.optimizer_state(one)) for one in history.snapshots)
        return cls(
            since.batches,
            run.losses.values[since.batches :].copy(),
            run.accuracies.values[since.batches :].copy(),
            run.seconds,
            tuple(run.epochs[since.epochs :]),
            tuple(run.updates[since.updates :]),
            tuple(history.snapshots),
            {step: state for step, state in states if state is not None},
            newest,
            newest_state,
        )
