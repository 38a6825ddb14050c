"""The list of runs as a table model: the text and the sort key of each column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPalette

from digitlab.gui.runs import marks
from digitlab.gui.runs.wording import (
    accuracy_text,
    epochs_text,
    facts,
    grown,
    origin_text,
    reached,
    recipe_text,
    start_text,
)
from digitlab.gui.widgets.fields import wrapped
from digitlab.runs.kept import RunSummary
from digitlab.runs.run import Run
from digitlab.words.names import one_line
from digitlab.words.numbers import duration, size

SORT_ROLE: Final = Qt.ItemDataRole.UserRole
RUN_ROLE: Final = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        title: Its header.
        tip: What it shows, in one sentence.
        text: Returns the text for a run.
        key: Returns the sort key of a run.
        is_number: Whether it is aligned to the right.
    """

    title: str
    tip: str
    text: Callable[[RunSummary], str]
    key: Callable[[RunSummary], float | str]
    is_number: bool = False


def _name(run: RunSummary) -> str:
    return one_line(run.name)


def _recipe(run: RunSummary) -> str:
    return recipe_text(run.started)


def _network(run: RunSummary) -> str:
    return one_line(run.started.spec.name)


def _data(run: RunSummary) -> str:
    return one_line(run.started.dataset_name)


def _origin(run: RunSummary) -> str:
    return origin_text(run.started)


def _best(run: RunSummary) -> float:
    return -1.0 if run.best_accuracy is None else run.best_accuracy


def _started(run: RunSummary) -> str:
    return start_text(run.created, datetime.now(UTC))


def _created(run: RunSummary) -> float:
    return run.created.timestamp()


def _time(run: RunSummary) -> str:
    return duration(run.seconds)


def _seconds(run: RunSummary) -> float:
    return run.seconds


def _size(run: RunSummary) -> str:
    return size(run.size_bytes)


def _bytes(run: RunSummary) -> float:
    return run.size_bytes


COLUMNS: Final = (
    Column("Name", "Check a run to plot it below. Press F2 to rename it.", _name, lambda run: run.name.casefold()),
    Column("Best", "Best validation accuracy after an epoch.", accuracy_text, _best, is_number=True),
    Column("Epochs", "Number of epochs, and how training ended.", epochs_text, reached, is_number=True),
    Column("Started", "When training started.", _started, _created),
    Column("Recipe", "How it was trained.", _recipe, _recipe),
    Column("Data", "The dataset it was trained on.", _data, _data),
    Column("Network", "The network that was trained.", _network, _network),
    Column("From", "The run and the epoch that it was continued from.", _origin, _origin),
    Column("Time", "Training time.", _time, _seconds, is_number=True),
    Column("Size", "Disk space.", _size, _bytes, is_number=True),
)
"""What matters most comes first: a narrow table scrolls."""

NAME, BEST, EPOCHS, STARTED, RECIPE, DATA, NETWORK, FROM, TIME, SIZE = range(len(COLUMNS))


class RunTable(QAbstractTableModel):
    """All runs, one per row; the run in progress is kept up to date.

    Signals:
        checked: A run was checked or unchecked for plotting; carries its file and whether it is checked.
        renamed: A run is to be renamed; carries its file and the name.
    """

    checked = Signal(object, bool)
    renamed = Signal(object, str)

    def __init__(self, parent: QObject) -> None:
        """Create an empty table."""
        super().__init__(parent)
        self._runs: list[RunSummary] = []
        self._growing: tuple[Path, Run] | None = None
        self._marks: Mapping[Path, int] = {}
        self._palette = QPalette()

    @property
    def runs(self) -> list[RunSummary]:
        """The runs in row order."""
        return self._runs

    def show_runs(self, runs: tuple[RunSummary, ...]) -> None:
        """Replace the list. Rows in both lists are kept, and so are selection and scroll position."""
        wanted = {run.path: run for run in runs}
        for row in reversed(range(len(self._runs))):
            if self._runs[row].path not in wanted:
                self.beginRemoveRows(_ROOT, row, row)
                del self._runs[row]
                self.endRemoveRows()
        for row, run in enumerate(self._runs):
            if wanted[run.path] != run:
                self._runs[row] = wanted[run.path]
                self._refresh_row(row)
        known = {run.path for run in self._runs}
        added = [run for run in runs if run.path not in known]
        if added:
            self.beginInsertRows(_ROOT, len(self._runs), len(self._runs) + len(added) - 1)
            self._runs += added
            self.endInsertRows()

    def show_growing(self, path: Path | None, run: Run | None) -> None:
        """Follow the run in progress and its file; None if there is none."""
        before = self._growing
        self._growing = None if path is None or run is None else (path, run)
        for followed in (before, self._growing):
            if followed is not None:
                self.refresh_run(followed[0])

    def refresh_run(self, path: Path) -> None:
        """Update the row of a run."""
        for row, run in enumerate(self._runs):
            if run.path == path:
                self._refresh_row(row)

    def show_marks(self, drawn: Mapping[Path, int], palette: QPalette) -> None:
        """Check the plotted runs, and show the mark of each by its number."""
        self._marks, self._palette = dict(drawn), palette
        if self._runs:
            self.dataChanged.emit(self.index(0, NAME), self.index(len(self._runs) - 1, NAME))

    def run_at(self, row: int) -> RunSummary:
        """Return the current state of the run in a row."""
        run = self._runs[row]
        if self._growing is not None and run.path == self._growing[0] and run.ending is None:
            return grown(run, self._growing[1])
        return run

    def _refresh_row(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    # Overrides of Qt

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text, tooltip, alignment, sort key or run of a cell."""
        run, column = self.run_at(index.row()), COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(run)
            case Qt.ItemDataRole.EditRole:
                return run.name
            case Qt.ItemDataRole.ToolTipRole:
                return wrapped(facts(run))
            case Qt.ItemDataRole.TextAlignmentRole if column.is_number:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ if role == SORT_ROLE:
                return column.key(run)
            case _ if role == RUN_ROLE:
                return run
        return self._name_data(run, role) if index.column() == NAME else None

    def _name_data(self, run: RunSummary, role: int) -> Any:
        mark = self._marks.get(run.path)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Unchecked if mark is None else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.DecorationRole:
            return None if mark is None else marks.icon(mark, self._palette)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Request a new name, or that a run is plotted; the table changes when that is done."""
        path = self._runs[index.row()].path
        if role == Qt.ItemDataRole.CheckStateRole:
            self.checked.emit(path, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and value.strip() and value != self._runs[index.row()].name:
            self.renamed.emit(path, value)
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the flags of a cell: names are editable and checkable."""
        flags = super().flags(index)
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """Return the title, tooltip or alignment of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return wrapped(column.tip)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None
