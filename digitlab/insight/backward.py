"""The backward pass in NumPy, one function for each layer type: how a number in a network depends on all before it.

All functions accept one example or a batch: axes before those of an example are kept, as in ``forward``. The gradients
are those of TensorFlow, also where several choices are right: ReLU has the slope 0 at 0, and the L2 norm of zeros too;
of several equal values max pooling takes the first, row by row, while global max pooling shares the gradient.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.forward import Array, cells_counted, normalised_slope, padded, strided
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place, Step, has_output_step
from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import GlobalPooling, Layer, Pooling, Window
from digitlab.model.layers import (
    ActivationLayer,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalPooling2D,
    Pooling2D,
)
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError


@dataclass(frozen=True, slots=True)
class Target:
    """A number that a network computes: a unit, or a weighted sum of units of one layer.

    Attributes:
        layer: Index of the layer; -1 is the input.
        units: Indices of the units in that layer's output, each (row, column, channel) or (index,), none twice.
        factors: What each unit is multiplied by.
        of_sums: Whether the weighted sums before the activation are meant, for outputs the logits.
    """

    layer: int
    units: tuple[tuple[int, ...], ...]
    factors: tuple[float, ...] = (1.0,)
    of_sums: bool = False

    @classmethod
    def at(cls, spec: ModelSpec, place: Place) -> "Target":
        """Return the value at a place of a network: an activation, a logit or an output.

        Raises:
            DigitLabError: If the place is a cost.
        """
        if place.step is Step.COST:
            raise DigitLabError(
                "A loss is not explained by the drawing alone.",
                remedy="Choose the output or the logit that it is computed from.",
            )
        is_logit = place.step is Step.VALUE and place.layer == len(spec.layers) - 1 and has_output_step(spec)
        return cls(place.layer, (place.unit,), of_sums=is_logit)

    @classmethod
    def logit(cls, spec: ModelSpec, digit: int) -> "Target":
        """Return the logit of a digit, or of "no digit"; the network must classify."""
        return cls(len(spec.layers) - 1, ((digit,),), of_sums=True)

    @classmethod
    def difference(cls, spec: ModelSpec, digit: int, rival: int) -> "Target":
        """Return how much larger the logit of a digit is than that of another one; the network must classify.

        For a softmax it is the logarithm of how many times as probable the digit is.
        """
        return cls(len(spec.layers) - 1, ((digit,), (rival,)), (1.0, -1.0), of_sums=True)

    @classmethod
    def whole_map(cls, spec: ModelSpec, layer: int, channel: int, *, of_sums: bool = False) -> "Target":
        """Return the mean of a feature map, or of what it was before the activation."""
        rows, columns, _ = spec.shapes[layer + 1]
        units = tuple((row, column, channel) for row in range(rows) for column in range(columns))
        return cls(layer, units, (1 / len(units),) * len(units), of_sums)

    @property
    def depth(self) -> int:
        """The number of gradients it has: with respect to the input, and to layers up to its own or the one before."""
        return self.layer + 1 if self.of_sums else self.layer + 2

    def value(self, values: Array) -> NDArray[np.float64]:
        """Return the target itself.

        Args:
            values: The layer's activations, or its sums if the target is ``of_sums``; shape (..., *output shape).

        Returns:
            Shape (...), float64; not finite in a diverged network.
        """
        picked = values[self._indices].astype(np.float64)
        with np.errstate(invalid="ignore"):
            return np.asarray(picked @ np.asarray(self.factors))

    def seed(self, shape: tuple[int, ...]) -> Array:
        """Return the gradient of the target with respect to its own layer's values, of the given shape."""
        gradient = np.zeros(shape, dtype=np.float32)
        gradient[self._indices] = self.factors
        return gradient

    @property
    def _indices(self) -> tuple[Any, ...]:
        return (..., *(list(axis) for axis in zip(*self.units, strict=True)))


