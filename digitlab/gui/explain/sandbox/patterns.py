"""Inputs and kernels to begin with. Without Qt."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.forward import Array

_PEN: Final = 1.1
"""Half the width of a drawn line, in cells."""
_CHECKER: Final = 2
"""Side of a square of the checkerboard, in cells."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An input or a kernel that can be chosen.

    Attributes:
        title: Its name.
        tooltip: What it is, or does, in one sentence.
        make: Returns its values for a height and width; of a kernel, at least the size that it needs.
    """

    title: str
    tooltip: str
    make: Callable[[int, int], Array]


def _blank(height: int, width: int) -> Array:
    return np.zeros((height, width), np.float32)


def _edge(height: int, width: int) -> Array:
    made = _blank(height, width)
    made[:, width // 2 :] = 1
    return made


def _spot(height: int, width: int) -> Array:
    made = _blank(height, width)
    made[height // 2, width // 2] = 1
    return made


def _checkerboard(height: int, width: int) -> Array:
    rows, columns = np.indices((height, width)) // _CHECKER
    return np.asarray((rows + columns) % 2, np.float32)


def _seven(height: int, width: int) -> Array:
    """Draw a 7: a bar, and a slanted line down from its right end."""
    scale = np.array([height, width]) - 1.0
    corners = [np.array(corner) * scale for corner in ((0.15, 0.2), (0.15, 0.8), (0.9, 0.4))]
    places = np.moveaxis(np.indices((height, width)).astype(np.float64), 0, -1)
    distance = np.minimum(*(_distance(places, *ends) for ends in pairwise(corners)))
    return np.clip(_PEN - distance, 0, 1).round(1).astype(np.float32)


def _distance(places: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of places from a line between two points: shape of the places without the last axis."""
    along = end - start
    share = np.clip((places - start) @ along / max(float(along @ along), 1e-9), 0, 1)
    return np.asarray(np.linalg.norm(places - start - share[..., np.newaxis] * along, axis=-1))


def scaled(image: NDArray[np.uint8], height: int, width: int) -> Array:
    """Return an image in another size: each cell is the mean of the area that it covers.

    Args:
        image: Shape (rows, columns), uint8.
        height: Rows of the result.
        width: Columns of the result.

    Returns:
        Shape (height, width), 0..1 with two decimals.
    """
    rows, columns = _shares(image.shape[0], height), _shares(image.shape[1], width)
    return np.round(rows @ (image / 255.0) @ columns.T, 2).astype(np.float32)


def _shares(length: int, count: int) -> NDArray[np.float64]:
    """Return which share of each part, of so many equal parts of an axis, is covered by each unit of it."""
    edges = np.arange(count + 1) * (length / count)
    units = np.arange(length)
    overlap = np.minimum(edges[1:, np.newaxis], units + 1) - np.maximum(edges[:-1, np.newaxis], units)
    return np.asarray(np.clip(overlap, 0, None) * (count / length))


def resized(values: Array, height: int, width: int) -> Array:
    """Return values in another size with the same middle: cropped, or with zeros around them."""
    made = np.zeros((height, width), np.float32)
    spans = []
    for old, new in zip(values.shape, (height, width), strict=True):
        both, shift = min(old, new), (new - old) // 2 if new > old else -((old - new) // 2)
        spans.append((slice(max(shift, 0), max(shift, 0) + both), slice(max(-shift, 0), max(-shift, 0) + both)))
    (to_rows, from_rows), (to_columns, from_columns) = spans
    made[to_rows, to_columns] = values[from_rows, from_columns]
    return made


INPUTS: Final[Mapping[str, Pattern]] = {
    "seven": Pattern("Seven", "A digit with slanted and straight edges.", _seven),
    "edge": Pattern("Vertical edge", "Dark on the left, bright on the right.", _edge),
    "checkerboard": Pattern("Checkerboard", "Squares of two by two cells.", _checkerboard),
    "spot": Pattern("Spot", "A single 1: the output shows the kernel itself, which makes the flip visible.", _spot),
    "blank": Pattern("Empty", "All zeros, to draw on.", _blank),
}
"""The inputs by name."""


def _fixed(*rows: tuple[float, ...], divisor: float = 1.0) -> Callable[[int, int], Array]:
    """Return the function that makes a kernel with given weights, in its middle if it is larger."""
    weights = np.array(rows, np.float32) / np.float32(divisor)
    rows_needed, columns_needed = weights.shape
    return lambda height, width: resized(weights, max(height, rows_needed), max(width, columns_needed))


def _identity(height: int, width: int) -> Array:
    made = _blank(height, width)
    made[(height - 1) // 2, (width - 1) // 2] = 1
    return made


def _box(height: int, width: int) -> Array:
    return np.full((height, width), 1 / (height * width), np.float32)


def _gaussian(height: int, width: int) -> Array:
    """Return the products of binomial coefficients, which approximate a Gaussian."""
    rows, columns = ([math.comb(side - 1, nth) for nth in range(side)] for side in (height, width))
    weights = np.outer(rows, columns)
    return np.asarray(weights / weights.sum(), np.float32)


KERNELS: Final[Mapping[str, Pattern]] = {
    "identity": Pattern("Identity", "Gives the input itself.", _identity),
    "vertical": Pattern("Vertical edges", "Right minus left.", _fixed((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))),
    "horizontal": Pattern("Horizontal edges", "Below minus above.", _fixed((-1, -1, -1), (0, 0, 0), (1, 1, 1))),
    "laplacian": Pattern(
        "Laplacian",
        "The four neighbours minus the middle: edges of all directions.",
        _fixed((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    ),
    "sobel-x": Pattern(
        "Sobel x", "Vertical edges, smoothed along the edge.", _fixed((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
    ),
    "sobel-y": Pattern(
        "Sobel y", "Horizontal edges, smoothed along the edge.", _fixed((-1, -2, -1), (0, 0, 0), (1, 2, 1))
    ),
    "box": Pattern("Box blur", "The mean of all inputs under the window.", _box),
    "gaussian": Pattern("Gaussian blur", "A weighted mean: the middle counts most.", _gaussian),
    "sharpen": Pattern("Sharpen", "The input plus its edges.", _fixed((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    "emboss": Pattern("Emboss", "Edges as if lit from one corner.", _fixed((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
}
"""The kernels by name."""
