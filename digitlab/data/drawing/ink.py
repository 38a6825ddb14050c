"""Rendering ink as pixels, for the canvas, files of drawings and generated training data.

A stroke is a chain of round-capped segments whose radius changes linearly along each segment. A pixel's coverage is
``clip(radius + 0.5 - distance, 0, 1)``, with the distance from the pixel's centre to the segment, and overlapping
segments combine by the maximum, so that ink never exceeds full coverage.

Frame of reference: x to the right, y down, in pixels; pixel ``i`` covers ``i`` to ``i + 1``, with its centre at
``i + 0.5``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.strokes import Drawing

PIECE_LENGTH: Final = 1.5
"""Segments are split into pieces of at most this many pixels (or the pen's radius), so that a small square of pixels
around a piece contains all that it covers. Measured with a pen of 2.2 pixels: 1.5 and 2 are the fastest of 1, 1.5, 2
and 3."""

CHUNK_PIXELS: Final = 1 << 16
"""Pixels evaluated at a time: arrays of 256 KiB, which stay in the processor's cache. Pieces of similar size are
evaluated together, in squares of that size: measured on 64 warped digits, 1.4 times as fast as one size for all."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """The points of many drawings in one array, so that they can be transformed and rendered together.

    Attributes:
        points: Shape (n, 2), float64: x and y of all points, drawing after drawing, stroke after stroke.
        thickness: Shape (n,), float64: the pen's width at each point as a multiple of its nominal width.
        owners: Shape (n,), intp, ascending: the index of the drawing that a point belongs to.
        starts: Shape (m,), intp: the indices of the points where segments start. A stroke of one point is one segment.
        ends: Shape (m,), intp: the indices of the points where they end.
        count: The number of drawings; those without ink own no points.
    """

    points: NDArray[np.float64]
    thickness: NDArray[np.float64]
    owners: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    count: int

    @classmethod
    def of_drawings(cls, drawings: Sequence[Drawing]) -> "Ink":
        """Create the ink of drawings."""
        strokes = [stroke.points for drawing in drawings for stroke in drawing.strokes]
        stroke_owners = np.repeat(np.arange(len(drawings)), [len(drawing.strokes) for drawing in drawings])
        points = np.concatenate(strokes) if strokes else np.empty((0, 3))
        lengths = np.array([len(stroke) for stroke in strokes], dtype=np.intp)
        return cls.of_points(points, lengths, stroke_owners, len(drawings))

    @classmethod
    def of_points(
        cls, points: NDArray[np.float64], lengths: NDArray[np.intp], stroke_owners: NDArray[np.intp], count: int
    ) -> "Ink":
        """Create ink from strokes that are concatenated in one array.

        Args:
            points: Shape (n, 3), float64: x, y and pressure in 0..1.
            lengths: Shape (s,), intp, each at least 1: the number of points of each stroke.
            stroke_owners: Shape (s,), intp, ascending: the index of the drawing that each stroke belongs to.
            count: The number of drawings.
        """
        last = np.zeros(len(points), dtype=np.bool_)
        last[np.cumsum(lengths) - 1] = True
        alone = np.repeat(lengths == 1, lengths)
        starts = np.flatnonzero(~last | alone)
        ends = starts + ~last[starts]
        # Pressure 0.5 is the nominal width; pressure 0 gives half of it and pressure 1 one and a half.
        thickness = 0.5 + points[:, 2]
        return cls(points[:, :2], thickness, np.repeat(stroke_owners, lengths), starts, ends, count)

    def moved(self, way: NDArray[np.float64]) -> "Ink":
        """Return the drawings moved.

        Args:
            way: Shape (count, 2), float64: the displacement of each drawing in x and y.
        """
        return replace(self, points=self.points + way[self.owners])

    def boxes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the corners of the drawings' bounding boxes, without the pen's width.

        Returns:
            The smallest and the greatest x and y: two arrays of shape (count, 2), float64, zero for empty drawings.
        """
        low, high = np.zeros((self.count, 2)), np.zeros((self.count, 2))
        if len(self.owners):
            inked, first = np.unique(self.owners, return_index=True)
            low[inked] = np.minimum.reduceat(self.points, first)
            high[inked] = np.maximum.reduceat(self.points, first)
        return low, high


def paint(
    ink: Ink, scale: NDArray[np.float64], offset: NDArray[np.float64], pen_width: float | NDArray[np.float64], side: int
) -> NDArray[np.uint8]:
    """Render each drawing on a square image.

    Args:
        ink: The drawings, in any unit.
        scale: Shape (count,), float64: pixels per unit of each drawing.
        offset: Shape (count, 2), float64: the pixel coordinates of each drawing's own origin.
        pen_width: Nominal width of the pen in pixels: one for all, or shape (count,).
        side: Side of the images in pixels.

    Returns:
        Shape (count, side, side), uint8: 0 is background, 255 is full ink. Each image is independent of the other
        drawings.
    """
    owners = ink.owners
    points = ink.points * scale[owners, None] + offset[owners]
    radii = ink.thickness * np.broadcast_to(np.asarray(pen_width) / 2.0, ink.count)[owners]
    pieces = _cut(points, radii, ink)
    near = _touching(pieces, side)
    pieces = _Pieces(pieces.start[near], pieces.end[near], pieces.radius[near], pieces.growth[near], pieces.owner[near])
    return _paint_pieces(pieces, ink.count, side)


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Short segments in pixels: ends (m, 2), the radius at the start, its growth to the end (m,) and owners (m,)."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    radius: NDArray[np.float64]
    growth: NDArray[np.float64]
    owner: NDArray[np.intp]


def _cut(points: NDArray[np.float64], radii: NDArray[np.float64], ink: Ink) -> _Pieces:
    """Split the segments into short pieces; see ``PIECE_LENGTH``."""
    start, end = points[ink.starts], points[ink.ends]
    radius, growth = radii[ink.starts], radii[ink.ends] - radii[ink.starts]
    owner = ink.owners[ink.starts]
    way = end - start
    length = np.hypot(way[:, 0], way[:, 1])
    counts = np.maximum(np.ceil(length / np.maximum(PIECE_LENGTH, radius)), 1.0).astype(np.intp)
    if len(counts) == 0 or counts.max() == 1:
        return _Pieces(start, end, radius, growth, owner)
    origin = np.repeat(np.arange(len(counts)), counts)
    rank = np.arange(len(origin)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = 1.0 / counts[origin]
    begin = rank * share
    start, way = start[origin], way[origin]
    return _Pieces(
        start + way * begin[:, None],
        start + way * (begin + share)[:, None],
        radius[origin] + growth[origin] * begin,
        growth[origin] * share,
        owner[origin],
    )


def _touching(pieces: _Pieces, side: int) -> NDArray[np.bool_]:
    """Return which pieces may cover a pixel of the image."""
    reach = (np.maximum(pieces.radius, pieces.radius + pieces.growth) + 0.5)[:, None]
    low, high = np.minimum(pieces.start, pieces.end) - reach, np.maximum(pieces.start, pieces.end) + reach
    inside = (high > 0.0) & (low < side)
    return inside[:, 0] & inside[:, 1]


def _paint_pieces(pieces: _Pieces, count: int, side: int) -> NDArray[np.uint8]:
    if len(pieces.owner) == 0:
        return np.zeros((count, side, side), dtype=np.uint8)
    reach = np.maximum(pieces.radius, pieces.radius + pieces.growth) + 0.5
    low = np.minimum(pieces.start, pieces.end) - reach[:, None]
    sides = (np.abs(pieces.end - pieces.start).max(axis=1) + 2.0 * reach).astype(np.intp) + 1
    corner = np.ceil(low - 0.5).astype(np.intp)  # the first pixel whose centre may be covered
    # A margin as wide as the largest patch takes what falls outside the image; it is cut off at the end.
    rim = int(sides.max())
    padded_side = side + 2 * rim
    canvas = np.zeros(count * padded_side * padded_side, dtype=np.uint8)
    at = (pieces.owner * padded_side + corner[:, 1] + rim) * padded_side + corner[:, 0] + rim
    start = (pieces.start - corner - 0.5).astype(np.float32)
    way = (pieces.end - pieces.start).astype(np.float32)
    radius, growth = pieces.radius.astype(np.float32), pieces.growth.astype(np.float32)
    by_size = np.argsort(sides, kind="stable")
    chunk = max(1, CHUNK_PIXELS // (rim * rim))
    for first in range(0, len(at), chunk):
        part = by_size[first : first + chunk]
        patch = int(sides[part[-1]])
        steps = np.arange(patch)
        patch_at = (steps[:, None] * padded_side + steps).ravel()
        cover = _coverage(start[part], way[part], radius[part], growth[part], patch)
        np.maximum.at(canvas, (at[part, None] + patch_at).ravel(), cover.ravel())
    inner = slice(rim, rim + side)
    return np.ascontiguousarray(canvas.reshape(count, padded_side, padded_side)[:, inner, inner])


def _coverage(
    start: NDArray[np.float32],
    way: NDArray[np.float32],
    radius: NDArray[np.float32],
    growth: NDArray[np.float32],
    patch: int,
) -> NDArray[np.uint8]:
    """Return how much each piece covers the pixels of its patch.

    Args:
        start: Shape (m, 2): the start of each piece, relative to the centre of its patch's first pixel.
        way: Shape (m, 2): the vector from its start to its end.
        radius: Shape (m,): the pen's radius at its start.
        growth: Shape (m,): the change of the radius to its end.
        patch: Side of the patch in pixels.

    Returns:
        Shape (m, patch * patch), uint8, 0..255.
    """
    steps = np.arange(patch, dtype=np.float32)
    right, down = steps - start[:, :1], steps - start[:, 1:]
    squared_length = (way * way).sum(axis=1)
    per_length = way / np.where(squared_length > 0.0, squared_length, np.float32(1.0))[:, None]
    along = (down * per_length[:, 1:])[:, :, None] + (right * per_length[:, :1])[:, None, :]
    np.clip(along, 0.0, 1.0, out=along)
    away = right[:, None, :] - along * way[:, 0, None, None]
    away_down = down[:, :, None] - along * way[:, 1, None, None]
    away *= away
    away_down *= away_down
    away += away_down
    np.sqrt(away, out=away)
    along *= growth[:, None, None]
    along += radius[:, None, None]
    along -= away
    along += np.float32(0.5)
    np.clip(along, 0.0, 1.0, out=along)
    along *= np.float32(255.0)
    along += np.float32(0.5)
    return along.astype(np.uint8).reshape(len(start), patch * patch)
