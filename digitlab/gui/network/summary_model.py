"""The summary of a network as a table: shape, parameters, memory and multiply-adds of each layer, and the totals."""

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from digitlab.gui.widgets.fields import wrapped
from digitlab.model.spec import INPUT_SHAPE, LayerSummary, ModelSpec, bytes_of
from digitlab.words.numbers import NO_VALUE, dimensions, size

SHARE_ROLE: Final = int(Qt.ItemDataRole.UserRole)
"""A cell's share of its column's total, 0..1, or None."""

SECOND_LINE_ROLE: Final = SHARE_ROLE + 1
"""The small text below a cell's text: the layer's type, or its number of parameters as a sum."""

_Index = QModelIndex | QPersistentModelIndex

_HEADERS: Final = (
    ("Layer", "Name of the layer, and its type in Keras."),
    ("Output", "Shape of the output for one image: height × width × maps, or the length of a list."),
    ("Parameters", "Number of weights and biases, and how it is calculated."),
    ("Memory", "Memory for the output of one image, 4 bytes for each number."),
    ("Multiply-adds", "Multiply-add operations for one image."),
)
_PARAMETERS: Final = 2
_MULTIPLY_ADDS: Final = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes:
        cells: The text of each column.
        type_name: Keras' name of the layer type; empty for the input and the totals.
        parameter_sum: The number of parameters written as a sum; may be empty.
        parameter_share: Share of all parameters, 0..1, or None.
        work_share: Share of all multiply-adds, 0..1, or None.
        is_total: Whether it is the row of totals.
    """

    cells: tuple[str, ...]
    type_name: str = ""
    parameter_sum: str = ""
    parameter_share: float | None = None
    work_share: float | None = None
    is_total: bool = False


def rows_of(spec: ModelSpec) -> tuple[Row, ...]:
    """Return the table of a network."""
    summary = spec.summary()
    parameters = sum(row.parameters for row in summary)
    work = sum(row.multiply_adds for row in summary)
    return (
        Row(("input", dimensions(INPUT_SHAPE), NO_VALUE, size(bytes_of(INPUT_SHAPE)), NO_VALUE)),
        *(_layer_row(name, row, parameters, work) for name, row in zip(spec.layer_names, summary, strict=True)),
        Row(("total", "", f"{parameters:,}", size(spec.activation_bytes), f"{work:,}"), is_total=True),
    )


def _layer_row(name: str, layer: LayerSummary, parameters: int, work: int) -> Row:
    cells = (
        name,
        dimensions(layer.output_shape),
        f"{layer.parameters:,}" if layer.parameters else NO_VALUE,
        size(layer.activation_bytes),
        f"{layer.multiply_adds:,}" if layer.multiply_adds else NO_VALUE,
    )
    return Row(
        cells,
        layer.type_name,
        layer.parameter_sum,
        layer.parameters / parameters if layer.parameters else None,
        layer.multiply_adds / work if layer.multiply_adds else None,
    )


class SummaryModel(QAbstractTableModel):
    """The summary as a Qt model."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Create an empty table."""
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

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

    def as_text(self) -> str:
        """Return the table as tab-separated text, headers first."""
        lines = [("Layer", "Type", "Output", "Sum", *(title for title, _ in _HEADERS[_PARAMETERS:]))]
        for row in self._rows:
            lines.append((row.cells[0], row.type_name, row.cells[1], row.parameter_sum, *row.cells[_PARAMETERS:]))
        return "\n".join("\t".join(line) for line in lines)

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
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(row.is_total)
            return font
        values = {
            Qt.ItemDataRole.DisplayRole: row.cells[column],
            Qt.ItemDataRole.AccessibleTextRole: f"{row.cells[column]} {_second_line(row, column)}".strip(),
            Qt.ItemDataRole.TextAlignmentRole: _alignment(column),
            Qt.ItemDataRole.ToolTipRole: wrapped(_HEADERS[column][1]),
            SECOND_LINE_ROLE: _second_line(row, column),
            SHARE_ROLE: {_PARAMETERS: row.parameter_share, _MULTIPLY_ADDS: row.work_share}.get(column),
        }
        return values.get(role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title or tooltip."""
        if orientation == Qt.Orientation.Vertical:
            return None
        title, meaning = _HEADERS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(meaning)
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _second_line(row: Row, column: int) -> str:
    return {0: row.type_name, _PARAMETERS: row.parameter_sum}.get(column, "")


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
