"""Paints a network without its hover overlay: heads, tiles, bars and legends."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPixmap

from digitlab.gui import theme
from digitlab.gui.inspect.columns import BARS, Column, ColumnKind
from digitlab.gui.inspect.geometry import FOOT, HEAD, HeadWidth
from digitlab.gui.inspect.scene import Scene
from digitlab.gui.inspect.shading import Picture, Scale
from digitlab.gui.maps.atlas import rect_of
from digitlab.gui.maps.colours import TOP, Colours
from digitlab.gui.maps.grid import Grid, Rect
from digitlab.gui.maps.off import paint_off
from digitlab.words.edits import OFF
from digitlab.words.numbers import SILENT_BELOW, number, probability

LINE_HEIGHT: Final = 16
LABEL_WIDTH: Final = 14
_WIDE_LABEL_WIDTH: Final = 21
NUMBER_WIDTH: Final = 58
"""Space for ``>99.99 %``."""
BAR_SHARE: Final = 0.4
"""Thickness of a bar relative to its row."""
LEGEND_WIDTH: Final = 28
LEGEND_DIGITS: Final = 2
_LEGEND_GAP: Final = 4

_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def head_width(column: Column, font: QFont) -> HeadWidth:
    """Return the width required by a column's head and legend, regardless of the size of the tiles."""
    small = QFontMetricsF(theme.small_font(font))
    name = QFontMetricsF(theme.title_font(font)).horizontalAdvance(column.name)
    legend = 0.0
    if column.kind not in BARS:
        legend = LEGEND_WIDTH + _LEGEND_GAP + small.horizontalAdvance("0.00")
    if column.has_maps:
        legend += small.horizontalAdvance("0") + _LEGEND_GAP
    least = max(name, small.horizontalAdvance(column.shape), legend)
    full, short = (max(least, small.horizontalAdvance(note)) + 1 for note in (column.note, column.short_note))
    return HeadWidth(full, short)


def legend_ends(
    low: str, high: str, space: float, width: Callable[[str], float], *, is_signed: bool
) -> tuple[str, str]:
    """Return the texts at the ends of a legend: in a column too narrow for both, the upper one alone.

    Args:
        low: The text of the lower end; empty if there is none.
        high: The text of the upper end.
        space: Width of the column in pixels.
        width: Returns the width of a text in pixels.
        is_signed: Whether the lower end is the negative of the upper one.
    """
    if not low or width(low) + LEGEND_WIDTH + width(high) + 2 * _LEGEND_GAP <= space:
        return low, high
    return "", f"±{high}" if is_signed else high


def _label_width(column: Column) -> int:
    """Return the width of the labels of a column's bars, the numbers of units or the symbols of outputs."""
    return LABEL_WIDTH if column.classes is not None or column.count <= 10 else _WIDE_LABEL_WIDTH


def _bar(column: Column, tile: Rect) -> QRectF:
    """Return the track of a bar, between its label and its number."""
    label = _label_width(column)
    thickness = min(max(8.0, BAR_SHARE * tile.height), tile.height - 5)
    top = tile.y + (tile.height - thickness) / 2
    return QRectF(tile.x + label, top, tile.width - label - NUMBER_WIDTH, thickness)


