"""Segmentation of a drawing or picture into groups of ink that are separated by gaps along x."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.strokes import Drawing

MAXIMUM_GROUPS: Final = 6
"""Maximum number of groups that are classified one by one."""

MINIMUM_GROUP_HEIGHT: Final = 0.4
"""Minimum height of a group as a share of the height of all ink. A lower one is joined to its neighbour: a 5's bar, a
dot."""


class Extent(NamedTuple):
    """The bounding box of some ink, in any unit; y points down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """The height of the box."""
        return self.bottom - self.top

    def united(self, other: "Extent") -> "Extent":
        """Return the bounding box of both."""
        return Extent(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def groups_of(extents: Sequence[Extent], minimum_gap: float) -> tuple[tuple[int, ...], ...]:
    """Divide pieces of ink into groups that are side by side.

    Pieces that overlap along x, or nearly do, belong to the same group. A low group is joined to its nearer neighbour.

    Args:
        extents: The bounding box of each piece, at least one.
        minimum_gap: Minimum width of the gap between two groups, as a share of the height of all ink.

    Returns:
        The groups from left to right; each the ascending indices of its pieces.
    """
    height = max(extent.bottom for extent in extents) - min(extent.top for extent in extents)
    groups: list[tuple[Extent, list[int]]] = []
    for index in sorted(range(len(extents)), key=lambda piece: extents[piece].left):
        extent = extents[index]
        if groups and extent.left - groups[-1][0].right <= minimum_gap * height:
            reached, pieces = groups[-1]
            groups[-1] = reached.united(extent), [*pieces, index]
        else:
            groups.append((extent, [index]))
    while len(groups) > 1:
        low = min(range(len(groups)), key=lambda group: groups[group][0].height)
        if groups[low][0].height >= MINIMUM_GROUP_HEIGHT * height:
            break
        _join(groups, low)
    return tuple(tuple(sorted(pieces)) for _, pieces in groups)


def _join(groups: list[tuple[Extent, list[int]]], index: int) -> None:
    """Join a group to its nearer neighbour."""
    to_left = groups[index][0].left - groups[index - 1][0].right if index else np.inf
    to_right = groups[index + 1][0].left - groups[index][0].right if index + 1 < len(groups) else np.inf
    first = index - 1 if to_left <= to_right else index
    (one, pieces), (other, more) = groups[first : first + 2]
    groups[first : first + 2] = [(one.united(other), [*pieces, *more])]


def split_drawing(drawing: Drawing, minimum_gap: float) -> tuple[Drawing, ...]:
    """Divide a drawing into parts that are side by side.

    Args:
        drawing: The drawing, in any unit.
        minimum_gap: Minimum width of the gap between two parts, measured between the centre lines of the strokes, as a
            share of the drawing's height.

    Returns:
        Two to six drawings from left to right; empty if there is only one part, or more than six.
    """
    if len(drawing.strokes) < 2:
        return ()
    extents = []
    for stroke in drawing.strokes:
        (left, top), (right, bottom) = stroke.points[:, :2].min(axis=0), stroke.points[:, :2].max(axis=0)
        extents.append(Extent(float(left), float(top), float(right), float(bottom)))
    groups = groups_of(extents, minimum_gap)
    if not 1 < len(groups) <= MAXIMUM_GROUPS:
        return ()
    return tuple(Drawing(tuple(drawing.strokes[index] for index in group)) for group in groups)


def split_columns(inked: NDArray[np.bool_], minimum_gap: float) -> tuple[slice, ...]:
    """Divide a picture into parts that are side by side.

    Args:
        inked: Shape (height, width): whether each pixel is ink.
        minimum_gap: Minimum width of the gap between two parts, as a share of the height of all ink.

    Returns:
        The columns of two to six parts from left to right, which cover the whole width and meet in the middle of the
        gaps; empty if there is only one part, or more than six.
    """
    columns = np.flatnonzero(inked.any(axis=0))
    if not len(columns):
        return ()
    breaks = np.flatnonzero(np.diff(columns) > 1)
    starts, ends = columns[np.concatenate([[0], breaks + 1])], columns[np.concatenate([breaks, [-1]])] + 1
    extents = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        rows = np.flatnonzero(inked[:, start:end].any(axis=1))
        extents.append(Extent(start, float(rows[0]), end, float(rows[-1]) + 1.0))
    groups = groups_of(extents, minimum_gap)
    if not 1 < len(groups) <= MAXIMUM_GROUPS:
        return ()
    edges = [0]
    for group, following in pairwise(groups):
        edges.append(round((extents[group[-1]].right + extents[following[0]].left) / 2.0))
    edges.append(inked.shape[1])
    return tuple(slice(start, end) for start, end in pairwise(edges))
