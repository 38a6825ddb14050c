"""The chart of a map: each point is painted as its digit, the drawing as a disc among them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.evaluate.map import painting
from digitlab.gui.evaluate.map.geometry import Frame
from digitlab.gui.evaluate.map.places import PointsOnScreen
from digitlab.gui.evaluate.map.shown import ShownMap
from digitlab.gui.evaluate.map.wording import point_text
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed

_TEXT_MARGIN_PX: Final = 16
_REACH_PX: Final = 10
_USUAL_SIZE: Final = QSize(560, 360)
_LEAST_SIZE: Final = QSize(240, 120)
_ZOOM_PER_NOTCH: Final = 1.25
_NOTCH: Final = 120
_DRAG_FROM_PX: Final = 4
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ZOOM_KEYS: Final = {Qt.Key.Key_Plus: _ZOOM_PER_NOTCH, Qt.Key.Key_Equal: _ZOOM_PER_NOTCH, Qt.Key.Key_Minus: 1 / 1.25}


class MapChart(Themed, QWidget):
    """Shows the points of a ``ShownMap``, all in one cached picture, and over it what moves.

    Signals:
        pointed: Another point is pointed at; ``current`` has it.
        point_chosen: A point was clicked, or Enter pressed on it; carries it.
    """

    parts_kind = PartsKind.CHART

    pointed = Signal()
    point_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty chart."""
        super().__init__(parent)
        self._shown: ShownMap | None = None
        self._text = ""
        self._points = PointsOnScreen()
        self._drawing: tuple[NDArray[np.float32], str] | None = None
        self._current: int | None = None
        self._picture: QPixmap | None = None
        self._pressed: QPoint | None = None
        self._dragged_from: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        describe(
            self,
            "digitMap",
            "Map of the digits",
            "",
            "Each point is an image, painted as its true digit. Images that the last hidden layer can hardly tell "
            "apart lie close together. The disc is the drawing, with the prediction in it; rings are your own "
            "digits. Point at a digit, or go there with the arrow keys, to see its image; click it, or press Enter, to "
            "put it on the canvas. Home goes to the digit nearest to the drawing. The wheel, + and − zoom; drag to "
            "move; 0 shows all.",
        )
        self.follow_theme()

    # Contents

    @property
    def current(self) -> int | None:
        """The point that is pointed at, or None."""
        return self._current

    def show_map(self, shown: ShownMap | None) -> None:
        """Show a map, or none; the zoom stays, and the same point stays pointed at if it still exists."""
        self._shown = shown
        self._points.show(shown)
        self._change()

    def show_text(self, text: str) -> None:
        """Show a text in place of a map; empty for none."""
        if text != self._text:
            self._text = text
            self.update()

    def hide_digits(self, digits: frozenset[int], *, hides_own: bool) -> None:
        """Hide some test digits, and perhaps the own digits."""
        self._points.hide(digits, hides_own=hides_own)
        self._change()

    def show_drawing(self, point: NDArray[np.float32] | None, text: str = "") -> None:
        """Show where the drawing is.

        Args:
            point: Its position on the map, shape (2,), or None to show none.
            text: The predicted digit; empty without one.
        """
        if point is not None or self._drawing is not None:
            self._drawing = None if point is None else (point, text)
            self.update()

    @property
    def drawing_place(self) -> tuple[float, float] | None:
        """Where the drawing is on screen, in pixels, or None; at the edge if it is beyond."""
        if self._drawing is None or self._shown is None or not np.isfinite(self._drawing[0]).all():
            return None
        return self._points.place_within(self._drawing[0], painting.DISC_PX)

    def place_of(self, point: int) -> tuple[float, float]:
        """Return where a point is on screen, in pixels."""
        return self._points.place(point)

    def part_count(self) -> int:
        """Return the number of points on screen."""
        return int(self._points.is_visible.sum())

    def part(self, index: int) -> Part:
        """Return a point."""
        point = int(np.flatnonzero(self._points.is_visible)[index])
        assert self._shown is not None
        x, y = self.place_of(point)
        rect = QRectF(x - _REACH_PX / 2, y - _REACH_PX / 2, _REACH_PX, _REACH_PX)
        return Part(point_text(self._shown, point), rect, is_selected=point == self._current)

    def _change(self) -> None:
        """Paint other points; the same point stays pointed at if it is still visible."""
        points, current = self._points, self._current
        if current is not None and (current >= len(points) or not points.is_visible[current]):
            self._current = None
        self.restyle()
        self.pointed.emit()

    def _use(self, frame: Frame) -> None:
        self._points.use(frame)
        self.restyle()

    def _point_at(self, point: int | None) -> None:
        if point != self._current:
            self._current = point
            self.update()
            self.pointed.emit()

    def _go(self, direction: tuple[int, int]) -> None:
        """Point at the next point in a direction; first, at the one nearest to the drawing."""
        if self._current is None:
            self._go_home()
        else:
            self._point_at(self._points.next(self._current, direction))

    def _go_home(self) -> None:
        self._point_at(self._points.at(self.drawing_place or self._points.frame.middle))

    # Painting

    def restyle(self) -> None:
        """Paint the points in the theme's colours."""
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture of all points, the drawing, and the point that is pointed at."""
        del event
        painter = QPainter(self)
        if self._shown is None or self._text:
            painter.fillRect(self.rect(), self.palette().color(theme.SURFACE))
            painter.setPen(self.palette().color(theme.QUIET))
            box = QRectF(self.rect()).adjusted(_TEXT_MARGIN_PX, 0, -_TEXT_MARGIN_PX, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)
        else:
            painter.drawPixmap(0, 0, self._whole_picture())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_moving(painter, self._shown)
        if self.hasFocus():
            painting.paint_focus(painter, self.rect(), self.palette())
        painter.end()

    def _whole_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = painting.picture_of_points(self, self._points)
        return self._picture

    def _paint_moving(self, painter: QPainter, shown: ShownMap) -> None:
        if self._current is not None:
            image, label = shown.image(self._current), int(self._points.labels[self._current])
            painting.paint_pointed(painter, QPointF(*self.place_of(self._current)), label, image, self)
        place = self.drawing_place
        if place is not None and self._drawing is not None:
            painting.paint_disc(painter, QPointF(*place), self._drawing[1], self.palette())

    # Mouse and keyboard

    def sizeHint(self) -> QSize:
        """Return a size at which clusters are told apart."""
        return _USUAL_SIZE

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size."""
        return _LEAST_SIZE

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the map to another size."""
        super().resizeEvent(event)
        self._points.fit(self.width(), self.height())
        self.restyle()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self._dragged_from = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the nearest digit; with the button down, move the map."""
        place = event.position().toPoint()
        if self._dragged_from is None:
            self._point_at(self._points.at((place.x(), place.y()), _REACH_PX))
            return
        if self._pressed is not None and (place - self._pressed).manhattanLength() >= _DRAG_FROM_PX:
            self._pressed = None
        if self._pressed is None:
            step = place - self._dragged_from
            self._dragged_from = place
            self._use(self._points.frame.moved(step.x(), step.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or choose the digit that was clicked."""
        if event.button() is Qt.MouseButton.LeftButton:
            was_click, self._pressed, self._dragged_from = self._pressed is not None, None, None
            if was_click:
                self._point_at(self._points.at(_place_of(event), _REACH_PX))
                if self._current is not None:
                    self.point_chosen.emit(self._current)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom in or out around the pointer."""
        factor = _ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH)
        self._use(self._points.frame.zoomed(factor, _place_of(event)))

    def leaveEvent(self, event: QEvent) -> None:
        """Stop pointing, unless the keyboard points."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop pointing."""
        super().focusOutEvent(event)
        self._point_at(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another digit, choose it, or zoom."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in _ARROWS:
            self._go(_ARROWS[key])
        elif key in _ZOOM_KEYS:
            centre = self._points.frame.middle if self._current is None else self.place_of(self._current)
            self._use(self._points.frame.zoomed(_ZOOM_KEYS[key], centre))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.point_chosen.emit(self._current)
        elif not self._press_other(key):
            super().keyPressEvent(event)

    def _press_other(self, key: Qt.Key) -> bool:
        """Handle Home, Esc and 0; returns whether it was one of them."""
        if key == Qt.Key.Key_Home:
            self._go_home()
        elif key == Qt.Key.Key_Escape and self._current is not None:
            self._point_at(None)
        elif key == Qt.Key.Key_0:
            self._use(self._points.frame.zoomed(0, self._points.frame.middle))
        else:
            return False
        return True


def _place_of(event: QMouseEvent | QWheelEvent) -> tuple[float, float]:
    return event.position().x(), event.position().y()
