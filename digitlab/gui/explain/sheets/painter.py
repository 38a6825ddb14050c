"""Paints the blocks of a sheet."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

from digitlab.gui import theme
from digitlab.gui.explain.sheets.layout import CAPTION, ROW, TITLE, Measures, Placed
from digitlab.gui.explain.sheets.sheet import Bars, Curve, Matrix, Row, Sign
from digitlab.gui.maps.atlas import Atlas, colour_tables, rect_of
from digitlab.gui.maps.cell_painter import paint_cells, paint_outline
from digitlab.gui.maps.cells import Cells
from digitlab.gui.maps.colours import TOP, Colours, shade, shade_signed
from digitlab.gui.maps.grid import Grid, Rect
from digitlab.words.numbers import aligned, decimals_for, number

_DIGITS: Final = 4
"""Significant digits of the largest number of a matrix, where there is space."""

_NUMBER_WIDTH: Final = 76
_LABEL_SHARE: Final = 0.42
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SheetPainter:
    """Paints with the colours and fonts of one theme.

    Args:
        palette: The theme's colours.
        font: The widget's font.
        pixel: Side of a device pixel in logical pixels.
    """

    def __init__(self, palette: QPalette, font: QFont, pixel: float) -> None:
        """Prepare fonts and colour tables."""
        self._palette = palette
        self._pixel = pixel
        self._colours = colour_tables(palette)
        self._title = QFont(font)
        self._title.setWeight(QFont.Weight.DemiBold)
        self._font = QFont(font)
        self._small = theme.small_font(font)
        self.measures = Measures(
            QFontMetricsF(self._title).horizontalAdvance, QFontMetricsF(self._small).horizontalAdvance
        )
        self._small_metrics = QFontMetricsF(self._small)
        table = self._colours.tables[Colours.DIVERGING]
        self._signs = QColor.fromRgb(table[0]), QColor.fromRgb(table[TOP])

    def paint(self, painter: QPainter, placed: Placed) -> None:
        """Paint one block."""
        with np.errstate(over="ignore", invalid="ignore"):  # of a diverged network
            self._paint_block(painter, placed)

    def _paint_block(self, painter: QPainter, placed: Placed) -> None:
        match placed.block:
            case Matrix():
                self._paint_matrix(painter, placed, placed.block)
            case Bars():
                self._paint_bars(painter, placed, placed.block)
            case Curve():
                self._paint_curve(painter, placed, placed.block)
            case Sign():
                self._paint_sign(painter, placed, placed.block)

    def _text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        flags: Qt.AlignmentFlag = _LEFT,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        shown = painter.fontMetrics().elidedText(text, mode, int(rect.width()) + 1)
        painter.drawText(rect, flags, shown)

    def _head(self, painter: QPainter, placed: Placed, text: str) -> None:
        painter.setFont(self._title)
        painter.setPen(self._palette.color(theme.TEXT))
        rect = placed.rect
        self._text(painter, QRectF(rect.x, rect.y, rect.width, TITLE - 2), text)

    def _paint_matrix(self, painter: QPainter, placed: Placed, matrix: Matrix) -> None:
        grid = placed.grid
        if grid is None:
            return
        self._head(painter, placed, matrix.title)
        if grid.count == 1:
            painter.setFont(self._small)
            paint_cells(painter, _cells(matrix), rect_of(grid.box), self._colours, self._palette)
        else:
            self._paint_tiles(painter, grid, matrix)
        painter.setFont(self._small)
        painter.setPen(self._palette.color(theme.QUIET))
        box = grid.box
        if matrix.caption:
            below = QRectF(placed.rect.x, box.y + box.height + 1, max(placed.rect.width, box.width), CAPTION)
            self._text(painter, below, matrix.caption)
        for nth, name in enumerate(matrix.row_names):
            cell = rect_of(grid.cells(0, slice(nth, nth + 1), slice(0, 1)))
            self._text(
                painter, QRectF(placed.rect.x, cell.y(), cell.x() - placed.rect.x - 6, cell.height()), name, _RIGHT
            )
        for nth, name in enumerate(matrix.column_names):
            cell = rect_of(grid.cells(0, slice(0, 1), slice(nth, nth + 1)))
            self._text(painter, QRectF(cell.x(), cell.y() - ROW, cell.width() - 4, ROW), name, _RIGHT)
        if matrix.frame is not None:
            paint_outline(painter, rect_of(grid.cells(0, *matrix.frame)))
        if matrix.marked is not None:
            paint_outline(painter, rect_of(placed.rect_of(matrix.index(matrix.marked))))

    def _paint_tiles(self, painter: QPainter, grid: Grid, matrix: Matrix) -> None:
        atlas = Atlas(grid, grid, self._pixel)
        shading = shade_signed if matrix.colours is Colours.DIVERGING else shade
        atlas.fill(shading(matrix.values.astype(np.float32), matrix.limit), self._colours.tables[matrix.colours])
        painter.drawImage(QPointF(grid.x, grid.y), atlas.image)

    def _paint_sign(self, painter: QPainter, placed: Placed, sign: Sign) -> None:
        rect = rect_of(placed.rect)
        painter.setPen(self._palette.color(theme.TEXT))
        painter.setFont(self._title)
        painter.drawText(
            QRectF(rect.x(), rect.y(), rect.width(), rect.height()), Qt.AlignmentFlag.AlignCenter, sign.text
        )
        painter.setFont(self._small)
        painter.setPen(self._palette.color(theme.QUIET))
        middle = rect.center().y()
        painter.drawText(QRectF(rect.x(), middle + 8, rect.width(), CAPTION), Qt.AlignmentFlag.AlignCenter, sign.word)

    def _paint_bars(self, painter: QPainter, placed: Placed, bars: Bars) -> None:
        self._head(painter, placed, bars.title)
        limits = [0.0] + [number for row in bars.rows for number in (row.start, row.end)]
        finite = [value for value in limits if np.isfinite(value)]
        low, high = min(finite), max(finite)
        span = high - low or 1.0
        decimals = decimals_for(max(abs(row.value) for row in bars.rows), 4)
        width = placed.rect.width
        label = width * _LABEL_SHARE
        left = placed.rect.x + label + _NUMBER_WIDTH + 8
        space = max(placed.rect.x + width - left - 4, 8.0)

        def at(value: float) -> float:
            return left + (min(max(value, low), high) - low) / span * space if np.isfinite(value) else left

        painter.setPen(QPen(self._palette.color(theme.LINE), 1))
        painter.drawLine(QPointF(at(0.0), placed.rect.y + TITLE), QPointF(at(0.0), placed.rect.y + placed.rect.height))
        for index, row in enumerate(bars.rows):
            rect = rect_of(placed.rect_of(index))
            self._paint_row(painter, rect, row, label, decimals)
            start, end = sorted((at(row.start), at(row.end)))
            colour = self._palette.color(theme.QUIET) if row.is_total else self._signs[row.value > 0]
            painter.fillRect(QRectF(start, rect.y() + 5, max(end - start, 1.0), ROW - 10), colour)
            if not row.is_total and index + 1 < len(bars.rows):
                painter.setPen(QPen(self._palette.color(theme.QUIET), 1))
                painter.drawLine(QPointF(at(row.end), rect.y() + ROW - 5), QPointF(at(row.end), rect.y() + ROW + 5))

    def _paint_row(self, painter: QPainter, rect: QRectF, row: Row, label: float, decimals: int) -> None:
        if row.is_chosen:
            painter.fillRect(rect, self._palette.color(theme.TRACK))
        painter.setFont(self._title if row.is_total else self._small)
        is_link = row.target is not None
        painter.setPen(self._palette.color(theme.ACCENT if is_link else theme.TEXT))
        # In the middle, so that both factors at the end of a label stay.
        place = QRectF(rect.x() + 2, rect.y(), label - 4, ROW)
        self._text(painter, place, row.label, mode=Qt.TextElideMode.ElideMiddle)
        painter.setPen(self._palette.color(theme.TEXT))
        sign = "" if row.is_total or row.value < 0 or row.value == 0 else "+"
        text = f"{sign}{aligned(row.value, decimals)}"
        end = rect.x() + label + _NUMBER_WIDTH
        wide = max(_NUMBER_WIDTH, painter.fontMetrics().horizontalAdvance(text))  # "not a number"
        painter.drawText(QRectF(end - wide, rect.y(), wide, ROW), _RIGHT, text)

    def _paint_curve(self, painter: QPainter, placed: Placed, curve: Curve) -> None:
        self._head(painter, placed, curve.title)
        rect = rect_of(placed.rect).adjusted(4, TITLE + 2, -4, -CAPTION)
        low, high = (
            float(min(curve.y.min(), 0.0)),
            float(max(curve.y.max(), curve.value if np.isfinite(curve.value) else 0.0)),
        )
        span = high - low or 1.0

        def point(x: float, y: float) -> QPointF:
            across = (x - curve.x[0]) / (curve.x[-1] - curve.x[0])
            return QPointF(rect.left() + across * rect.width(), rect.bottom() - (y - low) / span * rect.height())

        painter.setPen(QPen(self._palette.color(theme.LINE), 1))
        painter.drawLine(point(curve.x[0], 0), point(curve.x[-1], 0))
        painter.drawLine(point(0, low), point(0, high))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._palette.color(theme.ACCENT), 2))
        painter.drawPolyline(QPolygonF([point(x, y) for x, y in zip(curve.x.tolist(), curve.y.tolist(), strict=True)]))
        if np.isfinite(curve.at) and np.isfinite(curve.value):
            here = point(curve.at, curve.value)
            painter.setPen(QPen(self._palette.color(theme.QUIET), 1, Qt.PenStyle.DashLine))
            painter.drawLine(point(curve.at, 0), here)
            painter.drawLine(point(0, curve.value), here)
            painter.setPen(QPen(self._palette.color(theme.SURFACE), 1.5))
            painter.setBrush(theme.MARK)
            painter.drawEllipse(here, 5, 5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setFont(self._small)
        painter.setPen(self._palette.color(theme.QUIET))
        below = QRectF(placed.rect.x, rect.bottom() + 1, placed.rect.width, CAPTION)
        self._text(painter, below, f"{curve.title}({number(curve.at)}) = {number(curve.value)}")

    def outline(self, painter: QPainter, rect: Rect, colour: QColor, width: int, *, is_dotted: bool = False) -> None:
        """Outline a cell or row, inside its rectangle."""
        pen = QPen(colour, width, Qt.PenStyle.DotLine if is_dotted else Qt.PenStyle.SolidLine)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = width / 2
        painter.drawRect(rect_of(rect).adjusted(inset, inset, -inset, -inset))


def _cells(matrix: Matrix) -> Cells:
    """Return the only tile of a matrix."""
    _, rows, cols = matrix.values.shape
    labels = None
    if matrix.texts is not None:
        labels = [[matrix.texts((0, row, col)) for col in range(cols)] for row in range(rows)]
    return Cells(
        matrix.values[0].astype(np.float32),
        matrix.colours,
        matrix.limit,
        None if matrix.outside is None else matrix.outside[0],
        most_decimals=decimals_for(matrix.limit, _DIGITS),
        labels=labels,
    )
