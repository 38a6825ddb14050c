"""Scales from values to places along an axis, their ticks, and the targets that can be pointed at. No Qt here.

A place is a position along an axis: 0 at the left or lower end of the plot area, 1 at the right or upper end.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitlab.words.numbers import epoch_number, exact_percent

Numbers = NDArray[np.float64]

_TICK_SPACE_PX: Final = 64
"""Usual distance between two epoch labels below the snapshots."""

_EPOCHS: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""Epochs that can be labelled on a square-root scale, besides its ends."""

_ACCURACIES: Final = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999)
"""Accuracies that can be labelled on a logarithmic error scale; 60,000 images cannot resolve more than the last."""

_LOWEST_TOP: Final = 0.9
_LEAST_ERROR: Final = 1e-6


class Tick(NamedTuple):
    """A label of an axis.

    Attributes:
        place: Its place, 0..1.
        text: Its text.
        starts_there: Whether the text starts at the place instead of being centred there.
    """

    place: float
    text: str
    starts_there: bool = False


class Scale(Protocol):
    """Maps the values of an axis to places."""

    def places(self, values: ArrayLike) -> Numbers:
        """Return the places of values, in the same shape."""
        ...

    def ticks(self, length_px: float) -> Sequence[Tick]:
        """Return the ticks of an axis of a length in pixels, in ascending order."""
        ...


def _linear(values: Numbers) -> Numbers:
    return values


def _negative_log10_error(accuracies: Numbers) -> Numbers:
    logarithms: Numbers = -np.log10(np.maximum(1.0 - accuracies, _LEAST_ERROR))
    return logarithms


def _log10(values: Numbers) -> Numbers:
    logarithms: Numbers = np.log10(values)
    return logarithms


@dataclass(frozen=True, slots=True)
class ValueScale:
    """A scale between two values: linear, or linear in an increasing function of the values.

    Attributes:
        low: Value at place 0.
        high: Value at place 1, greater than ``low``.
        labels: Values to label and their texts, ascending.
        transform: The function, applied to arrays.
    """

    low: float
    high: float
    labels: tuple[tuple[float, str], ...] = ()
    transform: Callable[[Numbers], Numbers] = _linear

    def places(self, values: ArrayLike) -> Numbers:
        """Return the places of values; those beyond the ends lie outside 0..1."""
        low, high = self.transform(np.array([self.low, self.high]))
        places: Numbers = (self.transform(np.asarray(values, dtype=np.float64)) - low) / (high - low)
        return places

    def ticks(self, length_px: float) -> list[Tick]:
        """Return the labels at their places."""
        del length_px
        places = self.places([value for value, _ in self.labels]).tolist()
        return [Tick(place, text) for place, (_, text) in zip(places, self.labels, strict=True)]


NO_SCALE: Final = ValueScale(0.0, 1.0)
"""A scale without ticks."""


def percent_scale(count: int) -> ValueScale:
    """Return a linear scale from 0 to 100 % with ``count`` equal intervals."""
    return ValueScale(0.0, 1.0, tuple((nth / count, exact_percent(nth / count)) for nth in range(count + 1)))


def epoch_scale(end: float, most: int) -> ValueScale:
    """Return a square-root scale of epochs from 0, which gives more space to the beginning, where most happens.

    Args:
        end: The last epoch, greater than 0.
        most: Maximum number of epochs to label between the ends.
    """
    inner = [epoch for epoch in _EPOCHS if epoch < 0.7 * end][-most:]
    labels = tuple((epoch, epoch_number(epoch)) for epoch in (0.0, *inner))
    return ValueScale(0.0, end, (*labels, (end, epoch_number(end))), np.sqrt)


