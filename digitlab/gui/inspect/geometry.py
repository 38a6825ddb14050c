"""Where the tiles of a network lie, as large as the room allows. Pure arithmetic, without Qt."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from digitlab.gui.inspect.columns import BARS, Column, ColumnKind, Spot
from digitlab.gui.inspect.grid import Grid, Rect

MARGIN: Final = 4
HEAD: Final = 52
"""Three lines above the tiles: name, shape, parameters."""
FOOT: Final = 18
"""The legend below the tiles."""
GAP: Final = 2
"""Between tiles."""
COLUMN_GAP: Final = 12
COLUMN_GAP_WIDEST: Final = 64
SMALLEST_TILE: Final = 14
LARGEST_TILE: Final = 112
INPUT_FACTOR: Final = 2.4
"""The input is shown so many times as large as the maps, where it can be."""
LIST_WIDEST: Final = 40
LIST_CELL_LARGEST: Final = 6
BAR_HEIGHT_SMALLEST: Final = 13
BAR_HEIGHT_LARGEST: Final = 26
BARS_WIDTH: Final = 124
BARS_WIDEST: Final = 208
SECOND_HEAD: Final = 26
"""The name above the outputs, which stand below the sums."""


@dataclass(frozen=True, slots=True)
class NetworkLayout:
    """Where everything lies.

    Attributes:
        grids: The tiles of each column.
        heads: Upper left corner and width of each column's head.
        width: Of everything together, margins included.
        height: Of everything together, margins included.
    """

    grids: tuple[Grid, ...]
    heads: tuple[Rect, ...]
    width: float
    height: float

    def at(self, x: float, y: float) -> Spot | None:
        """Return the cell under a point."""
        for index, grid in enumerate(self.grids):
            hit = grid.at(x, y)
            if hit is not None:
                return Spot(index, *hit)
        return None


def place_network(
    columns: Sequence[Column], head_widths: Sequence[float], width: float, height: float, pixel: float = 1.0
) -> NetworkLayout:
    """Lay a network out so that all tiles show, as large as the room allows; a network too wide overflows.

    Args:
        columns: From the input to the outputs.
        head_widths: Room that each column's head needs.
        width: Of the room.
        height: Of the room.
        pixel: Side of a device pixel in logical pixels.
    """
    room = _snapped(height - 2 * MARGIN - HEAD - FOOT, pixel)
    sides = _tile_sides(columns, head_widths, width - 2 * MARGIN, room, pixel)
    grids = [_grid(column, side, room, pixel) for column, side in zip(columns, sides, strict=True)]
    stacks = _stacks(columns)
    needs = [max(max(grids[i].box.width, head_widths[i]) for i in stack) for stack in stacks]
    spare = width - 2 * MARGIN - sum(needs)
    if columns[-1].kind in BARS:
        gaps = max(len(stacks) - 1, 1)
        more = max(0.0, min(BARS_WIDEST - BARS_WIDTH, (spare - gaps * COLUMN_GAP) / 3))
        needs[-1] += more
        spare -= more
    gap = _snapped(min(max(spare / max(len(stacks) - 1, 1), COLUMN_GAP), COLUMN_GAP_WIDEST), pixel)
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
                grid = replace(grid, width=_snapped(need, pixel))
            placed.append(grid)
            y += head + grid.box.height
        x = _snapped(x + need + gap, pixel)
    feet = (0 if column.kind in BARS else FOOT for column in columns)
    lowest = max(grid.box.y + grid.box.height + foot for grid, foot in zip(placed, feet, strict=True))
    return NetworkLayout(tuple(placed), tuple(heads), x - gap + MARGIN, lowest + MARGIN)


def _stacks(columns: Sequence[Column]) -> list[list[int]]:
    """Return which columns stand below each other: the outputs below their sums."""
    stacks: list[list[int]] = []
    for index, column in enumerate(columns):
        if column.kind is ColumnKind.OUTPUTS:
            stacks[-1].append(index)
        else:
            stacks.append([index])
    return stacks


def _tile_sides(
    columns: Sequence[Column], head_widths: Sequence[float], width: float, room: float, pixel: float
) -> list[float]:
    """Return the sides of the tiles: enlarge the smallest by one device pixel a cell while everything fits."""
    sides = [_next_side(column, 0, pixel) if column.has_maps else 0.0 for column in columns]
    growing = [index for index, column in enumerate(columns) if column.has_maps]
    while growing:
        index = min(growing, key=lambda i: sides[i] / _factor(columns[i]))
        larger = _next_side(columns[index], sides[index], pixel)
        candidates = [*sides[:index], larger, *sides[index + 1 :]]
        grids = [_grid(column, side, room, pixel) for column, side in zip(columns, candidates, strict=True)]
        if larger / _factor(columns[index]) <= LARGEST_TILE and _fits(columns, grids, head_widths, width, room):
            sides = candidates
        else:
            growing.remove(index)
    return sides


def _fits(
    columns: Sequence[Column], grids: Sequence[Grid], head_widths: Sequence[float], width: float, room: float
) -> bool:
    stacks = _stacks(columns)
    needed = sum(max(max(grids[i].box.width, head_widths[i]) for i in stack) for stack in stacks)
    heights = (grid.box.height for grid, column in zip(grids, columns, strict=True) if column.has_maps)
    return needed + (len(stacks) - 1) * COLUMN_GAP <= width and all(height <= room for height in heights)


def _factor(column: Column) -> float:
    return INPUT_FACTOR if column.kind is ColumnKind.INPUT else 1.0


def _next_side(column: Column, side: float, pixel: float) -> float:
    cells = max(column.rows, column.places)
    scale = round(side / (cells * pixel)) + 1
    return max(scale, math.ceil(SMALLEST_TILE / (cells * pixel))) * cells * pixel


def _grid(column: Column, side: float, room: float, pixel: float) -> Grid:
    if column.kind is ColumnKind.LIST:
        return _list_grid(column.count, room, pixel)
    if column.kind in BARS:
        bars = _snapped((room + FOOT - SECOND_HEAD) / (2 * column.count), pixel)
        bar = min(max(bars, BAR_HEIGHT_SMALLEST), BAR_HEIGHT_LARGEST)
        return Grid(0, 0, column.count, 1, BARS_WIDTH, bar, 0, 0, 1, 1)
    cell = side / max(column.rows, column.places)
    lines = max(1, int((room + GAP) // (column.rows * cell + GAP)))
    across = math.ceil(column.count / lines)
    # A little wider, if that fills the last line.
    across = next((even for even in range(across, across + 3) if column.count % even == 0), across)
    return Grid(
        0, 0, column.count, across, column.places * cell, column.rows * cell, GAP, GAP, column.rows, column.places
    )


def _list_grid(count: int, room: float, pixel: float) -> Grid:
    """Return a block of cells, narrow and as high as the room; the smallest cell is one device pixel."""
    for cell in range(int(LIST_CELL_LARGEST / pixel), 0, -1):
        lines = max(1, int(room // (cell * pixel)))
        across = min(8 * math.ceil(count / lines / 8), count)
        if across * cell * pixel <= LIST_WIDEST or cell == 1:
            break
    return Grid(0, 0, count, across, cell * pixel, cell * pixel, 0, 0, 1, 1)


def _snapped(length: float, pixel: float) -> float:
    """Return a length rounded down to whole device pixels."""
    return math.floor(length / pixel + 1e-6) * pixel
