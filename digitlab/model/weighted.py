"""The layers with a weight for every input of a unit: convolutions and fully connected layers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from digitlab.model.activations import ACTIVATION_NAMES
from digitlab.model.hyperparameters import Choice, Decimal, Flag, Pair, WholeNumber, store_both
from digitlab.model.layer import Activation, Box, Initializer, Layer, Padding, Shape, UnbuildableError, Window

_INITIALIZER_NAMES: Final = {
    Initializer.GLOROT_UNIFORM: "Glorot uniform",
    Initializer.GLOROT_NORMAL: "Glorot normal",
    Initializer.HE_UNIFORM: "He uniform",
    Initializer.HE_NORMAL: "He normal",
    Initializer.LECUN_NORMAL: "LeCun normal",
    Initializer.RANDOM_NORMAL: "random normal",
    Initializer.ZEROS: "zeros",
}

_ADVANCED: Final = (
    Choice(
        "kernel_initializer",
        "Initialiser",
        "How the weights are drawn before training. Glorot uniform is the usual one; He suits ReLU in deep networks; "
        "random normal has the same spread, 0.05, in every layer. With zeros the units of a layer stay equal to each "
        "other, or learn nothing at all.",
        Initializer,
        names=_INITIALIZER_NAMES,
        is_advanced=True,
    ),
    Decimal(
        "l2",
        "L2 decay",
        "L2 weight decay: training adds this factor times the sum of the squared weights to the loss, which keeps "
        "weights small. The loss in the curves contains it, as in Keras; 0 is none, 0.0001 is usual.",
        0.0,
        1.0,
        0.0001,
        is_advanced=True,
    ),
)
"""What is rarely changed of a layer with a kernel."""


@dataclass(frozen=True, slots=True)
class Conv2D(Layer):
    """A convolution.

    Attributes:
        filters: Number of filters, which is the number of feature maps.
        kernel_size: Height and width of each filter; one number stands for both.
        strides: Steps of the filter, down and to the right; one number stands for both.
        padding: What happens at the border.
        activation: Function applied to each sum.
        use_bias: Whether each filter adds a bias to its sums.
        kernel_initializer: How its weights are drawn before training.
        l2: The factor of the sum of its squared weights that training adds to the loss; 0 for none.
    """

    filters: int
    kernel_size: int | tuple[int, int]
    strides: int | tuple[int, int] = (1, 1)
    padding: Padding = Padding.VALID
    activation: Activation = Activation.RELU
    use_bias: bool = True
    kernel_initializer: Initializer = Initializer.GLOROT_UNIFORM
    l2: float = 0.0

    HYPERPARAMETERS = (
        WholeNumber("filters", "Filters", "Number of filters. Each learns one pattern and gives one map.", 1, 256),
        Pair("kernel_size", "Size", "Height and width of each filter in units of the layer before.", 1, 28),
        Pair("strides", "Stride", "How far the filter moves between two outputs, down and to the right.", 1, 8),
        Choice(
            "padding",
            "Padding",
            "valid: only where the whole filter fits, so maps shrink. same: zero padding, so they keep their size.",
            Padding,
        ),
        Choice("activation", "Activation", "The function applied to each sum.", Activation, names=ACTIVATION_NAMES),
        Flag("use_bias", "Bias", "Whether each filter adds a learned number, its bias, to all its sums."),
        *_ADVANCED,
    )
    stem = "conv"
    explanation = "A convolution: each filter slides over all input channels and gives one feature map."
    unit_word = "filter"
    learns = has_kernel = True
    icon = "layer-convolution"

    @classmethod
    def usual(cls) -> "Conv2D":
        """Return 32 filters of 3 × 3, the most frequent size since VGG (Simonyan and Zisserman 2015)."""
        return cls(filters=32, kernel_size=3)

    def __post_init__(self) -> None:
        """Let one number stand for height and width, as in Keras."""
        store_both(self, "kernel_size", "strides")

    @property
    def window(self) -> Window:
        """The filter's window."""
        return Window.of(self.kernel_size, self.strides, self.padding)

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding.value,
            "activation": self.activation.value,
            "use_bias": self.use_bias,
            **_advanced_arguments(self.kernel_initializer, self.l2),
        }

    @property
    def title(self) -> str:
        """Size and number of the filters."""
        return f"conv {self.window.text} × {self.filters}"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the maps; see ``Layer.output_shape``."""
        return self.window.output_shape(input_shape, self.filters, "kernel_size", "A filter")

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Return kernel (height, width, input channels, filters) and bias (filters,), if there is one."""
        kernel = (*self.window.size, input_shape[2], self.filters)
        return {"kernel": kernel, "bias": (self.filters,)} if self.use_bias else {"kernel": kernel}

    def parameter_sum(self, input_shape: Shape) -> str:
        """Return the number of parameters written as a sum."""
        return _parameter_sum(f"{self.window.text} × {input_shape[2]}", self.filters, self.use_bias)

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the multiply-adds of one example: one for each weight and window position."""
        return math.prod(self.output_shape(input_shape)) * math.prod(self.window.size) * input_shape[2]

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the windows over all input channels."""
        return (*self.window.boxes(box, input_shape), slice(0, input_shape[2]))


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """A fully connected layer.

    Attributes:
        units: Number of units.
        activation: Function applied to the sums.
        use_bias: Whether each unit adds a bias to its sum.
        kernel_initializer: How its weights are drawn before training.
        l2: The factor of the sum of its squared weights that training adds to the loss; 0 for none.
    """

    units: int
    activation: Activation = Activation.LINEAR
    use_bias: bool = True
    kernel_initializer: Initializer = Initializer.GLOROT_UNIFORM
    l2: float = 0.0

    HYPERPARAMETERS = (
        WholeNumber("units", "Units", "Number of units. Each has a weight for every input.", 1, 10_000),
        Choice("activation", "Activation", "The function applied to each sum.", Activation, names=ACTIVATION_NAMES),
        Flag("use_bias", "Bias", "Whether each unit adds a learned number, its bias, to its sum."),
        *_ADVANCED,
    )
    stem = "dense"
    explanation = "A fully connected layer: each unit has a weight for every input."
    learns = has_kernel = True
    icon = "layer-dense"

    @classmethod
    def usual(cls) -> "Dense":
        """Return a hidden layer."""
        return cls(units=128, activation=Activation.RELU)

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {
            "units": self.units,
            "activation": self.activation.value,
            "use_bias": self.use_bias,
            **_advanced_arguments(self.kernel_initializer, self.l2),
        }

    @property
    def title(self) -> str:
        """The number of units."""
        return f"dense {self.units}"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of units; see ``Layer.output_shape``."""
        if len(input_shape) != 1:
            raise UnbuildableError(
                "",
                "A dense layer needs a flat list, but its input is maps.",
                "Put a flatten layer before it.",
            )
        return (self.units,)

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Return kernel (inputs, units) and bias (units,), if there is one."""
        kernel = (input_shape[0], self.units)
        return {"kernel": kernel, "bias": (self.units,)} if self.use_bias else {"kernel": kernel}

    def parameter_sum(self, input_shape: Shape) -> str:
        """Return the number of parameters written as a sum."""
        return _parameter_sum(f"{input_shape[0]:,}", self.units, self.use_bias)

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the multiply-adds of one example: one for each weight of the kernel."""
        return input_shape[0] * self.units

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return all inputs."""
        del box
        return (slice(0, input_shape[0]),)


def _parameter_sum(weights: str, units: int, use_bias: bool) -> str:
    """Return the number of parameters of a layer as a sum, from the number of weights of one of its units."""
    return f"({weights} + 1) × {units}" if use_bias else f"{weights} × {units}"


def _advanced_arguments(initializer: Initializer, l2: float) -> dict[str, object]:
    """Return the Keras arguments of what is unusual among the advanced hyperparameters of a layer."""
    found: dict[str, object] = {}
    if initializer is not Initializer.GLOROT_UNIFORM:
        found["kernel_initializer"] = initializer.value
    if l2:
        found["kernel_regularizer"] = {"class_name": "L2", "config": {"l2": l2}}
    return found
