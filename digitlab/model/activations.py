"""The activation functions: names, arithmetic and gradients of all of them, in one table."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.model.layer import Activation

Array = NDArray[np.float32]

_LEAK: Final = np.float32(0.2)
"""Slope of the leaky ReLU below 0: the default of ``keras.activations.leaky_relu`` (Keras 3.15)."""

_ONE: Final = np.float32(1)
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0)


@dataclass(frozen=True, slots=True)
class ActivationFunction:
    """One activation function.

    Attributes:
        name: Its name on screen.
        explanation: What it does, in one sentence.
        apply: Returns its values for weighted sums, float32 of any shape.
        backward: Returns the gradient with respect to the sums, from the sums, the function's values and the gradient
            with respect to these values; all of the same shape, float32.
        is_signed: Whether its values can be negative.
        is_elementwise: Whether each value follows from its own sum alone, and not from all along the last axis.
    """

    name: str
    explanation: str
    apply: Callable[[Array], Array]
    backward: Callable[[Array, Array, Array], Array]
    is_signed: bool = False
    is_elementwise: bool = True

    @property
    def keeps_zero(self) -> bool:
        """Whether a sum of 0 gives the value 0."""
        return not self.apply(np.zeros(2, np.float32)).any()


def _relu_backward(sums: Array, values: Array, gradient: Array) -> Array:
    del sums
    return np.where(values > 0, gradient, _ZERO)


def _sigmoid(sums: Array) -> Array:
    # tanh does not overflow where exp(-x) would.
    return np.asarray(_HALF * (_ONE + np.tanh(_HALF * sums)))


def _gelu(sums: Array) -> Array:
    return np.asarray(sums * _normal_share(sums))


def _gelu_backward(sums: Array, values: Array, gradient: Array) -> Array:
    del values
    density = np.exp(-_HALF * np.square(sums)) * np.float32(1 / math.sqrt(2 * math.pi))
    return np.asarray(gradient * (_normal_share(sums) + sums * density))


def _normal_share(sums: Array) -> Array:
    """Return the share of a standard normal distribution that lies below some values."""
    return np.asarray(_HALF * (_ONE + _erf(sums * np.float32(math.sqrt(0.5)))))


_ERF_LIMIT: Final = np.float32(4)
"""From here on erf is 1 in float32."""

_ERF_ODD: Final = (
    *(-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05),
    *(-7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02),
)
_ERF_EVEN: Final = (
    *(-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03),
    *(-7.37332916720468e-03, -1.42647390514189e-02),
)
"""Coefficients of x P(x²) / Q(x²), highest power first: ``generic_fast_erf_float`` of Eigen 3.3, as TensorFlow."""


def _erf(values: Array) -> Array:
    """Return the error function, to within 3e-7."""
    clipped = np.clip(values, -_ERF_LIMIT, _ERF_LIMIT)
    squares = np.square(clipped)
    return np.asarray(clipped * _polynomial(_ERF_ODD, squares) / _polynomial(_ERF_EVEN, squares))


def _polynomial(coefficients: tuple[float, ...], at: Array) -> Array:
    total = np.full_like(at, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * at + np.float32(coefficient)
    return total


def _softmax(sums: Array) -> Array:
    powers = np.exp(sums - sums.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def _softmax_backward(sums: Array, values: Array, gradient: Array) -> Array:
    del sums
    mean = (gradient * values).sum(axis=-1, keepdims=True)
    return np.asarray(values * (gradient - mean))


ACTIVATIONS: Final[Mapping[Activation, ActivationFunction]] = {
    Activation.LINEAR: ActivationFunction(
        "linear",
        "Leaves the sum as it is.",
        lambda sums: sums,
        lambda sums, values, gradient: gradient,
        is_signed=True,
    ),
    Activation.RELU: ActivationFunction(
        "ReLU",
        "Keeps positive sums and turns negative ones into 0.",
        lambda sums: np.asarray(np.maximum(sums, _ZERO)),
        _relu_backward,
    ),
    Activation.LEAKY_RELU: ActivationFunction(
        "leaky ReLU",
        "Keeps positive sums and multiplies negative ones by 0.2, so that no unit loses its gradient.",
        lambda sums: np.where(sums > 0, sums, _LEAK * sums),
        lambda sums, values, gradient: np.where(sums > 0, gradient, _LEAK * gradient),
        is_signed=True,
    ),
    Activation.SIGMOID: ActivationFunction(
        "sigmoid",
        "Squeezes each sum into 0 to 1: 1 ÷ (1 + e^(−sum)).",
        _sigmoid,
        lambda sums, values, gradient: np.asarray(gradient * values * (_ONE - values)),
    ),
    Activation.TANH: ActivationFunction(
        "tanh",
        "Squeezes each sum into −1 to 1, and keeps its sign.",
        lambda sums: np.asarray(np.tanh(sums)),
        lambda sums, values, gradient: np.asarray(gradient * (_ONE - np.square(values))),
        is_signed=True,
    ),
    Activation.GELU: ActivationFunction(
        "GELU",
        "Multiplies each sum by the share of a normal distribution below it: a smooth ReLU, slightly negative below 0.",
        _gelu,
        _gelu_backward,
        is_signed=True,
    ),
    Activation.SOFTMAX: ActivationFunction(
        "softmax",
        "Turns all sums of a layer into shares of 1: the power of e to each sum, divided by the sum of these powers.",
        _softmax,
        _softmax_backward,
        is_elementwise=False,
    ),
}
"""All activation functions. The sources are those of Keras: Hendrycks and Gimpel 2016, "Gaussian error linear units",
for GELU in its exact form; Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models", for the
leaky ReLU."""

ACTIVATION_NAMES: Final[Mapping[Activation, str]] = {one: function.name for one, function in ACTIVATIONS.items()}
"""Their names on screen."""
