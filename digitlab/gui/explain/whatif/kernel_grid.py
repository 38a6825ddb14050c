"""One input channel of a kernel, large: cells to choose, to paint by dragging, and to change in steps."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.whatif.wording import cell_text, weight_text
from digitlab.gui.maps.atlas import Atlas, colour_tables, rect_of
from digitlab.gui.maps.colours import Colours, shade_signed
from digitlab.gui.maps.grid import Grid, best_grid
from digitlab.gui.maps.off import paint_off
from digitlab.gui.widgets.fields import set_tip
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed

Cell = tuple[int, int]
"""Row and column."""

_EDGE: Final = 2
_SMALLEST: Final = QSize(140, 100)
_MOST_CELL_PX: Final = 96
_TEXT_PX: Final = 4
"""Least space beside the text of a cell; where there is less, cells have no texts."""

_WHEEL_NOTCH: Final = 120
_TIP: Final = (
    "Click a cell to choose it, drag to paint with the brush. Arrow keys choose; + and −, or the wheel, change the "
    "weight; Enter paints the chosen cell."
)


class KernelGrid(Themed, QWidget):
    """A kernel of which single weights can be chosen and changed.

    Signals:
        cell_chosen: Another cell was chosen; carries its row and column.
        paint_requested: Some more cells of a stroke are to be painted; carries a list of ``Cell``.
        stroke_finished: The stroke ended.
        nudge_requested: The chosen weight is to be changed; carries the number of steps.
    """

    parts_kind = PartsKind.TABLE

    cell_chosen = Signal(int, int)
    paint_requested = Signal(list)
    stroke_finished = Signal()
    nudge_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty grid."""
        super().__init__(parent)
        self.setObjectName("kernelGrid")
        self.setAccessibleName("Kernel")
        self.setWhatsThis(_TIP)
        set_tip(self, _TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._values = np.zeros((1, 1), np.float32)
        self._limit = 1.0
        self._is_off = False
        self._cell: Cell = (0, 0)
        self._pressed: Cell | None = None
        self._is_painting = False
        self._wheel = 0
        self._grid = Grid(0, 0, 1, 1, 1, 1, 0, 0, 1, 1)
        self._atlas: Atlas | None = None
        self.follow_theme()

    @property
    def cell(self) -> Cell:
        """The chosen cell."""
        return self._cell

    def show_kernel(self, values: NDArray[np.float32], limit: float, *, is_off: bool) -> None:
        """Show a kernel.

        Args:
            values: Shape (rows, cols), float32.
            limit: The absolute weight with the strongest colour.
            is_off: Whether its filter is off: its weights are all 0, and cannot be changed.
        """
        if values.shape != self._values.shape:
            self._atlas = None
        self._values, self._limit, self._is_off = values, limit, is_off
        rows, cols = values.shape
        self._cell = min(self._cell[0], rows - 1), min(self._cell[1], cols - 1)
        self._fill()
        self.update()

    def rect_of_cell(self, cell: Cell) -> QRectF:
        """Return the rectangle of a cell in the widget."""
        row, col = cell
        return rect_of(self._grid.cells(0, slice(row, row + 1), slice(col, col + 1)))

    def part_count(self) -> int:
        """Return the number of cells."""
        return int(self._values.size)

    def part(self, index: int) -> Part:
        """Return a cell with its weight."""
        row, col = cell = divmod(index, self._values.shape[1])
        name = f"{cell_text(len(self._values), row, col)}: {weight_text(float(self._values[cell]))}"
        return Part(name, self.rect_of_cell(cell), cell, is_selected=cell == self._cell)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._colours = colour_tables(QApplication.palette())
        self._fill()
        self.update()

    def _fill(self) -> None:
        rows, cols = self._values.shape
        pixel = 1 / self.devicePixelRatioF()
        if self._atlas is None:
            room = QSize(min(self.width() - 2 * _EDGE, cols * _MOST_CELL_PX), self.height() - 2 * _EDGE)
            found = best_grid(1, rows, cols, room.width(), min(room.height(), rows * _MOST_CELL_PX), pixel)
            self._grid = Grid(_EDGE, _EDGE, 1, 1, found.width, found.height, 0, 0, rows, cols)
            self._atlas = Atlas(self._grid, self._grid, pixel)
        self._indices = shade_signed(self._values[np.newaxis], self._limit)
        self._atlas.fill(self._indices, self._colours.tables[Colours.DIVERGING])

    def _at(self, event: QMouseEvent) -> Cell | None:
        found = self._grid.at(event.position().x(), event.position().y())
        return None if found is None else found[1:]

    def _choose(self, cell: Cell) -> None:
        if cell != self._cell:
            self._cell = cell
            self.update()
            self.cell_chosen.emit(*cell)

    # Overrides of Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells with their weights, and the chosen one."""
        del event
        if self._atlas is None:
            return
        painter, palette = QPainter(self), QApplication.palette()
        painter.drawImage(QPointF(self._grid.x, self._grid.y), self._atlas.image)
        box = rect_of(self._grid.box)
        painter.setPen(palette.color(theme.LINE))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._is_off:
            paint_off(painter, palette, box)
        else:
            self._paint_weights(painter)
        pen = QPen(theme.MARK, 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        cell = self.rect_of_cell(self._cell)
        painter.drawRect(cell.adjusted(1, 1, -1, -1))
        if self.hasFocus():
            painter.setPen(QPen(palette.color(theme.TEXT), 1, Qt.PenStyle.DotLine))
            painter.drawRect(cell.adjusted(3, 3, -3, -3))
        painter.end()

    def _paint_weights(self, painter: QPainter) -> None:
        painter.setFont(theme.small_font(self.font()))
        texts = [weight_text(value) for value in self._values.ravel().tolist()]
        wide = max(map(painter.fontMetrics().horizontalAdvance, texts))
        cell = self.rect_of_cell((0, 0))
        if wide + _TEXT_PX > cell.width() or painter.fontMetrics().height() > cell.height():
            return
        table, cols = self._colours.tables[Colours.DIVERGING], self._values.shape[1]
        for index, (text, colour) in enumerate(zip(texts, self._indices.ravel().tolist(), strict=True)):
            painter.setPen(theme.readable_on(QColor.fromRgb(table[colour])))
            painter.drawText(self.rect_of_cell(divmod(index, cols)), Qt.AlignmentFlag.AlignCenter, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the cells in the new space."""
        super().resizeEvent(event)
        self._atlas = None
        self._fill()

    def sizeHint(self) -> QSize:
        """Return a size for a kernel of five by five."""
        return _SMALLEST * 2

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size."""
        return _SMALLEST

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self._at(event)
        if cell is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed, self._is_painting = cell, False
        self._choose(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Paint the cells that the pointer passes, once it has left the first one."""
        cell = self._at(event)
        if self._pressed is None or cell is None or cell == self._cell or self._is_off:
            return
        first = [] if self._is_painting else [self._pressed]
        self._is_painting = True
        passed = cells_between(self._cell, cell)
        self._cell = cell
        self.paint_requested.emit([*first, *passed])
        self.cell_chosen.emit(*cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        super().mouseReleaseEvent(event)
        self._pressed = None
        if self._is_painting:
            self._is_painting = False
            self.stroke_finished.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the chosen weight if the grid has the focus, so that scrolling past it changes nothing."""
        if not self.hasFocus():
            event.ignore()
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / _WHEEL_NOTCH)
        self._wheel -= notches * _WHEEL_NOTCH
        if notches:
            self.nudge_requested.emit(notches)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with the arrow keys, change with + and −, paint with Enter."""
        rows, cols = self._values.shape
        row, col = self._cell
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        nudges = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
        key = Qt.Key(event.key())
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif key in steps:
            self._choose((min(max(row + steps[key][0], 0), rows - 1), min(max(col + steps[key][1], 0), cols - 1)))
        elif key in nudges:
            self.nudge_requested.emit(nudges[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.paint_requested.emit([self._cell])
            self.stroke_finished.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is elsewhere."""
        super().focusOutEvent(event)
        self.update()


def cells_between(start: Cell, end: Cell) -> list[Cell]:
    """Return the cells on the line from one cell to another, without the first: a fast pointer leaves none out."""
    count = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    return [
        (
            round(start[0] + (end[0] - start[0]) * nth / count),
            round(start[1] + (end[1] - start[1]) * nth / count),
        )
        for nth in range(1, count + 1)
    ]
