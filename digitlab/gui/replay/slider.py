"""The time slider over the snapshots of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from digitlab.gui import theme
from digitlab.gui.session.timeline import epoch_marks
from digitlab.gui.widgets.fields import describe, wrapped
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Pace
from digitlab.words.numbers import epoch_text

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot

_HEIGHT: Final = 40
_GROOVE_Y: Final = 15
_GROOVE_PX: Final = 4
_HANDLE_PX: Final = 15
_MARGIN_PX: Final = 12
_TICK_PX: Final = 2.5
_LEAST_TICK_DISTANCE_PX: Final = 6
_MARK_PX: Final = 9
_PAGE: Final = 10

_DRAG_PERIOD_MS: Final = 8
"""While moves of the mouse wait, only the newest place that it was dragged to is shown, 120 times per second."""

NO_PAST: Final = (
    "No earlier snapshots were saved with this network. Train one, or open File > Shipped networks > Tutorial."
)


class TimeSlider(Themed, QAbstractSlider):
    """Shows which snapshot is on screen; dragging, a click, the wheel or an arrow key chooses another.

    Signals:
        snapshot_chosen: The user chose a snapshot; carries its index.
    """

    snapshot_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a slider for a single snapshot."""
        super().__init__(parent)
        describe(
            self,
            "timeSlider",
            "Snapshot of the run",
            "The snapshots of the run, denser at the beginning, where most happens. Drag it: filters, maps, bars "
            "and metrics follow. At the right end it shows the newest snapshot, also during training.",
        )
        self.setToolTip("")  # the tooltip of the snapshot under the pointer instead
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setPageStep(_PAGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._snapshots: Sequence[Snapshot] = ()
        self._dragged = 0
        self._drag = Pace(lambda: self._choose(self._dragged), _DRAG_PERIOD_MS, self)
        self._best: int | None = None
        self._pinned: int | None = None
        self._pressed = False
        self._is_here = True
        self._background: QPixmap | None = None
        self.setRange(0, 0)
        self.follow_theme()

    def show_snapshots(
        self, snapshots: Sequence[Snapshot], index: int | None, best: int | None, pinned: int | None
    ) -> None:
        """Show a run.

        Args:
            snapshots: Its snapshots, oldest first, at least one.
            index: The one on screen; None if it belongs to another run.
            best: The one with the best validation accuracy, if known.
            pinned: The pinned one, if it is one of them.
        """
        if (snapshots, best, pinned) != (self._snapshots, self._best, self._pinned):
            self._snapshots, self._best, self._pinned = snapshots, best, pinned
            self._background = None
        self.setRange(0, len(snapshots) - 1)
        self._is_here = index is not None
        self.setValue(self.maximum() if index is None else index)
        self.setEnabled(len(snapshots) > 1)
        self.setAccessibleDescription("a snapshot of another run" if index is None else _text(snapshots[index]))
        self.update()

    def x_of(self, index: int) -> float:
        """Return where a snapshot is, in pixels from the left."""
        return _MARGIN_PX + index / max(self.maximum(), 1) * (self.width() - 2 * _MARGIN_PX)

    def index_at(self, x: float) -> int:
        """Return the snapshot nearest to a position in pixels."""
        share = (x - _MARGIN_PX) / max(self.width() - 2 * _MARGIN_PX, 1)
        return min(max(round(share * self.maximum()), 0), self.maximum())

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(420, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size that can be used."""
        return QSize(160, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove, snapshots, marks and handle; snapshots and marks come from a cached pixmap."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        if not self.isEnabled():
            self._paint_no_past(painter, palette)
            return
        left, right, here = self.x_of(0), self.x_of(self.maximum()), self.x_of(self.value())
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_groove(painter, left, right, palette.color(theme.TRACK))
        if self._is_here:
            self._paint_groove(painter, left, here, palette.color(theme.ACCENT))
        if self._background is None or self._background.devicePixelRatio() != self.devicePixelRatio():
            self._background = self._make_background()
        painter.drawPixmap(0, 0, self._background)
        if not self._is_here:
            return
        painter.setPen(QPen(palette.color(theme.ACCENT), 2))
        painter.setBrush(palette.color(theme.ACCENT if self.hasFocus() or self._pressed else theme.SURFACE))
        painter.drawEllipse(QPointF(here, _GROOVE_Y), _HANDLE_PX / 2 - 1, _HANDLE_PX / 2 - 1)

    def _make_background(self) -> QPixmap:
        """Paint snapshots, epochs and marks, which takes most of the time of a repaint."""
        background = QPixmap(self.size() * self.devicePixelRatio())
        background.setDevicePixelRatio(self.devicePixelRatio())
        background.fill(Qt.GlobalColor.transparent)
        painter, palette = QPainter(background), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_ticks(painter, palette)
        self._paint_epochs(painter, palette)
        if self._best is not None:
            self._paint_best(painter, palette)
        if self._pinned is not None:
            self._paint_pin(painter)
        painter.end()
        return background

    def _paint_no_past(self, painter: QPainter, palette: QPalette) -> None:
        painter.setFont(theme.small_font(self.font()))
        painter.setPen(palette.color(QPalette.ColorGroup.Active, theme.QUIET))
        space = QRectF(self.rect()).adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(space, flags, NO_PAST)

    def _paint_groove(self, painter: QPainter, left: float, right: float, colour: QColor) -> None:
        painter.setBrush(colour)
        groove = QRectF(left, _GROOVE_Y - _GROOVE_PX / 2, right - left, _GROOVE_PX)
        painter.drawRoundedRect(groove, _GROOVE_PX / 2, _GROOVE_PX / 2)

    def _paint_ticks(self, painter: QPainter, palette: QPalette) -> None:
        """Paint a dot for each snapshot, if they fit."""
        if (self.x_of(1) - self.x_of(0)) < _LEAST_TICK_DISTANCE_PX:
            return
        painter.setBrush(palette.color(theme.QUIET))
        for index in range(self.maximum() + 1):
            painter.drawEllipse(QPointF(self.x_of(index), _GROOVE_Y), _TICK_PX / 2, _TICK_PX / 2)

    def _paint_epochs(self, painter: QPainter, palette: QPalette) -> None:
        painter.setFont(theme.small_font(self.font()))
        painter.setPen(palette.color(theme.QUIET))
        top = _GROOVE_Y + _HANDLE_PX / 2 + 1
        for mark in epoch_marks(self._snapshots, self.width() - 2 * _MARGIN_PX):
            x = self.x_of(mark.index)
            text = f"epoch {mark.text}" if mark.index == 0 else mark.text
            width = painter.fontMetrics().horizontalAdvance(text)
            place = min(max(x - width / 2, 0.0), self.width() - width)
            painter.drawText(QPointF(place, top + painter.fontMetrics().ascent()), text)
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_best(self, painter: QPainter, palette: QPalette) -> None:
        assert self._best is not None
        x = self.x_of(self._best)
        painter.setBrush(theme.curve_colours(palette)[1])
        half = _MARK_PX / 2
        top = 0.5
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, top),
                    QPointF(x + half, top + half),
                    QPointF(x, top + 2 * half),
                    QPointF(x - half, top + half),
                ]
            )
        )

    def _paint_pin(self, painter: QPainter) -> None:
        assert self._pinned is not None
        x = self.x_of(self._pinned)
        painter.setBrush(theme.compared_colours()[0])
        half, bottom = _MARK_PX / 2, _GROOVE_Y - 1.0
        painter.drawPolygon(
            QPolygonF([QPointF(x - half, bottom - 9), QPointF(x + half, bottom - 9), QPointF(x, bottom)])
        )
        painter.setPen(QPen(theme.compared_colours()[0], 2))
        painter.drawLine(QPointF(x, bottom), QPointF(x, _GROOVE_Y + 6.0))
        painter.setPen(Qt.PenStyle.NoPen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the snapshot under the pointer, and start dragging."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = True
            self._choose(self.index_at(event.position().x()))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose the snapshot that is dragged to."""
        if self._pressed:
            self._dragged = self.index_at(event.position().x())
            self._drag.request()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End dragging."""
        if event.button() == Qt.MouseButton.LeftButton and self._pressed:
            self._pressed = False
            self._drag.flush()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step by one snapshot, by ten, or to an end."""
        moves = {
            Qt.Key.Key_Left: self.value() - 1,
            Qt.Key.Key_Down: self.value() - 1,
            Qt.Key.Key_Right: self.value() + 1,
            Qt.Key.Key_Up: self.value() + 1,
            Qt.Key.Key_PageDown: self.value() - self.pageStep(),
            Qt.Key.Key_PageUp: self.value() + self.pageStep(),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.maximum(),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            event.ignore()
        else:
            self._choose(min(max(move, 0), self.maximum()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step by one snapshot per notch."""
        notches = event.angleDelta().y() or event.angleDelta().x()
        if notches:
            self._choose(min(max(self.value() + (1 if notches > 0 else -1), 0), self.maximum()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Show a tooltip for the snapshot under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._snapshots:
            index = self.index_at(event.pos().x())
            also = "".join(
                text for text, which in ((" · best so far", self._best), (" · pinned", self._pinned)) if index == which
            )
            QToolTip.showText(event.globalPos(), wrapped(_text(self._snapshots[index]) + also), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Repaint everything for the new size."""
        super().resizeEvent(event)
        self._background = None

    def restyle(self) -> None:
        """Repaint everything in the theme's colours and font."""
        self._background = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()

    def _choose(self, index: int) -> None:
        if index != self.value() or not self._is_here:
            self.snapshot_chosen.emit(index)


def _text(snapshot: Snapshot) -> str:
    return f"{epoch_text(snapshot.epoch)} · step {snapshot.step:,}" if snapshot.step else "untrained"
