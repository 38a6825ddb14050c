"""Watching a training batch by batch: events, snapshots, pause and stop."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.training.config import MEMORY_BUDGET
from digitlab.training.control import TrainingControl
from digitlab.training.events import (
    MAXIMUM_UPDATE_RATIO,
    BatchEnded,
    EpochEnded,
    SnapshotTaken,
    TrainingEvent,
    TrainingPaused,
    TrainingResumed,
    TrainingStarted,
    UpdatesMeasured,
    ValidationStarted,
)
from digitlab.training.optimizer_state import SLOT_COUNTS, read_state
from digitlab.training.steps import Totals

if TYPE_CHECKING:
    import keras

LIVE_SNAPSHOT_PERIOD_S: Final = 0.35
"""Time between snapshots for the screen: three a second look alive, cost less than 1 % of the training and
leave the event loop its time (p99 lateness, three interleaved pairs: median 12.1 ms at 0.2 s, 9.5 ms at 0.35 s)."""

KEPT_SNAPSHOT_COUNT: Final = 100
"""About how many snapshots a run keeps, besides those at the ends of its epochs."""

SAFETY_PERIOD_S: Final = 2.0
"""Longest time between snapshots with the optimizer's state: what a power cut can cost."""

_SAFETY_BYTES_A_SECOND: Final = 4 * 2**20
"""Large networks are secured less often, so that writing them down does not take more than this of the disk."""

DIVERGENCE_LOSS: Final = 1e12
"""A training whose loss has grown to this has broken down, even if float32 still holds the numbers."""

Publish = Callable[[TrainingEvent], None]


class TrainingStoppedError(Exception):
    """The training was asked to stop; ends it at once, without the validation that would follow."""


def kept_snapshot_count(parameters: int) -> int:
    """Return about how many snapshots a run of a network with so many parameters keeps."""
    affordable = MEMORY_BUDGET // (4 * max(parameters, 1))
    return max(2, min(KEPT_SNAPSHOT_COUNT, affordable))


