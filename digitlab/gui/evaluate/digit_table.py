"""Precision, recall, F1 and support of each digit as a table; a bar below each value shows its distance to 100 %."""

from typing import Any, Final

import numpy as np
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

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import Counts, digit_metrics, macro_average
from digitlab.gui import theme
from digitlab.gui.widgets.fields import describe, wrapped
from digitlab.gui.widgets.label import RichLabel
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import NO_VALUE, percent, times

_HEADERS: Final = (
    ("Digit", "The true digit."),
    ("Precision", "The share of the predictions of this digit that are correct."),
    ("Recall", "The share of the images of this digit that are classified correctly."),
    ("F1", "The harmonic mean of precision and recall."),
    ("Support", "The number of images of this digit."),
    ("Confused with", "The most frequent wrong prediction for images of this digit."),
)
_GAP_ROLE: Final = Qt.ItemDataRole.UserRole
"""Length of a cell's bar, 0..1: the distance to 100 %, relative to the largest in the table; None for no bar."""

_ROW_PX: Final = 26
_MOST_ROW_PX: Final = 44
_BAR_PX: Final = 3
_UNDER_PX: Final = 9
_DIGIT_PX: Final = 72
_Index = QModelIndex | QPersistentModelIndex


class DigitModel(QAbstractTableModel):
    """A row for each digit and one for their mean."""

    def __init__(self, parent: QWidget) -> None:
        """Create a table without values."""
        super().__init__(parent)
        self._texts = [["" for _ in _HEADERS] for _ in range(CLASS_COUNT + 1)]
        self._gaps: list[list[float | None]] = [[None] * len(_HEADERS) for _ in range(CLASS_COUNT + 1)]
        self.show_counts(None)

    def show_counts(self, counts: Counts | None) -> None:
        """Show the metrics of a confusion matrix, or none."""
        counts = np.zeros((CLASS_COUNT, CLASS_COUNT), np.int64) if counts is None else counts
        metrics = digit_metrics(counts)
        shares = [(entry.precision, entry.recall, entry.f1) for entry in metrics]
        occur = any(entry.support for entry in metrics)
        mean = macro_average(metrics) if occur else None
        shares.append((None, None, None) if mean is None else (mean.precision, mean.recall, mean.f1))
        most = max((1 - share for row in shares for share in row if share is not None), default=0.0) or 1.0
        for row, three in enumerate(shares):
            is_mean = row == CLASS_COUNT
            name = "Mean" if is_mean else str(row)
            # The mean has as many decimals as the metrics of one digit.
            number = int(counts.sum()) // CLASS_COUNT if is_mean else metrics[row].support
            images = f"{int(counts.sum()):,}" if is_mean else f"{metrics[row].support:,}"
            rival = "" if is_mean else _rival(counts, row)
            self._texts[row] = [
                name,
                *(NO_VALUE if share is None else percent(share, number) for share in three),
                images,
                rival,
            ]
            self._gaps[row] = [None, *(None if share is None else (1 - share) / most for share in three), None, None]
        self.dataChanged.emit(self.index(0, 0), self.index(CLASS_COUNT, len(_HEADERS) - 1))

    def as_text(self) -> str:
        """Return the whole table as text, columns separated by tabs."""
        rows = [[title for title, _ in _HEADERS], *self._texts]
        return "\n".join("\t".join(row) for row in rows)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of rows."""
        return 0 if parent.isValid() else CLASS_COUNT + 1

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_HEADERS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[row][column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_text = column in (0, len(_HEADERS) - 1)
            side = Qt.AlignmentFlag.AlignLeft if is_text else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == _GAP_ROLE:
            return self._gaps[row][column]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's name, tooltip or alignment."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(_HEADERS[section][1])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.data(self.index(0, section), role)
        return None


def _rival(counts: Counts, digit: int) -> str:
    """Return the most frequent wrong prediction for a digit."""
    mistakes = counts[digit].copy()
    mistakes[digit] = 0
    number = int(mistakes.max())
    return f"{int(mistakes.argmax())}, {times(number)}" if number else NO_VALUE


class _CellDelegate(QStyledItemDelegate):
    """Paints a value, and below it a bar of its distance to 100 %."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a cell."""
        cell, palette = QRectF(option.rect), option.palette
        painter.save()
        if index.row() == CLASS_COUNT:
            painter.setPen(palette.color(theme.LINE))
            painter.drawLine(cell.topLeft(), cell.topRight())
        font = QFont(option.font)
        font.setBold(index.row() == CLASS_COUNT or index.column() == 0)
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


class DigitTable(QTableView):
    """Shows the metrics of each digit; Ctrl+C copies all of them as tab-separated text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty table."""
        super().__init__(parent)
        self._model = DigitModel(self)
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
        header.resizeSection(0, _DIGIT_PX)
        header.setSectionResizeMode(self._model.columnCount() - 1, QHeaderView.ResizeMode.ResizeToContents)
        describe(
            self,
            "digitTable",
            "Per-digit metrics",
            "Precision, recall, F1 and support of each digit; the bars show the distance to 100 %.",
            "Precision: the share of the predictions of this digit that are correct. Recall: the share of the images "
            "of this digit that are classified correctly. F1: their harmonic mean. Support: the number of images of "
            "this digit. The orange bars show the distance to 100 %, on a common scale. Ctrl+C copies the table.",
        )
        # Each column has its own tooltip.
        self.setToolTip("")

    def show_counts(self, counts: Counts | None) -> None:
        """Show the metrics of a confusion matrix, or none."""
        self._model.show_counts(counts)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which every row is visible."""
        head = QFontMetrics(self.font()).height() + 16
        return QSize(420, (CLASS_COUNT + 1) * _ROW_PX + head)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the table on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._model.as_text())
        else:
            super().keyPressEvent(event)
