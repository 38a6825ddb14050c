"""The values in each tile, and the colour index of each value. Without Qt."""

from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.inspect.columns import Column, ColumnKind
from digitlab.gui.maps.colours import Colours, shade, shade_signed
from digitlab.insight.lens import Inspection


class Scale(StrEnum):
    """The value with the brightest colour."""

    UNIT = "unit"
    """The largest value of each tile."""
    LAYER = "layer"
    """The largest value of each column."""
    ALL = "all"
    """The largest value of all columns drawn in the same colours."""


class Showing(Enum):
    """What the tiles of the convolutions show."""

    ACTIVATIONS = auto()
    FILTERS = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What the tiles of one column show.

    Attributes:
        values: Shape (tiles, rows, cols), float32.
        colours: The colour table.
        limits: The value with the strongest colour in each tile, shape (tiles,), float32, at least 0.
        shared_limit: The common limit, if all tiles share it.
        biases: One bias a tile, shape (tiles,), 0 where there is none; None if the tiles are no filters.
    """

    values: NDArray[np.float32]
    colours: Colours
    limits: NDArray[np.float32]
    shared_limit: float | None
    biases: NDArray[np.float32] | None = None

    def indices(self) -> NDArray[np.uint8]:
        """Return the colour index of every value: 0..254, shape (tiles, rows, cols)."""
        limits = self.limits[:, np.newaxis, np.newaxis]
        if self.colours is Colours.DIVERGING:
            return shade_signed(self.values, limits)
        return shade(self.values, limits)


def pictures(
    inspection: Inspection,
    columns: tuple[Column, ...],
    showing: Showing,
    scale: Scale,
    input_channel: int | None = None,
) -> tuple[Picture, ...]:
    """Return what the tiles of every column show.

    Args:
        inspection: What a network computed for an image.
        columns: Its columns.
        showing: Activation maps, or filters where there are any.
        scale: Which value has the strongest colour.
        input_channel: Which input channel of the filters is shown; None for the mean of all.
    """
    made = [_picture(inspection, column, showing, input_channel) for column in columns]
    if scale is Scale.UNIT:
        return tuple(made)
    layered = [
        _shared(picture) if _is_scaled(column) else picture for column, picture in zip(columns, made, strict=True)
    ]
    if scale is Scale.LAYER:
        return tuple(layered)
    largest = {
        colours: max(
            (
                picture.shared_limit or 0.0
                for column, picture in zip(columns, layered, strict=True)
                if _is_scaled(column) and picture.colours is colours
            ),
            default=0.0,
        )
        for colours in (Colours.SEQUENTIAL, Colours.DIVERGING)
    }
    return tuple(
        _limited(picture, largest[picture.colours]) if _is_scaled(column) else picture
        for column, picture in zip(columns, layered, strict=True)
    )


def filters_of(inspection: Inspection, layer: int, input_channel: int | None) -> NDArray[np.float32]:
    """Return one input channel of every filter of a convolution, or their mean: shape (filters, height, width)."""
    kernel = inspection.snapshot.weights[layer][0]
    if input_channel is None:
        return np.ascontiguousarray(kernel.mean(axis=2).transpose(2, 0, 1))
    return np.ascontiguousarray(kernel[:, :, min(input_channel, kernel.shape[2] - 1)].transpose(2, 0, 1))


def _is_scaled(column: Column) -> bool:
    return column.kind in (ColumnKind.MAPS, ColumnKind.LIST)


def _picture(inspection: Inspection, column: Column, showing: Showing, input_channel: int | None) -> Picture:
    spec = inspection.snapshot.spec
    if column.kind is ColumnKind.INPUT:
        return _limited(Picture(_maps(inspection.activations[0]), Colours.GREY, np.zeros(1, np.float32), None), 1.0)
    if column.kind is ColumnKind.OUTPUTS:
        colours = Colours.DIVERGING if spec.is_signed(column.layer) else Colours.SEQUENTIAL
        outputs = _of_list(inspection.activations[column.layer + 1], colours)
        return _limited(outputs, 1.0) if column.is_output else _shared(outputs)
    if column.kind is ColumnKind.SUMS:
        # The sum of an output that is off is so negative that all others would have no bar.
        is_off = inspection.snapshot.off_units(column.layer)
        sums = np.where(is_off, np.float32(0), inspection.sums[column.layer])
        return _shared(_of_list(sums, Colours.DIVERGING))
    colours = Colours.DIVERGING if spec.is_signed(column.layer) else Colours.SEQUENTIAL
    if column.kind is ColumnKind.LIST:
        return _shared(_of_list(inspection.activations[column.layer + 1], colours))
    if showing is Showing.FILTERS and spec.layers[column.layer].has_filters:
        values = filters_of(inspection, column.layer, input_channel)
        no_biases = np.zeros(len(values), np.float32)
        biases = [*inspection.snapshot.weights[column.layer][1:], no_biases][0]
        return Picture(values, Colours.DIVERGING, _largest(values), None, biases)
    values = _maps(inspection.activations[column.layer + 1])
    return Picture(values, colours, _largest(values), None)


def _maps(activations: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(activations.transpose(2, 0, 1))


def _of_list(values: NDArray[np.float32], colours: Colours) -> Picture:
    shaped = values.reshape(-1, 1, 1)
    return Picture(shaped, colours, np.abs(values), None)


def _largest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = values.reshape(len(values), -1)
    largest: NDArray[np.float32] = np.maximum(flat.max(axis=1), -flat.min(axis=1))
    return largest


def _shared(picture: Picture) -> Picture:
    return _limited(picture, float(picture.limits.max()))


def _limited(picture: Picture, limit: float) -> Picture:
    limits = np.full(len(picture.values), limit, dtype=np.float32)
    return replace(picture, limits=limits, shared_limit=limit)
