"""Keeping the drawing with its correct label: one click after a wrong verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.session.own_digits import reason_not_to_keep
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.digit_buttons import DigitButtons
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.words.verdict import with_article

if TYPE_CHECKING:
    from digitlab.data.mine.kept_digit import KeptDigit

_LABEL_PX: Final = 46


class KeepRow(QWidget):
    """Ten buttons to keep the drawing with a label; the label of a kept drawing is checked.

    It changes when the pen first goes down and when a drawing is kept, not while the pen moves.

    Signals:
        keep_requested: Keep the drawing on the canvas; carries its label.
        undo_requested: Undo the last change to this drawing.
    """

    keep_requested = Signal(int)
    undo_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create the row of a session's canvas."""
        super().__init__(parent)
        self.setObjectName("keepRow")
        self._session = session
        self._shown: tuple[str, KeptDigit | None, bool] | None = None
        self._label = quiet_label("Keep as", wraps=False)
        self._undo = QPushButton("Undo", self)
        self._undo.setProperty("link", True)
        self._digits = DigitButtons("keepAs", self)
        labels = QWidget(self)
        labels.setFixedWidth(_LABEL_PX)
        self._labels = QStackedLayout(labels)
        for label in (self._label, self._undo):
            self._labels.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(labels)
        row.addWidget(self._digits, 1)
        describe(self._undo, "undoKeepButton", "Undo", "Undo the last change to this drawing.")
        set_tip(self._label, "Save the drawing to My digits with its correct label.")
        self._digits.digit_chosen.connect(self.keep_requested)
        self._undo.clicked.connect(self.undo_requested)
        session.sketch_changed.connect(self._refresh)
        session.mine.changed.connect(self._refresh)
        self._refresh()

    @property
    def digits(self) -> DigitButtons:
        """The ten buttons."""
        return self._digits

    @Slot()
    def _refresh(self) -> None:
        """Update the buttons; nothing is repainted if their state is unchanged."""
        sketch, mine = self._session.sketch, self._session.mine
        kept = mine.digit_on(sketch)
        last = mine.undoable
        can_undo = kept is not None and last is not None and last.put == (kept,)
        reason = reason_not_to_keep(sketch)
        state = (reason, kept, can_undo)
        if state != self._shown:
            self._shown = state
            self._show(reason, kept, can_undo=can_undo)

    def _show(self, reason: str, kept: KeptDigit | None, *, can_undo: bool) -> None:
        self._digits.setEnabled(not reason)
        self._digits.check(None if kept is None else kept.label)
        for digit, button in enumerate(self._digits.buttons):
            verb = "Keep it" if kept is None else "It is kept" if kept.label == digit else "Keep it instead"
            tooltip = f"{verb} as {with_article(digit)} in My digits (Alt+{digit})."
            describe(button, f"keepAs{digit}", f"Keep as {with_article(digit)}", reason or tooltip)
        self._labels.setCurrentWidget(self._undo if can_undo else self._label)
        self._label.setText("Keep as" if kept is None else "Kept as")
        self._label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
