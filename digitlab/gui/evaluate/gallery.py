"""The gallery: images with what the network took them for, any number of them; only those in sight are painted."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from digitlab.data.digit import IMAGE_SIDE
from digitlab.gui import theme
from digitlab.gui.evaluate.wording import answer_words, tile_words
from digitlab.gui.session.values import EvaluationResult
from digitlab.gui.widgets.fields import describe, wrapped
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.gui.widgets.pixels import grey_image

_SCALE: Final = 2
_LARGE_SCALE: Final = 3
_LARGE_FROM_PX: Final = 640
"""From this width on, images are three times their size."""

_LINE_PX: Final = 15
_PAD_PX: Final = 6
_LEAST_TILE_PX: Final = 84
_TILES_A_TURN: Final = 6
_MOST_KEPT: Final = 300
"""Painted tiles that are kept besides those in sight: up to 50 kB each."""

_Look = tuple[int, str, str]
"""What a tile shows: the image's index in the data, and the two lines of words."""


class Gallery(QAbstractScrollArea):
    """Tiles in rows: the image as the network saw it, the answer, and the second choice.

    Signals:
        image_chosen: The person clicked an image, or pressed Enter on it; carries its index in the data.
        look_requested: The person wants to look inside with the image chosen last.
    """

    image_chosen = Signal(int)
    look_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        self._result: EvaluationResult | None = None
        self._places: NDArray[np.intp] = np.empty(0, np.intp)
        self._empty_words = ""
        self._turns = PaintQueue(self)
        self._tiles: dict[_Look, QPixmap] = {}
        self._scale, self._columns, self._spread, self._tile = _SCALE, 1, _LEAST_TILE_PX, QSize()
        self._current = -1  # place in the list, under the cursor
        self._chosen = -1  # index in the data
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # It fills all of it, so that the card behind need not be painted with each figure that grows.
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        describe(
            self,
            "gallery",
            "Gallery",
            "Images as the network saw them, with its answer. Click one to put it on the canvas; double-click to look "
            "inside.",
            "Images as the network saw them: below each the true digit, what it was taken for and how sure the network "
            "was, then its second choice. Click an image, or go there with the arrow keys and press Enter, to put it "
            "on the canvas; double-click, or Ctrl+Enter, to look inside with it.",
        )
        # Each tile has a tooltip of its own.
        self.setToolTip("")

    # What it shows

    def show_places(self, result: EvaluationResult | None, places: NDArray[np.intp], empty_words: str) -> None:
        """Show images; what is chosen and how far it is scrolled stay.

        Args:
            result: What they are from.
            places: Which of its answers, in the order of the tiles.
            empty_words: What to say if there is none.
        """
        if result is None or self._result is None or result.data is not self._result.data:
            self._tiles.clear()
        self._result = result
        self._empty_words = empty_words
        self._places = places
        self._current = min(self._current, len(places) - 1)
        self._measure()
        self._tell()
        # Not in one go with the matrix beside it.
        self._turns.update(self.viewport(), QRegion(self.viewport().rect()), self._prepare)

    def scroll_to_top(self) -> None:
        """Show the first images."""
        self._current = -1
        self.verticalScrollBar().setValue(0)

    @property
    def count(self) -> int:
        """Number of images."""
        return len(self._places)

    @property
    def current(self) -> int | None:
        """Index in the data of the image under the cursor, or None."""
        return self._index_at(self._current)

    @property
    def current_or_first(self) -> int | None:
        """Index in the data of the image under the cursor, or of the first; None if there is none."""
        return self._index_at(max(self._current, 0))

    def _index_at(self, place: int) -> int | None:
        if self._result is None or not 0 <= place < len(self._places):
            return None
        return int(self._result.predictions.indices[self._places[place]])

    # Where things are

    def tile_rect(self, place: int) -> QRect:
        """Return where a tile lies in the viewport."""
        row, column = divmod(place, self._columns)
        top = row * self._tile.height() - self.verticalScrollBar().value()
        return QRect(column * self._spread, top, self._spread, self._tile.height())

    def place_at(self, point: QPointF) -> int | None:
        """Return the tile under a point of the viewport."""
        column = int(point.x()) // self._spread
        row = (int(point.y()) + self.verticalScrollBar().value()) // self._tile.height()
        place = row * self._columns + column
        return place if 0 <= column < self._columns and 0 <= place < len(self._places) else None

    def _measure(self) -> None:
        """Lay the tiles out: once for all paintings until the size changes."""
        # The same room with the scroll bar and without it.
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        self._scale = _LARGE_SCALE if room >= _LARGE_FROM_PX else _SCALE
        side = IMAGE_SIDE * self._scale
        self._tile = QSize(max(side + 2 * _PAD_PX, _LEAST_TILE_PX), side + 2 * _LINE_PX + 2 * _PAD_PX)
        self._columns = max(room // self._tile.width(), 1)
        self._spread = max(room // self._columns, 1)
        rows = -(-len(self._places) // self._columns)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(rows * self._tile.height() - height, 0))
        bar.setPageStep(height)
        bar.setSingleStep(self._tile.height() // 3)

    # What the person does

    def _go_to(self, place: int) -> None:
        """Put the cursor on a tile and show it."""
        if not len(self._places):
            return
        self._current = min(max(place, 0), len(self._places) - 1)
        tile, bar = self.tile_rect(self._current), self.verticalScrollBar()
        if tile.top() < 0:
            bar.setValue(bar.value() + tile.top())
        elif tile.bottom() > self.viewport().height():
            bar.setValue(bar.value() + tile.bottom() + 1 - self.viewport().height())
        self._tell()
        self.viewport().update()

    def _choose(self) -> None:
        index = self.current
        if index is not None:
            self._chosen = index
            self.viewport().update()
            self.image_chosen.emit(index)

    def _tell(self) -> None:
        """Tell a screen reader which image the cursor is on."""
        words = "" if len(self._places) else self._empty_words
        if self._result is not None and 0 <= self._current < len(self._places):
            words = answer_words(self._result, int(self._places[self._current]))
        self.setAccessibleDescription(words)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles in sight."""
        del event
        painter = QPainter(self.viewport())
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL_PX)
        painter.setFont(font)
        painter.fillRect(self.viewport().rect(), self.palette().color(theme.SURFACE))
        for place in self._in_sight:
            self._paint_tile(painter, place)
        if not len(self._places):
            painter.setPen(self.palette().color(theme.QUIET))
            room = self.viewport().rect().adjusted(theme.SPACE_L, 0, -theme.SPACE_L, -2 * theme.SPACE_L)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_words)
        if self.hasFocus() and self._current < 0:
            painter.setPen(self.palette().color(theme.ACCENT))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()

    @property
    def _in_sight(self) -> range:
        """The tiles of which something is seen."""
        columns, height = self._columns, self._tile.height()
        first = self.verticalScrollBar().value() // height * columns
        last = first + (self.viewport().height() // height + 2) * columns
        return range(first, min(last, len(self._places)))

    def _look_of(self, place: int) -> _Look:
        result, at = self._result, int(self._places[place])
        assert result is not None
        return int(result.predictions.indices[at]), *tile_words(result.predictions, at)

    def _prepare(self) -> bool:
        """Paint some of the tiles in sight that are not kept; returns whether there are more."""
        if self._tiles and next(iter(self._tiles.values())).devicePixelRatio() != self.devicePixelRatioF():
            self._tiles.clear()  # it is on another screen
        missing = [look for look in map(self._look_of, self._in_sight) if look not in self._tiles]
        for look in missing[:_TILES_A_TURN]:
            self._make_tile(look)
        return len(missing) > _TILES_A_TURN

    @property
    def _image_left(self) -> int:
        return (self._spread - IMAGE_SIDE * self._scale) // 2

    def _make_tile(self, look: _Look) -> QPixmap:
        """Paint image and words of a tile, which are kept: figures grow, but most tiles stay what they are."""
        assert self._result is not None
        # Never one that is in sight, or they would be painted for ever.
        while len(self._tiles) >= _MOST_KEPT + len(self._in_sight):
            del self._tiles[next(iter(self._tiles))]
        index, first, second = look
        ratio, palette, side = self.devicePixelRatioF(), self.palette(), IMAGE_SIDE * self._scale
        size = QSize(self._spread, self._tile.height())
        tile = self._tiles[look] = QPixmap(size * ratio)
        tile.setDevicePixelRatio(ratio)
        tile.fill(palette.color(theme.SURFACE))
        painter = QPainter(tile)
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL_PX)
        painter.setFont(font)
        image = QRectF(self._image_left, _PAD_PX, side, side)
        painter.drawImage(image, grey_image(self._result.data.digits.images[index]))
        line = QRectF(0, image.bottom() + 3, size.width(), _LINE_PX)
        painter.setPen(palette.color(theme.TEXT))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, first)
        painter.setPen(palette.color(theme.QUIET))
        painter.drawText(line.translated(0, _LINE_PX - 2), Qt.AlignmentFlag.AlignCenter, second)
        painter.end()
        return tile

    def _paint_tile(self, painter: QPainter, place: int) -> None:
        look, tile = self._look_of(place), self.tile_rect(place)
        painter.drawPixmap(tile.topLeft(), self._tiles.get(look) or self._make_tile(look))
        is_current = self.hasFocus() and place == self._current
        if look[0] == self._chosen or is_current:
            side, accent = IMAGE_SIDE * self._scale, self.palette().color(theme.ACCENT)
            image = QRectF(tile.left() + self._image_left, tile.top() + _PAD_PX, side, side)
            painter.setPen(QPen(accent, 2, Qt.PenStyle.SolidLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(image.adjusted(-2, -2, 2, 2))
            if is_current:
                painter.drawLine(image.bottomLeft() + QPointF(-2, 4), image.bottomRight() + QPointF(2, 4))

    # Overrides of Qt

    def minimumSizeHint(self) -> QSize:
        """Return a size with a few images."""
        return QSize(2 * _LEAST_TILE_PX + 24, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out anew."""
        super().resizeEvent(event)
        self._tiles.clear()
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Take other colours and letters."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_tiles"):
            self._tiles.clear()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the pointer."""
        place = self.place_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self._go_to(place)
            self._choose()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look inside with the image under the pointer, which the first click has chosen."""
        if event.button() is Qt.MouseButton.LeftButton and self.place_at(event.position()) is not None:
            self.look_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor; Enter chooses, Ctrl+Enter looks inside."""
        page = max(self.viewport().height() // self._tile.height(), 1) * self._columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self._places),
            Qt.Key.Key_End: len(self._places),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._go_to(self._current + steps[key] if self._current >= 0 else max(steps[key] - 1, 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self._choose()
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.look_requested.emit()
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell of the image under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(QPointF(event.pos()))
            if place is None or self._result is None:
                QToolTip.hideText()
            else:
                words = answer_words(self._result, int(self._places[place]))
                QToolTip.showText(event.globalPos(), wrapped(words), self, self.tile_rect(place))
            return True
        return bool(super().viewportEvent(event))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor."""
        super().focusOutEvent(event)
        self.viewport().update()