def accuracy_scale(highest: float) -> ValueScale:
    """Return a logarithmic error scale labelled with accuracies: each tenfold reduction of errors has equal space.

    Args:
        highest: The highest accuracy to show, 0..1; the scale ends at the next labelled accuracy, at least
            90 %.
    """
    above = [accuracy for accuracy in _ACCURACIES if accuracy >= highest]
    top = max(above[0] if above else _ACCURACIES[-1], _LOWEST_TOP)
    labels = tuple((accuracy, exact_percent(accuracy)) for accuracy in _ACCURACIES if accuracy <= top)
    return ValueScale(0.0, top, labels, _negative_log10_error)


def log_scale(low_power: int, high_power: int, write: Callable[[int], str], most: int = 5) -> ValueScale:
    """Return a logarithmic scale between two powers of ten.

    Args:
        low_power: Exponent of the lowest value.
        high_power: Exponent of the highest.
        write: Returns the text for a power of ten, given its exponent.
        most: Maximum number of intervals between labelled powers.
    """
    stride = math.ceil((high_power - low_power) / most)
    labels = tuple((10.0**power, write(power)) for power in range(low_power, high_power + 1, stride))
    return ValueScale(10.0**low_power, 10.0**high_power, labels, _log10)


@dataclass(frozen=True, slots=True)
class SnapshotScale:
    """The snapshots of a run in columns of equal width, which give much space to the beginning, as on the time slider.

    Its values are training steps.

    Attributes:
        steps: Number of batches trained before each snapshot, ascending; at least one.
        epochs: The same in epochs.
    """

    steps: tuple[int, ...]
    epochs: tuple[float, ...]

    def places(self, values: ArrayLike) -> Numbers:
        """Return the places of steps: the middle of a snapshot's column, else interpolated; limited to the ends."""
        columns: Numbers = np.interp(np.asarray(values), self.steps, np.arange(len(self.steps)) + 0.5)
        return columns / len(self.steps)

    def place(self, step: int) -> float:
        """Return the place of one step, faster than ``places``."""
        right = bisect_right(self.steps, step)
        if right in (0, len(self.steps)):
            return (min(max(right - 1, 0), len(self.steps) - 1) + 0.5) / len(self.steps)
        before, after = self.steps[right - 1 : right + 1]
        return (right - 0.5 + (step - before) / (after - before)) / len(self.steps)

    def ticks(self, length_px: float) -> list[Tick]:
        """Return epoch labels, including the first and the last; none for a single snapshot."""
        count, most = len(self.steps), max(int(length_px / _TICK_SPACE_PX) + 1, 2)
        if count == 1:
            return []
        columns = sorted({round(column) for column in np.linspace(0, count - 1, min(most, count))})
        first = Tick(0.0, f"epoch {epoch_number(self.epochs[0])}", starts_there=True)
        return [first, *(Tick((column + 0.5) / count, epoch_number(self.epochs[column])) for column in columns[1:])]


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Intervals of the horizontal axis that can be pointed at, in ascending order.

    Attributes:
        begins: Place of the left end of each, shape (n,).
        ends: Place of the right end of each, shape (n,).
    """

    begins: Numbers
    ends: Numbers

    @classmethod
    def nearest(cls, places: ArrayLike) -> "Targets":
        """Return targets for points: each place belongs to the nearest point."""
        points = np.asarray(places, dtype=np.float64)
        if not len(points):
            return cls(points, points)
        between = (points[1:] + points[:-1]) / 2
        return cls(np.concatenate([[-np.inf], between]), np.concatenate([between, [np.inf]]))

    @classmethod
    def columns(cls, count: int) -> "Targets":
        """Return targets for columns of equal width, like those of a ``SnapshotScale``."""
        return cls.nearest((np.arange(count) + 0.5) / count)

    def __len__(self) -> int:
        """Return the number of targets."""
        return len(self.ends)

    def at(self, place: float) -> int | None:
        """Return the index of the target at a place, or None."""
        index = int(np.searchsorted(self.ends, place))
        return index if index < len(self) and self.begins[index] <= place else None


NO_TARGETS: Final = Targets.nearest(())
