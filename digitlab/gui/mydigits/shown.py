"""Which of the user's own digits the gallery shows, and with which text. Without widgets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.evaluation.prediction_cache import UNKNOWN
from digitlab.gui.widgets.gallery.tile import Badge, GalleryItem


@dataclass(frozen=True, slots=True)
class Filter:
    """The filter of the gallery.

    Attributes:
        digit: Only digits with this label, or None for all.
        only_wrong: Only digits that the network on screen misclassifies.
        answer: Only digits that it classifies as this digit, or None for all.
    """

    digit: int | None = None
    only_wrong: bool = False
    answer: int | None = None

    def rows(self, labels: NDArray[np.int8], answers: NDArray[np.int8]) -> NDArray[np.intp]:
        """Return the indices of the digits to show, ascending.

        Args:
            labels: Shape (n,), 0..9.
            answers: Shape (n,), 0..9 or ``UNKNOWN``.
        """
        taken = np.ones(len(labels), bool)
        if self.digit is not None:
            taken &= labels == self.digit
        if self.answer is not None:
            taken &= answers == self.answer
        if self.only_wrong:
            taken &= (answers != UNKNOWN) & (answers != labels)
        return np.flatnonzero(taken)


@dataclass(frozen=True, slots=True, eq=False)
class ShownDigits:
    """The digits in the gallery, in its order, as immutable values.

    Attributes:
        digits: All of the user's own digits.
        answers: The prediction of the network on screen for each, shape (n,), 0..9 or ``UNKNOWN``.
        rows: The indices of the digits shown.
    """

    digits: Sequence[KeptDigit]
    answers: NDArray[np.int8]
    rows: NDArray[np.intp]

    def item(self, place: int) -> GalleryItem:
        """Return the gallery's item at a position."""
        row = int(self.rows[place])
        digit, answer = self.digits[row], int(self.answers[row])

        def describe() -> tuple[str, str]:
            text = _text(digit.label, answer)
            return text, f"{text}\nkept {digit.kept_at.astimezone().isoformat(' ', 'minutes')[:16]}"

        known = Badge.CORRECT if answer == digit.label else Badge.WRONG
        badge = Badge.NONE if answer == UNKNOWN else known
        return GalleryItem(digit.image.tobytes(), describe, str(digit.label), badge, wrong_answer=str(answer))


def _text(label: int, answer: int) -> str:
    if answer == UNKNOWN:
        return f"{label}, not classified yet"
    return f"{label}, classified correctly" if answer == label else f"{label}, classified as {answer}"