def gradients(inspection: Inspection, target: Target) -> tuple[Array, ...]:
    """Return how a target depends on the input and on every activation that it is computed from.

    Args:
        inspection: What a network computed for an image.
        target: The target.

    Returns:
        The gradients of the target with respect to ``inspection.activations``, float32, in the same shapes: to the
        input (side, side, 1), whose values are 0..1, then to each layer's output, up to the target's own layer, or for
        sums up to the one before it.

    Raises:
        DigitLabError: If a layer on the way has no backward pass.
    """
    return gradients_of(inspection.snapshot, inspection.activations, inspection.sums, target)


def gradients_of(
    snapshot: Snapshot, activations: Sequence[Array], sums: Sequence[Array], target: Target
) -> tuple[Array, ...]:
    """Return the gradients of a target for one example or a batch; see ``gradients``.

    Args:
        snapshot: The network and its weights.
        activations: The input and each layer's activations, at least up to the target; float32.
        sums: Each layer's weighted sums, at least up to the target; float32.
        target: The target.

    Raises:
        DigitLabError: If a layer on the way has no backward pass.
    """
    check_backward(snapshot.spec, target.layer)
    values = sums[target.layer] if target.of_sums else activations[target.layer + 1]
    gradient = target.seed(values.shape)
    found = [] if target.of_sums else [gradient]
    # A diverged network gives infinity or NaN, not a warning.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for index in range(target.layer, -1, -1):
            layer = snapshot.spec.layers[index]
            if not (target.of_sums and index == target.layer):
                gradient = ACTIVATIONS[layer.activation].backward(sums[index], activations[index + 1], gradient)
            inputs, weights = activations[index], snapshot.weights[index]
            gradient = BACKWARD[type(layer)](layer, inputs, sums[index], weights, gradient)
            found.append(gradient)
    return tuple(reversed(found))


def check_backward(spec: ModelSpec, layer: int) -> None:
    """Check that gradients can be computed from a layer back to the input.

    Raises:
        DigitLabError: If a layer up to it has no backward pass.
    """
    for described, name in zip(spec.layers[: layer + 1], spec.layer_names, strict=False):
        if type(described) not in BACKWARD:
            raise DigitLabError(
                f"The layer {name} ({described.title}) has no gradient.",
                remedy="Occlusion needs none: it works for every layer.",
            )


def _conv2d(layer: Conv2D, inputs: Array, sums: Array, weights: tuple[Array, ...], gradient: Array) -> Array:
    del sums
    kernel, window = weights[0], layer.window
    *batch, _, _, channels = inputs.shape
    rows, columns, filters = gradient.shape[-3:]
    (tall, wide), (down, right), inner = window.size, window.strides, _inside(window, inputs.shape)
    # The shares of the inputs under a window are added column by column of the window, then row by row: with its rows
    # beside the channels, few and large additions are left. Measured: 1.3 times as fast as cell by cell.
    maps = gradient.reshape(-1, filters)
    outer = _padded_shape(window, inputs.shape)
    by_column = np.zeros((*batch, rows, outer[1], tall, channels), np.float32)
    for column in range(wide):
        shares = maps @ kernel[:, column].reshape(-1, filters).T
        by_column[..., strided(column, columns, right), :, :] += shares.reshape(*batch, rows, columns, tall, channels)
    result = np.zeros((*batch, *outer, channels), np.float32)
    for row in range(tall):
        result[..., strided(row, rows, down), :, :] += by_column[..., row, :]
    return np.asarray(result[inner])


