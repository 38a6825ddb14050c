"""A queue that paints widgets one after another, so that no event-loop slice is long enough to delay the window."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

Prepare = Callable[[], bool]
"""Does a part of the preparation for painting, such as some of the images; returns whether there is more to do."""


class PaintQueue(QObject):
    """Paints widgets one after another, each in its own event-loop slice.

    The widget that has waited longest comes first, so that frequent changes of one cannot starve the others.
    """

    def __init__(self, parent: QObject) -> None:
        """Create an empty queue."""
        super().__init__(parent)
        self._waiting: dict[QWidget, tuple[QRegion, Prepare | None]] = {}
        # A timer object: `QTimer.singleShot(0)` posts an event, and Qt sends all posted events in one slice.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)

    def update(self, widget: QWidget, region: QRegion, prepare: Prepare | None = None) -> None:
        """Add a part of a widget to the queue.

        Args:
            widget: The widget.
            region: The part of it; parts of the same widget are painted together.
            prepare: Called before painting, in its own slices, until it returns False.
        """
        before, _ = self._waiting.get(widget, (QRegion(), None))
        self._waiting[widget] = (before | region, prepare)
        if not self._timer.isActive():
            self._timer.start(0)

    @Slot()
    def _on_timer_timeout(self) -> None:
        widget, (region, prepare) = next(iter(self._waiting.items()))
        # It may have been deleted in the meantime.
        if not isValid(widget) or prepare is None or not prepare():
            del self._waiting[widget]
            if isValid(widget):
                widget.update(region)
        if self._waiting:
            self._timer.start(0)
