"""Paints the sources of the cell under the pointer: dims everything else, draws edges and outlines the sources."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen

from digitlab.gui import theme
from digitlab.gui.inspect.columns import BARS, ColumnKind, Spot
from digitlab.gui.inspect.links import Links
from digitlab.gui.inspect.scene import Scene
from digitlab.gui.maps.atlas import rect_of
from digitlab.gui.maps.colours import TOP, Colours
from digitlab.gui.maps.grid import Rect

DIMMED: Final = 0.55
"""Opacity of the surface's colour over everything else."""
SELECTED_WIDTH: Final = 2.0


def paint_selection(painter: QPainter, palette: QPalette, scene: Scene, spot: Spot, *, has_focus: bool) -> None:
    """Outline the selected tile, with a second line while it has the keyboard focus."""
    tile = rect_of(scene.layout.grids[spot.column].tile(spot.channel))
    pen = QPen(palette.color(theme.ACCENT), SELECTED_WIDTH)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(tile.adjusted(-1, -1, 1, 1))
    if has_focus:
        painter.setPen(QPen(palette.color(theme.TEXT), 1, Qt.PenStyle.DotLine))
        painter.drawRect(tile.adjusted(-3.5, -3.5, 3.5, 3.5))


def paint_hover(painter: QPainter, palette: QPalette, scene: Scene, spot: Spot, links: Links | None) -> None:
    """Paint the sources of the cell under the pointer, and the cell itself."""
    grid = scene.layout.grids[spot.column]
    tile = rect_of(grid.tile(spot.channel))
    _dim(painter, palette, scene, _kept(scene, tile, links))
    if links is not None:
        _paint_edges(painter, palette, scene, tile, links, spot)
        _paint_windows(painter, scene, links)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(palette.color(theme.TEXT), 1))
    painter.drawRect(tile.adjusted(-0.5, -0.5, 0.5, 0.5))
    if scene.columns[spot.column].has_maps:
        cell = scene.contents[spot.column].cells(
            spot.channel, slice(spot.row, spot.row + 1), slice(spot.col, spot.col + 1)
        )
        _outline(painter, cell)


def _kept(scene: Scene, tile: QRectF, links: Links | None) -> list[QRectF]:
    kept = [tile]
    if links is None:
        return kept
    if links.field is not None:
        kept.append(rect_of(scene.layout.grids[0].box))
    parent = scene.layout.grids[links.parent]
    if scene.columns[links.parent].kind is ColumnKind.LIST and links.window is None and len(links.channels) > 1:
        return [*kept, rect_of(parent.box)]
    return kept + [rect_of(parent.tile(channel)) for channel in links.channels.tolist()]


def _dim(painter: QPainter, palette: QPalette, scene: Scene, kept: list[QRectF]) -> None:
    colour = palette.color(theme.SURFACE)
    colour.setAlphaF(DIMMED)
    veil = QPainterPath()
    for grid in scene.layout.grids:
        veil.addRect(rect_of(grid.box))
    # Odd-even fill: a rectangle on top of a column makes a hole; the same rectangle twice would close it again.
    for rect in {rect.getRect(): rect for rect in kept}.values():
        veil.addRect(rect)
    veil.setFillRule(Qt.FillRule.OddEvenFill)
    painter.fillPath(veil, colour)


def _paint_edges(painter: QPainter, palette: QPalette, scene: Scene, tile: QRectF, links: Links, spot: Spot) -> None:
    """Draw a curve from each source tile; positive contributions are red, negative ones blue."""
    if scene.columns[spot.column].kind is ColumnKind.OUTPUTS:
        return
    parent = scene.layout.grids[links.parent]
    end = QPointF(tile.left() - 1, tile.center().y())
    is_list = scene.columns[links.parent].kind is ColumnKind.LIST
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    table = scene.colours.tables[Colours.DIVERGING]
    ends = QColor.fromRgb(table[0]), QColor.fromRgb(table[TOP])
    strengths = [None] * len(links.channels) if links.strengths is None else links.strengths.tolist()
    for channel, strength in zip(links.channels.tolist(), strengths, strict=True):
        source = rect_of(parent.tile(channel))
        start = QPointF(parent.box.x + parent.box.width if is_list else source.right(), source.center().y())
        painter.setPen(_edge_pen(palette, ends, strength))
        painter.drawPath(_curve(start, end))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _edge_pen(palette: QPalette, ends: tuple[QColor, QColor], strength: float | None) -> QPen:
    if strength is None:
        return QPen(palette.color(theme.QUIET), 1.25)
    colour = QColor(ends[strength > 0])
    colour.setAlphaF(0.2 + 0.8 * abs(strength))
    return QPen(colour, 0.75 + 1.75 * abs(strength))


def _curve(start: QPointF, end: QPointF) -> QPainterPath:
    bend = max((end.x() - start.x()) / 2, 8)
    path = QPainterPath(start)
    path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
    return path


def _paint_windows(painter: QPainter, scene: Scene, links: Links) -> None:
    """Outline the source window in the source tiles and the receptive field in the input."""
    column = scene.columns[links.parent]
    grid = scene.layout.grids[links.parent]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if links.window is not None and column.has_maps and links.parent != 0:
        for channel in links.channels.tolist():
            _outline(painter, grid.cells(channel, *links.window))
    elif column.kind is ColumnKind.LIST:
        one = len(links.channels) == 1
        _outline(painter, grid.tile(int(links.channels[0])) if one else grid.box)
    elif column.kind in BARS:
        for channel in links.channels.tolist():
            painter.fillRect(rect_of(grid.tile(channel)).adjusted(0, 2, 1 - grid.width, -2), theme.MARK)
    if links.field is not None:
        _outline(painter, scene.layout.grids[0].cells(0, *links.field))


def _outline(painter: QPainter, rect: Rect) -> None:
    painter.setPen(_pen(theme.MARK, 1))
    painter.drawRect(rect_of(rect).adjusted(-0.5, -0.5, 0.5, 0.5))


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen
