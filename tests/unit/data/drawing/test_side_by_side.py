"""Dividing strokes, and ink in pictures, into parts that are side by side."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.pictures import split_picture
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.side_by_side import MAXIMUM_GROUPS, Extent, groups_of, split_columns, split_drawing
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from tests.helpers.drawings import side_by_side

GAP = 0.1


def _bar(left: float, right: float, top: float = 0.0, bottom: float = 100.0) -> Extent:
    return Extent(left, top, right, bottom)


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


@pytest.mark.parametrize("digit", range(10))
def test_one_digit_is_never_divided(digit: int):
    for style in builtin_styles(digit):
        assert split_drawing(builtin_drawing(digit, style), GAP) == ()


def test_digits_side_by_side_are_divided_and_rendered_as_if_alone():
    digits = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in (4, 7, 5)]
    parts = Sketch(drawing=side_by_side(digits)).parts(GAP)
    assert len(parts) == 3
    for part, digit in zip(parts, digits, strict=True):
        # Moving a digit only changes the rounding of its coordinates.
        np.testing.assert_allclose(part, render(digit).astype(float), atol=1)


def test_more_than_six_parts_are_not_divided():
    strokes = [Stroke.of([[10.0 * nth, 0.0], [10.0 * nth, 10.0]]) for nth in range(MAXIMUM_GROUPS + 1)]
    assert split_drawing(Drawing(tuple(strokes)), GAP) == ()
    assert len(split_drawing(Drawing(tuple(strokes[1:])), GAP)) == MAXIMUM_GROUPS


def test_an_empty_drawing_has_no_parts():
    assert Sketch().parts(GAP) == ()


def test_columns_meet_in_the_middle_of_the_gap():
    inked = np.zeros((20, 50), np.bool_)
    inked[2:18, 5:15] = True
    inked[2:18, 25:40] = True
    assert split_columns(inked, GAP) == (slice(0, 20), slice(20, 50))
    assert split_columns(inked[:, :20], GAP) == ()
    assert split_columns(np.zeros((20, 50), np.bool_), GAP) == ()


def test_a_picture_is_divided_in_either_polarity():
    digits = [
        np.kron(render(builtin_drawing(digit, builtin_styles(digit)[0])), np.ones((6, 6), np.uint8)) for digit in (4, 7)
    ]
    light = np.hstack([np.pad(digit, 20) for digit in digits])
    for pixels in (light, 255 - light):
        parts = split_picture(pixels, GAP)
        assert len(parts) == 2
        assert sum(part.shape[1] for part in parts) == pixels.shape[1]
        images = Sketch(picture=Picture(pixels, "two")).parts(GAP)
        alone = [Sketch(picture=Picture(part, "one")).steps().image for part in parts]
        np.testing.assert_array_equal(images, alone)
    assert split_picture(np.full((40, 60), 255, np.uint8), GAP) == ()


def test_a_large_picture_is_divided_at_full_resolution():
    pixels = np.full((600, 2000), 255, np.uint8)
    pixels[100:500, 200:260] = 0
    pixels[100:500, 1500:1560] = 0
    first, second = split_picture(pixels, GAP)
    assert first.shape[0] == second.shape[0] == 600
    assert first.shape[1] == pytest.approx(880, abs=8)
