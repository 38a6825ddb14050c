"""Activation functions and dropout as layers of their own: what the rest of the network makes of them."""

import numpy as np
import pytest

from digitlab.insight.backward import Target, gradients
from digitlab.insight.lens import inspect
from digitlab.model.build import build_keras_model
from digitlab.model.edits import Edits, Unit
from digitlab.model.layer import Activation
from digitlab.model.layers import ActivationLayer, Conv2D, Dense, Dropout, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec
from tests.helpers.networks import keras_model_of, random_snapshot, small_dataset

LINEAR = Activation.LINEAR
SEPARATE = ModelSpec(
    "Separate",
    (
        Conv2D(4, 5, activation=LINEAR),
        ActivationLayer(Activation.RELU),
        Pooling2D(4),
        Dropout(0.25),
        Flatten(),
        Dense(10, LINEAR),
        Dropout(0.5),
        ActivationLayer(Activation.SOFTMAX),
    ),
)
"""A small network with every function as a layer of its own."""

TOGETHER = ModelSpec("Together", (Conv2D(4, 5), Pooling2D(4), Flatten(), Dense(10, Activation.SOFTMAX)))
"""The same function in four layers."""

IMAGE = small_dataset().test.images[0]


def test_layers_of_their_own_compute_what_the_usual_ones_do():
    arrays = list(random_snapshot(TOGETHER, 3).arrays)
    separate, together = (inspect(Snapshot.of(spec, arrays), IMAGE) for spec in (SEPARATE, TOGETHER))
    assert np.array_equal(separate.activations[-1], together.activations[-1])
    assert np.array_equal(separate.sums[-1], together.sums[-1])
    logit, same = Target.difference(SEPARATE, 3, 8), Target.difference(TOGETHER, 3, 8)
    np.testing.assert_allclose(gradients(separate, logit)[0], gradients(together, same)[0], rtol=0, atol=1e-6)


def test_they_have_no_parameters_and_keep_the_shape():
    model = build_keras_model(SEPARATE)
    rows = SEPARATE.summary()
    assert [layer.__class__.__name__ for layer in model.layers] == [row.type_name for row in rows]
    assert [tuple(layer.output.shape[1:]) for layer in model.layers] == [row.output_shape for row in rows]
    assert [layer.count_params() for layer in model.layers] == [row.parameters for row in rows]
    assert [row.name for row in rows][1::2] == ["activation1", "dropout1", "dense", "activation2"]
    assert [row.title for row in rows][1::2] == ["ReLU", "dropout 0.25", "dense 10", "softmax"]


@pytest.mark.parametrize("loss", Loss)
def test_a_network_that_ends_in_an_activation_classifies_and_follows_the_loss(loss: Loss):
    spec = SEPARATE.with_loss(loss)
    assert spec.classifies
    assert spec.class_count == 10
    assert spec.training_problem() is None
    assert spec.layers[-1] == ActivationLayer(loss.output_activation)
    assert spec.layers[:-1] == SEPARATE.layers[:-1]
    assert [spec.is_answer(layer) for layer in range(len(spec.layers))] == [False] * 5 + [True] * 3


def test_an_activation_of_maps_does_not_follow_the_loss():
    spec = ModelSpec("Maps", (Conv2D(4, 5), ActivationLayer(Activation.TANH)))
    assert spec.with_loss(Loss.SIGMOID_CROSS_ENTROPY).layers == spec.layers
    pooled = ModelSpec("Pooled", (Conv2D(10, 5), GlobalPooling2D(), ActivationLayer(Activation.TANH)))
    assert pooled.with_loss(Loss.SIGMOID_CROSS_ENTROPY).classifies


