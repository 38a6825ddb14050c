"""What the folds' answers are worth."""

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
"""Digits to every drawing that is none, on a canvas that asks for digits. Shifts the eleventh sum by its logarithm
(Bayes' rule: Saerens et al. 2002, "Adjusting the outputs of a classifier to new a priori probabilities")."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Sums before the softmax with what the images show.

    Attributes:
        sums: Shape (n, classes).
        labels: Shape (n,): 0..9 or ``NO_DIGIT``.
    """

    sums: NDArray[np.float32]
    labels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Fold:
    """One fold's figures; shares are 0..1.

    Attributes:
        writers: The people held out.
        alphabet: The alphabet held out.
        digits: Accuracy on their digits.
        worst: Accuracy on the digits of the writer who is read worst.
        mnist: Accuracy on MNIST's test digits.
        auc: Area under the ROC curve of is_digit, these digits against these letters.
        auc_fair: The same without letters that look like digits.
        rejected: Share of the letters questioned where 2 % of the digits are.
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
    """Return the figures of a fold. Without digits or letters held out they are NaN."""
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
    """Return the share of right answers for each key."""
    return {int(key): float(is_correct[keys == key].mean()) for key in np.unique(keys)}


def outputs(sums: NDArray[np.floating], calibration: Calibration = NO_CALIBRATION) -> NDArray[np.float64]:
    """Return the softmax of calibrated sums, shape (n, classes)."""
    corrected = calibration.apply(sums)
    powers = np.exp(corrected - corrected.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def is_digit(sums: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return how much each image looks like a digit: with eleven outputs the log odds, else the largest output."""
    if sums.shape[1] == CLASS_COUNT:
        return digit_score(outputs(sums))
    return np.asarray(
        np.logaddexp.reduce(sums[:, :CLASS_COUNT].astype(np.float64), axis=1) - sums[:, NO_DIGIT], dtype=np.float64
    )


def unseen(answers: Sequence[Answers], material: Material, *, fair: bool) -> Labelled:
    """Gather what the folds said about pen digits and letters that they had not seen.

    Args:
        answers: Of some folds.
        material: What they were made of.
        fair: Whether to leave letters out that look like digits.
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
    """Fit a calibration on what some folds had not seen, for a canvas on which most drawings are digits."""
    known = unseen(answers, material, fair=True)
    balanced = fit_calibration(known.sums, known.labels)
    return replace(balanced, offset=balanced.offset - math.log(DIGIT_ODDS))


def judge(sums: NDArray[np.floating], labels: NDArray[np.integer], calibration: Calibration) -> Metrics:
    """Judge calibrated answers to digits."""
    shares = outputs(sums, calibration)
    of_label = digit_probabilities(shares)[np.arange(len(labels)), labels]
    return Metrics.of(shares, labels, float(-np.log(of_label + np.finfo(float).tiny).mean()))
