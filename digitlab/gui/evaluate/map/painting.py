"""Paints the points of a map, the drawing, and the image of the point that is pointed at."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from digitlab.data.digit import CLASS_COUNT, IMAGE_SIDE
from digitlab.gui import theme
from digitlab.gui.evaluate.map.colours import digit_colours
from digitlab.gui.evaluate.map.places import PointsOnScreen

DISC_PX: Final = 11
"""Radius of the disc that is the drawing."""

_GLYPH_PX: Final = 14
_RING_PX: Final = 9
_POINTED_PX: Final = 13
_IMAGE_PX: Final = 3 * IMAGE_SIDE
_GAP_PX: Final = 18


def picture_of_points(widget: QWidget, points: PointsOnScreen) -> QPixmap:
    """Return a picture of all visible points of a map, own digits over the others, in the size of a widget."""
    ratio, palette = widget.devicePixelRatioF(), widget.palette()
    picture = QPixmap(widget.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(palette.color(theme.SURFACE))
    painter = QPainter(picture)
    for has_ring in (False, True):
        mask = points.is_visible & (points.is_own == has_ring)
        glyphs = [_glyph(widget, digit, has_ring=has_ring) for digit in range(CLASS_COUNT)]
        half = glyphs[0].deviceIndependentSize().width() / 2
        for (x, y), digit in zip(points.places[mask].tolist(), points.labels[mask].tolist(), strict=True):
            painter.drawPixmap(QPointF(x - half, y - half), glyphs[digit])
    painter.end()
    return picture


def _glyph(widget: QWidget, digit: int, *, has_ring: bool) -> QPixmap:
    side = 2 * _RING_PX + 2 if has_ring else _GLYPH_PX
    ratio, palette = widget.devicePixelRatioF(), widget.palette()
    glyph = QPixmap(round(side * ratio), round(side * ratio))
    glyph.setDevicePixelRatio(ratio)
    glyph.fill(Qt.GlobalColor.transparent)
    painter = QPainter(glyph)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = digit_colours(palette)[digit]
    if has_ring:
        painter.setPen(QPen(palette.color(theme.TEXT), 2))
        painter.setBrush(palette.color(theme.SURFACE))
        painter.drawEllipse(QPointF(side / 2, side / 2), _RING_PX - 1, _RING_PX - 1)
    painter.setFont(_digit_font(widget.font()))
    painter.setPen(colour)
    painter.drawText(QRectF(0, 0, side, side), Qt.AlignmentFlag.AlignCenter, str(digit))
    painter.end()
    return glyph


def _digit_font(font: QFont) -> QFont:
    digit = theme.small_font(font)
    digit.setWeight(QFont.Weight.DemiBold)
    return digit


def paint_disc(painter: QPainter, place: QPointF, text: str, palette: QPalette) -> None:
    """Paint the drawing: a disc with the predicted digit in it."""
    painter.setPen(QPen(palette.color(theme.SURFACE), 2))
    painter.setBrush(palette.color(theme.TEXT))
    painter.drawEllipse(place, DISC_PX - 1, DISC_PX - 1)
    painter.setPen(palette.color(theme.SURFACE))
    painter.setFont(theme.title_font(painter.font()))
    painter.drawText(_square(place, DISC_PX), Qt.AlignmentFlag.AlignCenter, text)


def paint_pointed(painter: QPainter, place: QPointF, label: int, image: NDArray[np.uint8], widget: QWidget) -> None:
    """Paint a ring around the point that is pointed at, and its image beside it, within the widget."""
    palette = widget.palette()
    painter.setPen(QPen(palette.color(theme.ACCENT), 2))
    painter.setBrush(palette.color(theme.SURFACE))
    painter.drawEllipse(place, _POINTED_PX, _POINTED_PX)
    painter.setFont(_digit_font(widget.font()))
    painter.setPen(digit_colours(palette)[label])
    painter.drawText(_square(place, _POINTED_PX), Qt.AlignmentFlag.AlignCenter, str(label))
    left = place.x() + _GAP_PX
    if left + _IMAGE_PX > widget.width():
        left = place.x() - _GAP_PX - _IMAGE_PX
    top = min(max(place.y() - _IMAGE_PX / 2, 1.0), max(widget.height() - _IMAGE_PX - 1.0, 1.0))
    box = QRectF(round(left), round(top), _IMAGE_PX, _IMAGE_PX)
    grey = QImage(image.tobytes(), len(image), len(image), len(image), QImage.Format.Format_Grayscale8)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.drawImage(box, grey)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(theme.ACCENT), 2))
    painter.drawRect(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_focus(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """Paint a frame around the chart while it has the keyboard's focus."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(theme.ACCENT), 1))
    painter.drawRect(rect.adjusted(0, 0, -1, -1))


def paint_key(painter: QPainter, digit: int | None, colour: QColor, box: QRectF) -> None:
    """Paint the mark of a legend: a bar of a digit's colour, or a ring for own digits."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if digit is None:
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.center(), box.height() / 2 - 1, box.height() / 2 - 1)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(box, 2, 2)


def _square(centre: QPointF, half: float) -> QRectF:
    return QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
