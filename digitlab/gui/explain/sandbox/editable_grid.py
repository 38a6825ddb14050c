"""A grid whose numbers can be typed, and changed with the mouse's wheel."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.sandbox.setting import LARGEST
from digitlab.gui.explain.slide.cell_grid import CellGrid
from digitlab.gui.explain.slide.cell_places import Cell
from digitlab.gui.maps.cells import Cells
from digitlab.gui.widgets.fields import NumberRange

_NUMBERS: Final = NumberRange(-LARGEST, LARGEST, is_whole=False)
_LETTERS: Final = "0123456789.,-−"
_LONGEST: Final = 7
_NOTCH: Final = 120
"""One notch of a typical mouse wheel, in Qt's unit of an eighth of a degree."""
_FIELD_PX: Final = 20
_MOVES: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class EditableGrid(CellGrid):
    """Shows numbers that can be edited. Arrow keys move from cell to cell; a typed number replaces the one there.

    Signals:
        edited: A number was typed, or the wheel was turned; carries row, column (without the padding) and the number.
        cursor_moved: Another cell has the cursor, or its text is being typed.
    """

    edited = Signal(int, int, float)
    cursor_moved = Signal()

    def __init__(
        self, name: str, spoken: str, explanation: str, wheel_step: float, parent: QWidget | None = None
    ) -> None:
        """Create a grid without cells.

        Args:
            name: Object name.
            spoken: Accessible name.
            explanation: Text for What's this.
            wheel_step: What one notch of the wheel adds.
            parent: The widget around it.
        """
        super().__init__(name, spoken, explanation, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._wheel_step = wheel_step
        self._cursor: Cell = (0, 0)
        self._typed = ""
        self._turned = 0

    @property
    def cursor_cell(self) -> Cell:
        """The cell that is edited, without the padding."""
        return self._cursor

    @property
    def typed(self) -> str:
        """The text that is being typed."""
        return self._typed

    @property
    def value(self) -> float:
        """The number in the cell with the cursor."""
        cells = self.cells
        return 0.0 if cells is None else float(cells.values[self._padded(self._cursor)])

    def show_cells(self, cells: Cells, caption: str) -> None:
        """Show other values; the cursor stays if it can."""
        super().show_cells(cells, caption)
        rows, columns = self._sides
        self._cursor = min(self._cursor[0], rows - 1), min(self._cursor[1], columns - 1)

    def inner(self, cell: Cell) -> Cell | None:
        """Return a cell without the padding around the values, or None for a cell of the padding."""
        above, left = self._origin
        row, column = cell[0] - above, cell[1] - left
        rows, columns = self._sides
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def set_cursor(self, cell: Cell) -> None:
        """Move the cursor to a cell; a number that was being typed is entered first."""
        self._enter()
        if cell != self._cursor:
            self._cursor = cell
            self.update()
        self.cursor_moved.emit()

    def paint_over(self, painter: QPainter) -> None:
        """Paint the window, and the cursor with what is being typed."""
        super().paint_over(painter)
        if not self.hasFocus():
            return
        palette = QApplication.palette()
        place = self.rect_of_cell(self._padded(self._cursor))
        painter.setPen(QPen(palette.color(theme.ACCENT), 2))
        if not self._typed:
            painter.drawRect(place.adjusted(1, 1, -1, -1))
            return
        painter.setFont(theme.small_font(self.font()))
        width = max(place.width(), painter.fontMetrics().horizontalAdvance(self._typed) + theme.SPACE_S)
        height = max(place.height(), _FIELD_PX)
        x = min(max(place.center().x() - width / 2, 1), self.width() - width - 1)
        y = min(max(place.center().y() - height / 2, 1), self.height() - height - 1)
        painter.setBrush(palette.color(theme.SURFACE))
        painter.drawRect(QRectF(x, y, width, height))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(palette.color(theme.TEXT))
        painter.drawText(QRectF(x, y, width, height), Qt.AlignmentFlag.AlignCenter, self._typed)

    @property
    def _origin(self) -> Cell:
        return (0, 0) if self.cells is None else self.cells.origin

    @property
    def _sides(self) -> tuple[int, int]:
        """Rows and columns without the padding."""
        return (1, 1) if self.cells is None else self.cells.sides

    def _padded(self, cell: Cell) -> Cell:
        above, left = self._origin
        return cell[0] + above, cell[1] + left

    def _type(self, text: str) -> None:
        self._typed = text[:_LONGEST]
        self.update()
        self.cursor_moved.emit()

    def _enter(self) -> None:
        """Enter what was typed; what is no number is dropped."""
        value = _NUMBERS.read(self._typed) if self._typed else None
        self._typed = ""
        self.update()
        if value is not None:
            self.edited.emit(*self._cursor, value)

    def _on_enter(self) -> None:
        """Enter the typed number; without one, switch the cell between 0 and 1."""
        if self._typed:
            self._enter()
        else:
            self.edited.emit(*self._cursor, 0.0 if self.value else 1.0)
        self.cursor_moved.emit()

    def _move(self, key: Qt.Key) -> bool:
        """Move the cursor, if a key does."""
        rows, columns = self._sides
        row, column = self._cursor
        if key in _MOVES:
            row, column = row + _MOVES[key][0], column + _MOVES[key][1]
        elif key is Qt.Key.Key_Home:
            row, column = 0, 0
        elif key is Qt.Key.Key_End:
            row, column = rows - 1, columns - 1
        else:
            return False
        self.set_cursor((min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)))
        return True

    def _edit(self, event: QKeyEvent) -> bool:
        """Edit the number with a key; returns whether it is one for that."""
        key, text = Qt.Key(event.key()), event.text()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_enter()
        elif key is Qt.Key.Key_Escape and self._typed:
            self._type("")
        elif key is Qt.Key.Key_Backspace and self._typed:
            self._type(self._typed[:-1])
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.edited.emit(*self._cursor, 0.0)
            self.cursor_moved.emit()
        elif text and text in _LETTERS:
            self._type(self._typed + text.replace("-", "−"))
        else:
            return False
        return True

    def event(self, event: QEvent) -> bool:
        """Handle the keys of the numbers before the window's shortcuts: there, Delete clears the canvas."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_ours = Qt.Key(event.key()) in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
            if not event.modifiers() and (is_ours or (event.text() and event.text() in _LETTERS)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor, or edit the number there."""
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not (is_plain and (self._move(Qt.Key(event.key())) or self._edit(event))):
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the number under the mouse."""
        cell = self.cell_at(QPointF(event.position()))
        inner = None if cell is None else self.inner(cell)
        if cell is None or inner is None or self.cells is None:
            event.ignore()
            return
        self._turned += event.angleDelta().y()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        if notches:
            value = float(self.cells.values[cell]) + notches * self._wheel_step
            self.edited.emit(*inner, round(value, 4))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor."""
        super().focusInEvent(event)
        self.cursor_moved.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Enter the typed number."""
        self._enter()
        super().focusOutEvent(event)
        self.cursor_moved.emit()
