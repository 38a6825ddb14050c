"""The layers with a weight for every input of a unit: convolutions and fully connected layers."""

from collections.abc import Mapping
from dataclasses import dataclass

from digitlab.model.hyperparameters import Choice, WholeNumber
from digitlab.model.layer import Activation, Box, Layer, Padding, Shape, UnbuildableError, Window


@dataclass(frozen=True, slots=True)
class Conv2D(Layer):
    """A convolution.

    Attributes:
        filters: Number of filters, which is the number of feature maps.
        kernel_size: Side of each filter.
        stride: Step of the filter.
        padding: What happens at the border.
        activation: Function applied to each sum.
    """

    filters: int
    kernel_size: int
    stride: int = 1
    padding: Padding = Padding.VALID
    activation: Activation = Activation.RELU

    HYPERPARAMETERS = (
        WholeNumber("filters", "Filters", "Number of filters. Each learns one pattern and gives one map.", 1, 256),
        WholeNumber("kernel_size", "Size", "Side of each filter in units of the layer before.", 1, 28),
        WholeNumber("stride", "Stride", "How far the filter moves between two outputs.", 1, 8),
        Choice(
            "padding",
            "Padding",
            "valid: only where the whole filter fits, so maps shrink. same: zero padding, so they keep their size.",
            Padding,
        ),
        Choice("activation", "Activation", "The function applied to each sum.", Activation, is_editable=False),
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

    @property
    def window(self) -> Window:
        """The filter's window."""
        return Window(self.kernel_size, self.stride, self.padding)

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.stride,
            "padding": self.padding.value,
            "activation": self.activation.value,
        }

    @property
    def title(self) -> str:
        """Size and number of the filters."""
        return f"conv {self.kernel_size} × {self.kernel_size} × {self.filters}"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the maps; see ``Layer.output_shape``."""
        return self.window.output_shape(input_shape, self.filters, "kernel_size", "A filter")

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Return kernel (height, width, input channels, filters) and bias (filters,)."""
        return {
            "kernel": (self.kernel_size, self.kernel_size, input_shape[2], self.filters),
            "bias": (self.filters,),
        }

    def parameter_sum(self, input_shape: Shape) -> str:
        """Return the number of parameters written as a sum."""
        return f"({self.kernel_size} × {self.kernel_size} × {input_shape[2]} + 1) × {self.filters}"

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the multiply-adds of one example: one for each weight and window position."""
        height, width, filters = self.output_shape(input_shape)
        return height * width * filters * self.kernel_size**2 * input_shape[2]

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the windows over all input channels."""
        return (*self.window.boxes(box, input_shape), slice(0, input_shape[2]))


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """A fully connected layer.

    Attributes:
        units: Number of units.
        activation: Function applied to the sums.
    """

    units: int
    activation: Activation = Activation.LINEAR

    HYPERPARAMETERS = (
        WholeNumber("units", "Units", "Number of units.", 1, 10_000),
        Choice("activation", "Activation", "The function applied to each sum.", Activation, is_editable=False),
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
        return {"units": self.units, "activation": self.activation.value}

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
        """Return kernel (inputs, units) and bias (units,)."""
        return {"kernel": (input_shape[0], self.units), "bias": (self.units,)}

    def parameter_sum(self, input_shape: Shape) -> str:
        """Return the number of parameters written as a sum."""
        return f"({input_shape[0]:,} + 1) × {self.units}"

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the multiply-adds of one example: one for each weight of the kernel."""
        return input_shape[0] * self.units

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return all inputs."""
        del box
        return (slice(0, input_shape[0]),)
