"""What networks read in a set of digits, for every moment of a run: filled bit by bit, and never asked twice."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.model.snapshot import Snapshot

UNKNOWN: Final = -1
"""In place of an answer that is not known yet."""

_FIRST_ROOM: Final = 256


class AnswerBook:
    """Remembers which digit each of some networks read in each of some images.

    One byte an answer: 20,000 digits and 120 moments are 2.4 MB. An image never changes under its number, so adding a
    digit asks for that one alone, and a new label asks for nothing.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._rows: dict[int, int] = {}
        self._columns: dict[int, tuple[Snapshot, NDArray[np.int8]]] = {}
        self._complete: dict[int, bool] = {}
        self._complete_of: Sequence[KeptDigit] = ()
        self._newest: tuple[Sequence[KeptDigit], NDArray[np.intp]] = ((), np.empty(0, np.intp))

    def answers(self, snapshot: Snapshot, digits: Sequence[KeptDigit]) -> NDArray[np.int8]:
        """Return what a network read in each digit.

        Returns:
            Shape (n,), int8: 0..9, or ``UNKNOWN``.
        """
        rows = self._rows_of(digits)
        _, column = self._columns.get(id(snapshot), (snapshot, np.empty(0, np.int8)))
        if len(self._rows) <= len(column):
            return column[rows]
        known = rows < len(column)
        found = np.full(len(digits), UNKNOWN, np.int8)
        found[known] = column[rows[known]]
        return found

    def missing(self, snapshot: Snapshot, digits: Sequence[KeptDigit]) -> NDArray[np.intp]:
        """Return the indices of the digits that a network was not asked about, ascending."""
        if self.is_complete(snapshot, digits):
            return np.empty(0, np.intp)
        return np.flatnonzero(self.answers(snapshot, digits) == UNKNOWN)

    def is_complete(self, snapshot: Snapshot, digits: Sequence[KeptDigit]) -> bool:
        """Return whether a network was asked about all digits."""
        if id(snapshot) not in self._columns:
            return not digits
        # Asked 60 times a second for a hundred moments, while the person drags the time slider.
        if self._complete_of is not digits:
            self._complete_of = digits
            self._complete.clear()
        if id(snapshot) not in self._complete:
            self._complete[id(snapshot)] = UNKNOWN not in self.answers(snapshot, digits)
        return self._complete[id(snapshot)]

    def write(self, snapshot: Snapshot, digits: Sequence[KeptDigit], answers: NDArray[np.integer]) -> None:
        """Write down answers.

        Args:
            snapshot: The network that was asked.
            digits: What it was asked about.
            answers: Shape (n,), 0..9.
        """
        rows = np.array([self._rows.setdefault(digit.id, len(self._rows)) for digit in digits], np.intp)
        _, column = self._columns.get(id(snapshot), (snapshot, np.empty(0, np.int8)))
        if len(self._rows) > len(column):
            room = np.full(max(2 * len(self._rows), _FIRST_ROOM), UNKNOWN, np.int8)
            room[: len(column)] = column
            column = room
        column[rows] = answers
        self._columns[id(snapshot)] = (snapshot, column)
        self._complete.pop(id(snapshot), None)

    def forget_all_but(self, snapshots: Iterable[Snapshot]) -> None:
        """Forget the answers of all other networks."""
        wanted = {id(snapshot) for snapshot in snapshots}
        for number in [number for number in self._columns if number not in wanted]:
            del self._columns[number]
            self._complete.pop(number, None)

    def _rows_of(self, digits: Sequence[KeptDigit]) -> NDArray[np.intp]:
        """Return each digit's place in the columns."""
        if self._newest[0] is not digits:
            rows = self._rows
            places = np.array([rows.setdefault(digit.id, len(rows)) for digit in digits], np.intp)
            self._newest = (digits, places)
        return self._newest[1]
