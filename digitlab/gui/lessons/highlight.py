"""A frame around the control that a step of a lesson is about."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.throttle import Throttle

_OUTSIDE_PX: Final = 3
_PEN_PX: Final = 3
_MOVES: Final = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
    QEvent.Type.ZOrderChange,
)


class Highlight(QWidget):
    """A frame that follows a control, lets the mouse through, and is seen in both themes."""

    def __init__(self, window: QWidget) -> None:
        """Create a hidden frame in a window."""
        super().__init__(window)
        self.setObjectName("lessonHighlight")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._placing = Throttle(self._place, 0, self)
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """The control, or None."""
        return self._target

    def surround(self, target: QWidget | None) -> None:
        """Follow a control, or none."""
        if target is not self._target:
            for widget in self._watched:
                widget.removeEventFilter(self)
                widget.destroyed.disconnect(self._on_watched_destroyed)
            self._target, self._watched = target, []
            while target is not None:
                target.installEventFilter(self)
                target.destroyed.connect(self._on_watched_destroyed)
                self._watched.append(target)
                target = None if target.isWindow() else target.parentWidget()
        self._place()

    @Slot()
    def _on_watched_destroyed(self) -> None:
        self._target, self._watched = None, []
        self._placing.request()

    def _place(self) -> None:
        target = self._target
        if target is None or not target.isVisible():
            self.hide()
            return
        owner = target.window()
        if self.parentWidget() is not owner:
            self.setParent(owner)
        place = QRect(target.mapTo(owner, QPoint()), target.size())
        parent = target.parentWidget()
        while parent is not None and parent is not owner:  # what is scrolled out of sight has no frame
            place &= QRect(parent.mapTo(owner, QPoint()), parent.size())
            parent = parent.parentWidget()
        margin = _OUTSIDE_PX
        self.setGeometry(place.adjusted(-margin, -margin, margin, margin) & owner.rect())
        self.setVisible(not place.isEmpty())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the control and everything around it."""
        if event.type() in _MOVES:
            self._placing.request()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(theme.ACCENT), _PEN_PX))
        inset = _PEN_PX / 2
        frame = self.rect().toRectF().adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
        painter.end()
