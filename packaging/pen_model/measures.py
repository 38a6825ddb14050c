"""Metrics of what the folds hold out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from calibration import Calibration, fit_calibration
from folds import Answers
from forms import form_of
from material import OMNIGLOT, UCI, Material, Tagged
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT, NO_DIGIT
from digitlab.evaluation.metrics import Metrics, rejected_non_digits, roc_auc
from digitlab.insight.verdict import DIGIT_FROM
from digitlab.model.outputs import class_probabilities

NO_CALIBRATION: Final = Calibration()

DIGIT_ODDS: Final = 19.0
"""Assumed number of digits per non-digit on the canvas; with nine, 1.1 % of the digits of unseen sites were refused.

Its logarithm shifts the eleventh logit (Bayes' rule: Saerens et al. 2002, "Adjusting the outputs of a classifier to new
a priori probabilities")."""

FEWEST: Final = 20
"""Writers and forms with fewer digits are not named as the worst one: a single digit would decide."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """What one fold answers to the pen digits and letters that it holds out.

    Attributes:
        digits: The pen digits.
        letters: The letters.
        digit_sums: Their logits, shape (digits, 11).
        letter_sums: Shape (letters, 11).
        calibration: Fitted on what the other folds hold out.
    """

    digits: tuple[Tagged, ...]
    letters: tuple[Tagged, ...]
    digit_sums: NDArray[np.float32]
    letter_sums: NDArray[np.float32]
    calibration: Calibration = NO_CALIBRATION

    @classmethod
    def of(cls, answers: Answers, material: Material) -> "Unseen":
        """Look up what was answered to."""
        return cls(
            tuple(material.digits[index] for index in answers.digit_indices),
            tuple(material.letters[index] for index in answers.letter_indices),
            answers.digits,
            answers.letters,
        )

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The labels of the digits."""
        return np.array([digit.drawing.label for digit in self.digits], dtype=np.uint8)

    @property
    def is_right(self) -> Flags:
        """Whether the largest output of the ten digits is the label."""
        return np.asarray(self.digit_sums[:, :CLASS_COUNT].argmax(axis=1) == self.labels)

    @property
    def is_said(self) -> Flags:
        """Whether the calibrated network holds it for a digit."""
        return np.asarray(1.0 - outputs(self.digit_sums, self.calibration)[:, NO_DIGIT] >= DIGIT_FROM)

    @property
    def is_taken(self) -> Flags:
        """Whether the calibrated network takes a letter for a digit."""
        return np.asarray(1.0 - outputs(self.letter_sums, self.calibration)[:, NO_DIGIT] >= DIGIT_FROM)

    def chosen(self, is_chosen: Callable[[Tagged], bool]) -> "Unseen":
        """Return only the digits and letters for which ``is_chosen``."""
        of_digits = np.array([is_chosen(one) for one in self.digits], dtype=np.bool_)
        of_letters = np.array([is_chosen(one) for one in self.letters], dtype=np.bool_)
        return replace(
            self,
            digits=tuple(one for one, taken in zip(self.digits, of_digits, strict=True) if taken),
            letters=tuple(one for one, taken in zip(self.letters, of_letters, strict=True) if taken),
            digit_sums=self.digit_sums[of_digits],
            letter_sums=self.letter_sums[of_letters],
        )

    def separation(self) -> tuple[float, float]:
        """Return the area under the ROC curve of is_digit, and the share of letters rejected when 2 % of digits are."""
        digits, letters = is_digit(self.digit_sums), is_digit(self.letter_sums)
        return roc_auc(digits, letters), rejected_non_digits(digits, letters)


def unseen_of(answers: Sequence[Answers], material: Material) -> list[Unseen]:
    """Return what each fold answers, with a calibration that was fitted on the other folds."""
    folds = [Unseen.of(answer, material) for answer in answers]
    return [replace(fold, calibration=fit([other for other in folds if other is not fold])) for fold in folds]


def fit(folds: Sequence[Unseen]) -> Calibration:
    """Fit a calibration on what folds hold out, for a canvas on which most drawings are digits.

    Letters that look like digits are left out. UNIPEN's and Omniglot's letters, and the sites' digits, count by their
    number.
    """
    sums = [part for fold in folds for part in (fold.digit_sums, fold.letter_sums[_is_fair(fold)])]
    labels = [
        part for fold in folds for part in (fold.labels, np.full(int(_is_fair(fold).sum()), NO_DIGIT, dtype=np.uint8))
    ]
    balanced = fit_calibration(np.concatenate(sums), np.concatenate(labels))
    return replace(balanced, offset=balanced.offset - math.log(DIGIT_ODDS))


def _is_fair(fold: Unseen) -> Flags:
    return np.array([not letter.looks_like_a_digit for letter in fold.letters], dtype=np.bool_)


def is_unipen(one: Tagged) -> bool:
    """Return whether it is of a site of UNIPEN."""
    return one.site not in (UCI, OMNIGLOT)


def outputs(sums: NDArray[np.floating], calibration: Calibration = NO_CALIBRATION) -> NDArray[np.float64]:
    """Return the softmax of calibrated logits, shape (n, classes)."""
    corrected = calibration.apply(sums)
    powers = np.exp(corrected - corrected.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def is_digit(sums: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the log odds of each image, logits of shape (n, 11), for being a digit."""
    digits = np.logaddexp.reduce(sums[:, :CLASS_COUNT].astype(np.float64), axis=1)
    return np.asarray(digits - sums[:, NO_DIGIT], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Group:
    """The digits that have something in common.

    Attributes:
        name: What they have in common.
        count: Their number.
        right: How many have the label as their largest output.
        said: How many of these are also held for a digit.
    """

    name: str
    count: int
    right: int
    said: int


def groups_of(folds: Sequence[Unseen], key: Callable[[Tagged], str]) -> list[Group]:
    """Return the digits grouped by a key, the group with the lowest accuracy first; an empty key is left out."""
    counts: dict[str, list[int]] = {}
    for fold in folds:
        right = fold.is_right
        for one, is_right, is_said in zip(fold.digits, right, right & fold.is_said, strict=True):
            name = key(one)
            if name:
                count = counts.setdefault(name, [0, 0, 0])
                count[0] += 1
                count[1] += bool(is_right)
                count[2] += bool(is_said)
    return sorted((Group(name, *count) for name, count in counts.items()), key=lambda group: group.right / group.count)


def form_key(digit: Tagged) -> str:
    """Return the form of a digit, for ``groups_of``."""
    return form_of(digit.drawing)


def evaluate(folds: Sequence[Unseen], calibrations: Sequence[Calibration]) -> Metrics:
    """Return the metrics of the answers to the digits, each fold's calibrated."""
    shares = np.concatenate([outputs(fold.digit_sums, one) for fold, one in zip(folds, calibrations, strict=True)])
    labels = np.concatenate([fold.labels for fold in folds])
    of_label = class_probabilities(shares)[np.arange(len(labels)), labels]
    return Metrics.of(shares, labels, float(-np.log(of_label + np.finfo(float).tiny).mean()))
