"""Painting in turns: what is painted in one go holds up the window, and is felt when it is much."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

Prepare = Callable[[], bool]
"""Does part of what a painting needs, such as some of its pictures; returns whether more is left to do."""


class PaintQueue(QObject):
    """Has widgets painted one after the other, each in a turn of the event loop.

    Whoever waits longest comes first, so that none starves however often the others change.
    """

    def __init__(self, parent: QObject) -> None:
        """Begin with nothing to paint."""
        super().__init__(parent)
        self._waiting: dict[QWidget, tuple[QRegion, Prepare | None]] = {}
        # A timer of its own: `singleShot(0)` posts an event, and Qt sends posted events until there are none.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)

    def update(self, widget: QWidget, region: QRegion, prepare: Prepare | None = None) -> None:
        """Have part of a widget painted when it is its turn.

        Args:
            widget: The widget.
            region: The part of it.
            prepare: Called before, in turns of its own, until nothing is left to do.
        """
        before, _ = self._waiting.get(widget, (QRegion(), None))
        self._waiting[widget] = (before | region, prepare)
        if not self._timer.isActive():
            self._timer.start(0)

    @Slot()
    def _on_timer_timeout(self) -> None:
        widget, (region, prepare) = next(iter(self._waiting.items()))
        # It may have been deleted meanwhile.
        if not isValid(widget) or prepare is None or not prepare():
            del self._waiting[widget]
            if isValid(widget):
                widget.update(region)
        if self._waiting:
            self._timer.start(0)
