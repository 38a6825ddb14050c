"""Metrics of the folds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from calibration import Calibration, fit_calibration
from folds import Answers
from material import Material
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT, NO_DIGIT
from digitlab.evaluation.metrics import Metrics, rejected_non_digits, roc_auc
from digitlab.model.outputs import digit_probabilities, digit_score

NO_CALIBRATION: Final = Calibration()

DIGIT_ODDS: Final = 9.0
"""Assumed number of digits per non-digit on the canvas. Its logarithm shifts the eleventh logit
(Bayes' rule: Saerens et al. 2002, "Adjusting the outputs of a classifier to new a priori probabilities")."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Logits with labels.

    Attributes:
        sums: The logits, shape (n, classes).
        labels: Shape (n,): 0..9 or ``NO_DIGIT``.
    """

    sums: NDArray[np.float32]
    labels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Fold:
    """The metrics of a fold; shares are 0..1.

    Attributes:
        writers: The held-out writers.
        alphabet: The held-out alphabet.
        digits: Accuracy on the held-out digits.
        worst: Accuracy on the digits of the writer with the lowest accuracy.
        mnist: Accuracy on MNIST's test digits.
        auc: Area under the ROC curve of is_digit, held-out digits against held-out letters.
        auc_fair: The same without letters that look like digits.
        rejected: Share of the letters rejected when 2 % of the digits are.
        rejected_fair: The same without letters that look like digits.
    """

    writers: tuple[int, ...]
    alphabet: str
    digits: float
    worst: float
    mnist: float
    auc: float
    auc_fair: float
    rejected: float
    rejected_fair: float


def measure(answers: Answers, material: Material) -> Fold:
    """Return the metrics of a fold. Without held-out digits or letters they are NaN."""
    tagged = [material.digits[index] for index in answers.digit_indices]
    letters = [material.letters[index] for index in answers.letter_indices]
    labels = np.array([entry.drawing.label for entry in tagged])
    is_correct = answers.digits[:, :CLASS_COUNT].argmax(axis=1) == labels
    by_writer = accuracy_by(is_correct, np.array([entry.writer for entry in tagged]))
    scores, others = is_digit(answers.digits), is_digit(answers.letters)
    fair = others[[not letter.looks_like_a_digit for letter in letters]]
    mnist = answers.mnist[:, :CLASS_COUNT].argmax(axis=1) == material.mnist.test.labels
    return Fold(
        tuple(by_writer),
        letters[0].alphabet if letters else "",
        float(is_correct.mean()),
        min(by_writer.values()),
        float(mnist.mean()),
        roc_auc(scores, others),
        roc_auc(scores, fair),
        rejected_non_digits(scores, others),
        rejected_non_digits(scores, fair),
    )


def accuracy_by(is_correct: NDArray[np.bool_], keys: NDArray[np.integer]) -> dict[int, float]:
    """Return the accuracy for each key."""
    return {int(key): float(is_correct[keys == key].mean()) for key in np.unique(keys)}


def outputs(sums: NDArray[np.floating], calibration: Calibration = NO_CALIBRATION) -> NDArray[np.float64]:
    """Return the softmax of calibrated logits, shape (n, classes)."""
    corrected = calibration.apply(sums)
    powers = np.exp(corrected - corrected.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def is_digit(sums: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the score of each image for being a digit: with eleven outputs the log odds, else the largest output."""
    if sums.shape[1] == CLASS_COUNT:
        return digit_score(outputs(sums))
    return np.asarray(
        np.logaddexp.reduce(sums[:, :CLASS_COUNT].astype(np.float64), axis=1) - sums[:, NO_DIGIT], dtype=np.float64
    )


def unseen(answers: Sequence[Answers], material: Material, *, fair: bool) -> Labelled:
    """Collect the logits of folds on their held-out pen digits and letters.

    Args:
        answers: The answers of the folds.
        material: The data.
        fair: Whether to leave out letters that look like digits.
    """
    sums, labels = [], []
    for answer in answers:
        sums.append(answer.digits)
        labels += [material.digits[index].drawing.label for index in answer.digit_indices]
        letters = [material.letters[index] for index in answer.letter_indices]
        taken = np.array([not (fair and letter.looks_like_a_digit) for letter in letters], dtype=bool)
        sums.append(answer.letters[taken])
        labels += [NO_DIGIT] * int(taken.sum())
    return Labelled(np.concatenate(sums), np.array(labels, dtype=np.uint8))


def fit(answers: Sequence[Answers], material: Material) -> Calibration:
    """Fit a calibration on the held-out data of folds, for a canvas on which most drawings are digits."""
    known = unseen(answers, material, fair=True)
    balanced = fit_calibration(known.sums, known.labels)
    return replace(balanced, offset=balanced.offset - math.log(DIGIT_ODDS))


def evaluate(sums: NDArray[np.floating], labels: NDArray[np.integer], calibration: Calibration) -> Metrics:
    """Return the metrics of calibrated answers to digits."""
    shares = outputs(sums, calibration)
    of_label = digit_probabilities(shares)[np.arange(len(labels)), labels]
    return Metrics.of(shares, labels, float(-np.log(of_label + np.finfo(float).tiny).mean()))
