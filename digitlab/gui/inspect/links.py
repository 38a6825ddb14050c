"""The sources of a cell in the previous column, and their weights. Without Qt."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.inspect.columns import Column, ColumnKind, Spot
from digitlab.gui.inspect.shading import Showing
from digitlab.insight.lens import Inspection
from digitlab.insight.unit import explain_unit
from digitlab.model.layer import Activation, Box

CHUNKS: Final = 16
"""A dense unit's many inputs are drawn as this many edges, one for each chunk of neighbours in the list."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """The sources of one cell.

    Attributes:
        parent: Index of their column.
        channels: The tiles from which an edge starts.
        strengths: Signed strength of each edge, -1..1, or None if there are no weights.
        window: Rows and columns of the source window in each of those tiles, or None if the source is the whole column.
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
    """Return the sources of a cell, or None for the input and for constants."""
    column = columns[spot.column]
    if column.parent < 0:
        return None
    if column.kind is ColumnKind.OUTPUTS:
        return _of_output(inspection, column, spot)
    spec = inspection.snapshot.spec
    layer, unit = spec.layers[column.layer], column.unit(spot)
    box = spec.sources(column.layer, unit)
    if any(part.start >= part.stop for part in box):
        return None
    if showing is Showing.FILTERS and layer.has_filters:
        return Links(column.parent, *_edges(inspection, column, spot, box), None, None)
    window = (box[0], box[1]) if len(box) == 3 else None
    field = spec.receptive_field(column.layer, unit)
    return Links(column.parent, *_edges(inspection, column, spot, box), window, field)


def _of_output(inspection: Inspection, column: Column, spot: Spot) -> Links:
    is_softmax = inspection.snapshot.spec.layers[column.layer].activation is Activation.SOFTMAX
    channels = np.arange(column.count) if is_softmax else np.array([spot.channel])
    field = inspection.snapshot.spec.receptive_field(column.layer, (spot.channel,))
    return Links(column.parent, channels, None, (slice(0, 1), slice(0, 1)), field)


def _edges(
    inspection: Inspection, column: Column, spot: Spot, box: Box
) -> tuple[NDArray[np.intp], NDArray[np.float32] | None]:
    """Return the tiles of the previous column from which a cell is computed, and the strength of each edge.

    The strength is the sum of a filter's weights in each map, or the sum of a unit's products in each chunk of a list.
    """
    tiles = np.arange(box[-1].start, box[-1].stop)
    layer = inspection.snapshot.spec.layers[column.layer]
    if not layer.has_kernel:
        return tiles, None
    if layer.has_filters:
        kernel = inspection.snapshot.weights[column.layer][0][..., spot.channel]
        return tiles, _weighed(kernel.sum(axis=(0, 1)))
    products = explain_unit(inspection, column.layer, (spot.channel,)).products
    assert products is not None  # the layer has weights
    starts = np.arange(CHUNKS) * len(products) // CHUNKS if len(products) > CHUNKS else np.arange(len(products))
    sizes = np.diff([*starts, len(products)])
    return starts + sizes // 2, _weighed(np.add.reduceat(products, starts))


def _weighed(strengths: NDArray[np.float32]) -> NDArray[np.float32]:
    largest = float(np.abs(strengths).max(initial=0.0))
    return strengths / np.float32(largest) if largest > 0 and np.isfinite(largest) else np.zeros_like(strengths)
