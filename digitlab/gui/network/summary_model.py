"""The summary of a network as a table: shape, parameters, memory and multiply-adds of each layer, and the totals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from digitlab.gui.widgets.fields import wrapped
from digitlab.insight.costs import Sight, sights
from digitlab.model.spec import ModelSpec
from digitlab.model.summary import LayerSummary, bytes_of
from digitlab.words.costs import sight, step
from digitlab.words.numbers import NO_VALUE, dimensions, percent, size

_Index = QModelIndex | QPersistentModelIndex

_HEADERS: Final = (
    ("Layer", "Name of the layer, and its type in Keras."),
    (
        "Output",
        "Shape of the output for one image: height × width × maps, or the length of a list. Below it: how many pixels "
        "of the image each value sees, its receptive field.",
    ),
    ("Parameters", "Number of weights and biases, and how it is calculated."),
    ("Memory", "Memory for the output of one image, 4 bytes for each number."),
    ("Multiply-adds", "Multiply-add operations for one image."),
)
_OUTPUT: Final = 1
_PARAMETERS: Final = 2
_MEMORY: Final = 3
_MULTIPLY_ADDS: Final = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes:
        cells: The text of each column.
        type_name: Keras' name of the layer type; empty for the input and the totals.
        sight: What each value sees of the input; may be empty.
        step: How far the receptive fields of neighbours are apart; may be empty.
        parameter_sum: The number of parameters written as a sum; may be empty.
        shares: For columns with costs, the layer's share of the total, 0..1.
        is_total: Whether it is the row of totals.
    """

    cells: tuple[str, ...]
    type_name: str = ""
    sight: str = ""
    step: str = ""
    parameter_sum: str = ""
    shares: Mapping[int, float] = field(default_factory=dict)
    is_total: bool = False


def rows_of(spec: ModelSpec) -> tuple[Row, ...]:
    """Return the table of a network."""
    summary = spec.summary()
    totals = {
        _PARAMETERS: sum(row.parameters for row in summary),
        _MEMORY: spec.activation_bytes,
        _MULTIPLY_ADDS: sum(row.multiply_adds for row in summary),
    }
    return (
        Row(("input", dimensions(spec.input_shape), NO_VALUE, size(bytes_of(spec.input_shape)), NO_VALUE)),
        *(_layer_row(row, seen, totals) for row, seen in zip(summary, sights(spec), strict=True)),
        Row(
            ("total", "", f"{totals[_PARAMETERS]:,}", size(totals[_MEMORY]), f"{totals[_MULTIPLY_ADDS]:,}"),
            parameter_sum=spec.parameter_sum,
            is_total=True,
        ),
    )


def _layer_row(layer: LayerSummary, seen: Sight | None, totals: Mapping[int, int]) -> Row:
    costs = {_PARAMETERS: layer.parameters, _MEMORY: layer.activation_bytes, _MULTIPLY_ADDS: layer.multiply_adds}
    cells = (
        layer.name,
        dimensions(layer.output_shape),
        f"{layer.parameters:,}" if layer.parameters else NO_VALUE,
        size(layer.activation_bytes),
        f"{layer.multiply_adds:,}" if layer.multiply_adds else NO_VALUE,
    )
    shares = {column: cost / totals[column] for column, cost in costs.items() if cost}
    return Row(cells, layer.type_name, sight(seen), step(seen), layer.parameter_sum, shares)


def raw_table(spec: ModelSpec) -> list[tuple[str, ...]]:
    """Return the table as programs read it, headers first: plain numbers, memory in bytes, no totals."""
    headers = ("layer", "type", "output", "receptive_field", "step", "parameters", "memory_bytes", "multiply_adds")
    seen = [("", "") if one is None else (_crossed(one.field), _crossed(one.step)) for one in sights(spec)]
    rows = (
        (
            row.name,
            row.type_name,
            _crossed(row.output_shape),
            *sees,
            str(row.parameters),
            str(row.activation_bytes),
            str(row.multiply_adds),
        )
        for row, sees in zip(spec.summary(), seen, strict=True)
    )
    return [headers, *rows]


def _crossed(lengths: tuple[int, ...]) -> str:
    return "x".join(str(length) for length in lengths)


class SummaryModel(QAbstractTableModel):
    """The summary as a Qt model."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Create an empty table."""
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows on screen."""
        return self._rows

    def show_spec(self, spec: ModelSpec) -> None:
        """Show a network; see ``rows_of``."""
        rows = rows_of(spec)
        if len(rows) == len(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_HEADERS) - 1))
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def as_table(self) -> list[tuple[str, ...]]:
        """Return the table as people read it, headers first."""
        headers = (
            "Layer",
            "Type",
            "Output",
            "Receptive field",
            "Step",
            "Sum",
            *(title for title, _ in _HEADERS[_PARAMETERS:]),
        )
        rows = (
            (
                row.cells[0],
                row.type_name,
                row.cells[_OUTPUT],
                row.sight,
                row.step,
                row.parameter_sum,
                *row.cells[_PARAMETERS:],
            )
            for row in self._rows
        )
        return [headers, *rows]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_HEADERS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the data of a cell for a role."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.cells[column]
            case Qt.ItemDataRole.FontRole:
                return font_of(row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return wrapped(f"{_HEADERS[column][1]} {_more(row, column)}".strip())
            case Qt.ItemDataRole.AccessibleTextRole:
                return " ".join(filter(None, (row.cells[column], second_line(row, column), _more(row, column))))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title or tooltip."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title, meaning = _HEADERS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(meaning)
        return alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def second_line(row: Row, column: int) -> str:
    """Return the small text below that of a cell: the layer's type, what it sees, or its parameters as a sum."""
    return {0: row.type_name, _OUTPUT: row.sight, _PARAMETERS: row.parameter_sum}.get(column, "")


def font_of(row: Row) -> QFont:
    """Return the font of a row's texts: the totals are bold."""
    font = QFont()
    font.setBold(row.is_total)
    return font


def alignment(column: int) -> Qt.AlignmentFlag:
    """Return where the texts of a column stand."""
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _more(row: Row, column: int) -> str:
    """Return what is said of a cell beside its texts; may be empty."""
    if column == _OUTPUT and row.step:
        return f"The fields of neighbours are {row.step} apart."
    return f"{percent(row.shares[column])} of the total." if column in row.shares else ""
