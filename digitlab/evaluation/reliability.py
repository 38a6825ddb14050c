"""How far a network's sureness can be trusted: the reliability diagram and the rejection curve, from answers alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

BIN_COUNT: Final = 20
"""Bins of confidence, 5 % each: nearly all answers of a good network lie above 90 %, where ten bins say too little."""

_Z: Final = 1.959964
"""A normal variable lies within so many standard deviations with a probability of 95 %."""


def share_interval(share: float, count: int) -> tuple[float, float]:
    """Return where a share would lie with many more of its kind, at 95 % confidence.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    Args:
        share: The share found, 0..1.
        count: Among how many, at least 1.
    """
    width = 1.0 + _Z**2 / count
    middle = (share + _Z**2 / (2 * count)) / width
    half = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / width
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The answers whose confidence lies in one range.

    Attributes:
        low: Least confidence, 0..1.
        high: Upper end of the range; only the last bin holds it.
        count: How many answers these are, at least 1.
        confidence: Their mean confidence, 0..1.
        accuracy: The share of them that is right, 0..1.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float

    @property
    def right(self) -> int:
        """How many answers are right."""
        return round(self.accuracy * self.count)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy would lie with many more answers, at 95 % confidence."""
        return share_interval(self.accuracy, self.count)


def reliability(
    confidences: Numbers, is_correct: NDArray[np.bool_], bin_count: int = BIN_COUNT
) -> list[ReliabilityBin]:
    """Sort answers into equally wide bins of confidence.

    Guo et al. 2017, "On calibration of modern neural networks", equations 2 and 3.

    Args:
        confidences: How sure the network is of each answer, shape (n,), 0..1.
        is_correct: Whether the answer is right, shape (n,).
        bin_count: Number of bins between 0 and 1.

    Returns:
        The bins that hold an answer, lowest first.
    """
    places = np.minimum((confidences * bin_count).astype(np.intp), bin_count - 1)
    bins = []
    for place in np.unique(places):
        mine = places == place
        bins.append(
            ReliabilityBin(
                low=float(place / bin_count),
                high=float((place + 1) / bin_count),
                count=int(mine.sum()),
                confidence=float(confidences[mine].mean()),
                accuracy=float(is_correct[mine].mean()),
            )
        )
    return bins


def calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """Return the expected calibration error, 0..1: how far confidence and accuracy lie apart in a mean answer's bin.

    Naeini et al. 2015; Guo et al. 2017, equation 3.
    """
    count = sum(entry.count for entry in bins)
    return sum(entry.count * abs(entry.confidence - entry.accuracy) for entry in bins) / count


@dataclass(frozen=True, slots=True, eq=False)
class RejectionCurve:
    """How right the remaining answers are when those given with the least confidence are questioned.

    Answers of equal confidence are questioned together, so the shares are those that really can be had.

    Attributes:
        rejected: Shares of all answers that are questioned, rising from 0, shape (k,), each below 1.
        accuracy: The share of right answers among the rest, 0..1, shape (k,).
    """

    rejected: Numbers
    accuracy: Numbers

    @classmethod
    def of(cls, confidences: Numbers, is_correct: NDArray[np.bool_]) -> "RejectionCurve":
        """Make the curve.

        Args:
            confidences: How sure the network is of each answer, shape (n,), n at least 1.
            is_correct: Whether the answer is right, shape (n,).
        """
        order = np.argsort(confidences, kind="stable")
        ordered, right = confidences[order], is_correct[order]
        starts = np.flatnonzero(np.append(True, ordered[1:] > ordered[:-1]))
        right_from = np.cumsum(right[::-1])[::-1]
        return cls(starts / len(ordered), right_from[starts] / (len(ordered) - starts))

    def at(self, share: float) -> tuple[float, float]:
        """Return the largest share questioned that is not above a share, and the accuracy of the rest."""
        # Shares are counts over a count: room for rounding, so that 2 % of 100 are two.
        index = int(np.searchsorted(self.rejected, share + 1e-12, side="right")) - 1
        return float(self.rejected[index]), float(self.accuracy[index])
