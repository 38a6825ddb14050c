"""The values of one grid, with what is special about some of its cells. Without Qt."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.maps.colours import Colours, Tiles, shade, shade_signed
from digitlab.insight.forward import Array
from digitlab.words.numbers import aligned, decimals_for, number

NUMBER_WIDTH: Final = 32
NUMBER_HEIGHT: Final = 15
"""The smallest cell that a number fits into, in pixels."""

_CELL_DIGITS: Final = 3
_CELL_DECIMALS: Final = 2
_SMALL: Final = 0.1
"""Numbers up to this have two significant digits, instead of two decimals."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A grid of values.

    Attributes:
        values: Shape (rows, columns), float32.
        colours: The colour table.
        limit: The value with the strongest colour.
        padding: Whether a cell is padding, same shape, or None if none is. Where its value is NaN, it is empty.
        skipped: Whether no window sees a cell, same shape, or None if all are seen.
        chosen: The cell that a pooling keeps, or None.
        most_decimals: Decimals of the numbers where there is space for them; None for the usual two or three.
        labels: What is written in the cells instead of the numbers, or None.
    """

    values: Array
    colours: Colours
    limit: float
    padding: NDArray[np.bool_] | None = None
    skipped: NDArray[np.bool_] | None = None
    chosen: tuple[int, int] | None = None
    most_decimals: int | None = None
    labels: list[list[str]] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.values.shape
        return rows, columns

    @property
    def tiles(self) -> Tiles:
        """The same as one tile, for its legend."""
        return Tiles(self.values[np.newaxis], self.colours, self.limit)

    @property
    def indices(self) -> NDArray[np.uint8]:
        """The colour index of each cell."""
        shading = shade_signed if self.colours is Colours.DIVERGING else shade
        return shading(self.values, self.limit)

    def looks_like(self, other: "Cells | None") -> bool:
        """Return whether the picture of another grid would be the same."""
        return (
            other is not None
            and (self.colours, self.limit, self.chosen) == (other.colours, other.limit, other.chosen)
            and np.array_equal(self.values, other.values, equal_nan=True)
            and np.array_equal(self.padding, other.padding)  # type: ignore[arg-type]  # None equals None
            and np.array_equal(self.skipped, other.skipped)  # type: ignore[arg-type]
        )

    def texts(self, decimals: int) -> list[list[str]]:
        """Return the numbers in the cells, row by row, with so many decimals that they line up."""
        if self.labels is not None:
            return self.labels
        texts = [[aligned(value, decimals) for value in line] for line in self.values.tolist()]
        if self.padding is not None:
            for row, column in np.argwhere(self.padding & np.isnan(self.values)).tolist():
                texts[row][column] = ""
        return texts

    @property
    def decimals(self) -> int:
        """Decimals of the numbers in the cells, where there is space for them."""
        if self.most_decimals is not None:
            return self.most_decimals
        if self.limit < _SMALL:
            return decimals_for(self.limit, 2)
        return min(decimals_for(self.limit, _CELL_DIGITS), _CELL_DECIMALS)

    def name(self, row: int, column: int) -> str:
        """Return what a cell is and shows, for screen readers; places are those of the map without its padding."""
        value = number(float(self.values[row, column]))
        above, left = self.origin
        place = f"row {whole(row - above)}, column {whole(column - left)}"
        text = f"{place}: {value}"
        if self.padding is not None and self.padding[row, column]:
            return f"{place}: padding" if np.isnan(self.values[row, column]) else f"{text}, padding"
        if self.skipped is not None and self.skipped[row, column]:
            return f"{text}, under no window"
        return f"{text}, kept" if self.chosen == (row, column) else text

    @property
    def origin(self) -> tuple[int, int]:
        """The first row and column that are not padding."""
        if self.padding is None or self.padding.all():
            return 0, 0
        rows, columns = np.nonzero(~self.padding)
        return int(rows[0]), int(columns[0])

    @property
    def sides(self) -> tuple[int, int]:
        """Rows and columns without the padding."""
        if self.padding is None:
            return self.shape
        return int((~self.padding).any(axis=1).sum()), int((~self.padding).any(axis=0).sum())


def whole(index: int) -> str:
    """Return an index of a row or column, which is negative in the padding."""
    return f"−{-index}" if index < 0 else str(index)
