"""Which digits a network takes for which: the confusion matrix, figures a digit, and the answers behind them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT
from digitlab.model.outputs import digit_probabilities

Counts = NDArray[np.int64]
"""Shape (10, 10), int64: rows are true digits, columns answers."""


def confusion(outputs: NDArray[np.floating], labels: NDArray[np.integer]) -> Counts:
    """Count how often each digit got each answer, whether or not the network doubts that it is a digit.

    Args:
        outputs: Shape (n, 10) or (n, 11); the eleventh is "no digit".
        labels: The right digits, shape (n,).

    Returns:
        The counts, shape (10, 10): rows are true digits, columns answers.
    """
    answers = outputs[:, :CLASS_COUNT].argmax(axis=1)
    counts = np.bincount(labels.astype(np.int64) * CLASS_COUNT + answers, minlength=CLASS_COUNT**2)
    return counts.reshape(CLASS_COUNT, CLASS_COUNT)


@dataclass(frozen=True, slots=True)
class DigitMetrics:
    """How well one digit is read.

    Attributes:
        right: How often the digit was read as what it is.
        support: How often the digit was there.
        predictions: How often it was the answer, rightly or not.
    """

    right: int
    support: int
    predictions: int

    @property
    def precision(self) -> float | None:
        """The share of these answers that is right, 0..1; None where there is no such answer."""
        return self.right / self.predictions if self.predictions else None

    @property
    def recall(self) -> float | None:
        """The share of these digits that is read rightly, 0..1; None where there is no such digit."""
        return self.right / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two, 0..1; None where there is neither such an answer nor such a digit.

        van Rijsbergen 1979, "Information Retrieval", chapter 7, with equal weights.
        """
        both = self.support + self.predictions
        return 2 * self.right / both if both else None


@dataclass(frozen=True, slots=True)
class MeanMetrics:
    """The mean over the digits that occur, as a digit or as an answer; what is undefined counts as 0.

    These are scikit-learn's macro averages with ``zero_division=0``.

    Attributes:
        precision: 0..1.
        recall: 0..1.
        f1: 0..1.
    """

    precision: float
    recall: float
    f1: float


def digit_metrics(counts: Counts) -> tuple[DigitMetrics, ...]:
    """Return the figures of the digits 0 to 9.

    Args:
        counts: The confusion matrix.
    """
    return tuple(
        DigitMetrics(int(right), int(support), int(predictions))
        for right, support, predictions in zip(np.diag(counts), counts.sum(axis=1), counts.sum(axis=0), strict=True)
    )


def mean_metrics(figures: tuple[DigitMetrics, ...]) -> MeanMetrics:
    """Return the means over the digits that occur, at least one."""
    occurring = [entry for entry in figures if entry.support or entry.predictions]
    count = len(occurring)
    return MeanMetrics(
        sum(entry.precision or 0.0 for entry in occurring) / count,
        sum(entry.recall or 0.0 for entry in occurring) / count,
        sum(entry.f1 or 0.0 for entry in occurring) / count,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a network answered to each image, as far as a confusion matrix and a gallery need it.

    Attributes:
        indices: Which images of the set these are, shape (n,), int32.
        labels: The right digits, shape (n,), uint8.
        answers: The likeliest digit of each, shape (n,), uint8.
        confidences: How likely the network finds it, given that there is a digit, shape (n,), float32, 0..1.
        seconds: The second likeliest digit, shape (n,), uint8.
        second_confidences: How likely the network finds that one, shape (n,), float32, 0..1.
    """

    indices: NDArray[np.int32]
    labels: NDArray[np.uint8]
    answers: NDArray[np.uint8]
    confidences: NDArray[np.float32]
    seconds: NDArray[np.uint8]
    second_confidences: NDArray[np.float32]

    @classmethod
    def of(
        cls, outputs: NDArray[np.floating], labels: NDArray[np.integer], indices: NDArray[np.integer]
    ) -> "Predictions":
        """Keep of a network's outputs what is shown.

        Args:
            outputs: Shape (n, 10) or (n, 11), each 0..1; the eleventh is "no digit".
            labels: The right digits, shape (n,).
            indices: Which images of the set they belong to, shape (n,).
        """
        shares = digit_probabilities(outputs)
        rows = np.arange(len(shares))
        answers = outputs[:, :CLASS_COUNT].argmax(axis=1)
        others = shares.copy()
        others[rows, answers] = -1.0
        seconds = others.argmax(axis=1)
        return cls(
            indices.astype(np.int32),
            labels.astype(np.uint8),
            answers.astype(np.uint8),
            shares[rows, answers].astype(np.float32),
            seconds.astype(np.uint8),
            others[rows, seconds].astype(np.float32),
        )

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    @property
    def nbytes(self) -> int:
        """Memory it takes, in bytes."""
        columns = (self.indices, self.labels, self.answers, self.confidences, self.seconds, self.second_confidences)
        return sum(column.nbytes for column in columns)

    @property
    def counts(self) -> Counts:
        """The confusion matrix."""
        places = self.labels.astype(np.int64) * CLASS_COUNT + self.answers
        return np.bincount(places, minlength=CLASS_COUNT**2).reshape(CLASS_COUNT, CLASS_COUNT)

    def accuracy_among(self, count: int) -> float:
        """Return the share of right answers among the first so many images, at least 1."""
        return float((self.answers[:count] == self.labels[:count]).mean())

    def mistakes(self) -> NDArray[np.intp]:
        """Return the places of all wrong answers, the most confident first."""
        return self._ordered(self.answers != self.labels, most_confident_first=True)

    def cell(self, true: int, answer: int) -> NDArray[np.intp]:
        """Return the places of what one cell of the confusion matrix counts.

        Args:
            true: The right digit.
            answer: What the network took it for.

        Returns:
            Wrong answers with the most confident first; right ones with the least confident first.
        """
        chosen = (self.labels == true) & (self.answers == answer)
        return self._ordered(chosen, most_confident_first=true != answer)

    def _ordered(self, chosen: NDArray[np.bool_], *, most_confident_first: bool) -> NDArray[np.intp]:
        places = np.flatnonzero(chosen)
        confidences = self.confidences[places]
        # Of equal confidence, as many are near 100 %, the first of the set comes first: the order never changes.
        return places[np.lexsort((self.indices[places], -confidences if most_confident_first else confidences))]
