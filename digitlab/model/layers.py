"""The layers a network can be made of. A new layer type is one class here and one entry in ``LAYER_TYPES``."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from digitlab.system.errors import DigitLabError

Shape = tuple[int, ...]
"""Shape of one example without the batch axis: (height, width, channels) or (units,)."""

Box = tuple[slice, ...]
"""A box of units in an array: one slice with known start and stop an axis."""


class Padding(StrEnum):
    """What happens at the border: only whole windows, or zeros around the input."""

    VALID = "valid"
    SAME = "same"


class Activation(StrEnum):
    """The function applied to a layer's weighted sums."""

    LINEAR = "linear"
    RELU = "relu"
    SIGMOID = "sigmoid"
    SOFTMAX = "softmax"


class Pooling(StrEnum):
    """How a pooling window becomes one number."""

    MAX = "max"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A hyperparameter that is a whole number within limits.

    Attributes:
        name: The layer's attribute.
        label: What people call it.
        tooltip: What it means, in one sentence.
        minimum: Smallest value.
        maximum: Largest value; keeps memory and time sane.
    """

    name: str
    label: str
    tooltip: str
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A hyperparameter that is one of a few names; see ``WholeNumber`` for the first three attributes."""

    name: str
    label: str
    tooltip: str
    options: type[StrEnum]


Hyperparameter = WholeNumber | Choice


class UnbuildableError(DigitLabError):
    """A layer does not fit its input.

    Args:
        field: The hyperparameter that would have to change.
        happened: Why it cannot be built.
        remedy: What to change.
    """

    def __init__(self, field: str, happened: str, remedy: str) -> None:
        """Keep the field beside the sentences."""
        self.field = field
        super().__init__(happened, remedy=remedy)


class Layer(ABC):
    """One layer as a value; layers are frozen dataclasses.

    Class attributes:
        HYPERPARAMETERS: What can be edited, in the order of the editor.
    """

    __slots__ = ()
    HYPERPARAMETERS: ClassVar[tuple[Hyperparameter, ...]] = ()

    @property
    @abstractmethod
    def type_name(self) -> str:
        """Keras' name of the layer type, for example ``Conv2D``."""

    @property
    @abstractmethod
    def stem(self) -> str:
        """The word that the layer's name is made of, for example ``conv``."""

    @property
    @abstractmethod
    def title(self) -> str:
        """A short title for a column, for example ``conv 5 × 5 × 32``."""

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output for an input.

        Raises:
            UnbuildableError: If the layer cannot take such an input.
        """

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Return the shapes of the weights by name, in Keras' order; empty if the layer learns nothing."""
        del input_shape
        return {}

    def parameter_sum(self, input_shape: Shape) -> str:
        """Return the number of parameters written as a sum, for example ``(5 × 5 × 1 + 1) × 32``; may be empty."""
        del input_shape
        return ""

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return how many multiplications with an addition one example takes."""
        del input_shape
        return 0

    @abstractmethod
    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the box of inputs that the given box of outputs is computed from, clipped to the input."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square window sliding over an axis.

    Attributes:
        size: Side in units of the input.
        stride: Step between neighbouring outputs.
        padding: What happens at the border.
    """

    size: int
    stride: int
    padding: Padding

    def output_length(self, length: int) -> int:
        """Return the number of window positions along an axis; 0 or less if none fits."""
        if self.padding is Padding.SAME:
            return math.ceil(length / self.stride)
        return (length - self.size) // self.stride + 1

    def padding_before(self, length: int) -> int:
        """Return the number of zeros before the first input (TensorFlow's rule: the odd one comes after)."""
        if self.padding is Padding.VALID:
            return 0
        return max((self.output_length(length) - 1) * self.stride + self.size - length, 0) // 2

    def sources(self, outputs: slice, length: int) -> slice:
        """Return the inputs that a run of outputs sees, clipped to the axis."""
        start = outputs.start * self.stride - self.padding_before(length)
        stop = (outputs.stop - 1) * self.stride - self.padding_before(length) + self.size
        return slice(max(start, 0), min(stop, length))

    def output_shape(self, input_shape: Shape, channels: int, field: str, what: str) -> Shape:
        """Return the shape of the maps that the window makes of an input.

        Raises:
            UnbuildableError: If the input is no stack of maps or the window does not fit.
        """
        if len(input_shape) != 3:
            raise UnbuildableError(
                "", f"{what} needs maps, but its input is a flat list.", "Put it before the flatten layer."
            )
        height, width = (self.output_length(length) for length in input_shape[:2])
        if min(height, width) < 1:
            raise UnbuildableError(
                field,
                f"{what} of {self.size} × {self.size} does not fit into {input_shape[0]} × {input_shape[1]}.",
                f"Choose {min(input_shape[:2])} or less, or shrink the layers before less.",
            )
        return (height, width, channels)


