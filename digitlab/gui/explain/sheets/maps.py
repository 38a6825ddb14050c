"""Whole feature maps on a sheet: where the window lies, and where the value. Without Qt."""

import numpy as np

from digitlab.gui.explain.sheets.sheet import Block, Matrix, Sign
from digitlab.gui.maps.colours import Colours
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.words.edits import off_note
from digitlab.words.numbers import number
from digitlab.words.places import layer_name


def map_title(inspection: Inspection, layer: int, channel: int) -> str:
    """Return the name of a map, and whether it is off; of the input if the layer is -1."""
    if layer < 0:
        return "Input"
    snapshot = inspection.snapshot
    return f"{layer_name(snapshot.spec, layer)} · map {channel}{off_note(snapshot, layer, channel)}"


def map_colours(inspection: Inspection, layer: int) -> Colours:
    """Return the colour table of a layer's activations."""
    if layer < 0:
        return Colours.GREY
    return Colours.DIVERGING if inspection.snapshot.spec.is_signed(layer) else Colours.SEQUENTIAL


def map_limit(inspection: Inspection, layer: int, channel: int) -> float:
    """Return the value of a map with the strongest colour."""
    return 1.0 if layer < 0 else float(np.abs(inspection.activations[layer + 1][..., channel]).max(initial=0.0))


def map_matrix(
    inspection: Inspection,
    layer: int,
    channel: int,
    *,
    marked: tuple[int, int] | None = None,
    frame: tuple[slice, slice] | None = None,
    caption: str = "",
) -> Matrix:
    """Return a whole map, each cell of which leads to its place.

    Args:
        inspection: What a network computed for an image.
        layer: Index of the layer; -1 is the input.
        channel: Index of the map.
        marked: Row and column of the cell that is outlined.
        frame: Rows and columns of the window that is outlined.
        caption: A line below.
    """
    values = inspection.activations[layer + 1][np.newaxis, :, :, channel]
    return Matrix(
        map_title(inspection, layer, channel),
        values,
        lambda cell: f"row {cell[1]}, column {cell[2]} = {number(float(values[cell]))}",
        map_colours(inspection, layer),
        map_limit(inspection, layer, channel),
        caption,
        lambda cell: Place(layer, (cell[1], cell[2], channel)),
        marked=None if marked is None else (0, *marked),
        frame=frame,
    )


def surroundings(inspection: Inspection, place: Place, channel: int) -> tuple[Block, ...]:
    """Return the map under the window and the map with the value: neighbours are one click away.

    Args:
        inspection: What a network computed for an image.
        place: A place in a map.
        channel: The input channel to show.
    """
    rows, cols = inspection.snapshot.spec.sources(place.layer, place.unit)[:2]
    frame = (rows, cols) if rows.start < rows.stop and cols.start < cols.stop else None
    return (
        map_matrix(inspection, place.layer - 1, channel, frame=frame, caption="the window in its map"),
        Sign("→"),
        map_matrix(
            inspection,
            place.layer,
            place.unit[2],
            marked=(place.unit[0], place.unit[1]),
            caption="the value in its map",
        ),
    )
