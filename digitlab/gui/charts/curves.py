"""The data that plots draw: curves thinned to the available pixels, and the values under the pointer.

The horizontal axis counts epochs: batch number ``i`` (from 1) is at ``i / steps per epoch``. No Qt here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.charts.ranges import accuracy_range, loss_range
from digitlab.runs.run import Run
from digitlab.training.events import EpochEnded
from digitlab.words.numbers import exact_number, exact_percent, percent
from digitlab.words.numbers import loss as written_loss

Numbers = NDArray[np.float64]

_SMOOTHING_SHARE: Final = 0.1
"""The smoothed curve is the mean over the last tenth of an epoch ..."""

_SMOOTHING_VISIBLE_SHARE: Final = 0.01
"""... or over a hundredth of the visible epochs, if that is more: otherwise long runs would not look smooth."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity that is plotted.

    Attributes:
        name: Its display name.
        batches: Returns its value for every batch of a run.
        training: Returns its mean over the training images of an epoch.
        validation: Returns its value on the validation images after an epoch.
        write: Returns a value as text.
        write_tick: Returns a value as a tick label.
        fit: Returns the range to show, given the minimum and maximum on screen and whether the scale is logarithmic.
        falls: Whether it decreases during training.
    """

    name: str
    batches: Callable[[Run], Numbers]
    training: Callable[[EpochEnded], float]
    validation: Callable[[EpochEnded], float]
    write: Callable[[float], str]
    write_tick: Callable[[float], str]
    fit: Callable[[float, float, bool], tuple[float, float]]
    falls: bool


LOSS: Final = Quantity(
    "loss",
    lambda run: run.losses.values,
    lambda epoch: epoch.loss,
    lambda epoch: epoch.val_loss,
    written_loss,
    exact_number,
    lambda low, high, is_log: loss_range(low, high, is_log=is_log),
    falls=True,
)
ACCURACY: Final = Quantity(
    "accuracy",
    lambda run: run.accuracies.values,
    lambda epoch: epoch.accuracy,
    lambda epoch: epoch.val_accuracy,
    percent,
    exact_percent,
    lambda low, high, is_log: accuracy_range(low),
    falls=False,
)


@dataclass(frozen=True, slots=True)
class Thinning:
    """How many batches each point of the curves represents.

    Attributes:
        bin_size: Batches per pixel; 1 if there are more pixels than batches.
        window: Number of batches averaged in the smoothed curve.
    """

    bin_size: int
    window: int

    @classmethod
    def of(cls, steps_per_epoch: int, epochs_shown: float, width_px: float) -> "Thinning":
        """Return the thinning for a part of a run at a width in pixels."""
        visible = epochs_shown * steps_per_epoch
        window = max(round(steps_per_epoch * _SMOOTHING_SHARE), math.ceil(visible * _SMOOTHING_VISIBLE_SHARE), 1)
        return cls(max(math.ceil(visible / max(width_px, 1)), 1), window)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The points to draw for a range of batches. All arrays have shape (n,), float64; positions are in epochs.

    Attributes:
        batch_x: Position of each point of the per-batch curve.
        batch_y: Its values. If batches are denser than pixels, the minimum and maximum of each pixel in turn.
        smooth_x: Position of each point of the smoothed curve.
        smooth_y: Its values.
    """

    batch_x: Numbers
    batch_y: Numbers
    smooth_x: Numbers
    smooth_y: Numbers


