"""The sheets of values that are pooled or copied, and of pixels. Without Qt."""

import numpy as np

from digitlab.gui.explain.sheets.maps import map_colours, map_limit, map_matrix, map_title, surroundings
from digitlab.gui.explain.sheets.sheet import Cell, Matrix, Options, Sheet, Sign
from digitlab.gui.explain.sheets.weighted import result_line
from digitlab.gui.maps.colours import Colours
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.insight.unit import explain_unit, source_of
from digitlab.model.layer import Pooling
from digitlab.words.numbers import count, number
from digitlab.words.places import place_name, unit_name


def pooled_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of a pooled value: the window, and what becomes of it."""
    del options
    spec = inspection.snapshot.spec
    layer = spec.layers[place.layer]
    explained = explain_unit(inspection, place.layer, place.unit)
    values = explained.inputs[np.newaxis, :, :, 0]

    def target(cell: Cell) -> Place | None:
        source = source_of(spec, place.layer, place.unit, (cell[1], cell[2], 0))
        return None if source is None else Place(place.layer - 1, source)

    def name(cell: Cell) -> str:
        source = target(cell)
        where = "padding" if source is None else unit_name(spec, source)
        return f"{where} = {number(float(values[cell]))}"

    channel = place.unit[-1]
    colours, limit = map_colours(inspection, place.layer - 1), map_limit(inspection, place.layer - 1, channel)
    best = None
    if layer.pooling is Pooling.MAX and values.size:
        _, row, col = np.unravel_index(int(np.nan_to_num(values, nan=-np.inf).argmax()), values.shape)
        best = (0, int(row), int(col))
    title = map_title(inspection, place.layer - 1, channel)
    rows, cols = values.shape[1:]
    window = Matrix(title, values, name, colours, limit, f"{rows} × {cols} values", target, marked=best, group="window")
    result = np.array([[[explained.activation]]])
    after = Matrix(
        "Result",
        result,
        lambda _: f"result = {number(explained.activation)}",
        colours,
        limit,
        target=lambda _: target(best) if best else None,
    )
    line: tuple[Matrix | Sign, ...]
    if layer.pooling is Pooling.MAX:
        line = (window, Sign("→", "largest"), after)
    elif layer.pooling is Pooling.AVERAGE:
        total = float(values.sum(dtype=np.float64))
        line = (window, Sign("→", f"sum {number(total)} ÷ {values.size}"), after)
    else:
        squares = values.astype(np.float64) ** 2
        squared = Matrix(
            "Squares",
            squares,
            lambda cell: f"{number(float(values[cell]))}² = {number(float(squares[cell]))}",
            Colours.SEQUENTIAL,
            float(squares.max(initial=0.0)),
            f"sum {number(float(squares.sum()))}",
            target,
            group="window",
        )
        line = (window, Sign("→", "square"), squared, Sign("→", "√ of the sum"), after)
    around = (surroundings(inspection, place, channel),) if layer.window is not None else ()
    return Sheet(place_name(spec, place), result_line(inspection, place, explained), (line,), around)


def copied_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of a copied value: where it comes from, and in a list how its index follows."""
    del options
    spec = inspection.snapshot.spec
    explained = explain_unit(inspection, place.layer, place.unit)
    title, result = place_name(spec, place), result_line(inspection, place, explained)
    source = source_of(spec, place.layer, place.unit, (0,)) if explained.inputs.size else None
    if source is None or len(source) != 3:
        return Sheet(title, result, ())
    row, col, channel = source
    origin = Place(place.layer - 1, source)
    matrix = map_matrix(
        inspection, origin.layer, channel, marked=(row, col), caption=f"copied: row {row}, column {col}"
    )
    after = Matrix(
        unit_name(spec, place).capitalize(),
        np.array([[[explained.activation]]]),
        lambda _: f"{unit_name(spec, place)} = {number(explained.activation)}",
        matrix.colours,
        matrix.limit,
        target=lambda _: origin,
    )
    if spec.layers[place.layer].only_reshapes:
        _, width, depth = spec.shapes[place.layer]
        index = f"({row} × {width} columns + {col}) × {count(depth, 'map')} + {channel} = number {place.unit[0]:,}"
        result = f"{index}; {result}"
    return Sheet(title, result, ((matrix, Sign("→", "copied"), after),))


def pixel_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of a pixel: its grey level, and where it lies in the image."""
    del options
    spec = inspection.snapshot.spec
    row, col, _ = place.unit
    grey = int(inspection.image[row, col])
    values = inspection.activations[0][np.newaxis, :, :, 0]
    matrix = Matrix(
        "The 28 × 28 image that the network sees",
        values,
        lambda cell: (
            f"row {cell[1]}, column {cell[2]} = {number(float(values[cell]))} "
            f"(grey {int(inspection.image[cell[1], cell[2]])} of 255)"
        ),
        Colours.GREY,
        1.0,
        "0 is background, 1 is ink",
        lambda cell: Place(-1, (cell[1], cell[2], 0)),
        marked=(0, row, col),
    )
    result = f"grey {grey} of 255 ÷ 255 = {number(float(values[0, row, col]))}"
    return Sheet(place_name(spec, place), result, ((matrix,),))
