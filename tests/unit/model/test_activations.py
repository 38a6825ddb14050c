"""The table of activation functions: Keras and the standard library as oracles."""

import math

import numpy as np
import pytest

from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Activation
from digitlab.model.snapshot import OFF_BIAS

EVERY = pytest.mark.parametrize("activation", Activation)

_SUMS = np.concatenate([np.linspace(-6, 6, 481), [-1e4, -90, -0.0, 0.0, 1e-20, 90, 1e4]]).astype(np.float32)


def test_every_activation_has_an_entry_with_its_texts():
    assert list(ACTIVATIONS) == list(Activation)
    assert len({function.name for function in ACTIVATIONS.values()}) == len(Activation)
    assert all(function.explanation.endswith(".") for function in ACTIVATIONS.values())


@EVERY
def test_values_and_gradients_equal_keras(activation: Activation):
    import keras
    import tensorflow as tf

    sums = _SUMS.reshape(2, -1)
    function = ACTIVATIONS[activation]
    gradient = np.random.default_rng(1).normal(0, 1, sums.shape).astype(np.float32)
    inputs = tf.constant(sums)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        theirs = keras.activations.get(activation.value)(inputs)
        total = tf.reduce_sum(theirs * gradient)
    values = function.apply(sums)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, theirs, rtol=1e-6, atol=1e-6)
    backward = function.backward(sums, values, gradient)
    assert (backward.dtype, backward.shape) == (np.float32, sums.shape)
    np.testing.assert_allclose(backward, tape.gradient(total, inputs), rtol=1e-5, atol=1e-5)


@EVERY
def test_what_is_declared_of_a_function_holds(activation: Activation):
    function = ACTIVATIONS[activation]
    values = function.apply(_SUMS)
    assert bool((values < 0).any()) is function.is_signed
    alone = np.array([function.apply(np.array([one], np.float32))[0] for one in _SUMS])
    assert bool(np.allclose(alone, values)) is function.is_elementwise
    off = function.apply(np.array([0.0 if function.keeps_zero else OFF_BIAS, 1.0], np.float32))
    assert off[0] == 0


def test_gelu_is_exact_and_not_its_tanh_approximation():
    exact = [x / 2 * (1 + math.erf(x / math.sqrt(2))) for x in _SUMS.astype(np.float64).tolist()]
    np.testing.assert_allclose(ACTIVATIONS[Activation.GELU].apply(_SUMS), exact, rtol=2e-6, atol=1e-6)


@EVERY
def test_sums_of_a_diverged_network_give_no_exception(activation: Activation):
    sums = np.array([np.inf, -np.inf, np.nan, 3e38], np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        values = ACTIVATIONS[activation].apply(sums)
        gradient = ACTIVATIONS[activation].backward(sums, values, np.ones_like(sums))
    assert values.shape == gradient.shape == sums.shape
