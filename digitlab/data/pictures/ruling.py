"""Lines across a picture: ruled or squared paper, also where the digit crosses them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.pictures.paper import Levels, running

_SEARCH_SIDE: Final = 128
"""Most pixels along the longer side of the copy in which lines are looked for."""

_MOST_TILT: Final = 0.06
"""Largest slope of a line, 3.4 degrees."""

_LINE_COVER: Final = 0.9
"""Share of a line that is inked, at least."""

_LEAST_BEYOND: Final = 0.02
"""Least distance of a line from the border along it, as a share of the picture. The bar of a 7 that is cropped tightly
has none."""

_MOST_THICK: Final = 0.05
"""Largest thickness of a line as a share of the picture's longer side."""

_DARKER: Final = 2.0
"""Ink this many times as strong as a line is not the line."""


def ruled_lines(ink: Levels, inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels of straight lines from border to border, nearly level or upright.

    Where a stroke crosses a line, the stroke's pixels are not part of it: they are darker, or the stroke goes on behind
    the line.

    Args:
        ink: Shape (height, width): the contrast with the paper.
        inked: Same shape: whether each pixel is ink.

    Returns:
        Same shape.
    """
    level = _level_lines(ink, inked)
    upright = _level_lines(ink.T, inked.T).T
    lines = level | upright
    if not lines.any():
        return lines
    rest = inked & ~lines
    thickness = _thickness(level, upright)
    # A stroke that goes on behind a line.
    for axis, band in ((0, level), (1, upright)):
        if band.any():
            lines &= ~(_closed(rest, thickness + 2, axis) & band)
    return lines


def _thickness(level: NDArray[np.bool_], upright: NDArray[np.bool_]) -> int:
    """Return the largest usual thickness of the lines, in pixels."""
    found = 1
    for band, axis in ((level, 0), (upright, 1)):
        if band.any():
            starts = np.diff(
                np.pad(band, [(1, 0) if index == axis else (0, 0) for index in (0, 1)]).astype(np.int8), axis=axis
            )
            found = max(found, round(float(band.sum()) / max(int((starts == 1).sum()), 1)))
    return found


def _level_lines(ink: Levels, inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels of lines from the left to the right border that are not darker than the line."""
    none = np.zeros_like(inked)
    if not (inked[:, :2].any() and inked[:, -2:].any()):
        return none
    factor = -(-max(inked.shape) // _SEARCH_SIDE)
    small = _pooled(inked, factor)
    height, width = small.shape
    reach = int(np.ceil(_MOST_TILT * width / 2.0))
    padded = np.pad(small, ((reach, reach), (0, 0)))
    columns = np.arange(width)
    beyond = max(1, round(_LEAST_BEYOND * height))
    found = np.zeros_like(padded)
    for shift in np.arange(-reach, reach + 0.25, 0.5):
        # The row in the middle, and how far the line is from it in each column.
        offset = np.rint(shift * (columns * 2.0 / max(width - 1, 1) - 1.0)).astype(np.intp) + reach
        rows = np.arange(height)[:, None] + offset
        covered = padded[rows, columns].mean(axis=1) >= _LINE_COVER
        # A bar of the digit at the border is not a line, and what belongs to it neither.
        first, last = beyond, height - beyond
        while first < last and covered[first - 1]:
            first += 1
        while first < last and covered[last]:
            last -= 1
        covered[:first] = covered[last:] = False
        covered[_thick(covered, round(_MOST_THICK * max(small.shape)))] = False
        if covered.any():
            found[rows[covered], columns] = True
    band = found[reach : reach + height]
    if not band.any():
        return none
    band = running(np.pad(band, ((1, 1), (0, 0))), 3, 0, np.maximum)
    whole = np.repeat(np.repeat(band, factor, axis=0), factor, axis=1)[: inked.shape[0], : inked.shape[1]] & inked
    strength = float(np.median(ink[whole]))
    lines: NDArray[np.bool_] = whole & (ink <= _DARKER * strength)
    return lines


def _thick(covered: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """Return which rows belong to blocks of more than this many."""
    length = max(most, 1) + 1
    if length > len(covered):
        return np.zeros_like(covered)
    column = covered[:, None].astype(np.float32)
    opened = running(
        running(np.pad(column, ((length - 1, length - 1), (0, 0))), length, 0, np.minimum), length, 0, np.maximum
    )
    thick: NDArray[np.bool_] = opened[:, 0] > 0.0
    return thick


def _pooled(inked: NDArray[np.bool_], factor: int) -> NDArray[np.bool_]:
    height, width = inked.shape
    padded = np.pad(inked, ((0, -height % factor), (0, -width % factor)))
    blocks = padded.reshape(len(padded) // factor, factor, -1, factor)
    pooled: NDArray[np.bool_] = np.asarray(blocks.any(axis=(1, 3)))
    return pooled


def _closed(inked: NDArray[np.bool_], side: int, axis: int) -> NDArray[np.bool_]:
    """Return ink with gaps along an axis closed that are shorter than this many pixels."""
    margin = [(side - 1, side - 1) if index == axis else (0, 0) for index in (0, 1)]
    padded = np.pad(inked, margin)
    closed: NDArray[np.bool_] = running(running(padded, side, axis, np.maximum), side, axis, np.minimum)
    return closed
