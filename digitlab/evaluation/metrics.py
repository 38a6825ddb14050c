"""How good a network's answers are, and how far its sureness can be trusted: figures from outputs and labels alone."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import confusion
from digitlab.evaluation.reliability import (
    Numbers,
    RejectionCurve,
    ReliabilityBin,
    calibration_error,
    reliability,
    share_interval,
)
from digitlab.model.outputs import digit_probabilities, digit_score
from digitlab.model.spec import Loss
from digitlab.system.errors import DigitLabError

REJECTED_DIGITS: Final = 0.02
"""Share of digits that may be questioned when asking how much of what is no digit is."""


def roc_auc(scores: Numbers, other_scores: Numbers) -> float:
    """Return the area under the ROC curve: how likely a random one scores above a random other; ties count half.

    Hanley and McNeil 1982, "The meaning and use of the area under a receiver operating characteristic (ROC) curve".

    Args:
        scores: Of those that should score high, shape (n,), n at least 1.
        other_scores: Of the others, shape (m,), m at least 1.
    """
    others = np.sort(other_scores)
    below, upto = np.searchsorted(others, scores, side="left"), np.searchsorted(others, scores, side="right")
    return float((below + upto).sum() / (2.0 * len(scores) * len(others)))


def rejected_others(scores: Numbers, other_scores: Numbers, share: float = REJECTED_DIGITS) -> float:
    """Return which share of the others scores below the limit that questions a given share of the ones.

    Args:
        scores: Of the digits, shape (n,), n at least 1: below the limit a digit is questioned.
        other_scores: Of what is no digit, shape (m,), m at least 1.
        share: The share of digits that may be questioned, 0..1, less than 1.
    """
    limit = np.sort(scores)[int(share * len(scores) + 1e-9)]
    return float(np.mean(other_scores < limit))


def mean_loss(loss: Loss, sums: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Return a network's mean loss, as training and Keras have it.

    Args:
        loss: What the network was trained by.
        sums: Weighted sums before the last activation, shape (n, classes).
        labels: The right classes, shape (n,).
    """
    sums = np.asarray(sums, dtype=np.float64)
    target = np.eye(sums.shape[1])[labels]
    # A network that broke down has sums without a meaning; its loss is then no number either.
    with np.errstate(invalid="ignore", over="ignore"):
        if loss is Loss.SIGMOID_CROSS_ENTROPY:
            return float(np.mean(np.logaddexp(0.0, sums) - target * sums))
        logs = sums - np.logaddexp.reduce(sums, axis=1, keepdims=True)
        if loss is Loss.SOFTMAX_CROSS_ENTROPY:
            return float(-logs[np.arange(len(labels)), labels].mean())
        return float(0.5 * np.square(np.exp(logs) - target).sum(axis=1).mean())


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a network tells digits from what is none.

    Attributes:
        count: Number of images without a digit.
        auc: How likely it finds a random digit more like a digit than a random other image, 0..1.
        rejected: The share of the others that is questioned where ``REJECTED_DIGITS`` of the digits are.
    """

    count: int
    auc: float
    rejected: float


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """How well a network answers.

    The answer is the likeliest of the ten digits, and its confidence how likely it is given that there is a digit, as
    there is in all images judged so. The unsurest answers are those where this, times how much the image looks like a
    digit at all, is least.

    Attributes:
        count: Number of digits judged.
        accuracy: The share of right answers, 0..1.
        loss: Mean loss.
        bins: The reliability diagram.
        rejection: How right the rest is when the unsurest answers are questioned.
        separation: How well digits are told from what is none, if there was any.
        confusion: How often each digit got each answer, shape (10, 10), int64: rows are true digits, columns answers.
    """

    count: int
    accuracy: float
    loss: float
    bins: tuple[ReliabilityBin, ...]
    rejection: RejectionCurve
    separation: Separation | None
    confusion: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        outputs: NDArray[np.floating],
        labels: NDArray[np.integer],
        loss: float,
        other_outputs: NDArray[np.floating] | None = None,
    ) -> "Metrics":
        """Judge a network's outputs.

        Args:
            outputs: To digits, shape (n, 10) or (n, 11), each 0..1, n at least 1; the eleventh is "no digit".
            labels: The right digits, shape (n,).
            loss: Mean loss, as ``mean_loss`` gives it.
            other_outputs: To images without a digit, shape (m, ...).

        Raises:
            DigitLabError: If outputs or loss are not finite.
        """
        if not (np.isfinite(outputs).all() and math.isfinite(loss)):
            raise DigitLabError(
                "The network's answers are no numbers: its weights are too large to compute with.",
                remedy="Choose another network, or train this one again with a lower learning rate.",
            )
        values: Numbers = np.asarray(outputs, dtype=np.float64)
        shares = digit_probabilities(values)
        confidences = shares.max(axis=1)
        is_correct = outputs[:, :CLASS_COUNT].argmax(axis=1) == labels
        is_digit = digit_score(values)
        separation = None
        if other_outputs is not None and len(other_outputs):
            others: Numbers = digit_score(np.asarray(other_outputs, dtype=np.float64))
            separation = Separation(len(others), roc_auc(is_digit, others), rejected_others(is_digit, others))
        return cls(
            count=len(labels),
            accuracy=float(is_correct.mean()),
            loss=loss,
            bins=tuple(reliability(confidences, is_correct)),
            rejection=RejectionCurve.of(confidences * is_digit, is_correct),
            separation=separation,
            confusion=confusion(outputs, labels),
        )

    @property
    def calibration_error(self) -> float:
        """The expected calibration error, 0..1."""
        return calibration_error(self.bins)

    @property
    def nbytes(self) -> int:
        """Memory of its arrays, in bytes."""
        return self.confusion.nbytes + self.rejection.rejected.nbytes + self.rejection.accuracy.nbytes

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy would lie with many more digits of the same kind, at 95 % confidence."""
        return share_interval(self.accuracy, self.count)

    @property
    def right(self) -> int:
        """Number of right answers."""
        return int(np.trace(self.confusion))
