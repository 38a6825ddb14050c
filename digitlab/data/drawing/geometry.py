"""Geometry of drawings: bounds, scaling to a frame, and erasing."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.system.errors import DigitLabError


@dataclass(frozen=True, slots=True)
class Frame:
    """A square region of the plane.

    Attributes:
        x: Its left edge, in the drawing's unit.
        y: Its upper edge; y points down.
        side: The length of its side, more than 0.
    """

    x: float
    y: float
    side: float

    def __post_init__(self) -> None:
        """Check the side.

        Raises:
            DigitLabError: If the side is not a positive number.
        """
        if not (np.isfinite([self.x, self.y, self.side]).all() and self.side > 0.0):
            raise DigitLabError(f"A frame has the side {self.side}.", expected="Expected a length above zero.")


UNIT_FRAME = Frame(0.0, 0.0, 1.0)
"""The canvas. Strokes drawn in the app start on it and may leave it."""


def bounds(drawing: Drawing) -> tuple[float, float, float, float] | None:
    """Return the bounding box of a drawing's points, without the pen's width.

    Returns:
        Left, top, right and bottom in the drawing's unit; None for an empty drawing.
    """
    if drawing.is_empty:
        return None
    points = np.concatenate([stroke.points[:, :2] for stroke in drawing.strokes])
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def scaled_to(drawing: Drawing, frame: Frame = UNIT_FRAME, *, margin: float = 0.15) -> Drawing:
    """Scale a drawing of any unit to a frame: centred, with its aspect ratio.

    Args:
        drawing: Any drawing; one without extent (a dot) keeps its size and is only moved.
        frame: The target.
        margin: Free space on each side of the frame, as a share of its side, at least 0 and below 0.5.

    Returns:
        The drawing with new coordinates and the same pressure, order and label.
    """
    box = bounds(drawing)
    if box is None:
        return drawing
    left, top, right, bottom = box
    extent = max(right - left, bottom - top)
    scale = frame.side * (1.0 - 2.0 * margin) / extent if extent > 0.0 else 1.0
    centre = np.array([(left + right) / 2.0, (top + bottom) / 2.0])
    target = np.array([frame.x, frame.y]) + frame.side / 2.0
    strokes = []
    for stroke in drawing.strokes:
        points = stroke.points.copy()
        points[:, :2] = (points[:, :2] - centre) * scale + target
        strokes.append(Stroke.of(points))
    return Drawing(tuple(strokes), drawing.label)


def touches(stroke: Stroke, frame: Frame = UNIT_FRAME, *, margin: float = 0.0) -> bool:
    """Return whether any part of a stroke's line is in a frame or within a margin around it.

    Args:
        stroke: The stroke, in the frame's unit.
        frame: The frame.
        margin: Width of the margin on each side, in the frame's unit.
    """
    points = stroke.points[:, :2]
    begins, ends = (points[:-1], points[1:]) if len(points) > 1 else (points, points)
    enter, leave = np.zeros(len(begins)), np.ones(len(begins))
    for axis, low in enumerate((frame.x, frame.y)):
        start, way = begins[:, axis], ends[:, axis] - begins[:, axis]
        first, last = _in_slab(start, way, low - margin, low + frame.side + margin)
        enter, leave = np.maximum(enter, first), np.minimum(leave, last)
    return bool((enter <= leave).any())


def erase(drawing: Drawing, path: NDArray[np.float64], radius: float) -> Drawing:
    """Erase everything within a radius of the eraser's path.

    Strokes are cut exactly where they enter and leave the erased area, also between two distant points, with
    interpolated pressure. Strokes that the eraser does not touch stay the same objects.

    Args:
        drawing: The drawing to erase from.
        path: Shape (n, 2), float64, n >= 1: the eraser's path, in the drawing's unit.
        radius: The eraser's radius in the same unit.

    Returns:
        What remains; the label stays.
    """
    way = np.asarray(path, dtype=np.float64)
    sweeps = list(pairwise(way)) if len(way) > 1 else [(way[0], way[0])]
    strokes: list[Stroke] = []
    for stroke in drawing.strokes:
        strokes.extend(_erase_stroke(stroke, sweeps, radius))
    return Drawing(tuple(strokes), drawing.label)


def _erase_stroke(
    stroke: Stroke, sweeps: list[tuple[NDArray[np.float64], NDArray[np.float64]]], radius: float
) -> list[Stroke]:
    points = stroke.points
    begins, ends = (points[:-1], points[1:]) if len(points) > 1 else (points, points)
    covered: list[list[tuple[float, float]]] = [[] for _ in begins]
    for sweep_start, sweep_end in sweeps:
        low, high = _covered_interval(begins[:, :2], ends[:, :2], sweep_start, sweep_end, radius)
        for index in np.flatnonzero(low <= high):
            covered[index].append((float(low[index]), float(high[index])))
    if not any(covered):
        return [stroke]
    return [Stroke.of(part) for part in _remaining(begins, ends, covered)]


def _remaining(
    begins: NDArray[np.float64], ends: NDArray[np.float64], covered: list[list[tuple[float, float]]]
) -> list[NDArray[np.float64]]:
    """Join the remaining parts of a stroke's segments into new strokes."""
    parts: list[list[NDArray[np.float64]]] = []
    joined = False
    for begin, end, intervals in zip(begins, ends, covered, strict=True):
        kept = _gaps(intervals)
        for low, high in kept:
            if not (joined and low == 0.0):
                parts.append([begin + (end - begin) * low])
            parts[-1].append(begin + (end - begin) * high)
            joined = high == 1.0
        if not kept:
            joined = False
    return [np.array(part) for part in parts]


