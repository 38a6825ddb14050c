"""Collecting digits: DigitLab requests one digit after another and keeps each drawing with its label."""

from random import Random
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.mydigits.wording import collecting_order
from digitlab.gui.session.own_digits import reason_not_to_keep
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label, title_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import Label
from digitlab.words.verdict import with_article

ROUND: Final = 20
"""Digits requested in a round: two of each, about two minutes of drawing."""


class CollectCard(Card):
    """Requests digits during a round; hidden otherwise.

    Signals:
        keep_requested: Keep the drawing as the requested digit, then clear the canvas; carries the digit.
        clear_requested: Clear the canvas.
        active_changed: A round started or ended; carries whether one is active.
    """

    keep_requested = Signal(int)
    clear_requested = Signal()
    active_changed = Signal(bool)

    def __init__(self, session: Session, random: Random, parent: QWidget | None = None) -> None:
        """Create a hidden card.

        Args:
            session: What is open.
            random: Shuffles the digits.
            parent: The widget around it.
        """
        super().__init__(parent=parent)
        self.setObjectName("collectCard")
        self._session = session
        self._random = random
        self._order: tuple[int, ...] = ()
        self._place = 0
        self._digit = Label()
        self._ask = title_label()
        self._hint = quiet_label("Draw on the canvas in your usual handwriting, then press Enter.")
        self._bar = QProgressBar()
        self._count = quiet_label(wraps=False)
        self._next = QPushButton("Next")
        self._skip = QPushButton("Skip")
        self._stop = QPushButton("Stop")
        self._set_up()
        self._lay_out()
        presses = {Qt.Key.Key_Return: self._next, Qt.Key.Key_Enter: self._next, Qt.Key.Key_Escape: self._stop}
        self._keys = [QShortcut(QKeySequence(key), self) for key in presses]
        for shortcut, button in zip(self._keys, presses.values(), strict=True):
            shortcut.activated.connect(button.click)
        self._next.clicked.connect(self._on_next_clicked)
        self._skip.clicked.connect(self._on_skip_clicked)
        self._stop.clicked.connect(self.stop)
        session.sketch_changed.connect(self._on_session_sketch_changed)
        session.mine.changed.connect(self._on_session_sketch_changed)
        self.stop()

    def _set_up(self) -> None:
        self._digit.setFont(theme.verdict_font(self._digit.font()))
        self._next.setProperty("primary", True)
        self._bar.setTextVisible(False)
        self._bar.setMaximum(ROUND)
        describe(self._digit, "collectDigit", "Digit to draw", "Draw this digit on the canvas.")
        describe(self._ask, "collectAsk", "Digit to draw", "Draw this digit on the canvas.")
        describe(self._bar, "collectBar", "Progress", "The number of digits drawn so far.")
        describe(self._count, "collectCount", "Progress", "The number of digits drawn so far.")
        describe(self._next, "collectNext", "Next", "Keep the drawing with this label and continue (Enter).")
        describe(self._skip, "collectSkip", "Skip", "Skip this digit.")
        describe(self._stop, "collectStop", "Stop", "Stop collecting; the digits kept so far stay (Esc).")
        for button in (self._next, self._skip, self._stop):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus on the canvas

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._ask)
        texts.addWidget(self._hint)
        progress = QHBoxLayout()
        progress.setSpacing(theme.SPACE_S)
        progress.addWidget(self._bar, 1)
        progress.addWidget(self._count)
        texts.addLayout(progress)
        self.column.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        row = QHBoxLayout()
        self.column.addLayout(row)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(self._digit)
        row.addLayout(texts, 1)
        for button in (self._next, self._skip, self._stop):
            row.addWidget(button)

    @property
    def asked(self) -> int | None:
        """The requested digit, or None outside a round."""
        return self._order[self._place] if self._place < len(self._order) else None

    @Slot()
    def start(self) -> None:
        """Start a round of twenty digits."""
        self._order = collecting_order(self._session.mine.labels.tolist(), ROUND, self._random)
        self._place = 0
        self.clear_requested.emit()
        self._show()
        self.active_changed.emit(True)

    @Slot()
    def stop(self) -> None:
        """End the round."""
        self._order, self._place = (), 0
        self._show()
        self.active_changed.emit(False)

    def _show(self) -> None:
        digit = self.asked
        for shortcut in self._keys:
            shortcut.setEnabled(digit is not None)
        self.setVisible(digit is not None)
        if digit is not None:
            self._digit.setText(str(digit))
            self._ask.setText(f"Draw {with_article(digit)}")
            self._bar.setValue(self._place)
            self._count.setText(f"{self._place + 1} of {len(self._order)}")
            self._on_session_sketch_changed()

    def _advance(self) -> None:
        self._place += 1
        if self.asked is None:
            self.stop()
        else:
            self._show()

    @Slot()
    def _on_next_clicked(self) -> None:
        digit = self.asked
        if digit is not None and self._can_keep():
            self.keep_requested.emit(digit)
            self._advance()

    @Slot()
    def _on_skip_clicked(self) -> None:
        self.clear_requested.emit()
        self._advance()

    @Slot()
    def _on_session_sketch_changed(self) -> None:
        if self._order:
            can_continue = self._can_keep()
            if can_continue != self._next.isEnabled():
                self._next.setEnabled(can_continue)

    def _can_keep(self) -> bool:
        """Return whether there is a new drawing: Undo may have brought back one that is kept already."""
        sketch = self._session.sketch
        return not reason_not_to_keep(sketch) and self._session.mine.digit_on(sketch) is None
