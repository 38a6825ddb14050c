"""The map of one method, large: coloured pixels with the outline of the ink over them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.why.ink import Line, ink_outline, limit_of
from digitlab.gui.maps.colours import Colours, Tiles
from digitlab.gui.maps.grid import Rect
from digitlab.gui.maps.tile_grid import TileGrid
from digitlab.gui.widgets.parts import Part
from digitlab.words.numbers import number

_OUTLINE_PX: Final = 2
_SMALLEST: Final = QSize(220, 220)
_EXPLANATION: Final = (
    "Each square is a pixel of the network's input. Red raises the value that is explained, blue lowers it; the "
    "outline is the ink. Point at a pixel, or move with the arrow keys, to read its number."
)


class _InkGrid(TileGrid):
    """One tile with the outline of the ink over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("whyMap", "Map of the drawing", _EXPLANATION, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._image: NDArray[np.uint8] | None = None
        self._lines: list[Line] = []

    def show_map(self, values: NDArray[np.float32], image: NDArray[np.uint8], caption: str) -> None:
        """Show a map over a drawing; see ``MapView``."""
        if self._image is None or not np.array_equal(image, self._image):
            self._image, self._lines = image, ink_outline(image)
        self.show_tiles(Tiles(values[np.newaxis], Colours.DIVERGING, limit_of(values)), caption)

    def part(self, index: int) -> Part:
        """Return a pixel with its number and its ink, row by row."""
        part = super().part(index)
        if self._image is None:
            return part
        ink = number(float(self._image.flat[index]) / 255, 2)
        return Part(f"{part.name}, ink {ink}", part.rect, part.cell, is_selected=part.is_selected)

    def paint_over(self, painter: QPainter) -> None:
        """Paint the edge of the image and the outline of the ink."""
        painter.setPen(QPen(QApplication.palette().color(theme.LINE), 1))
        painter.drawRect(QRectF(*self.box))
        paint_ink(painter, self._lines, self.box, _OUTLINE_PX)


def paint_ink(painter: QPainter, lines: list[Line], box: Rect, width_px: float) -> None:
    """Paint the outline of the ink of a 28x28 image.

    Args:
        painter: The painter.
        lines: See ``ink_outline``.
        box: Where the image is.
        width_px: Width of the outline.
    """
    wide, high = box.width / 28, box.height / 28
    pen = QPen(QApplication.palette().color(theme.TEXT), width_px)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.drawLines(
        [QLineF(box.x + a * wide, box.y + b * high, box.x + c * wide, box.y + d * high) for a, b, c, d in lines]
    )


class MapView(QWidget):
    """Shows a map as large as the space allows, in the middle.

    Attributes:
        grid: The pixels.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a view without a map."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.grid = _InkGrid(self)
        self.grid.hide()

    def show_map(self, values: NDArray[np.float32], image: NDArray[np.uint8], caption: str) -> None:
        """Show a map.

        Args:
            values: Shape (28, 28), float32.
            image: The drawing, shape (28, 28), uint8.
            caption: The line above.
        """
        self.grid.show_map(values, image, caption)
        self._centre()

    def _centre(self) -> None:
        self.grid.move(max((self.width() - self.grid.width()) // 2, 0), 0)

    def rect_of_pixel(self, row: int, column: int) -> QRectF:
        """Return the rectangle of a pixel in the grid."""
        return self.grid.rect_of_cell((0, row, column))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size."""
        return _SMALLEST

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return _SMALLEST * 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new space."""
        super().resizeEvent(event)
        is_hidden = self.grid.isHidden()
        self.grid.set_space(self.width(), self.height())
        self.grid.setHidden(is_hidden)
        self._centre()
