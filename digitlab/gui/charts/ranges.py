"""The vertical ranges of plots, and the ticks of logarithmic axes. No Qt here."""

import math
from typing import Final

LOG_FLOOR: Final = 1e-7
"""Floor of logarithmic scales; Keras clips probabilities at this value too."""

_MARGIN_SHARE: Final = 0.03
"""Space above the range, and below it unless it starts at zero, so that lines and marks are fully visible."""


def loss_range(low: float, high: float, *, is_log: bool) -> tuple[float, float]:
    """Return a vertical range that contains two extremes of a loss; it changes only when they cross round numbers."""
    if not is_log:
        return 0.0, nice_ceiling(high if high > 0 else 1.0)
    low, high = max(low, LOG_FLOOR), max(high, LOG_FLOOR)
    if high <= low:
        return low / 2, high * 2
    return 1 / nice_ceiling(1 / low), nice_ceiling(high)


def accuracy_range(low: float) -> tuple[float, float]:
    """Return a vertical range for accuracies: up to 1, and down to a round number below the lowest."""
    return max(1 - nice_ceiling(max(1 - low, 0.01)), 0.0), 1.0


def with_margin(low: float, high: float, *, is_log: bool) -> tuple[float, float]:
    """Return the ends of an axis, a little outside a range; for a logarithmic axis, as base-10 logarithms."""
    if is_log:
        low, high = math.log10(low), math.log10(high)
    margin = _MARGIN_SHARE * (high - low)
    return low - margin if is_log or low > 0 else low, high + margin


def nice_ceiling(value: float) -> float:
    """Return the smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is at least a positive number."""
    decade = 10.0 ** math.floor(math.log10(value))
    for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
        if value <= factor * decade * (1 + 1e-9):
            return factor * decade
    return 10 * decade


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return 1, 2 and 5 times powers of ten within a positive range, or only the powers if those are too many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for digits in ((1, 2, 5), (1, 3), (1,)):
        ticks = [digit * 10.0**decade for decade in decades for digit in digits]
        ticks = [tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
        if len(ticks) <= most:
            return ticks
    return ticks[:: math.ceil(len(ticks) / most)]
