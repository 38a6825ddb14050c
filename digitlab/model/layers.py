"""The layers a network can be made of.

A new layer type is one class, here or beside the layers of its kind, with its entry in ``LAYER_TYPES`` and its
forward and backward pass in ``insight.forward.FORWARD`` and ``insight.backward.BACKWARD``; editor, summary, files,
training and Look inside follow.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from digitlab.model.activations import ACTIVATION_NAMES, ACTIVATIONS
from digitlab.model.hyperparameters import Choice, Decimal
from digitlab.model.layer import Activation, Box, Layer, Shape
from digitlab.model.pooling import GlobalPooling2D, Pooling2D
from digitlab.model.weighted import Conv2D, Dense

__all__ = [
    "LAYER_TYPES",
    "ActivationLayer",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "Dropout",
    "Elementwise",
    "Flatten",
    "GlobalPooling2D",
    "Pooling2D",
]


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """All maps as one list: row by row, column by column, channel by channel."""

    stem = "flatten"
    explanation = "Writes all maps into one list: row by row, column by column, channel by channel."
    only_reshapes = True
    icon = "layer-flatten"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {}

    @property
    def title(self) -> str:
        """The name of the layer type."""
        return "flatten"

    @property
    def note(self) -> str:
        """What the layer does."""
        return "one list"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the length of the list; see ``Layer.output_shape``."""
        return (math.prod(input_shape),)

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the one unit that a unit copies, or everything for a range of units."""
        (run,) = box
        if run.stop - run.start != 1:
            return tuple(slice(0, length) for length in input_shape)
        rest, position = run.start, []
        for length in reversed(input_shape):
            rest, index = divmod(rest, length)
            position.append(slice(index, index + 1))
        return tuple(reversed(position))


class Elementwise(Layer):
    """The base of layers that compute each value from the one at the same place of their input."""

    __slots__ = ()
    unit_word = "map"
    is_elementwise = True

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input."""
        return input_shape

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the values at the same places."""
        del input_shape
        return box


@dataclass(frozen=True, slots=True)
class ActivationLayer(Elementwise):
    """An activation function as a layer of its own.

    Attributes:
        activation: The function, applied to every value; softmax along the last axis.
    """

    activation: Activation = Activation.RELU

    HYPERPARAMETERS = (
        Choice("activation", "Function", "The function applied to each value.", Activation, names=ACTIVATION_NAMES),
    )
    stem = "activation"
    explanation = "An activation function as a layer of its own, for example after a batch normalisation."
    icon = "layer-activation"
    type_name: ClassVar[str] = "Activation"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {"activation": self.activation.value}

    @property
    def title(self) -> str:
        """The function's name."""
        return ACTIVATIONS[self.activation].name

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the values at the same places; of softmax, all along the last axis."""
        if ACTIVATIONS[self.activation].is_elementwise:
            return box
        return (*box[:-1], slice(0, input_shape[-1]))


@dataclass(frozen=True, slots=True)
class Dropout(Elementwise):
    """Values left out at random in training.

    Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".

    Attributes:
        rate: Share of the values that each training step sets to 0; the others are divided by 1 - rate.
    """

    rate: float = 0.5

    HYPERPARAMETERS = (
        Decimal("rate", "Rate", "Share of the values that each training step leaves out at random.", 0.0, 0.9, 0.05),
    )
    stem = "dropout"
    explanation = (
        "Dropout: each training step sets a random share of the values to 0 and scales up the others. Outside training "
        "all values pass through unchanged."
    )
    icon = "layer-dropout"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {"rate": self.rate}

    @property
    def title(self) -> str:
        """The rate."""
        return f"dropout {self.rate}"

    @property
    def note(self) -> str:
        """When the layer does something."""
        return "in training only"


@dataclass(frozen=True, slots=True)
class GaussianNoise(Elementwise):
    """Random numbers added in training.

    Bishop 1995, "Training with noise is equivalent to Tikhonov regularization".

    Attributes:
        stddev: Standard deviation of the normal distribution that they are drawn from, about 0.
    """

    stddev: float = 0.1

    HYPERPARAMETERS = (
        Decimal("stddev", "Strength", "Standard deviation of what each training step adds at random.", 0.0, 1.0, 0.05),
    )
    stem = "noise"
    explanation = (
        "Noise: each training step adds a random number to each value, so that the network does not rely on exact "
        "ones. Outside training all values pass through unchanged."
    )
    icon = "layer-noise"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {"stddev": self.stddev}

    @property
    def title(self) -> str:
        """The strength."""
        return f"noise {self.stddev}"

    @property
    def note(self) -> str:
        """When the layer does something."""
        return "in training only"


@dataclass(frozen=True, slots=True)
class BatchNormalization(Elementwise):
    """Each channel scaled and shifted so that its values have the mean beta and the standard deviation gamma.

    Training takes mean and variance of each batch, and keeps moving averages of both, with which the network computes
    outside training. Ioffe and Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
    internal covariate shift".

    Attributes:
        momentum: What the moving averages keep of themselves in each training step; Keras' default.
        epsilon: What is added to the variance before its root is taken; Keras' default.
    """

    momentum: float = 0.99
    epsilon: float = 0.001

    HYPERPARAMETERS = (
        Decimal(
            "momentum",
            "Momentum",
            "What the moving averages of mean and variance keep of themselves in each training step.",
            0.0,
            0.999,
            0.01,
            is_advanced=True,
        ),
        Decimal(
            "epsilon",
            "Epsilon",
            "What is added to the variance, so that channels that hardly vary are not divided by almost 0.",
            0.00001,
            1.0,
            0.001,
            is_advanced=True,
        ),
    )
    stem = "norm"
    explanation = (
        "Batch normalisation: subtracts the mean of each channel, divides by its standard deviation, then scales and "
        "shifts by two learned numbers, gamma and beta."
    )
    learns = True
    non_trainable = frozenset({"moving_mean", "moving_variance"})
    icon = "layer-batchnorm"

    @property
    def variance_floor(self) -> float:
        """Epsilon."""
        return self.epsilon

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {"momentum": self.momentum, "epsilon": self.epsilon}

    @property
    def title(self) -> str:
        """The name of the layer type."""
        return "batch norm"

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Return gamma, beta, moving mean and moving variance, each (channels,)."""
        return dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), input_shape[-1:])

    def parameter_sum(self, input_shape: Shape) -> str:
        """Return the number of parameters written as a sum."""
        return f"2 × {input_shape[-1]:,} trained + 2 × {input_shape[-1]:,} measured"

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the multiply-adds of one example: one for each value, whose scale and shift are fixed."""
        return math.prod(input_shape)


LAYER_TYPES: Final[Mapping[str, type[Layer]]] = {
    "conv2d": Conv2D,
    "pooling2d": Pooling2D,
    "globalpooling2d": GlobalPooling2D,
    "flatten": Flatten,
    "dense": Dense,
    "activation": ActivationLayer,
    "dropout": Dropout,
    "gaussiannoise": GaussianNoise,
    "batchnormalization": BatchNormalization,
}
"""All layer types by their name in files; nothing else is read from a file."""
