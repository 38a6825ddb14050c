"""The forward pass in NumPy, one function for each layer type. It computes everything on screen.

All functions accept one example or a batch: axes before those of an example, (height, width, channels) or (units,), are
kept.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import GlobalPooling, Layer, Padding, Pooling, Shape, Window
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

Array = NDArray[np.float32]


def network_input(images: NDArray[np.uint8]) -> Array:
    """Return images as a network takes them.

    Args:
        images: Shape (..., side, side), uint8, 0 is background.

    Returns:
        Shape (..., side, side, 1), float32, 0..1.
    """
    return np.multiply(images[..., np.newaxis], np.float32(1 / 255), dtype=np.float32)


def run_layers(snapshot: Snapshot, inputs: Array) -> Iterator[tuple[Array, Array]]:
    """Run inputs through a network, layer by layer.

    Args:
        snapshot: The network and its weights.
        inputs: One example, shape (side, side, 1), or a batch of them; float32, 0..1.

    Yields:
        For each layer its weighted sums before the activation and its activations. A diverged network, whose weights
        become huge before they become NaN, gives infinity, without a warning.
    """
    after = inputs
    for layer, weights in zip(snapshot.spec.layers, snapshot.weights, strict=True):
        with np.errstate(over="ignore", invalid="ignore"):
            before, after = FORWARD[type(layer)](layer, after, weights)
        yield before, after


def windows_of(inputs: Array, window: Window) -> Array:
    """Return a view of all windows: shape (..., rows, columns, channels, height, width)."""
    views = sliding_window_view(padded(inputs, window), window.size, axis=(-3, -2))
    down, right = window.strides
    return views[..., ::down, ::right, :, :, :]


def padded(inputs: Array, window: Window, value: float = 0.0) -> Array:
    """Return maps with the padding of a window around them, filled with a value."""
    if window.padding is Padding.VALID:
        return inputs
    lengths = inputs.shape[-3:-1]
    pads = [(span.padding_before(n), span.padding_after(n)) for span, n in zip(window.axes, lengths, strict=True)]
    return np.pad(inputs, [(0, 0)] * (inputs.ndim - 3) + [*pads, (0, 0)], constant_values=value)


def _conv2d(layer: Conv2D, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    kernel, *bias = weights
    windows = windows_of(inputs, layer.window)
    places = windows.shape[:-3]
    matrix = np.moveaxis(windows, -3, -1).reshape(math.prod(places), -1)
    sums = sum(bias, (matrix @ kernel.reshape(-1, layer.filters)).reshape(*places, layer.filters))
    return sums, ACTIVATIONS[layer.activation].apply(sums)


def _pooling2d(layer: Pooling2D, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    del weights
    window, shape = layer.window, layer.output_shape(inputs.shape[-3:])
    match layer.kind:
        case Pooling.MAX:
            pooled = _over_windows(np.maximum, padded(inputs, window, -math.inf), window, shape)
        case Pooling.AVERAGE:
            total = _over_windows(np.add, padded(inputs, window), window, shape)
            pooled = total / cells_counted(window, inputs.shape[-3:])
        case Pooling.NORM:
            pooled = np.sqrt(_over_windows(np.add, padded(np.square(inputs), window), window, shape))
    return pooled, pooled


def cells_counted(window: Window, input_shape: Shape) -> Array:
    """Return how many inputs each position of a window covers, without padding: shape (rows, columns, 1), float32."""
    rows, columns = (
        [seen.stop - seen.start for seen in (span.sources(slice(i, i + 1), n) for i in range(span.output_length(n)))]
        for span, n in zip(window.axes, input_shape, strict=False)
    )
    return np.multiply.outer(rows, columns).astype(np.float32)[..., np.newaxis]


def _over_windows(combine: np.ufunc, inputs: Array, window: Window, shape: Shape) -> Array:
    """Combine the values of each window: over strided slices, three times as fast as two axes of a reshaped array."""
    (height, width), (down, right) = window.size, window.strides
    rows: Array = reduce(combine, [inputs[..., strided(start, shape[0], down), :, :] for start in range(height)])
    return reduce(combine, [rows[..., strided(start, shape[1], right), :] for start in range(width)])


def strided(start: int, count: int, stride: int) -> slice:
    """Return the slice of some indices that are a stride apart."""
    return slice(start, start + (count - 1) * stride + 1, stride)


def _global_pooling2d(layer: GlobalPooling2D, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    del weights
    if layer.kind is GlobalPooling.MAX:
        pooled: Array = inputs.max(axis=(-3, -2))
    else:
        # In float64: a sum over a whole map loses digits in float32.
        pooled = inputs.mean(axis=(-3, -2), dtype=np.float64).astype(np.float32)
    return pooled, pooled


def _flatten(layer: Flatten, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    del layer, weights
    flat = inputs.reshape(*inputs.shape[:-3], -1) if inputs.ndim >= 3 else inputs
    return flat, flat


def _dense(layer: Dense, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    kernel, *bias = weights
    sums = sum(bias, inputs @ kernel)
    return sums, ACTIVATIONS[layer.activation].apply(sums)


def _activation(layer: ActivationLayer, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    del weights
    return inputs, ACTIVATIONS[layer.activation].apply(inputs)


def _unchanged(layer: Dropout | GaussianNoise, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    del layer, weights
    return inputs, inputs


def _batch_normalization(layer: BatchNormalization, inputs: Array, weights: tuple[Array, ...]) -> tuple[Array, Array]:
    gamma, beta, mean, variance = weights
    values = (inputs - mean) * normalised_slope(layer, gamma, variance) + beta
    return values, values


def normalised_slope(layer: BatchNormalization, gamma: Array, variance: Array) -> Array:
    """Return by how much each channel's values are scaled: gamma over the root of the variance plus epsilon."""
    return np.asarray(gamma / np.sqrt(variance + np.float32(layer.epsilon)))


FORWARD: Final[Mapping[type[Layer], Callable[[Any, Array, tuple[Array, ...]], tuple[Array, Array]]]] = {
    Conv2D: _conv2d,
    Pooling2D: _pooling2d,
    GlobalPooling2D: _global_pooling2d,
    Flatten: _flatten,
    Dense: _dense,
    ActivationLayer: _activation,
    Dropout: _unchanged,
    GaussianNoise: _unchanged,
    BatchNormalization: _batch_normalization,
}
"""For each layer type: (layer, inputs, weights) to (weighted sums before the activation, activations); without
weights, what the activation is applied to stands for the sums."""