def _padded_shape(window: Window, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the height and width of maps with the padding of a window around them."""
    return tuple(
        span.padding_before(length) + length + span.padding_after(length)
        for span, length in zip(window.axes, shape[-3:-1], strict=True)
    )


def _inside(window: Window, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the index of maps within the padding of a window around them."""
    above, left = (span.padding_before(length) for span, length in zip(window.axes, shape[-3:-1], strict=True))
    return (..., slice(above, above + shape[-3]), slice(left, left + shape[-2]), slice(None))


def _pooling2d(layer: Pooling2D, inputs: Array, sums: Array, weights: tuple[Array, ...], gradient: Array) -> Array:
    del weights
    window = layer.window
    result = np.zeros((*inputs.shape[:-3], *_padded_shape(window, inputs.shape), inputs.shape[-1]), dtype=np.float32)
    match layer.kind:
        case Pooling.MAX:
            values = padded(inputs, window, -math.inf)
            left = gradient.copy()  # of windows whose largest value has not been met yet
            for cell in _cells(window, sums.shape):
                share = (values[cell] == sums) * left
                left -= share
                result[cell] += share
        case Pooling.AVERAGE:
            share = gradient / cells_counted(window, inputs.shape[-3:])
            for cell in _cells(window, sums.shape):
                result[cell] += share
        case Pooling.NORM:
            values = padded(inputs, window)
            share = np.divide(gradient, sums, out=np.zeros_like(gradient), where=sums > 0)
            for cell in _cells(window, sums.shape):
                result[cell] += values[cell] * share
    return np.asarray(result[_inside(window, inputs.shape)])


def _cells(window: Window, output: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield, for each cell of a window, the index of the padded inputs that lie under it: row by row."""
    (height, width), (down, right), (rows, columns) = window.size, window.strides, output[-3:-1]
    for row, column in product(range(height), range(width)):
        yield (..., strided(row, rows, down), strided(column, columns, right), slice(None))


def _global_pooling2d(
    layer: GlobalPooling2D, inputs: Array, sums: Array, weights: tuple[Array, ...], gradient: Array
) -> Array:
    del weights
    spread = gradient[..., np.newaxis, np.newaxis, :]
    if layer.kind is GlobalPooling.AVERAGE:
        height, width = inputs.shape[-3:-1]
        return np.broadcast_to(spread / np.float32(height * width), inputs.shape)
    is_largest = inputs == sums[..., np.newaxis, np.newaxis, :]
    return np.where(is_largest, spread / is_largest.sum(axis=(-3, -2), keepdims=True, dtype=np.float32), np.float32(0))


def _flatten(layer: Flatten, inputs: Array, sums: Array, weights: tuple[Array, ...], gradient: Array) -> Array:
    del layer, sums, weights
    return gradient.reshape(inputs.shape)


def _dense(layer: Dense, inputs: Array, sums: Array, weights: tuple[Array, ...], gradient: Array) -> Array:
    del layer, inputs, sums
    return np.asarray(gradient @ weights[0].T)


def _unchanged(
    layer: ActivationLayer | Dropout | GaussianNoise,
    inputs: Array,
    sums: Array,
    weights: tuple[Array, ...],
    gradient: Array,
) -> Array:
    del layer, inputs, sums, weights
    return gradient


def _batch_normalization(
    layer: BatchNormalization, inputs: Array, sums: Array, weights: tuple[Array, ...], gradient: Array
) -> Array:
    del inputs, sums
    gamma, _, _, variance = weights
    return np.asarray(gradient * normalised_slope(layer, gamma, variance))


BACKWARD: Final[Mapping[type[Layer], Callable[[Any, Array, Array, tuple[Array, ...], Array], Array]]] = {
    Conv2D: _conv2d,
    Pooling2D: _pooling2d,
    GlobalPooling2D: _global_pooling2d,
    Flatten: _flatten,
    Dense: _dense,
    ActivationLayer: _unchanged,
    Dropout: _unchanged,
    GaussianNoise: _unchanged,
    BatchNormalization: _batch_normalization,
}
"""For each layer type: (layer, inputs, weighted sums, weights, gradient with respect to the sums) to the gradient with
respect to the inputs. A type without an entry has no gradients; see ``check_backward``."""
