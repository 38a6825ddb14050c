"""Painting in turns: what is painted in one go holds up the window, and is felt when it is much."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class PaintTurns(QObject):
    """Has widgets painted one after the other, each in a turn of the event loop.

    Whoever waits longest comes first, so that none starves however often the others change.
    """

    def __init__(self, parent: QObject) -> None:
        """Begin with nothing to paint."""
        super().__init__(parent)
        self._waiting: dict[QWidget, QRegion] = {}
        # A timer of its own: `singleShot(0)` posts an event, and Qt sends posted events until there are none.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)

    def update(self, widget: QWidget, region: QRegion) -> None:
        """Have part of a widget painted when it is its turn."""
        self._waiting[widget] = self._waiting.get(widget, QRegion()) | region
        if not self._timer.isActive():
            self._timer.start(0)

    @Slot()
    def _on_timer_timeout(self) -> None:
        widget = next(iter(self._waiting))
        region = self._waiting.pop(widget)
        if isValid(widget):  # it may have been deleted meanwhile
            widget.update(region)
        if self._waiting:
            self._timer.start(0)