def test_values_are_signed_only_after_a_sum_and_a_function_that_keeps_the_sign():
    def signs(*layers):
        spec = ModelSpec("", layers)
        return [spec.is_signed(layer) for layer in range(len(layers))]

    leaky, relu = ActivationLayer(Activation.LEAKY_RELU), ActivationLayer(Activation.RELU)
    assert signs(leaky, Conv2D(2, 3, activation=LINEAR), leaky, Dropout(), relu, leaky) == [
        *(False, True, True, True, False, False)
    ]
    assert signs(Conv2D(2, 3, activation=Activation.GELU), Pooling2D(2), Flatten()) == [True] * 3


def test_a_function_belongs_to_the_values_that_it_is_applied_to():
    assert [SEPARATE.activated_at(layer) for layer in (0, 1, 5, 6)] == [1, 1, 7, 7]
    assert SEPARATE.activation_of(0) is Activation.RELU
    assert SEPARATE.activation_of(5) is Activation.SOFTMAX
    pooled = ModelSpec("", (Conv2D(2, 3, activation=LINEAR), Pooling2D(2), ActivationLayer()))
    assert pooled.activated_at(0) == 0


@pytest.mark.parametrize("function", [one for one in Activation if one is not LINEAR])
def test_a_filter_that_is_off_is_off_after_its_function_too(function: Activation):
    layers = (Conv2D(4, 5, activation=LINEAR), Dropout(), ActivationLayer(function), Pooling2D(4), Flatten(), Dense(10))
    edited = Edits().with_off([Unit(0, 2)]).applied_to(random_snapshot(ModelSpec("", layers), 3))
    activations = inspect(edited, IMAGE).activations
    assert not activations[3][..., 2].any()
    assert activations[3][..., 1].any()
    assert [np.flatnonzero(edited.off_units(layer)).tolist() for layer in range(5)] == [[2]] * 4 + [[]]
    output = IMAGE[np.newaxis, :, :, np.newaxis] / np.float32(255)
    for layer in keras_model_of(edited).layers[:3]:
        output = layer(output)
    assert not np.asarray(output)[..., 2].any()


def test_what_a_second_function_does_not_keep_at_0_is_not_off():
    layers = (Conv2D(2, 5), ActivationLayer(Activation.SIGMOID))
    edited = Edits().with_off([Unit(0, 1)]).applied_to(random_snapshot(ModelSpec("", layers)))
    assert edited.off_units(0).tolist() == [False, True]
    assert not edited.off_units(1).any()


def test_softmax_sees_all_values_along_the_last_axis_and_others_see_one():
    spec = ModelSpec("", (Conv2D(3, 5), ActivationLayer(Activation.SOFTMAX), ActivationLayer(Activation.TANH)))
    assert spec.sources(1, (4, 5, 1)) == (slice(4, 5), slice(5, 6), slice(0, 3))
    assert spec.sources(2, (4, 5, 1)) == (slice(4, 5), slice(5, 6), slice(1, 2))
    assert spec.receptive_field(2, (4, 5, 1)) == (slice(4, 9), slice(5, 10))


def test_dropout_of_the_recipe_comes_before_the_last_layer_with_a_kernel():
    names = [layer.__class__.__name__ for layer in build_keras_model(SEPARATE, dropout=0.3).layers]
    assert names[4:] == ["Flatten", "Dropout", "Dense", "Dropout", "Activation"]
    one = ModelSpec("One dropout of its own", (Flatten(), Dropout(), Dense(10)))
    assert [layer.name for layer in build_keras_model(one, dropout=0.3).layers][1:3] == ["dropout", "recipe_dropout"]


def test_a_relu_of_its_own_is_applied_after_a_max_pooling_in_training():
    model = build_keras_model(SEPARATE, for_training=True)
    assert [layer.__class__.__name__ for layer in model.layers][:4] == ["Conv2D", "Activation", "MaxPooling2D", "ReLU"]
    plain = build_keras_model(SEPARATE)
    plain.set_weights(model.get_weights())
    images = small_dataset().test.images[:5, :, :, np.newaxis] / np.float32(255)
    assert np.array_equal(model(images), plain(images))
