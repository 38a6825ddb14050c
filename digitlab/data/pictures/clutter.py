"""Ink of a picture that is not the digit: ruling lines, frames, specks, and neighbours that the border cuts.

Left out is only what stands apart from the digit; when in doubt, ink is kept. Frame of reference: rows down, columns to
the right, in pixels.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.pictures.paper import Levels, otsu, running
from digitlab.data.pictures.ruling import ruled_lines

_DIGIT_SHARE: Final = 0.25
"""Least size of the digit as a share of the picture's longer side, if ink along the border is to be left out."""

_SOFT_SHARE: Final = 0.01
"""Width of the soft edge of a stroke as a share of the picture's longer side, besides one pixel."""

_SPAN_SHARE: Final = 0.9
"""Least width or height of the lines of ruled paper as a share of the picture's."""

_FRAME_SHARE: Final = 0.6
"""Least width and height of a frame as shares of the picture's."""

_FRAME_EDGE: Final = 0.12
"""Width of the margin that contains a frame's ink, as a share of the frame; a tilted line needs some."""

_FRAME_INK: Final = 0.9
"""Share of a frame's ink in that margin, at least. An ellipse has about a half there."""

_LINE_EXTENT: Final = 0.5
"""Largest extent at right angles of what reaches from border to border beside the digit, as a share of the picture. A
digit that is cropped tightly reaches from border to border in both ways, whatever stands inside it."""

_CUT_SHARE: Final = 0.6
"""Largest extent across the border of a neighbour that is cut by it, as a share of the digit's size."""

_CUT_GAP: Final = 0.08
"""Least distance of such a neighbour, as a share of the digit's size. The bar of a 5 is nearer, or it is within the
digit's height and width."""

_MARGIN_SHARE: Final = 0.04
"""Least margin around the digit in a picture of which something is left out along the border, as a share of the
picture's side. A digit or a row of digits that is cropped tightly has none."""

_LINE_MARGIN_SHARE: Final = 0.08
"""The same where lines run through the digit."""

_SPECK_SHARE: Final = 0.12
"""Largest extent of a speck, as a share of the digit's size; the smallest stroke of a digit, a 5's bar, has 0.2."""

