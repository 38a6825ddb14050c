"""A grid of cells with numbers, a window over it, and cells that are still empty."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.slide.arrangement import Pane
from digitlab.gui.explain.slide.cell_places import Cell, CellPlaces, around
from digitlab.gui.explain.slide.picture import picture_of
from digitlab.gui.maps.cell_painter import paint_empty, paint_outline
from digitlab.gui.maps.cells import Cells
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed

_FOCUS_PX: Final = 2

_STEPS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_ENDS: Final = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CellGrid(Themed, QWidget):
    """Shows one grid of cells.

    Signals:
        pointed: The mouse moved to another cell; carries a ``Cell``, or None when it leaves.
        pressed: A button of the mouse went down on a cell, or the mouse moved to another one with it; carries a
            ``Cell`` and the ``Qt.MouseButton``.
        released: The button went up.
        chosen: A cell was double-clicked; carries a ``Cell``. Or Enter was pressed; carries None.
        stepped: An arrow key was pressed; carries the rows and columns to move by.
        ended: Home or End was pressed; carries -1 or 1.
    """

    parts_kind = PartsKind.TABLE

    pointed = Signal(object)
    pressed = Signal(object, object)
    released = Signal()
    chosen = Signal(object)
    stepped = Signal(int, int)
    ended = Signal(int)

    def __init__(self, name: str, spoken: str, explanation: str, parent: QWidget | None = None) -> None:
        """Create a grid without cells.

        Args:
            name: Object name.
            spoken: Accessible name.
            explanation: Text for What's this.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setWhatsThis(explanation)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._cells: Cells | None = None
        self._caption = ""
        self._places = CellPlaces()
        self._has_legend = False
        self._window: QRectF | None = None
        self._mark: Cell | None = None
        self._filled: int | None = None
        self._under: Cell | None = None
        self._picture: QPixmap | None = None  # None until it is painted, and after a change
        self._queue: PaintQueue | None = None
        self.follow_theme()

    @property
    def cells(self) -> Cells | None:
        """The cells on screen."""
        return self._cells

    @property
    def filled(self) -> int | None:
        """How many cells are filled, row by row; None for all."""
        return self._filled

    @property
    def window_place(self) -> QRectF | None:
        """The window in cells, or None."""
        return self._window

    @property
    def mark(self) -> Cell | None:
        """The outlined cell, or None."""
        return self._mark

    @property
    def caption(self) -> str:
        """The line above."""
        return self._caption

    def place(self, pane: Pane, *, has_legend: bool) -> None:
        """Move to a place.

        Args:
            pane: The place, and the size of the cells.
            has_legend: Whether there is space for a legend.
        """
        self._places, self._has_legend = CellPlaces(self._places.shape, pane.cell), has_legend
        self.setGeometry(pane.x, pane.y, pane.width, pane.height)
        self._forget()

    def show_cells(self, cells: Cells, caption: str) -> None:
        """Show other values with a caption above."""
        is_same = caption == self._caption and cells.looks_like(self._cells)
        self._cells, self._caption = cells, caption
        self._places = CellPlaces(cells.shape, self._places.size)
        if not is_same:
            self._forget()

    def set_window(self, window: QRectF | None) -> None:
        """Outline the window, in cells, which need not be whole."""
        if window != self._window:
            before, self._window = self._window, window
            for place in (before, window):
                if place is not None:
                    self.update(around(self._places.scaled(place)))

    def set_mark(self, cell: Cell | None) -> None:
        """Outline a cell."""
        if cell != self._mark:
            before, self._mark = self._mark, cell
            for place in (before, cell):
                if place is not None:
                    self.update(around(self.rect_of_cell(place)))

    def set_filled(self, count: int | None) -> None:
        """Show only the first cells, row by row; the others are still empty. None shows all."""
        if count == self._filled or self._cells is None:
            return
        columns = self._cells.shape[1]
        ends = [self._cells.values.size if value is None else value for value in (self._filled, count)]
        self._filled = count
        first, last = min(ends) // columns, (max(ends) - 1) // columns
        rows = self._places.scaled(QRectF(0, first, columns, last - first + 1))
        self.update(around(rows))

    def part_count(self) -> int:
        """Return the number of cells."""
        return 0 if self._cells is None else int(self._cells.values.size)

    def part(self, index: int) -> Part:
        """Return a cell with its value, row by row."""
        if self._cells is None:
            return Part("", QRectF())
        row, column = divmod(index, self._cells.shape[1])
        name = self._cells.name(row, column)
        if self._filled is not None and index >= self._filled:
            name = f"{name.partition(':')[0]}: not computed yet"
        is_selected = (row, column) == self._mark
        return Part(name, self.rect_of_cell((row, column)), (row, column), is_selected=is_selected)

    def rect_of_cell(self, cell: Cell) -> QRectF:
        """Return the rectangle of a cell in the widget."""
        return self._places.rect(cell)

    def cell_at(self, place: QPointF) -> Cell | None:
        """Return the cell under a point, or None."""
        return None if self._cells is None else self._places.at(place)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._forget()

    def paint_over(self, painter: QPainter) -> None:
        """Paint what lies over the cells: the window, and the outlined cells."""
        if self._cells is not None and self._cells.chosen is not None:
            paint_outline(painter, self.rect_of_cell(self._cells.chosen))
        if self._mark is not None:
            paint_outline(painter, self.rect_of_cell(self._mark))
        if self._window is not None:
            paint_outline(painter, self._places.scaled(self._window))

    def paint_in_turn(self, queue: PaintQueue) -> None:
        """Paint other values in an event-loop slice of its own, so that several grids do not delay the pen."""
        self._queue = queue

    def _forget(self) -> None:
        self._picture = None
        if self._queue is None:
            self.update()
        else:
            self._queue.update(self, QRegion(self.rect()))

    def _paint_picture(self) -> QPixmap:
        assert self._cells is not None
        ratio = self.devicePixelRatioF()
        return picture_of(
            self._cells, self._caption, self.size(), self._places.box, ratio, self.font(), self._has_legend
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has changed of the picture, and the window over it."""
        painter = QPainter(self)
        cells = self._cells
        if cells is None:
            painter.fillRect(event.rect(), QApplication.palette().color(theme.SURFACE))
        else:
            if self._picture is None:
                self._picture = self._paint_picture()
            ratio, part = self._picture.devicePixelRatio(), event.rect()
            source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
            painter.drawPixmap(QRectF(part), self._picture, source)
            if self._filled is not None:
                paint_empty(painter, cells.shape, self._filled, self._places.box, QApplication.palette())
            self.paint_over(painter)
        if self.hasFocus():
            painter.setPen(QPen(QApplication.palette().color(theme.ACCENT), _FOCUS_PX))
            painter.drawRect(self._places.box.adjusted(-2, -2, 2, 2))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the picture in the new size."""
        super().resizeEvent(event)
        self._forget()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a cell."""
        cell = self.cell_at(event.position())
        if cell is None:
            event.ignore()
        else:
            self._under = cell
            self.pressed.emit(cell, event.button())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the mouse, or press it."""
        cell = self.cell_at(event.position())
        if cell == self._under:
            return
        self._under = cell
        buttons = event.buttons()
        if not buttons:
            self.pointed.emit(cell)
        elif cell is not None:
            left = Qt.MouseButton.LeftButton
            self.pressed.emit(cell, left if buttons & left else Qt.MouseButton.RightButton)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End pressing."""
        del event
        self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self.cell_at(event.position())
        if cell is not None:
            self.chosen.emit(cell)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at no cell."""
        del event
        self._under = None
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrow keys, Home and End; choose with Enter."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.stepped.emit(*_STEPS[key])
        elif key in _ENDS:
            self.ended.emit(_ENDS[key])
        elif key in _ENTER:
            self.chosen.emit(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Outline the grid."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the outline."""
        super().focusOutEvent(event)
        self.update()
