"""Geometry of the strokes of a digit: straightness, slope, rings, and holes.

Frame of reference: x to the right, y down. Strokes are scaled so that the digit's height is 1; one more than twice as
wide as high is scaled to a width of 2. Points are arrays of shape (n, 2).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.strokes import Drawing

SPACING: Final = 0.02
"""Distance of the points along a resampled stroke."""

SMOOTHED: Final = 5
"""Points in a moving average along a stroke: tablets of low resolution draw staircases."""

SHORTEST: Final = 0.1
"""Extent of a stroke, as a share of the largest one's, below which it is a speck."""

CELLS: Final = 25
"""Cells per unit of the grid in which holes are sought. A gap narrower than about one cell is closed."""

WIDE_BRUSH: Final = 3
"""Side in cells of a brush as wide as the pen in the network's image."""

SMALLEST_HOLE: Final = 4
"""Cells of a hole; smaller ones are the inside of a corner."""

Points = NDArray[np.float64]
Strokes = Sequence[Points]


def scaled_strokes(drawing: Drawing) -> list[Points]:
    """Return the strokes, shape (n, 2) each, with evenly spaced points in a box of height 1 at the origin."""
    strokes = [stroke.points[:, :2] for stroke in drawing.strokes]
    extents = [float(np.ptp(stroke, axis=0).max()) for stroke in strokes]
    strokes = [stroke for stroke, extent in zip(strokes, extents, strict=True) if extent > SHORTEST * max(extents)]
    if not strokes:
        return []
    width, height = np.ptp(whole_path(strokes), axis=0)
    low = whole_path(strokes).min(axis=0)
    return [_evenly_spaced((stroke - low) / max(height, width / 2.0)) for stroke in strokes]


def _evenly_spaced(points: Points) -> Points:
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.linspace(0.0, along[-1], max(2, round(float(along[-1]) / SPACING) + 1))
    even = np.column_stack([np.interp(places, along, axis) for axis in points.T])
    window = min(SMOOTHED, (len(even) - 1) // 2 * 2 + 1)
    padded = np.pad(even, ((window // 2, window // 2), (0, 0)), mode="edge")
    return np.column_stack([np.convolve(axis, np.full(window, 1.0 / window), "valid") for axis in padded.T])


def whole_path(strokes: Strokes) -> Points:
    """Return all points in the order of writing, as if the pen had not been lifted."""
    return np.concatenate(list(strokes))


def length_of(points: Points) -> float:
    """Return the length of a stroke."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def chord_of(points: Points) -> Points:
    """Return the way from the first point to the last, shape (2,)."""
    chord: Points = points[-1] - points[0]
    return chord


def is_straight(points: Points, share: float = 0.92) -> bool:
    """Return whether the chord is at least a share of the length."""
    return bool(np.hypot(*chord_of(points)) >= share * length_of(points) > 0.0)


def slope_of(points: Points) -> float:
    """Return the angle between the chord and the horizontal in degrees, 0..90, without direction."""
    across, down = np.abs(chord_of(points))
    return float(np.degrees(np.arctan2(down, across)))


def stem_of(strokes: Strokes) -> Points:
    """Return the stroke of the greatest height."""
    return max(strokes, key=lambda stroke: float(np.ptp(stroke[:, 1])))


def others_than(strokes: Strokes, stem: Points) -> list[Points]:
    """Return the strokes except one."""
    return [stroke for stroke in strokes if stroke is not stem]


def distances_between(points: Points, others: Points) -> Points:
    """Return the distances of all pairs of points, shape (n, m)."""
    distances: Points = np.hypot(*np.moveaxis(points[:, None] - others[None], 2, 0))
    return distances


def holes_in(strokes: Strokes, brush: int = 1) -> list[Points]:
    """Return the enclosed regions: the centres of their cells, shape (k, 2).

    Args:
        strokes: The strokes.
        brush: Side in cells of the square that is painted at each point.
    """
    columns, rows = np.rint(whole_path(strokes) * CELLS).astype(int).T + 1
    free = np.ones((rows.max() + brush + 1, columns.max() + brush + 1), dtype=bool)
    for down, right in np.ndindex(brush, brush):
        free[rows + down, columns + right] = False
    # Every region gets the least number of its cells; the region outside gets 0. The margin is free all round, so it
    # does no harm that rolling joins opposite sides.
    numbers, before = np.where(free, np.arange(free.size).reshape(free.shape), free.size), np.empty(0)
    while not np.array_equal(before, numbers):
        before = numbers
        for axis in (0, 1):
            beside = np.minimum(np.roll(numbers, 1, axis), np.roll(numbers, -1, axis))
            numbers = np.where(free, np.minimum(numbers, beside), free.size)
    inner, counts = np.unique(numbers[(numbers > 0) & free], return_counts=True)
    holes = [np.argwhere(numbers == number)[:, ::-1] for number in inner[counts >= SMALLEST_HOLE]]
    return [(cells - 0.5 - brush / 2.0) / CELLS for cells in holes]


def passes_through(line: Points, ring: Points) -> bool:
    """Return whether a line comes from near a ring, passes its middle, and ends away from the middle."""
    low, extent = ring.min(axis=0), np.ptp(ring, axis=0)
    off_middle = np.abs((line - low) / np.maximum(extent, SPACING) - 0.5).max(axis=1)
    nearest = int(off_middle.argmin())
    passes = min(off_middle[:nearest].max(initial=0.0), off_middle[nearest:].max()) - off_middle[nearest]
    return bool(off_middle[nearest] < 0.2 and passes > 0.15 and _is_inside(line, ring).sum() > 10)


def _is_inside(points: Points, ring: Points) -> NDArray[np.bool_]:
    """Return which points lie inside a closed ring, by ray casting."""
    start, end = ring[None], np.roll(ring, -1, axis=0)[None]
    x, y = points[:, None, 0], points[:, None, 1]
    is_level = (start[..., 1] > y) != (end[..., 1] > y)
    rise = np.where(is_level, end[..., 1] - start[..., 1], 1.0)
    at = start[..., 0] + (y - start[..., 1]) / rise * (end[..., 0] - start[..., 0])
    inside: NDArray[np.bool_] = (is_level & (x < at)).sum(axis=1) % 2 == 1
    return inside


def is_ring(stroke: Points) -> bool:
    """Return whether a stroke goes round and ends near its start."""
    extent = np.ptp(stroke, axis=0)
    return bool(np.hypot(*chord_of(stroke)) < 0.45 * extent.max() and length_of(stroke) > 2.2 * extent.max())
