"""Digits side by side: which pieces of ink can belong to one digit, and which are separate for certain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAXIMUM_PIECES: Final = 200
"""Maximum number of pieces of ink that are looked at; of more, the largest."""

MINIMUM_GROUP_HEIGHT: Final = 0.4
"""Minimum height of a group as a share of the height of the tallest one. A lower one is joined to its neighbour: a 5's
bar, a dot."""

SMALLEST_DIGIT: Final = 0.2
"""The same in a wide row, where some people write a small 0 beside a tall 7."""

CLEAR_GAP: Final = 0.15
"""Width of a gap, as a share of the tallest piece's height, that separates two digits for certain. Two of 15,944 pen
digits have a wider one between two parts of this height."""

OVERLAP: Final = -0.2
"""Width of the overlap along x, as such a share but negative, up to which two pieces may be two digits."""

_COVERED: Final = -0.08
"""Width of the overlap from which two pieces are one digit if it is half of the narrower one's width."""

WIDEST_DIGIT: Final = 1.7
"""Maximum width of a digit as a share of the tallest piece's height. Wider are 52 of 15,944 pen digits."""

MOST_PARTS: Final = 3
"""Maximum number of pieces that touch or overlap and are tried as one digit."""

Group = tuple[int, ...]
"""The ascending indices of the pieces that belong together."""


class Extent(NamedTuple):
    """The bounding box of some ink, in any unit; y points down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """The width of the box."""
        return self.right - self.left

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


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The separate pieces of ink on the canvas: strokes, or connected areas of a picture.

    Attributes:
        extents: The bounding box of each, all in the same unit; empty for an empty canvas.
        render: Preprocesses each of some groups of pieces as if it were alone; returns images of shape (n, 28, 28),
            uint8.
    """

    extents: tuple[Extent, ...]
    render: Callable[[Sequence[Group]], NDArray[np.uint8]]


class Line(NamedTuple):
    """Pieces on one line.

    Attributes:
        groups: The groups from left to right that can be one digit or a part of one.
        extents: The bounding box of each.
        gaps: The gap before each group but the first, as a share of the tallest group's height; negative for an
            overlap.
    """

    groups: tuple[Group, ...]
    extents: tuple[Extent, ...]
    gaps: tuple[float, ...]

    @property
    def aspect(self) -> float:
        """The width of the line as a share of the tallest group's height; infinite for a level line."""
        width = max(extent.right for extent in self.extents) - self.extents[0].left
        height = max(extent.height for extent in self.extents)
        return width / height if height > 0.0 else np.inf

    @property
    def is_clear(self) -> bool:
        """Whether there are several groups, all of them separate for certain."""
        return len(self.gaps) > 0 and min(self.gaps) >= CLEAR_GAP

    def candidates(self) -> tuple[tuple[int, int], ...]:
        """Return which of the groups can be one digit together.

        Returns:
            Pairs of the first group and the one after the last. Each group alone is among them.
        """
        height = max(extent.height for extent in self.extents)
        found = []
        for start, first in enumerate(self.extents):
            right = first.right
            for end in range(start + 1, min(start + MOST_PARTS, len(self.groups)) + 1):
                right = max(right, self.extents[end - 1].right)
                is_apart = end > start + 1 and self.gaps[end - 2] >= CLEAR_GAP
                if is_apart or (end > start + 1 and right - first.left > WIDEST_DIGIT * height):
                    break
                found.append((start, end))
        return tuple(found)

    def joined(self, start: int, end: int) -> Group:
        """Return the pieces of some consecutive groups."""
        return tuple(sorted(piece for group in self.groups[start:end] for piece in group))


