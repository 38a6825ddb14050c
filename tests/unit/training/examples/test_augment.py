"""Warped digits keep their identity, and each is different."""

import numpy as np
import pytest

from digitlab.data.builtin import random_drawing
from digitlab.data.drawing.ink import Ink
from digitlab.data.drawing.raster import PEN_WIDTH, render_ink
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.training.examples.augment import PEN_WIDTHS, PRESSURE_SWING, warped_images, warped_ink
from tests.helpers.networks import small_dataset


@pytest.fixture(scope="module")
def ink() -> Ink:
    rng = np.random.default_rng(5)
    return Ink.of_drawings([random_drawing(index % 10, rng) for index in range(200)])


def _upright(ink: Ink) -> np.ndarray:
    """Return points relative to the middle of their drawing, its larger side scaled to 1."""
    low, high = ink.boxes()
    points = ink.points - ((low + high) / 2)[ink.owners]
    return points / (high - low).max(axis=1)[ink.owners, None]


def test_warped_strokes_stay_near_their_original(ink: Ink):
    warped = warped_ink(ink, np.random.default_rng(0))
    away = np.hypot(*(warped.points - _upright(ink)).T)
    # Two standard deviations of everything at once: rotation, slant and aspect at the far corner, three waves.
    assert away.max() < 0.26 * 0.71 + 0.40 * 0.5 + 0.14 * 0.5 + 3 * 0.07 * np.sqrt(2) + 0.02
    assert 0.03 < away.mean() < 0.15
    assert np.array_equal(warped.starts, ink.starts)
    assert np.array_equal(warped.ends, ink.ends)


def test_every_drawing_is_warped_differently_and_depends_only_on_its_generator(ink: Ink):
    same = Ink.of_drawings([Drawing((Stroke.of([[0, 0], [1, 3], [2, 1]]),))] * 50)
    images = render_ink(warped_ink(same, np.random.default_rng(1)))
    assert len(np.unique(images.reshape(50, -1), axis=0)) == 50
    one, other = (warped_ink(ink, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(one.points, other.points)
    assert np.array_equal(one.thickness, other.thickness)


def test_pens_have_realistic_widths(ink: Ink):
    widths = warped_ink(ink, np.random.default_rng(2)).thickness / ink.thickness * PEN_WIDTH
    assert widths.min() >= PEN_WIDTHS[0] * (1 - PRESSURE_SWING)
    assert widths.max() <= PEN_WIDTHS[1] * (1 + PRESSURE_SWING)
    assert widths.min() < 1.7
    assert widths.max() > 3.4


def test_ink_of_warped_strokes_stays_inside_the_image(ink: Ink):
    images = render_ink(warped_ink(ink, np.random.default_rng(3)))
    assert not images[:, 0].any()
    assert not images[:, :, -1].any()
    assert (images.max(axis=(1, 2)) > 200).all()


def test_position_and_size_do_not_matter(ink: Ink):
    moved = Ink(ink.points * 300 + 7, ink.thickness, ink.owners, ink.starts, ink.ends, ink.count)
    one, other = (warped_ink(each, np.random.default_rng(4)) for each in (ink, moved))
    assert np.allclose(one.points, other.points, atol=1e-9)


def test_a_given_matrix_is_applied_first():
    line = Ink.of_drawings([Drawing((Stroke.of([[0, 0], [10, 0]]),))] * 40)
    quarter = np.tile([[0.0, 1.0], [-1.0, 0.0]], (40, 1, 1))
    way = np.diff(warped_ink(line, np.random.default_rng(6), quarter).points.reshape(40, 2, 2), axis=1)[:, 0]
    assert (way[:, 1] > 0.5).all()
    assert (way[:, 1] > np.abs(way[:, 0])).all()


def test_a_dot_and_an_empty_drawing_can_be_warped():
    ink = Ink.of_drawings([Drawing((Stroke.of([[3, 4]]),)), Drawing()])
    images = render_ink(warped_ink(ink, np.random.default_rng(0)))
    assert images[0].any()
    assert not images[1].any()


def _centres(images: np.ndarray) -> np.ndarray:
    """Return the centre of each image's ink, rows and columns, shape (n, 2)."""
    mass = images.sum(axis=(1, 2), dtype=float)
    rows, columns = images.sum(axis=2) @ np.arange(28), images.sum(axis=1) @ np.arange(28)
    return np.stack([rows / mass, columns / mass], axis=1)


def _directions(images: np.ndarray) -> np.ndarray:
    pixels = images.reshape(len(images), -1).astype(float)
    return pixels / np.linalg.norm(pixels, axis=1)[:, None]


def test_warped_images_still_show_their_digits():
    images = small_dataset().train.images
    warped = warped_images(images, np.random.default_rng(0))
    assert warped.shape == images.shape
    assert warped.dtype == np.uint8
    assert np.abs(_centres(warped) - _centres(images)).max() < 2.5
    rim = warped.copy()
    rim[:, 1:-1, 1:-1] = 0
    assert rim.sum() < 0.01 * warped.sum()
    # The original with the smallest angle to the warped pixels almost always shows the same digit.
    labels = small_dataset().train.labels
    nearest = (_directions(warped) @ _directions(images).T).argmax(axis=1)
    assert (labels[nearest] == labels).mean() > 0.9


def test_images_are_warped_differently_and_depend_only_on_their_generator():
    images = np.repeat(small_dataset().train.images[:1], 150, axis=0)
    one, other = (warped_images(images, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one, other)
    assert len(np.unique(one.reshape(150, -1), axis=0)) == 150


def test_original_images_are_not_changed():
    images = small_dataset().train.images[:3].copy()
    warped_images(images, np.random.default_rng(0))
    assert np.array_equal(images, small_dataset().train.images[:3])


def test_empty_and_blank_images_stay_unchanged():
    assert warped_images(np.zeros((0, 28, 28), np.uint8), np.random.default_rng(0)).shape == (0, 28, 28)
    assert not warped_images(np.zeros((70, 28, 28), np.uint8), np.random.default_rng(0)).any()


def test_a_full_image_does_not_overflow():
    """A pixel of 255 must not wrap around to 0 when it is interpolated, dilated or blurred."""
    warped = warped_images(np.full((200, 28, 28), 255, np.uint8), np.random.default_rng(0))
    assert (warped[:, 8:20, 8:20] == 255).all()
