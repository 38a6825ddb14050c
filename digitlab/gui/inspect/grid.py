"""Tiles in a grid, each made of cells: where they lie and what lies under a point. Pure arithmetic, without Qt.

Lengths are logical pixels; every tile begins on a device pixel and every cell is a whole number of device pixels, so
that pictures stay crisp at any device pixel ratio.
"""

import math
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

CLOSE_GAP: Final = 4
"""Between tiles that are looked at closely."""
BIAS_ROOM: Final = 4
"""Below a filter, where its bias is drawn."""


class Rect(NamedTuple):
    """A rectangle in logical pixels."""

    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies within."""
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
        gap: Between neighbouring tiles of a line.
        gap_down: Between lines.
        rows: Cells of a tile, downwards.
        places: Cells of a tile, from left to right.
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
    places: int

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
        """Return where a tile lies."""
        line, nth = divmod(channel, self.across)
        return Rect(
            self.x + nth * (self.width + self.gap),
            self.y + line * (self.height + self.gap_down),
            self.width,
            self.height,
        )

    def cells(self, channel: int, rows: slice, places: slice) -> Rect:
        """Return where a block of cells of a tile lies."""
        tile = self.tile(channel)
        wide, high = self.width / self.places, self.height / self.rows
        return Rect(
            tile.x + places.start * wide,
            tile.y + rows.start * high,
            (places.stop - places.start) * wide,
            (rows.stop - rows.start) * high,
        )

    def at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """Return the tile, row and place under a point; a gap belongs to the tile before it."""
        if not self.box.contains(x, y):
            return None
        nth = (x - self.x) // (self.width + self.gap)
        line = (y - self.y) // (self.height + self.gap_down)
        channel = int(line) * self.across + int(nth)
        if channel >= self.count:
            return None
        return channel, *self.cell(channel, x, y)

    def cell(self, channel: int, x: float, y: float) -> tuple[int, int]:
        """Return the row and place of a tile that lie nearest to a point."""
        tile = self.tile(channel)
        row = int((y - tile.y) / self.height * self.rows)
        place = int((x - tile.x) / self.width * self.places)
        return min(max(row, 0), self.rows - 1), min(max(place, 0), self.places - 1)

    def with_content(self, rows: int, places: int, pixel: float) -> "Grid":
        """Return the grid of other pictures within these tiles, enlarged by a whole number, with room for a bias below.

        Args:
            rows: Cells of a picture, downwards.
            places: Cells of a picture, from left to right.
            pixel: Side of a device pixel in logical pixels.
        """
        if (rows, places) == (self.rows, self.places):
            return self
        wide, room = round(self.width / pixel), max(round((self.height - BIAS_ROOM) / pixel), 1)
        scale = min(room // rows, wide // places)
        width, height = (scale * places, scale * rows) if scale else (min(wide, room), room)
        return replace(
            self,
            x=self.x + (wide - width) // 2 * pixel,
            y=self.y + (room - height) // 2 * pixel,
            width=width * pixel,
            height=height * pixel,
            gap=self.gap + self.width - width * pixel,
            gap_down=self.gap_down + self.height - height * pixel,
            rows=rows,
            places=places,
        )


def best_grid(count: int, rows: int, places: int, width: float, height: float, pixel: float = 1.0) -> Grid:
    """Return the grid with the largest tiles that fits into a rectangle; too many tiles overflow it.

    Args:
        count: Number of tiles.
        rows: Cells of a tile, downwards.
        places: Cells of a tile, from left to right.
        width: Of the rectangle.
        height: Of the rectangle.
        pixel: Side of a device pixel in logical pixels.
    """
    best = Grid(
        0,
        0,
        count,
        max(1, math.ceil(math.sqrt(count))),
        places * pixel,
        rows * pixel,
        CLOSE_GAP,
        CLOSE_GAP,
        rows,
        places,
    )
    for scale in range(1, 400):
        wide, high = places * scale * pixel, rows * scale * pixel
        across = int((width + CLOSE_GAP) // (wide + CLOSE_GAP))
        if across < 1:
            break
        grid = replace(best, across=min(across, count), width=wide, height=high)
        if grid.box.height > height:
            break
        best = grid
    return best
