"""Following a training batch by batch: events, snapshots, pause and stop."""

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
"""Time between snapshots for the display: three per second look live, cost less than 1 % of the training time and keep
the event loop responsive (p99 latency, median of three interleaved pairs: 12.1 ms at 0.2 s, 9.5 ms at 0.35 s)."""

KEPT_SNAPSHOT_COUNT: Final = 100
"""Approximate number of snapshots that a run keeps, besides those at the end of each epoch."""

SAFETY_PERIOD_S: Final = 2.0
"""Maximum time between snapshots with optimizer state: what a power cut can cost."""

_SAFETY_BYTES_A_SECOND: Final = 4 * 2**20
"""Maximum rate of writing such snapshots to disk; large networks are therefore saved less often."""

DIVERGENCE_LOSS: Final = 1e12
"""Loss from which a training counts as diverged, even if float32 can still represent it."""

Publish = Callable[[TrainingEvent], None]


class TrainingStoppedError(Exception):
    """Ends a training that was asked to stop, without the validation that would follow."""


def kept_snapshot_count(parameters: int) -> int:
    """Return the approximate number of snapshots that a run of a network with so many parameters keeps."""
    affordable = MEMORY_BUDGET // (4 * max(parameters, 1))
    return max(2, min(KEPT_SNAPSHOT_COUNT, affordable))


def kept_snapshot_steps(total_steps: int, count: int = KEPT_SNAPSHOT_COUNT) -> frozenset[int]:
    """Choose the steps whose snapshots a run keeps: dense at the start, where the network changes fastest.

    Args:
        total_steps: Number of batches in the training.
        count: Approximate number of steps: half of them spaced evenly, half geometrically.

    Returns:
        Steps from 0 to ``total_steps``, both included.
    """
    even = np.linspace(0, total_steps, count // 2 + 1)
    geometric = np.geomspace(1, max(total_steps, 1), count // 2)
    return frozenset(np.rint(np.concatenate([even, geometric])).astype(int).tolist())


def update_ratios(spec: ModelSpec, before: Sequence[Any], after: Sequence[Any]) -> tuple[float, ...]:
    """Return the update ratio of each layer: the norm of the weights' change divided by the norm of the weights.

    Args:
        spec: The network.
        before: Its weights as a flat list, in Keras' order.
        after: The weights after the update.

    Returns:
        One ratio of Euclidean norms for each layer with weights. For weights that were all 0 it is 0 if they did not
        change, else infinity.
    """
    ratios = []
    first = 0
    for shapes, trainable in zip(spec.weight_shapes, spec.trainable_shapes, strict=True):
        last = first + len(trainable)
        norm = math.hypot(*(float(np.linalg.norm(array)) for array in before[first:last]))
        change = math.hypot(
            *(float(np.linalg.norm(new - old)) for old, new in zip(before[first:last], after[first:last], strict=True))
        )
        if shapes:
            ratios.append(change / norm if norm else (math.inf if change else 0.0))
        first += len(shapes)
    return tuple(ratios)


class Watcher:
    """Publishes the progress of a training, takes its snapshots, and pauses or stops it."""

    def __init__(
        self,
        started: TrainingStarted,
        model: "keras.Sequential",
        optimizer: "keras.Optimizer",
        control: TrainingControl,
        publish: Publish,
    ) -> None:
        """Create the watcher of one training.

        Args:
            started: The training.
            model: The Keras model, whose weights are copied.
            optimizer: Its optimizer, whose state is copied.
            control: The requests to pause or stop.
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
        """Publish the network before its first step, and stop if requested."""
        self.take_snapshot(is_kept=True)
        self._weights_before = self._model.get_weights()
        self._stop_if_asked()

    def begin_epoch(self, epoch: int) -> None:
        """Start the totals and the time of an epoch. Epochs count from 1."""
        self._epoch = epoch
        self._epoch_began_s = self._clock.seconds()
        self._epoch_totals = Totals()

    def end_batch(self, totals: Totals) -> None:
        """Publish a batch, take a snapshot if one is due, and pause or stop if requested.

        Raises:
            DigitLabError: If the training has diverged.
            TrainingStoppedError: If it was asked to stop.
        """
        self._step += 1
        self._epoch_totals += totals
        if not totals.mean_loss < DIVERGENCE_LOSS:
            raise self._diverged(totals.mean_loss)
        self._publish(BatchEnded(self._step, totals.mean_loss, totals.accuracy, self._clock.seconds()))
        self._measure_update()
        is_kept = self._step % self._started.steps_per_epoch == 0 or self._step in self._kept_steps
        if is_kept or self._clock.seconds() - self._last_snapshot_s >= LIVE_SNAPSHOT_PERIOD_S:
            self.take_snapshot(is_kept=is_kept)
        self._handle_control()

    def begin_validation(self) -> None:
        """Publish that the epoch's batches are done."""
        self._publish(ValidationStarted(self._epoch))

    def end_validation_batch(self) -> None:
        """Pause or stop if requested.

        Raises:
            TrainingStoppedError: If the training was asked to stop.
        """
        self._handle_control()

    def end_epoch(self, result: Totals) -> None:
        """Publish the epoch, with the totals of the validation images.

        Raises:
            DigitLabError: If the training has diverged.
        """
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
        """Publish a copy of the weights, with the optimizer's state if it is kept or the last state is too old.

        Raises:
            DigitLabError: If a weight is no longer finite.
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
        """Publish the update ratios of this step if it is the first one or one of the kept steps."""
        before = self._weights_before
        # Copied one step ahead, and only where it is needed: a copy takes 1 ms.
        self._weights_before = self._model.get_weights() if self._step + 1 in self._kept_steps else None
        if before is not None:
            ratios = update_ratios(self._started.spec, before, self._model.get_weights())
            if all(ratio <= MAXIMUM_UPDATE_RATIO for ratio in ratios):
                self._publish(UpdatesMeasured(self._started.first_step + self._step, ratios))

    def _handle_control(self) -> None:
        """Wait while paused; stop if requested."""
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
            f"The training diverged at step {self._step:,}: the loss {what}.",
            expected=f"The learning rate was {rate:g}, which is probably too high.",
            remedy="The last snapshot is kept. Lower the learning rate (0.01 is a common value) and train again.",
        )


class _PausableClock:
    """Seconds since it was created, without pauses."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._began

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Exclude the time of the block."""
        stopped_at = time.perf_counter()
        yield
        self._began += time.perf_counter() - stopped_at
