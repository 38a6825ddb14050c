"""The sheets of weighted sums: a filter at one position, and a fully connected unit. Without Qt."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.explain.sheets.maps import map_colours, map_limit, map_title, surroundings
from digitlab.gui.explain.sheets.sheet import AllRows, Bars, Cell, Channel, Curve, Matrix, Options, Row, Sheet, Sign
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place, Step, has_output_step
from digitlab.insight.unit import UnitSum, explain_unit, source_of
from digitlab.model.activations import ACTIVATION_NAMES, ACTIVATIONS
from digitlab.model.layer import Activation
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import count, number
from digitlab.words.places import place_name, unit_name, worked_line

_CURVE_POINTS: Final = 97
_REFERENCE_SPAN: Final = 4.0
"""Half the width of an activation curve, or more if the value lies outside."""


def filter_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of a filter at one position: patch × kernel = products, for one input channel at a time."""
    spec = inspection.snapshot.spec
    explained = explain_unit(inspection, place.layer, place.unit)
    kernel, products = _weights(explained)
    contributions = products.sum(axis=(0, 1), dtype=np.float64)
    channels = len(contributions)
    strongest = int(np.nan_to_num(np.abs(contributions)).argmax())
    channel = strongest if options.channel is None else min(options.channel, channels - 1)
    rows = (
        _ranked(contributions, lambda nth: map_title(inspection, place.layer - 1, nth), options, channel)
        if channels > 1
        else _kernel_rows(products)
    )
    line = (
        _patch(inspection, place, explained.inputs, channel),
        Sign("×"),
        _kernel(spec, place, kernel, channel),
        Sign("="),
        _products(inspection, place, explained, channel),
    )
    title = f"{count(channels, 'input channel')} added up" if channels > 1 else "The rows of the products added up"
    return Sheet(
        place_name(spec, place),
        result_line(inspection, place, explained),
        (line,),
        ((_with_result(title, rows, explained, inspection, place), *activation_curve(inspection, place, explained)),),
        (surroundings(inspection, place, channel),),
    )


def dense_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of a fully connected unit: its largest contributions, and all of them where they come from."""
    spec = inspection.snapshot.spec
    explained = explain_unit(inspection, place.layer, place.unit)
    kernel, products = _weights(explained)

    def source(index: int) -> Place:
        return Place(place.layer - 1, (index,))

    def label(index: int) -> str:
        value, weight = float(explained.inputs[index]), float(kernel[index])
        return f"{_origin_name(spec, source(index))}: {number(value)} × {number(weight)}"

    rows = _ranked(products.astype(np.float64), label, options, None, source)
    shaped = _as_maps(spec, place.layer, products)

    def name(cell: Cell) -> str:
        index = _flat_index(spec, place.layer, cell)
        return f"{label(index)} = {number(float(products[index]))}"

    maps = Matrix(
        f"All {products.size:,} contributions, where their inputs come from",
        shaped,
        name,
        limit=_limit(products),
        caption="weight × input: red adds, blue subtracts",
        target=lambda cell: source(_flat_index(spec, place.layer, cell)),
    )
    title = f"{count(products.size, 'input')} added up, the largest contributions first"
    return Sheet(
        place_name(spec, place),
        result_line(inspection, place, explained),
        ((_with_result(title, rows, explained, inspection, place),),),
        ((maps,), activation_curve(inspection, place, explained)),
    )


def result_line(inspection: Inspection, place: Place, explained: UnitSum) -> str:
    """Return how a unit's value is computed, in one line."""
    layer = inspection.snapshot.spec.layers[place.layer]
    return worked_line(explained, layer, has_activation=not ends_with_sum(inspection, place))


def ends_with_sum(inspection: Inspection, place: Place) -> bool:
    """Return whether a place is a logit, whose activation is a step of its own."""
    spec = inspection.snapshot.spec
    return place.layer == len(spec.layers) - 1 and has_output_step(spec)


def _weights(explained: UnitSum) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    assert explained.kernel is not None  # the layer has weights
    assert explained.products is not None
    return explained.kernel, explained.products


def _limit(values: NDArray[np.float32]) -> float:
    return float(np.abs(values).max(initial=0.0))


def _patch(inspection: Inspection, place: Place, inputs: NDArray[np.float32], channel: int) -> Matrix:
    spec = inspection.snapshot.spec
    rows, cols = inputs.shape[:2]
    sources = [
        [source_of(spec, place.layer, place.unit, (row, col, channel)) for col in range(cols)] for row in range(rows)
    ]
    outside = np.array([[source is None for source in line] for line in sources])[np.newaxis]

    def target(cell: Cell) -> Place | None:
        source = sources[cell[1]][cell[2]]
        return None if source is None else Place(place.layer - 1, source)

    def name(cell: Cell) -> str:
        source = target(cell)
        where = "padding" if source is None else unit_name(spec, source)
        return f"{where} = {number(float(inputs[cell[1], cell[2], channel]))}"

    return Matrix(
        map_title(inspection, place.layer - 1, channel),
        inputs[np.newaxis, :, :, channel],
        name,
        map_colours(inspection, place.layer - 1),
        map_limit(inspection, place.layer - 1, channel),
        "under the filter",
        target,
        outside if outside.any() else None,
        group="cells",
    )


def _kernel(spec: ModelSpec, place: Place, kernel: NDArray[np.float32], channel: int) -> Matrix:
    def name(cell: Cell) -> str:
        return f"weight, row {cell[1]}, column {cell[2]} = {number(float(kernel[cell[1], cell[2], channel]))}"

    what = f"input channel {channel}" if kernel.shape[2] > 1 else "its weights"
    return Matrix(
        f"Filter {place.unit[2]}",
        kernel[np.newaxis, :, :, channel],
        name,
        limit=_limit(kernel),
        caption=what,
        group="cells",
    )


