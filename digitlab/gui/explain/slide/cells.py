"""The values of one grid, with what is special about some of its cells. Without Qt."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.maps.colours import Colours, Tiles, shade, shade_signed
from digitlab.insight.forward import Array
from digitlab.insight.slide import Position, Slide
from digitlab.model.layer import Activation, Pooling
from digitlab.words.numbers import aligned, decimals_for, number

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
        padding: Whether a cell is padding, same shape, or None if none is.
        skipped: Whether no window sees a cell, same shape, or None if all are seen.
        chosen: The cell that a pooling keeps, or None.
    """

    values: Array
    colours: Colours
    limit: float
    padding: NDArray[np.bool_] | None = None
    skipped: NDArray[np.bool_] | None = None
    chosen: tuple[int, int] | None = None

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
            and np.array_equal(self.values, other.values)
            and np.array_equal(self.padding, other.padding)  # type: ignore[arg-type]  # None equals None
            and np.array_equal(self.skipped, other.skipped)  # type: ignore[arg-type]
        )

    def texts(self, decimals: int) -> list[list[str]]:
        """Return the numbers in the cells, row by row, with so many decimals that they line up."""
        return [[aligned(value, decimals) for value in line] for line in self.values.tolist()]

    @property
    def decimals(self) -> int:
        """Decimals of the numbers in the cells, where there is space for them."""
        if self.limit < _SMALL:
            return decimals_for(self.limit, 2)
        return min(decimals_for(self.limit, _CELL_DIGITS), _CELL_DECIMALS)

    def name(self, row: int, column: int) -> str:
        """Return what a cell is and shows, for screen readers; places are those of the map without its padding."""
        value = number(float(self.values[row, column]))
        above, left = self.origin
        text = f"row {whole(row - above)}, column {whole(column - left)}: {value}"
        if self.padding is not None and self.padding[row, column]:
            return f"{text}, padding"
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


def input_cells(slide: Slide, *, is_image: bool) -> Cells:
    """Return the input map with its padding.

    Args:
        slide: The sliding window.
        is_image: Whether the map is an image with values 0..1, which is shown in grey.
    """
    (above, left), (below, right) = slide.before, slide.after
    sides = ((above, below), (left, right))
    values = np.pad(slide.inputs, sides)
    colours = _colours(slide, is_image=is_image)
    padding = np.pad(np.zeros(slide.inputs.shape, np.bool_), sides, constant_values=True)
    skipped = np.pad(slide.skipped, sides)
    return Cells(
        values,
        colours,
        1.0 if is_image else _largest(slide.inputs),
        padding if padding.any() else None,
        skipped if skipped.any() else None,
    )


def output_cells(slide: Slide) -> Cells:
    """Return the whole output map."""
    is_weighted = slide.pooling is None
    is_signed = slide.activation is Activation.LINEAR if is_weighted else bool((slide.inputs < 0).any())
    colours = Colours.DIVERGING if is_signed else Colours.SEQUENTIAL
    return Cells(slide.outputs, colours, _largest(slide.outputs))


def kernel_cells(kernel: Array) -> Cells:
    """Return the weights."""
    return Cells(kernel, Colours.DIVERGING, _largest(kernel))


def patch_cells(slide: Slide, at: Position, row: int, column: int, inputs: Cells) -> Cells:
    """Return the inputs under the window, in the colours of the input map."""
    size = slide.window.size
    top, left = row * slide.window.stride, column * slide.window.stride
    box = (slice(top, top + size), slice(left, left + size))
    chosen = None
    if slide.pooling is Pooling.MAX:
        first, second = np.unravel_index(np.nan_to_num(at.patch, nan=-np.inf).argmax(), at.patch.shape)
        chosen = int(first), int(second)
    padding = None if inputs.padding is None else inputs.padding[box]
    return Cells(at.patch, inputs.colours, inputs.limit, padding, None, chosen)


def product_cells(at: Position, inputs: Cells, kernel: Cells) -> Cells:
    """Return the products, in colours that are the same at all positions."""
    assert at.products is not None  # Only for a kernel.
    return Cells(at.products, Colours.DIVERGING, inputs.limit * kernel.limit)


def _colours(slide: Slide, *, is_image: bool) -> Colours:
    if bool((slide.inputs < 0).any()):
        return Colours.DIVERGING
    return Colours.GREY if is_image else Colours.SEQUENTIAL


def _largest(values: Array) -> float:
    """Return the largest absolute value that is finite; 0 if there is none."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(sizes.max()) if sizes.size else 0.0
