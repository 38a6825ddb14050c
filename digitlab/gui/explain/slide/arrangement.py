"""Where the grids of a sliding window are placed: the equation beside the maps, or below them. Without Qt.

Lengths are in logical pixels; cells are whole device pixels, so that pictures are sharp at any device pixel ratio.
"""

import math
from dataclasses import dataclass
from typing import Final

from digitlab.gui.maps.cells import NUMBER_HEIGHT, NUMBER_WIDTH

CAPTION: Final = 18
"""Above each grid."""
LEGEND: Final = 18
"""Below the maps."""
MARGIN: Final = 3
"""Around the cells, for the outline of what has the focus."""
GAP: Final = 28
"""Between grids, for an operator."""
NARROW_GAP: Final = 16
"""Between the grids of an equation from left to right."""
NARROWEST_MAP: Final = 150
"""Of a map's caption."""
NARROWEST_TERM: Final = 150
"""Of a caption in the equation."""
NARROWEST_OF_MANY: Final = 118
"""Of one in an equation of more than three grids, whose captions are shorter."""

_FEW: Final = 3
_LARGEST_CELL: Final = 52
_LARGEST_TERM: Final = (54, 30)
_READABLE_MAP: Final = 80
"""Smallest picture of the input in which something can be made out."""
_READABLE_TERM: Final = 8
"""Smallest cell of the equation whose colours can be told apart."""
_SHARE_BELOW: Final = 0.4
"""Largest share of the height that the equation gets below the maps."""
_SHARE_BESIDE: Final = 0.28
"""Largest share of the width that it gets between them."""
_SMALLEST_OUTPUT: Final = 0.5
"""Height of the output's picture relative to the input's, below which its cells are larger."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is to be placed.

    Attributes:
        inputs: Rows and columns of the input with its padding.
        outputs: Rows and columns of the output.
        window: Rows and columns of the window.
        terms: Grids of the equation: 1 for a pooled patch, 3 for patch, kernel and products, 4 with the kernel before
            its rotation.
    """

    inputs: tuple[int, int]
    outputs: tuple[int, int]
    window: tuple[int, int]
    terms: int


