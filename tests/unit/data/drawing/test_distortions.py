"""Distortions of the network's input: unchanged at 0, stronger step by step, and the same for the same seed."""

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.distortions import (
    KINDS,
    NO_DISTORTION,
    STRENGTH_NAMES,
    STRENGTHS,
    Distortion,
    distorted,
)
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.sampling import as_levels, blurred


@pytest.fixture(scope="module")
def images():
    """Every built-in digit as the network sees it."""
    styles = [(digit, style) for digit in range(10) for style in builtin_styles(digit)]
    return render_many([builtin_drawing(*style) for style in styles])


def distance(some, others):
    """Return the mean difference of two sets of images."""
    return float(np.abs(some.astype(float) - others).mean())


def coarse(images):
    """Return images blurred, so that ink that moved further is further away."""
    return 255.0 * blurred(as_levels(images), 5.0)


def middle(image):
    """Return the centre of mass: row and column."""
    return np.argwhere(image > 0).T @ image[image > 0] / image.sum(dtype=float)


@pytest.mark.parametrize("kind", KINDS)
def test_a_distortion_keeps_shape_and_type_and_is_stronger_step_by_step(images, kind):
    before = images.copy()
    steps = [distorted(images, kind, strength, np.random.default_rng(1)) for strength in (0.0, *STRENGTHS)]
    assert all(step.shape == images.shape and step.dtype == np.uint8 for step in steps)
    assert np.array_equal(steps[0], images)
    seen = coarse if KINDS[kind].moves else np.asarray
    distances = [distance(seen(step), seen(images)) for step in steps]
    assert distances == sorted(distances)
    assert distances[1] > 0.5
    assert np.array_equal(images, before)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_images(images, kind):
    assert np.array_equal(
        distorted(images, kind, 0.7, np.random.default_rng(5)), distorted(images, kind, 0.7, np.random.default_rng(5))
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_image_may_have_its_own_strength(images, kind):
    strengths = np.linspace(0.0, 1.0, len(images))
    several = distorted(images, kind, strengths, np.random.default_rng(2))
    assert np.array_equal(several[0], images[0])
    assert np.array_equal(several[-1], distorted(images, kind, 1.0, np.random.default_rng(2))[-1])


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.is_two_sided])
def test_a_kind_with_two_sides_goes_to_both(images, kind):
    left, right = (Distortion().changed(kind, amount).apply(images) for amount in (-0.5, 0.5))
    assert distance(left, right) > 1.0
    by_chance = distorted(images, kind, 0.5, np.random.default_rng(0))
    assert np.array_equal((by_chance == left).all(axis=(1, 2)), ~(by_chance == right).all(axis=(1, 2)))


def test_positive_amounts_turn_to_the_right_move_right_and_down_and_enlarge():
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 4:24, 13:15] = 255

    def changed(kind, amount):
        return Distortion().changed(kind, amount).apply(bar)[0]

    for kind in ("tilt", "slant"):
        assert middle(changed(kind, 0.5)[:10])[1] > 15.0
    assert middle(changed("across", 0.5)) == pytest.approx([13.5, 17.5], abs=0.05)
    assert middle(changed("down", -0.5)) == pytest.approx([9.5, 13.5], abs=0.05)
    assert np.ptp(np.flatnonzero(changed("size", -1.0).any(axis=1))) == pytest.approx(20 * 2**-0.8, abs=1.5)
    assert changed("thickness", 1.0)[14].sum() / 255 == pytest.approx(6.0, abs=0.1)
    assert 0 < changed("thickness", -1.0).sum() < bar.sum()


def test_a_distortion_that_is_off_returns_the_very_image(images):
    assert NO_DISTORTION.apply(images) is images
    assert not Distortion().changed("blur", 0.5).changed("blur", 0.0).is_on


def test_a_choice_is_equal_however_it_was_made(images):
    one = Distortion().changed("tilt", 0.2).changed("noise", 0.4)
    other = Distortion().changed("noise", 0.1).changed("tilt", 0.2).changed("noise", 0.4)
    assert one == other
    assert one.amount("noise") == 0.4
    assert one.amount("blur") == 0.0
    assert np.array_equal(one.apply(images), other.apply(images))


def test_the_noise_stays_in_place_while_the_amount_changes_or_another_kind_is_added(images):
    weak, strong = (Distortion().changed("specks", amount).apply(images) for amount in (0.2, 0.8))
    changed = weak != images
    assert np.array_equal(strong[changed], weak[changed])
    also = Distortion().changed("specks", 0.2).changed("faint", 0.5).apply(images)
    assert np.array_equal(also[changed], weak[changed])


def test_only_what_moves_ink_says_so(images):
    for name, kind in KINDS.items():
        assert Distortion().changed(name, 0.5).moves is kind.moves
    ruled = Distortion().changed("ruling", 0.5).apply(images)
    assert (ruled >= images).all()


def test_every_strength_has_a_name():
    assert len(STRENGTHS) == len(STRENGTH_NAMES)
    assert list(STRENGTHS) == sorted(STRENGTHS)
    assert STRENGTHS[-1] == 1.0