def kept_snapshot_steps(total_steps: int, count: int = KEPT_SNAPSHOT_COUNT) -> frozenset[int]:
    """Choose the steps whose snapshots a run keeps: dense at the beginning, where everything happens.

    Args:
        total_steps: Number of batches in the training.
        count: About how many to choose: half of them growing geometrically, half of them even.

    Returns:
        Steps from 0 to ``total_steps``, both included.
    """
    even = np.linspace(0, total_steps, count // 2 + 1)
    growing = np.geomspace(1, max(total_steps, 1), count // 2)
    return frozenset(np.rint(np.concatenate([even, growing])).astype(int).tolist())


def update_ratios(spec: ModelSpec, before: Sequence[Any], after: Sequence[Any]) -> tuple[float, ...]:
    """Return how far the weights of each layer moved, against how long they are.

    Args:
        spec: The network.
        before: Its weights as a flat list, in Keras' order.
        after: The same later.

    Returns:
        For each layer with weights the Euclidean length of the change over that of the weights before. Where those
        were all 0 it is 0 if they did not move, else infinity.
    """
    ratios = []
    first = 0
    for shapes in spec.weight_shapes:
        last = first + len(shapes)
        length = math.hypot(*(float(np.linalg.norm(array)) for array in before[first:last]))
        moved = math.hypot(
            *(float(np.linalg.norm(new - old)) for old, new in zip(before[first:last], after[first:last], strict=True))
        )
        if shapes:
            ratios.append(moved / length if length else (math.inf if moved else 0.0))
        first = last
    return tuple(ratios)


class Watcher:
    """Tells how a training goes on, and takes snapshots."""

    def __init__(
        self,
        started: TrainingStarted,
        model: "keras.Sequential",
        optimizer: "keras.Optimizer",
        control: TrainingControl,
        publish: Publish,
    ) -> None:
        """Watch a training.

        Args:
            started: What is being trained.
            model: The Keras model, for its weights.
            optimizer: Its optimizer, for what it remembers.
            control: Pauses and stops it.
            publish: Called with each event.
        """
        self._started = started
        self._model = model
        self._optimizer = optimizer
        self._control = control
        self._publish = publish
        count = kept_snapshot_count(started.spec.total_parameters)
        self._kept_steps = kept_snapshot_steps(started.total_steps, count)
        slots = 1 + SLOT_COUNTS[started.config.optimizer]
        state_bytes = 4 * slots * started.spec.total_parameters
        self._safety_period_s = max(SAFETY_PERIOD_S, state_bytes / _SAFETY_BYTES_A_SECOND)
        self._last_state_s = 0.0
        self._weights_before: list[Any] | None = None
        self._step = 0
        self._epoch = 0
        self._clock = _PausableClock()
        self._epoch_began_s = 0.0
        self._last_snapshot_s = 0.0
        self._last_kept_step = -1
        self._epoch_totals = Totals()

    def begin(self) -> None:
        """Publish the network before its first step, and stop at once if asked."""
        self.take_snapshot(is_kept=True)
        self._weights_before = self._model.get_weights()
        self._stop_if_asked()

    def begin_epoch(self, epoch: int) -> None:
        """Note the time. Epochs count from 1."""
        self._epoch = epoch
        self._epoch_began_s = self._clock.seconds()
        self._epoch_totals = Totals()

    def end_batch(self, figures: Totals) -> None:
        """Publish a batch, take snapshots, wait while paused, stop when asked."""
        self._step += 1
        self._epoch_totals += figures
        if not figures.mean_loss < DIVERGENCE_LOSS:
            raise self._diverged(figures.mean_loss)
        self._publish(BatchEnded(self._step, figures.mean_loss, figures.accuracy, self._clock.seconds()))
        self._measure_update()
        is_kept = self._step % self._started.steps_per_epoch == 0 or self._step in self._kept_steps
        if is_kept or self._clock.seconds() - self._last_snapshot_s >= LIVE_SNAPSHOT_PERIOD_S:
            self.take_snapshot(is_kept=is_kept)
        self._handle_control()

    def begin_validation(self) -> None:
        """Tell that the epoch's batches are done."""
        self._publish(ValidationStarted(self._epoch))

    def end_validation_batch(self) -> None:
        """Wait while paused; stop when asked."""
        self._handle_control()

    def end_epoch(self, result: Totals) -> None:
        """Publish the epoch, with the figures of the validation images."""
        if not result.mean_loss < DIVERGENCE_LOSS:
            raise self._diverged(result.mean_loss)
        self._publish(
            EpochEnded(
                self._epoch,
                self._step,
                loss=self._epoch_totals.mean_loss,
                accuracy=self._epoch_totals.accuracy,
                val_loss=result.mean_loss,
                val_accuracy=result.accuracy,
                seconds=self._clock.seconds() - self._epoch_began_s,
            )
        )

    def take_snapshot(self, *, is_kept: bool) -> None:
        """Publish a copy of the weights; the kept ones, and one every few seconds, with the optimizer's state.

        Raises:
            DigitLabError: If a weight is no finite number any more.
        """
        if is_kept and self._step == self._last_kept_step:
            return
        now, started = self._clock.seconds(), self._started
        step = started.first_step + self._step
        snapshot = Snapshot.of(started.spec, self._model.get_weights(), step, started.epoch_of(step))
        if not snapshot.is_finite:
            raise self._diverged(math.nan)
        state = None
        if is_kept or now - self._last_state_s >= self._safety_period_s:
            state = read_state(started.config.optimizer, self._optimizer)
            self._last_state_s = now
        self._last_snapshot_s = now
        if is_kept:
            self._last_kept_step = self._step
        self._publish(SnapshotTaken(snapshot, is_kept, state))

    def _measure_update(self) -> None:
        """Publish how far this step moved the weights: at the first one, and at those chosen to be kept."""
        before = self._weights_before
        # The copy costs 1 ms; it is taken one step ahead.
        self._weights_before = self._model.get_weights() if self._step + 1 in self._kept_steps else None
        if before is not None:
            ratios = update_ratios(self._started.spec, before, self._model.get_weights())
            if all(ratio <= MAXIMUM_UPDATE_RATIO for ratio in ratios):
                self._publish(UpdatesMeasured(self._started.first_step + self._step, ratios))

    def _handle_control(self) -> None:
        """Wait while paused, stop if asked."""
        if self._control.is_paused:
            self._pause()
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        if self._control.is_stopped:
            self.take_snapshot(is_kept=True)
            raise TrainingStoppedError

    def _pause(self) -> None:
        self.take_snapshot(is_kept=True)
        self._publish(TrainingPaused())
        with self._clock.stopped():
            self._control.wait_while_paused()
        if not self._control.is_stopped:
            self._publish(TrainingResumed())

    def _diverged(self, loss: float) -> DigitLabError:
        rate = self._started.config.learning_rate
        what = f"has grown to {loss:.1e}" if math.isfinite(loss) else "is no longer a number"
        return DigitLabError(
            f"The training broke down at step {self._step:,}: the loss {what}.",
            expected=f"That happens when the steps are too long; the learning rate was {rate:g}.",
            remedy="What was learned before is kept. Lower the learning rate (0.01 is usual) and train again.",
        )


class _PausableClock:
    """Seconds since it was made, without the pauses."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._began

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Leave out the time that the block takes."""
        stopped_at = time.perf_counter()
        yield
        self._began += time.perf_counter() - stopped_at
