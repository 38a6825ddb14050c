"""The base of all layers: a value with hyperparameters that declares its shape, weights, cost and sources."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, Self

from digitlab.model.hyperparameters import Hyperparameter, both
from digitlab.system.errors import DigitLabError

Shape = tuple[int, ...]
"""Shape of one example without the batch axis: (height, width, channels) or (units,)."""

Box = tuple[slice, ...]
"""A box of units in an array: for each axis one slice with known start and stop, which may be empty."""


class Padding(StrEnum):
    """The padding mode: only whole windows, or zeros around the input."""

    VALID = "valid"
    SAME = "same"


class Activation(StrEnum):
    """The function applied to a layer's weighted sums, by its name in Keras; see ``activations.ACTIVATIONS``."""

    LINEAR = "linear"
    RELU = "relu"
    LEAKY_RELU = "leaky_relu"
    SIGMOID = "sigmoid"
    TANH = "tanh"
    GELU = "gelu"
    SOFTMAX = "softmax"


class Initializer(StrEnum):
    """How the weights of a kernel are drawn before training, by its name in Keras."""

    GLOROT_UNIFORM = "glorot_uniform"
    """Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks"."""
    GLOROT_NORMAL = "glorot_normal"
    HE_UNIFORM = "he_uniform"
    """He et al. 2015, "Delving deep into rectifiers", section 2.2."""
    HE_NORMAL = "he_normal"
    LECUN_NORMAL = "lecun_normal"
    """LeCun et al. 1998, "Efficient BackProp", section 4.6."""
    RANDOM_NORMAL = "random_normal"
    ZEROS = "zeros"


class Pooling(StrEnum):
    """How a pooling window is reduced to one number."""

    MAX = "max"
    AVERAGE = "average"
    NORM = "L2 norm"
    """The square root of the sum of squares (Goodfellow et al. 2016, "Deep Learning", section 9.3)."""


class GlobalPooling(StrEnum):
    """How a whole map is reduced to one number; the values are those of ``Pooling``."""

    MAX = "max"
    AVERAGE = "average"


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
class Span:
    """A window along one axis.

    Attributes:
        size: Its length in units of the input.
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
        """Return the number of zeros before the first input (as in TensorFlow, an odd zero is added after the last)."""
        if self.padding is Padding.VALID:
            return 0
        return max((self.output_length(length) - 1) * self.stride + self.size - length, 0) // 2

    def padding_after(self, length: int) -> int:
        """Return the number of zeros after the last input."""
        if self.padding is Padding.VALID:
            return 0
        needed = (self.output_length(length) - 1) * self.stride + self.size - length
        return max(needed - self.padding_before(length), 0)

    def start(self, output: int, length: int) -> int:
        """Return the first input under the window of an output; negative in the padding."""
        return output * self.stride - self.padding_before(length)

    def sources(self, outputs: slice, length: int) -> slice:
        """Return the inputs of a range of outputs, clipped to the axis."""
        stop = self.start(outputs.stop - 1, length) + self.size
        return slice(max(self.start(outputs.start, length), 0), min(stop, length))


@dataclass(frozen=True, slots=True)
class Window:
    """A window that slides over rows and columns.

    Attributes:
        rows: How it lies along the rows, from top to bottom.
        columns: How it lies along the columns, from left to right.
    """

    rows: Span
    columns: Span

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, size: int | tuple[int, int], strides: int | tuple[int, int], padding: Padding) -> "Window":
        """Return a window; one number stands for height and width."""
        (height, width), (down, right) = both(size), both(strides)
        return cls(Span(height, down, padding), Span(width, right, padding))

    @property
    def axes(self) -> tuple[Span, Span]:
        """The window along the rows and along the columns."""
        return self.rows, self.columns

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in units of the input."""
        return self.rows.size, self.columns.size

    @property
    def strides(self) -> tuple[int, int]:
        """The steps between neighbouring outputs, down and to the right."""
        return self.rows.stride, self.columns.stride

    @property
    def padding(self) -> Padding:
        """What happens at the border."""
        return self.rows.padding

    @property
    def text(self) -> str:
        """Height and width, for example ``5 × 3``."""
        return f"{self.rows.size} × {self.columns.size}"

    def boxes(self, box: Box, input_shape: Shape) -> tuple[slice, slice]:
        """Return the rows and columns of the input that a box of outputs depends on, clipped to the input."""
        return self.rows.sources(box[0], input_shape[0]), self.columns.sources(box[1], input_shape[1])

    def output_shape(self, input_shape: Shape, channels: int, field: str, what: str) -> Shape:
        """Return the shape of the maps that the window gives for an input.

        Raises:
            UnbuildableError: If the input is not a stack of maps, or the window does not fit.
        """
        if len(input_shape) != 3:
            raise UnbuildableError(
                "", f"{what} needs maps, but its input is a flat list.", "Put it before the flatten layer."
            )
        height, width = (span.output_length(length) for span, length in zip(self.axes, input_shape, strict=False))
        if min(height, width) < 1:
            raise UnbuildableError(
                field,
                f"{what} of {self.text} does not fit into {input_shape[0]} × {input_shape[1]}.",
                f"Choose at most {input_shape[0]} × {input_shape[1]}, or shrink the maps less in the layers before.",
            )
        return (height, width, channels)


