"""The sheets of values that are computed from the one value at the same place. Without Qt."""

import numpy as np

from digitlab.gui.explain.sheets.maps import map_colours, map_limit, map_title, surroundings
from digitlab.gui.explain.sheets.sheet import Block, Cell, Matrix, Options, Sheet, Sign
from digitlab.gui.explain.sheets.weighted import activation_curve, ends_with_sum, result_line
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.insight.unit import Scaling, explain_unit
from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Activation
from digitlab.words.numbers import number
from digitlab.words.places import place_name, unit_name


def elementwise_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of an activation function of its own, of a normalised value, or of one that passes unchanged."""
    del options
    spec = inspection.snapshot.spec
    layer = spec.layers[place.layer]
    explained = explain_unit(inspection, place.layer, place.unit)
    function = ACTIVATIONS[layer.activation]
    is_unchanged = layer.activation is Activation.LINEAR or ends_with_sum(inspection, place)
    after = explained.sum if is_unchanged else explained.activation
    line: tuple[Block, ...]
    if explained.scaling is not None:
        line = (_scaling_table(inspection, place, explained.scaling, float(explained.inputs[0])),)
    else:
        before = Place(place.layer - 1, place.unit)
        scaled_like = before if is_unchanged else place
        line = (
            _single(inspection, before, explained.sum, before),
            Sign("→", "unchanged" if is_unchanged else function.name),
            _single(inspection, place, after, scaled_like),
            *activation_curve(inspection, place, explained),
        )
    around = (surroundings(inspection, place, place.unit[2]),) if len(place.unit) == 3 else ()
    return Sheet(
        place_name(spec, place),
        result_line(inspection, place, explained),
        (line,),
        around=around,
        note=function.explanation if layer.has_activation else layer.explanation,
    )


def _single(inspection: Inspection, place: Place, value: float, scaled_like: Place) -> Matrix:
    """Return a matrix of one number, the value of a place, in the colours of a place's layer."""
    spec = inspection.snapshot.spec
    name = unit_name(spec, place)
    is_map = len(place.unit) == 3
    if is_map:
        limit = map_limit(inspection, scaled_like.layer, place.unit[2])
    else:
        limit = float(np.abs(inspection.activations[scaled_like.layer + 1]).max(initial=0.0))
    return Matrix(
        map_title(inspection, place.layer, place.unit[2]) if is_map else place_name(spec, place),
        np.array([[[value]]]),
        lambda _: f"{name} = {number(value)}",
        map_colours(inspection, scaled_like.layer),
        limit,
        name,
        lambda _: place,
    )


def _scaling_table(inspection: Inspection, place: Place, scaling: Scaling, value: float) -> Matrix:
    """Return the steps of a normalisation: what is done with which number, and what it gives."""
    source = Place(place.layer - 1, place.unit)
    steps = ("− mean", "÷ standard deviation", "× gamma", "+ beta")
    operands = (scaling.mean, scaling.deviation, scaling.gamma, scaling.beta)
    values = np.array([[0.0, *operands], [value, *scaling.steps(value)]]).T[np.newaxis]
    names = ["value before", *steps]

    def text(cell: Cell) -> str:
        _, row, col = cell
        return "" if (row, col) == (0, 0) else number(float(values[cell]))

    def name(cell: Cell) -> str:
        _, row, _ = cell
        if row == 0:
            return f"{place_name(inspection.snapshot.spec, source)} = {number(value)}"
        return f"{names[row]} {number(operands[row - 1])} gives {number(float(values[0, row, 1]))}"

    finite = values[:, :, 1][np.isfinite(values[:, :, 1])]
    return Matrix(
        "Normalised, scaled and shifted",
        values,
        name,
        limit=float(np.abs(finite).max(initial=0.0)),
        caption="mean and standard deviation are those measured in training",
        target=lambda cell: source if cell[1] == 0 else None,
        marked=(0, len(names) - 1, 1),
        row_names=names,
        column_names=("number", "gives"),
        texts=text,
        is_table=True,
    )
