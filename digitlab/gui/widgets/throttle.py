"""Limiting how often an action is done that is requested many times."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot


class Throttle(QObject):
    """Calls an action once, a fixed time after the first of several requests.

    Args:
        action: What to do, in the GUI thread.
        delay_ms: Time from the first request to the action; 0 for the next event-loop slice.
        parent: The owner.
        restarts: Whether each request restarts the delay, so that the action comes when requests stop (a debounce).
    """

    def __init__(self, action: Callable[[], object], delay_ms: int, parent: QObject, *, restarts: bool = False) -> None:
        """Create a throttle without a request."""
        super().__init__(parent)
        self._action = action
        self._restarts = restarts
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_pending(self) -> bool:
        """Whether the action is going to be done."""
        return self._timer.isActive()

    @Slot()
    def request(self) -> None:
        """Request the action."""
        if self._restarts or not self._timer.isActive():
            self._timer.start()

    @Slot()
    def cancel(self) -> None:
        """Drop all requests so far."""
        self._timer.stop()

    def flush(self) -> None:
        """Do the action now, if it is pending."""
        if self._timer.isActive():
            self._timer.stop()
            self._action()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._action()