def _gaps(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the gaps that intervals leave in 0..1, in order, without empty ones."""
    gaps: list[tuple[float, float]] = []
    reached = 0.0
    for low, high in sorted(intervals):
        if low > reached:
            gaps.append((reached, low))
        reached = max(reached, high)
    if reached < 1.0:
        gaps.append((reached, 1.0))
    return gaps


def _covered_interval(
    begins: NDArray[np.float64],
    ends: NDArray[np.float64],
    sweep_start: NDArray[np.float64],
    sweep_end: NDArray[np.float64],
    radius: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the part of each segment that one straight sweep of the eraser covers.

    A sweep covers a capsule: the union of two discs and the rectangle between them. It is convex, so it covers one
    interval of a segment: the hull of the segment's intervals in the three shapes.

    Returns:
        Start and end of the covered part as shares 0..1 of each segment: two arrays of shape (n,). The start exceeds
        the end where nothing is covered.
    """
    way = ends - begins
    shapes = [_in_disc(begins, way, centre, radius) for centre in (sweep_start, sweep_end)]
    length = float(np.hypot(*(sweep_end - sweep_start)))
    if length > 0.0:
        shapes.append(_in_rectangle(begins, way, sweep_start, (sweep_end - sweep_start) / length, length, radius))
    low, high = np.full(len(begins), np.inf), np.full(len(begins), -np.inf)
    for first, last in shapes:
        first, last = np.maximum(first, 0.0), np.minimum(last, 1.0)
        hit = first <= last
        low = np.where(hit, np.minimum(low, first), low)
        high = np.where(hit, np.maximum(high, last), high)
    return low, high


_Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


def _in_disc(
    begins: NDArray[np.float64], way: NDArray[np.float64], centre: NDArray[np.float64], radius: float
) -> _Interval:
    """Solve |begin + t way - centre| <= radius for t."""
    from_centre = begins - centre
    squared = (way * way).sum(axis=1)
    half = (from_centre * way).sum(axis=1)
    rest = (from_centre * from_centre).sum(axis=1) - radius * radius
    discriminant = half * half - squared * rest
    still = squared == 0.0
    hit = np.where(still, rest <= 0.0, discriminant >= 0.0)
    root = np.sqrt(np.maximum(discriminant, 0.0))
    divisor = np.where(still, 1.0, squared)
    low = np.where(still, 0.0, (-half - root) / divisor)
    high = np.where(still, 1.0, (-half + root) / divisor)
    return np.where(hit, low, np.inf), np.where(hit, high, -np.inf)


def _in_rectangle(
    begins: NDArray[np.float64],
    way: NDArray[np.float64],
    origin: NDArray[np.float64],
    direction: NDArray[np.float64],
    length: float,
    radius: float,
) -> _Interval:
    """Intersect the segments with the rectangle that is swept along a direction (a unit vector) over a length."""
    normal = np.array([-direction[1], direction[0]])
    along = _in_slab((begins - origin) @ direction, way @ direction, 0.0, length)
    across = _in_slab((begins - origin) @ normal, way @ normal, -radius, radius)
    return np.maximum(along[0], across[0]), np.minimum(along[1], across[1])


def _in_slab(start: NDArray[np.float64], speed: NDArray[np.float64], low: float, high: float) -> _Interval:
    """Solve low <= start + t speed <= high for t."""
    still = speed == 0.0
    divisor = np.where(still, 1.0, speed)
    first, second = (low - start) / divisor, (high - start) / divisor
    inside = (start >= low) & (start <= high)
    enter = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(first, second))
    leave = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(first, second))
    return enter, leave