@dataclass(frozen=True, slots=True)
class Pane:
    """The place of a grid with its caption.

    Attributes:
        x: Left edge.
        y: Upper edge.
        width: Width.
        height: Height.
        cell: Width and height of a cell.
    """

    x: int
    y: int
    width: int
    height: int
    cell: tuple[float, float]

    @property
    def has_numbers(self) -> bool:
        """Whether numbers fit into the cells."""
        return self.cell[0] >= NUMBER_WIDTH and self.cell[1] >= NUMBER_HEIGHT


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The places of all grids.

    Attributes:
        inputs: The input map.
        terms: The grids of the equation, from left to right or from top to bottom.
        outputs: The output map.
        is_beside: Whether the equation is between the maps, from top to bottom.
    """

    inputs: Pane
    terms: tuple[Pane, ...]
    outputs: Pane
    is_beside: bool


def arrange(sizes: Sizes, width: int, height: int, pixel: float = 1.0) -> Arrangement:
    """Return the arrangement with the largest cells, preferring one in which the equation has numbers.

    Args:
        sizes: What is placed.
        width: Width of the whole.
        height: Height of the whole.
        pixel: Side of a device pixel in logical pixels.
    """

    def worth(made: Arrangement) -> tuple[bool, bool, bool, bool, float]:
        cell, term, end = made.inputs.cell[0], made.terms[0], made.terms[-1]
        is_seen = cell * max(sizes.inputs) >= _READABLE_MAP
        return end.y + end.height <= height, is_seen, term.has_numbers, term.cell[0] >= _READABLE_TERM, cell

    return max((_below(sizes, width, height, pixel), _beside(sizes, width, height, pixel)), key=worth)


def _below(sizes: Sizes, width: int, height: int, pixel: float) -> Arrangement:
    room = (width - (sizes.terms - 1) * NARROW_GAP) / sizes.terms - 2 * MARGIN
    rows, columns = sizes.window
    cell = _term(room / columns, (_SHARE_BELOW * height - CAPTION - 2 * MARGIN) / rows, pixel)
    term_width = _wide(columns, cell, NARROWEST_OF_MANY if sizes.terms > _FEW else NARROWEST_TERM)
    term_height = _high(rows, cell)
    in_cell, out_cell = _cells(sizes, width - 2 * GAP, height - term_height - LEGEND, pixel)
    in_width, out_width = _map_widths(sizes, in_cell, out_cell)
    x = (width - in_width - 2 * GAP - out_width) // 2
    inputs = _map(x, 0, in_width, sizes.inputs, in_cell)
    outputs = _map(x + in_width + 2 * GAP, 0, out_width, sizes.outputs, out_cell)
    top = max(inputs.height, outputs.height)
    x = (width - sizes.terms * term_width - (sizes.terms - 1) * NARROW_GAP) // 2
    terms = tuple(
        Pane(x + nth * (term_width + NARROW_GAP), top, term_width, term_height, cell) for nth in range(sizes.terms)
    )
    return Arrangement(inputs, terms, outputs, is_beside=False)


def _beside(sizes: Sizes, width: int, height: int, pixel: float) -> Arrangement:
    room = (height - (sizes.terms - 1) * GAP) / sizes.terms - CAPTION - 2 * MARGIN
    rows, columns = sizes.window
    cell = _term(_SHARE_BESIDE * width / columns, room / rows, pixel)
    term_width = _wide(columns, cell, NARROWEST_OF_MANY if sizes.terms > _FEW else NARROWEST_TERM)
    term_height = _high(rows, cell)
    in_cell, out_cell = _cells(sizes, width - term_width - 2 * GAP, height - LEGEND, pixel)
    in_width, out_width = _map_widths(sizes, in_cell, out_cell)
    x = (width - in_width - term_width - out_width - 2 * GAP) // 2
    inputs = _map(x, 0, in_width, sizes.inputs, in_cell)
    outputs = _map(x + in_width + term_width + 2 * GAP, 0, out_width, sizes.outputs, out_cell)
    x += in_width + GAP
    terms = tuple(Pane(x, nth * (term_height + GAP), term_width, term_height, cell) for nth in range(sizes.terms))
    return Arrangement(inputs, terms, outputs, is_beside=True)


def _cells(sizes: Sizes, width: float, height: float, pixel: float) -> tuple[float, float]:
    """Return the largest cells of both maps that fit beside each other."""
    most = int(min(_LARGEST_CELL, (height - CAPTION - 2 * MARGIN) / max(*sizes.inputs, sizes.outputs[0])) / pixel)
    for side in range(most, 1, -1):
        cell = side * pixel
        out_cell = _output_cell(sizes, cell, pixel)
        if sum(_map_widths(sizes, cell, out_cell)) <= width:
            return cell, out_cell
    return pixel, pixel


def _output_cell(sizes: Sizes, cell: float, pixel: float) -> float:
    """Return the cell of the output: the input's, but larger if the output's picture would be very small."""
    wanted = _SMALLEST_OUTPUT * max(sizes.inputs) * cell / max(sizes.outputs)
    return max(cell, min(math.floor(wanted / pixel) * pixel, _LARGEST_CELL))


def _term(width: float, height: float, pixel: float) -> tuple[float, float]:
    """Return the cell of the equation: wider than high if numbers fit, else a square."""
    cell = min(width, _LARGEST_TERM[0]), min(height, _LARGEST_TERM[1])
    if cell[0] < NUMBER_WIDTH or cell[1] < NUMBER_HEIGHT:
        cell = (min(cell), min(cell))
    wide, high = (max(math.floor(side / pixel), 1) * pixel for side in cell)
    return wide, high


def _map_widths(sizes: Sizes, in_cell: float, out_cell: float) -> tuple[int, int]:
    return (
        _wide(sizes.inputs[1], (in_cell, in_cell), NARROWEST_MAP),
        _wide(sizes.outputs[1], (out_cell, out_cell), NARROWEST_MAP),
    )


def _map(x: int, y: int, width: int, shape: tuple[int, int], cell: float) -> Pane:
    return Pane(x, y, width, _high(shape[0], (cell, cell)) + LEGEND, (cell, cell))


def _wide(columns: int, cell: tuple[float, float], least: int) -> int:
    return max(math.ceil(columns * cell[0]) + 2 * MARGIN, least)


def _high(rows: int, cell: tuple[float, float]) -> int:
    return CAPTION + math.ceil(rows * cell[1]) + 2 * MARGIN
