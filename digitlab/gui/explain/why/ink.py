"""The outline of the ink in an image, along the edges of its pixels. Without Qt."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

INK_FROM: Final = 96
"""The value, 0..255, from which a pixel counts as ink: about the visible edge of a stroke."""

Line = tuple[float, float, float, float]
"""x and y of both ends, in pixels of the image."""


def ink_outline(image: NDArray[np.uint8]) -> list[Line]:
    """Return the edges between ink and paper.

    Args:
        image: Shape (rows, columns), uint8; 0 is background.
    """
    ink = np.pad(image >= INK_FROM, 1)
    below = np.argwhere(ink[1:, 1:-1] != ink[:-1, 1:-1])
    beside = np.argwhere(ink[1:-1, 1:] != ink[1:-1, :-1])
    lines: list[Line] = [(column, row, column + 1, row) for row, column in below.tolist()]
    return lines + [(column, row, column, row + 1) for row, column in beside.tolist()]


def limit_of(values: NDArray[np.float32]) -> float:
    """Return the value with the strongest colour: the largest size of a finite one; 0 if there is none."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(sizes.max()) if sizes.size else 0.0
