"""The columns in which a network is drawn, and the unit of each cell of a tile."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

from digitlab.data.classes import Classes
from digitlab.insight.place import Place, Step
from digitlab.model.activations import ACTIVATION_NAMES
from digitlab.model.layer import Activation
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import dimensions

MOST_BARS: Final = 16
"""A layer of up to this many units is shown as bars, a wider one as a block of coloured cells."""


class ColumnKind(Enum):
    """How a layer is drawn."""

    INPUT = auto()
    MAPS = auto()
    """One tile for each channel."""
    LIST = auto()
    """One cell for each number, in reading order."""
    SUMS = auto()
    """One bar for each unit: its weighted sum."""
    OUTPUTS = auto()
    """One bar for each unit: the sum after the activation function. Shares its layer with the sums above it."""


BARS: Final = (ColumnKind.SUMS, ColumnKind.OUTPUTS)
"""The kinds whose tiles are bars."""


class Spot(NamedTuple):
    """A cell of a tile of a column; indices start at 0, as in Keras."""

    column: int
    channel: int
    row: int = 0
    col: int = 0
    """Column of the cell within its tile."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of tiles.

    Attributes:
        kind: How it is drawn.
        layer: Index of the layer; -1 is the input.
        name: The layer's name; for ``OUTPUTS``, that of its activation function.
        shape: The output shape as text.
        note: The number of parameters, or what a layer without parameters does.
        count: Number of tiles.
        rows: Cells of one tile, downwards.
        cols: Cells of one tile, from left to right.
        parent: Index of the column it is computed from; -1 for the input.
        classes: What its units stand for, if they are the answer; else None.
        is_output: Whether its values are the network's outputs, 0..1.
    """

    kind: ColumnKind
    layer: int
    name: str
    shape: str
    note: str
    count: int
    rows: int
    cols: int
    parent: int
    classes: Classes | None = None
    is_output: bool = False

    def unit(self, spot: Spot) -> tuple[int, ...]:
        """Return the index of a cell's unit in its layer's output."""
        if self.kind in (ColumnKind.INPUT, ColumnKind.MAPS):
            return (spot.row, spot.col, spot.channel)
        return (spot.channel,)

    def place(self, spot: Spot) -> Place:
        """Return the value of a cell as a place in the network."""
        return Place(self.layer, self.unit(spot), Step.OUTPUT if self.is_output else Step.VALUE)

    @property
    def short_note(self) -> str:
        """The note in the narrow layout."""
        return self.note.replace("parameters", "params")

    @property
    def has_maps(self) -> bool:
        """Whether its tiles are maps with rows and columns."""
        return self.kind in (ColumnKind.INPUT, ColumnKind.MAPS)


def columns_of(spec: ModelSpec) -> tuple[Column, ...]:
    """Return the columns of a network, from the input to the outputs."""
    rows, cols = spec.input_shape[:2]
    side = dimensions((rows, cols))
    columns = [Column(ColumnKind.INPUT, -1, "input", side, "0 to 1", 1, rows, cols, parent=-1)]
    for index, row in enumerate(spec.summary()):
        layer = spec.layers[index]
        shape = dimensions(row.output_shape)
        note = f"{row.parameters:,} parameters" if row.parameters else layer.note
        count, parent = row.output_shape[-1], len(columns) - 1
        if len(row.output_shape) == 3:
            rows, cols = row.output_shape[:2]
            columns.append(Column(ColumnKind.MAPS, index, row.name, shape, note, count, rows, cols, parent))
            continue
        is_activated = layer.activation is not Activation.LINEAR
        with_bars = count <= MOST_BARS and (layer.has_kernel or (layer.is_elementwise and is_activated))
        kind = ColumnKind.SUMS if with_bars else ColumnKind.LIST
        classes = spec.classes if spec.is_answer(index) else None
        # The sums of an activation function of its own may be on screen already.
        if layer.has_kernel or not with_bars or columns[-1].kind is not ColumnKind.SUMS:
            columns.append(Column(kind, index, row.name, shape, note, count, 1, 1, parent, classes))
        if with_bars and is_activated:
            name, parent = ACTIVATION_NAMES[layer.activation], len(columns) - 1
            is_output = spec.classifies and index == len(spec.layers) - 1
            columns.append(Column(ColumnKind.OUTPUTS, index, name, shape, "", count, 1, 1, parent, classes, is_output))
    return tuple(columns)
