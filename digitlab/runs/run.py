"""A training run: what was set, its curves and its snapshots. Grows by the training's events."""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitlab.model.snapshot import Snapshot
from digitlab.runs.history import History
from digitlab.system.errors import DigitLabError
from digitlab.training.config import MEMORY_BUDGET
from digitlab.training.events import (
    BatchEnded,
    EpochEnded,
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingPaused,
    TrainingResumed,
    TrainingStarted,
    UpdatesMeasured,
    ValidationStarted,
)

_RATE_WINDOW: Final = 50
"""Number of newest batches that the speed is taken from."""


class Series:
    """A growing column of numbers; appending is cheap and reading makes no copy."""

    def __init__(self, values: ArrayLike = ()) -> None:
        """Start with some values."""
        self._buffer = np.array(values, dtype=np.float64)
        self._length = len(self._buffer)

    def append(self, value: float) -> None:
        """Add one number at the end."""
        if self._length == len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.empty(max(1024, self._length))])
        self._buffer[self._length] = value
        self._length += 1

    @property
    def values(self) -> NDArray[np.float64]:
        """All numbers so far, shape (n,); a view that stays valid."""
        return self._buffer[: self._length]


class Run:
    """One training from its first batch, as far as it has come.

    Attributes:
        started: The network, the recipe and the sizes.
        losses: Loss of every batch.
        accuracies: Accuracy of every batch, 0..1.
        epochs: What is known of every finished epoch.
        history: The kept snapshots, within a budget.
        updates: How far single steps moved the weights, oldest first; empty for runs that did not measure it.
        is_paused: Whether it waits.
        is_validating: Whether it answers the validation images just now.
        ended: How it ended, or None while it goes on.
    """

    def __init__(self, started: TrainingStarted, budget: int = MEMORY_BUDGET) -> None:
        """Begin an empty run.

        Args:
            started: What it is.
            budget: Memory for its snapshots, in bytes.
        """
        self.started = started
        self.losses = Series()
        self.accuracies = Series()
        self.epochs: list[EpochEnded] = []
        self.history = History(budget)
        self.updates: list[UpdatesMeasured] = []
        self.is_paused = False
        self.is_validating = False
        self.ended: TrainingEnded | None = None
        self._recent: deque[float] = deque(maxlen=_RATE_WINDOW)

    def add(self, event: TrainingEvent) -> None:
        """Take in one event.

        Raises:
            DigitLabError: If another training starts, which needs a run of its own.
        """
        match event:
            case BatchEnded():
                self.losses.append(event.loss)
                self.accuracies.append(event.accuracy)
                self._recent.append(event.seconds)
                self.is_validating = False
            case EpochEnded():
                self.epochs.append(event)
                self.is_validating = False
                self._recent.clear()
                self.mark_best()
            case SnapshotTaken(is_kept=True):
                self.history.add(event.snapshot, event.optimizer_state)
            case UpdatesMeasured():
                self.updates.append(event)
            case ValidationStarted():
                self.is_validating = True
            case TrainingPaused() | TrainingResumed():
                self.is_paused = isinstance(event, TrainingPaused)
            case TrainingEnded():
                self.is_paused = self.is_validating = False
                self.ended = event
            case TrainingStarted():
                raise DigitLabError("A run takes the events of one training only.")

    def mark_best(self) -> None:
        """Have the history keep the snapshot of the best epoch."""
        best = self.best_epoch
        if best is not None:
            self.history.mark_best(self.started.first_step + best.step)

    @property
    def snapshots(self) -> Sequence[Snapshot]:
        """The kept snapshots, oldest first."""
        return self.history.snapshots

    @property
    def best_epoch(self) -> EpochEnded | None:
        """The epoch with the best validation accuracy, of several the one with the least loss; None if none ended."""
        return max(self.epochs, key=lambda epoch: (epoch.val_accuracy, -epoch.val_loss), default=None)

    def epoch_before(self, step: int) -> EpochEnded | None:
        """Return the newest epoch that had ended at a moment, or None if none had.

        Args:
            step: Number of batches trained before the moment, as ``Snapshot.step`` counts them.
        """
        ended = bisect_right(self.epochs, step - self.started.first_step, key=lambda epoch: epoch.step)
        return self.epochs[ended - 1] if ended else None

    @property
    def step(self) -> int:
        """Number of batches trained so far, those before its origin not counted."""
        return len(self.losses.values)

    @property
    def is_running(self) -> bool:
        """Whether the training goes on, paused or not."""
        return self.ended is None

    @property
    def last_epoch(self) -> float:
        """Where the newest batch stands on the epoch axis, on which a branch begins at its origin."""
        return self.started.first_epoch + self.step / self.started.steps_per_epoch

    def samples_per_second(self) -> float | None:
        """Return the speed over the newest batches, or None before there are enough."""
        if len(self._recent) < 2:
            return None
        elapsed = self._recent[-1] - self._recent[0]
        return (len(self._recent) - 1) * self.started.config.batch_size / elapsed if elapsed > 0 else None

    def seconds_left(self) -> float | None:
        """Return an estimate of the time to the end: the rest at the present speed, or None before it is known."""
        done = len(self.epochs)
        if done:
            typical = float(np.median([epoch.seconds for epoch in self.epochs]))
            return max(typical * (self.started.config.epochs - self.step / self.started.steps_per_epoch), 0.0)
        speed = self.samples_per_second()
        if speed is None:
            return None
        return (self.started.total_steps - self.step) * self.started.config.batch_size / speed


@dataclass(frozen=True, slots=True, eq=False)
class NamedRun:
    """A run and what people call it.

    Attributes:
        name: What people call it, for example "Tutorial".
        run: The run.
    """

    name: str
    run: Run
