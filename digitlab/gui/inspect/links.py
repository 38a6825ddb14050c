"""What a cell is computed from: its sources in the column before, and how strongly each counts. Without Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.inspect.columns import Column, ColumnKind, Spot
from digitlab.gui.inspect.shading import Showing
from digitlab.insight.lens import Inspection
from digitlab.insight.unit import explain_unit
from digitlab.model.layers import Activation, Conv2D, Dense, Flatten, Layer, Pooling2D

CHUNKS: Final = 16
"""A dense unit's many inputs are drawn as so many edges, one a run of neighbours in the list."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """The sources of one cell.

    Attributes:
        parent: Index of their column.
        channels: The tiles from which an edge starts.
        strengths: Signed strength of each edge, -1..1, or None where there is nothing to weigh.
        window: Rows and places of the source window in each of those tiles, or None if the whole column is the source.
        field: Rows and columns of the 28x28 input that the cell depends on, or None if a filter is shown.
    """

    parent: int
    channels: NDArray[np.intp]
    strengths: NDArray[np.float32] | None
    window: tuple[slice, slice] | None
    field: tuple[slice, slice] | None


def links_of(
    inspection: Inspection, columns: tuple[Column, ...], spot: Spot, showing: Showing = Showing.ACTIVATIONS
) -> Links | None:
    """Return what a cell is computed from, or None for the input."""
    column = columns[spot.column]
    if column.parent < 0:
        return None
    if column.kind is ColumnKind.OUTPUTS:
        return _of_output(inspection, column, spot)
    layer = inspection.snapshot.spec.layers[column.layer]
    if showing is Showing.FILTERS and isinstance(layer, Conv2D):
        channels, strengths = _of_convolution(inspection, columns, spot)
        return Links(column.parent, channels, strengths, None, None)
    channels, strengths = _CHANNELS[type(layer)](inspection, columns, spot)
    unit = column.unit(spot)
    box = inspection.snapshot.spec.sources(column.layer, unit)
    window = (box[0], box[1]) if len(box) == 3 else None
    return Links(
        column.parent, channels, strengths, window, inspection.snapshot.spec.receptive_field(column.layer, unit)
    )


_Weighed = tuple[NDArray[np.intp], NDArray[np.float32] | None]


def _of_output(inspection: Inspection, column: Column, spot: Spot) -> Links:
    layer = inspection.snapshot.spec.layers[column.layer]
    whole = isinstance(layer, Dense) and layer.activation is Activation.SOFTMAX
    channels = np.arange(column.count) if whole else np.array([spot.channel])
    field = inspection.snapshot.spec.receptive_field(column.layer, (spot.channel,))
    return Links(column.parent, channels, None, (slice(0, 1), slice(0, 1)), field)


def _of_convolution(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> _Weighed:
    kernel = inspection.snapshot.weights[columns[spot.column].layer][0][..., spot.channel]
    return np.arange(kernel.shape[2]), _weighed(kernel.sum(axis=(0, 1)))


def _of_pooling(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> _Weighed:
    del inspection, columns
    return np.array([spot.channel]), None


def _of_flatten(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> _Weighed:
    box = inspection.snapshot.spec.sources(columns[spot.column].layer, (spot.channel,))
    return np.array([box[-1].start]), None


def _of_dense(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> _Weighed:
    products = explain_unit(inspection, columns[spot.column].layer, (spot.channel,)).products
    if products is None:
        return np.arange(0), None
    starts = np.arange(CHUNKS) * len(products) // CHUNKS if len(products) > CHUNKS else np.arange(len(products))
    sizes = np.diff([*starts, len(products)])
    return starts + sizes // 2, _weighed(np.add.reduceat(products, starts))


_CHANNELS: Final[Mapping[type[Layer], Callable[[Inspection, tuple[Column, ...], Spot], _Weighed]]] = {
    Conv2D: _of_convolution,
    Pooling2D: _of_pooling,
    Flatten: _of_flatten,
    Dense: _of_dense,
}
"""For each layer type: the source tiles and the strength of each edge."""


def _weighed(strengths: NDArray[np.float32]) -> NDArray[np.float32]:
    largest = float(np.abs(strengths).max(initial=0.0))
    return strengths / np.float32(largest) if largest > 0 and np.isfinite(largest) else np.zeros_like(strengths)
