"""The facts about one tile and its cell in focus, for the detail card. Without Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.inspect.columns import BARS, Column, ColumnKind, Spot
from digitlab.gui.inspect.shading import Picture
from digitlab.gui.inspect.wording import title, worked_sum
from digitlab.gui.maps.colours import Colours, Tiles
from digitlab.insight.lens import Inspection
from digitlab.insight.unit import explain_unit
from digitlab.model.spec import ModelSpec
from digitlab.words.edits import off_note
from digitlab.words.numbers import count, number, percent

BINS: Final = 32

_COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    "kernel": ("weight",),
    "bias": ("bias", "biases"),
    "gamma": ("gamma",),
    "beta": ("beta",),
}
"""The nouns for the values of the weights, in the singular and where it is irregular in the plural."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """A histogram of some values.

    Attributes:
        name: Name of the counted values.
        counts: The counts in bins of equal width.
        low: Lower edge of the first bin.
        high: Upper edge of the last bin.
    """

    name: str
    counts: tuple[int, ...]
    low: float
    high: float


def strongest(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> Spot:
    """Return the cell of a tile with the largest activation."""
    column = columns[spot.column]
    if not column.has_maps:
        return spot
    values = inspection.activations[column.layer + 1][:, :, spot.channel]
    row, col = divmod(int(values.argmax()), values.shape[1])
    return Spot(spot.column, spot.channel, row, col)


def mapped(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> Spot | None:
    """Return the cell of the map to enlarge: the cell itself, or the source of a copied element; None without a map."""
    column = columns[spot.column]
    if column.has_maps:
        return spot
    layer = inspection.snapshot.spec.layers[column.layer]
    if column.kind is not ColumnKind.LIST or layer.has_kernel or layer.pooling is not None:
        return None
    box = inspection.snapshot.spec.sources(column.layer, (spot.channel,))
    if len(box) != 3:
        return None
    row, col, channel = (part.start for part in box)
    return Spot(column.parent, channel, row, col)


def map_of(inspection: Inspection, columns: tuple[Column, ...], spot: Spot, picture: Picture) -> Tiles:
    """Return the map of a cell, for the enlarged view.

    Args:
        inspection: What a network computed for an image.
        columns: Its columns.
        spot: A cell of a column that has maps.
        picture: What that column shows.
    """
    column = columns[spot.column]
    values = np.ascontiguousarray(inspection.activations[column.layer + 1][:, :, spot.channel])[np.newaxis]
    limit = float(np.abs(values).max()) if picture.biases is not None else float(picture.limits[spot.channel])
    colours = Colours.SEQUENTIAL if picture.biases is not None and values.min() >= 0 else picture.colours
    return Tiles(values, colours, limit)


def weights_of(inspection: Inspection, columns: tuple[Column, ...], spot: Spot, *, products: bool) -> Tiles | None:
    """Return a unit's weights in the shape of its input maps, or its products, or the values that it pools.

    Args:
        inspection: What a network computed for an image.
        columns: Its columns.
        spot: The unit.
        products: Whether to return weights times inputs instead of weights.
    """
    column = columns[spot.column]
    if column.layer < 0:
        return None
    layer = inspection.snapshot.spec.layers[column.layer]
    if not layer.has_kernel and layer.pooling is None:
        return None
    explained = explain_unit(inspection, column.layer, column.unit(spot))
    if layer.pooling is not None:
        colours = Colours.DIVERGING if float(explained.inputs.min()) < 0 else Colours.SEQUENTIAL
        return _tiles(explained.inputs.transpose(2, 0, 1), colours)
    chosen = explained.products if products else explained.kernel
    return None if chosen is None else _tiles(_as_maps(inspection, column, chosen), Colours.DIVERGING)


def _tiles(values: NDArray[np.float32], colours: Colours) -> Tiles:
    return Tiles(np.ascontiguousarray(values), colours, float(np.abs(values).max(initial=0.0)))


def _as_maps(inspection: Inspection, column: Column, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return weights as (tiles, rows, cols); those of a list have the shape of the maps before flattening."""
    if values.ndim == 3:
        return values.transpose(2, 0, 1)
    spec = inspection.snapshot.spec
    before = column.layer - 1
    if before >= 0 and spec.layers[before].only_reshapes and len(spec.shapes[before]) == 3:
        return values.reshape(spec.shapes[before]).transpose(2, 0, 1)
    return values.reshape(-1, 1, 1)


