"""A few enlarged tiles: a map, or all kernels of a unit, with the legend below."""

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from digitlab.gui import theme
from digitlab.gui.maps.atlas import Atlas, colour_tables, rect_of
from digitlab.gui.maps.colours import Colours, Tiles, shade, shade_signed
from digitlab.gui.maps.grid import Grid, Rect, best_grid
from digitlab.gui.maps.legend import paint_legend
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import number

CAPTION: Final = 18
LEGEND: Final = 18
NARROWEST: Final = 120

Cell = tuple[int, int, int]
"""Tile, row and column."""

_STEPS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class TileGrid(Themed, QWidget):
    """Tiles as large as the space allows.

    Signals:
        cell_changed: Another cell is pointed at, by mouse or arrow keys; carries a ``Cell`` or None.
        cell_activated: A cell was double-clicked, or Enter was pressed on it; carries a ``Cell``.
    """

    parts_kind = PartsKind.TABLE

    cell_changed = Signal(object)
    cell_activated = Signal(object)

    def __init__(self, name: str, spoken: str, explanation: str, parent: QWidget | None = None) -> None:
        """Create a grid without tiles.

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
        self._tiles: Tiles | None = None
        self._caption = ""
        self._space = (0.0, 0.0)
        self._grid = Grid(0, 0, 1, 1, 1, 1, 0, 0, 1, 1)
        self._atlas: Atlas | None = None
        self._mark: Cell | None = None
        self._cell: Cell | None = None
        self.follow_theme()

    @property
    def tiles(self) -> Tiles | None:
        """The tiles on screen."""
        return self._tiles

    @property
    def cell(self) -> Cell | None:
        """The cell that is pointed at."""
        return self._cell

    def part_count(self) -> int:
        """Return the number of cells of all tiles."""
        return 0 if self._tiles is None else int(self._tiles.values.size)

    def part(self, index: int) -> Part:
        """Return a cell with its value, tile by tile and row by row."""
        if self._tiles is None:
            return Part("", QRectF())
        values = self._tiles.values
        tile, row, col = (int(place) for place in np.unravel_index(index, values.shape))
        which = f"tile {tile}, " if len(values) > 1 else ""
        name = f"{which}row {row}, column {col}: {number(float(values[tile, row, col]))}"
        place = (tile * values.shape[1] + row, col)
        return Part(name, self.rect_of_cell((tile, row, col)), place, is_selected=(tile, row, col) == self._mark)

    def set_space(self, width: float, height: float) -> None:
        """Set the largest width and height."""
        if (width, height) != self._space:
            self._space = (width, height)
            self._atlas = None
            self.show_tiles(self._tiles, self._caption)

    def show_tiles(self, tiles: Tiles | None, caption: str) -> None:
        """Show tiles with a caption above; None hides the widget."""
        if self._tiles is None or tiles is None or self._tiles.values.shape != tiles.values.shape:
            self._atlas = None
        self._tiles, self._caption = tiles, caption
        self.setVisible(tiles is not None)
        if tiles is None or self._space[1] <= 0:
            return
        if self._atlas is None:
            self._place(tiles)
        self._fill()
        self.update()

    @property
    def box(self) -> Rect:
        """The rectangle around all tiles, in the widget."""
        return self._grid.box

    def paint_over(self, painter: QPainter) -> None:
        """Paint over the tiles, below the outlines; for widgets that show more than the tiles."""

    def set_mark(self, cell: Cell | None) -> None:
        """Outline a cell."""
        if cell != self._mark:
            self._mark = cell
            self.update()

    def rect_of_cell(self, cell: Cell) -> QRectF:
        """Return the rectangle of a cell in the widget."""
        channel, row, col = cell
        return rect_of(self._grid.cells(channel, slice(row, row + 1), slice(col, col + 1)))

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._colours = colour_tables(QApplication.palette())
        self._fill()
        self.update()

    def _place(self, tiles: Tiles) -> None:
        count, rows, cols = tiles.values.shape
        pixel = 1 / self.devicePixelRatioF()
        width, height = self._space
        grid = best_grid(count, rows, cols, width, height - CAPTION - LEGEND, pixel)
        self._grid = Grid(0, CAPTION, count, grid.across, grid.width, grid.height, grid.gap, grid.gap_down, rows, cols)
        self._atlas = Atlas(self._grid, self._grid, pixel)
        self.setFixedSize(int(max(self._grid.box.width + 1, NARROWEST)), int(height))

    def _fill(self) -> None:
        if self._tiles is None or self._atlas is None:
            return
        shading = shade_signed if self._tiles.colours is Colours.DIVERGING else shade
        self._atlas.fill(shading(self._tiles.values, self._tiles.limit), self._colours.tables[self._tiles.colours])

    def _point_at(self, cell: Cell | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self.cell_changed.emit(cell)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the caption, the tiles and the legend."""
        del event
        if self._tiles is None or self._atlas is None:
            return
        painter = QPainter(self)
        palette = QApplication.palette()
        painter.setFont(theme.small_font(self.font()))
        painter.setPen(palette.color(theme.QUIET))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), CAPTION - 2), left, self._caption)
        painter.drawImage(QPointF(self._grid.x, self._grid.y), self._atlas.image)
        self.paint_over(painter)
        painter.setPen(palette.color(theme.QUIET))
        corner = QPointF(0, self._grid.y + self._grid.box.height)
        paint_legend(painter, corner, LEGEND, self._tiles, self._colours)
        box = rect_of(self._grid.box)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(theme.ACCENT), 1))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if self._mark is not None and self._mark[0] < self._grid.count:
            pen = QPen(theme.MARK, 2)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(self.rect_of_cell(self._mark).adjusted(1, 1, -1, -1))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the mouse."""
        self._point_at(self._grid.at(event.position().x(), event.position().y()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Activate the cell under the mouse."""
        cell = self._grid.at(event.position().x(), event.position().y())
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self.cell_activated.emit(cell)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at no cell."""
        del event
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell with the arrow keys; Enter activates one, Escape points at none."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            channel, row, col = self._cell or self._mark or (0, 0, 0)
            row = int(np.clip(row + step[0], 0, self._grid.rows - 1))
            self._point_at((channel, row, int(np.clip(col + step[1], 0, self._grid.cols - 1))))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (self._cell or self._mark) is not None:
            self.cell_activated.emit(self._cell or self._mark)
        elif event.key() == Qt.Key.Key_Escape and self._cell is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at no cell without the focus."""
        super().focusOutEvent(event)
        self._point_at(None)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the screen's pixel ratio."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._tiles is not None:
            self._atlas = None
            self.show_tiles(self._tiles, self._caption)
