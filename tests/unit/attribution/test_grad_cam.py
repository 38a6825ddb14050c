"""Grad-CAM worked by hand, and where its values are placed."""

import numpy as np
import pytest

from digitlab.attribution.grad_cam import centres, grad_cam, map_layers
from digitlab.insight.backward import Target
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation, Padding
from digitlab.model.layers import ActivationLayer, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Pooling2D
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from tests.helpers.networks import random_snapshot, small_dataset


def test_a_normalisation_and_a_function_belong_to_the_convolution_before_them():
    linear = Activation.LINEAR
    layers = (
        *(Conv2D(2, 3, activation=linear), BatchNormalization(), ActivationLayer(), Pooling2D(2), Dropout()),
        *(Conv2D(2, 3), Conv2D(2, 3, activation=linear), BatchNormalization(), Flatten(), Dense(10)),
    )
    assert map_layers(ModelSpec("", layers), Target(9, ((0,),))) == (2, 5, 7)
    assert map_layers(ModelSpec("", layers), Target(1, ((0, 0, 0),))) == (0,)


def test_two_maps_weighed_by_hand():
    spec = ModelSpec("", (Conv2D(2, 1), Flatten(), Dense(10, Activation.SOFTMAX)))
    dense = np.zeros((28 * 28, 2, 10))
    dense[:, 0, 4], dense[:, 1, 4] = 0.5, -0.2  # the mean gradients of the two maps
    arrays = [np.array([[[[1.0, 3.0]]]]), np.array([0.0, -0.6]), dense.reshape(-1, 10), np.zeros(10)]
    image = np.zeros((28, 28), np.uint8)
    image[3, 4], image[20, 9] = 51, 255  # 0.2 and 1
    found = grad_cam(inspect(Snapshot.of(spec, arrays), image), Target.logit(spec, 4))
    # 0.5 * 0.2 - 0.2 * 0 = 0.1;  0.5 * 1 - 0.2 * 2.4 = 0.02
    assert found.values[3, 4] == pytest.approx(0.1)
    assert found.values[20, 9] == pytest.approx(0.02, abs=1e-5)
    assert np.count_nonzero(found.values > 1e-6) == 2
    # For the logit's opposite, both are negative and cut off.
    opposite = grad_cam(inspect(Snapshot.of(spec, arrays), image), Target(2, ((4,),), (-1.0,), of_sums=True))
    assert not opposite.values.any()


@pytest.mark.parametrize("spec", [TUTORIAL, PEN])
def test_values_are_placed_in_the_middle_of_receptive_fields(spec: ModelSpec):
    for layer, shape in enumerate(spec.shapes[1:]):
        if len(shape) == 3:
            places = centres(spec, layer, 0)
            for row, place in enumerate(places):
                field, _ = spec.receptive_field(layer, (row, 0, 0))
                assert place == (field.start + field.stop - 1) / 2


def test_padding_shifts_no_place():
    spec = ModelSpec("", (Conv2D(2, 5, padding=Padding.SAME), Conv2D(2, 3, 2, Padding.SAME)))
    assert centres(spec, 0, 0).tolist() == list(range(28))
    assert centres(spec, 1, 1).tolist() == [2 * column + 1 for column in range(14)]  # TensorFlow pads at the end first


def test_a_map_of_one_value_covers_the_image():
    spec = ModelSpec("", (Conv2D(2, 28), Flatten(), Dense(10, Activation.SOFTMAX)))
    inspection = inspect(random_snapshot(spec, seed=5), small_dataset().test.images[0])
    found = [grad_cam(inspection, Target.logit(spec, digit)).values for digit in range(10)]
    assert any(values.min() > 0 for values in found)


def test_any_layer_of_maps_before_the_target_can_be_chosen():
    inspection = inspect(random_snapshot(TUTORIAL), small_dataset().test.images[0])
    target = Target.logit(TUTORIAL, 3)
    assert map_layers(TUTORIAL, target) == (0, 2)
    last = grad_cam(inspection, target)
    assert np.array_equal(grad_cam(inspection, target, 2).values, last.values)
    assert not np.array_equal(grad_cam(inspection, target, 0).values, last.values)
    with pytest.raises(DigitLabError, match="There is no convolution before this value"):
        grad_cam(inspection, Target(0, ((0, 0, 0),)))


def test_new_sizes_of_pooling_are_placed_too():
    spec = ModelSpec("", (Pooling2D(4), Conv2D(1, 3)))
    assert centres(spec, 1, 0).tolist() == [5.5, 9.5, 13.5, 17.5, 21.5]
