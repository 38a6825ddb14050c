"""The gallery: any number of small captioned images in rows, to browse, select and open."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from digitlab.data.digit import IMAGE_SIDE
from digitlab.gui import theme
from digitlab.gui.widgets.fields import set_description
from digitlab.gui.widgets.gallery.model import MOST_SINGLE, GalleryModel, Keys, MakeItem
from digitlab.gui.widgets.gallery.tile import PAD_PX, GalleryItem, TileDelegate
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.gui.widgets.themed import Themed

_Index = QModelIndex | QPersistentModelIndex

_SCALE: Final = 2
_LARGE_SCALE: Final = 3
_TILES_PER_SLICE: Final = 6


class Gallery(Themed, QListView):
    """Tiles in rows; only the visible ones are created and painted.

    Arrow keys, Home, End and Page Up and Down move the current tile.

    Signals:
        tile_pressed: The left button went down on a tile; carries its key.
        tile_double_clicked: A tile was double-clicked; carries its key.
        tile_entered: Enter was pressed on the current tile; carries its key, and whether Ctrl was down.
        selection_changed: Other tiles are selected.
        delete_requested: Delete the selected tiles. This signal and those below come from an editable gallery only.
        digit_typed: A digit key was pressed while tiles are selected; carries the digit.
        undo_requested: Undo the last change.
        redo_requested: Redo the last undone change.
    """

    tile_pressed = Signal(object)
    tile_double_clicked = Signal(object)
    tile_entered = Signal(object, bool)
    selection_changed = Signal()
    delete_requested = Signal()
    digit_typed = Signal(int)
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(
        self,
        caption_px: int,
        least_tile_px: int,
        *,
        large_from_px: int | None = None,
        fits: int | None = None,
        is_editable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Create an empty gallery.

        Args:
            caption_px: Height of the captions in pixels.
            least_tile_px: The minimum width of a tile in pixels.
            large_from_px: From this width of the gallery on, images have three times their size instead of twice; None
                for never.
            fits: The number of tiles that should fill the gallery: images are as large as that allows. None for any.
            is_editable: Whether several tiles can be selected, deleted and labelled with keys.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._least_tile_px, self._large_from_px, self._is_editable = least_tile_px, large_from_px, is_editable
        self._fits = fits
        self._columns = 1
        self._empty_text = ""
        self._items = GalleryModel(self)
        self._delegate = TileDelegate(caption_px, self)
        self._paint_queue = PaintQueue(self)
        self._is_painted = False  # since it was last hidden
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Not IconMode, which creates an object for each of 60,000 items at every layout.
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if is_editable else mode.SingleSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(self._delegate)
        self.setModel(self._items)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        self.follow_theme()

    # Contents

    def show_items(self, keys: Keys, make: MakeItem, empty_text: str = "") -> None:
        """Show items, keeping the selection, the current tile and the scroll position.

        If the current tile was removed, the one now in its row becomes current.

        Args:
            keys: Shape (n,), in tile order: identifies each item across calls.
            make: Returns the item of a row, 0..n-1; called when its tile becomes visible.
            empty_text: The text to show if there are no items.
        """
        self._empty_text = empty_text
        set_description(self, "" if len(keys) else empty_text)
        if np.array_equal(keys, self._items.keys):
            if self._items.refresh(make, self._rows_in_sight) <= MOST_SINGLE and self.viewport().updatesEnabled():
                if not len(keys):
                    self.viewport().update()
                return
        else:
            self._replace(keys, make)
        # Painted in its own event-loop slices, not together with the charts beside it; until then, the old tiles stay.
        # Not before the first painting: what was there before would stay, such as another tab.
        self.viewport().setUpdatesEnabled(not self._is_painted)
        self._paint_queue.update(self.viewport(), QRegion(self.viewport().rect()), self._prepare)

    def show_nothing(self, empty_text: str) -> None:
        """Show a text instead of items."""
        self.show_items(np.empty(0, np.int64), _no_item, empty_text)

    def _replace(self, keys: Keys, make: MakeItem) -> None:
        selected, current, row = self.selected_keys, self.current_key, self.currentIndex().row()
        scrolled = self.verticalScrollBar().value()
        self._items.reset(keys, make)
        self.setAutoScroll(False)
        self.select_keys(selected)
        if current is not None and current in keys:
            row = int(np.argmax(keys == current))
        row = min(row, len(keys) - 1)
        if row >= 0:
            self.selectionModel().setCurrentIndex(self._items.index(row), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.setAutoScroll(True)
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(scrolled)
        if len(self.selected_keys) < len(selected):
            self.selection_changed.emit()

    def scroll_to_top(self) -> None:
        """Scroll to the first tiles, with none of them current."""
        self.setCurrentIndex(QModelIndex())
        self.scrollToTop()

    @property
    def empty_text(self) -> str:
        """The text shown instead of tiles; empty if there are tiles."""
        return "" if self.count else self._empty_text

    @property
    def count(self) -> int:
        """Number of items."""
        return len(self._items.keys)

    @property
    def keys(self) -> Keys:
        """The key of each item, in the order of the tiles."""
        return self._items.keys

    @property
    def items(self) -> list[GalleryItem]:
        """All items, in the order of the tiles."""
        return [self._items.item(row) for row in range(self.count)]

    @property
    def current_key(self) -> int | None:
        """The key of the current tile, which Enter opens, or None."""
        row = self.currentIndex().row()
        return int(self.keys[row]) if row >= 0 else None

    @property
    def selected_keys(self) -> tuple[int, ...]:
        """The keys of the selected tiles, in tile order."""
        return tuple(self.keys[self.selected_rows].tolist())

    @property
    def selected_rows(self) -> NDArray[np.intp]:
        """The rows of the selected tiles, shape (n,), ascending."""
        # By ranges: Ctrl+A selects thousands.
        ranges = [np.arange(part.top(), part.bottom() + 1) for part in self.selectionModel().selection().toList()]
        return np.sort(np.concatenate(ranges)) if ranges else np.empty(0, np.intp)

    def select_keys(self, keys: tuple[int, ...]) -> None:
        """Select the tiles with the given keys, as far as they exist."""
        selection = QItemSelection()
        rows = np.flatnonzero(np.isin(self.keys, keys)) if keys else np.empty(0, np.intp)
        for part in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
            if len(part):
                selection.select(self._items.index(int(part[0])), self._items.index(int(part[-1])))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def tile_rect(self, row: int) -> QRect:
        """Return where a tile lies in the viewport."""
        return self.visualRect(self._items.index(row))

    # Layout and painting

    def _lay_out(self) -> None:
        """Distribute the columns over the width."""
        # The same width with and without the scroll bar; QListView wraps tiles that fill it to the last pixel.
        width = self.width() - self.verticalScrollBar().sizeHint().width() - 1
        if self._fits is None:
            is_large = self._large_from_px is not None and width >= self._large_from_px
            scale = _LARGE_SCALE if is_large else _SCALE
            self._columns = self._columns_of(width, scale)
        else:
            scale = self._filling_scale(width, self._fits)
            rows = max(self._rows_of(scale), 1)
            self._columns = min(self._columns_of(width, scale), -(-self._fits // rows))
        cell = self._delegate.cell_size(max(width // self._columns, 1), scale)
        self._delegate.resize(cell, scale)
        self.setGridSize(cell)
        self.verticalScrollBar().setSingleStep(cell.height() // 3)

    def _columns_of(self, width: int, scale: int) -> int:
        return max(width // max(self._least_tile_px, scale * IMAGE_SIDE + 2 * PAD_PX), 1)

    def _rows_of(self, scale: int) -> int:
        """Return how many whole rows fit."""
        return self.height() // self._delegate.cell_size(0, scale).height()

    def _filling_scale(self, width: int, count: int) -> int:
        """Return the largest scale of images at which so many tiles fit, or the smallest there is."""
        scale = _SCALE
        while self._columns_of(width, scale + 1) * self._rows_of(scale + 1) >= count:
            scale += 1
        return scale

    @property
    def _rows_in_sight(self) -> range:
        height = max(self.gridSize().height(), 1)
        first = self.verticalScrollBar().value() // height * self._columns
        last = first + (self.viewport().height() // height + 2) * self._columns
        return range(first, min(last, self.count))

    def _prepare(self) -> bool:
        """Paint some of the visible tiles into the caches; returns whether there are more."""
        in_sight = () if self.gridSize().isEmpty() else self._rows_in_sight  # empty before the first layout
        missing = [item for item in map(self._items.item, in_sight) if not self._delegate.is_prepared(item)]
        for item in missing[:_TILES_PER_SLICE]:
            self._delegate.prepare(item)
        if len(missing) > _TILES_PER_SLICE:
            return True
        self.viewport().setUpdatesEnabled(True)
        return False

    def _paint_tiles(self, area: QRect) -> None:
        """Paint the tiles in an area: QListView's way, an option and an index for each, takes twice as long."""
        painter, cell = QPainter(self.viewport()), self.gridSize()
        selected = set(self.selected_rows.tolist())
        current = self.currentIndex().row() if self.hasFocus() else -1
        scrolled = self.verticalScrollBar().value()
        for row in self._rows_in_sight:
            down, across = divmod(row, self._columns)
            rect = QRect(across * cell.width(), down * cell.height() - scrolled, cell.width(), cell.height())
            if rect.intersects(area):
                self._delegate.paint_tile(
                    painter, rect, self._items.item(row), is_selected=row in selected, has_focus=row == current
                )
        painter.end()

    def restyle(self) -> None:
        """Repaint the tiles in the theme's colours and fonts."""
        self._delegate.clear_cache()
        self.viewport().update()

    # User input

    @Slot()
    def _on_selection_changed(self) -> None:
        self.selection_changed.emit()

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.tile_double_clicked.emit(int(self.keys[index.row()]))

    def _command(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Return the action for one of the gallery's own keys, or None for other keys."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key, current = Qt.Key(event.key()), self.current_key
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            has_control = modifiers == Qt.KeyboardModifier.ControlModifier
            return partial(self.tile_entered.emit, current, has_control) if has_control or not modifiers else None
        if not self._is_editable:
            return None
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo_requested.emit
        if event.matches(QKeySequence.StandardKey.Redo):
            return self.redo_requested.emit
        if modifiers:
            return None
        if key == Qt.Key.Key_Escape:
            return self.clearSelection if self.selectionModel().hasSelection() else None
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            return partial(self._edit, self.digit_typed.emit, key - Qt.Key.Key_0)
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return partial(self._edit, self.delete_requested.emit)
        return None

    def _edit(self, emit: Callable[..., object], *arguments: int) -> None:
        if self.selectionModel().hasSelection():
            emit(*arguments)

    # Overrides of Qt

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Return the tile that a key moves to; unlike QListView, go from the end of a row to the next row."""
        del modifiers
        if not self.count:
            return QModelIndex()
        here = self.currentIndex().row()
        page = max(self.viewport().height() // self.gridSize().height(), 1) * self._columns
        move = QAbstractItemView.CursorAction
        step = {
            move.MoveLeft: -1,
            move.MovePrevious: -1,
            move.MoveRight: 1,
            move.MoveNext: 1,
            move.MoveUp: -self._columns,
            move.MoveDown: self._columns,
            move.MovePageUp: -page,
            move.MovePageDown: page,
            move.MoveHome: -self.count,
            move.MoveEnd: self.count,
        }[action]
        there = here + step if here >= 0 else max(step - 1, 0)
        return self._items.index(min(max(there, 0), self.count - 1))

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Repaint without a new layout, unlike QListView, since all tiles have the same size."""
        QAbstractItemView.dataChanged(self, first, last, roles)

    def keyboardSearch(self, text: str) -> None:
        """Do nothing: Qt would search the texts of all items."""

    def minimumSizeHint(self) -> QSize:
        """Return a size that fits a few tiles."""
        return QSize(2 * self._least_tile_px + 24, 120)

    def event(self, event: QEvent) -> bool:
        """Handle the gallery's own keys before the window's shortcuts: there, Delete clears the canvas."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._command(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the gallery's own keys, or move."""
        command = self._command(event)
        if command is None:
            super().keyPressEvent(event)
        else:
            command()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the tile, and emit ``tile_pressed``."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            self.tile_pressed.emit(int(self.keys[index.row()]))

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget that it was painted."""
        super().hideEvent(event)
        self._is_painted = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out again."""
        self._lay_out()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible tiles, or the text that explains why there are none."""
        self._is_painted = True
        if self.state() is QAbstractItemView.State.DragSelectingState:
            super().paintEvent(event)  # with the rubber band
        else:
            self._paint_tiles(event.rect())
        if self.empty_text:
            painter = QPainter(self.viewport())
            painter.setFont(theme.small_font(self.font()))
            painter.setPen(self.palette().color(theme.QUIET))
            place = self.viewport().rect().adjusted(theme.SPACE_L, 0, -theme.SPACE_L, -2 * theme.SPACE_L)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty_text)
            painter.end()


def _no_item(row: int) -> GalleryItem:
    raise IndexError(f"The gallery is empty; row {row} was requested.")
