"""The kernels of a layer as small pictures: one for each input channel of each filter or unit. Without Qt."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.model.edits import Weight
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class KernelShape:
    """How the kernel of a layer is laid out in pictures.

    The weights of a unit after a flatten layer have the shape of the maps before it; those of other units are written
    line by line. Of a batch normalisation, the gamma of a channel is a picture of one cell.

    Attributes:
        layer: Index of the layer, which has weights.
        units: Number of filters or units.
        channels: Number of pictures of each.
        rows: Rows of cells of a picture.
        cols: Columns of cells of a picture.
        axes: Number of axes of the kernel: 4 for filters, 2 for units, 1 for the gammas of channels.
    """

    layer: int
    units: int
    channels: int
    rows: int
    cols: int
    axes: int

    @classmethod
    def of(cls, spec: ModelSpec, layer: int) -> "KernelShape":
        """Return the layout of a layer with weights."""
        shape = next(iter(spec.weight_shapes[layer].values()))
        if len(shape) == 1:
            return cls(layer, shape[0], 1, 1, 1, axes=1)
        if len(shape) == 4:
            rows, cols, channels, units = shape
            return cls(layer, units, channels, rows, cols, axes=4)
        inputs, units = shape
        before = spec.shapes[layer - 1] if layer and spec.layers[layer - 1].only_reshapes else ()
        if len(before) == 3:
            return cls(layer, units, before[2], before[0], before[1], axes=2)
        rows = next(count for count in range(math.isqrt(inputs), 0, -1) if inputs % count == 0)
        return cls(layer, units, 1, rows, inputs // rows, axes=2)

    def pictures(self, snapshot: Snapshot) -> NDArray[np.float32]:
        """Return a view of a network's weights: shape (units, channels, rows, cols)."""
        kernel = snapshot.weights[self.layer][0]
        return kernel.reshape(self.rows, self.cols, self.channels, self.units).transpose(3, 2, 0, 1)

    def weight(self, unit: int, channel: int, row: int, col: int) -> Weight:
        """Return the weight of a cell."""
        if self.axes == 1:
            return Weight(self.layer, 0, (unit,))
        if self.axes == 2:
            return Weight(self.layer, 0, ((row * self.cols + col) * self.channels + channel, unit))
        return Weight(self.layer, 0, (row, col, channel, unit))

    def bias(self, unit: int) -> Weight:
        """Return the bias of a filter or unit."""
        return Weight(self.layer, 1, (unit,))


def strongest_channels(pictures: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Return the input channels of a kernel, the one with the largest weights first, and the share of each.

    Args:
        pictures: Shape (channels, rows, cols).

    Returns:
        The channels with their share of the sum of all absolute weights, 0..1.
    """
    sums = np.abs(pictures).sum(axis=(1, 2), dtype=np.float64)
    total = float(sums.sum())
    shares = sums / total if total and math.isfinite(total) else np.zeros_like(sums)
    return [(int(channel), float(shares[channel])) for channel in np.argsort(-shares, kind="stable")]


def significant(value: float, digits: int = 3) -> float:
    """Return a weight rounded to some significant digits, as a field shows it."""
    if not value or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))
