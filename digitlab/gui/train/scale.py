"""Ranges, ticks and the mapping between epochs, values and pixels. No Qt in here."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

LOG_FLOOR: Final = 1e-7
"""Smaller values are drawn here on a logarithmic scale: Keras clips probabilities at this number too."""

_ROOM_SHARE: Final = 0.03
"""Room above the range, and below it where it does not begin at zero, so that lines and marks are seen whole."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where epochs and values lie on screen.

    Attributes:
        x_range: First and last epoch shown.
        y_range: Least and greatest value shown, a little room apart.
        is_log: Whether values are drawn by their logarithms.
        left: Left edge of the curves' field in pixels.
        top: Its upper edge.
        width: Its width.
        height: Its height.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    is_log: bool
    left: float
    top: float
    width: float
    height: float

    def x_px(self, x: Numbers) -> Numbers:
        """Return the horizontal pixel positions of epochs."""
        first, last = self.x_range
        return self.left + (x - first) * (self.width / (last - first))

    def y_px(self, y: Numbers) -> Numbers:
        """Return the vertical pixel positions of values."""
        low, high = self.y_range
        if self.is_log:
            y, low, high = np.log10(np.maximum(y, LOG_FLOOR)), math.log10(low), math.log10(high)
        room = _ROOM_SHARE * (high - low)
        bottom = low - room if self.is_log or low > 0 else low
        return self.top + (high + room - y) * (self.height / (high + room - bottom))

    def x_at(self, px: float) -> float:
        """Return the epoch at a horizontal pixel position."""
        first, last = self.x_range
        return first + (px - self.left) * (last - first) / max(self.width, 1)


def loss_range(low: float, high: float, *, is_log: bool) -> tuple[float, float]:
    """Return a calm vertical range for losses between two extremes: it changes only when round limits are crossed."""
    if not is_log:
        return 0.0, nice_ceiling(high if high > 0 else 1.0)
    low, high = max(low, LOG_FLOOR), max(high, LOG_FLOOR)
    if high <= low:
        return low / 2, high * 2
    return 1 / nice_ceiling(1 / low), nice_ceiling(high)


def accuracy_range(low: float) -> tuple[float, float]:
    """Return a calm vertical range for accuracies: up to 1, and down to a round number below the least."""
    return max(1 - nice_ceiling(max(1 - low, 0.01)), 0.0), 1.0


def nice_ceiling(value: float) -> float:
    """Return the least of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not below a positive number."""
    decade = 10.0 ** math.floor(math.log10(value))
    for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
        if value <= factor * decade * (1 + 1e-9):
            return factor * decade
    return 10 * decade


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers within a range, about so many, 1, 2 or 5 times a power of ten apart."""
    if not high > low:
        return []
    rough = (high - low) / max(most, 1)
    decade = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * decade for factor in (1, 2, 5, 10) if factor * decade >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [round(index * step, 12) for index in range(first, last + 1)]


def epoch_ticks(first: float, last: float, most: int) -> list[float]:
    """Return the epochs to write at the axis: whole ones, unless only a few are on screen."""
    return linear_ticks(first, last, min(most, math.ceil(last - first)) if last - first >= 3 else most)


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return 1, 2 and 5 times powers of ten within a positive range, or powers alone if those are too many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for digits in ((1, 2, 5), (1, 3), (1,)):
        ticks = [digit * 10.0**decade for decade in decades for digit in digits]
        ticks = [tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
        if len(ticks) <= most:
            return ticks
    return ticks[:: math.ceil(len(ticks) / most)]
