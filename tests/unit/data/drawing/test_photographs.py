"""Simulated photos of a digit on paper."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.distortions import STRENGTHS
from digitlab.data.drawing.photographs import PHOTO_KINDS, SIDE, photographed, photographed_with, read_back, thinned
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing


def rng():
    return np.random.default_rng(3)


def coarse(photo):
    """Return a photo blurred, so that ink that moved further is further away."""
    return np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(20)), float)


@pytest.fixture(params=["strokes", "image"])
def digit(request):
    """A five, as strokes or as MNIST has it."""
    drawing = builtin_drawing(5, builtin_styles(5)[0])
    return drawing if request.param == "strokes" else render(drawing)


@pytest.mark.parametrize("kind", PHOTO_KINDS)
def test_a_photo_is_worse_step_by_step(digit, kind):
    clean, *photos = [photographed(digit, kind, strength, rng()) for strength in (0.0, *STRENGTHS)]
    assert np.array_equal(clean, photographed_with(digit, {}, rng()))
    distances = [float(np.abs(coarse(photo) - coarse(clean)).mean()) for photo in photos]
    assert distances == sorted(distances)
    assert distances[0] > 0.01
    for photo in photos:
        assert photo.shape == (SIDE, SIDE)
        assert photo.dtype == np.uint8


@pytest.mark.parametrize("kind", PHOTO_KINDS)
def test_the_same_seed_gives_the_same_photo(digit, kind):
    assert np.array_equal(photographed(digit, kind, 0.6, rng()), photographed(digit, kind, 0.6, rng()))


def test_several_things_can_be_wrong_at_once(digit):
    both = photographed_with(digit, {"grain": 0.5, "shadow": 0.5}, rng())
    one = photographed_with(digit, {"shadow": 0.5}, rng())
    assert not np.array_equal(both, one)
    assert float(np.abs(both.astype(float) - one).mean()) < 30.0


def test_a_clean_photo_is_dark_on_light_and_is_read_back_as_the_digit(digit):
    photo = photographed_with(digit, {}, rng())
    assert np.median(photo) > 200
    assert photo.min() < 50
    image = digit if isinstance(digit, np.ndarray) else render(digit)
    back = read_back(photo)
    assert back.shape == (28, 28)
    likeness = np.corrcoef(back.ravel(), image.ravel())[0, 1]
    assert likeness > 0.9


def test_an_empty_drawing_gives_blank_paper():
    photo = photographed(Drawing(), "thin", 1.0, rng())
    assert np.ptp(photo) == 0


def test_a_fine_pen_keeps_the_shape_of_the_digit(digit):
    clean, fine = (photographed(digit, "thin", strength, rng()) < 128 for strength in (0.0, 1.0))
    assert 0.05 < fine.sum() / clean.sum() < 0.25
    inked = [np.argwhere(photo) for photo in (clean, fine)]
    for edge in (np.min, np.max):
        ends = [edge(places, axis=0) for places in inked]
        assert np.abs(ends[0] - ends[1]).max() < 16  # half of the pen's width, and the rounding of its middle line


def test_a_bar_is_thinned_to_its_middle_line():
    bar = np.zeros((9, 20), bool)
    bar[3:6, 2:18] = True
    line = thinned(bar)
    assert set(np.flatnonzero(line.any(axis=1))) == {4}
    assert line.sum() >= 12


def test_a_ring_stays_a_ring_when_it_is_thinned():
    y, x = np.mgrid[:40, :40] - 19.5
    ring = np.abs(np.hypot(x, y) - 13.0) < 3.0
    line = thinned(ring)
    radii = np.hypot(x, y)[line]
    assert np.abs(radii - 13.0).max() < 2.0
    angles = np.sort(np.arctan2(y[line], x[line]))
    assert np.diff(angles).max() < 0.2  # no gap
