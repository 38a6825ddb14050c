"""The digits of the grid as Qt wants them: which are shown, and what the network read in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.evaluation.prediction_cache import UNKNOWN

DIGIT_ROLE: Final = Qt.ItemDataRole.UserRole
"""The ``KeptDigit``."""

ANSWER_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""What the network read in it, 0..9, or ``UNKNOWN``."""

_MOST_SINGLE: Final = 50
"""Up to so many digits are painted anew one by one; of more, all are."""

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Filter:
    """Which digits the grid shows.

    Attributes:
        digit: Only those with this label, or None for all.
        only_wrong: Only those that the network on screen reads wrongly.
        answer: Only those read as this digit, or None for all.
    """

    digit: int | None = None
    only_wrong: bool = False
    answer: int | None = None

    def chosen(self, labels: NDArray[np.int8], answers: NDArray[np.int8]) -> NDArray[np.intp]:
        """Return the indices of the digits to show.

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


class DigitModel(QAbstractListModel):
    """A list of digits, newest first."""

    def __init__(self, parent: QObject) -> None:
        """Begin empty."""
        super().__init__(parent)
        self._digits: tuple[KeptDigit, ...] = ()
        self._answers: NDArray[np.int8] = np.empty(0, np.int8)

    @property
    def digits(self) -> tuple[KeptDigit, ...]:
        """The digits shown."""
        return self._digits

    def holds(self, digits: Sequence[KeptDigit]) -> bool:
        """Return whether exactly these are shown."""
        return len(digits) == len(self._digits) and all(map(_is, digits, self._digits))

    def show(self, digits: tuple[KeptDigit, ...], answers: NDArray[np.int8]) -> None:
        """Show other digits."""
        self.beginResetModel()
        self._digits, self._answers = digits, answers
        self.endResetModel()

    def show_answers(self, answers: NDArray[np.int8]) -> None:
        """Show other answers to the same digits.

        Args:
            answers: Shape (n,), 0..9 or ``UNKNOWN``.
        """
        changed = np.flatnonzero(answers != self._answers)
        self._answers = answers
        if len(changed) > _MOST_SINGLE:
            self.dataChanged.emit(self.index(int(changed[0])), self.index(int(changed[-1])))
            return
        for row in changed.tolist():
            self.dataChanged.emit(self.index(row), self.index(row))

    # Overrides of Qt

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of digits."""
        return 0 if parent.isValid() else len(self._digits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what is known of a digit."""
        if not index.isValid():
            return None
        digit, answer = self._digits[index.row()], int(self._answers[index.row()])
        match role:
            case _ if role == DIGIT_ROLE:
                return digit
            case _ if role == ANSWER_ROLE:
                return answer
            case Qt.ItemDataRole.AccessibleTextRole:
                return _words(digit.label, answer)
            case Qt.ItemDataRole.ToolTipRole:
                when = digit.kept_at.astimezone().strftime("%Y-%m-%d %H:%M")
                return f"{_words(digit.label, answer)}\nkept {when}"
        return None


def _is(digit: KeptDigit, other: KeptDigit) -> bool:
    return digit is other


def _words(label: int, answer: int) -> str:
    if answer == UNKNOWN:
        return f"{label}, not read yet"
    return f"{label}, read rightly" if answer == label else f"{label}, read wrongly as {answer}"
