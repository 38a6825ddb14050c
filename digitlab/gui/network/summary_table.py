"""The summary table: aligned numbers, with a thin bar below each for the layer's share of the total."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.network.summary_model import SummaryModel, alignment, font_of, second_line
from digitlab.words.numbers import NO_VALUE
from digitlab.words.tables import tab_separated

_ROW_PX: Final = 38
_MARGIN_PX: Final = 6
"""Left and right of a cell's text."""
_BAR_PX: Final = 4


class _CellDelegate(QStyledItemDelegate):
    """Paints a cell: its number, a small second line, and a bar for its share at the lower edge."""

    def __init__(self, model: SummaryModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell."""
        # Not from the model's roles: Qt would ask for each of them, and all cells are painted with each key typed.
        row, column, palette = self._model.rows[index.row()], index.column(), option.palette
        inner = QRectF(option.rect).adjusted(_MARGIN_PX, theme.SPACE_XS, -_MARGIN_PX, -theme.SPACE_XS)
        text, second, font = row.cells[column], second_line(row, column), font_of(row)
        side = alignment(column) & Qt.AlignmentFlag.AlignHorizontal_Mask
        painter.save()
        painter.setFont(font)
        painter.setPen(palette.color(theme.QUIET if text == NO_VALUE else theme.TEXT))
        vertical = Qt.AlignmentFlag.AlignTop if second else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, side | vertical, text)
        if second:
            painter.setFont(theme.small_font(font))
            painter.setPen(palette.color(theme.QUIET))
            painter.drawText(inner.adjusted(0, 0, 0, -_BAR_PX), side | Qt.AlignmentFlag.AlignBottom, second)
        if column in row.shares:
            self._paint_bar(painter, inner, row.shares[column], palette.color(theme.ACCENT))
        painter.restore()

    def _paint_bar(self, painter: QPainter, inner: QRectF, share: float, colour: QColor) -> None:
        width = max(inner.width() * share, 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.setOpacity(0.75)
        bar = QRectF(inner.right() - width, inner.bottom() - _BAR_PX + 2, width, _BAR_PX)
        painter.drawRoundedRect(bar, _BAR_PX / 2, _BAR_PX / 2)


@lru_cache(maxsize=4096)
def _advance(text: str, font_text: str) -> int:
    """Return the width of a text in pixels: the columns are spread with each key that is typed.

    Args:
        text: The text.
        font_text: ``QFont.toString``.
    """
    font = QFont()
    font.fromString(font_text)
    return QFontMetrics(font).horizontalAdvance(text)


class SummaryTable(QTableView):
    """Shows a ``SummaryModel``; Ctrl+C copies the whole table as tab-separated text."""

    def __init__(self, model: SummaryModel, parent: QWidget | None = None) -> None:
        """Create a table for a model."""
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(model, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        model.modelReset.connect(self._spread)
        model.dataChanged.connect(self._spread)

    def copy(self) -> None:
        """Copy the whole table to the clipboard."""
        QGuiApplication.clipboard().setText(tab_separated(self._model.as_table()))

    @Slot()
    def _spread(self) -> None:
        """Give each column its required width and an equal part of the rest."""
        header = self.horizontalHeader()
        columns = range(self._model.columnCount())
        widths = [max(self._needed_px(column), header.sectionSizeHint(column)) for column in columns]
        each, left_over = divmod(max(self.viewport().width() - sum(widths), 0), len(widths))
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width + each + (left_over if column == len(widths) - 1 else 0))

    def _needed_px(self, column: int) -> int:
        """Return the width that a column needs; by asking Qt for each cell, it would take ten times as long."""
        plain, bold = QFont(), QFont()
        bold.setBold(True)
        normal, total, small = (font.toString() for font in (plain, bold, theme.small_font(plain)))
        texts = (
            max(
                _advance(row.cells[column], total if row.is_total else normal),
                _advance(second_line(row, column), small),
            )
            for row in self._model.rows
        )
        return max(texts, default=0) + 2 * _MARGIN_PX + 2

    def sizeHint(self) -> QSize:
        """Return the size at which every row is visible."""
        rows = self._model.rowCount()
        return QSize(560, rows * _ROW_PX + self.horizontalHeader().sizeHint().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return a size that shows a few rows; if smaller, the table scrolls."""
        return QSize(220, 3 * _ROW_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the columns."""
        super().resizeEvent(event)
        self._spread()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the table on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)
