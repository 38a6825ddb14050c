"""Where the blocks of a sheet stand. Pure computation, without Qt: texts are measured by the caller."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from digitlab.gui.explain.sheets.sheet import Bars, Block, Curve, Matrix, Sheet, Sign
from digitlab.gui.maps.cells import NUMBER_WIDTH
from digitlab.gui.maps.grid import Grid, Rect, best_grid

GAP: Final = 12
TITLE: Final = 20
CAPTION: Final = 18
ROW: Final = 22
"""Height of a row of a running sum, and of a table."""

CELL_LARGEST: Final = 56
_CELL_SMALLEST: Final = 5
_LARGE: Final = 10_000.0
_SHARE: Final = 0.45
"""Largest share of the visible height that the cells of a matrix take, if numbers still fit into them."""
_TALLEST: Final = 420
"""Height of the cells of a matrix; a whole image is made to fit."""

_TABLE_CELL: Final = 148
_TABLE_CELL_SMALLEST: Final = 64
_SIGN_SMALLEST: Final = 14
_CURVE: Final = (176, 132)
_BARS_NARROWEST: Final = 330
_TWO_COLUMNS_FROM: Final = 980
_NAME_GAP: Final = 8


@dataclass(frozen=True, slots=True)
class Placed:
    """A block in its place.

    Attributes:
        block: The block.
        rect: The space it takes, with title and caption.
        grid: Its cells, if it is a matrix.
    """

    block: Block
    rect: Rect
    grid: Grid | None = None

    def rect_of(self, index: int) -> Rect:
        """Return the rectangle of one of its cells or rows."""
        if isinstance(self.block, Matrix) and self.grid is not None:
            tile, row, col = self.block.cell(index)
            return self.grid.cells(tile, slice(row, row + 1), slice(col, col + 1))
        return Rect(self.rect.x, self.rect.y + TITLE + index * ROW, self.rect.width, ROW)

    def at(self, x: float, y: float) -> int | None:
        """Return the cell or row under a point."""
        if isinstance(self.block, Matrix) and self.grid is not None:
            cell = self.grid.at(x, y)
            return None if cell is None else self.block.index(cell)
        if isinstance(self.block, Bars) and self.rect.contains(x, y):
            index = int((y - self.rect.y - TITLE) // ROW)
            return index if 0 <= index < self.block.count else None
        return None


@dataclass(frozen=True, slots=True)
class Measures:
    """The widths of texts.

    Attributes:
        title: Of a title.
        small: Of a caption, or a name of a row.
    """

    title: Callable[[str], float]
    small: Callable[[str], float]


def place_sheet(
    sheet: Sheet, width: float, measures: Measures, pixel: float = 1.0, visible: float = _LARGE
) -> tuple[tuple[Placed, ...], float]:
    """Lay out a sheet in a width.

    Args:
        sheet: The sheet.
        width: The width of the space.
        measures: The widths of texts.
        pixel: Side of a device pixel in logical pixels.
        visible: The height that is visible without scrolling; small numbers in cells are better than numbers below it.

    Returns:
        The blocks in reading order, and the height they take.
    """
    placing = _Placing(measures, pixel, visible)
    if sheet.side and sheet.lines and width >= _TWO_COLUMNS_FROM:
        half = width * 0.58 - GAP
        used, height = placing.column((*sheet.lines, *sheet.around), 0.0, half)
        left = max((placed.rect.x + placed.rect.width for placed in placing.placed), default=used)
        x = left + 3 * GAP
        _, other = placing.column(sheet.side, x, width - x)
        return tuple(placing.placed), max(height, other)
    _, height = placing.column((*sheet.lines, *sheet.side, *sheet.around), 0.0, width)
    return tuple(placing.placed), height


class _Placing:
    """Places blocks line by line."""

    def __init__(self, measures: Measures, pixel: float, visible: float) -> None:
        self._measures = measures
        self._pixel = pixel
        self._visible = visible
        self.placed: list[Placed] = []

    def column(self, lines: Sequence[Sequence[Block]], x: float, width: float) -> tuple[float, float]:
        """Place lines below each other; returns the width and the height they take."""
        y = used = 0.0
        for line in (line for line in lines if line):
            for part in self._wrapped(line, width):
                right, height = self._line(part, x, y, width)
                used = max(used, right - x)
                y += height + GAP
        return used, y

    def _wrapped(self, line: Sequence[Block], width: float) -> list[Sequence[Block]]:
        """Return a line, or two if a running sum does not fit beside what stands there too."""
        others = sum(_CURVE[0] + GAP for block in line if isinstance(block, Curve))
        if others and width - others < _BARS_NARROWEST:
            return [
                [block for block in line if not isinstance(block, Curve)],
                [b for b in line if isinstance(b, Curve)],
            ]
        return [line]

    def _line(self, line: Sequence[Block], x: float, y: float, width: float) -> tuple[float, float]:
        side = self._cell_side(line, width)
        highest = 0.0
        first = len(self.placed)
        for block in line:
            placed = self._block(block, x, y, width, side, line)
            self.placed.append(placed)
            x = placed.rect.x + placed.rect.width + GAP / 2
            highest = max(highest, placed.rect.height)
        for nth in range(first, len(self.placed)):
            placed = self.placed[nth]
            if isinstance(placed.block, Sign):
                rect = placed.rect
                self.placed[nth] = Placed(placed.block, Rect(rect.x, rect.y, rect.width, highest))
        return x, highest

    def _sign_width(self, sign: Sign) -> float:
        return max(_SIGN_SMALLEST, self._measures.small(sign.word) + 4)

    def _cell_side(self, line: Sequence[Block], width: float) -> float:
        """Return the side of the square cells with which a line fits."""
        squares = [block for block in line if isinstance(block, Matrix) and not block.is_table]
        if not squares:
            return 0.0
        fixed = sum(self._sign_width(block) for block in line if isinstance(block, Sign)) + (len(line) - 1) * GAP / 2
        single = [block for block in squares if block.values.shape[2] == 1]
        fixed += sum(self._text_width(block) for block in single)
        columns = sum(block.values.shape[2] for block in squares if block not in single) or 1
        tallest = max(block.values.shape[1] for block in squares)
        visible = max(self._visible * _SHARE / tallest, NUMBER_WIDTH)
        side: float = min(CELL_LARGEST, (width - fixed) / columns, _TALLEST / tallest, visible)
        return max(side // self._pixel * self._pixel, _CELL_SMALLEST)

    def _text_width(self, block: Matrix) -> float:
        return max(CELL_LARGEST, self._measures.title(block.title) + 2, self._measures.small(block.caption) + 2)

    def _block(self, block: Block, x: float, y: float, width: float, side: float, line: Sequence[Block]) -> Placed:
        match block:
            case Matrix():
                return self._matrix(block, x, y, width, side, line)
            case Sign():
                return Placed(block, Rect(x, y, self._sign_width(block), 0))
            case Curve():
                return Placed(block, Rect(x, y, _CURVE[0], TITLE + _CURVE[1]))
            case Bars():
                others = sum(_CURVE[0] + GAP for other in line if isinstance(other, Curve))
                return Placed(block, Rect(x, y, width - others, TITLE + block.count * ROW))

    def _matrix(self, block: Matrix, x: float, y: float, width: float, side: float, line: Sequence[Block]) -> Placed:
        tiles, rows, cols = block.values.shape
        caption = CAPTION if block.caption else 0
        top = y + TITLE
        if block.is_table:
            names = max((self._measures.small(name) for name in block.row_names), default=0.0)
            left = x + (names + _NAME_GAP if names else 0.0)
            wide = self._table_cell(width - (left - x), line)
            head = ROW if block.column_names else 0
            grid = Grid(left, top + head, 1, 1, wide * cols, ROW * rows, 0, 0, rows, cols)
            return Placed(block, Rect(x, y, left - x + wide * cols, TITLE + head + ROW * rows + caption), grid)
        if tiles > 1:
            best = best_grid(tiles, rows, cols, width, _TALLEST, self._pixel)
            grid = Grid(x, top, tiles, best.across, best.width, best.height, best.gap, best.gap_down, rows, cols)
            return Placed(
                block, Rect(x, y, max(grid.box.width, self._text_width(block)), TITLE + grid.box.height + caption), grid
            )
        grid = Grid(x, top, 1, 1, side * cols, side * rows, 0, 0, rows, cols)
        if rows == cols == 1:
            tallest = max(other.values.shape[1] for other in line if isinstance(other, Matrix))
            cell = CELL_LARGEST // self._pixel * self._pixel
            offset = max((side * tallest - cell) / 2, 0.0) // self._pixel * self._pixel
            grid = Grid(x, top + offset, 1, 1, cell, cell, 0, 0, 1, 1)
            return Placed(block, Rect(x, y, self._text_width(block), TITLE + offset + cell + caption), grid)
        return Placed(block, Rect(x, y, max(side * cols, 0), TITLE + side * rows + caption), grid)

    def _table_cell(self, width: float, line: Sequence[Block]) -> float:
        tables = [block for block in line if isinstance(block, Matrix)]
        columns = sum(block.values.shape[2] for block in tables)
        signs = sum(self._sign_width(block) for block in line if isinstance(block, Sign))
        space = (width - signs - (len(line) - 1) * GAP / 2) / columns if len(tables) > 1 else width / columns
        cell: float = min(max(space - (12 if len(tables) > 1 else 0), _TABLE_CELL_SMALLEST), _TABLE_CELL)
        return cell // self._pixel * self._pixel
