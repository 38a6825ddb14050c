"""Ink and paper are told apart in any light."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.ink import Ink, paint
from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.drawing.raster import render_steps

SIDE = 200


def digit_on_page(digit: int = 3) -> NDArray[np.float64]:
    """Return a digit of half the page's size, 0..1, a little off the centre."""
    image = Image.fromarray(render_steps(builtin_drawing(digit, "round")).centred)
    page = np.zeros((SIDE, SIDE))
    page[40:160, 50:170] = np.asarray(image.resize((120, 120), Image.Resampling.BICUBIC)) / 255.0
    return page


def photo(ink: NDArray[np.float64], light: NDArray[np.float64], paper: float, pen: float) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).normal(0.0, 3.0, ink.shape)
    return np.clip(light * (paper + (pen - paper) * ink) + noise, 0, 255).astype(np.uint8)


def likeness(image: NDArray[np.uint8], digit: int = 3) -> float:
    return float(np.corrcoef(image.ravel(), render_steps(builtin_drawing(digit, "round")).centred.ravel())[0, 1])


@pytest.mark.parametrize(("paper", "pen"), [(230.0, 40.0), (200.0, 110.0), (30.0, 220.0)])
@pytest.mark.parametrize("strength", [0.15, 0.3, 0.45, 0.6])
def test_vignetting_does_not_matter(strength: float, paper: float, pen: float) -> None:
    down, right = np.mgrid[:SIDE, :SIDE] / SIDE * 2.0 - 1.0
    light = 1.0 - strength * (right**2 + down**2) / 2.0
    assert likeness(digit_from_image(photo(digit_on_page(), light, paper, pen)).centred) > 0.93


@pytest.mark.parametrize("angle", [0.0, 0.6, 2.2, 4.0])
def test_edge_of_a_shadow_across_the_digit_does_not_matter(angle: float) -> None:
    down, right = np.mgrid[:SIDE, :SIDE] / SIDE * 2.0 - 1.0
    light = np.where(np.cos(angle) * right + np.sin(angle) * down > 0.1, 0.5, 1.0)
    assert likeness(digit_from_image(photo(digit_on_page(), light, 220.0, 60.0)).centred) > 0.85


@pytest.mark.parametrize("name", ["vignette_64_150.png", "vignette_96_160.png"])
def test_real_vignetting_keeps_the_whole_seven(name: str, shared_data: Path) -> None:
    boxed = digit_from_image(np.asarray(Image.open(shared_data / "hard" / name).convert("L"))).boxed
    bar, foot = np.flatnonzero(boxed[0] > 100), np.flatnonzero(boxed[-1] > 100)
    assert bar[-1] - bar[0] > 10
    assert len(foot) <= 3


@pytest.mark.parametrize("digit", [0, 6, 8, 9])
def test_fat_blurred_digit_that_is_cropped_tightly_keeps_all_its_ink(digit: int) -> None:
    drawing = builtin_drawing(digit, builtin_styles(digit)[0])
    ink = Ink.of_drawings([drawing])
    low, high = ink.boxes()
    scale = np.array([90.0 / float((high - low).max())])
    fat = paint(ink.moved(-(low + high) / 2.0), scale, np.full((1, 2), 80.0), 34.0, 160)[0]
    soft = np.asarray(Image.fromarray(fat).filter(ImageFilter.GaussianBlur(3.0)))
    rows, columns = (np.flatnonzero((soft > 25).any(axis=axis)) for axis in (1, 0))
    crop = soft[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    cropped = digit_from_image((190.0 - 0.55 * crop).astype(np.uint8)).cropped
    expected = digit_from_image(np.pad(crop, 40)).cropped
    assert np.corrcoef(cropped.ravel(), expected.ravel())[0, 1] > 0.95
