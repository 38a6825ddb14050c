"""The legend of a map: its buttons hide and show digits."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.gui import theme
from digitlab.gui.evaluate.map import painting
from digitlab.gui.evaluate.map.colours import digit_colours
from digitlab.gui.widgets.fields import describe

_BUTTON: Final = QSize(27, 26)
_BAR_PX: Final = 4
_RING_PX: Final = 12


class _DigitKey(QToolButton):
    """Hides and shows one digit; Ctrl+click shows it alone."""

    alone_requested = Signal(int)

    def __init__(self, digit: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._digit = digit
        self._row = parent  # the palette of a button has the colours of its style sheet
        self.setText(str(digit))
        self.setProperty("crumb", True)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFixedSize(_BUTTON)
        describe(
            self,
            f"mapDigit{digit}",
            f"Show the digit {digit}",
            f"Hide or show the digit {digit}; Ctrl+click shows it alone, or all again.",
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show this digit alone, or all again, if Ctrl is down."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.setDown(False)
            self.alone_requested.emit(self._digit)
        else:
            super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button with a bar in the colour of the digit, if it is shown."""
        super().paintEvent(event)
        if self.isChecked():
            painter = QPainter(self)
            box = QRectF(4, self.height() - _BAR_PX - 2, self.width() - 8, _BAR_PX)
            painting.paint_key(painter, self._digit, digit_colours(self._row.palette())[self._digit], box)
            painter.end()


class _OwnKey(QToolButton):
    """Hides and shows the own digits."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = parent
        self.setText("     Own digits")
        self.setProperty("crumb", True)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFixedHeight(_BUTTON.height())
        describe(self, "mapOwnDigits", "Show own digits", "Hide or show your own digits, which have rings.")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button with a ring."""
        super().paintEvent(event)
        painter = QPainter(self)
        colour = self._row.palette().color(theme.TEXT if self.isEnabled() else theme.QUIET)
        painting.paint_key(painter, None, colour, QRectF(6, (self.height() - _RING_PX) / 2, _RING_PX, _RING_PX))
        painter.end()


class MapLegend(QWidget):
    """A button for each digit, and one for the own digits.

    Signals:
        changed: Other digits are hidden.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a legend with which everything is shown."""
        super().__init__(parent)
        self.keys = tuple(_DigitKey(digit, self) for digit in range(CLASS_COUNT))
        self.own = _OwnKey(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key in self.keys:
            row.addWidget(key)
            key.toggled.connect(self.changed)
            key.alone_requested.connect(self._on_key_alone_requested)
        row.addSpacing(theme.SPACE_S)
        row.addWidget(self.own)
        self.own.toggled.connect(self.changed)

    @property
    def hidden(self) -> frozenset[int]:
        """The digits that are hidden."""
        return frozenset(digit for digit, key in enumerate(self.keys) if not key.isChecked())

    @Slot(int)
    def _on_key_alone_requested(self, digit: int) -> None:
        is_alone = self.hidden == frozenset(range(CLASS_COUNT)) - {digit}
        for number, key in enumerate(self.keys):
            key.blockSignals(True)
            key.setChecked(is_alone or number == digit)
            key.blockSignals(False)
            key.update()
        self.changed.emit()
