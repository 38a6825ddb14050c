"""The Keras layers that are not Keras' own, and what training changes about a model."""

import re

import numpy as np
import pytest
from hypothesis import given

from digitlab.insight.lens import inspect
from digitlab.model.build import build_keras_model
from digitlab.model.layer import GlobalPooling, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import keras_model_of, random_snapshot, small_dataset, specs

_NORMED = ModelSpec("Normed", (Conv2D(3, 5), Pooling2D(5, Pooling.NORM), Flatten(), Dense(10)))


def _images(count: int) -> np.ndarray:
    return small_dataset().test.images[:count, :, :, np.newaxis].astype(np.float32) / np.float32(255)


def test_the_gradient_of_a_norm_is_the_direction_of_its_inputs_and_finite_at_zero():
    import tensorflow as tf

    (layer,) = build_keras_model(ModelSpec("", (Pooling2D(2, Pooling.NORM),))).layers
    values = np.zeros((1, 28, 28, 1), np.float32)
    values[0, 0:2, 2:4, 0] = [[0.6, 0], [0, -0.8]]  # norm 1, so that the gradient is the values themselves
    values[0, 4, 4, 0] = 1e-30  # its square is 0 in float32
    inputs = tf.Variable(values)
    with tf.GradientTape() as tape:
        norms = layer(inputs)
    gradient = tape.gradient(norms, inputs).numpy()
    assert norms.numpy()[0, 0, 1, 0] == pytest.approx(1)
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient[0, 0:2, 2:4, 0], [[0.6, 0], [0, -0.8]], atol=1e-6)
    assert np.count_nonzero(gradient) == 2


def test_a_norm_with_padding_is_that_of_the_cells_of_the_map():
    (layer,) = build_keras_model(ModelSpec("", (Pooling2D((3, 1), Pooling.NORM, 2, Padding.SAME),))).layers
    values = np.arange(4, dtype=np.float32).reshape(1, 4, 1, 1)
    # Rows 0 to 2, then rows 2 and 3 with one row of padding below.
    np.testing.assert_allclose(layer(values)[0, :, 0, 0], [5**0.5, 13**0.5], rtol=1e-6)


def test_training_through_norms_of_a_blank_image_keeps_weights_finite():
    import tensorflow as tf

    model = build_keras_model(_NORMED, seed=1, for_training=True)
    images = np.concatenate([np.zeros((3, 28, 28, 1), np.float32), _images(3)])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model(images, training=True)))
    assert all(np.isfinite(gradient.numpy()).all() for gradient in tape.gradient(loss, model.trainable_variables))


def test_a_saved_keras_model_with_norms_is_loaded_by_its_registered_name(tmp_path):
    import keras

    model = keras_model_of(random_snapshot(_NORMED))
    model.save(tmp_path / "normed.keras")
    loaded = keras.saving.load_model(tmp_path / "normed.keras")
    assert loaded.layers[1].get_config() == model.layers[1].get_config()
    assert keras.saving.get_registered_name(type(loaded.layers[1])) == "digitlab>L2NormPooling2D"
    assert np.array_equal(loaded(_images(2)), model(_images(2)))


@given(specs())
def test_shapes_and_parameters_of_any_network_are_those_of_keras(spec):
    rows = [(row.name, row.type_name, row.output_shape, row.parameters) for row in spec.summary()]
    layers = build_keras_model(spec).layers
    assert rows == [(one.name, type(one).__name__, one.output.shape[1:], one.count_params()) for one in layers]
    for row in spec.summary():
        written = re.sub("[a-z,]", "", row.parameter_sum).replace("×", "*")  # "2 × 3 trained + 2 × 3 measured"
        assert eval(written or "0") == row.parameters


_OVERLAPPING = Pooling2D((3, 2), Pooling.MAX, (2, 1), Padding.SAME)


@pytest.mark.parametrize("pooling", [Pooling2D(2), _OVERLAPPING, GlobalPooling2D(GlobalPooling.MAX)])
def test_a_relu_after_max_pooling_gives_the_same_outputs_and_gradients(pooling):
    import tensorflow as tf

    spec = ModelSpec("", (Conv2D(3, 5), pooling, *((Flatten(),) if pooling.window else ()), Dense(10)))
    arrays = list(random_snapshot(spec).arrays)
    results = []
    for for_training in (False, True):
        model = build_keras_model(spec, for_training=for_training)
        model.set_weights(arrays)
        with tf.GradientTape() as tape:
            outputs = model(_images(5), training=True)
            loss = tf.reduce_sum(tf.square(outputs))
        results.append((outputs.numpy(), *(part.numpy() for part in tape.gradient(loss, model.trainable_variables))))
    assert len(model.layers) == len(spec.layers) + 1
    assert all(np.array_equal(one, other) for one, other in zip(*results, strict=True))


@pytest.mark.parametrize(
    "pooling", [Pooling2D(2, Pooling.AVERAGE), Pooling2D(2, Pooling.NORM), GlobalPooling2D(GlobalPooling.AVERAGE)]
)
def test_a_relu_is_not_moved_after_another_pooling(pooling):
    model = build_keras_model(ModelSpec("", (Conv2D(3, 5), pooling)), for_training=True)
    assert [layer.__class__.__name__ for layer in model.layers] == ["Conv2D", pooling.type_name]


@pytest.mark.parametrize("padding", Padding)
@pytest.mark.parametrize("strides", [2, 3, (2, 1), (1, 3)])
def test_a_stride_before_a_1x1_convolution_gives_the_same_outputs_and_gradients(padding, strides):
    """TensorFlow itself crashes with an odd number of images, so the plain network gets an even one."""
    import tensorflow as tf

    spec = ModelSpec("", (Conv2D(4, 1, strides, padding), Conv2D(3, 1, strides, padding), Flatten(), Dense(10)))
    arrays = list(random_snapshot(spec).arrays)
    results = []
    for for_training, count in ((False, 6), (True, 6), (True, 7)):
        model = build_keras_model(spec, for_training=for_training)
        model.set_weights(arrays)
        with tf.GradientTape() as tape:
            outputs = model(_images(count), training=True)
            loss = tf.reduce_sum(tf.square(outputs[:6]))
        results.append(
            [outputs[:6].numpy(), *(part.numpy() for part in tape.gradient(loss, model.trainable_variables))]
        )
    for plain, thinned, odd in zip(*results, strict=True):
        np.testing.assert_allclose(thinned, plain, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(odd, plain, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 14, (3, 5)])
@pytest.mark.parametrize("padding", Padding)
def test_norms_of_several_images_at_once_equal_keras(size, padding):
    spec = ModelSpec("", (Pooling2D(size, Pooling.NORM, padding=padding),))
    images = small_dataset().test.images[:4]
    keras = np.asarray(keras_model_of(random_snapshot(spec))(_images(4)))
    for image, output in zip(images, keras, strict=True):
        np.testing.assert_allclose(inspect(random_snapshot(spec), image).activations[1], output, rtol=1e-5, atol=1e-6)
