"""Tiles in a grid, each made of cells: positions and hit testing. Pure computation, without Qt.

Lengths are in logical pixels; every tile starts on a device pixel and every cell is a whole number of device pixels, so
that pictures are sharp at any device pixel ratio.
"""

import math
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

CLOSE_GAP: Final = 4
"""Between the tiles of the detail card."""
BIAS_SPACE: Final = 4
"""Below a filter, where its bias is drawn."""


class Rect(NamedTuple):
    """A rectangle in logical pixels."""

    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point is inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal tiles in lines from left to right, each tile made of equal cells.

    Attributes:
        x: Left edge of the first tile.
        y: Upper edge of the first tile.
        count: Number of tiles.
        across: Tiles in a line.
        width: Width of a tile.
        height: Height of a tile.
        gap: Gap between neighbouring tiles of a line.
        gap_down: Gap between lines.
        rows: Cells of a tile, downwards.
        cols: Cells of a tile, from left to right.
    """

    x: float
    y: float
    count: int
    across: int
    width: float
    height: float
    gap: float
    gap_down: float
    rows: int
    cols: int

    @property
    def down(self) -> int:
        """Number of lines."""
        return math.ceil(self.count / self.across)

    @property
    def box(self) -> Rect:
        """The rectangle around all tiles."""
        across, down = min(self.across, self.count), self.down
        return Rect(
            self.x,
            self.y,
            across * (self.width + self.gap) - self.gap,
            down * (self.height + self.gap_down) - self.gap_down,
        )

    def tile(self, channel: int) -> Rect:
        """Return the rectangle of a tile."""
        line, nth = divmod(channel, self.across)
        return Rect(
            self.x + nth * (self.width + self.gap),
            self.y + line * (self.height + self.gap_down),
            self.width,
            self.height,
        )

    def cells(self, channel: int, rows: slice, cols: slice) -> Rect:
        """Return the rectangle of a block of cells of a tile."""
        tile = self.tile(channel)
        wide, high = self.width / self.cols, self.height / self.rows
        return Rect(
            tile.x + cols.start * wide,
            tile.y + rows.start * high,
            (cols.stop - cols.start) * wide,
            (rows.stop - rows.start) * high,
        )

    def at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """Return the tile, row and column under a point; a gap belongs to the tile before it."""
        if not self.box.contains(x, y):
            return None
        nth = (x - self.x) // (self.width + self.gap)
        line = (y - self.y) // (self.height + self.gap_down)
        channel = int(line) * self.across + int(nth)
        if channel >= self.count:
            return None
        return channel, *self.cell(channel, x, y)

    def cell(self, channel: int, x: float, y: float) -> tuple[int, int]:
        """Return the row and column of a tile that are nearest to a point."""
        tile = self.tile(channel)
        row = int((y - tile.y) / self.height * self.rows)
        col = int((x - tile.x) / self.width * self.cols)
        return min(max(row, 0), self.rows - 1), min(max(col, 0), self.cols - 1)

    def with_content(self, rows: int, cols: int, pixel: float) -> "Grid":
        """Return the grid of other pictures in these tiles, scaled by an integer, with space for a bias below.

        Args:
            rows: Cells of a picture, downwards.
            cols: Cells of a picture, from left to right.
            pixel: Side of a device pixel in logical pixels.
        """
        if (rows, cols) == (self.rows, self.cols):
            return self
        wide, space = round(self.width / pixel), max(round((self.height - BIAS_SPACE) / pixel), 1)
        scale = min(space // rows, wide // cols)
        width, height = (scale * cols, scale * rows) if scale else (min(wide, max(space * cols // rows, 1)), space)
        return replace(
            self,
            x=self.x + (wide - width) // 2 * pixel,
            y=self.y + (space - height) // 2 * pixel,
            width=width * pixel,
            height=height * pixel,
            gap=self.gap + self.width - width * pixel,
            gap_down=self.gap_down + self.height - height * pixel,
            rows=rows,
            cols=cols,
        )


def best_grid(count: int, rows: int, cols: int, width: float, height: float, pixel: float = 1.0) -> Grid:
    """Return the grid with the largest tiles that fits into a rectangle; too many tiles overflow it.

    Args:
        count: Number of tiles.
        rows: Cells of a tile, downwards.
        cols: Cells of a tile, from left to right.
        width: Width of the rectangle.
        height: Height of the rectangle.
        pixel: Side of a device pixel in logical pixels.
    """
    best = Grid(
        0,
        0,
        count,
        max(1, math.ceil(math.sqrt(count))),
        cols * pixel,
        rows * pixel,
        CLOSE_GAP,
        CLOSE_GAP,
        rows,
        cols,
    )
    for scale in range(1, 400):
        wide, high = cols * scale * pixel, rows * scale * pixel
        across = int((width + CLOSE_GAP) // (wide + CLOSE_GAP))
        if across < 1:
            break
        grid = replace(best, across=min(across, count), width=wide, height=high)
        if grid.box.height > height:
            break
        best = grid
    return best
