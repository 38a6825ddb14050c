"""The picture of a grid of cells with its caption and its legend."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from digitlab.gui import theme
from digitlab.gui.explain.slide.arrangement import CAPTION, LEGEND, MARGIN
from digitlab.gui.maps.atlas import colour_tables
from digitlab.gui.maps.cell_painter import paint_cells
from digitlab.gui.maps.cells import Cells
from digitlab.gui.maps.legend import paint_legend


def picture_of(
    cells: Cells, caption: str, size: QSize, box: QRectF, ratio: float, font: QFont, has_legend: bool
) -> QPixmap:
    """Return the picture of a grid with its caption and its legend.

    Args:
        cells: The values.
        caption: The line above.
        size: Size of the picture, in logical pixels.
        box: Where the cells are.
        ratio: Device pixels for each logical pixel.
        font: The font of the widget.
        has_legend: Whether there is a legend below.
    """
    palette = QApplication.palette()
    tables = colour_tables(palette)
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(palette.color(theme.SURFACE))
    painter = QPainter(picture)
    painter.setFont(theme.small_font(font))
    painter.setPen(palette.color(theme.QUIET))
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(MARGIN, 0, size.width() - MARGIN, CAPTION - 2), left, caption)
    if has_legend:
        paint_legend(painter, QPointF(MARGIN, box.bottom() + MARGIN), LEGEND, cells.tiles, tables)
    paint_cells(painter, cells, box, tables, palette)
    painter.end()
    return picture
