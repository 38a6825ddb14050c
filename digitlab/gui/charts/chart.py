"""The painted chart: scales, items, marks, and a readout for mouse and keyboard."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
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
from digitlab.gui.charts.items import Area, Item, Mark
from digitlab.gui.charts.plot import TITLE_PX, Frame, Plot, Pointed
from digitlab.gui.widgets.fields import set_description
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed

_AXIS_TITLE_PX: Final = 24
_GAP_PX: Final = 5
_CENTRE: Final = Qt.AlignmentFlag.AlignCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Chart(Themed, QWidget):
    """Paints a plot with its axes, marks the snapshot on screen, and reads values at the pointer.

    Axes and items are painted once and cached as a pixmap; only marks and readout are repainted while the time
    slider or the pointer moves.

    Signals:
        pointed: The pointed target or the plot changed; ``readout`` has the text.
        snapshot_chosen: The user chose another snapshot; carries its training step.
    """

    parts_kind = PartsKind.CHART

    pointed = Signal()
    snapshot_chosen = Signal(int)

    def __init__(self, frame: Frame, parent: QWidget | None = None) -> None:
        """Create an empty chart.

        Args:
            frame: The layout around the plot area.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._frame = frame
        self._plot = Plot()
        self._step: int | None = None
        self._marks: tuple[Mark, ...] = ()
        self._highlights: tuple[Mark, ...] = ()
        self._summary = self._said = ""
        self._pointer: QPointF | None = None
        self._pointed: Pointed | None = None
        self._background: QPixmap | None = None
        self._queue: PaintQueue | None = None
        # The background fills the widget, so that the card behind it is not repainted for each snapshot.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.follow_theme()

    # Contents

    @property
    def title(self) -> str:
        """The title; empty if it is not painted in the chart."""
        return self._frame.title

    @property
    def plot(self) -> Plot:
        """The plot, apart from the marks of the snapshot on screen."""
        return self._plot

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of the snapshot on screen."""
        return self._marks

    @property
    def readout(self) -> str:
        """The text of the pointed target, else the summary, or the message shown instead of the plot."""
        if self._plot.message:
            return self._plot.message
        return self._summary if self._pointed is None else self._plot.read(self._pointed)

    def part_count(self) -> int:
        """Return the number of targets that can be pointed at."""
        return 0 if self._plot.message else len(self._plot.targets)

    def part(self, index: int) -> Part:
        """Return a target with its readout."""
        field, targets = self.field, self._plot.targets
        begin, end = (min(max(float(place), 0.0), 1.0) for place in (targets.begins[index], targets.ends[index]))
        left = field.left() + begin * field.width()
        is_shown = index < len(self._plot.steps) and self._plot.steps[index] == self._step
        rect = QRectF(left, field.top(), (end - begin) * field.width(), field.height())
        return Part(self._plot.read(Pointed(index)), rect, is_selected=is_shown)

    @property
    def field(self) -> QRectF:
        """The plot area, in pixels."""
        frame = self._frame
        return QRectF(
            frame.left_px,
            frame.top_px,
            max(self.width() - frame.left_px - frame.right_px, 1),
            max(self.height() - frame.top_px - frame.below_px - frame.bottom_px, 1),
        )

    def pixel(self, x: float, y: float) -> QPointF:
        """Return the position of a point on screen, given its values."""
        return self._area().pixel(x, y)

    def show_plot(self, plot: Plot, *, step: int | None = None, marks: Sequence[Mark] = (), summary: str = "") -> None:
        """Show a plot; if it is the same one, only marks and readout are repainted.

        Args:
            plot: The plot.
            step: Training step of the snapshot on screen, or None.
            marks: The marks of that snapshot.
            summary: The readout when nothing is pointed at.
        """
        before = self._mark_region()
        is_same = plot is self._plot
        self._plot, self._step, self._marks, self._summary = plot, step, tuple(marks), summary
        if is_same:
            self._update(before | self._mark_region())
        else:
            self._pointed = self._under_pointer()
            self._highlights = tuple(plot.highlight(self._index))
            self.restyle()
        self._announce()

    def paint_in(self, queue: PaintQueue) -> None:
        """Use a paint queue shared with other charts that show the same snapshot."""
        self._queue = queue

    def restyle(self) -> None:
        """Repaint everything."""
        self._background = None
        self._update(QRegion(self.rect()))

    # Pointing and choosing

    @property
    def _index(self) -> int | None:
        return None if self._pointed is None else self._pointed.index

    def _under_pointer(self) -> Pointed | None:
        field = self.field
        if self._pointer is None or not field.adjusted(0, 0, 0, self._frame.below_px).contains(self._pointer):
            return None
        index = self._plot.targets.at((self._pointer.x() - field.left()) / field.width())
        height = (field.bottom() - self._pointer.y()) / field.height()
        return None if index is None else Pointed(index, max(height, 0.0))

    def _point_at(self, pointed: Pointed | None) -> None:
        if pointed == self._pointed:
            return
        before, is_other = self._mark_region(), self._index != (None if pointed is None else pointed.index)
        self._pointed = pointed
        if is_other:
            self._highlights = tuple(self._plot.highlight(self._index))
        self.update(before | self._mark_region())
        self._announce()

    def _announce(self) -> None:
        readout = self.readout
        if readout != self._said:
            self._said = readout
            set_description(self, readout)
        self.pointed.emit()

    def _choose(self, index: int) -> None:
        steps = self._plot.steps
        if steps:
            step = steps[min(max(index, 0), len(steps) - 1)]
            if step != self._step:
                self.snapshot_chosen.emit(step)

    # Painting

    def _area(self) -> Area:
        plot = self._plot
        return Area(self.field, QRectF(self.rect()), self._frame.below_px, plot.x, plot.y, self.palette())

    def _mark_region(self) -> QRegion:
        """Return the region covered by marks and readout."""
        region = QRegion(0, 0, self.width(), TITLE_PX) if self._frame.title else QRegion()
        area = self._area()
        for mark in (*self._marks, *self._highlights):
            region |= QRegion(mark.bounds(area).toAlignedRect())
        return region

    def _update(self, region: QRegion) -> None:
        if self._queue is None:
            self.update(region)
        else:
            self._queue.update(self, region)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cached background, then marks, readout and focus."""
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        if self._background is None or self._background.devicePixelRatio() != self.devicePixelRatio():
            self._background = self._make_background()
        painter.drawPixmap(0, 0, self._background)
        if self._frame.title:
            self._paint_title(painter)
        self._paint_items(painter, (*self._marks, *self._highlights))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(theme.ACCENT), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.end()

    def _make_background(self) -> QPixmap:
        """Paint axes and items, which takes most of the time of a repaint."""
        background = QPixmap(self.size() * self.devicePixelRatio())
        background.setDevicePixelRatio(self.devicePixelRatio())
        background.fill(self.palette().color(theme.SURFACE))
        painter = QPainter(background)
        painter.setFont(theme.small_font(self.font()))
        self._paint_y_axis(painter)
        self._paint_items(painter, self._plot.items)
        self._paint_x_axis(painter)
        self._paint_message(painter)
        painter.end()
        return background

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(theme.QUIET))
        space = QRectF(self.rect()).adjusted(theme.SPACE_S, TITLE_PX, -theme.SPACE_S, 0)
        painter.drawText(space, _CENTRE | Qt.TextFlag.TextWordWrap, self._plot.message)

    def _paint_items(self, painter: QPainter, items: Sequence[Item]) -> None:
        area = self._area()
        for item in items:
            painter.save()
            item.paint(painter, area)
            painter.restore()

    def _paint_title(self, painter: QPainter) -> None:
        """Paint title and readout; if there is no space for both, a pointed target's readout replaces the title."""
        palette, is_pointing = self.palette(), self._pointed is not None
        readout = "" if self._plot.message else self.readout
        bold, small = QFont(self.font()), theme.small_font(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        space = QRectF(_GAP_PX, 0, self.width() - 2 * _GAP_PX, TITLE_PX)
        width = QFontMetricsF(small).horizontalAdvance(readout) + 1
        fits = QFontMetricsF(bold).horizontalAdvance(self.title) + theme.SPACE_S + width <= space.width()
        if fits or not is_pointing:
            painter.setFont(bold)
            painter.setPen(palette.color(theme.TEXT))
            painter.drawText(space, _LEFT, self.title)
        if fits or is_pointing:
            painter.setFont(small)
            painter.setPen(palette.color(theme.TEXT if is_pointing else theme.QUIET))
            text = QFontMetricsF(small).elidedText(readout, Qt.TextElideMode.ElideRight, space.width())
            painter.drawText(space, _RIGHT, text)

    def _paint_y_axis(self, painter: QPainter) -> None:
        palette, field, frame = self.palette(), self.field, self._frame
        height, margin = painter.fontMetrics().height(), _AXIS_TITLE_PX if frame.y_title else 0
        for tick in self._plot.y.ticks(field.height()):
            y = field.bottom() - tick.place * field.height()
            painter.setPen(palette.color(theme.LINE))
            painter.drawLine(QPointF(field.left() - frame.tick_px, round(y)), QPointF(field.right(), round(y)))
            painter.setPen(palette.color(theme.QUIET))
            space = QRectF(margin, y - height / 2, field.left() - margin - _GAP_PX, height)
            painter.drawText(space, _RIGHT, tick.text)
        if frame.y_title:
            painter.save()
            painter.setPen(palette.color(theme.QUIET))
            painter.translate(_GAP_PX, field.center().y())
            painter.rotate(-90)
            title = _fitting(frame.y_title, field.height(), painter.fontMetrics())
            painter.drawText(QRectF(-field.height() / 2, 0, field.height(), height), _CENTRE, title)
            painter.restore()

    def _paint_x_axis(self, painter: QPainter) -> None:
        field, frame, metrics = self.field, self._frame, painter.fontMetrics()
        top, end = field.bottom() + frame.below_px + frame.text_gap_px, -float(self.width())
        painter.setPen(self.palette().color(theme.QUIET))
        for tick in self._plot.x.ticks(field.width()):
            x, width = field.left() + tick.place * field.width(), metrics.horizontalAdvance(tick.text)
            left = x if tick.starts_there else x - width / 2
            if left < end + _GAP_PX:
                continue  # it would touch the previous one
            end = left + width
            painter.drawText(QPointF(left, top + metrics.ascent()), tick.text)
        if frame.x_title:
            space = QRectF(field.left(), top + metrics.height() + 2, field.width(), metrics.height())
            painter.drawText(space, _CENTRE, _fitting(frame.x_title, space.width(), metrics))

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(*self._frame.size)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(*self._frame.least_size)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the snapshot under the pointer."""
        self._follow_pointer(event, is_choosing=event.button() is Qt.MouseButton.LeftButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the values under the pointer; with the button pressed, choose the snapshot there."""
        self._follow_pointer(event, is_choosing=bool(event.buttons() & Qt.MouseButton.LeftButton))

    def _follow_pointer(self, event: QMouseEvent, *, is_choosing: bool) -> None:
        self._pointer = event.position()
        self._point_at(self._under_pointer())
        if is_choosing and self._pointed is not None:
            self._choose(self._pointed.index)

    def leaveEvent(self, event: QEvent) -> None:
        """Clear the readout."""
        super().leaveEvent(event)
        self._pointer = None
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the readout or choose a snapshot with arrow keys, Home and End; choose the pointed one with Enter."""
        last, now = len(self._plot.targets) - 1, self._current_index()
        moves = {
            Qt.Key.Key_Left: last if now is None else max(now - 1, 0),
            Qt.Key.Key_Right: 0 if now is None else min(now + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._plot.steps and now is not None:
            self._choose(now)
        elif key not in moves or last < 0:
            event.ignore()
        elif self._frame.do_arrows_choose:
            self._choose(moves[key])
        else:
            self._pointer = None
            self._point_at(Pointed(moves[key]))

    def _current_index(self) -> int | None:
        """Return the target that the arrow keys start from."""
        steps, step = self._plot.steps, self._step
        if not self._frame.do_arrows_choose or step is None or not steps:
            return self._index
        return min(range(len(steps)), key=lambda column: abs(steps[column] - step))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus, and clear the readout unless it follows the mouse."""
        super().focusOutEvent(event)
        self._point_at(self._under_pointer())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Repaint everything for the new size."""
        super().resizeEvent(event)
        self.restyle()


def _fitting(title: str, length: float, metrics: QFontMetrics) -> str:
    """Return the title of an axis; without its remark, after a comma or in brackets, if the axis is short."""
    if metrics.horizontalAdvance(title) <= length:
        return title
    return title.partition(" (")[0].partition(",")[0]
