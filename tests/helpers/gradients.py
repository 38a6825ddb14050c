"""TensorFlow's gradients, the oracle of the backward pass."""

from typing import Final

import keras
import numpy as np
import tensorflow as tf

from digitlab.insight.backward import Target
from digitlab.insight.lens import Inspection
from tests.helpers.networks import keras_model_of

TOLERANCE: Final = 1e-4


def tape_gradients(inspection: Inspection, target: Target) -> list[np.ndarray]:
    """Return GradientTape's gradients with respect to the input and to each layer's output, up to the target's."""
    layers = keras_model_of(inspection.snapshot).layers[: target.layer + 1]
    if target.of_sums:
        layers[-1].activation = keras.activations.linear

    def compute(image: tf.Tensor) -> list[tf.Tensor]:
        values = [image]
        with tf.GradientTape() as tape:
            tape.watch(image)
            for layer in layers:
                values.append(layer(values[-1]))
            terms = zip(target.units, target.factors, strict=True)
            total = tf.add_n([factor * values[-1][(0, *unit)] for unit, factor in terms])
        return tape.gradient(total, values[: target.depth], unconnected_gradients="zero")

    # WORKAROUND: run eagerly, TensorFlow 2.21 with oneDNN also computes the gradient of the kernel, which nobody needs
    # here, and writes outside of its memory for a kernel of 1 x 1 with a larger stride and few examples.
    is_unsafe = any(
        layer.window and any(span.size < span.stride for span in layer.window.axes)
        for layer in inspection.snapshot.spec.layers
    )
    compute = tf.function(compute) if is_unsafe else compute
    return [np.asarray(gradient)[0] for gradient in compute(tf.constant(inspection.activations[0][np.newaxis]))]


def assert_equal_gradients(ours: tuple[np.ndarray, ...], theirs: list[np.ndarray]) -> None:
    """Check that two lists of gradients are equal within 1e-4 of the largest, or of 1."""
    assert len(ours) == len(theirs)
    for mine, keras_gradient in zip(ours, theirs, strict=True):
        assert (mine.dtype, mine.shape) == (np.float32, keras_gradient.shape)
        largest = max(1.0, float(np.abs(keras_gradient).max()))
        np.testing.assert_allclose(mine, keras_gradient, rtol=0, atol=TOLERANCE * largest)