class NetworkPainter:
    """Paints a scene with a palette and font."""

    def __init__(self, palette: QPalette, font: QFont) -> None:
        """Look up colours and fonts once instead of at every paint."""
        self._palette = palette
        self._surface = palette.color(theme.SURFACE)
        self._text = palette.color(theme.TEXT)
        self._quiet = palette.color(theme.QUIET)
        self._accent = palette.color(theme.ACCENT)
        self._track = palette.color(theme.TRACK)
        self._title = theme.title_font(font)
        self._small = theme.small_font(font)

    def backdrop(self, scene: Scene, size: QSize) -> QPixmap:
        """Return an image of the parts that do not depend on the values: background, heads and empty bars."""
        pixmap = QPixmap(QSize(math.ceil(size.width() / scene.pixel), math.ceil(size.height() / scene.pixel)))
        pixmap.setDevicePixelRatio(1 / scene.pixel)
        pixmap.fill(self._surface)
        painter = QPainter(pixmap)
        for column, grid, head in zip(scene.columns, scene.layout.grids, scene.layout.heads, strict=True):
            self._paint_head(painter, column, head, is_short=scene.layout.has_short_heads)
            if column.kind not in BARS:
                continue
            painter.setFont(self._small)
            painter.setPen(self._quiet)
            for channel in range(column.count):
                tile = grid.tile(channel)
                label = str(channel) if column.classes is None else column.classes.symbol(channel)
                painter.drawText(QRectF(tile.x, tile.y, _label_width(column) - 4, tile.height), _RIGHT, label)
                painter.fillRect(_bar(column, tile), self._track)
        painter.end()
        return pixmap

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Paint the parts that depend on the values, on top of the backdrop."""
        for index, (column, grid) in enumerate(zip(scene.columns, scene.layout.grids, strict=True)):
            atlas, picture = scene.atlases[index], scene.pictures[index]
            if atlas is None:
                self._paint_bars(painter, column, grid, picture, scene)
                continue
            painter.drawImage(QPointF(grid.x, grid.y), atlas.image)
            self._clear_missing_tiles(painter, grid)
            for channel in np.flatnonzero(scene.inspection.snapshot.off_units(column.layer)).tolist():
                paint_off(painter, self._palette, rect_of(grid.tile(channel)))
            if picture.biases is not None:
                self._paint_biases(painter, grid, picture, scene)
            self._paint_legend(painter, index, picture, scene)

    def _paint_head(self, painter: QPainter, column: Column, head: Rect, *, is_short: bool) -> None:
        painter.setFont(self._title)
        painter.setPen(self._text)
        second = column.kind is ColumnKind.OUTPUTS
        top = head.y + head.height - LINE_HEIGHT - 2 if second else head.y
        painter.drawText(QRectF(head.x, top, head.width, LINE_HEIGHT), _LEFT, column.name)
        if second:
            return
        painter.setFont(self._small)
        painter.setPen(self._quiet)
        for nth, line in enumerate((column.shape, column.short_note if is_short else column.note)):
            space = QRectF(head.x, head.y + (nth + 1) * LINE_HEIGHT, head.width, LINE_HEIGHT)
            painter.drawText(space, _LEFT, line)

    def _paint_bars(self, painter: QPainter, column: Column, grid: Grid, picture: Picture, scene: Scene) -> None:
        painter.setFont(self._small)
        values = picture.values.reshape(-1)
        best = int(values.argmax()) if np.isfinite(values).all() and not scene.inspection.is_blank else -1
        signed = picture.colours is Colours.DIVERGING
        metrics = painter.fontMetrics()
        baseline = (grid.height + metrics.ascent() - metrics.descent()) / 2
        limit = picture.shared_limit or float(picture.limits.max())
        off = scene.inspection.snapshot.off_units(column.layer)
        for channel, value in enumerate(values.tolist()):
            tile = grid.tile(channel)
            shown = number(value)
            if column.is_output:
                shown = "" if value < SILENT_BELOW else probability(value)
            shown = OFF if off[channel] else shown
            if shown:
                painter.setPen(self._text if channel == best else self._quiet)
                # At a point: Qt takes longer to align text in a rectangle than to draw it.
                x = tile.x + tile.width - metrics.horizontalAdvance(shown)
                painter.drawText(QPointF(x, tile.y + baseline), shown)
            if np.isfinite(value):
                share = value / limit if limit > 0 else 0.0
                table = scene.colours.tables[Colours.DIVERGING] if signed else None
                self._paint_bar(painter, _bar(column, tile), share, table)

    def _paint_bar(self, painter: QPainter, bar: QRectF, share: float, table: list[int] | None) -> None:
        """Paint the filled part: from the left, or from the middle in the colours of a signed table."""
        if table is None:
            painter.fillRect(QRectF(bar.x(), bar.y(), bar.width() * min(max(share, 0), 1), bar.height()), self._accent)
            return
        middle, half = bar.center().x(), bar.width() / 2 * min(max(share, -1), 1)
        filled = QRectF(middle, bar.y(), half, bar.height()).normalized()
        painter.fillRect(filled, QColor.fromRgb(table[TOP if share > 0 else 0]))
        painter.fillRect(QRectF(middle, bar.y() - 1, 1, bar.height() + 2), self._quiet)

    def _clear_missing_tiles(self, painter: QPainter, grid: Grid) -> None:
        """Paint the surface's colour where the last line of tiles is not full."""
        if grid.count % grid.across:
            first, box = grid.tile(grid.count), grid.box
            painter.fillRect(QRectF(first.x, first.y, box.x + box.width - first.x, first.height), self._surface)

    def _paint_biases(self, painter: QPainter, grid: Grid, picture: Picture, scene: Scene) -> None:
        """Paint each filter's bias as a small bar below it, from the middle; the largest fills half the width."""
        biases = picture.biases
        if biases is None:
            return
        largest = float(np.abs(biases).max())
        if not 0 < largest < float("inf"):
            return
        table = scene.colours.tables[Colours.DIVERGING]
        ends = QColor.fromRgb(table[0]), QColor.fromRgb(table[TOP])
        for channel, bias in enumerate(biases.tolist()):
            tile = grid.tile(channel)
            half = tile.width / 2 * bias / largest
            bar = QRectF(tile.x + tile.width / 2, tile.y + tile.height - 3, half, 2).normalized()
            painter.fillRect(bar, ends[bias > 0])

    def _paint_legend(self, painter: QPainter, index: int, picture: Picture, scene: Scene) -> None:
        """Paint the colour scale of a column with the values at its ends."""
        column, grid, head = scene.columns[index], scene.layout.grids[index], scene.layout.heads[index]
        limit = picture.shared_limit
        per_unit = limit is None and scene.choices.scale is Scale.UNIT
        high = "tile max" if per_unit else number(limit or 0.0, LEGEND_DIGITS)
        is_signed = picture.colours is Colours.DIVERGING and bool(limit) and not per_unit
        painter.setFont(self._small)
        painter.setPen(self._quiet)
        width = painter.fontMetrics().horizontalAdvance
        low = "" if column.kind is ColumnKind.LIST else number(-(limit or 0.0), LEGEND_DIGITS) if is_signed else "0"
        low, high = legend_ends(low, high, head.x + head.width - grid.x, width, is_signed=is_signed)
        x, y = grid.x, grid.y + grid.box.height
        line = QRectF(x, y, HEAD * 4, FOOT)
        painter.drawText(line, _LEFT, low)
        x += width(low) + _LEGEND_GAP if low else 0
        painter.drawImage(QRectF(x, y + FOOT / 2 - 3, LEGEND_WIDTH, 6), scene.colours.gradients[picture.colours])
        painter.drawText(line.translated(x + LEGEND_WIDTH + _LEGEND_GAP - line.x(), 0), _LEFT, high)
