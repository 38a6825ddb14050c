"""A small painted chart of shares against shares, to point at with mouse and keys."""

from abc import abstractmethod
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme

_LEFT_PX: Final = 72
_RIGHT_PX: Final = 24
_TOP_PX: Final = 12
_BOTTOM_PX: Final = 42
_TITLE_PX: Final = 24
_GAP_PX: Final = 6


class Chart(QWidget):
    """Paints axes, grid and focus; a subclass paints what is in the field and says which of its items is where.

    Signals:
        pointed: The person points at another item, or at none; ``words`` has what it says.
    """

    pointed = Signal()

    def __init__(self, x_title: str, y_title: str, parent: QWidget | None = None) -> None:
        """Begin empty.

        Args:
            x_title: What the horizontal axis shows.
            y_title: What the vertical axis shows.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._x_title = x_title
        self._y_title = y_title
        self._index: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 170)

    # What a subclass says; mypy sees to it, for Qt's metaclass does not

    @property
    @abstractmethod
    def words(self) -> str:
        """What is pointed at, or the whole, in a sentence; empty while there is nothing."""
        raise NotImplementedError

    @property
    @abstractmethod
    def count(self) -> int:
        """Number of items that can be pointed at, from left to right."""
        raise NotImplementedError

    @abstractmethod
    def item_at(self, x: float) -> int | None:
        """Return the index of the item at a horizontal value, or None."""
        raise NotImplementedError

    @abstractmethod
    def x_ticks(self) -> list[tuple[float, str]]:
        """Return the values to write below, with their texts; the first and the last are the ends of the axis."""
        raise NotImplementedError

    @abstractmethod
    def y_ticks(self) -> list[tuple[float, str]]:
        """Return the values to write on the left, with their texts; the first and the last are the ends."""
        raise NotImplementedError

    @abstractmethod
    def paint_items(self, painter: QPainter) -> None:
        """Paint what is in the field."""
        raise NotImplementedError

    # What it offers to a subclass

    @property
    def index(self) -> int | None:
        """The item pointed at."""
        return self._index

    def point_at(self, index: int | None) -> None:
        """Point at an item, or at none."""
        if index != self._index:
            self._index = index
            self.setAccessibleDescription(self.words)
            self.pointed.emit()
            self.update()

    def renew(self) -> None:
        """Show other items, none of them pointed at."""
        self._index = None
        self.setAccessibleDescription(self.words)
        self.pointed.emit()
        self.update()

    @property
    def field(self) -> QRectF:
        """Where the items are, in pixels."""
        return QRectF(
            _LEFT_PX,
            _TOP_PX,
            self.width() - _LEFT_PX - _RIGHT_PX,
            self.height() - _TOP_PX - self.room_below - _BOTTOM_PX,
        )

    @property
    def room_below(self) -> int:
        """Height in pixels of what a subclass paints between the field and the texts below it."""
        return 0

    def to_pixels(self, x: float, y: float) -> QPointF:
        """Return where a point lies on screen."""
        field = self.field
        (x_low, _), *_, (x_high, _) = self.x_ticks()
        (y_low, _), *_, (y_high, _) = self.y_ticks()
        return QPointF(
            field.left() + (x - x_low) / (x_high - x_low) * field.width(),
            field.bottom() - (y - y_low) / (y_high - y_low) * field.height(),
        )

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint grid, items, axes and focus."""
        del event
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL_PX)
        painter.setFont(font)
        self._paint_axes(painter)
        if self.count:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_items(painter)
            painter.restore()
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(theme.ACCENT), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.end()

    def _paint_axes(self, painter: QPainter) -> None:
        palette, field = self.palette(), self.field
        line, quiet = palette.color(theme.LINE), palette.color(theme.QUIET)
        height = QFontMetrics(painter.font()).height()
        for value, text in self.y_ticks():
            y = self.to_pixels(0.0, value).y()
            painter.setPen(line)
            painter.drawLine(QPointF(field.left(), round(y)), QPointF(field.right(), round(y)))
            painter.setPen(quiet)
            place = QRectF(_TITLE_PX, y - height / 2, field.left() - _TITLE_PX - _GAP_PX, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        below = field.bottom() + self.room_below + _GAP_PX
        for value, text in self.x_ticks():
            x = self.to_pixels(value, 0.0).x()
            painter.drawText(QRectF(x - 40, below, 80, height), Qt.AlignmentFlag.AlignCenter, text)
        title = QRectF(field.left(), below + height + 2, field.width(), height)
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, self._x_title)
        painter.save()
        painter.translate(_GAP_PX, field.center().y())
        painter.rotate(-90)
        painter.drawText(
            QRectF(-field.height() / 2, 0, field.height(), height), Qt.AlignmentFlag.AlignCenter, self._y_title
        )
        painter.restore()

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, 280)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is under the pointer."""
        field, at = self.field, event.position().x()
        (low, _), *_, (high, _) = self.x_ticks()
        inside = field.left() <= at <= field.right() and bool(self.count)
        self.point_at(self.item_at(low + (at - field.left()) / field.width() * (high - low)) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point at the next item; Home and End at the first and the last."""
        last = self.count - 1
        moves = {
            Qt.Key.Key_Left: last if self._index is None else max(self._index - 1, 0),
            Qt.Key.Key_Right: 0 if self._index is None else min(self._index + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or not self.count:
            event.ignore()
        else:
            self.point_at(move)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing."""
        super().focusOutEvent(event)
        self.point_at(None)
        self.update()
