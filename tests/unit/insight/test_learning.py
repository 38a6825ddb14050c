"""Statistics of layers, in networks small enough to compute by hand."""

import numpy as np
import pytest

from digitlab.insight.health import Health, health_of_dead, health_of_update
from digitlab.insight.learning import learning_layers, measure, probe_images
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot, small_dataset


def one_dot(value: int = 255) -> np.ndarray:
    """Return an image with one bright pixel in the middle."""
    image = np.zeros((28, 28), dtype=np.uint8)
    image[14, 14] = value
    return image


def three_filters() -> Snapshot:
    """Return a network of three 1x1 filters: one copies the image, one negates it, one is constantly 1/2."""
    spec = ModelSpec("Three", (Conv2D(3, 1), Pooling2D(2), Flatten(), Dense(10)))
    kernel = np.array([1.0, -1.0, 0.0]).reshape(1, 1, 1, 3)
    return Snapshot.of(spec, [kernel, np.array([0.0, 0.0, 0.5]), np.zeros((588, 10)), np.zeros(10)], step=7, epoch=0.5)


def test_a_unit_that_is_zero_for_every_image_is_dead():
    stats = measure(three_filters(), np.stack([one_dot(), one_dot(0)]))
    assert stats is not None
    filters, outputs = stats.layers
    # The second filter's sums are 0 and -1, never above zero.
    assert filters.dead.tolist() == [False, True, False]
    assert outputs.dead is None
    assert (stats.step, stats.epoch) == (7, 0.5)


def test_a_unit_that_responds_to_a_single_image_is_alive():
    stats = measure(three_filters(), np.stack([one_dot(0), one_dot(0), one_dot(1)]))
    assert stats.layers[0].dead.tolist() == [False, True, False]
    assert measure(three_filters(), np.stack([one_dot(0)])).layers[0].dead.tolist() == [True, True, False]


def test_histograms_are_of_kernels_and_of_all_activations():
    stats = measure(three_filters(), np.stack([one_dot(), one_dot(0)]))
    weights, activations = stats.layers[0].weights, stats.layers[0].activations
    assert (weights.low, weights.high, weights.total, weights.zeros) == (-1, 1, 3, 1)
    # Of 2 x 784 pixels and three filters: one 1.0, and 1568 times 0.5; the rest is zero.
    assert activations.total == 2 * 784 * 3
    assert (activations.counts[activations.counts > 0]).tolist() == [2 * 784 * 2 - 1, 2 * 784, 1]
    assert activations.zeros == 2 * 784 * 2 - 1


def test_many_images_are_measured_as_each_by_itself():
    snapshot, images = random_snapshot(TUTORIAL, seed=2), small_dataset().test.images[:25]
    stats = measure(snapshot, images)
    outputs = [inspect(snapshot, image).activations[1:] for image in images]
    for place, layer in enumerate(learning_layers(TUTORIAL)):
        values = np.stack([output[layer] for output in outputs])
        assert stats.layers[place].activations.total == values.size
        assert stats.layers[place].activations.high == pytest.approx(values.max(), rel=1e-5)
        if stats.layers[place].dead is not None:
            tallest = values.reshape(-1, values.shape[-1]).max(axis=0)
            np.testing.assert_array_equal(stats.layers[place].dead, tallest <= 0)


def test_a_diverged_network_is_measured_too():
    snapshot = three_filters()
    broken = Snapshot.of(snapshot.spec, [np.full(array.shape, np.nan) for array in snapshot.arrays])
    layer = measure(broken, np.stack([one_dot()])).layers[0]
    assert (layer.weights.broken, layer.weights.total) == (3, 0)
    assert layer.dead.all()


def test_the_fingerprint_changes_with_any_weight():
    snapshot = three_filters()
    arrays = [array.copy() for array in snapshot.arrays]
    arrays[1][2] = 0.25
    images = np.stack([one_dot()])
    before, same, after = (
        measure(Snapshot.of(snapshot.spec, values), images) for values in (snapshot.arrays, snapshot.arrays, arrays)
    )
    assert before.layers[0].fingerprint == same.layers[0].fingerprint
    assert before.layers[0].fingerprint != after.layers[0].fingerprint
    assert before.layers[1].fingerprint == after.layers[1].fingerprint


def test_only_layers_with_weights_are_measured():
    assert learning_layers(TUTORIAL) == (0, 2, 5)
    sigmoid = ModelSpec("Sigmoid", (Conv2D(1, 3, activation=Activation.SIGMOID),))
    assert measure(random_snapshot(sigmoid), np.stack([one_dot()])).layers[0].dead is None


def test_measuring_can_be_cancelled():
    assert measure(three_filters(), np.stack([one_dot()]), lambda: True) is None


def test_the_probe_images_are_always_the_same_hundred_digits():
    images = probe_images()
    assert images.shape == (100, 28, 28)
    assert images.dtype == np.uint8
    assert (images.reshape(100, -1).max(axis=1) > 128).all()
    np.testing.assert_array_equal(images, probe_images())


@pytest.mark.parametrize(
    ("ratio", "health"),
    [
        (1e-3, Health.HEALTHY),
        (1e-4, Health.HEALTHY),
        (1e-2, Health.HEALTHY),
        (9e-5, Health.WATCH),
        (0.02, Health.WATCH),
        (0.05, Health.UNHEALTHY),
        (3.0, Health.UNHEALTHY),
        (0.0, Health.UNHEALTHY),
        (float("nan"), Health.UNHEALTHY),
        (float("inf"), Health.UNHEALTHY),
    ],
)
def test_update_ratios_around_a_thousandth_are_healthy(ratio, health):
    assert health_of_update(ratio) is health


@pytest.mark.parametrize(
    ("dead", "health"),
    [(0, Health.HEALTHY), (3, Health.HEALTHY), (4, Health.WATCH), (12, Health.WATCH), (13, Health.UNHEALTHY)],
)
def test_few_of_32_dead_filters_are_healthy(dead, health):
    assert health_of_dead(dead, 32) is health
