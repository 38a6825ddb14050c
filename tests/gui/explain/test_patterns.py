"""The inputs and kernels of the sandbox: what they are known for."""

from itertools import product

import numpy as np
import pytest

from digitlab.gui.explain.sandbox.patterns import INPUTS, KERNELS, resized, scaled
from digitlab.insight.slide import slide_over
from digitlab.model.layer import Padding

SIDES = (1, 3, 5, 7)


def over(inputs, name, side=3):
    return slide_over(inputs, KERNELS[name].make(side, side), 1, Padding.VALID).outputs


@pytest.mark.parametrize("name", INPUTS)
def test_every_input_has_the_size_that_was_asked_for(name):
    for height, width in ((3, 3), (5, 28), (28, 4)):
        made = INPUTS[name].make(height, width)
        assert made.shape == (height, width)
        assert made.dtype == np.float32
        assert 0 <= made.min() <= made.max() <= 1


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_is_at_least_as_large_as_asked_for(name):
    least = KERNELS[name].make(1, 1).shape
    assert least[0] == least[1]
    for height, width in product(SIDES, SIDES):
        made = KERNELS[name].make(height, width)
        assert made.shape == (max(height, least[0]), max(width, least[1]))
        assert made.dtype == np.float32


@pytest.mark.parametrize("side", SIDES)
def test_identity_and_blurs_keep_a_flat_input(side):
    flat = np.full((9, 9), 0.5, np.float32)
    for name in ("identity", "box", "gaussian"):
        np.testing.assert_allclose(over(flat, name, side), 0.5, rtol=1e-6)


@pytest.mark.parametrize("name", ["vertical", "horizontal", "laplacian", "sobel-x", "sobel-y"])
def test_edges_are_zero_where_nothing_changes(name):
    np.testing.assert_allclose(over(np.full((6, 6), 0.7, np.float32), name), 0, atol=1e-6)


def test_edges_have_a_direction():
    edge = INPUTS["edge"].make(6, 8)
    for name, strength in (("vertical", 3), ("sobel-x", 4)):
        np.testing.assert_array_equal(over(edge, name)[0], [0, 0, strength, strength, 0, 0])
        np.testing.assert_array_equal(over(edge.T, name), 0)
    for name, strength in (("horizontal", 3), ("sobel-y", 4)):
        np.testing.assert_array_equal(over(edge.T, name)[:, 0], [0, 0, strength, strength, 0, 0])
        np.testing.assert_array_equal(over(edge, name), 0)


def test_sharpening_adds_the_edges():
    rng = np.random.default_rng(0)
    image = rng.random((7, 7)).astype(np.float32)
    np.testing.assert_allclose(over(image, "sharpen"), over(image, "identity") - over(image, "laplacian"), rtol=1e-5)


def test_a_gaussian_of_three_is_binomial():
    wanted = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    np.testing.assert_allclose(KERNELS["gaussian"].make(3, 3), wanted, rtol=1e-6)
    np.testing.assert_allclose(KERNELS["gaussian"].make(3, 1), [[0.25], [0.5], [0.25]], rtol=1e-6)


def test_a_spot_shows_the_kernel_rotated_unless_it_is_flipped():
    spot, emboss = INPUTS["spot"].make(7, 7), KERNELS["emboss"].make(3, 3)
    plain, flipped = (slide_over(spot, emboss, 1, Padding.SAME, is_flipped=flip).outputs for flip in (False, True))
    np.testing.assert_array_equal(flipped[2:5, 2:5], emboss)
    np.testing.assert_array_equal(plain[2:5, 2:5], emboss[::-1, ::-1])


def test_a_drawing_is_scaled_by_means_of_areas():
    image = np.zeros((28, 28), np.uint8)
    image[0:4, 0:4] = 255
    made = scaled(image, 7, 14)
    assert made[0, :2].tolist() == [1, 1]
    assert made.sum() == 2
    np.testing.assert_array_equal(scaled(image, 28, 28), image / 255)
    assert scaled(image, 3, 3)[0, 0] == pytest.approx(round((4 * 3 / 28) ** 2, 2))


@pytest.mark.parametrize(("old", "new"), [((3, 3), (5, 5)), ((5, 5), (3, 3)), ((3, 4), (4, 3)), ((2, 2), (3, 3))])
def test_resizing_there_and_back_keeps_what_fits(old, new):
    values = np.arange(1, old[0] * old[1] + 1, dtype=np.float32).reshape(old)
    made = resized(values, *new)
    assert made.shape == new
    assert set(made[made != 0].tolist()) <= set(values.ravel().tolist())
    assert np.count_nonzero(made) == min(old[0], new[0]) * min(old[1], new[1])
    if min(new[0] - old[0], new[1] - old[1]) >= 0:
        np.testing.assert_array_equal(resized(made, *old), values)
