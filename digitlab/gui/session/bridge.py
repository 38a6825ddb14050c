"""The one place where something a worker made becomes a Qt signal in the GUI thread."""

from collections import deque
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

DRAIN_PERIOD_MS: Final = 50
"""Training events reach the screen 20 times a second: fluent to the eye, and cheap beside the training."""


class Mailbox(QObject):
    """Delivers single values at once. Make it in the GUI thread and connect bound slots to ``arrived``.

    Signals:
        arrived: A value was posted; emitted in the GUI thread.
    """

    arrived = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject) -> None:
        """Live in the calling thread, which must be the GUI thread."""
        super().__init__(parent)
        # A queued hop into this object's own thread: receivers never run in the worker, whatever they are.
        self._posted.connect(self._on_posted)

    def post(self, value: object) -> None:
        """Deliver a value; call it from any thread."""
        self._posted.emit(value)

    @Slot(object)
    def _on_posted(self, value: object) -> None:
        self.arrived.emit(value)


class EventPump(QObject):
    """Collects many small events and delivers them together, at the pace of the screen.

    Signals:
        drained: The list of events since the last time, oldest first; never empty; emitted in the GUI thread.
    """

    drained = Signal(list)

    def __init__(self, parent: QObject) -> None:
        """Live in the calling thread, which must be the GUI thread."""
        super().__init__(parent)
        self._events: deque[object] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_PERIOD_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def post(self, event: object) -> None:
        """Collect an event; call it from any thread."""
        self._events.append(event)

    def start(self) -> None:
        """Begin to deliver."""
        self._timer.start()

    def stop(self) -> None:
        """Deliver what is left and rest."""
        self._timer.stop()
        self._on_timer_timeout()

    @Slot()
    def _on_timer_timeout(self) -> None:
        events = [self._events.popleft() for _ in range(len(self._events))]
        if events:
            self.drained.emit(events)
