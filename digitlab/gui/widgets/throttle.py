"""Limits how often a frequently requested action runs: later, or at once and then at a pace."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot

_OVERDUE_PERIODS: Final = 4
"""A timer that is so late does not get its turn."""


class Throttle(QObject):
    """Runs an action once, a fixed time after the first of several requests.

    Args:
        action: The action, called in the GUI thread.
        delay_ms: Time from the first request to the action; 0 for the next event-loop slice.
        parent: The owner.
        restarts: Whether each request restarts the delay, so that the action runs once requests stop (debounce).
        is_periodic: Whether the delay starts at the last action instead, so that a request after a pause is served in
            the next event-loop slice.
    """

    def __init__(
        self,
        action: Callable[[], object],
        delay_ms: int,
        parent: QObject,
        *,
        restarts: bool = False,
        is_periodic: bool = False,
    ) -> None:
        """Create a throttle without a pending request."""
        super().__init__(parent)
        self._action = action
        self._restarts = restarts
        self._delay_ms = delay_ms
        self._last_action: QElapsedTimer | None = QElapsedTimer() if is_periodic else None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_pending(self) -> bool:
        """Whether the action is scheduled."""
        return self._timer.isActive()

    @Slot()
    def request(self) -> None:
        """Request the action."""
        if self._restarts or not self._timer.isActive():
            self._timer.start(self._wait_ms())

    @Slot()
    def cancel(self) -> None:
        """Drop all pending requests."""
        self._timer.stop()

    def flush(self) -> None:
        """Run the action now, if it is pending."""
        if self._timer.isActive():
            self._timer.stop()
            self._act()

    def _wait_ms(self) -> int:
        last = self._last_action
        if last is None:
            return self._delay_ms
        return max(self._delay_ms - last.elapsed(), 0) if last.isValid() else 0

    def _act(self) -> None:
        if self._last_action is not None:
            self._last_action.start()
        self._action()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._act()


class Pace(QObject):
    """Runs an action at once, and then at most once per period while requests keep coming.

    For what follows the mouse: of a burst of events that waited in the queue, few run the action, and always the last.
    Should events come faster than they are handled, so that no timer gets its turn, requests run the action now and
    then; most of the time is left for the events.

    Args:
        action: The action, called in the GUI thread.
        period_ms: Time between the starts of two actions.
        parent: The owner.
    """

    def __init__(self, action: Callable[[], object], period_ms: int, parent: QObject) -> None:
        """Create a pace at which nothing was requested."""
        super().__init__(parent)
        self._action = action
        self._is_requested = False
        self._duration_ms = 0
        self._since_action = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(period_ms)
        self._timer.timeout.connect(self._on_timer_timeout)

    def request(self) -> None:
        """Run the action now, or at the end of the period."""
        self._is_requested = True
        if not self._timer.isActive():
            self._timer.start()
            self._act()
        elif self._since_action.elapsed() > max(_OVERDUE_PERIODS * self._timer.interval(), 2 * self._duration_ms):
            self._act()

    def cancel(self) -> None:
        """Drop a pending request; the next one is served at once."""
        self._is_requested = False
        self._timer.stop()

    def flush(self) -> None:
        """Serve a pending request now."""
        if self._is_requested:
            self._act()

    def _act(self) -> None:
        self._is_requested = False
        self._since_action.start()
        self._action()
        self._duration_ms = self._since_action.restart()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._is_requested:
            self._act()
        else:
            self._timer.stop()
