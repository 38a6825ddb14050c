"""A window that slides over a map: what is under it at each position, and the output that follows."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.forward import Array, windows_of
from digitlab.insight.lens import Inspection
from digitlab.insight.path import path_through
from digitlab.insight.place import Place
from digitlab.model.layer import Activation, Padding, Pooling, Span, Window
from digitlab.model.spec import ModelSpec

_ROUNDING: Final = 1e-6
"""What rounding to float32 leaves of a difference, relative to its terms, where nothing is added."""


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """One position of a window, and the arithmetic of its output.

    Attributes:
        patch: The inputs under the window, shape (height, width), float32. Where it lies outside the map there are
            zeros, or NaN if the window is pooled: then they do not count.
        products: Patch times kernel, or None if the window is pooled.
        part: The sum of the products in float64, or None if the window is pooled.
        rest: What the other input channels add, 0 if there are none.
        sum: The sum before the activation function; for pooling the pooled value.
        output: The output.
        cells: Number of inputs that count.
    """

    patch: Array
    products: Array | None
    part: float | None
    rest: float
    sum: float
    output: float
    cells: int


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """A window that slides over one map.

    Attributes:
        inputs: The map, shape (height, width), float32.
        window: The window.
        kernel: The weights as they are laid on the patch, shape (height, width), float32; None if the window is pooled.
        pooling: How the window is pooled, or None.
        sums: The sums before the activation function, shape (rows, columns), float32.
        outputs: The outputs, same shape.
        bias: The bias, or None if there is none.
        activation: The function applied to the sums.
        others: Number of other input channels that are part of the sums.
    """

    inputs: Array
    window: Window
    kernel: Array | None
    pooling: Pooling | None
    sums: Array
    outputs: Array
    bias: float | None = None
    activation: Activation = Activation.LINEAR
    others: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the output."""
        rows, columns = self.outputs.shape
        return rows, columns

    @property
    def before(self) -> tuple[int, int]:
        """Rows of padding above the input, and columns of padding left of it."""
        above, left = (span.padding_before(length) for span, length in self._axes)
        return above, left

    @property
    def after(self) -> tuple[int, int]:
        """Rows of padding below the input, and columns of padding right of it."""
        below, right = (span.padding_after(length) for span, length in self._axes)
        return below, right

    @property
    def skipped(self) -> NDArray[np.bool_]:
        """Whether each input is under no position of the window, shape (height, width)."""
        used = []
        for (span, length), count in zip(self._axes, self.shape, strict=True):
            axis = np.zeros(length, dtype=np.bool_)
            for position in range(count):
                axis[span.sources(slice(position, position + 1), length)] = True
            used.append(axis)
        return ~np.logical_and.outer(*used)

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Return the input under the upper left cell of the window; negative in the padding."""
        top, left = (span.start(index, length) for index, (span, length) in zip((row, column), self._axes, strict=True))
        return top, left

    def nearest(self, row: int, column: int) -> tuple[int, int]:
        """Return the position whose window is centred nearest to an input."""
        found = []
        for index, (span, length), count in zip((row, column), self._axes, self.shape, strict=True):
            position = round((index + span.padding_before(length) - (span.size - 1) / 2) / span.stride)
            found.append(min(max(position, 0), count - 1))
        return found[0], found[1]

    def at(self, row: int, column: int) -> Position:
        """Return the arithmetic of one output."""
        patch, bias = self._patch(row, column), self.bias or 0.0
        total, output = float(self.sums[row, column]), float(self.outputs[row, column])
        if self.kernel is None:
            boxes = self.window.boxes((slice(row, row + 1), slice(column, column + 1)), self.inputs.shape)
            return Position(patch, None, None, 0.0, total, output, self.inputs[boxes].size)
        with np.errstate(over="ignore", invalid="ignore"):
            products = patch * self.kernel
            part = float(products.sum(dtype=np.float64))
            rest = total - bias - part if self.others else 0.0
        if abs(rest) <= _ROUNDING * max(abs(total), abs(bias), abs(part)):
            rest = 0.0
        return Position(patch, products, part, rest, total, output, patch.size)

    def _patch(self, row: int, column: int) -> Array:
        patch = np.full(self.window.size, 0.0 if self.pooling is None else np.nan, dtype=np.float32)
        seen, to = [], []
        for first, index, (span, length) in zip(self.corner(row, column), (row, column), self._axes, strict=True):
            source = span.sources(slice(index, index + 1), length)
            seen.append(source)
            to.append(slice(source.start - first, source.stop - first))
        patch[to[0], to[1]] = self.inputs[seen[0], seen[1]]
        return patch

    @property
    def _axes(self) -> tuple[tuple[Span, int], tuple[Span, int]]:
        """The window along the rows and along the columns, and the number of inputs there."""
        rows, columns = self.inputs.shape
        return (self.window.rows, rows), (self.window.columns, columns)


def slide_over(
    inputs: Array, kernel: Array, strides: int | tuple[int, int], padding: Padding, *, is_flipped: bool = False
) -> Slide:
    """Slide a kernel over a map.

    Args:
        inputs: Shape (height, width), float32.
        kernel: Shape (height, width), float32; it fits into the padded map.
        strides: Steps between neighbouring outputs, down and to the right.
        padding: The padding mode.
        is_flipped: Whether the kernel is rotated by 180 degrees, as in a convolution; else this is the
            cross-correlation that Keras and other libraries compute under that name.
    """
    laid = np.ascontiguousarray(kernel[::-1, ::-1]) if is_flipped else kernel
    window = Window.of(kernel.shape, strides, padding)
    sums = contributions(inputs[:, :, np.newaxis], laid[:, :, np.newaxis], window)[:, :, 0]
    return Slide(inputs, window, laid, None, sums, sums)


def contributions(inputs: Array, kernel: Array, window: Window) -> Array:
    """Return what each input channel adds to the sums of one filter.

    Args:
        inputs: Shape (height, width, channels), float32.
        kernel: Shape (height, width, channels), float32.
        window: The window.

    Returns:
        Shape (rows, columns, channels), float32. The sum over the channels and the bias are the filter's sums.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.einsum("rkcuv,uvc->rkc", windows_of(inputs, window), kernel))


