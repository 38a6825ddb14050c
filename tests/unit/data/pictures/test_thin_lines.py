"""Thin lines in pictures get the width of a pen; others keep theirs."""

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing
from digitlab.data.drawing.ink import Ink, paint
from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.drawing.preprocessing import ALL_STEPS, Step
from digitlab.data.drawing.raster import render_steps
from digitlab.data.pictures.thin_lines import widened


def page(pen: float, side: int = 300) -> np.ndarray:
    """Return a 3 of two thirds of the page's size, dark on light."""
    drawing = builtin_drawing(3, "round")
    ink = Ink.of_drawings([drawing])
    low, high = ink.boxes()
    scale = np.array([side / 1.5 / float((high - low).max())])
    return 255 - paint(ink.moved(-(low + high) / 2.0), scale, np.full((1, 2), side / 2.0), pen, side)[0]


@pytest.mark.parametrize("pen", [1.0, 2.0, 4.0, 9.0])
def test_line_of_any_width_gives_the_digit_of_a_pen(pen: float) -> None:
    image = digit_from_image(page(pen)).centred
    expected = render_steps(builtin_drawing(3, "round")).centred
    assert np.corrcoef(image.ravel(), expected.ravel())[0, 1] > 0.88
    assert 0.7 * expected.sum() < image.sum() < 1.3 * expected.sum()


def test_line_of_single_pixels_without_soft_edges_is_widened() -> None:
    hard = np.where(page(1.0) < 128, 0, 255).astype(np.uint8)
    expected = render_steps(builtin_drawing(3, "round")).centred
    assert np.corrcoef(digit_from_image(hard).centred.ravel(), expected.ravel())[0, 1] > 0.88


def test_wide_strokes_stay_as_they_are() -> None:
    ink = (255 - page(20.0)).astype(np.float32)
    assert widened(ink, ink > 30.0) is ink


def test_skipping_the_pen_keeps_thin_lines() -> None:
    steps = digit_from_image(page(1.0), ALL_STEPS.switched(Step.PEN))
    assert np.array_equal(steps.centred, np.pad(steps.boxed, 4))
    assert digit_from_image(page(1.0)).centred.sum() > 1.5 * steps.centred.sum()
