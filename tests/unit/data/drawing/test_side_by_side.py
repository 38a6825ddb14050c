"""Dividing strokes, and ink in pictures, into parts that are side by side."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.pictures import pieces_of_picture
from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing, Step
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.side_by_side import (
    MAXIMUM_PIECES,
    OVERLAP,
    SMALLEST_DIGIT,
    WIDEST_DIGIT,
    Extent,
    Group,
    line_of,
    lines_of,
)
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from tests.helpers.drawings import side_by_side

GAP = 0.1


def _bar(left: float, right: float, top: float = 0.0, bottom: float = 100.0) -> Extent:
    return Extent(left, top, right, bottom)


def groups_of(extents: Sequence[Extent], minimum_gap: float) -> tuple[Group, ...]:
    return line_of(extents, minimum_gap).groups


def test_a_gap_separates_and_an_overlap_joins():
    assert groups_of([_bar(0, 40), _bar(60, 90)], GAP) == ((0,), (1,))
    assert groups_of([_bar(0, 40), _bar(39, 90)], GAP) == ((0, 1),)
    assert groups_of([_bar(0, 90), _bar(10, 20)], GAP) == ((0, 1),)


def test_a_gap_is_measured_relative_to_the_height():
    assert len(groups_of([_bar(0, 40), _bar(51, 90)], GAP)) == 2
    assert len(groups_of([_bar(0, 40), _bar(49, 90)], GAP)) == 1
    assert len(groups_of([_bar(0, 40, bottom=80), _bar(49, 90, bottom=80)], GAP)) == 2


def test_groups_are_ordered_from_left_to_right():
    assert groups_of([_bar(200, 240), _bar(100, 140), _bar(0, 40), _bar(210, 230)], GAP) == ((2,), (1,), (0, 3))


def test_a_low_piece_belongs_to_its_nearer_neighbour():
    dot = _bar(55, 58, 90)
    assert groups_of([_bar(0, 40), dot, _bar(90, 120)], GAP) == ((0, 1), (2,))
    assert groups_of([_bar(0, 20), dot, _bar(70, 120)], GAP) == ((0,), (1, 2))
    assert groups_of([_bar(0, 40), _bar(60, 90, 0, 20)], GAP) == ((0, 1),)


@given(st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 2, *[st.floats(0, 500)] * 2), min_size=1, max_size=12))
def test_groups_contain_every_piece_once_and_do_not_overlap(boxes):
    extents = [Extent(left, top, left + width, top + height) for left, top, width, height in boxes]
    groups = groups_of(extents, GAP)
    assert sorted(index for group in groups for index in group) == list(range(len(extents)))
    for group, following in pairwise(groups):
        assert max(extents[index].right for index in group) < min(extents[index].left for index in following)


def test_pieces_that_overlap_a_little_are_apart_where_that_is_allowed():
    assert groups_of([_bar(0, 40), _bar(30, 90)], OVERLAP) == ((0,), (1,))
    assert groups_of([_bar(0, 40), _bar(15, 90)], OVERLAP) == ((0, 1),)
    assert groups_of([_bar(0, 40), _bar(30, 42)], OVERLAP) == ((0, 1),), "one covers most of the other"


def test_a_small_digit_of_a_row_is_one_where_that_is_allowed():
    extents = [_bar(0, 40), _bar(60, 90, 70, 100), _bar(110, 150)]
    assert line_of(extents, GAP).groups == ((0, 1), (2,))
    assert line_of(extents, GAP, SMALLEST_DIGIT).groups == ((0,), (1,), (2,))


def test_what_touches_may_be_one_digit_and_what_is_apart_may_not():
    line = line_of([_bar(0, 40), _bar(45, 60), _bar(65, 100), _bar(130, 160)], OVERLAP)
    assert line.gaps == (0.05, 0.05, 0.3)
    assert line.candidates() == ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4))
    assert line.joined(0, 2) == (0, 1)
    assert not line.is_clear


def test_no_candidate_is_wider_than_a_digit():
    line = line_of([_bar(0, 60), _bar(61, 120), _bar(121, 180)], OVERLAP)
    assert [(start, end) for start, end in line.candidates() if end - start > 1] == [(0, 2), (1, 3)]
    assert all(line.extents[end - 1].right - line.extents[start].left <= 170 for start, end in line.candidates())
    assert WIDEST_DIGIT == 1.7


def test_the_aspect_of_a_line():
    assert line_of([_bar(0, 40), _bar(60, 200)], GAP).aspect == 2.0
    assert line_of([_bar(0, 40, 50, 50)], GAP).aspect == np.inf


def test_lines_one_below_the_other():
    extents = [_bar(100, 140, 0, 100), _bar(0, 40, 20, 110), _bar(0, 40, 140, 230), _bar(60, 100, 150, 240)]
    lines = lines_of(extents, GAP)
    assert [line.groups for line in lines] == [((1,), (0,)), ((2,), (3,))]
    (line,) = lines_of([*extents[:2], _bar(0, 40, 130, 140)], GAP)
    assert line.groups == ((1, 2), (0,)), "the bar below belongs to the line"


def test_ink_far_below_does_not_make_digits_a_column():
    lines = lines_of([_bar(0, 50, 0, 50), _bar(0, 50, 60, 110)], GAP)
    assert [line.groups for line in lines] == [((0,),), ((1,),)]


@pytest.mark.parametrize("digit", range(10))
def test_one_digit_is_one_group(digit: int):
    for style in builtin_styles(digit):
        pieces = Sketch(drawing=builtin_drawing(digit, style)).pieces()
        assert len(line_of(pieces.extents, GAP).groups) == 1


@pytest.mark.parametrize("preprocessing", [ALL_STEPS, ALL_STEPS.switched(Step.MASS)])
def test_digits_side_by_side_are_rendered_as_if_alone(preprocessing: Preprocessing):
    digits = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in (4, 7, 5)]
    pieces = Sketch(drawing=side_by_side(digits)).pieces(preprocessing)
    groups = line_of(pieces.extents, GAP).groups
    assert len(groups) == 3
    for part, digit in zip(pieces.render(groups), digits, strict=True):
        # Moving a digit only changes the rounding of its coordinates.
        alone = Sketch(drawing=digit).steps(preprocessing).image.astype(float)
        np.testing.assert_allclose(part, alone, atol=1)


def test_an_empty_canvas_has_no_pieces():
    assert Sketch().pieces().extents == ()
    assert pieces_of_picture(np.full((40, 60), 255, np.uint8)).extents == ()


def _picture(*digits: int, overlap: int = 0) -> NDArray[np.uint8]:
    """Return digits side by side in a picture, each 28 * 6 pixels wide and high, light on dark."""
    images = [np.kron(render(builtin_drawing(digit, builtin_styles(digit)[0])), _PIXEL) for digit in digits]
    pixels = np.zeros((images[0].shape[0], sum(image.shape[1] - overlap for image in images) + overlap), np.uint8)
    left = 0
    for image in images:
        part = pixels[:, left : left + image.shape[1]]
        np.maximum(part, image, out=part)
        left += image.shape[1] - overlap
    return pixels


_PIXEL = np.ones((6, 6), np.uint8)


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_digits_of_a_picture_are_pieces_rendered_as_if_alone(is_dark: bool):
    pixels = _picture(2, 7, 0)
    pieces = Sketch(picture=Picture(255 - pixels if is_dark else pixels, "three")).pieces()
    groups = line_of(pieces.extents, GAP).groups
    assert len(groups) == 3
    for image, digit in zip(pieces.render(groups), (2, 7, 0), strict=True):
        alone = Sketch(picture=Picture(_picture(digit), "one")).steps().image
        assert np.abs(image.astype(float) - alone).mean() < 8.0


def test_digits_of_a_picture_that_overlap_along_x_are_cut_out_without_each_other():
    pixels = np.zeros((120, 160), np.uint8)
    for column in range(100):
        pixels[10 + column : 18 + column, column : column + 8] = 255
        pixels[column : column + 8, 45 + column : 53 + column] = 255
    first, second = pieces_of_picture(pixels).render([(0,), (1,)])
    np.testing.assert_allclose(first.astype(float), second.astype(float), atol=60)


def test_specks_of_a_picture_are_no_pieces():
    pixels = _picture(1)
    pixels[5:8, 5:8] = 255
    assert len(pieces_of_picture(pixels).extents) == 1


def test_of_very_many_pieces_the_largest_are_kept():
    strokes = [Stroke.of([[nth, 0.0], [nth, 1.0 + nth % 2]]) for nth in range(2 * MAXIMUM_PIECES)]
    pieces = Sketch(drawing=Drawing(tuple(strokes))).pieces()
    assert len(pieces.extents) == MAXIMUM_PIECES
    assert {extent.height for extent in pieces.extents} == {2.0}
