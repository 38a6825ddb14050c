"""A painted chart over the moments of a run, with a marker at the one on screen; a click or arrow keys go elsewhere."""

from abc import abstractmethod
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.snapshot_axis import SnapshotAxis
from digitlab.gui.widgets.paint_queue import PaintQueue

TITLE_PX: Final = 20
_BOTTOM_PX: Final = 18
_GAP_PX: Final = 5
_TICK_SPACE_PX: Final = 64
_INSET_PX: Final = 4


class SnapshotChart(QWidget):
    """Paints title, read-out, axes, marker and focus; a subclass paints what is in the field and reads it.

    Signals:
        snapshot_chosen: The person wants to go to a moment; carries its training step.
    """

    snapshot_chosen = Signal(int)

    def __init__(self, title: str, left_px: int, right_px: int, parent: QWidget | None = None) -> None:
        """Begin empty.

        Args:
            title: What is shown, written above.
            left_px: Room on the left of the field for the numbers.
            right_px: Room on the right of the field for what a subclass paints there.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._title = title
        self._left_px = left_px
        self._right_px = right_px
        self._axis: SnapshotAxis | None = None
        self._step = 0
        self._pointer: QPointF | None = None
        self._background: QPixmap | None = None
        self._turns: PaintQueue | None = None
        # The ground fills all of it, so that the card behind need not be painted with each moment.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What a subclass says; mypy sees to it, for Qt's metaclass does not

    @abstractmethod
    def words_at(self, column: int, height: float) -> str:
        """Return what a point of the field says: its column, and its height 0..1 above the lower edge."""
        raise NotImplementedError

    @abstractmethod
    def words_now(self) -> str:
        """Return what the moment on screen says; empty while nothing is known of it."""
        raise NotImplementedError

    @abstractmethod
    def y_ticks(self) -> list[tuple[float, str]]:
        """Return the heights 0..1 at which values are written on the left, with their texts."""
        raise NotImplementedError

    @abstractmethod
    def paint_background(self, painter: QPainter, axis: SnapshotAxis) -> None:
        """Paint what is in the field, and beside it, whatever moment is on screen; kept until ``renew``."""
        raise NotImplementedError

    def paint_snapshot(self, painter: QPainter) -> None:
        """Paint what is of the moment on screen, if there is any."""

    @property
    def snapshot_room(self) -> QRectF:
        """Where ``paint_snapshot`` paints."""
        return QRectF()

    # What it offers to a subclass

    @property
    def title(self) -> str:
        """What is shown."""
        return self._title

    @property
    def axis(self) -> SnapshotAxis | None:
        """The moments, or None while there are none."""
        return self._axis

    @property
    def step(self) -> int:
        """The training step on screen."""
        return self._step

    @property
    def spans_snapshots(self) -> bool:
        """Whether moments stand side by side, so that epochs are written below and one of them is marked."""
        return self._axis is not None and len(self._axis.steps) > 1

    @property
    def readout(self) -> str:
        """What is written beside the title: the point under the pointer, or the moment on screen."""
        at = self._pointed()
        return self.words_now() if at is None else self.words_at(*at)

    def show_snapshot(self, axis: SnapshotAxis, step: int) -> None:
        """Take other moments, or say which one is on screen: only what follows it is painted anew."""
        if axis is not self._axis:
            self._axis = axis
            self.renew()
        self._update_snapshot()
        self._step = step
        self._update_snapshot()
        self.setAccessibleDescription(self.words_now())

    def take_turns(self, turns: PaintQueue) -> None:
        """Be painted in turn with other charts that show the same moment."""
        self._turns = turns

    def renew(self) -> None:
        """Paint everything anew."""
        self._background = None
        self._update(QRegion(self.rect()))

    def _update_snapshot(self) -> None:
        """Paint what stands for the moment on screen anew: marker, read-out and what a subclass has."""
        region = QRegion(0, 0, self.width(), TITLE_PX) | QRegion(self.snapshot_room.toAlignedRect())
        if self._axis is not None:
            x = int(self.pixel(self._axis.position(self._step), 0.0).x())
            region |= QRegion(x - 3, 0, 7, self.height())
        self._update(region)

    def _update(self, region: QRegion) -> None:
        if self._turns is None:
            self.update(region)
        else:
            self._turns.update(self, region)

    @property
    def field(self) -> QRectF:
        """Where the values are, in pixels."""
        return QRectF(
            self._left_px,
            TITLE_PX + _INSET_PX,
            max(self.width() - self._left_px - self._right_px, 1),
            max(self.height() - TITLE_PX - _INSET_PX - _BOTTOM_PX, 1),
        )

    def pixel(self, position: float, height: float) -> QPointF:
        """Return where a point of the field lies, both coordinates 0..1, the height from below."""
        field = self.field
        return QPointF(field.left() + position * field.width(), field.bottom() - height * field.height())

    def _pointed(self) -> tuple[int, float] | None:
        field = self.field
        if self._pointer is None or self._axis is None or not field.contains(self._pointer):
            return None
        height = (field.bottom() - self._pointer.y()) / field.height()
        return self._axis.column_at((self._pointer.x() - field.left()) / field.width()), height

    def _choose(self, column: int) -> None:
        axis = self._axis
        if axis is not None and len(axis.steps) > 1:
            step = axis.steps[min(max(column, 0), len(axis.steps) - 1)]
            if step != self._step:
                self.snapshot_chosen.emit(step)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, which is kept, and upon it what follows moment and pointer."""
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        if self._background is None or self._background.devicePixelRatio() != self.devicePixelRatio():
            self._background = self._make_background()
        painter.drawPixmap(0, 0, self._background)
        self._paint_title(painter)
        self.paint_snapshot(painter)
        if self._axis is not None and self.spans_snapshots:
            self._paint_marker(painter, self._axis)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(theme.ACCENT), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.end()

    def _make_background(self) -> QPixmap:
        """Paint axes and field: most of the time that a repaint takes."""
        background = QPixmap(self.size() * self.devicePixelRatio())
        background.setDevicePixelRatio(self.devicePixelRatio())
        background.fill(self.palette().color(theme.SURFACE))
        painter = QPainter(background)
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL_PX)
        painter.setFont(font)
        self._paint_scale(painter)
        if self._axis is not None:
            painter.save()
            self.paint_background(painter, self._axis)
            painter.restore()
            if self.spans_snapshots:
                self._paint_epochs(painter, self._axis)
        painter.end()
        return background

    def _paint_title(self, painter: QPainter) -> None:
        """Paint the title and the read-out; where both have no room, what the pointer is at goes before the title."""
        palette, readout, is_pointing = self.palette(), self.readout, self._pointed() is not None
        bold, small = QFont(self.font()), QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(theme.FONT_SMALL_PX)
        room = QRectF(_GAP_PX, 0, self.width() - 2 * _GAP_PX, TITLE_PX)
        width = QFontMetricsF(small).horizontalAdvance(readout) + 1
        fits = QFontMetricsF(bold).horizontalAdvance(self._title) + theme.SPACE_S + width <= room.width()
        if fits or not is_pointing:
            painter.setFont(bold)
            painter.setPen(palette.color(theme.TEXT))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._title)
        if fits or is_pointing:
            painter.setFont(small)
            painter.setPen(palette.color(theme.TEXT if is_pointing else theme.QUIET))
            words = QFontMetricsF(small).elidedText(readout, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_scale(self, painter: QPainter) -> None:
        palette, field = self.palette(), self.field
        line = painter.fontMetrics().height()
        for height, text in self.y_ticks():
            y = self.pixel(0.0, height).y()
            painter.setPen(palette.color(theme.LINE))
            painter.drawLine(QPointF(field.left() - 3, round(y)), QPointF(field.right(), round(y)))
            painter.setPen(palette.color(theme.QUIET))
            room = QRectF(0, y - line / 2, field.left() - _GAP_PX, line)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_epochs(self, painter: QPainter, axis: SnapshotAxis) -> None:
        field = self.field
        painter.setPen(self.palette().color(theme.QUIET))
        end = 0.0
        for nth, (position, text) in enumerate(axis.ticks(int(field.width() / _TICK_SPACE_PX) + 1)):
            x = self.pixel(position, 0.0).x()
            width = painter.fontMetrics().horizontalAdvance(text if nth else f"epoch {text}")
            if nth and x - width / 2 < end + _GAP_PX:
                continue  # there is no room beside the one before
            end = x + width / 2 if nth else field.left() + width
            room = QRectF(x - 40, field.bottom() + 2, 80, _BOTTOM_PX)
            if nth == 0:
                room.moveLeft(field.left())
            along = Qt.AlignmentFlag.AlignHCenter if nth else Qt.AlignmentFlag.AlignLeft
            painter.drawText(room, along | Qt.AlignmentFlag.AlignTop, text if nth else f"epoch {text}")

    def _paint_marker(self, painter: QPainter, axis: SnapshotAxis) -> None:
        """Paint a line in two colours, which is seen on every ground."""
        field, palette = self.field, self.palette()
        x = round(self.pixel(axis.position(self._step), 0.0).x()) + 0.5
        for colour, width in ((palette.color(theme.SURFACE), 3.0), (palette.color(theme.TEXT), 1.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(x, field.top() - _INSET_PX), QPointF(x, field.bottom()))

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(420, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the size below which nothing could be read."""
        return QSize(140, 100)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the moment under the pointer."""
        self._follow_pointer(event, is_choosing=event.button() is Qt.MouseButton.LeftButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read what is under the pointer; with the button held, go there."""
        self._follow_pointer(event, is_choosing=bool(event.buttons() & Qt.MouseButton.LeftButton))

    def _follow_pointer(self, event: QMouseEvent, *, is_choosing: bool) -> None:
        self._pointer = event.position()
        at = self._pointed()
        if at is not None and is_choosing:
            self._choose(at[0])
        self.update(QRect(0, 0, self.width(), TITLE_PX))

    def leaveEvent(self, event: QEvent) -> None:
        """Read the moment on screen again."""
        super().leaveEvent(event)
        self._pointer = None
        self.update(QRect(0, 0, self.width(), TITLE_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the moment before or after; Home and End to the first and the last."""
        axis = self._axis
        if axis is None:
            event.ignore()
            return
        now, last = axis.nearest(self._step), len(axis.steps) - 1
        moves = {Qt.Key.Key_Left: now - 1, Qt.Key.Key_Right: now + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        column = moves.get(Qt.Key(event.key()))
        if column is None:
            event.ignore()
        else:
            self._choose(column)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint everything for the new size."""
        super().resizeEvent(event)
        self.renew()

    def changeEvent(self, event: QEvent) -> None:
        """Take other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.renew()
