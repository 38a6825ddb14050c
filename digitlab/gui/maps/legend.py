"""The legend of a picture: its colours from the lowest value to the highest, with both as numbers."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from digitlab.gui.maps.atlas import ColourTables
from digitlab.gui.maps.colours import Colours, Tiles
from digitlab.words.numbers import number

_WIDTH: Final = 40
_HEIGHT: Final = 6
_DIGITS: Final = 2
_GAP: Final = 4


def paint_legend(painter: QPainter, corner: QPointF, height: float, tiles: Tiles, tables: ColourTables) -> None:
    """Paint a legend in the painter's font and colour.

    Args:
        painter: The painter.
        corner: Upper left corner.
        height: Height, in the middle of which it is painted.
        tiles: The picture.
        tables: The colour tables of the theme.
    """
    high = number(tiles.limit, _DIGITS)
    low = number(-tiles.limit, _DIGITS) if tiles.colours is Colours.DIVERGING else "0"
    metrics = painter.fontMetrics()
    baseline = corner.y() + (height + metrics.ascent() - metrics.descent()) / 2 + 1
    x = corner.x() + metrics.horizontalAdvance(low) + _GAP
    painter.drawText(QPointF(corner.x(), baseline), low)
    bar = QRectF(x, corner.y() + height / 2 - _HEIGHT / 2 + 1, _WIDTH, _HEIGHT)
    painter.drawImage(bar, tables.gradients[tiles.colours])
    painter.drawText(QPointF(x + _WIDTH + _GAP, baseline), high)
