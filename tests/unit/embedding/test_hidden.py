"""Which layer is mapped, and its activations for many images, against the lens."""

import numpy as np
import pytest

from digitlab.embedding.hidden import digits_at_most, feature_count, features_of, hidden_layer, run_hidden
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D
from digitlab.model.presets import PRESETS
from digitlab.model.spec import Loss, ModelSpec
from tests.helpers.networks import random_snapshot

SOFTMAX = Dense(units=10, activation=Activation.SOFTMAX)
NETWORKS = {
    "flatten": (PRESETS["tutorial"], 4, 1024),
    "hidden dense": (PRESETS["pen"], 6, 112),
    "feature maps": (PRESETS["one-conv"], 1, 12 * 12 * 32),
    "image": (ModelSpec("x", (Flatten(), SOFTMAX)), 0, 784),
    "global pooling": (ModelSpec("x", (Conv2D(6, 5), GlobalPooling2D(), SOFTMAX)), 1, 6),
    "sigmoid": (
        ModelSpec("x", (Flatten(), Dense(7), Dense(10, Activation.SIGMOID)), loss=Loss.SIGMOID_CROSS_ENTROPY),
        1,
        7,
    ),
}
IMAGES = np.random.default_rng(0).integers(0, 256, (13, 28, 28), dtype=np.uint8)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_layer_before_the_last_dense_layer_is_mapped(name):
    spec, layer, values = NETWORKS[name]
    assert hidden_layer(spec) == layer
    assert feature_count(spec) == values


@pytest.mark.parametrize("name", NETWORKS)
def test_the_activations_are_those_of_the_lens(name):
    snapshot = random_snapshot(NETWORKS[name][0])
    hidden = run_hidden(snapshot, IMAGES)
    for row, image in enumerate(IMAGES):
        inspection = inspect(snapshot, image)
        assert hidden.features[row] == pytest.approx(features_of(inspection), rel=1e-5, abs=1e-5)
        if inspection.outputs is None:
            assert hidden.outputs.shape == (len(IMAGES), 0)
        else:
            assert hidden.outputs[row] == pytest.approx(inspection.outputs, abs=1e-5)


def test_it_can_be_cancelled_and_mapping_nothing_is_possible():
    snapshot = random_snapshot(PRESETS["tutorial"])
    assert run_hidden(snapshot, IMAGES, lambda: True) is None
    assert run_hidden(snapshot, IMAGES[:0]).features.shape == (0, 1024)


def test_fewer_digits_are_mapped_for_a_layer_with_many_values():
    assert digits_at_most(PRESETS["tutorial"]) == 2_000
    large = ModelSpec("x", (Conv2D(filters=256, kernel_size=1),))
    assert digits_at_most(large) == 100
