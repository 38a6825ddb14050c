"""What the look-inside room says about a unit, in plain words. Without Qt."""

from digitlab.data.digit import NO_DIGIT
from digitlab.gui.inspect.columns import Column, ColumnKind, Spot
from digitlab.gui.inspect.shading import Showing
from digitlab.insight.lens import Inspection
from digitlab.insight.unit import explain_unit
from digitlab.model.layers import Activation, Conv2D, Dense, Flatten, Pooling, Pooling2D
from digitlab.model.outputs import output_name
from digitlab.words.numbers import number, percent

NAMES = {Activation.RELU: "ReLU", Activation.SIGMOID: "sigmoid", Activation.SOFTMAX: "softmax"}


def span(part: slice) -> str:
    """Return a run of rows or columns, both ends included."""
    first, last = part.start, part.stop - 1
    return f"{first}" if first == last else f"{first}–{last}"


def title(column: Column, channel: int, layer_is_convolution: bool = False) -> str:
    """Return the name of a tile."""
    match column.kind:
        case ColumnKind.INPUT:
            return "input"
        case ColumnKind.MAPS:
            return f"{column.name} · {'filter' if layer_is_convolution else 'map'} {channel}"
        case ColumnKind.LIST:
            return f"{column.name} · number {channel:,}"
        case ColumnKind.SUMS | ColumnKind.OUTPUTS:
            return f"{column.name} · {unit_name(column, channel)}"


def unit_name(column: Column, channel: int) -> str:
    """Return what a unit shown as a bar stands for: "digit 4", "no digit", or just "unit 4" within the network."""
    if not column.is_answer:
        return f"unit {channel}"
    return output_name(channel) if channel == NO_DIGIT else f"digit {channel}"


def readout(
    inspection: Inspection,
    columns: tuple[Column, ...],
    spot: Spot,
    showing: Showing = Showing.ACTIVATIONS,
    input_channel: int | None = None,
) -> str:
    """Return one line about a cell: where it is, its value and what it sees."""
    column = columns[spot.column]
    name = title(column, spot.channel)
    spec = inspection.snapshot.spec
    if column.kind is ColumnKind.INPUT:
        grey = int(inspection.image[spot.row, spot.place])
        return f"input · row {spot.row}, column {spot.place} = {number(grey / 255)} (grey {grey} of 255)"
    layer = spec.layers[column.layer]
    unit = column.unit(spot)
    if showing is Showing.FILTERS and isinstance(layer, Conv2D):
        return _weight_line(inspection, column, spot, input_channel)
    value = float(inspection.activations[column.layer + 1][unit])
    if column.kind is ColumnKind.MAPS:
        rows, places = spec.receptive_field(column.layer, unit)
        seen = f"sees rows {span(rows)}, columns {span(places)} of the drawing"
        return f"{name} · row {spot.row}, column {spot.place} = {number(value)}; {seen}"
    if isinstance(layer, Flatten):
        return f"{name} = {number(value)}; {_copied(inspection, columns, spot)}"
    if column.kind is ColumnKind.OUTPUTS:
        return f"{name} = {percent(value)}, from the sum {number(float(inspection.sums[column.layer][unit]))}"
    return f"{name} · sum = {number(float(inspection.sums[column.layer][unit]))}; sees the whole drawing"


def worked_sum(inspection: Inspection, column: Column, spot: Spot) -> str:
    """Return how one unit's value comes about, for example ``25 products + bias −0.02 = 1.83 → ReLU → 1.83``."""
    unit = column.unit(spot)
    if column.layer < 0:
        return f"grey {int(inspection.image[unit[:2]])} of 255 ÷ 255 = {number(float(inspection.activations[0][unit]))}"
    layer = inspection.snapshot.spec.layers[column.layer]
    explained = explain_unit(inspection, column.layer, unit)
    if isinstance(layer, Pooling2D):
        what = "largest" if layer.kind is Pooling.MAX else "mean"
        return f"{what} of {explained.inputs.size} values = {number(explained.sum)}"
    if explained.products is None or explained.bias is None or not isinstance(layer, Conv2D | Dense):
        return f"copied: {number(explained.sum)}"
    sign = "−" if explained.bias < 0 else "+"
    text = f"{explained.products.size:,} products {sign} bias {number(abs(explained.bias))} = {number(explained.sum)}"
    if layer.activation is Activation.LINEAR:
        return text
    after = percent(explained.activation) if column.kind in _SHARES else number(explained.activation)
    return f"{text} → {NAMES[layer.activation]} → {after}"


_SHARES = (ColumnKind.SUMS, ColumnKind.OUTPUTS)


def _weight_line(inspection: Inspection, column: Column, spot: Spot, input_channel: int | None) -> str:
    kernel, bias = inspection.snapshot.weights[column.layer]
    channels = kernel.shape[2]
    weights = kernel[spot.row, spot.place, :, spot.channel]
    if channels == 1:
        which, weight = "", float(weights[0])
    elif input_channel is None:
        which, weight = f" · mean of {channels} input channels", float(weights.mean())
    else:
        nth = min(input_channel, channels - 1)
        which, weight = f" · input channel {nth}", float(weights[nth])
    where = f"row {spot.row}, column {spot.place}"
    filter_name = title(column, spot.channel, layer_is_convolution=True)
    return f"{filter_name}{which} · {where}: weight {number(weight)}; bias {number(float(bias[spot.channel]))}"


def _copied(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> str:
    column = columns[spot.column]
    source = columns[column.parent]
    box = inspection.snapshot.spec.sources(column.layer, (spot.channel,))
    if len(box) != 3:
        return f"copies {source.name} · number {box[0].start}"
    row, place, channel = (part.start for part in box)
    return f"copies {title(source, channel)} · row {row}, column {place}"