@dataclass(frozen=True, slots=True)
class Conv2D(Layer):
    """A convolution: each filter slides over all input channels and makes one feature map.

    Attributes:
        filters: Number of filters, which is the number of maps.
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
        WholeNumber("filters", "Filters", "Number of filters. Each learns one pattern and makes one map.", 1, 256),
        WholeNumber("kernel_size", "Size", "Side of each filter in units of the layer before.", 1, 28),
        WholeNumber("stride", "Stride", "How far the filter moves between two outputs.", 1, 8),
        Choice(
            "padding",
            "Padding",
            "valid: only where the whole filter fits, so maps shrink. same: zeros around, so they keep their size.",
            Padding,
        ),
    )

    @property
    def window(self) -> Window:
        """The sliding window."""
        return Window(self.kernel_size, self.stride, self.padding)

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        return "Conv2D"

    @property
    def stem(self) -> str:
        """The word that the layer's name is made of."""
        return "conv"

    @property
    def title(self) -> str:
        """A short title for a column."""
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
        """Return the multiply-adds of one example: one a weight and window position."""
        height, width, filters = self.output_shape(input_shape)
        return height * width * filters * self.kernel_size**2 * input_shape[2]

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the window over all input channels."""
        rows, columns, _ = box
        return (
            self.window.sources(rows, input_shape[0]),
            self.window.sources(columns, input_shape[1]),
            slice(0, input_shape[2]),
        )


@dataclass(frozen=True, slots=True)
class Pooling2D(Layer):
    """Pooling: each map shrinks, one number a window; windows touch and do not overlap.

    Attributes:
        size: Side of the window, and its step.
        kind: How a window becomes one number.
    """

    size: int = 2
    kind: Pooling = Pooling.MAX

    HYPERPARAMETERS = (
        Choice("kind", "Kind", "max keeps the strongest answer in each window, average the mean.", Pooling),
        WholeNumber("size", "Size", "Side of the window; the map shrinks by this factor.", 1, 14),
    )

    @property
    def window(self) -> Window:
        """The sliding window."""
        return Window(self.size, self.size, Padding.VALID)

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        return "MaxPooling2D" if self.kind is Pooling.MAX else "AveragePooling2D"

    @property
    def stem(self) -> str:
        """The word that the layer's name is made of."""
        return "pool"

    @property
    def title(self) -> str:
        """A short title for a column."""
        return f"{self.kind} pool {self.size} × {self.size}"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the maps; see ``Layer.output_shape``."""
        channels = input_shape[2] if len(input_shape) == 3 else 0
        return self.window.output_shape(input_shape, channels, "size", "A pooling window")

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the window in the same channels."""
        rows, columns, channels = box
        return (
            self.window.sources(rows, input_shape[0]),
            self.window.sources(columns, input_shape[1]),
            channels,
        )


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """All maps written one after the other as one list: row by row, column by column, channel by channel."""

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        return "Flatten"

    @property
    def stem(self) -> str:
        """The word that the layer's name is made of."""
        return "flatten"

    @property
    def title(self) -> str:
        """A short title for a column."""
        return "flatten"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the length of the list; see ``Layer.output_shape``."""
        return (math.prod(input_shape),)

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the one unit that a unit copies, or everything for a run of units."""
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
    """A fully connected layer: each unit weighs every input.

    Attributes:
        units: Number of units.
        activation: Function applied to the sums.
    """

    units: int
    activation: Activation = Activation.LINEAR

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        return "Dense"

    @property
    def stem(self) -> str:
        """The word that the layer's name is made of."""
        return "dense"

    @property
    def title(self) -> str:
        """A short title for a column."""
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
        """Return the multiply-adds of one example: one a weight of the kernel."""
        return input_shape[0] * self.units

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return all inputs."""
        del box
        return (slice(0, input_shape[0]),)


LAYER_TYPES: Final[Mapping[str, type[Layer]]] = {
    "conv2d": Conv2D,
    "pooling2d": Pooling2D,
    "flatten": Flatten,
    "dense": Dense,
}
"""The allow-list of layers by the name they have in files."""
