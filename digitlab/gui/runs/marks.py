"""The colours and shapes that distinguish the runs in a plot."""

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap, QPolygonF

from digitlab.gui import theme

_COLOURS_LIGHT: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B37C00", "#3490C7", "#000000")
_COLOURS_DARK: Final = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442", "#FFFFFF")
"""The Okabe-Ito set (Okabe and Ito 2008), its orange and sky blue darker on a light background; the clearest first."""

_ICON_PX: Final = 18
_ICON_RADIUS_PX: Final = 4


def colour(index: int, palette: QPalette) -> QColor:
    """Return the colour of a run by its number."""
    colours = _COLOURS_DARK if theme.is_dark(palette) else _COLOURS_LIGHT
    return QColor(colours[index % len(colours)])


def shape(index: int) -> QPainterPath:
    """Return the mark of a run by its number, about one unit wide and centred on the origin."""
    path = QPainterPath()
    match index % 6:
        case 0:
            path.addEllipse(QRectF(-0.5, -0.5, 1, 1))
        case 1:
            path.addRect(QRectF(-0.44, -0.44, 0.88, 0.88))
        case 2:
            path.addPolygon(_corners(4, 0.6))
        case 3:
            path.addPolygon(_corners(3, 0.6))
        case 4:
            path.addPolygon(_corners(3, 0.6, turned=math.pi))
        case _:
            path.addPolygon(_corners(10, 0.65, dented=0.45))
    path.closeSubpath()
    return path


def icon(index: int, palette: QPalette) -> QIcon:
    """Return a run's line and mark as in the plot, in the same colours when its row is selected."""
    ratio = 2
    pixmap = QPixmap(QSize(_ICON_PX, _ICON_PX) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(theme.SURFACE))
    painter.drawRoundedRect(QRectF(0, 0, _ICON_PX, _ICON_PX), _ICON_RADIUS_PX, _ICON_RADIUS_PX)
    painter.setPen(QPen(colour(index, palette), 2))
    painter.drawLine(QPointF(1, _ICON_PX / 2), QPointF(_ICON_PX - 1, _ICON_PX / 2))
    painter.translate(_ICON_PX / 2, _ICON_PX / 2)
    painter.scale(9, 9)
    painter.fillPath(shape(index), colour(index, palette))
    painter.end()
    drawn = QIcon(pixmap)
    drawn.addPixmap(pixmap, QIcon.Mode.Selected)
    return drawn


def _corners(count: int, radius: float, *, turned: float = 0.0, dented: float = 1.0) -> QPolygonF:
    """Return corners on a circle, starting at the top; every second one can be moved inwards."""
    points = []
    for number in range(count):
        angle = turned + 2 * math.pi * number / count
        distance = radius * (dented if number % 2 else 1.0)
        points.append(QPointF(distance * math.sin(angle), -distance * math.cos(angle)))
    return QPolygonF(points)
