"""The metrics of an evaluation, computed from outputs and labels alone."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import Counts, confusion_matrix
from digitlab.evaluation.reliability import (
    Numbers,
    RejectionCurve,
    ReliabilityBin,
    calibration_error,
    reliability,
    wilson_interval,
)
from digitlab.model.outputs import class_probabilities, class_score, of_classes
from digitlab.model.spec import Loss
from digitlab.system.errors import DigitLabError

REJECTED_DIGIT_SHARE: Final = 0.02
"""Share of digits that may be rejected when measuring how many non-digits are."""


def roc_auc(positive_scores: Numbers, negative_scores: Numbers) -> float:
    """Return the area under the ROC curve: the probability that a positive scores above a negative; ties count half.

    Hanley and McNeil 1982, "The meaning and use of the area under a receiver operating characteristic (ROC) curve".

    Args:
        positive_scores: Scores of the positives, shape (n,), n at least 1.
        negative_scores: Scores of the negatives, shape (m,), m at least 1.

    Returns:
        The area, 0..1.
    """
    negatives = np.sort(negative_scores)
    below = np.searchsorted(negatives, positive_scores, side="left")
    up_to = np.searchsorted(negatives, positive_scores, side="right")
    return float((below + up_to).sum() / (2.0 * len(positive_scores) * len(negatives)))


def rejected_non_digits(digit_scores: Numbers, non_digit_scores: Numbers, share: float = REJECTED_DIGIT_SHARE) -> float:
    """Return the share of non-digits rejected by the threshold that rejects a given share of digits.

    Args:
        digit_scores: How much each digit looks like one, shape (n,), n at least 1; below the threshold it is rejected.
        non_digit_scores: The same for images without a digit, shape (m,), m at least 1.
        share: The share of digits that may be rejected, at least 0, less than 1.

    Returns:
        The share, 0..1.
    """
    # 1e-9 compensates for rounding: 2 % of 100 must give 2.
    threshold = np.sort(digit_scores)[int(share * len(digit_scores) + 1e-9)]
    return float(np.mean(non_digit_scores < threshold))


def mean_loss(loss: Loss, logits: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Return a network's mean loss, as defined by Keras.

    Args:
        loss: The loss the network was trained with.
        logits: Weighted sums before the last activation, shape (n, classes).
        labels: The true classes, shape (n,).
    """
    logits = np.asarray(logits, dtype=np.float64)
    target = np.eye(logits.shape[1])[labels]
    # After a diverged training the logits are infinite or NaN; then so is the loss.
    with np.errstate(invalid="ignore", over="ignore"):
        if loss is Loss.SIGMOID_CROSS_ENTROPY:
            return float(np.mean(np.logaddexp(0.0, logits) - target * logits))
        log_probabilities = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        if loss is Loss.SOFTMAX_CROSS_ENTROPY:
            return float(-log_probabilities[np.arange(len(labels)), labels].mean())
        return float(0.5 * np.square(np.exp(log_probabilities) - target).sum(axis=1).mean())


@dataclass(frozen=True, slots=True)
class NonDigitMetrics:
    """How well a network separates digits from images without a digit.

    Attributes:
        count: Number of images without a digit.
        auc: Area under the ROC curve, digits being the positives, 0..1.
        rejected: The share of non-digits that is rejected where ``REJECTED_DIGIT_SHARE`` of the digits is, 0..1.
    """

    count: int
    auc: float
    rejected: float


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """How well a network classifies a set of digits.

    The prediction is the most probable of the ten digits, and its confidence is that probability, given that there is a
    digit. Predictions are rejected by that confidence times the digit score.

    Attributes:
        count: Number of digits.
        accuracy: The share classified correctly, 0..1.
        loss: Mean loss.
        bins: The reliability diagram.
        rejection: The accuracy of the rest when the least confident predictions are rejected.
        non_digits: How well non-digits are rejected; None if the set has none.
        confusion: The confusion matrix, shape (10, 10), int64: rows are true digits, columns predicted digits.
    """

    count: int
    accuracy: float
    loss: float
    bins: tuple[ReliabilityBin, ...]
    rejection: RejectionCurve
    non_digits: NonDigitMetrics | None
    confusion: Counts

    @classmethod
    def of(
        cls,
        outputs: NDArray[np.floating],
        labels: NDArray[np.integer],
        loss: float,
        non_digit_outputs: NDArray[np.floating] | None = None,
        class_count: int = CLASS_COUNT,
    ) -> "Metrics":
        """Compute the metrics.

        Args:
            outputs: Shape (n, class_count) or (n, class_count + 1), each 0..1, n at least 1; the last of the latter is
                "no digit".
            labels: The true digits, shape (n,).
            loss: Mean loss, as ``mean_loss`` returns it.
            non_digit_outputs: For images without a digit, shape (m, number of outputs).
            class_count: The number of classes.

        Raises:
            DigitLabError: If outputs or loss are not finite.
        """
        if not (np.isfinite(outputs).all() and math.isfinite(loss)):
            raise DigitLabError(
                "The network's outputs are not finite numbers: its weights are too large.",
                remedy="Choose another network, or train this one again with a lower learning rate.",
            )
        values: Numbers = np.asarray(outputs, dtype=np.float64)
        confidences = class_probabilities(values, class_count).max(axis=1)
        is_correct = of_classes(outputs, class_count).argmax(axis=1) == labels
        digit_scores = class_score(values, class_count)
        non_digits = None
        if non_digit_outputs is not None and len(non_digit_outputs):
            scores: Numbers = class_score(np.asarray(non_digit_outputs, dtype=np.float64), class_count)
            non_digits = NonDigitMetrics(
                len(scores), roc_auc(digit_scores, scores), rejected_non_digits(digit_scores, scores)
            )
        return cls(
            count=len(labels),
            accuracy=float(is_correct.mean()),
            loss=loss,
            bins=tuple(reliability(confidences, is_correct)),
            rejection=RejectionCurve.of(confidences * digit_scores, is_correct),
            non_digits=non_digits,
            confusion=confusion_matrix(outputs, labels, class_count),
        )

    @property
    def calibration_error(self) -> float:
        """The expected calibration error, 0..1."""
        return calibration_error(self.bins)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes."""
        return self.confusion.nbytes + self.rejection.rejected.nbytes + self.rejection.accuracy.nbytes

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the accuracy, 0..1."""
        return wilson_interval(self.accuracy, self.count)

    @property
    def correct(self) -> int:
        """Number of digits classified correctly."""
        return int(np.trace(self.confusion))
