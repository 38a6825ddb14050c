"""Occlusion against covering by hand, and outside of receptive fields."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.attribution.occlusion import occlusion
from digitlab.insight.backward import Target
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot, small_dataset, specs


def test_covering_single_pixels_of_a_linear_model_gives_its_weights_times_the_ink():
    spec = ModelSpec("", (Flatten(), Dense(10, Activation.SOFTMAX)))
    snapshot = random_snapshot(spec, seed=1)
    inspection = inspect(snapshot, small_dataset().test.images[0])
    found = occlusion(inspection, Target.logit(spec, 4), size=1, stride=1)
    assert found is not None
    products = snapshot.weights[1][0][:, 4] * inspection.activations[1]
    np.testing.assert_allclose(found.values.reshape(-1), products, atol=1e-5)


@pytest.mark.parametrize(("size", "stride", "fill"), [(5, 2, 0), (4, 3, 0), (5, 5, 128), (28, 28, 255)])
def test_each_pixel_gets_the_mean_fall_of_all_patches_that_cover_it(size: int, stride: int, fill: int):
    snapshot, image = random_snapshot(TUTORIAL, seed=3), small_dataset().test.images[1]
    target = Target.logit(TUTORIAL, 4)
    value = inspect(snapshot, image).sums[-1][4]
    falls = np.zeros((28, 28, 2))
    for row in range(stride - size, 28, stride):
        for col in range(stride - size, 28, stride):
            patch = np.s_[max(row, 0) : row + size, max(col, 0) : col + size]
            covered = image.copy()
            covered[patch] = fill
            falls[patch] += value - inspect(snapshot, covered).sums[-1][4], 1
    found = occlusion(inspect(snapshot, image), target, size=size, stride=stride, fill=fill)
    assert found is not None
    np.testing.assert_allclose(found.values, falls[..., 0] / falls[..., 1], atol=1e-5)


@settings(max_examples=100)
@given(specs(), st.integers(0, 2**31))
def test_covering_pixels_outside_the_receptive_field_changes_nothing(spec: ModelSpec, seed: int):
    rng = np.random.default_rng(seed)
    layer = int(rng.integers(len(spec.layers)))
    unit = tuple(int(rng.integers(length)) for length in spec.shapes[layer + 1])
    inspection = inspect(random_snapshot(spec, seed), rng.integers(1, 256, (28, 28)).astype(np.uint8))
    found = occlusion(inspection, Target(layer, (unit,)), size=1, stride=1)
    assert found is not None
    seen = np.zeros((28, 28), np.bool_)
    seen[np.ix_(*spec.receptive_pixels(layer, unit))] = True
    if spec.layers[layer].activation is not Activation.SOFTMAX or len(spec.shapes[layer + 1]) == 1:
        assert not found.values[~seen].any()
