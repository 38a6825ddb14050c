"""How far a network's confidence can be trusted: the reliability diagram and the rejection curve."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

BIN_COUNT: Final = 20
"""Bins of confidence, 5 % each: a good network has nearly all confidences above 90 %, where ten bins are too coarse."""

_Z: Final = 1.959964
"""A normal variable lies within this many standard deviations of its mean with a probability of 95 %."""


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    Args:
        share: The share observed, 0..1.
        count: The sample size, at least 1.

    Returns:
        The lower and upper end, 0..1.
    """
    width = 1.0 + _Z**2 / count
    middle = (share + _Z**2 / (2 * count)) / width
    half = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / width
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The predictions whose confidence lies in one range.

    Attributes:
        low: Lower end of the range, included, 0..1.
        high: Upper end of the range, excluded except in the last bin, 0..1.
        count: Number of predictions, at least 1.
        confidence: Their mean confidence, 0..1.
        accuracy: The share of them that is correct, 0..1.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float

    @property
    def correct(self) -> int:
        """Number of correct predictions."""
        return round(self.accuracy * self.count)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the accuracy, 0..1."""
        return wilson_interval(self.accuracy, self.count)


def reliability(
    confidences: Numbers, is_correct: NDArray[np.bool_], bin_count: int = BIN_COUNT
) -> list[ReliabilityBin]:
    """Sort predictions into equally wide bins of confidence.

    Guo et al. 2017, "On calibration of modern neural networks", equations 2 and 3.

    Args:
        confidences: The confidence of each prediction, shape (n,), 0..1.
        is_correct: Whether the prediction is correct, shape (n,).
        bin_count: Number of bins between 0 and 1.

    Returns:
        The bins that are not empty, lowest first.
    """
    bin_of = np.minimum((confidences * bin_count).astype(np.intp), bin_count - 1)
    bins = []
    for index in np.unique(bin_of):
        is_inside = bin_of == index
        bins.append(
            ReliabilityBin(
                low=float(index / bin_count),
                high=float((index + 1) / bin_count),
                count=int(is_inside.sum()),
                confidence=float(confidences[is_inside].mean()),
                accuracy=float(is_correct[is_inside].mean()),
            )
        )
    return bins


def calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """Return the expected calibration error, 0..1: the mean gap between confidence and accuracy, weighted by count.

    Naeini et al. 2015; Guo et al. 2017, equation 3.
    """
    count = sum(entry.count for entry in bins)
    return sum(entry.count * abs(entry.confidence - entry.accuracy) for entry in bins) / count


@dataclass(frozen=True, slots=True, eq=False)
class RejectionCurve:
    """The accuracy of the remaining predictions when the least confident ones are rejected.

    Predictions of equal confidence are rejected together, so the shares are those that a threshold can reach.

    Attributes:
        rejected: Shares of all predictions that are rejected, rising from 0, shape (k,), each below 1.
        accuracy: The accuracy of the rest, 0..1, shape (k,).
    """

    rejected: Numbers
    accuracy: Numbers

    @classmethod
    def of(cls, confidences: Numbers, is_correct: NDArray[np.bool_]) -> "RejectionCurve":
        """Compute the curve.

        Args:
            confidences: The confidence of each prediction, shape (n,), n at least 1.
            is_correct: Whether the prediction is correct, shape (n,).
        """
        order = np.argsort(confidences, kind="stable")
        ordered, correct = confidences[order], is_correct[order]
        starts = np.flatnonzero(np.append(True, ordered[1:] > ordered[:-1]))
        correct_from = np.cumsum(correct[::-1])[::-1]
        return cls(starts / len(ordered), correct_from[starts] / (len(ordered) - starts))

    def at(self, share: float) -> tuple[float, float]:
        """Return the largest rejected share that is at most ``share``, and the accuracy of the rest."""
        # 1e-12 compensates for rounding: 2 % of 100 must give 2.
        index = int(np.searchsorted(self.rejected, share + 1e-12, side="right")) - 1
        return float(self.rejected[index]), float(self.accuracy[index])