def line_of(extents: Sequence[Extent], minimum_gap: float, minimum_height: float = MINIMUM_GROUP_HEIGHT) -> Line:
    """Divide pieces of ink into groups that are side by side.

    Pieces with less than the minimum gap between them belong to the same group, and so do those of which one covers
    half of the other's width. A low group is joined to its nearer neighbour.

    Args:
        extents: The bounding box of each piece, at least one.
        minimum_gap: Minimum width of the gap between two groups, as a share of the height of the tallest piece;
            negative to allow an overlap.
        minimum_height: Minimum height of a group, as a share of the tallest group's.
    """
    height = max(extent.height for extent in extents)
    groups: list[tuple[Extent, list[int]]] = []
    for index in sorted(range(len(extents)), key=lambda piece: extents[piece].left):
        extent = extents[index]
        if groups and _belong_together(groups[-1][0], extent, minimum_gap, height):
            reached, pieces = groups[-1]
            groups[-1] = reached.united(extent), [*pieces, index]
        else:
            groups.append((extent, [index]))
    while len(groups) > 1:
        tallest = max(extent.height for extent, _ in groups)
        low = min(range(len(groups)), key=lambda group: groups[group][0].height)
        if groups[low][0].height >= minimum_height * tallest:
            break
        _join(groups, low)
    boxes = tuple(extent for extent, _ in groups)
    tallest = max(extent.height for extent in boxes) or 1.0
    gaps = tuple((after.left - before.right) / tallest for before, after in pairwise(boxes))
    return Line(tuple(tuple(sorted(pieces)) for _, pieces in groups), boxes, gaps)


def lines_of(extents: Sequence[Extent], minimum_gap: float) -> tuple[Line, ...]:
    """Divide pieces of ink into lines of text that are one below the other, and these into groups.

    A part that is much lower than the others, such as the bar of a 5, belongs to the nearest line.

    Args:
        extents: The bounding box of each piece, at least one.
        minimum_gap: As for ``line_of``.

    Returns:
        The lines from top to bottom, at least one. The groups contain the indices of all pieces.
    """
    turned = [Extent(extent.top, extent.left, extent.bottom, extent.right) for extent in extents]
    bands: list[tuple[Extent, list[int]]] = []
    for index in sorted(range(len(turned)), key=lambda piece: turned[piece].left):
        if bands and turned[index].left <= bands[-1][0].right:
            reached, pieces = bands[-1]
            bands[-1] = reached.united(turned[index]), [*pieces, index]
        else:
            bands.append((turned[index], [index]))
    while len(bands) > 1:
        low = min(range(len(bands)), key=lambda band: bands[band][0].width)
        if bands[low][0].width >= MINIMUM_GROUP_HEIGHT * max(extent.width for extent, _ in bands):
            break
        _join(bands, low)
    lines = []
    for _, pieces in bands:
        line = line_of([extents[index] for index in pieces], minimum_gap)
        groups = tuple(tuple(sorted(pieces[index] for index in group)) for group in line.groups)
        lines.append(line._replace(groups=groups))
    return tuple(lines)


def largest(extents: Sequence[Extent]) -> list[int]:
    """Return the ascending indices of the largest pieces, at most ``MAXIMUM_PIECES``."""
    sizes = [max(extent.width, extent.height) for extent in extents]
    return sorted(sorted(range(len(sizes)), key=lambda index: -sizes[index])[:MAXIMUM_PIECES])


def _belong_together(one: Extent, other: Extent, minimum_gap: float, height: float) -> bool:
    """Return whether two pieces, the second of which begins further to the right, are in the same group."""
    gap = other.left - one.right
    is_covered = gap <= _COVERED * height and -gap >= min(one.width, other.width) / 2.0
    return gap <= minimum_gap * height or is_covered


def _join(groups: list[tuple[Extent, list[int]]], index: int) -> None:
    """Join a group to its nearer neighbour."""
    to_left = groups[index][0].left - groups[index - 1][0].right if index else np.inf
    to_right = groups[index + 1][0].left - groups[index][0].right if index + 1 < len(groups) else np.inf
    first = index - 1 if to_left <= to_right else index
    (one, pieces), (other, more) = groups[first : first + 2]
    groups[first : first + 2] = [(one.united(other), [*pieces, *more])]