def curves_of(run: Run, quantity: Quantity, x_range: tuple[float, float], width_px: float) -> Curves:
    """Return the points to draw for a part of a run.

    Args:
        run: The run.
        quantity: What is plotted.
        x_range: First and last epoch on screen.
        width_px: Pixels between them.
    """
    per_epoch, begins_at = run.started.steps_per_epoch, run.started.first_epoch
    first, last = (x - begins_at for x in x_range)
    thinning = Thinning.of(per_epoch, last - first, width_px)
    bin_size = thinning.bin_size
    # A smooth curve needs only one point for every two pixels, and is the most expensive one to draw.
    stride = 1 if bin_size == 1 else 2 * bin_size
    # A little more on both sides, so that the curves reach the edges.
    start = max((int(first * per_epoch) // stride - 1) * stride, 0)
    stop = min(max((math.ceil(last * per_epoch) // stride + 2) * stride, start), run.step)
    values = quantity.batches(run)
    index, batch_y = envelope(values, start, stop, bin_size)
    at = np.arange(start, stop, stride)
    return Curves(
        batch_x=begins_at + (index + 1) / per_epoch,
        batch_y=batch_y,
        smooth_x=begins_at + (at + 1) / per_epoch,
        smooth_y=trailing_mean(values, at, thinning.window),
    )


def envelope(values: Numbers, start: int, stop: int, bin_size: int) -> tuple[Numbers, Numbers]:
    """Thin a curve so that every bin keeps its minimum and its maximum.

    Bins begin at multiples of their size, so that a growing curve does not flicker.

    Returns:
        Index of each point, the middle of its bin, and the values: minimum, maximum, minimum, ...
        For bins of one or two values, the values themselves.
    """
    if bin_size <= 2:
        return np.arange(start, stop, dtype=np.float64), values[start:stop].astype(np.float64)
    first = start // bin_size * bin_size
    if first >= stop:
        return np.empty(0), np.empty(0)
    begins = np.arange(first, stop, bin_size)
    ends = np.minimum(begins + bin_size, stop)
    part = values[first:stop]
    y = np.empty(2 * len(begins))
    y[0::2] = np.minimum.reduceat(part, begins - first)
    y[1::2] = np.maximum.reduceat(part, begins - first)
    return np.repeat((begins + ends - 1) / 2, 2), y


def trailing_mean(values: Numbers, at: NDArray[np.intp], window: int) -> Numbers:
    """Return the mean of the last ``window`` values up to each index, or of all if there are fewer.

    Args:
        values: All values, shape (n,).
        at: Ascending indices into them, shape (m,).
        window: Number of values to average.
    """
    if not len(at):
        return np.empty(0)
    first = max(int(at[0]) - window + 1, 0)
    sums = np.concatenate([[0.0], np.cumsum(values[first : int(at[-1]) + 1])])
    ends = at - first + 1
    begins = np.maximum(ends - window, 0)
    means: Numbers = (sums[ends] - sums[begins]) / (ends - begins)
    return means


@dataclass(frozen=True, slots=True)
class Reading:
    """The values under the pointer.

    Attributes:
        step: Number of the batch.
        epoch: Number of the epoch it belongs to.
        x: Its position on the axis.
        batch: Value of this batch.
        training: Mean over the training images of the epoch so far.
        validation: Value on the validation images after the epoch, or None before that.
    """

    step: int
    epoch: int
    x: float
    batch: float
    training: float
    validation: float | None


def reading_at(run: Run, quantity: Quantity, x: float) -> Reading | None:
    """Return the values of the batch nearest to a position, or None if there is no batch there yet."""
    values = quantity.batches(run)
    per_epoch, begins_at = run.started.steps_per_epoch, run.started.first_epoch
    if not len(values) or x < begins_at:
        return None
    step = min(max(round((x - begins_at) * per_epoch), 1), len(values))
    epoch = (step - 1) // per_epoch + 1
    if epoch <= len(run.epochs):
        ended = run.epochs[epoch - 1]
        training, validation = quantity.training(ended), quantity.validation(ended)
    else:
        training, validation = float(values[(epoch - 1) * per_epoch : epoch * per_epoch].mean()), None
    return Reading(step, epoch, begins_at + step / per_epoch, float(values[step - 1]), training, validation)


def readings_at(
    run: Run | None, compared: Run | None, quantity: Quantity, x: float
) -> tuple[Reading | None, Reading | None]:
    """Return the values of a run and of the compared run nearest to a position.

    In a comparison, no run is read beyond its end, where it has no value to compare.
    """
    if compared is None:
        return None if run is None else reading_at(run, quantity, x), None
    ends = [0.0 if one is None else one.last_epoch for one in (run, compared)]
    x = min(x, max(ends))
    ours, theirs = (
        reading_at(one, quantity, x) if one is not None and x <= end + 0.5 / one.started.steps_per_epoch else None
        for one, end in zip((run, compared), ends, strict=True)
    )
    return ours, theirs
