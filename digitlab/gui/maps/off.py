"""The mark of a filter that is off: a diagonal cross over its tile."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPalette, QPen

from digitlab.gui import theme


def paint_off(painter: QPainter, palette: QPalette, tile: QRectF) -> None:
    """Paint a cross from corner to corner, with a border in the surface's colour so that it shows on any picture."""
    inside = tile.adjusted(1.5, 1.5, -1.5, -1.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((palette.color(theme.SURFACE), 3.0), (QColor(palette.color(theme.TEXT)), 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(inside.topLeft(), inside.bottomRight())
        painter.drawLine(inside.topRight(), inside.bottomLeft())
    painter.restore()