def sum_line(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> str:
    """Return the position of the cell and how its value is computed."""
    column = columns[spot.column]
    worked = worked_sum(inspection, column, spot)
    return f"row {spot.row}, column {spot.col}\n{worked}" if column.has_maps else worked


@lru_cache(maxsize=64)
def cost_line(spec: ModelSpec, layer: int) -> str:
    """Return the cost of a layer: parameters and multiply-adds; -1 is the input."""
    if layer < 0:
        return "28 × 28 grey values, 0 is background and 1 is ink"
    row = spec.summary()[layer]
    if not row.parameters:
        return f"{row.name}: {row.activation_bytes // 4:,} values, no parameters"
    return f"{row.parameter_sum} = {row.parameters:,} parameters · {row.multiply_adds:,} multiply-adds"


def value_line(inspection: Inspection, column: Column, spot: Spot) -> str:
    """Return range and mean of the values of the tile or list, and the share of zeros."""
    output = (
        inspection.activations[column.layer + 1]
        if column.kind is not ColumnKind.SUMS
        else (inspection.sums[column.layer])
    )
    values = output[:, :, spot.channel] if column.has_maps else output
    parts = [f"min {number(float(values.min()))}", f"max {number(float(values.max()))}"]
    parts.append(f"mean {number(float(values.mean()))}")
    if column.kind not in BARS:
        parts.append(f"{percent(float((values == 0).mean()))} zero")
    return " · ".join(parts)


def dead_line(inspection: Inspection, column: Column) -> str:
    """Return how many maps of a layer are zero everywhere for this drawing; empty if the layer has no maps."""
    if column.kind is not ColumnKind.MAPS:
        return ""
    silent = int((~inspection.activations[column.layer + 1].any(axis=(0, 1))).sum())
    are = "is" if silent == 1 else "are"
    return f"{silent} of {count(column.count, 'map')} {are} all zero on this drawing" if silent else ""


def histograms_of(inspection: Inspection, column: Column) -> tuple[Histogram, ...]:
    """Return the histograms of a layer's weights and biases, or of its activations if it has none."""
    spec = inspection.snapshot.spec
    if column.layer >= 0 and spec.layers[column.layer].learns:
        names, arrays = spec.trainable_shapes[column.layer], inspection.snapshot.weights[column.layer]
        return tuple(binned(count(one.size, *_COUNTED[name]), one) for name, one in zip(names, arrays, strict=False))
    values = inspection.activations[column.layer + 1]
    return (binned(f"{values.size:,} {'pixels' if column.layer < 0 else 'activations'}", values),)


def binned(name: str, values: NDArray[np.float32]) -> Histogram:
    """Count values in equal bins over their range; values that are not finite are skipped."""
    flat = values.reshape(-1)
    low, high = float(flat.min()), float(flat.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        flat = flat[np.isfinite(flat)]
        low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.0, 0.0)
    if high <= low:
        # All values are equal: one bar in the middle, as thin as any other.
        return Histogram(name, tuple(flat.size if nth == BINS // 2 else 0 for nth in range(BINS)), low, high)
    cols = ((flat - np.float32(low)) * np.float32(BINS / (high - low))).astype(np.intp)
    counts = np.bincount(np.minimum(cols, BINS - 1), minlength=BINS)
    return Histogram(name, tuple(counts.tolist()), low, high)


def title_of(inspection: Inspection, columns: tuple[Column, ...], spot: Spot) -> str:
    """Return the name of the tile, and whether it is off."""
    column = columns[spot.column]
    return title(column, spot.channel) + off_note(inspection.snapshot, column.layer, spot.channel)
