"""A training run: its settings, curves and snapshots, built from the training's events."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitlab.model.snapshot import Snapshot
from digitlab.runs.history import History
from digitlab.system.errors import DigitLabError
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
"""Number of latest batches over which the speed is measured."""


class Series:
    """A growing array of numbers; appending is cheap and reading makes no copy."""

    def __init__(self, values: ArrayLike = ()) -> None:
        """Create a series with initial values."""
        self._buffer = np.array(values, dtype=np.float64)
        self._length = len(self._buffer)

    def append(self, value: float) -> None:
        """Append a number."""
        if self._length == len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.empty(max(1024, self._length))])
        self._buffer[self._length] = value
        self._length += 1

    @property
    def values(self) -> NDArray[np.float64]:
        """All numbers so far, shape (n,); a view that later appends do not change."""
        return self._buffer[: self._length]


class Run:
    """One training, from its first batch to the latest one.

    Attributes:
        started: The network, the hyperparameters and the dataset's sizes.
        losses: Loss of every batch.
        accuracies: Accuracy of every batch, 0..1.
        epochs: The metrics of every finished epoch.
        history: The kept snapshots, within a memory budget.
        updates: The update ratios of single steps, oldest first; empty for runs that did not measure them.
        is_paused: Whether it is paused.
        is_validating: Whether it is validating at present.
        ended: How it ended, or None while it is running.
    """

    def __init__(self, started: TrainingStarted) -> None:
        """Create a run without batches, from the training's first event."""
        self.started = started
        self.losses = Series()
        self.accuracies = Series()
        self.epochs: list[EpochEnded] = []
        self.history = History()
        self.updates: list[UpdatesMeasured] = []
        self.is_paused = False
        self.is_validating = False
        self.ended: TrainingEnded | None = None
        self._recent: deque[float] = deque(maxlen=_RATE_WINDOW)
        self._last_batch_s = 0.0

    def add(self, event: TrainingEvent) -> None:
        """Add the training's next event.

        Raises:
            DigitLabError: If it starts another training, which needs its own run.
        """
        match event:
            case BatchEnded():
                self.losses.append(event.loss)
                self.accuracies.append(event.accuracy)
                self._recent.append(event.seconds)
                self._last_batch_s = event.seconds
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
                raise DigitLabError("A run holds the events of one training only.")

    def copy(self) -> "Run":
        """Return a run that later events do not change, for another thread; it shares the weights."""
        copied = Run(self.started)
        copied.losses, copied.accuracies = Series(self.losses.values), Series(self.accuracies.values)
        copied.epochs, copied.updates = list(self.epochs), list(self.updates)
        copied.history = self.history.copy()
        copied.is_paused, copied.is_validating, copied.ended = self.is_paused, self.is_validating, self.ended
        copied._last_batch_s = self._last_batch_s
        copied._recent = deque(self._recent, maxlen=_RATE_WINDOW)
        return copied

    def thinned(self, count: int, change: Callable[[Snapshot], Snapshot] | None = None) -> "Run":
        """Return a finished run with fewer snapshots, thinned out like the history, to ship it.

        Args:
            count: The number of snapshots that may be kept, at least 3.
            change: Applied to each kept snapshot, whose optimizer state is then left out; else the last one's is kept.
        """
        chosen = History(budget=count * sum(array.nbytes for array in self.snapshots[-1].arrays))
        if self.history.best_step is not None:
            chosen.mark_best(self.history.best_step)
        for snapshot in self.snapshots:
            chosen.add(snapshot)
        thin = self.copy()
        thin.history = History()
        thin.mark_best()
        for snapshot in chosen.snapshots:
            if change is not None:
                thin.history.add(change(snapshot))
            else:
                is_last = snapshot is self.snapshots[-1]
                thin.history.add(snapshot, self.history.optimizer_state(snapshot) if is_last else None)
        return thin

    def mark_best(self) -> None:
        """Make the history keep the snapshot of the best epoch."""
        best = self.best_epoch
        if best is not None:
            self.history.mark_best(self.started.first_step + best.step)

    @property
    def snapshots(self) -> Sequence[Snapshot]:
        """The kept snapshots, oldest first."""
        return self.history.snapshots

    @property
    def best_epoch(self) -> EpochEnded | None:
        """The epoch with the highest validation accuracy, among equals the lowest loss; None before the first end."""
        return max(self.epochs, key=lambda epoch: (epoch.val_accuracy, -epoch.val_loss), default=None)

    def epoch_before(self, step: int) -> EpochEnded | None:
        """Return the latest epoch that had ended by a step, or None.

        Args:
            step: Number of batches, counted as in ``Snapshot.step``.
        """
        ended = bisect_right(self.epochs, step - self.started.first_step, key=lambda epoch: epoch.step)
        return self.epochs[ended - 1] if ended else None

    @property
    def step(self) -> int:
        """Number of batches trained so far, without those before its origin."""
        return len(self.losses.values)

    @property
    def is_running(self) -> bool:
        """Whether the training has not ended; it may be paused."""
        return self.ended is None

    @property
    def last_epoch(self) -> float:
        """Position of the latest batch on the epoch axis, on which a continued run starts at its origin."""
        return self.started.first_epoch + self.step / self.started.steps_per_epoch

    @property
    def seconds(self) -> float:
        """Training time so far with validation, without pauses."""
        return max(self._last_batch_s, sum(epoch.seconds for epoch in self.epochs))

    def samples_per_second(self) -> float | None:
        """Return the speed over the latest batches, or None while there are too few."""
        if len(self._recent) < 2:
            return None
        elapsed = self._recent[-1] - self._recent[0]
        return (len(self._recent) - 1) * self.started.config.batch_size / elapsed if elapsed > 0 else None

    def seconds_left(self) -> float | None:
        """Return the estimated time to the end at the present speed, or None while that is unknown."""
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
    """A run and its name.

    Attributes:
        name: Its name, for example "Tutorial".
        run: The run.
    """

    name: str
    run: Run
