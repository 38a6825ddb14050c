"""A table of shares; a bar below each value shows its distance to 100 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.widgets.fields import wrapped
from digitlab.gui.widgets.label import RichLabel
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import NO_VALUE

_GAP_ROLE: Final = Qt.ItemDataRole.UserRole
"""Length of a cell's bar, 0..1: the distance to 100 %, relative to the largest in the table; None for no bar."""

_STRONG_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""Whether the row is bold, with a line above it."""

_ROW_PX: Final = 26
_MOST_ROW_PX: Final = 44
_BAR_PX: Final = 3
_UNDER_PX: Final = 9
_LEAST_PX: Final = 420
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        title: Its title.
        tooltip: What it shows.
        is_text: Whether it shows texts, which are on the left, instead of numbers.
    """

    title: str
    tooltip: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A row.

    Attributes:
        texts: The text of each cell.
        shares: The share that each cell shows, 0..1; None for no bar.
        tooltips: The tooltip of each cell; empty for none.
        is_strong: Whether it is bold, with a line above it.
    """

    texts: tuple[str, ...]
    shares: tuple[float | None, ...]
    tooltips: tuple[str, ...] = ()
    is_strong: bool = False


class ShareModel(QAbstractTableModel):
    """Rows of shares."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        """Create a table without rows."""
        super().__init__(parent)
        self._columns = columns
        self._rows: Sequence[ShareRow] = ()
        self._most = 1.0

    def show_rows(self, rows: Sequence[ShareRow]) -> None:
        """Show other rows."""
        is_reset = len(rows) != len(self._rows)
        if is_reset:
            self.beginResetModel()
        gaps = [1.0 - share for row in rows for share in row.shares if share is not None]
        self._rows, self._most = rows, max(gaps, default=0.0) or 1.0
        if is_reset:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._columns) - 1))

    def as_text(self) -> str:
        """Return the whole table as text, columns separated by tabs."""
        rows = [tuple(column.title for column in self._columns), *(row.texts for row in self._rows)]
        return "\n".join("\t".join(row) for row in rows)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(row.tooltips[column]) if row.tooltips and row.tooltips[column] else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == _STRONG_ROLE:
            return row.is_strong
        if role == _GAP_ROLE:
            share = row.shares[column]
            return None if share is None else (1.0 - share) / self._most
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if self._columns[column].is_text else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's name, tooltip or alignment."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(self._columns[section].tooltip)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None


class _CellDelegate(QStyledItemDelegate):
    """Paints a value, and below it a bar of its distance to 100 %."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a cell."""
        cell, palette = QRectF(option.rect), option.palette
        is_strong = bool(index.data(_STRONG_ROLE))
        painter.save()
        if is_strong:
            painter.setPen(palette.color(theme.LINE))
            painter.drawLine(cell.topLeft(), cell.topRight())
        font = QFont(option.font)
        font.setBold(is_strong or index.column() == 0)
        painter.setFont(font)
        content = cell.adjusted(theme.SPACE_S, 0, -theme.SPACE_S, -_BAR_PX)
        painter.setPen(palette.color(theme.QUIET if index.data() == NO_VALUE else theme.TEXT))
        painter.drawText(content, index.data(Qt.ItemDataRole.TextAlignmentRole), index.data())
        gap = index.data(_GAP_ROLE)
        if gap:
            width = max(gap * (content.width() - theme.SPACE_S), 1.0)
            # Close to the value at every row height.
            bar = QRectF(content.right() - width, content.center().y() + _UNDER_PX, width, _BAR_PX)
            painter.fillRect(bar, theme.curve_colours(palette)[1])
        painter.restore()


class BarLegend(Themed, RichLabel):
    """Explains the bars, with one of them as an example."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the legend."""
        super().__init__(parent)
        self.setObjectName("barLegend")
        self.setProperty("quiet", True)
        self.setIndent(theme.SPACE_S)
        self.follow_theme()

    def restyle(self) -> None:
        """Show the bar in the theme's colour."""
        colour = theme.curve_colours(self.palette())[1].name()
        self.setText(f'<span style="color:{colour}">▬▬</span> distance to 100 %, on a common scale')


class ShareTable(QTableView):
    """Shows rows of shares, which share its height; Ctrl+C copies all of them as tab-separated text."""

    def __init__(self, columns: Sequence[Column], first_px: int, parent: QWidget | None = None) -> None:
        """Create an empty table.

        Args:
            columns: The columns.
            first_px: The width of the first one; the others share the rest.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._model = ShareModel(columns, self)
        self.setModel(self._model)
        self.setItemDelegate(_CellDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.setMinimumSectionSize(_ROW_PX)
        rows.setMaximumSectionSize(_MOST_ROW_PX)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, first_px)

    def show_rows(self, rows: Sequence[ShareRow]) -> None:
        """Show other rows."""
        self._model.show_rows(rows)

    def height_of(self, rows: int) -> QSize:
        """Return a size at which so many rows are visible."""
        head = QFontMetrics(self.font()).height() + 16
        return QSize(_LEAST_PX, rows * _ROW_PX + head)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the table on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._model.as_text())
        else:
            super().keyPressEvent(event)
