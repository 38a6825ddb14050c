"""Shapes that are never digits, and digits that must not be mistaken for them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.drawing.plain_shapes import is_plain_shape
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing, Stroke


def _drawn(*strokes) -> np.ndarray:
    return render(Drawing(tuple(Stroke.of(stroke) for stroke in strokes)))


def _rectangle(height: int, width: int) -> np.ndarray:
    pixels = np.full((120, 160), 255, np.uint8)
    pixels[20 : 20 + height, 20 : 20 + width] = 0
    return digit_from_image(pixels).image


@pytest.mark.parametrize(
    "strokes",
    [
        [[[3, 4]]],
        [[[3, 4], [3, 4]]],
        [[[0, 50], [100, 50]]],
        [[[0, 50], [50, 56], [100, 52]]],
        [[[0, 50], [40, 50]], [[60, 50], [100, 50]]],
        [[[x, y] for x in range(0, 101, 4) for y in (0, 100)]],
    ],
    ids=["dot", "dot of two points", "line", "line that is not quite straight", "two dashes", "filled by a pen"],
)
def test_strokes_that_are_not_digits(strokes):
    assert is_plain_shape(_drawn(*strokes))


@pytest.mark.parametrize(("height", "width"), [(80, 80), (40, 100), (90, 60)])
def test_filled_rectangles(height: int, width: int):
    assert is_plain_shape(_rectangle(height, width))


def test_an_image_of_mostly_ink_and_a_faint_dot_are_plain_shapes():
    assert is_plain_shape(np.full((28, 28), 200, np.uint8))
    faint = np.zeros((28, 28), np.uint8)
    faint[14, 14] = 3
    assert is_plain_shape(faint)


def _faint(image: np.ndarray, share: float) -> np.ndarray:
    return np.rint(image * share).astype(np.uint8)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("digit", range(10))
def test_a_faint_digit_is_as_little_a_plain_shape_as_a_strong_one(digit: int, share: float):
    images = [render(builtin_drawing(digit, style)) for style in builtin_styles(digit)]
    assert not any(is_plain_shape(_faint(image, share)) for image in images)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_faint_squares_lines_and_dots_are_still_plain_shapes(share: float):
    assert is_plain_shape(_faint(_rectangle(80, 80), share))
    assert is_plain_shape(_faint(_drawn([[0, 50], [100, 50]]), share))
    assert is_plain_shape(_faint(_drawn([[3, 4]]), share))


def test_a_thin_line_that_is_strong_in_one_place_is_not_a_dot():
    image = _faint(render(builtin_drawing(2, builtin_styles(2)[0])), 0.3)
    image[5, 14] = 255
    assert not is_plain_shape(image)


@given(arrays(np.uint8, (28, 28), elements=st.integers(0, 80)), st.integers(2, 3))
def test_the_strength_of_the_ink_does_not_matter(image: np.ndarray, factor: int):
    assert is_plain_shape(image) == is_plain_shape(image * np.uint8(factor))


def test_a_blank_image_is_not_a_plain_shape():
    assert not is_plain_shape(np.zeros((28, 28), np.uint8))


@pytest.mark.parametrize("width", [2, 12, 30])
def test_a_vertical_stroke_may_be_a_1_however_thick(width: int):
    assert not is_plain_shape(_rectangle(100, width))


def test_a_slanted_line_is_left_to_the_network():
    assert not is_plain_shape(_drawn([[0, 40], [100, 0]]))


@pytest.mark.parametrize("digit", range(10))
def test_built_in_digits_are_not_plain_shapes(digit: int):
    assert not any(is_plain_shape(render(builtin_drawing(digit, style))) for style in builtin_styles(digit))


@pytest.mark.parametrize("side", [8, 16, 64])
def test_the_same_shapes_are_plain_in_any_size_and_digits_are_not(side: int):
    line = Drawing((Stroke.of([[0, 50], [100, 50]]),))
    assert is_plain_shape(render(line, side))
    for digit in range(10):
        for style in builtin_styles(digit):
            assert not is_plain_shape(render(builtin_drawing(digit, style), side)), (digit, style)
