"""The layout of a network's tiles, as large as the space allows. Pure computation, without Qt."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from digitlab.gui.inspect.columns import BARS, Column, ColumnKind, Spot
from digitlab.gui.maps.grid import Grid, Rect

MARGIN: Final = 4
HEAD: Final = 52
"""Three lines above the tiles: name, shape, parameters."""
FOOT: Final = 18
"""The legend below the tiles."""
COLUMN_GAP_WIDEST: Final = 64
LARGEST_TILE: Final = 240
INPUT_FACTOR: Final = 2.4
"""The input is shown this many times as large as the maps, if there is space."""
LARGEST_INPUT: Final = 336
LIST_WIDEST: Final = 40
"""A list can also be as wide as its head."""
LIST_CELL_LARGEST: Final = 16
BAR_HEIGHT_SMALLEST: Final = 12
BAR_HEIGHT_LARGEST: Final = 40
BARS_SHARE: Final = 0.08
"""Share of the width for a column of bars in a large window; more, if it is spare."""
BARS_WIDEST: Final = 208
SECOND_HEAD: Final = 26
"""The name above the outputs, which stand below the sums."""


class HeadWidth(NamedTuple):
    """Width required by a column's head.

    Attributes:
        full: With the full note.
        short: With the short note.
    """

    full: float
    short: float


@dataclass(frozen=True, slots=True)
class _Spacing:
    """Distances and minimum sizes.

    Attributes:
        tile_gap: Gap between tiles.
        column_gap: Minimum gap between columns.
        smallest_tile: Minimum side of a tile.
        bars_width: Minimum width of a column of bars.
        has_short_heads: Whether the heads have the short notes.
    """

    tile_gap: int
    column_gap: int
    smallest_tile: int
    bars_width: int
    has_short_heads: bool


_WIDE: Final = _Spacing(2, 12, 14, 124, has_short_heads=False)
_TIGHT: Final = _Spacing(1, 8, 12, 104, has_short_heads=True)


@dataclass(frozen=True, slots=True)
class NetworkLayout:
    """The positions of all tiles and heads.

    Attributes:
        grids: The tiles of each column.
        heads: Upper left corner and width of each column's head.
        width: Total width, margins included.
        height: Total height, margins included.
        has_short_heads: Whether the heads have the short notes.
    """

    grids: tuple[Grid, ...]
    heads: tuple[Rect, ...]
    width: float
    height: float
    has_short_heads: bool = False

    def at(self, x: float, y: float) -> Spot | None:
        """Return the cell under a point."""
        for index, grid in enumerate(self.grids):
            hit = grid.at(x, y)
            if hit is not None:
                return Spot(index, *hit)
        return None


def place_network(
    columns: Sequence[Column], head_widths: Sequence[HeadWidth], width: float, height: float, pixel: float = 1.0
) -> NetworkLayout:
    """Lay out a network with all tiles visible and as large as the space allows; one that is too wide overflows.

    Args:
        columns: From the input to the outputs.
        head_widths: Width required by each column's head.
        width: Width of the space.
        height: Height of the space.
        pixel: Side of a device pixel in logical pixels.
    """
    wide = _Placing(columns, head_widths, width, height, pixel, _WIDE)
    return (wide if wide.fits() else _Placing(columns, head_widths, width, height, pixel, _TIGHT)).layout()


class _Placing:
    """Lays out one network with one spacing; the arguments are those of ``place_network``."""

    def __init__(
        self,
        columns: Sequence[Column],
        head_widths: Sequence[HeadWidth],
        width: float,
        height: float,
        pixel: float,
        spacing: _Spacing,
    ) -> None:
        self._columns = columns
        self._heads = [head.short if spacing.has_short_heads else head.full for head in head_widths]
        self._width = width - 2 * MARGIN
        self._space = _snapped(height - 2 * MARGIN - HEAD - FOOT, pixel)
        self._pixel = pixel
        self._spacing = spacing
        self._bars_width = _snapped(min(max(spacing.bars_width, BARS_SHARE * width), BARS_WIDEST), pixel)
        self._stacks = _stacks(columns)
        self._smallest = [self._next_side(column, 0) if column.has_maps else 0.0 for column in columns]

    def fits(self) -> bool:
        """Return whether the smallest tiles fit."""
        return self._has_space_for(self._grids(self._smallest))

    def layout(self) -> NetworkLayout:
        columns, stacks, spacing = self._columns, self._stacks, self._spacing
        grids = self._evened(self._grids(self._tile_sides()))
        needs = self._needs(grids)
        spare = self._width - sum(needs)
        gaps = max(len(stacks) - 1, 1)
        if columns[-1].kind in BARS:
            more = max(0.0, min(BARS_WIDEST - self._bars_width, (spare - gaps * spacing.column_gap) / 3))
            needs[-1] += more
            spare -= more
        gap = _snapped(min(max(spare / gaps, spacing.column_gap), COLUMN_GAP_WIDEST), self._pixel)
        placed: list[Grid] = []
        heads: list[Rect] = []
        x = float(MARGIN)
        for stack, need in zip(stacks, needs, strict=True):
            y = float(MARGIN)
            for nth, index in enumerate(stack):
                head = HEAD if nth == 0 else SECOND_HEAD
                heads.append(Rect(x, y, need, head))
                grid = replace(grids[index], x=x, y=y + head)
                if columns[index].kind in BARS:
                    grid = replace(grid, width=_snapped(need, self._pixel))
                placed.append(grid)
                y += head + grid.box.height
            x = _snapped(x + need + gap, self._pixel)
        feet = (0 if column.kind in BARS else FOOT for column in columns)
        lowest = max(grid.box.y + grid.box.height + foot for grid, foot in zip(placed, feet, strict=True))
        return NetworkLayout(tuple(placed), tuple(heads), x - gap + MARGIN, lowest + MARGIN, spacing.has_short_heads)

    def _tile_sides(self) -> list[float]:
        """Return the sides of the tiles: grow the smallest by one device pixel per cell while everything fits."""
        columns, sides = self._columns, self._smallest
        growing = [index for index, column in enumerate(columns) if column.has_maps]
        while growing:
            index = min(growing, key=lambda i: sides[i] / _factor(columns[i]))
            larger = self._next_side(columns[index], sides[index])
            candidates = [*sides[:index], larger, *sides[index + 1 :]]
            if larger <= _largest(columns[index]) and self._has_space_for(self._grids(candidates)):
                sides = candidates
            else:
                growing.remove(index)
        return sides

    def _evened(self, grids: list[Grid]) -> list[Grid]:
        """Return the grids, slightly wider where that fills their last line and the space allows it."""
        for index, (column, grid) in enumerate(zip(self._columns, grids, strict=True)):
            wider = (across for across in range(grid.across, grid.across + 3) if grid.count % across == 0)
            candidates = [*grids[:index], replace(grid, across=next(wider, grid.across)), *grids[index + 1 :]]
            if column.has_maps and self._has_space_for(candidates):
                grids = candidates
        return grids

    def _has_space_for(self, grids: Sequence[Grid]) -> bool:
        needed = sum(self._needs(grids)) + (len(self._stacks) - 1) * self._spacing.column_gap
        heights = (grid.box.height for grid, column in zip(grids, self._columns, strict=True) if column.has_maps)
        return needed <= self._width and all(height <= self._space for height in heights)

    def _needs(self, grids: Sequence[Grid]) -> list[float]:
        """Return the width required by each stack."""
        return [max(max(grids[i].box.width, self._heads[i]) for i in stack) for stack in self._stacks]

    def _next_side(self, column: Column, side: float) -> float:
        cells = max(column.rows, column.cols)
        scale = round(side / (cells * self._pixel)) + 1
        return max(scale, math.ceil(self._spacing.smallest_tile / (cells * self._pixel))) * cells * self._pixel

    def _grids(self, sides: Sequence[float]) -> list[Grid]:
        return [
            self._grid(column, side, head) for column, side, head in zip(self._columns, sides, self._heads, strict=True)
        ]

    def _grid(self, column: Column, side: float, head: float) -> Grid:
        if column.kind is ColumnKind.LIST:
            return _list_grid(column.count, max(LIST_WIDEST, head), self._space, self._pixel)
        if column.kind in BARS:
            bars = _snapped((self._space + FOOT - SECOND_HEAD) / (2 * column.count), self._pixel)
            bar = min(max(bars, BAR_HEIGHT_SMALLEST), BAR_HEIGHT_LARGEST)
            return Grid(0, 0, column.count, 1, self._bars_width, bar, 0, 0, 1, 1)
        cell = side / max(column.rows, column.cols)
        gap = self._spacing.tile_gap
        lines = max(1, int((self._space + gap) // (column.rows * cell + gap)))
        across = math.ceil(column.count / lines)
        return Grid(
            0, 0, column.count, across, column.cols * cell, column.rows * cell, gap, gap, column.rows, column.cols
        )


def _stacks(columns: Sequence[Column]) -> list[list[int]]:
    """Return the columns in stacks: the outputs are below their sums."""
    stacks: list[list[int]] = []
    for index, column in enumerate(columns):
        if column.kind is ColumnKind.OUTPUTS:
            stacks[-1].append(index)
        else:
            stacks.append([index])
    return stacks


def _factor(column: Column) -> float:
    return INPUT_FACTOR if column.kind is ColumnKind.INPUT else 1.0


def _largest(column: Column) -> float:
    return LARGEST_INPUT if column.kind is ColumnKind.INPUT else LARGEST_TILE


def _list_grid(count: int, widest: float, space: float, pixel: float) -> Grid:
    """Return a block of cells, as high as the space and as narrow as possible; a cell is at least one device pixel."""
    for cell in range(int(LIST_CELL_LARGEST / pixel), 0, -1):
        lines = max(1, int(space // (cell * pixel)))
        across = min(8 * math.ceil(count / lines / 8), count)
        if across * cell * pixel <= widest or cell == 1:
            break
    return Grid(0, 0, count, across, cell * pixel, cell * pixel, 0, 0, 1, 1)


def _snapped(length: float, pixel: float) -> float:
    """Return a length rounded down to whole device pixels."""
    return math.floor(length / pixel + 1e-6) * pixel