def _products(inspection: Inspection, place: Place, explained: UnitSum, channel: int) -> Matrix:
    kernel, products = _weights(explained)

    def name(cell: Cell) -> str:
        index = (cell[1], cell[2], channel)
        factors = f"{number(float(explained.inputs[index]))} × {number(float(kernel[index]))}"
        return f"{factors} = {number(float(products[index]))}"

    spec = inspection.snapshot.spec

    def target(cell: Cell) -> Place | None:
        source = source_of(spec, place.layer, place.unit, (cell[1], cell[2], channel))
        return None if source is None else Place(place.layer - 1, source)

    total = float(products[:, :, channel].sum(dtype=np.float64))
    return Matrix(
        "Products",
        products[np.newaxis, :, :, channel],
        name,
        limit=_limit(products),
        caption=f"sum {number(total)}",
        target=target,
        group="cells",
    )


def _origin_name(spec: ModelSpec, place: Place) -> str:
    """Return the name of an input of a list; of a copied number, that of the value it copies."""
    if place.layer >= 0 and spec.layers[place.layer].only_reshapes:
        unit = tuple(part.start for part in spec.sources(place.layer, place.unit))
        if len(unit) == 3:
            return place_name(spec, Place(place.layer - 1, unit))
    return place_name(spec, place)


def _as_maps(spec: ModelSpec, layer: int, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one value for each input of a list as (tiles, rows, cols), in the shape before it was flattened."""
    shape = spec.shapes[layer - 1] if layer > 0 and spec.layers[layer - 1].only_reshapes else spec.shapes[layer]
    if len(shape) == 3:
        return values.reshape(shape).transpose(2, 0, 1)
    return values.reshape(-1, 1, 1)


def _flat_index(spec: ModelSpec, layer: int, cell: Cell) -> int:
    """Return the index in a list of a cell of ``_as_maps``."""
    shape = spec.shapes[layer - 1] if layer > 0 and spec.layers[layer - 1].only_reshapes else spec.shapes[layer]
    tile, row, col = cell
    return int(np.ravel_multi_index((row, col, tile), shape)) if len(shape) == 3 else tile


def _ranked(
    contributions: NDArray[np.float64],
    label: Callable[[int], str],
    options: Options,
    chosen: int | None,
    source: Callable[[int], Place] | None = None,
) -> list[Row]:
    """Return the summands by size; the small ones as one, unless all are wanted."""
    order = np.argsort(-np.nan_to_num(np.abs(contributions)), kind="stable")
    most = options.rows
    shown = order if options.has_all_rows or len(order) <= most + 2 else order[:most]
    rows, total = [], 0.0
    for nth in shown.tolist():
        value = float(contributions[nth])
        target = Channel(nth) if source is None else source(nth)
        rows.append(Row(label(nth), value, total, total + value, target, is_chosen=nth == chosen))
        total += value
    rest = order[len(shown) :]
    if len(rest):
        value = float(contributions[rest].sum())
        rows.append(Row(f"{len(rest):,} smaller ones", value, total, total + value, AllRows()))
    elif options.has_all_rows and len(order) > most + 2:
        rows.append(Row("show fewer", 0.0, total, total, AllRows()))
    return rows


def _kernel_rows(products: NDArray[np.float32]) -> list[Row]:
    rows, total = [], 0.0
    for nth, value in enumerate(products.sum(axis=(1, 2), dtype=np.float64).tolist()):
        rows.append(Row(f"row {nth}", value, total, total + value))
        total += value
    return rows


def _with_result(title: str, rows: list[Row], explained: UnitSum, inspection: Inspection, place: Place) -> Bars:
    """Return the summands with the bias, the sum and, if it is a step here, the activation."""
    before = rows[-1].end if rows else 0.0
    if explained.bias is not None:
        rows.append(Row("bias", explained.bias, before, before + explained.bias))
    rows.append(Row("sum", explained.sum, 0.0, explained.sum, is_total=True))
    layer = inspection.snapshot.spec.layers[place.layer]
    target = None
    if ends_with_sum(inspection, place):
        target = Place(place.layer, place.unit, Step.OUTPUT)
        rows.append(
            Row(
                f"{ACTIVATION_NAMES[layer.activation]}: next step",
                explained.activation,
                0.0,
                explained.activation,
                target,
                is_total=True,
            )
        )
    elif layer.activation is not Activation.LINEAR:
        name = ACTIVATION_NAMES[layer.activation]
        rows.append(Row(name, explained.activation, 0.0, explained.activation, is_total=True))
    return Bars(title, tuple(rows))


def activation_curve(inspection: Inspection, place: Place, explained: UnitSum) -> tuple[Curve, ...]:
    """Return the activation function with the value on it; nothing for one that needs all units at once."""
    activation = inspection.snapshot.spec.layers[place.layer].activation
    function = ACTIVATIONS[activation]
    if activation is Activation.LINEAR or not function.is_elementwise or ends_with_sum(inspection, place):
        return ()
    span = _REFERENCE_SPAN
    if np.isfinite(explained.sum):
        span = max(span, 1.25 * abs(explained.sum))
    x = np.linspace(-span, span, _CURVE_POINTS)
    y = function.apply(x.astype(np.float32)).astype(np.float64)
    return (Curve(function.name, x, y, explained.sum, explained.activation),)
