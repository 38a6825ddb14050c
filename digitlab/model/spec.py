"""A network as a value: shapes, costs and receptive fields."""

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from digitlab.data.classes import DIGITS, Classes
from digitlab.data.dataset import DigitSet
from digitlab.data.digit import IMAGE_SIDE
from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Activation, Box, Layer, Pooling, Shape, UnbuildableError
from digitlab.model.summary import LayerSummary, bytes_of, summary_of
from digitlab.system.errors import DigitLabError

MAXIMUM_PARAMETERS: Final = 20_000_000
"""Largest network that can be built: 80 MB of weights, trainable on a laptop."""

MAXIMUM_LAYERS: Final = 100
"""More than any sensible network of such small images has; bounds the size of files."""


class Loss(StrEnum):
    """The loss that training minimises. Each implies the activation of the last layer."""

    SOFTMAX_CROSS_ENTROPY = "softmax cross-entropy"
    SIGMOID_CROSS_ENTROPY = "sigmoid cross-entropy"
    EUCLIDEAN = "euclidean"

    @property
    def output_activation(self) -> Activation:
        """The activation of the last layer that the loss implies."""
        return Activation.SIGMOID if self is Loss.SIGMOID_CROSS_ENTROPY else Activation.SOFTMAX


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a network cannot be built or trained.

    Attributes:
        layer: Index of the layer; -1 for the network as a whole.
        field: The hyperparameter that would have to change; empty if none in particular.
        reason: What is wrong and what to do.
    """

    layer: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A sequential network for small grey images.

    Attributes:
        name: Its name in the window.
        layers: From input to output.
        loss: What training minimises.
        classes: What the outputs stand for.
        side: Side of the input image in pixels.
    """

    name: str
    layers: tuple[Layer, ...]
    loss: Loss = Loss.SOFTMAX_CROSS_ENTROPY
    classes: Classes = DIGITS
    side: int = IMAGE_SIDE
    # Computed on first use: the window asks for them several times for each snapshot on screen.
    _shapes: tuple[Shape, ...] | None = field(default=None, init=False, repr=False, compare=False)
    _problem: tuple[Problem | None] | None = field(default=None, init=False, repr=False, compare=False)
    _summary: tuple[LayerSummary, ...] | None = field(default=None, init=False, repr=False, compare=False)
    _weight_shapes: tuple[dict[str, Shape], ...] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def input_shape(self) -> Shape:
        """Shape of one input image: height, width, one grey channel with values 0..1."""
        return (self.side, self.side, 1)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of the input and of every layer's output: one more than there are layers.

        Raises:
            UnbuildableError: If a layer does not fit.
        """
        if self._shapes is None:
            object.__setattr__(self, "_shapes", _shapes_of(self.layers, self.input_shape))
        return cast("tuple[Shape, ...]", self._shapes)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The layers' names, unique within the network: conv1, pool1, conv2, ..., flatten, dense."""
        total = Counter(layer.stem for layer in self.layers)
        seen: Counter[str] = Counter()
        names = []
        for layer in self.layers:
            seen[layer.stem] += 1
            numbered = total[layer.stem] > 1 or layer.window is not None  # convolutions and poolings usually repeat
            names.append(f"{layer.stem}{seen[layer.stem]}" if numbered else layer.stem)
        return tuple(names)

    @property
    def weight_shapes(self) -> tuple[dict[str, Shape], ...]:
        """The shapes of each layer's weights by name; see ``Layer.weight_shapes``."""
        if self._weight_shapes is None:
            pairs = zip(self.layers, self.shapes, strict=False)
            object.__setattr__(self, "_weight_shapes", tuple(layer.weight_shapes(shape) for layer, shape in pairs))
        return cast("tuple[dict[str, Shape], ...]", self._weight_shapes)

    @property
    def trainable_shapes(self) -> tuple[dict[str, Shape], ...]:
        """The shapes of the weights that training changes by gradients: of each layer's weights the first ones."""
        return tuple(
            {name: shape for name, shape in shapes.items() if name not in layer.non_trainable}
            for layer, shapes in zip(self.layers, self.weight_shapes, strict=True)
        )

    def has_weights_like(self, other: "ModelSpec") -> bool:
        """Return whether the weights of another network fit this one."""
        return self is other or self.weight_shapes == other.weight_shapes

    @property
    def total_parameters(self) -> int:
        """The number of weights and biases of the whole network, trainable or not."""
        return _total(self.weight_shapes)

    @property
    def trainable_parameters(self) -> int:
        """The number of those that training changes by gradients."""
        return _total(self.trainable_shapes)

    @property
    def parameter_sum(self) -> str:
        """The number of parameters as the sum of trained and measured ones; empty if all are trained."""
        measured = self.total_parameters - self.trainable_parameters
        return f"{self.trainable_parameters:,} trained + {measured:,} measured" if measured else ""

    @property
    def activation_bytes(self) -> int:
        """Memory of the input and all layers' outputs for one example as float32, as training needs it."""
        return sum(bytes_of(shape) for shape in self.shapes)

    def summary(self) -> tuple[LayerSummary, ...]:
        """Return the summary, one row for each layer.

        Raises:
            UnbuildableError: If a layer does not fit.
        """
        if self._summary is None:
            object.__setattr__(self, "_summary", summary_of(self.layer_names, self.layers, self.shapes))
        return cast("tuple[LayerSummary, ...]", self._summary)

    def building_problem(self) -> Problem | None:
        """Return the first reason why the network cannot be built, or None."""
        if self._problem is None:
            object.__setattr__(self, "_problem", (self._first_problem(),))
        return cast("tuple[Problem | None]", self._problem)[0]

    def _first_problem(self) -> Problem | None:
        if not self.layers:
            return Problem(-1, "", "The network has no layers. Add one.")
        if len(self.layers) > MAXIMUM_LAYERS:
            return Problem(-1, "", f"DigitLab builds networks of up to {MAXIMUM_LAYERS} layers. Remove some.")
        shape = self.input_shape
        for index, layer in enumerate(self.layers):
            try:
                shape = layer.output_shape(shape)
            except UnbuildableError as error:
                return Problem(index, error.field, str(error))
        if self.total_parameters > MAXIMUM_PARAMETERS:
            reason = (
                f"The network would have {self.total_parameters:,} parameters; "
                f"DigitLab builds up to {MAXIMUM_PARAMETERS:,}. Choose fewer or smaller filters."
            )
            return Problem(-1, "", reason)
        return None

    def training_problem(self) -> Problem | None:
        """Return the first reason why the network cannot be trained on its classes, or None."""
        problem = self.building_problem()
        if problem is not None:
            return problem
        if self.output_count:
            return None
        shape = self.shapes[-1]
        if len(shape) == 1:
            needed = f"training on {self._of_classes} needs {len(self.classes)}"
            reason = f"The last layer has {shape[0]:,} outputs; {needed}."
            return Problem(len(self.layers) - 1, "", reason)
        return Problem(
            -1,
            "",
            f"This network ends in feature maps and has no outputs for the {self.classes.nouns}. "
            "To train it, choose the preset with flatten and dense layers.",
        )

    @property
    def _of_classes(self) -> str:
        return "digits" if self.classes.are_digits else f"{len(self.classes)} classes"

    @property
    def output_count(self) -> int:
        """The number of outputs for the classes; 0 if the outputs are others.

        One for each class; networks for digits may have another one, the last, for "no digit".
        """
        try:
            shape = self.shapes[-1]
        except UnbuildableError:
            return 0
        count = len(self.classes)
        is_known = shape == (count,) or (shape == (count + 1,) and self.classes.are_digits)
        return shape[0] if self.layers and is_known else 0

    @property
    def classifies(self) -> bool:
        """Whether the last layer has an output 0..1 for each class, and optionally another for "no digit"."""
        return bool(self.output_count) and self.layers[-1].activation in (Activation.SOFTMAX, Activation.SIGMOID)

    @property
    def _ends_in_maps(self) -> bool:
        return self.building_problem() is None and len(self.shapes[-1]) == 3

    @property
    def class_count(self) -> int:
        """The number of outputs for the classes, with "no digit" as the last; 0 if the network has no such outputs."""
        return self.output_count if self.classifies else 0

    @property
    def has_no_digit_output(self) -> bool:
        """Whether there is an output after those of the classes, for images that show no digit."""
        return self.class_count > len(self.classes)

    def is_signed(self, layer: int) -> bool:
        """Return whether a layer's activations can be negative; -1 is the input, whose values cannot."""
        is_signed = False
        for described in self.layers[: layer + 1]:
            keeps_sign = ACTIVATIONS[described.activation].is_signed and described.pooling is not Pooling.NORM
            is_signed = keeps_sign and (is_signed or described.learns)
        return is_signed

    def activated_at(self, layer: int) -> int:
        """Return the index of the layer that applies the activation function to a layer's values.

        It is the layer itself, or a layer of its own that follows, directly or after layers that only pass values on;
        the layer itself too if no function is applied.
        """
        for index in range(layer, len(self.layers)):
            described = self.layers[index]
            if index > layer and (described.learns or not described.is_elementwise):
                break
            if described.activation is not Activation.LINEAR:
                return index
        return layer

    def activation_of(self, layer: int) -> Activation:
        """Return the function applied to a layer's values; see ``activated_at``."""
        return self.layers[self.activated_at(layer)].activation

    @property
    def last_with_kernel(self) -> int:
        """The index of the last layer with a kernel, before which a recipe's dropout is; the last layer if none has."""
        return next((nth for nth in range(len(self.layers) - 1, -1, -1) if self.layers[nth].has_kernel), -1)

    def is_answer(self, layer: int) -> bool:
        """Return whether a layer's units are those of the outputs, or become them value by value."""
        return self.classifies and all(described.is_elementwise for described in self.layers[layer + 1 :])

    def with_layer(self, index: int, layer: Layer) -> "ModelSpec":
        """Return the network with one layer replaced."""
        return replace(self, layers=(*self.layers[:index], layer, *self.layers[index + 1 :]))

    def with_loss(self, loss: Loss) -> "ModelSpec":
        """Return the network with another loss, and the activation of the last layer that it implies."""
        changed = replace(self, loss=loss)
        last = self.layers[-1] if self.layers else None
        if last is None or not last.has_activation or last.has_filters or self._ends_in_maps:
            return changed
        return changed.with_layer(len(self.layers) - 1, last.changed(activation=loss.output_activation))

    def fitted_to(self, classes: Classes, side: int) -> "ModelSpec":
        """Return the network for other data: their size of images, and as many outputs as they have classes.

        A network without outputs for its classes keeps all its layers. The result may not be buildable.

        Args:
            classes: The classes of the data.
            side: Side of the images in pixels.
        """
        if (classes, side) == (self.classes, self.side):
            return self
        fitted = replace(self, classes=classes, side=side)
        last = self.last_with_kernel
        if not self.output_count or fitted.output_count or last < 0:
            return fitted
        others = (fitted.with_layer(last, layer) for layer in self.layers[last].with_number(len(classes)))
        return next((other for other in others if other.output_count), fitted)

    @property
    def reads_digits(self) -> bool:
        """Whether it classifies digits as DigitLab draws and keeps them: 0 to 9, in 28 x 28 pixels."""
        return self.classifies and self.classes.are_digits and self.side == IMAGE_SIDE

    def check_data(self, data: DigitSet) -> None:
        """Check that images are of the network's size and classes.

        Raises:
            DigitLabError: If they are not.
        """
        if (data.classes, data.side) != (self.classes, self.side):
            raise DigitLabError(
                f"The network is for {self._of_classes} in images of {self.side} x {self.side} pixels, "
                f"but the data are {len(data.classes)} {data.classes.nouns} of {data.side} x {data.side}.",
                remedy="Choose other data, or another network.",
            )

    def sources(self, layer: int, unit: tuple[int, ...]) -> Box:
        """Return the box in the previous layer's output from which a unit is computed.

        Args:
            layer: Index of the layer.
            unit: Index of the unit in that layer's output.
        """
        box = tuple(slice(index, index + 1) for index in unit)
        return self.layers[layer].sources(box, self.shapes[layer])

    def receptive_field(self, layer: int, unit: tuple[int, ...]) -> tuple[slice, slice]:
        """Return the rows and columns of the input that a unit depends on; empty slices if it is a constant.

        Args:
            layer: Index of the layer; -1 is the input itself.
            unit: Index of the unit in that layer's output.
        """
        shapes = self.shapes
        box = tuple(slice(index, index + 1) for index in unit)
        for index in range(layer, -1, -1):
            box = self.layers[index].sources(box, shapes[index])
            if any(part.start >= part.stop for part in box):
                return slice(0, 0), slice(0, 0)
        return box[0], box[1]

    def receptive_pixels(self, layer: int, unit: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return exactly the pixels that a unit depends on: all pairs of these rows and columns.

        They fill ``receptive_field``, unless a stride is larger than its window and skips some in between.

        Args:
            layer: Index of the layer; -1 is the input itself.
            unit: Index of the unit in that layer's output.

        Returns:
            Indices of rows and of columns of the input, ascending, each of shape (n,).
        """
        box = tuple(slice(index, index + 1) for index in unit)
        index = layer
        while index >= 0 and len(box) != 3:
            box = self.layers[index].sources(box, self.shapes[index])
            index -= 1
        axes = [np.arange(part.start, part.stop) for part in box[:2]]
        for lower in range(index, -1, -1):
            axes = [self._sources_along(lower, axis, axes[axis]) for axis in range(2)]
        return axes[0], axes[1]

    def _sources_along(self, layer: int, axis: int, outputs: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the rows or columns that some rows or columns of a layer are computed from, each once, ascending."""
        shape = self.shapes[layer]
        seen = np.zeros(shape[axis], dtype=bool)
        for output in outputs.tolist():
            seen[self.layers[layer].sources_along(axis, output, shape)] = True
        return np.flatnonzero(seen)


def _total(shapes: tuple[dict[str, Shape], ...]) -> int:
    return sum(math.prod(shape) for layer in shapes for shape in layer.values())


def _shapes_of(layers: tuple[Layer, ...], input_shape: Shape) -> tuple[Shape, ...]:
    shapes = [input_shape]
    for layer in layers:
        shapes.append(layer.output_shape(shapes[-1]))
    return tuple(shapes)