def slide_of(
    inspection: Inspection, layer: int, channel: int, input_channel: int = 0, *, is_whole: bool = True
) -> Slide:
    """Return how the window of a layer slides over one of its input maps.

    Args:
        inspection: What a network computed for an image.
        layer: Index of one of the ``sliding_layers``.
        channel: Index of the output map.
        input_channel: Index of the input map under the window; of a pooling layer it is the output map's.
        is_whole: Whether the outputs are those of the layer, to which all input maps contribute; else what this input
            map alone contributes, without bias and activation function.
    """
    described = inspection.snapshot.spec.layers[layer]
    window, maps = described.window, inspection.activations[layer]
    assert window is not None  # Those of ``sliding_layers`` have one.
    sums, outputs = inspection.sums[layer][..., channel], inspection.activations[layer + 1][..., channel]
    if not described.has_kernel:
        return Slide(maps[..., channel], window, None, described.pooling, sums, outputs)
    weights, *biases = inspection.snapshot.weights[layer]
    inputs, kernel = maps[..., input_channel], weights[:, :, input_channel, channel]
    if not is_whole:
        part = contributions(inputs[..., np.newaxis], kernel[..., np.newaxis], window)[..., 0]
        return Slide(inputs, window, kernel, None, part, part)
    others = maps.shape[-1] - 1
    bias = float(biases[0][channel]) if biases else None
    return Slide(inputs, window, kernel, None, sums, outputs, bias, described.activation, others)


def strongest_input(inspection: Inspection, layer: int, channel: int) -> int:
    """Return the input map that contributes most to an output map; 0 if all contribute nothing.

    Args:
        inspection: What a network computed for an image.
        layer: Index of a convolution among the ``sliding_layers``.
        channel: Index of the output map.
    """
    window, weights = inspection.snapshot.spec.layers[layer].window, inspection.snapshot.weights[layer][0]
    assert window is not None  # Those of ``sliding_layers`` have one.
    parts = contributions(inspection.activations[layer], weights[..., channel], window)
    with np.errstate(over="ignore", invalid="ignore"):  # of a diverged network
        return int(np.nan_to_num(np.abs(parts).sum(axis=(0, 1))).argmax())


def sliding_layers(spec: ModelSpec) -> tuple[int, ...]:
    """Return the layers that slide a window over maps and give maps."""
    return tuple(
        index
        for index, layer in enumerate(spec.layers)
        if layer.window is not None and len(spec.shapes[index + 1]) == 3
    )


def sliding_place(inspection: Inspection, place: Place | None) -> Place | None:
    """Return the output of a sliding window that is nearest to a place.

    Args:
        inspection: What a network computed for an image.
        place: The place, which may be of another network; None for the answer.

    Returns:
        The place itself, or the one of the nearest layer before that lies on the path through it, from the pixel that
        it owes most to; of the answer, in the first layer with a window. None if no layer of the network has one.
    """
    spec = inspection.snapshot.spec
    layers = sliding_layers(spec)
    if not layers:
        return None
    if place is None:
        outputs = np.nan_to_num(inspection.activations[-1])
        unit = np.unravel_index(outputs.argmax(), outputs.shape)
        here, layer = Place(len(spec.layers) - 1, tuple(int(index) for index in unit)), layers[0]
    else:
        here = place.within(spec)
        layer = max((index for index in layers if index <= here.layer), default=layers[0])
    if here.layer == layer:
        return here
    return next(one for one in path_through(inspection, here) if one.layer == layer)


def sliding_filter(inspection: Inspection, place: Place | None) -> Array | None:
    """Return the weights of the filter that is nearest to a place: for the input map that contributes most.

    Args:
        inspection: What a network computed for an image.
        place: The place, which may be of another network; None for the first filter.

    Returns:
        Shape (height, width), float32; None if no layer of the network has filters.
    """
    spec = inspection.snapshot.spec
    layers = [index for index in sliding_layers(spec) if spec.layers[index].has_filters]
    if not layers:
        return None
    near = None if place is None else sliding_place(inspection, place)
    layer, channel = layers[0], 0
    if near is not None:
        layer = max((index for index in layers if index <= near.layer), default=layers[0])
        channel = min(near.unit[2], spec.shapes[layer + 1][2] - 1)
    strongest = strongest_input(inspection, layer, channel)
    return np.ascontiguousarray(inspection.snapshot.weights[layer][0][:, :, strongest, channel])
