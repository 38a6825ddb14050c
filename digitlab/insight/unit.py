"""One unit explained: its inputs, its weights, every product, and how its value follows from them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.forward import Array
from digitlab.insight.lens import Inspection
from digitlab.model.layer import Layer, Pooling, Window
from digitlab.model.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class Scaling:
    """How a value is normalised, scaled and shifted, in float64.

    Attributes:
        mean: What is subtracted first.
        deviation: What is divided by then: the root of the variance plus epsilon.
        gamma: What is multiplied with then.
        beta: What is added at last.
    """

    mean: float
    deviation: float
    gamma: float
    beta: float

    def steps(self, value: float) -> tuple[float, float, float, float]:
        """Return what a value becomes: centred, normalised, scaled and shifted."""
        centred = value - self.mean
        normalised = centred / self.deviation if self.deviation else math.nan
        scaled = normalised * self.gamma
        return centred, normalised, scaled, scaled + self.beta


@dataclass(frozen=True, slots=True, eq=False)
class UnitSum:
    """The arithmetic behind one unit.

    Attributes:
        inputs: The unit's inputs, float32: (height, width, channels) for a window, with zeros where it lies outside the
            layer's input, or (height, width, 1) for a map or the part of one that is pooled; (1,) for a unit of an
            elementwise layer; else (inputs,), empty if the unit is a constant.
        kernel: Its weights, shaped as ``inputs``, or None if the layer has no kernel.
        products: Inputs times kernel, or None if the layer has no kernel.
        bias: The bias, or None if the layer has none.
        sum: The sum of products and bias in float64; for pooling the largest or mean input, or the inputs' L2 norm;
            for a copied input its value; 0 for a unit without inputs.
        activation: The unit's output, as computed by the lens.
        scaling: How its input is normalised, or None.
    """

    inputs: Array
    kernel: Array | None
    products: Array | None
    bias: float | None
    sum: float
    activation: float
    scaling: Scaling | None = None

    @property
    def strongest(self) -> tuple[int, ...] | None:
        """The input that the value owes most to: of the largest product, or else the largest value; None if none."""
        if not self.inputs.size:
            return None
        weighed = np.nan_to_num(np.abs(self.inputs if self.products is None else self.products))
        return tuple(int(index) for index in np.unravel_index(weighed.argmax(), weighed.shape))


def explain_unit(inspection: Inspection, layer: int, unit: tuple[int, ...]) -> UnitSum:
    """Compute one unit by itself, without the other units of its layer.

    Args:
        inspection: What a network computed for an image.
        layer: Index of the layer.
        unit: Index of the unit in that layer's output: (row, column, channel) or (index,).

    Returns:
        Every number of the unit's arithmetic. ``sum`` agrees with ``inspection.sums`` up to rounding.
    """
    described = inspection.snapshot.spec.layers[layer]
    weights = inspection.snapshot.weights[layer]
    inputs = _seen(described, inspection.activations[layer], unit)
    activation = float(inspection.activations[layer + 1][unit])
    if described.variance_floor is not None:
        scaling = _scaling(described.variance_floor, [float(array[unit[-1]]) for array in weights])
        return UnitSum(inputs, None, None, None, scaling.steps(float(inputs[0]))[-1], activation, scaling)
    if not described.has_kernel:
        return UnitSum(inputs, None, None, None, _pooled(described.pooling, inputs), activation)
    kernel = weights[0][..., unit[-1]]
    bias = float(weights[1][unit[-1]]) if len(weights) > 1 else None
    # As in the lens: a diverged network has weights whose products are infinite.
    with np.errstate(over="ignore", invalid="ignore"):
        products = inputs * kernel
        total = float(products.sum(dtype=np.float64))
    return UnitSum(inputs, kernel, products, bias, total + (bias or 0.0), activation)


def _scaling(variance_floor: float, weights: list[float]) -> Scaling:
    gamma, beta, mean, variance = weights
    spread = variance + variance_floor
    return Scaling(mean, math.sqrt(spread) if spread >= 0 else math.nan, gamma, beta)


def source_of(spec: ModelSpec, layer: int, unit: tuple[int, ...], cell: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the unit of the layer before whose value is one of a unit's inputs.

    Args:
        spec: The network.
        layer: Index of the layer.
        unit: Index of the unit in that layer's output.
        cell: Index of the input in ``UnitSum.inputs``.

    Returns:
        Its index in the layer's input; None for a zero of the padding.
    """
    described, shape, box = spec.layers[layer], spec.shapes[layer], spec.sources(layer, unit)
    if described.is_elementwise:
        return unit
    window = described.window
    if window is None or not described.has_kernel:
        whole = cell if len(cell) == len(box) else (0,) * len(box)  # a copied value is the only one of its box
        return tuple(part.start + index for part, index in zip(box, whole, strict=True))
    row, col = (
        span.start(index, length) + part
        for span, index, length, part in zip(window.axes, unit, shape, cell, strict=False)
    )
    is_inside = 0 <= row < shape[0] and 0 <= col < shape[1]
    return (row, col, box[2].start + cell[2]) if is_inside else None


def _seen(layer: Layer, inputs: Array, unit: tuple[int, ...]) -> Array:
    """Return the inputs that a unit is computed from; see ``UnitSum.inputs``."""
    if layer.is_elementwise:
        return np.array([inputs[unit]], dtype=np.float32)
    box = layer.sources(tuple(slice(index, index + 1) for index in unit), inputs.shape)
    if layer.window is not None and layer.has_kernel:
        return _patch(layer.window, inputs[..., box[2]], unit[0], unit[1])
    return inputs[box] if layer.pooling is not None else inputs[box].reshape(-1)


def _pooled(pooling: Pooling | None, inputs: Array) -> float:
    match pooling:
        case Pooling.MAX:
            return float(inputs.max())
        case Pooling.AVERAGE:
            return float(inputs.mean(dtype=np.float64))
        case Pooling.NORM:
            return math.sqrt(np.square(inputs, dtype=np.float64).sum())
        case None:
            return float(inputs.sum(dtype=np.float64))  # of the one input that is copied


def _patch(window: Window, inputs: Array, row: int, column: int) -> NDArray[np.float32]:
    """Return the inputs under one window position, zeros where it lies outside the input: (height, width, channels)."""
    patch = np.zeros((*window.size, inputs.shape[2]), dtype=np.float32)
    places = []
    for span, index, length in zip(window.axes, (row, column), inputs.shape, strict=False):
        first, seen = span.start(index, length), span.sources(slice(index, index + 1), length)
        places.append((slice(seen.start - first, seen.stop - first), seen))
    (to_rows, from_rows), (to_columns, from_columns) = places
    patch[to_rows, to_columns] = inputs[from_rows, from_columns]
    return patch
