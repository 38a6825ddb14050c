"""One unit explained: the inputs it sees, its weights, every product, and what becomes of their sum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.forward import Array
from digitlab.insight.lens import Inspection
from digitlab.model.layers import Conv2D, Dense, Flatten, Layer, Pooling, Pooling2D, Window


@dataclass(frozen=True, slots=True, eq=False)
class UnitSum:
    """The arithmetic behind one unit.

    Attributes:
        inputs: What the unit sees, float32: (size, size, channels) for a convolution, with zeros where its window lies
            outside the input; (size, size, 1) for pooling; (inputs,) for a dense layer; (1,) for flatten.
        kernel: Its weights, shaped as ``inputs``, or None if the layer learns nothing.
        products: Inputs times kernel, or None if the layer learns nothing.
        bias: What is added, or None if the layer learns nothing.
        sum: The products and the bias added up in float64; for pooling the largest or mean input, for flatten the one.
        activation: The unit's output, as the lens gave it.
    """

    inputs: Array
    kernel: Array | None
    products: Array | None
    bias: float | None
    sum: float
    activation: float


def explain_unit(inspection: Inspection, layer: int, unit: tuple[int, ...]) -> UnitSum:
    """Work out one unit by itself, without the other units of its layer.

    Args:
        inspection: What a network made of an image.
        layer: Index of the layer.
        unit: Index of the unit in that layer's output: (row, column, channel) or (index,).

    Returns:
        Every number of the unit's arithmetic. ``sum`` agrees with ``inspection.sums`` up to rounding.
    """
    described = inspection.snapshot.spec.layers[layer]
    weights = inspection.snapshot.weights[layer]
    inputs, kernel, bias = _PARTS[type(described)](described, inspection.activations[layer], weights, unit)
    activation = float(inspection.activations[layer + 1][unit])
    if kernel is None or bias is None:
        average = isinstance(described, Pooling2D) and described.kind is Pooling.AVERAGE
        total = inputs.mean(dtype=np.float64) if average else inputs.max()
        return UnitSum(inputs, None, None, None, float(total), activation)
    products = inputs * kernel
    return UnitSum(inputs, kernel, products, bias, float(products.sum(dtype=np.float64)) + bias, activation)


_Parts = tuple[Array, Array | None, float | None]


def _conv2d(layer: Conv2D, inputs: Array, weights: tuple[Array, ...], unit: tuple[int, ...]) -> _Parts:
    kernel, bias = weights
    row, column, channel = unit
    return _patch(layer.window, inputs, row, column), kernel[..., channel], float(bias[channel])


def _pooling2d(layer: Pooling2D, inputs: Array, weights: tuple[Array, ...], unit: tuple[int, ...]) -> _Parts:
    del weights
    row, column, channel = unit
    return _patch(layer.window, inputs[:, :, channel : channel + 1], row, column), None, None


def _flatten(layer: Flatten, inputs: Array, weights: tuple[Array, ...], unit: tuple[int, ...]) -> _Parts:
    del layer, weights
    return inputs.reshape(-1)[unit[0] : unit[0] + 1], None, None


def _dense(layer: Dense, inputs: Array, weights: tuple[Array, ...], unit: tuple[int, ...]) -> _Parts:
    del layer
    kernel, bias = weights
    return inputs, kernel[:, unit[0]], float(bias[unit[0]])


_PARTS: Final[Mapping[type[Layer], Callable[[Any, Array, tuple[Array, ...], tuple[int, ...]], _Parts]]] = {
    Conv2D: _conv2d,
    Pooling2D: _pooling2d,
    Flatten: _flatten,
    Dense: _dense,
}
"""For each layer type: (layer, inputs, weights, unit) to (inputs seen, kernel, bias)."""


def _patch(window: Window, inputs: Array, row: int, column: int) -> NDArray[np.float32]:
    """Return the inputs under one window position, zeros where it lies outside: (size, size, channels)."""
    patch = np.zeros((window.size, window.size, inputs.shape[2]), dtype=np.float32)
    places = []
    for index, length in ((row, inputs.shape[0]), (column, inputs.shape[1])):
        first = index * window.stride - window.padding_before(length)
        seen = window.sources(slice(index, index + 1), length)
        places.append((slice(seen.start - first, seen.stop - first), seen))
    (to_rows, from_rows), (to_columns, from_columns) = places
    patch[to_rows, to_columns] = inputs[from_rows, from_columns]
    return patch
