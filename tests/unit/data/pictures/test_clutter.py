"""Lines, frames, specks and cut neighbours are left out; parts of a digit never are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.ink import Ink, paint
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.pictures.clutter import Pieces
from digitlab.data.pictures.clutter import left_out as clutter_in

SIDE = 120


def page_with(*boxes: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """Return a page with filled boxes: left, top, right, bottom."""
    page = np.zeros((SIDE, SIDE), dtype=np.bool_)
    for left, top, right, bottom in boxes:
        page[top:bottom, left:right] = True
    return page


def left_out(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what is left out of ink of one strength."""
    return clutter_in(inked * np.float32(200.0), inked)


SEVEN = ((40, 30, 80, 36), (70, 36, 76, 90))
"""A bar and a leg that meet."""


@settings(max_examples=200, deadline=None)
@given(arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_pieces_are_the_connected_ones(inked: NDArray[np.bool_]) -> None:
    # As by filling from each pixel.
    expected = np.zeros(inked.shape, dtype=int)
    for seed in np.argwhere(inked).tolist():
        if expected[tuple(seed)]:
            continue
        number, queue = int(expected.max()) + 1, [seed]
        while queue:
            row, column = queue.pop()
            is_inside = 0 <= row < inked.shape[0] and 0 <= column < inked.shape[1]
            if is_inside and inked[row, column] and not expected[row, column]:
                expected[row, column] = number
                queue += [[row + down, column + right] for down in (-1, 0, 1) for right in (-1, 0, 1)]
    pieces = Pieces.of(inked)
    count = int(expected.max())
    assert len(pieces.area) == count
    found = set()
    for piece in range(count):
        mask = pieces.mask(np.arange(count) == piece)
        rows, columns = np.nonzero(mask)
        assert pieces.box[piece].tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert pieces.area[piece] == mask.sum()
        found.add(mask.tobytes())
    assert found == {(expected == number).tobytes() for number in range(1, count + 1)}


@pytest.mark.parametrize(
    "clutter",
    [
        pytest.param(((0, 104, 120, 107),), id="ruling line below"),
        pytest.param(((0, 10, 120, 12), (0, 104, 120, 107)), id="ruling lines above and below"),
        pytest.param(((100, 0, 103, 120),), id="margin line"),
        pytest.param(
            ((0, 0, 120, 3), (0, 117, 120, 120), (0, 0, 3, 120), (117, 0, 120, 120)), id="frame at the border"
        ),
        pytest.param(((5, 5, 115, 7), (5, 113, 115, 115), (5, 5, 7, 115), (113, 5, 115, 115)), id="frame inside"),
        pytest.param(((108, 30, 120, 90),), id="neighbour cut on the right"),
        pytest.param(((0, 40, 20, 46), (0, 70, 14, 76)), id="neighbour cut on the left"),
        pytest.param(((50, 0, 56, 10),), id="foot of the line above"),
        pytest.param(((20, 100, 23, 103), (100, 20, 102, 21)), id="specks"),
    ],
)
def test_clutter_is_left_out(clutter: tuple[tuple[int, int, int, int], ...]) -> None:
    seven = page_with(*SEVEN)
    out = left_out(page_with(*SEVEN, *clutter))
    assert np.array_equal(out, page_with(*clutter) & ~seven)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("margin", [0, 2, 20])
def test_no_part_of_a_digit_is_left_out(digit: int, margin: int) -> None:
    for style in builtin_styles(digit):
        drawing = builtin_drawing(digit, style)
        for pen in (0.3, 0.5, 0.7, 1.0):
            assert not left_out(_inked(drawing, margin, pen)).any(), style


def test_digits_in_several_strokes_keep_all_of_them() -> None:
    five = Drawing(
        (
            Stroke.of([[30, 20], [30, 50], [60, 50], [70, 70], [60, 95], [28, 95]]),
            Stroke.of([[36, 18], [72, 18]]),
        )
    )
    four = Drawing((Stroke.of([[30, 10], [24, 60], [70, 60]]), Stroke.of([[82, 14], [80, 100]])))
    broken = Drawing(
        (Stroke.of([[50, 5], [50, 45]]), Stroke.of([[51, 53], [51, 62]]), Stroke.of([[50, 70], [50, 110]]))
    )
    for drawing in (five, four, broken):
        for margin in (0, 3, 30):
            assert not left_out(_inked(drawing, margin, 0.5)).any()


def test_row_of_digits_that_is_cropped_tightly_is_kept() -> None:
    row = page_with((0, 0, 20, 120), (45, 0, 75, 120), (100, 0, 120, 120))
    assert not left_out(row).any()


def test_digit_that_is_cut_by_the_border_is_kept() -> None:
    assert not left_out(page_with((0, 30, 60, 40), (50, 40, 56, 110), (70, 90, 86, 104))).any()


def _inked(drawing: Drawing, margin: int, pen: float) -> NDArray[np.bool_]:
    """Return a drawing cropped to its ink, with a margin."""
    points = np.concatenate([stroke.points[:, :2] for stroke in drawing.strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    side = float((high - low).max())
    ink = Ink.of_drawings([drawing]).moved(-((low + high) / 2.0)[None])
    inked = paint(ink, np.array([90.0 / side]), np.full((1, 2), 60.0), 10.0 * pen, SIDE)[0] > 100
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return np.pad(inked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], margin)
