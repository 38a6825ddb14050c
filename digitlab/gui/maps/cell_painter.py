"""Paints a grid of cells: colours, numbers, padding and inputs that no window sees."""

from functools import lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPalette, QPen

from digitlab.gui import theme
from digitlab.gui.maps.atlas import ColourTables
from digitlab.gui.maps.cells import NUMBER_HEIGHT, NUMBER_WIDTH, Cells

_LINES_FROM_PX: Final = 9
"""Smaller cells have no lines between them."""
_EMPTY_LINES_FROM_PX: Final = 4
"""Smaller cells that are empty have none either."""
_WASH: Final = 0.72
"""Opacity of the surface's colour over inputs that no window sees."""
_OUTLINE_PX: Final = 2
_CASING: Final = QColor(0, 0, 0, 150)

_FEWEST_DECIMALS: Final = 2
_ALMOST_ZERO: Final = "≈0"
"""Stands for a number that is too long for its cell because it is so small."""
_TOO_LONG: Final = "…"
"""Stands for any other that is too long; the line below the grids has it."""
_NUMBER_MARGIN: Final = 4
"""Around a number, in the usual font."""


def paint_empty(painter: QPainter, shape: tuple[int, int], filled: int, box: QRectF, palette: QPalette) -> None:
    """Paint the cells that are not filled yet.

    Args:
        painter: The painter.
        shape: Rows and columns.
        filled: How many cells are filled, row by row.
        box: Where all cells are.
        palette: The palette of the theme.
    """
    rows, columns = shape
    if filled >= rows * columns:
        return
    wide, high = box.width() / columns, box.height() / rows
    row, column = divmod(filled, columns)
    for top, left, down in ((row, column, 1), (row + 1, 0, rows - row - 1)):
        place = QRectF(box.left() + left * wide, box.top() + top * high, (columns - left) * wide, down * high)
        painter.fillRect(place, palette.color(theme.SURFACE))
        if down and min(wide, high) >= _EMPTY_LINES_FROM_PX:
            paint_lines(painter, (down, columns - left), place, palette)


def paint_cells(painter: QPainter, cells: Cells, box: QRectF, tables: ColourTables, palette: QPalette) -> None:
    """Paint all cells of a grid.

    Args:
        painter: Its font is that of the numbers.
        cells: The values.
        box: Where.
        tables: The colour tables of the theme.
        palette: The palette of the theme.
    """
    table = tables.tables[cells.colours]
    painter.drawImage(box, _image(cells, table))
    rows, columns = cells.shape
    wide, high = box.width() / columns, box.height() / rows
    if cells.padding is not None:
        _paint_padding(painter, cells, box, palette)
    if min(wide, high) >= _LINES_FROM_PX:
        paint_lines(painter, cells.shape, box, palette)
    if cells.skipped is not None:
        _paint_skipped(painter, cells, box, palette)
    if wide >= NUMBER_WIDTH and high >= NUMBER_HEIGHT:
        _paint_numbers(painter, cells, box, table, palette)


def paint_outline(painter: QPainter, place: QRectF) -> None:
    """Outline a place, with dark edges: it is to be seen on the brightest colours of a map too."""
    # Filled rectangles: stroking one takes thirty times as long.
    for colour, half in ((_CASING, _OUTLINE_PX / 2 + 1), (theme.MARK, _OUTLINE_PX / 2)):
        outer, inner = place.adjusted(-half, -half, half, half), place.adjusted(half, half, -half, -half)
        painter.fillRect(QRectF(outer.topLeft(), QPointF(outer.right(), inner.top())), colour)
        painter.fillRect(QRectF(QPointF(outer.left(), inner.bottom()), outer.bottomRight()), colour)
        painter.fillRect(QRectF(QPointF(outer.left(), inner.top()), QPointF(inner.left(), inner.bottom())), colour)
        painter.fillRect(QRectF(QPointF(inner.right(), inner.top()), QPointF(outer.right(), inner.bottom())), colour)


def paint_lines(painter: QPainter, shape: tuple[int, int], box: QRectF, palette: QPalette) -> None:
    """Paint the lines between the cells and around them."""
    rows, columns = shape
    wide, high = box.width() / columns, box.height() / rows
    lines = [
        QLineF(box.left() + column * wide, box.top(), box.left() + column * wide, box.bottom())
        for column in range(columns + 1)
    ]
    lines += [
        QLineF(box.left(), box.top() + row * high, box.right(), box.top() + row * high) for row in range(rows + 1)
    ]
    painter.setPen(QPen(palette.color(theme.LINE), 1))
    painter.drawLines(lines)


