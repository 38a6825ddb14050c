"""The filters of a layer as tiles, of which one is chosen; a cross marks those that are off."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.maps.atlas import Atlas, colour_tables, rect_of
from digitlab.gui.maps.colours import GAP_INDEX, Colours, shade_signed
from digitlab.gui.maps.grid import Grid, best_grid
from digitlab.gui.maps.off import paint_off
from digitlab.gui.widgets.fields import set_tip, tip_of
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed

_EDGE: Final = 3
"""Space around the tiles, for the outline of the chosen one."""

_LARGEST_PX: Final = 72
"""Side of the largest tile: a few filters must not look like the kernel beside them."""

_SMALLEST: Final = QSize(120, 80)

_TIP: Final = "Click a filter to choose it; double-click, or press Space, to switch it off or on."


class FilterTiles(Themed, QWidget):
    """The kernels of a layer, each in colours of its own scale.

    Signals:
        unit_chosen: Another tile was chosen; carries its index.
        toggle_requested: A tile is to be switched off or on; carries its index.
    """

    parts_kind = PartsKind.TABLE

    unit_chosen = Signal(int)
    toggle_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a widget without tiles."""
        super().__init__(parent)
        self.setObjectName("filterTiles")
        self.setAccessibleName("Filters")
        self.setWhatsThis(f"{_TIP} Arrow keys choose, too.")
        set_tip(self, _TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._values = np.zeros((0, 1, 1), np.float32)
        self._off = np.zeros(0, np.bool_)
        self._name_of: Callable[[int], str] = str
        self._chosen = 0
        self._grid = Grid(0, 0, 1, 1, 1, 1, 0, 0, 1, 1)
        self._atlas: Atlas | None = None
        self.follow_theme()

    @property
    def chosen(self) -> int:
        """The index of the chosen tile."""
        return self._chosen

    def show_units(self, values: NDArray[np.float32], off: NDArray[np.bool_], name_of: Callable[[int], str]) -> None:
        """Show the filters or units of a layer.

        Args:
            values: Shape (units, rows, cols), float32.
            off: Which are off, shape (units,).
            name_of: Returns the name of one for screen readers and tooltips, which says whether it is off.
        """
        if values.shape != self._values.shape:
            self._atlas = None
        self._values, self._off, self._name_of = values, off, name_of
        self._chosen = min(self._chosen, len(values) - 1)
        self._fill()
        self.update()

    def choose(self, unit: int) -> None:
        """Outline a tile."""
        if unit != self._chosen:
            self._chosen = unit
            self.update()

    def rect_of(self, unit: int) -> QRectF:
        """Return the rectangle of a tile in the widget."""
        return rect_of(self._grid.tile(unit))

    def part_count(self) -> int:
        """Return the number of tiles."""
        return len(self._values)

    def part(self, index: int) -> Part:
        """Return a tile with its name, which says whether it is off."""
        place = divmod(index, self._grid.across)
        return Part(self._name_of(index), self.rect_of(index), place, is_selected=index == self._chosen)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._colours = colour_tables(QApplication.palette())
        self._fill()
        self.update()

    def _fill(self) -> None:
        count, rows, cols = self._values.shape
        if not count:
            return
        if self._atlas is None:
            pixel = 1 / self.devicePixelRatioF()
            room = self.size() - QSize(2 * _EDGE, 2 * _EDGE)
            grid = best_grid(count, rows, cols, room.width(), room.height(), pixel)
            if max(grid.width, grid.height) > _LARGEST_PX:
                scale = max(int(_LARGEST_PX / max(rows, cols)), 1)
                across = max(int((room.width() + grid.gap) // (cols * scale + grid.gap)), 1)
                grid = Grid(0, 0, count, min(across, count), cols * scale, rows * scale, grid.gap, grid.gap, rows, cols)
            self._grid = Grid(
                _EDGE,
                _EDGE,
                count,
                grid.across,
                grid.width,
                grid.height,
                grid.gap,
                grid.gap_down,
                rows,
                cols,
            )
            self._atlas = Atlas(self._grid, self._grid, pixel)
        limits = np.abs(self._values).max(axis=(1, 2), keepdims=True)
        table = self._colours.tables[Colours.DIVERGING]
        gap = QApplication.palette().color(theme.SURFACE).rgb()
        self._atlas.fill(shade_signed(self._values, limits), [*table[:GAP_INDEX], gap])

    def _choose_by_user(self, unit: int) -> None:
        if unit != self._chosen:
            self.choose(unit)
            self.unit_chosen.emit(unit)

    # Overrides of Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles, the crosses and the outline of the chosen one."""
        del event
        if self._atlas is None:
            return
        painter, palette = QPainter(self), QApplication.palette()
        painter.drawImage(QPointF(self._grid.x, self._grid.y), self._atlas.image)
        self._paint_frames(painter, palette)
        spare = self._grid.across * self._grid.down - self._grid.count
        if spare:
            first, box = self._grid.tile(self._grid.count), self._grid.box
            painter.fillRect(
                QRectF(first.x, first.y, box.x + box.width - first.x + 1, first.height + 1),
                palette.color(theme.SURFACE),
            )
        for unit in np.flatnonzero(self._off).tolist():
            paint_off(painter, palette, self.rect_of(unit))
        tile = self.rect_of(self._chosen)
        pen = QPen(palette.color(theme.ACCENT), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(tile.adjusted(-1, -1, 1, 1))
        if self.hasFocus():
            painter.setPen(QPen(palette.color(theme.TEXT), 1, Qt.PenStyle.DotLine))
            painter.drawRect(tile.adjusted(-2.5, -2.5, 2.5, 2.5))
        painter.end()

    def _paint_frames(self, painter: QPainter, palette: QPalette) -> None:
        """Paint a line around each tile: weights near zero have the colour of the background."""
        half = 1 / self.devicePixelRatioF() / 2
        painter.setPen(QPen(palette.color(theme.QUIET), 2 * half))
        frames = [self.rect_of(unit).adjusted(-half, -half, half, half) for unit in range(len(self._values))]
        painter.drawRects(frames)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the tiles in the new space."""
        super().resizeEvent(event)
        self._atlas = None
        self._fill()

    def sizeHint(self) -> QSize:
        """Return a size for some dozens of filters."""
        return _SMALLEST * 2

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size."""
        return _SMALLEST

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the tile under the pointer."""
        found = self._grid.at(event.position().x(), event.position().y())
        tip = _TIP if found is None else f"{self._name_of(found[0])}\n{_TIP}"
        if tip != tip_of(self):
            set_tip(self, tip)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a tile; with Ctrl, switch it off or on."""
        found = self._grid.at(event.position().x(), event.position().y())
        if found is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._choose_by_user(found[0])
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.toggle_requested.emit(found[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Switch a tile off or on."""
        found = self._grid.at(event.position().x(), event.position().y())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self.toggle_requested.emit(found[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with the arrow keys, Home and End; switch off or on with Space."""
        last, across = self._grid.count - 1, self._grid.across
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -across,
            Qt.Key.Key_Down: across,
            Qt.Key.Key_Home: -self._chosen,
            Qt.Key.Key_End: last - self._chosen,
        }
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            target = self._chosen + steps[key]
            if 0 <= target <= last:
                self._choose_by_user(target)
        elif key is Qt.Key.Key_Space and not event.modifiers():
            self.toggle_requested.emit(self._chosen)
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
