"""The confusion matrix, and precision, recall and F1 of each digit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT
from digitlab.model.outputs import of_classes

Counts = NDArray[np.int64]
"""A confusion matrix, shape (classes, classes), int64: rows are true classes, columns predicted ones."""


def confusion_matrix(
    outputs: NDArray[np.floating], labels: NDArray[np.integer], class_count: int = CLASS_COUNT
) -> Counts:
    """Count how often each digit is predicted for each true digit; "no digit" is never a prediction.

    Args:
        outputs: Shape (n, class_count) or (n, class_count + 1); the last of the latter is "no digit".
        labels: The true digits, shape (n,).
        class_count: The number of classes.

    Returns:
        The counts, shape (class_count, class_count): rows are true digits, columns predicted digits.
    """
    return count_pairs(labels, of_classes(outputs, class_count).argmax(axis=1), class_count)


def count_pairs(labels: NDArray[np.integer], predicted: NDArray[np.integer], class_count: int = CLASS_COUNT) -> Counts:
    """Count how often each digit is predicted for each true digit.

    Args:
        labels: The true digits, shape (n,).
        predicted: The predicted digits, shape (n,).
        class_count: The number of classes.

    Returns:
        The counts, shape (class_count, class_count): rows are true digits, columns predicted digits.
    """
    cells = labels.astype(np.int64) * class_count + predicted
    return np.bincount(cells, minlength=class_count**2).reshape(class_count, class_count)


@dataclass(frozen=True, slots=True)
class DigitMetrics:
    """How well one digit is classified.

    Attributes:
        correct: Number of images of the digit that are classified correctly (true positives).
        support: Number of images of the digit.
        predicted: Number of images for which the digit is predicted, correctly or not.
    """

    correct: int
    support: int
    predicted: int

    @property
    def precision(self) -> float | None:
        """The share of these predictions that is correct, 0..1; None if the digit is never predicted."""
        return self.correct / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """The share of these digits that is classified correctly, 0..1; None if the digit does not occur."""
        return self.correct / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, 0..1; None if the digit neither occurs nor is predicted.

        van Rijsbergen 1979, "Information Retrieval", chapter 7, with equal weights.
        """
        both = self.support + self.predicted
        return 2 * self.correct / both if both else None


@dataclass(frozen=True, slots=True)
class MacroAverage:
    """The unweighted mean over the digits that occur or are predicted; an undefined metric counts as 0.

    Equals scikit-learn's ``average="macro"`` with ``zero_division=0``.

    Attributes:
        precision: 0..1.
        recall: 0..1.
        f1: 0..1.
    """

    precision: float
    recall: float
    f1: float


def digit_metrics(counts: Counts) -> tuple[DigitMetrics, ...]:
    """Return the metrics of the digits 0 to 9.

    Args:
        counts: The confusion matrix.
    """
    return tuple(
        DigitMetrics(int(correct), int(support), int(predicted))
        for correct, support, predicted in zip(np.diag(counts), counts.sum(axis=1), counts.sum(axis=0), strict=True)
    )


def macro_average(metrics: tuple[DigitMetrics, ...]) -> MacroAverage:
    """Return the macro average.

    Args:
        metrics: Of the digits 0 to 9, at least one of which occurs.
    """
    occurring = [entry for entry in metrics if entry.support or entry.predicted]
    count = len(occurring)
    return MacroAverage(
        sum(entry.precision or 0.0 for entry in occurring) / count,
        sum(entry.recall or 0.0 for entry in occurring) / count,
        sum(entry.f1 or 0.0 for entry in occurring) / count,
    )