def _image(cells: Cells, table: list[int]) -> QImage:
    rows, columns = cells.shape
    indices = np.zeros((rows, -(-columns // 4) * 4), np.uint8)  # lines of an image are multiples of 4 bytes
    indices[:, :columns] = cells.indices
    image = QImage(indices.data, columns, rows, indices.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _cell(box: QRectF, shape: tuple[int, int], row: int, column: int) -> QRectF:
    rows, columns = shape
    wide, high = box.width() / columns, box.height() / rows
    return QRectF(box.left() + column * wide, box.top() + row * high, wide, high)


def _paint_padding(painter: QPainter, cells: Cells, box: QRectF, palette: QPalette) -> None:
    """Paint the cells of the padding empty, with a dashed line around each."""
    assert cells.padding is not None
    painter.setBrush(palette.color(theme.SURFACE))
    painter.setPen(QPen(palette.color(theme.QUIET), 1, Qt.PenStyle.DotLine))
    for row, column in np.argwhere(cells.padding).tolist():
        painter.drawRect(_cell(box, cells.shape, row, column).adjusted(0.5, 0.5, -0.5, -0.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_skipped(painter: QPainter, cells: Cells, box: QRectF, palette: QPalette) -> None:
    """Hatch the inputs that no window sees."""
    assert cells.skipped is not None
    wash = QColor(palette.color(theme.SURFACE))
    wash.setAlphaF(_WASH)
    hatch = palette.brush(theme.QUIET)
    hatch.setStyle(Qt.BrushStyle.BDiagPattern)
    for row, column in np.argwhere(cells.skipped).tolist():
        cell = _cell(box, cells.shape, row, column)
        painter.fillRect(cell, wash)
        painter.fillRect(cell, hatch)


def _paint_numbers(painter: QPainter, cells: Cells, box: QRectF, table: list[int], palette: QPalette) -> None:
    rows, columns = cells.shape
    wide, high = box.width() / columns, box.height() / rows
    texts, widest = _fitting(painter, cells, wide)
    metrics = QFontMetricsF(painter.font())
    right = (wide - widest) / 2  # numbers end at the same place of each cell, so that their decimals line up
    rise = (high + metrics.ascent() - metrics.descent()) / 2
    bare, surface = palette.color(theme.TEXT), palette.color(theme.SURFACE)
    indices = cells.indices.tolist()
    for row, line in enumerate(texts):
        for column, (text, width) in enumerate(line):
            painter.setPen(bare if _is_bare(cells, row, column) else _ink(table[indices[row][column]]))
            end = box.left() + (column + 1) * wide - right
            if cells.skipped is not None and cells.skipped[row, column]:  # off the hatching
                painter.fillRect(QRectF(end - width - 1, box.top() + row * high + 3, width + 2, high - 6), surface)
            painter.drawText(QPointF(end - width, box.top() + row * high + rise), text)


def _fitting(painter: QPainter, cells: Cells, wide: float) -> tuple[list[list[tuple[str, float]]], float]:
    """Return the numbers with their widths, and the largest width, in a precision and font size that fits.

    Args:
        painter: Its font is made smaller, if numbers with few decimals do not fit.
        cells: The values.
        wide: The width of a cell.
    """
    fewest = min(_FEWEST_DECIMALS, cells.decimals)
    space = wide - _NUMBER_MARGIN
    for decimals in range(cells.decimals, fewest - 1, -1):
        lines, widest = _measured(painter, cells.texts(decimals))
        if widest <= space:
            return lines, widest
    font = painter.font()
    font.setPixelSize(font.pixelSize() - 1)
    painter.setFont(font)
    lines, widest = _measured(painter, cells.texts(fewest))
    if widest <= wide - 1:
        return lines, widest
    least = 10.0**-fewest
    texts = [
        [
            text if width < wide else _ALMOST_ZERO if abs(value) < least else _TOO_LONG
            for (text, width), value in zip(line, values, strict=True)
        ]
        for line, values in zip(lines, cells.values.tolist(), strict=True)
    ]
    return _measured(painter, texts)


def _measured(painter: QPainter, texts: list[list[str]]) -> tuple[list[list[tuple[str, float]]], float]:
    """Return texts with their widths, and the largest width."""
    metrics = QFontMetricsF(painter.font())
    lines = [[(text, metrics.horizontalAdvance(text)) for text in line] for line in texts]
    return lines, max(width for line in lines for _, width in line)


def _is_bare(cells: Cells, row: int, column: int) -> bool:
    """Return whether the background of a cell is the surface."""
    masks = (cells.padding, cells.skipped)
    return any(mask is not None and bool(mask[row, column]) for mask in masks)


@lru_cache(maxsize=1024)
def _ink(rgb: int) -> QColor:
    """Return the colour of text on a colour."""
    return theme.readable_on(QColor.fromRgb(rgb))
