"""The layers a network can be made of.

A new layer type is one class here with its entry in ``LAYER_TYPES`` and its forward and backward pass in
``insight.forward.FORWARD`` and ``insight.backward.BACKWARD``; editor, summary, files, training and Look inside follow.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from digitlab.model.hyperparameters import Choice, WholeNumber
from digitlab.model.layer import (
    Activation,
    Box,
    GlobalPooling,
    Layer,
    Padding,
    Pooling,
    Shape,
    UnbuildableError,
    Window,
)


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
    learns = True
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
class Pooling2D(Layer):
    """Pooling with adjacent windows that do not overlap.

    Attributes:
        size: Side of the window, which is also its stride.
        kind: How a window is reduced to one number.
    """

    size: int = 2
    kind: Pooling = Pooling.MAX

    HYPERPARAMETERS = (
        Choice(
            "kind",
            "Kind",
            "max keeps the strongest activation in each window, average the mean; L2 norm is the square root of the "
            "sum of squares.",
            Pooling,
        ),
        WholeNumber("size", "Size", "Side of the window; the map shrinks by this factor.", 1, 14),
    )
    stem = "pool"
    explanation = "Pooling: each map shrinks to one number for each window; windows are adjacent and do not overlap."
    unit_word = "map"
    icon = "layer-pooling"

    @property
    def window(self) -> Window:
        """The pooling window."""
        return Window(self.size, self.size, Padding.VALID)

    @property
    def pooling(self) -> Pooling:
        """How a window is reduced to one number."""
        return self.kind

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        prefixes = {Pooling.MAX: "Max", Pooling.AVERAGE: "Average", Pooling.NORM: "L2Norm"}
        return f"{prefixes[self.kind]}Pooling2D"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {"pool_size": self.size}

    @property
    def title(self) -> str:
        """Kind and size of the window."""
        return f"{self.kind} pool {self.size} × {self.size}"

    @property
    def note(self) -> str:
        """What the layer does."""
        return f"{self.kind} of {self.size} × {self.size}"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the maps; see ``Layer.output_shape``."""
        channels = input_shape[2] if len(input_shape) == 3 else 0
        return self.window.output_shape(input_shape, channels, "size", "A pooling window")

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the windows in the same channels."""
        return (*self.window.boxes(box, input_shape), box[2])


@dataclass(frozen=True, slots=True)
class GlobalPooling2D(Layer):
    """Pooling over the whole of each map, which gives a flat list of one number for each.

    Lin et al. 2013, "Network in network", section 3.2, replace fully connected layers by global average pooling.

    Attributes:
        kind: How a map is reduced to one number.
    """

    kind: GlobalPooling = GlobalPooling.AVERAGE

    HYPERPARAMETERS = (
        Choice("kind", "Kind", "max keeps the strongest activation of each map, average the mean.", GlobalPooling),
    )
    stem = "globalpool"
    explanation = "Global pooling: each map, whatever its size, becomes one number in a list."
    unit_word = "map"
    icon = "layer-globalpooling"

    @property
    def pooling(self) -> Pooling:
        """How a map is reduced to one number."""
        return Pooling(self.kind.value)

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        return "GlobalMaxPooling2D" if self.kind is GlobalPooling.MAX else "GlobalAveragePooling2D"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {}

    @property
    def title(self) -> str:
        """Kind of the pooling."""
        return f"global {self.kind} pool"

    @property
    def note(self) -> str:
        """What the layer does."""
        return f"{self.kind} of each map"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of maps; see ``Layer.output_shape``."""
        if len(input_shape) != 3:
            raise UnbuildableError(
                "",
                "Global pooling needs maps, but its input is a flat list.",
                "Put it before the flatten layer, or instead of it.",
            )
        return (input_shape[2],)

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the whole maps of the same channels."""
        return (slice(0, input_shape[0]), slice(0, input_shape[1]), box[0])


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
    learns = True
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


LAYER_TYPES: Final[Mapping[str, type[Layer]]] = {
    "conv2d": Conv2D,
    "pooling2d": Pooling2D,
    "globalpooling2d": GlobalPooling2D,
    "flatten": Flatten,
    "dense": Dense,
}
"""All layer types by their name in files; nothing else is read from a file."""
