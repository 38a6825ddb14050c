"""Histograms that can be shown side by side although each has its own range."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

HALF_BINS: Final = 128
"""Bins on each side of zero. Side by side, the widest range applies; one a sixteenth as wide still has eight bins."""

_SMALLEST_EXPONENT: Final = -20
"""The range is at least a millionth: no useful layer has smaller weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of values in equal bins from -2**exponent to 2**exponent.

    The limit is a power of two, so that two neighbouring bins are exactly one bin of a histogram twice as wide.

    Attributes:
        counts: Shape (256,), int64: the finite values in each bin, lower end included; zero begins bin 128.
        exponent: The limit is 2 to this power.
        low: The smallest finite value; 0 if there is none.
        high: The largest finite value; 0 if there is none.
        zeros: Number of values that are exactly zero.
        broken: Number of values that are infinite or not a number.
    """

    counts: NDArray[np.int64]
    exponent: int
    low: float
    high: float
    zeros: int
    broken: int

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> "Histogram":
        """Count values, float32 of any shape, in bins whose limit is the next power of two.

        Subnormal values (below 1e-38) may be counted as zero: their scaled value is not a float32.
        """
        values = values.reshape(-1)
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
        broken = 0
        if not (math.isfinite(low) and math.isfinite(high)):
            finite = values[np.isfinite(values)]
            broken, values = len(values) - len(finite), finite
            low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
        largest = max(-low, high, 2.0**_SMALLEST_EXPONENT / 2)
        _, exponent = math.frexp(largest)  # of the next power of two above it
        # A power of two: the multiplication is exact.
        places = values * np.float32(HALF_BINS * 2.0**-exponent)
        places = np.floor(places, out=places).astype(np.intp)
        places += HALF_BINS
        counts = np.bincount(places, minlength=2 * HALF_BINS)
        return cls(counts, exponent, low, high, int(values.size - np.count_nonzero(values)), broken)

    @property
    def total(self) -> int:
        """The number of finite values."""
        return int(self.counts.sum())

    def widened(self, exponent: int) -> NDArray[np.int64]:
        """Return the counts in bins for a limit of 2**exponent, not less than its own; shape (256,)."""
        counts: NDArray[np.int64] = _widened(self.counts[np.newaxis], exponent - self.exponent)[0]
        return counts


def merged(histograms: Sequence[Histogram]) -> Histogram:
    """Return the histogram of all values of one or more histograms."""
    exponent = max(histogram.exponent for histogram in histograms)
    filled = [histogram for histogram in histograms if histogram.total]
    return Histogram(
        np.sum([histogram.widened(exponent) for histogram in histograms], axis=0),
        exponent,
        min((histogram.low for histogram in filled), default=0.0),
        max((histogram.high for histogram in filled), default=0.0),
        sum(histogram.zeros for histogram in histograms),
        sum(histogram.broken for histogram in histograms),
    )


def _widened(counts: NDArray[np.int64], doublings: int) -> NDArray[np.int64]:
    """Merge neighbouring bins to double the limit the given number of times; the shape stays (n, 256)."""
    bins = counts.shape[1]
    for _ in range(min(doublings, HALF_BINS.bit_length() - 1)):
        middle = counts[:, ::2] + counts[:, 1::2]
        counts = np.zeros_like(counts)
        counts[:, bins // 4 : 3 * bins // 4] = middle
    return counts


@dataclass(frozen=True, slots=True, eq=False)
class SideBySide:
    """Histograms over one range.

    Attributes:
        shares: Shape (rows, n), float32, 0..1: each column has the shares of one histogram's values, the first row the
            smallest values; NaN in the column of a histogram that is missing or has no finite values.
        low: The lower end of the first row.
        step: The height of a row.
    """

    shares: NDArray[np.float32]
    low: float
    step: float

    @property
    def high(self) -> float:
        """The upper end of the last row."""
        return self.low + self.step * len(self.shares)


def side_by_side(histograms: Sequence[Histogram | None], most_rows: int) -> SideBySide | None:
    """Align histograms over the range in which any of them has values.

    Args:
        histograms: One for each column; None where it is not measured yet.
        most_rows: The largest number of rows, at least 2.

    Returns:
        The table, or None if there are no values.
    """
    present = [(column, histogram) for column, histogram in enumerate(histograms) if histogram and histogram.total]
    if not present:
        return None
    exponent = max(histogram.exponent for _, histogram in present)
    table = np.zeros((len(present), 2 * HALF_BINS), dtype=np.int64)
    for own in {histogram.exponent for _, histogram in present}:
        rows = [row for row, (_, histogram) in enumerate(present) if histogram.exponent == own]
        table[rows] = _widened(np.stack([present[row][1].counts for row in rows]), exponent - own)
    while True:
        occupied = np.flatnonzero(table.any(axis=0))
        first, last = int(occupied[0]), int(occupied[-1])
        if last - first < most_rows:
            break
        table, exponent = _widened(table, 1), exponent + 1
    counts = table[:, first : last + 1]
    shares = np.full((last - first + 1, len(histograms)), np.nan, dtype=np.float32)
    shares[:, [column for column, _ in present]] = (counts / counts.sum(axis=1, keepdims=True)).T
    step = 2.0**exponent / HALF_BINS
    return SideBySide(shares, (first - HALF_BINS) * step, step)
