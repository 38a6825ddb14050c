"""What a sheet of numbers is made of. Without Qt.

Blocks hold arrays; names and targets of single numbers are asked for when they are needed, since a new sheet is made
with every move of the pen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.maps.colours import Colours
from digitlab.insight.place import Place

FEWEST_ROWS: Final = 6
"""Summands that are shown one by one at least."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Another input channel to be shown in full."""

    index: int


@dataclass(frozen=True, slots=True)
class AllRows:
    """All rows to be shown, not only the largest ones; or again only these."""


Target = Place | Channel | AllRows | None
"""What a click on a number leads to."""

Cell = tuple[int, int, int]
"""Tile, row and column of a number in a matrix."""


def _nowhere(cell: Cell) -> None:
    del cell


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Numbers in coloured cells, in one tile or several.

    Attributes:
        title: What the numbers are.
        values: Shape (tiles, rows, cols).
        name: Returns what a cell is, for the line below and for screen readers.
        colours: The colour table.
        limit: The value with the strongest colour.
        caption: A line below; empty for none.
        target: Returns what a click on a cell leads to.
        outside: Cells of the padding, shape (tiles, rows, cols), or None.
        marked: The cell that is outlined, or None.
        frame: Rows and columns of a window that is outlined in the first tile, or None.
        row_names: Names of the rows of a single tile, on the left; empty for none.
        column_names: Names of its columns, above; empty for none.
        texts: Returns the text of a cell where it is not the number, or None.
        group: Blocks of one group light up together: cells at the same index belong together.
        is_table: Whether cells are as wide as a number, and not squares.
    """

    title: str
    values: NDArray[np.floating]
    name: Callable[[Cell], str]
    colours: Colours = Colours.DIVERGING
    limit: float = 1.0
    caption: str = ""
    target: Callable[[Cell], Target] = _nowhere
    outside: NDArray[np.bool_] | None = None
    marked: Cell | None = None
    frame: tuple[slice, slice] | None = None
    row_names: Sequence[str] = ()
    column_names: Sequence[str] = ()
    texts: Callable[[Cell], str] | None = None
    group: str = ""
    is_table: bool = False

    @property
    def count(self) -> int:
        """Number of cells."""
        return int(self.values.size)

    def cell(self, index: int) -> Cell:
        """Return a cell by its number, tile by tile and row by row."""
        tile, row, col = np.unravel_index(index, self.values.shape)
        return int(tile), int(row), int(col)

    def index(self, cell: Cell) -> int:
        """Return the number of a cell."""
        return int(np.ravel_multi_index(cell, self.values.shape))


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign between two matrices, such as × or =, with a word below."""

    text: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a running sum.

    Attributes:
        label: What is added.
        value: How much.
        start: The sum before.
        end: The sum after; a total has ``start`` 0.
        target: What a click leads to.
        is_total: Whether it is a result, and nothing is added.
        is_chosen: Whether the matrices beside show it in full.
    """

    label: str
    value: float
    start: float
    end: float
    target: Target = None
    is_total: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A running sum: one bar for each summand, from the sum before to the sum after.

    Attributes:
        title: What is summed.
        rows: The summands and results.
    """

    title: str
    rows: tuple[Row, ...]

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """An activation function with a value on it.

    Attributes:
        title: Its name.
        x: Where it is drawn, ascending, shape (n,).
        y: Its values there, shape (n,).
        at: The weighted sum.
        value: The activation.
    """

    title: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    at: float
    value: float


Block = Matrix | Sign | Bars | Curve


@dataclass(frozen=True, slots=True)
class Sheet:
    """The worked sum of one value.

    Attributes:
        title: The value's name.
        result: How it is computed, in one line.
        lines: The blocks of each line, from left to right.
        side: Further lines: on the right in a wide window, otherwise below.
        around: Further lines below all others.
        note: A remark in a sentence; empty for none.
    """

    title: str
    result: str
    lines: tuple[tuple[Block, ...], ...]
    side: tuple[tuple[Block, ...], ...] = ()
    around: tuple[tuple[Block, ...], ...] = ()
    note: str = ""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks, in reading order."""
        return tuple(block for line in (*self.lines, *self.side, *self.around) for block in line)


@dataclass(frozen=True, slots=True)
class Options:
    """The choices on a sheet.

    Attributes:
        channel: The input channel shown in full; None for the one with the largest contribution.
        has_all_rows: Whether all summands are shown.
        rows: Otherwise, how many are shown one by one before the others are summed up.
    """

    channel: int | None = None
    has_all_rows: bool = False
    rows: int = FEWEST_ROWS