_SPECK_GAP: Final = 0.1
"""Least distance of a speck, as a share of the digit's size. Nearer, it may belong to a broken stroke."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The connected pieces of ink in a picture; pixels that meet at a corner are connected.

    Attributes:
        row: Shape (n,): the row of each run of inked pixels.
        start: Shape (n,): its first column.
        stop: Shape (n,): the column behind its last.
        owner: Shape (n,): the piece it belongs to, 0 to m - 1.
        box: Shape (m, 4): left, top, right and bottom of each piece, right and bottom exclusive.
        area: Shape (m,): its pixels.
        shape: Height and width of the picture.
    """

    row: NDArray[np.intp]
    start: NDArray[np.intp]
    stop: NDArray[np.intp]
    owner: NDArray[np.intp]
    box: NDArray[np.intp]
    area: NDArray[np.intp]
    shape: tuple[int, int]

    @classmethod
    def of(cls, inked: NDArray[np.bool_]) -> "Pieces":
        """Find the pieces in a picture.

        Args:
            inked: Shape (height, width): whether each pixel is ink.
        """
        height, width = inked.shape
        changes = np.diff(np.pad(inked, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        row, start = np.nonzero(changes == 1)
        stop = np.nonzero(changes == -1)[1]
        # The runs in the next row that overlap are neighbours in the order of reading.
        line = width + 2
        first = np.searchsorted(row * line + stop, (row + 1) * line + start, side="left")
        last = np.searchsorted(row * line + start, (row + 1) * line + stop, side="right")
        counts = np.maximum(last - first, 0)
        upper = np.repeat(np.arange(len(row)), counts)
        lower = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(len(upper))
        root = _joined(len(row), upper, lower)
        _, owner = np.unique(root, return_inverse=True)
        count = int(owner.max()) + 1 if len(owner) else 0
        box = np.empty((count, 4), dtype=np.intp)
        box[:, :2], box[:, 2:] = max(height, width), 0
        for column, values, choose in (
            (0, start, np.minimum),
            (1, row, np.minimum),
            (2, stop, np.maximum),
            (3, row + 1, np.maximum),
        ):
            choose.at(box[:, column], owner, values)
        area = np.bincount(owner, weights=stop - start, minlength=count).astype(np.intp)
        return cls(row, start, stop, owner, box, area, (height, width))

    def mask(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pixels of some pieces, shape as the picture.

        Args:
            chosen: Shape (m,): whether each piece is included.
        """
        height, width = self.shape
        runs = chosen[self.owner]
        edges = np.zeros((height, width + 1), dtype=np.int8)
        edges[self.row[runs], self.start[runs]] = 1
        edges[self.row[runs], self.stop[runs]] = -1
        return np.cumsum(edges, axis=1, dtype=np.int8)[:, :-1].astype(np.bool_)


def _joined(count: int, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each of some items the smallest item it is connected with.

    Args:
        count: The number of items.
        one: The first of each connected pair.
        other: The second.
    """
    root = np.arange(count)
    while True:
        a, b = root[one], root[other]
        apart = a != b
        if not apart.any():
            return root
        np.minimum.at(root, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while True:
            further = root[root]
            if np.array_equal(further, root):
                break
            root = further


def left_out(ink: Levels, inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the ink that is not the digit.

    Args:
        ink: Shape (height, width): the contrast with the paper.
        inked: Same shape: whether each pixel is ink.

    Returns:
        Same shape; none if all ink may belong to the digit.
    """
    faint = _faint(ink, inked)
    rest = inked & ~faint
    lines = ruled_lines(ink, rest)
    if lines.any():
        pieces = Pieces.of(rest & ~lines)
        if _has_digit_inside(pieces):
            return faint | lines | _apart(pieces)
    return faint | _apart(Pieces.of(rest))


def _faint(ink: Levels, inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return ink that is clearly weaker than the digit and mostly reaches the border, as squared paper does."""
    none = np.zeros_like(inked)
    threshold, _ = otsu(ink[inked])
    strong = inked & (ink > threshold)
    pieces = Pieces.of(strong)
    if not _has_digit_inside(pieces):
        return none
    reach = 1 + round(_SOFT_SHARE * max(inked.shape))
    grown = np.pad(strong, reach)
    for axis in (0, 1):
        grown = running(grown, 2 * reach + 1, axis, np.maximum)
    weak = inked & ~grown
    rows, columns = np.flatnonzero(weak.any(axis=1)), np.flatnonzero(weak.any(axis=0))
    if not len(rows):
        return none
    height, width = inked.shape
    if rows[-1] - rows[0] < _SPAN_SHARE * height and columns[-1] - columns[0] < _SPAN_SHARE * width:
        return none
    left, top, right, bottom = pieces.box[int(pieces.area.argmax())] + reach * np.array([-1, -1, 1, 1])
    beside = weak.sum() - weak[max(top, 0) : bottom, max(left, 0) : right].sum()
    if 3 * beside < weak.sum():
        return none
    return weak


def _has_digit_inside(pieces: Pieces) -> bool:
    """Return whether a digit is inside the picture with some margin, and nothing of its size is cut by the border.

    A digit that is cropped tightly, part of which is taken for a line, has no margin.
    """
    touches = _touching(pieces).any(axis=1)
    sizes = _sizes(pieces)
    inside = np.where(touches, 0, sizes)
    if inside.max(initial=0) < _DIGIT_SHARE * max(pieces.shape):
        return False
    digit = int(inside.argmax())
    return bool(
        _margins(pieces, digit).min() >= _LINE_MARGIN_SHARE * min(pieces.shape)
        and sizes[touches].max(initial=0) <= _CUT_SHARE * inside[digit]
    )


def _margins(pieces: Pieces, digit: int) -> NDArray[np.intp]:
    """Return the least distances of a piece from the borders at its sides, and above and below it, shape (2,)."""
    height, width = pieces.shape
    box = pieces.box[digit]
    margins: NDArray[np.intp] = np.minimum(box[:2], np.array([width, height]) - box[2:])
    return margins


def _apart(pieces: Pieces) -> NDArray[np.bool_]:
    """Return the pixels of pieces that are not the digit."""
    out = np.zeros(len(pieces.area), dtype=np.bool_)
    if len(out) > 1:
        _leave_out_frames(pieces, out)
        _leave_out_border(pieces, out)
        _leave_out_specks(pieces, out)
    return pieces.mask(out)


def _touching(pieces: Pieces) -> NDArray[np.bool_]:
    """Return whether each piece touches the left, upper, right and lower border, shape (m, 4)."""
    height, width = pieces.shape
    touches: NDArray[np.bool_] = pieces.box == np.array([0, 0, width, height])
    return touches


def _sizes(pieces: Pieces) -> NDArray[np.intp]:
    """Return width or height of each piece, the larger."""
    sizes: NDArray[np.intp] = (pieces.box[:, 2:] - pieces.box[:, :2]).max(axis=1)
    return sizes


def _leave_out_frames(pieces: Pieces, out: NDArray[np.bool_]) -> None:
    """Leave out a rectangle of lines around something of a digit's size."""
    height, width = pieces.shape
    extent = pieces.box[:, 2:] - pieces.box[:, :2]
    wide = (extent >= _FRAME_SHARE * np.array([width, height])).all(axis=1)
    for piece in np.flatnonzero(wide).tolist():
        left, top, right, bottom = pieces.box[piece].tolist()
        across, down = _FRAME_EDGE * (right - left), _FRAME_EDGE * (bottom - top)
        inner = (pieces.box[:, :2] > (left, top)).all(axis=1) & (pieces.box[:, 2:] < (right, bottom)).all(axis=1)
        if not inner.any() or _sizes(pieces)[inner].max() < _DIGIT_SHARE * max(height, width):
            continue
        runs = pieces.owner == piece
        row, start, stop = pieces.row[runs], pieces.start[runs], pieces.stop[runs]
        within = np.maximum(np.minimum(stop, right - across) - np.maximum(start, left + across), 0.0)
        within[(row < top + down) | (row >= bottom - down)] = 0.0
        if within.sum() <= (1.0 - _FRAME_INK) * pieces.area[piece]:
            out[piece] = True


def _leave_out_border(pieces: Pieces, out: NDArray[np.bool_]) -> None:
    """Leave out what touches the border beside a digit that does not: lines across the picture, and cut neighbours."""
    height, width = pieces.shape
    box = pieces.box
    touches = _touching(pieces)
    inside = ~touches.any(axis=1) & ~out
    sizes = _sizes(pieces)
    if not inside.any():
        return
    digit = int(np.where(inside, pieces.area, 0).argmax())
    size = int(sizes[digit])
    if size < _DIGIT_SHARE * max(height, width):
        return
    across = box[:, 2:] - box[:, :2]
    # A line across the picture, or the edge of something else.
    flat = across[:, ::-1] <= _LINE_EXTENT * np.array([height, width])
    out |= (touches[:, :2] & touches[:, 2:] & flat).any(axis=1)
    margin = _margins(pieces, digit)
    apart = _gaps(box, box[digit]) >= _CUT_GAP * size
    for axis in (0, 1):
        # Cut on the left or right: the digit needs paper above and below it, and the other way round.
        if margin[1 - axis] >= _MARGIN_SHARE * (height, width)[axis]:
            cut = (touches[:, axis] | touches[:, axis + 2]) & (across[:, axis] <= _CUT_SHARE * size)
            out |= cut & apart


def _leave_out_specks(pieces: Pieces, out: NDArray[np.bool_]) -> None:
    """Leave out small ink that stands apart from the digit."""
    sizes = np.where(out, 0, _sizes(pieces))
    size = int(sizes.max())
    large = sizes > _SPECK_SHARE * size
    small = np.flatnonzero(~large & ~out)
    if len(small):
        # Few pieces are large, but specks may be thousands.
        gaps = np.stack([_gaps(pieces.box[small], box) for box in pieces.box[large]]).min(axis=0)
        out[small[gaps >= _SPECK_GAP * size]] = True


def _gaps(boxes: NDArray[np.intp], box: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the gaps between boxes and one box, in pixels; 0 where they overlap.

    Args:
        boxes: Shape (m, 4).
        box: Shape (4,).
    """
    between = np.maximum(boxes[:, :2] - box[2:], box[:2] - boxes[:, 2:])
    gaps: NDArray[np.intp] = np.maximum(between, 0).max(axis=1)
    return gaps
