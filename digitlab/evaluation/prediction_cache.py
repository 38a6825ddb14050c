"""A cache of the predictions of a run's snapshots for the user's own digits."""

from collections.abc import Sequence
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.model.snapshot import Snapshot

UNKNOWN: Final = -1
"""Marks a prediction that is not computed yet."""

_FIRST_CAPACITY: Final = 256
_EMPTY: Final = np.empty(0, np.int8)


class PredictionCache:
    """Keeps the digit that each snapshot predicts for each image, as long as the snapshot lives.

    One byte per prediction: 20,000 digits and 120 snapshots take 2.4 MB. The image of an id never changes, so a new
    digit adds one missing prediction per snapshot, and a new label none.
    """

    def __init__(self) -> None:
        """Create an empty cache."""
        self._rows: dict[int, int] = {}
        self._columns: WeakKeyDictionary[Snapshot, NDArray[np.int8]] = WeakKeyDictionary()
        self._complete: WeakKeyDictionary[Snapshot, bool] = WeakKeyDictionary()
        self._complete_of: Sequence[KeptDigit] = ()
        self._newest: tuple[Sequence[KeptDigit], NDArray[np.intp]] = ((), np.empty(0, np.intp))

    def predicted(self, snapshot: Snapshot, digits: Sequence[KeptDigit]) -> NDArray[np.int8]:
        """Return what a snapshot predicts for each digit.

        Returns:
            Shape (n,), int8: 0..9, or ``UNKNOWN``.
        """
        rows = self._rows_of(digits)
        column = self._columns.get(snapshot, _EMPTY)
        if len(self._rows) <= len(column):
            return column[rows]
        is_known = rows < len(column)
        found = np.full(len(digits), UNKNOWN, np.int8)
        found[is_known] = column[rows[is_known]]
        return found

    def missing(self, snapshot: Snapshot, digits: Sequence[KeptDigit]) -> NDArray[np.intp]:
        """Return the indices of the digits without a prediction of this snapshot, ascending."""
        if self.is_complete(snapshot, digits):
            return np.empty(0, np.intp)
        return np.flatnonzero(self.predicted(snapshot, digits) == UNKNOWN)

    def is_complete(self, snapshot: Snapshot, digits: Sequence[KeptDigit]) -> bool:
        """Return whether the predictions of a snapshot are known for all digits."""
        if snapshot not in self._columns:
            return not digits
        # Called 60 times a second for a hundred snapshots while the time slider is dragged.
        if self._complete_of is not digits:
            self._complete_of = digits
            self._complete.clear()
        is_complete = self._complete.get(snapshot)
        if is_complete is None:
            is_complete = self._complete[snapshot] = UNKNOWN not in self.predicted(snapshot, digits)
        return is_complete

    def add(self, snapshot: Snapshot, digits: Sequence[KeptDigit], predicted: NDArray[np.integer]) -> None:
        """Add predictions.

        Args:
            snapshot: The network and its weights.
            digits: The digits it was applied to.
            predicted: Shape (n,), 0..9.
        """
        rows = np.array([self._rows.setdefault(digit.id, len(self._rows)) for digit in digits], np.intp)
        column = self._columns.get(snapshot, _EMPTY)
        if len(self._rows) > len(column):
            larger = np.full(max(2 * len(self._rows), _FIRST_CAPACITY), UNKNOWN, np.int8)
            larger[: len(column)] = column
            column = larger
        column[rows] = predicted
        self._columns[snapshot] = column
        self._complete.pop(snapshot, None)

    def _rows_of(self, digits: Sequence[KeptDigit]) -> NDArray[np.intp]:
        """Return the row of each digit in the columns."""
        if self._newest[0] is not digits:
            rows = self._rows
            indices = np.array([rows.setdefault(digit.id, len(rows)) for digit in digits], np.intp)
            self._newest = (digits, indices)
        return self._newest[1]