class Layer(ABC):
    """One layer as a value; layers are frozen dataclasses.

    Everything that DigitLab shows of a layer follows from these declarations: the editor, the summary, files, receptive
    fields, Look inside, the Keras layer. Two tables add the computation of each type in NumPy: ``forward.FORWARD`` and
    ``backward.BACKWARD``.

    Class attributes:
        HYPERPARAMETERS: Its hyperparameters with their limits, one for each of its fields, in the order of the editor.
        stem: The stem of the layer's name, for example ``conv``.
        explanation: What the layer does, in one sentence.
        unit_word: The noun for one of its channels: ``filter``, ``map`` or ``unit``.
        learns: Whether training changes weights of it; the last axis of the first one is that of the units, and the
            second one, if there is one, has a value for each unit.
        has_kernel: Whether its units are weighted sums of its inputs: its first weight is the kernel.
        only_reshapes: Whether its output is its input in another shape, in the same (C) order.
        is_elementwise: Whether it computes each value from the one at the same place of its input; softmax also from
            those beside it along the last axis.
        non_trainable: Names of the weights that training measures, and does not change by gradients; they come last.
        icon: Name of its icon in ``resources/icons``.
    """

    __slots__ = ()
    HYPERPARAMETERS: ClassVar[tuple[Hyperparameter, ...]] = ()
    stem: ClassVar[str]
    explanation: ClassVar[str]
    unit_word: ClassVar[str] = "unit"
    learns: ClassVar[bool] = False
    has_kernel: ClassVar[bool] = False
    only_reshapes: ClassVar[bool] = False
    is_elementwise: ClassVar[bool] = False
    non_trainable: ClassVar[frozenset[str]] = frozenset()
    icon: ClassVar[str] = "layers"

    @classmethod
    def usual(cls) -> Self:
        """Return the layer as the editor adds it, unless its neighbours suggest other hyperparameters."""
        return cls()

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type, for example ``Conv2D``."""
        return type(self).__name__

    @property
    @abstractmethod
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer of this type, in Keras' order: numbers, texts, and tuples and dicts of them.

        They are complete, so that the layer written as code does not depend on Keras' defaults, but for arguments that
        DigitLab does not offer, and for advanced ones that have their usual values.
        """

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
        """How the values in a window, or in a whole map, are pooled; None if they are weighted or copied."""
        return None

    @property
    def variance_floor(self) -> float | None:
        """What is added to the variance by whose root values are divided; None if they are not normalised.

        A layer that normalises has the weights gamma, beta, moving mean and moving variance, one of each for a channel.
        """
        return None

    @property
    def activation(self) -> Activation:
        """The function applied to the weighted sums, or to the input if there are none."""
        return Activation.LINEAR

    @property
    def has_activation(self) -> bool:
        """Whether its activation function can be chosen."""
        return any(parameter.name == "activation" for parameter in self.HYPERPARAMETERS)

    @property
    def editable(self) -> tuple[Hyperparameter, ...]:
        """The hyperparameters that the editor offers."""
        return tuple(parameter for parameter in self.HYPERPARAMETERS if parameter.is_editable)

    def changed(self, **values: object) -> Self:
        """Return the layer with other values of some hyperparameters, and of those that follow them."""
        return replace(self, **values)  # type: ignore[type-var]

    def with_number(self, value: int) -> Iterator[Self]:
        """Yield the layer with each of its whole numbers replaced in turn: 26 filters, 26 units."""
        for parameter in self.HYPERPARAMETERS:
            if type(getattr(self, parameter.name)) is int:
                yield self.changed(**{parameter.name: value})

    @property
    def has_filters(self) -> bool:
        """Whether its weights are filters that slide over maps, and can be drawn as such."""
        return self.has_kernel and self.window is not None

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output for an input.

        Raises:
            UnbuildableError: If the layer cannot take such an input.
        """

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Return the shapes of the weights by name, in Keras' order; empty if the layer has none."""
        del input_shape
        return {}

    def parameter_sum(self, input_shape: Shape) -> str:
        """Return the number of parameters written as a sum, for example ``(5 × 5 × 1 + 1) × 32``; may be empty."""
        del input_shape
        return ""

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the number of multiply-adds for one example."""
        del input_shape
        return 0

    @abstractmethod
    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the box of inputs that the given box of outputs is computed from, clipped to the input."""

    def sources_along(self, axis: int, index: int, input_shape: Shape) -> slice:
        """Return the rows or columns of the input that a row or column of maps is computed from.

        Args:
            axis: 0 for rows, 1 for columns.
            index: Index of the row or column in the output.
            input_shape: Shape of the input, maps.
        """
        box = [slice(0, 1)] * len(self.output_shape(input_shape))
        box[axis] = slice(index, index + 1)
        return self.sources(tuple(box), input_shape)[axis]
