"""Paints the blocks of a sheet."""

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

from digitlab.gui import theme
from digitlab.gui.explain.sheets.layout import CAPTION, ROW, TITLE, Measures, Placed
from digitlab.gui.explain.sheets.sheet import Bars, Curve, Matrix, Row, Sign
from digitlab.gui.maps.atlas import Atlas, colour_tables, rect_of
from digitlab.gui.maps.colours import TOP, Colours, shade, shade_signed
from digitlab.words.numbers import aligned, decimals_for, number

_MOST_TEXTS: Final = 900
"""Cells of a matrix up to which numbers are written in them, if they fit."""

_ONE_DIGIT_BELOW: Final = 0.1

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

    def _text(self, painter: QPainter, rect: QRectF, text: str, flags: Qt.AlignmentFlag = _LEFT) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()) + 1)
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
        atlas = Atlas(grid, grid, self._pixel)
        shading = shade_signed if matrix.colours is Colours.DIVERGING else shade
        values = matrix.values.astype(np.float32)
        indices = shading(values, matrix.limit)
        table = self._colours.tables[matrix.colours]
        atlas.fill(indices, table)
        painter.drawImage(QPointF(grid.x, grid.y), atlas.image)
        self._paint_outside(painter, placed, matrix)
        self._paint_lines(painter, placed, matrix)
        self._paint_texts(painter, placed, matrix, indices)
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
            self.outline(painter, grid.cells(0, *matrix.frame), theme.MARK, 2)
        if matrix.marked is not None:
            self.outline(painter, placed.rect_of(matrix.index(matrix.marked)), theme.MARK, 2)

    def _paint_outside(self, painter: QPainter, placed: Placed, matrix: Matrix) -> None:
        """Hatch the cells of the padding."""
        if matrix.outside is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for index in np.flatnonzero(matrix.outside).tolist():
            rect = rect_of(placed.rect_of(index))
            painter.fillRect(rect, self._palette.color(theme.SURFACE))
            painter.fillRect(rect, QBrush(self._palette.color(theme.QUIET), Qt.BrushStyle.BDiagPattern))

    def _paint_lines(self, painter: QPainter, placed: Placed, matrix: Matrix) -> None:
        grid = placed.grid
        if grid is None or grid.width / grid.cols < 14:
            return
        painter.setPen(QPen(self._palette.color(theme.LINE), 1))
        box = grid.box
        if grid.count == 1:
            for col in range(grid.cols + 1):
                x = box.x + col * grid.width / grid.cols
                painter.drawLine(QPointF(x, box.y), QPointF(x, box.y + box.height))
            for row in range(grid.rows + 1):
                y = box.y + row * grid.height / grid.rows
                painter.drawLine(QPointF(box.x, y), QPointF(box.x + box.width, y))

    def _paint_texts(self, painter: QPainter, placed: Placed, matrix: Matrix, indices: np.ndarray) -> None:
        grid = placed.grid
        if grid is None or matrix.count > _MOST_TEXTS or grid.height / grid.rows < 14:
            return
        wide = grid.width / grid.cols - (8 if matrix.is_table else 4)
        write = self._writer(matrix, wide)
        if write is None:
            return
        painter.setFont(self._small)
        flat = matrix.values.reshape(-1)
        inks = self._inks(matrix.colours)
        for index, (value, shade_index) in enumerate(zip(flat.tolist(), indices.reshape(-1).tolist(), strict=True)):
            cell = rect_of(placed.rect_of(index))
            is_outside = matrix.outside is not None and bool(matrix.outside.reshape(-1)[index])
            painter.setPen(self._palette.color(theme.TEXT) if is_outside else inks[shade_index])
            text = matrix.texts(matrix.cell(index)) if matrix.texts is not None else write(value)
            if matrix.is_table:
                painter.drawText(cell.adjusted(2, 0, -6, 0), _RIGHT, text)
            else:
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _writer(self, matrix: Matrix, wide: float) -> Callable[[float], str] | None:
        """Return how the numbers of a matrix are written, with as many digits as fit; None if they do not fit."""
        limit = -matrix.limit if matrix.colours is Colours.DIVERGING else matrix.limit
        width = self.measures.small

        # One digit is enough only behind the point: 0.957 is not 1.
        last = ((1, True),) if matrix.limit < _ONE_DIGIT_BELOW else ()
        for digits, is_short in ((4, False), (3, False), (2, False), (2, True), *last):
            decimals = decimals_for(matrix.limit, digits)

            def write(value: float, decimals: int = decimals, is_short: bool = is_short) -> str:
                text = aligned(value, decimals)
                text = text.replace("0.", ".", 1) if is_short and abs(value) < 1 else text
                return text if width(text) <= wide else "≈0" if abs(value) < abs(limit) / 10 else ""

            if width(write(limit)) <= wide and write(limit):
                return write
        return None

    def _inks(self, colours: Colours) -> list[QColor]:
        """Return the colour of text on each colour of a table."""
        return [theme.readable_on(QColor.fromRgb(colour)) for colour in self._colours.tables[colours]]

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
        self._text(painter, QRectF(rect.x() + 2, rect.y(), label - 4, ROW), row.label)
        painter.setPen(self._palette.color(theme.TEXT))
        sign = "" if row.is_total or row.value < 0 or row.value == 0 else "+"
        text = f"{sign}{aligned(row.value, decimals)}"
        painter.drawText(QRectF(rect.x() + label, rect.y(), _NUMBER_WIDTH, ROW), _RIGHT, text)

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

    def outline(self, painter: QPainter, rect: object, colour: QColor, width: int, *, is_dotted: bool = False) -> None:
        """Outline a cell or row, inside its rectangle."""
        pen = QPen(colour, width, Qt.PenStyle.DotLine if is_dotted else Qt.PenStyle.SolidLine)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = width / 2
        painter.drawRect(rect_of(rect).adjusted(inset, inset, -inset, -inset))  # type: ignore[arg-type]
