"""The user's own digits: panels read them, controllers change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from digitlab.data.drawing.sketch import Sketch
from digitlab.evaluation.prediction_cache import PredictionCache

if TYPE_CHECKING:
    from digitlab.data.mine.kept_digit import KeptDigit


@dataclass(frozen=True, slots=True, eq=False)
class OwnDigitsChange:
    """A change of the set: some digits removed, some added. Its inverse undoes it.

    Attributes:
        taken: The affected digits as they were before.
        put: The affected digits as they are afterwards; a digit in both was relabelled.
        text: The name of the change for "Undo …", for example "deleting 3 digits".
    """

    taken: tuple[KeptDigit, ...]
    put: tuple[KeptDigit, ...]
    text: str

    @property
    def undone(self) -> OwnDigitsChange:
        """The change that undoes this one."""
        return OwnDigitsChange(self.put, self.taken, self.text)

    def apply_to(self, digits: Sequence[KeptDigit]) -> tuple[KeptDigit, ...]:
        """Return a set of digits with this change applied, oldest first."""
        gone = {digit.id for digit in (*self.taken, *self.put)}
        kept = [digit for digit in digits if digit.id not in gone]
        return tuple(sorted([*kept, *self.put], key=lambda digit: (digit.kept_at, digit.id)))


class OwnDigits(QObject):
    """The user's own digits, the changes that can be undone, and the snapshots' predictions for them.

    Signals:
        changed: The digits, their labels or the change that can be undone changed.
        predictions_advanced: More predictions were added to ``predictions``.
    """

    changed = Signal()
    predictions_advanced = Signal()

    def __init__(self, parent: QObject) -> None:
        """Create an empty set."""
        super().__init__(parent)
        self.predictions = PredictionCache()
        self._digits: tuple[KeptDigit, ...] = ()
        self._labels: NDArray[np.int8] = np.empty(0, np.int8)
        self._by_strokes: dict[int, KeptDigit] = {}
        self._undoable: OwnDigitsChange | None = None
        self._redoable: OwnDigitsChange | None = None

    @property
    def digits(self) -> tuple[KeptDigit, ...]:
        """All digits, oldest first."""
        return self._digits

    @property
    def labels(self) -> NDArray[np.int8]:
        """Their labels, shape (n,), 0..9."""
        return self._labels

    @property
    def undoable(self) -> OwnDigitsChange | None:
        """The last change, which can be undone."""
        return self._undoable

    @property
    def redoable(self) -> OwnDigitsChange | None:
        """The last undone change, which can be redone."""
        return self._redoable

    def digit_on(self, sketch: Sketch) -> KeptDigit | None:
        """Return the digit made of a sketch, or None if the sketch is not kept."""
        return None if sketch.picture is not None else self._by_strokes.get(id(sketch.drawing.strokes))

    def show(
        self, digits: tuple[KeptDigit, ...], undoable: OwnDigitsChange | None, redoable: OwnDigitsChange | None
    ) -> None:
        """Replace the state of the set."""
        self._digits = digits
        self._labels = np.array([digit.label for digit in digits], np.int8)
        # A sketch on the canvas and the digit made of it share their strokes.
        self._by_strokes = {id(digit.drawing.strokes): digit for digit in digits}
        self._undoable, self._redoable = undoable, redoable
        self.changed.emit()


def reason_not_to_keep(sketch: Sketch) -> str:
    """Return why a sketch cannot be kept as one of the user's digits; empty if it can."""
    if sketch.picture is not None:
        return "A picture has no strokes. Draw the digit to keep it."
    if sketch.is_sample:
        return "This is an example. Draw your own digit to keep it."
    return "Draw a digit first." if sketch.is_empty else ""
