"""The texts of Look inside: names of tiles, one line about a cell, and the worked sum of a value. Without Qt."""

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.inspect.columns import Column, ColumnKind, Spot
from digitlab.gui.inspect.shading import Showing
from digitlab.insight.lens import Inspection
from digitlab.insight.unit import explain_unit
from digitlab.words.edits import off_note
from digitlab.words.numbers import number, probability
from digitlab.words.places import worked_line


def span(part: slice) -> str:
    """Return a range of rows or columns, both ends included."""
    first, last = part.start, part.stop - 1
    return f"{first}" if first == last else f"{first}–{last}"


def title(column: Column, channel: int, unit_word: str = "map") -> str:
    """Return the name of a tile; ``unit_word`` is the noun for one of several maps."""
    match column.kind:
        case ColumnKind.INPUT:
            return "input"
        case ColumnKind.MAPS:
            return f"{column.name} · {unit_word} {channel}"
        case ColumnKind.LIST:
            return f"{column.name} · number {channel:,}"
        case ColumnKind.SUMS | ColumnKind.OUTPUTS:
            return f"{column.name} · {unit_name(column, channel)}"


def unit_name(column: Column, channel: int) -> str:
    """Return the name of a unit shown as a bar: "digit 4", "no digit", or "unit 4" within the network."""
    if column.classes is None:
        return f"unit {channel}"
    return column.classes.shown(channel)


def tile_text(inspection: Inspection, column: Column, channel: int, showing: Showing) -> str:
    """Return the name of a tile and the range of the values it shows, or its only value."""
    name = title(column, channel) + off_note(inspection.snapshot, column.layer, channel)
    if showing is Showing.FILTERS and column.layer >= 0 and inspection.snapshot.spec.layers[column.layer].has_filters:
        return f"{name}: weights {_range(inspection.snapshot.weights[column.layer][0][..., channel])}"
    if column.kind is ColumnKind.SUMS:
        return f"{name}: sum {number(float(inspection.sums[column.layer][channel]))}"
    values = inspection.activations[column.layer + 1][..., channel]
    return f"{name}: {probability(float(values)) if column.is_output else _range(values)}"


def _range(values: NDArray[np.float32]) -> str:
    low, high = number(float(values.min())), number(float(values.max()))
    return low if values.size == 1 else f"{low} to {high}"


def readout(
    inspection: Inspection,
    columns: tuple[Column, ...],
    spot: Spot,
    showing: Showing = Showing.ACTIVATIONS,
    input_channel: int | None = None,
) -> str:
    """Return one line about a cell: its position, its value and its receptive field."""
    column = columns[spot.column]
    name = title(column, spot.channel) + off_note(inspection.snapshot, column.layer, spot.channel)
    spec = inspection.snapshot.spec
    if column.kind is ColumnKind.INPUT:
        grey = int(inspection.image[spot.row, spot.col])
        return f"input · row {spot.row}, column {spot.col} = {number(grey / 255)} (grey {grey} of 255)"
    layer = spec.layers[column.layer]
    unit = column.unit(spot)
    if showing is Showing.FILTERS and layer.has_filters:
        return _weight_line(inspection, column, spot, input_channel)
    value = float(inspection.activations[column.layer + 1][unit])
    if column.kind is ColumnKind.MAPS:
        return f"{name} · row {spot.row}, column {spot.col} = {number(value)}; {_field(inspection, column, unit)}"
    if layer.pooling is not None:
        return f"{name} = {number(value)}; {_field(inspection, column, unit)}"
    if column.kind is ColumnKind.LIST and not layer.has_kernel:
        return f"{name} = {number(value)}; {_copied(inspection, columns, spot)}"
    sum_text = number(float(inspection.sums[column.layer][unit]))
    if column.kind is ColumnKind.OUTPUTS:
        return f"{name} = {probability(value) if column.is_output else number(value)}, from the sum {sum_text}"
    return f"{name} · sum = {sum_text}; {_field(inspection, column, unit)}"


def _field(inspection: Inspection, column: Column, unit: tuple[int, ...]) -> str:
    """Return the receptive field of a unit as text."""
    rows, cols = inspection.snapshot.spec.receptive_field(column.layer, unit)
    side = inspection.image.shape[0]
    if (rows, cols) == (slice(0, side), slice(0, side)):
        return "receptive field: the whole drawing"
    if rows.start >= rows.stop or cols.start >= cols.stop:
        return "no receptive field"
    return f"receptive field: rows {span(rows)}, columns {span(cols)}"


def worked_sum(inspection: Inspection, column: Column, spot: Spot) -> str:
    """Return how one unit's value is computed, for example ``25 products + bias −0.0200 = 1.83 → ReLU → 1.83``."""
    unit = column.unit(spot)
    if column.layer < 0:
        return f"grey {int(inspection.image[unit[:2]])} of 255 ÷ 255 = {number(float(inspection.activations[0][unit]))}"
    spec = inspection.snapshot.spec
    explained = explain_unit(inspection, column.layer, unit)
    is_output = spec.classifies and column.layer == len(spec.layers) - 1
    return worked_line(explained, spec.layers[column.layer], is_output=is_output)


def _weight_line(inspection: Inspection, column: Column, spot: Spot, input_channel: int | None) -> str:
    kernel, *biases = inspection.snapshot.weights[column.layer]
    channels = kernel.shape[2]
    weights = kernel[spot.row, spot.col, :, spot.channel]
    if channels == 1:
        which, weight = "", float(weights[0])
    elif input_channel is None:
        which, weight = f" · mean of {channels} input channels", float(weights.mean())
    else:
        nth = min(input_channel, channels - 1)
        which, weight = f" · input channel {nth}", float(weights[nth])
    where = f"row {spot.row}, column {spot.col}"
    name = title(column, spot.channel, inspection.snapshot.spec.layers[column.layer].unit_word)
    name += off_note(inspection.snapshot, column.layer, spot.channel)
    bias = "".join(f"; bias {number(float(one[spot.channel]))}" for one in biases)
    return f"{name}{which} · {where}: weight {number(weight)}{bias}"


def _copied(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> str:
    """Return the source of a copied element of a list."""
    column = columns[spot.column]
    source = columns[column.parent]
    spec = inspection.snapshot.spec
    if spec.layers[column.layer].is_elementwise:
        return f"from {title(source, spot.channel)}"
    box = spec.sources(column.layer, (spot.channel,))
    if len(box) != 3:
        return f"copies {source.name} · number {box[0].start}"
    row, col, channel = (part.start for part in box)
    return f"copies {title(source, channel)} · row {row}, column {col}"
