"""The layers a network can be made of.

A new layer type is one class here with its entry in ``LAYER_TYPES``, its Keras layer in ``build.KERAS`` and its forward
pass in ``insight.forward.FORWARD``; editor, summary, files and Look inside follow.
"""

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
"""A box of units in an array: for each axis one slice with known start and stop, which may be empty."""


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
        label: Its name in the editor.
        tooltip: What it means, in one sentence.
        minimum: Smallest value.
        maximum: Largest value; bounds memory and time.
        is_editable: Whether the editor offers it.
    """

    name: str
    label: str
    tooltip: str
    minimum: int
    maximum: int
    is_editable: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A hyperparameter that is one of a few names; see ``WholeNumber`` for the other attributes."""

    name: str
    label: str
    tooltip: str
    options: type[StrEnum]
    is_editable: bool = True


Hyperparameter = WholeNumber | Choice


class UnbuildableError(DigitLabError):
    """A layer does not fit its input.

    Args:
        field: The hyperparameter that would have to change.
        happened: Why it cannot be built.
        remedy: What to change.
    """

    def __init__(self, field: str, happened: str, remedy: str) -> None:
        """Create the error for a hyperparameter; see the class."""
        self.field = field
        super().__init__(happened, remedy=remedy)


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

    def boxes(self, box: Box, input_shape: Shape) -> tuple[slice, slice]:
        """Return the rows and columns of the input that a box of outputs sees, clipped to the input."""
        return self.sources(box[0], input_shape[0]), self.sources(box[1], input_shape[1])

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


class Layer(ABC):
    """One layer as a value; layers are frozen dataclasses.

    Everything that DigitLab says and draws about a layer follows from what is declared here: the editor, the summary,
    files, receptive fields, Look inside. Two tables add the arithmetic of each type: ``build.KERAS`` and
    ``forward.FORWARD``.

    Class attributes:
        HYPERPARAMETERS: The limits of its attributes, in the order of the editor.
        stem: The word that the layer's name is made of, for example ``conv``.
        explanation: What the layer does, in one sentence.
        unit_word: What one of its channels is called: ``filter``, ``map`` or ``unit``.
        learns: Whether it has weights: a kernel, whose last axis is the unit's, and a bias.
        only_reshapes: Whether its output is its input in another shape, in the same (C) order.
    """

    __slots__ = ()
    HYPERPARAMETERS: ClassVar[tuple[Hyperparameter, ...]] = ()
    stem: ClassVar[str]
    explanation: ClassVar[str]
    unit_word: ClassVar[str] = "unit"
    learns: ClassVar[bool] = False
    only_reshapes: ClassVar[bool] = False

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type, for example ``Conv2D``."""
        return type(self).__name__

    @property
    @abstractmethod
    def title(self) -> str:
        """A short title with the hyperparameters that matter most, for example ``conv 5 × 5 × 32``."""

    @property
    def note(self) -> str:
        """What a layer without weights does, in two or three words, for example ``max of 2 × 2``."""
        return self.title

    @property
    def window(self) -> Window | None:
        """The window that slides over rows and columns; None if the layer has none."""
        return None

    @property
    def pooling(self) -> Pooling | None:
        """How the values in a window become one; None if they are weighed or copied."""
        return None

    @property
    def activation(self) -> Activation:
        """The function applied to the weighted sums."""
        return Activation.LINEAR

    @property
    def editable(self) -> tuple[Hyperparameter, ...]:
        """The hyperparameters that the editor offers."""
        return tuple(parameter for parameter in self.HYPERPARAMETERS if parameter.is_editable)

    @property
    def has_filters(self) -> bool:
        """Whether its weights are filters that slide over maps, and can be drawn as such."""
        return self.learns and self.window is not None

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
        """Return how many multiply-adds one example takes."""
        del input_shape
        return 0

    @abstractmethod
    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the box of inputs that the given box of outputs is computed from, clipped to the input."""


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
    stem = "conv"
    explanation = "A convolution: each filter slides over all input channels and makes one feature map."
    unit_word = "filter"
    learns = True

    @property
    def window(self) -> Window:
        """The filter's window."""
        return Window(self.kernel_size, self.stride, self.padding)

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
    """Pooling with windows that touch and do not overlap.

    Attributes:
        size: Side of the window, and its step.
        kind: How a window becomes one number.
    """

    size: int = 2
    kind: Pooling = Pooling.MAX

    HYPERPARAMETERS = (
        Choice("kind", "Kind", "max keeps the strongest activation in each window, average the mean.", Pooling),
        WholeNumber("size", "Size", "Side of the window; the map shrinks by this factor.", 1, 14),
    )
    stem = "pool"
    explanation = "Pooling: each map shrinks, one number for each window; windows touch and do not overlap."
    unit_word = "map"

    @property
    def window(self) -> Window:
        """The pooling window."""
        return Window(self.size, self.size, Padding.VALID)

    @property
    def pooling(self) -> Pooling:
        """How a window becomes one number."""
        return self.kind

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        return "MaxPooling2D" if self.kind is Pooling.MAX else "AveragePooling2D"

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
class Flatten(Layer):
    """All maps as one list: row by row, column by column, channel by channel."""

    stem = "flatten"
    explanation = "All maps written one after the other as one list: row by row, column by column, channel by channel."
    only_reshapes = True

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
    """A fully connected layer.

    Attributes:
        units: Number of units.
        activation: Function applied to the sums.
    """

    units: int
    activation: Activation = Activation.LINEAR

    HYPERPARAMETERS = (WholeNumber("units", "Units", "Number of units.", 1, 10_000, is_editable=False),)
    stem = "dense"
    explanation = "A fully connected layer: each unit weighs every input."
    learns = True

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
    "flatten": Flatten,
    "dense": Dense,
}
"""All layer types by their name in files; nothing else is read from a file."""
