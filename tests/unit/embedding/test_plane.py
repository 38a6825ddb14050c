"""Principal axes against cases worked by hand and NumPy's singular value decomposition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.embedding.plane import aligned, fit_plane
from digitlab.system.errors import DigitLabError


def features(seed, count, values, spread=1.5):
    """Return images whose variance falls by a factor from value to value, turned at random."""
    rng = np.random.default_rng(seed)
    scales = spread ** -np.arange(values)
    turn = np.linalg.qr(rng.standard_normal((values, values)))[0]
    return ((rng.standard_normal((count, values)) * scales) @ turn + rng.standard_normal(values)).astype(np.float32)


def test_points_on_a_line_have_one_axis_along_it():
    # (0, 0), (1, 2), (2, 4): the direction is (1, 2) / √5, the distances from the mean (1, 2) are √5.
    plane = fit_plane(np.array([[0, 0], [1, 2], [2, 4]], np.float32))
    assert plane.mean == pytest.approx([1, 2])
    assert plane.axes[:, 0] == pytest.approx(np.array([1, 2]) / np.sqrt(5), abs=1e-6)
    assert plane.share == pytest.approx(1)
    assert plane.project(np.array([2, 4], np.float32)) == pytest.approx([np.sqrt(5), 0], abs=1e-6)


def test_four_corners_of_a_rectangle():
    # 6 wide and 2 high: the variances are 9 and 1, so one axis keeps 90 %.
    corners = np.array([[3, 1, 7], [3, -1, 7], [-3, 1, 7], [-3, -1, 7]], np.float32)
    assert fit_plane(corners, 1).share == pytest.approx(0.9)
    plane = fit_plane(corners)
    assert plane.axes == pytest.approx(np.array([[1, 0], [0, 1], [0, 0]]), abs=1e-6)
    assert plane.project(corners) == pytest.approx(corners[:, :2], abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**31), count=st.integers(3, 80), values=st.integers(2, 60))
def test_the_plane_is_that_of_the_singular_value_decomposition(seed, count, values):
    images = features(seed, count, values)
    centred = images.astype(np.float64) - images.astype(np.float64).mean(axis=0)
    _, singular, right = np.linalg.svd(centred, full_matrices=False)
    plane = fit_plane(images)
    assert plane.axes.T @ plane.axes == pytest.approx(np.eye(2), abs=1e-4)
    assert plane.share == pytest.approx(np.square(singular[:2]).sum() / np.square(singular).sum(), abs=1e-4)
    kept = np.square(centred @ plane.axes).sum()
    assert kept == pytest.approx(np.square(centred @ right[:2].T).sum(), rel=1e-3)


def test_each_axis_is_that_of_numpy_where_they_are_distinct():
    images = features(1, 500, 200, spread=1.2)
    centred = images.astype(np.float64) - images.astype(np.float64).mean(axis=0)
    right = np.linalg.svd(centred, full_matrices=False)[2]
    axes = fit_plane(images, 3).axes
    assert np.abs(right[:3] @ axes) == pytest.approx(np.eye(3), abs=1e-3)


@pytest.mark.parametrize("shape", [(1, 5), (2, 3), (3, 1), (4, 2)])
def test_few_images_or_values_are_no_problem(shape):
    images = features(2, *shape)
    plane = fit_plane(images)
    assert plane.axes.shape == (shape[1], 2)
    assert np.isfinite(plane.project(images)).all()


def test_images_without_differences_all_lie_at_zero():
    plane = fit_plane(np.ones((6, 4), np.float32))
    assert plane.share == 0
    assert plane.project(np.ones((6, 4), np.float32)) == pytest.approx(0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e25])
def test_activations_of_a_diverged_network_are_refused(bad):
    images = features(3, 10, 4)
    images[2, 1] = bad
    with pytest.raises(DigitLabError, match="not finite"):
        fit_plane(images)


@pytest.mark.parametrize("mirror", [1, -1])
def test_aligning_undoes_a_turn_and_a_mirror(mirror):
    images = features(4, 50, 6)
    plane = fit_plane(images)
    points = plane.project(images)
    angle = 2.2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle) * mirror, np.cos(angle) * mirror]], np.float32)
    found = aligned(plane, points, points @ turn).project(images)
    assert found == pytest.approx(points @ turn, abs=1e-5)


def test_aligned_maps_of_slightly_different_activations_nearly_coincide():
    images = features(5, 200, 30, spread=1.02)  # the order of the axes depends on chance
    other = images + np.float32(0.02) * np.random.default_rng(6).standard_normal(images.shape).astype(np.float32)
    first, second = fit_plane(images), fit_plane(-other)  # activations with the opposite sign turn everything around
    reference = first.project(images)
    apart = np.abs(second.project(-other) - reference).mean()
    together = np.abs(aligned(second, second.project(-other), reference).project(-other) - reference).mean()
    assert together < 0.5 * apart
