"""The table of runs: sorting, selecting, checking, renaming, opening and deleting, by mouse and keyboard."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.runs.model import (
    COLUMNS,
    FROM,
    NAME,
    RECIPE,
    RUN_ROLE,
    SORT_ROLE,
    STARTED,
    RunTable,
)
from digitlab.gui.widgets.fields import describe
from digitlab.runs.kept import RunSummary

_ROW_PX: Final = 28
_NARROW_PX: Final = {RECIPE: 150, NAME: 160}
"""The columns that give way in a narrow table, in this order, and how narrow they get."""

_WIDEST_PX: Final = 360
_MARK_PX: Final = 24
"""Room for the mark of a plotted run, so that no column moves when a run is checked."""

_ASCENDING: Final = "▲"
_DESCENDING: Final = "▼"


class _NameDelegate(QStyledItemDelegate):
    """Gives the check boxes a visible outline: Fusion derives its colour from one too close to the background."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        palette: QPalette = option.palette
        palette.setColor(QPalette.ColorRole.Window, palette.color(theme.QUIET))
        option.palette = palette


class _Sorted(QSortFilterProxyModel):
    """Sorts, and marks the sort column with an arrow in its header text; Qt's arrow would overlap the text."""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = super().headerData(section, orientation, role)
        if role != Qt.ItemDataRole.DisplayRole or section != self.sortColumn():
            return value
        return f"{value} {_ASCENDING if self.sortOrder() is Qt.SortOrder.AscendingOrder else _DESCENDING}"


class RunTableView(QTableView):
    """Shows the runs and emits the user's requests.

    Signals:
        open_requested: Open the current run.
        delete_requested: Delete the selected runs.
        undo_requested: Restore the last deletion.
        chosen_changed: Other runs are selected.
    """

    open_requested = Signal()
    delete_requested = Signal()
    undo_requested = Signal()
    chosen_changed = Signal()

    def __init__(self, model: RunTable, parent: QWidget | None = None) -> None:
        """Show a table model, newest runs first."""
        super().__init__(parent)
        describe(
            self,
            "runTable",
            "Trainings",
            "",
            "All runs on this computer, newest first. Check some to plot their curves together. Enter or a double "
            "click opens a run: its network, its curves and all its snapshots. F2 renames it, Delete deletes it, "
            "Ctrl+Z restores the last deletion. Click a column header to sort by it.",
        )
        self._table = model
        self._dragged: dict[int, int] = {}  # widths that the user chose, by column
        self._is_fitting = False
        self._sorted = _Sorted(self)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setSourceModel(model)
        self.setModel(self._sorted)
        self.setItemDelegateForColumn(NAME, _NameDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(STARTED, Qt.SortOrder.DescendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setObjectName("runTableHeader")
        header.setHighlightSections(False)
        header.setSortIndicatorShown(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._on_section_resized)
        header.sortIndicatorChanged.connect(self._on_order_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    @property
    def chosen(self) -> list[RunSummary]:
        """The selected runs, from top to bottom."""
        rows = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        return [index.data(RUN_ROLE) for index in rows]

    def fit_columns(self) -> None:
        """Make the columns as wide as their texts, and the recipe's as wide as the rest.

        In a narrow table, recipes and names are shortened, and their tooltips show them; then the table scrolls.
        """
        self._is_fitting = True
        self.setColumnHidden(FROM, all(run.started.origin is None for run in self._table.runs))
        widths = {column: self._wanted_width(column) for column in range(len(COLUMNS))}
        left = self.viewport().width() - sum(widths.values())
        for column, least in _NARROW_PX.items():
            if left < 0 and column not in self._dragged:
                lost = min(-left, max(widths[column] - least, 0))
                widths[column] -= lost
                left += lost
        if RECIPE not in self._dragged:
            widths[RECIPE] += max(left, 0)
        for column, width in widths.items():
            if not self.isColumnHidden(column):
                self.setColumnWidth(column, width)
        self._is_fitting = False

    def _wanted_width(self, column: int) -> int:
        """Return the width of a column that shows all its texts, or the one that the user gave it."""
        if self.isColumnHidden(column):
            return 0
        texts = max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))
        space = theme.SPACE_S + (_MARK_PX if column == NAME else 0)
        return self._dragged.get(column, min(texts + space, _WIDEST_PX))

    def choose(self, paths: Collection[Path]) -> None:
        """Select the runs of some files; the topmost of them becomes the current one, and the table scrolls to it."""
        cells = [self._sorted.index(row, NAME) for row in range(self._sorted.rowCount())]
        rows = [cell for cell in cells if cell.data(RUN_ROLE).path in paths]
        if not rows:
            return
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(rows[0], flag.ClearAndSelect | flag.Rows)
        for cell in rows[1:]:
            self.selectionModel().select(cell, flag.Select | flag.Rows)
        self.scrollTo(rows[0])

    def rename(self) -> None:
        """Edit the name of the current run in its row."""
        index = self.currentIndex()
        if index.isValid():
            name = index.siblingAtColumn(NAME)
            self.setCurrentIndex(name)
            self.edit(name)

    @Slot(int, int, int)
    def _on_section_resized(self, column: int, before: int, width: int) -> None:
        """Keep a width that the user gave a column; hiding one sets its width to 0."""
        del before
        if width and not self._is_fitting:
            self._dragged[column] = width

    @Slot()
    def _on_order_changed(self) -> None:
        self.fit_columns()

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        del index
        self.open_requested.emit()

    @Slot()
    def _on_selection_changed(self) -> None:
        self.chosen_changed.emit()

    def _command(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Return the command of a key, or None if the table does not use the key."""
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo_requested.emit
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            return self.clearSelection if self.selectionModel().hasSelection() else None
        return {
            Qt.Key.Key_Delete: self.delete_requested.emit,
            Qt.Key.Key_Return: self.open_requested.emit,
            Qt.Key.Key_Enter: self.open_requested.emit,
            Qt.Key.Key_Space: self._toggle_check,
            Qt.Key.Key_F2: self.rename,
        }.get(key)

    def _toggle_check(self) -> None:
        """Check or uncheck the current run."""
        index = self.currentIndex().siblingAtColumn(NAME)
        if index.isValid():
            is_checked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if is_checked else Qt.CheckState.Checked
            self.model().setData(index, state, Qt.ItemDataRole.CheckStateRole)

    # Overrides of Qt

    def initViewItemOption(self, option: QStyleOptionViewItem) -> None:  # noqa: N802
        """Paint the selected rows grey while the keys go elsewhere; a palette knows only of inactive windows."""
        super().initViewItemOption(option)
        if not self.hasFocus():
            palette: QPalette = option.palette
            palette.setColor(QPalette.ColorRole.Highlight, palette.color(theme.QUIET))
            option.palette = palette

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as fit."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit_columns()

    def event(self, event: QEvent) -> bool:
        """Handle keys that would otherwise be shortcuts for the canvas."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and self._command(event) is not None:  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run the command of a key; while a name is edited, keys that the editor ignores have no effect."""
        if self.state() == QAbstractItemView.State.EditingState:
            return
        command = self._command(event)
        if command is None:
            super().keyPressEvent(event)
        else:
            command()
