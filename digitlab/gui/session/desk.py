"""Background work: the only place where a job leaves the GUI thread and its result returns."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from digitlab.gui.messages import ShownError
from digitlab.system.work import Worker, show_life, yield_to_window

if TYPE_CHECKING:
    from collections.abc import Callable

    from digitlab.gui.messages import Messages, Option

Result = TypeVar("Result")

DEADLINE_S: Final = 30.0
"""How long a job may neither compute nor report progress; an idle disk takes some seconds to spin up."""

_WATCH_PERIOD_MS: Final = 1_000

DRAIN_PERIOD_MS: Final = 50
"""Training events reach the screen 20 times a second: smooth to the eye, and cheap compared with the training."""


class Request(Generic[Result]):
    """A job for a desk.

    The job receives it as its only argument, to report progress and to check for cancellation.
    """

    def __init__(
        self,
        deliver: Callable[[Callable[[], None]], None],
        then: Callable[[Result], object] | None,
        failed: Callable[[Exception], None],
        progress: Callable[[Any], None] | None,
    ) -> None:
        """Create a request; ``Desk.ask`` queues it."""
        self._deliver = deliver
        self._then = then
        self._failed = failed
        self._progress = progress
        self._cancelled = threading.Event()
        self._has_begun = False
        self._is_finished = False

    @property
    def is_cancelled(self) -> bool:
        """Whether the request was cancelled; thread-safe. A job that asks shows that it is alive."""
        show_life()
        return self._cancelled.is_set()

    def wait_for_cancel(self, timeout_s: float) -> bool:
        """Pause the job, in the worker's thread, until cancellation or timeout; returns whether it is cancelled."""
        show_life()
        return self._cancelled.wait(timeout_s)

    @property
    def is_finished(self) -> bool:
        """Whether it is cancelled, or its result or error was delivered. For the GUI thread."""
        return self.is_cancelled or self._is_finished

    def cancel(self) -> None:
        """Drop the job if it has not started; otherwise, drop its remaining progress and its result."""
        self._cancelled.set()

    def cancel_unless_begun(self) -> None:
        """Drop the job if it is still queued."""
        if not self._has_begun:
            self.cancel()

    def report(self, value: object) -> None:
        """Hand a value to the ``progress`` callback; called by the job, in the worker's thread."""
        show_life()
        self._deliver(lambda: self._take_progress(value))

    def run(self, job: Callable[[Request[Result]], Result]) -> None:
        """Do the job, in the worker's thread."""
        self._has_begun = True
        if not self.is_cancelled:
            result = job(self)
            self._deliver(lambda: self._take_result(result))

    def fail(self, error: Exception) -> None:
        """Deliver what the job raised, in the worker's thread."""
        # The traceback would keep the frames of the job, and all they hold, alive.
        error = error.with_traceback(None)
        self._deliver(lambda: self._take_error(error))

    def _take_progress(self, value: object) -> None:
        if not self.is_finished and self._progress is not None:
            self._progress(value)

    def _take_result(self, result: Result) -> None:
        if not self.is_finished:  # a job that was given up may end all the same
            self._is_finished = True
            if self._then is not None:
                self._then(result)

    def _take_error(self, error: Exception) -> None:
        if not self.is_finished:
            self.cancel()  # a job that was given up is told so
            self._failed(error)


class Desk(QObject):
    """Runs jobs one after the other in a thread of its own; their results arrive in the GUI thread.

    Errors are shown in the message bar, unless a request has its own ``failed`` callback. The next job that succeeds
    withdraws the last error, which is then out of date.

    Args:
        name: The thread's name, for logs and debuggers.
        messages: Where errors are shown.
        parent: The owner, which lives in the GUI thread.
        is_background: Whether the thread yields to the window, as it should for heavy computation.
        deadline_s: How long a job may show no sign of life before it is given up and a new thread takes the next one;
            None for as long as it likes.
    """

    _delivered = Signal(object)

    def __init__(
        self,
        name: str,
        messages: Messages,
        parent: QObject,
        *,
        is_background: bool = False,
        deadline_s: float | None = DEADLINE_S,
    ) -> None:
        """Start the thread."""
        super().__init__(parent)
        self._error = ShownError(messages)
        self._newest: Request[Any] | None = None
        # Emitted by the worker, the signal is queued for the thread of this object: callbacks never run in the worker.
        self._delivered.connect(self._on_delivered)
        prepare = yield_to_window if is_background else None
        self.worker: Final = Worker(name, self.post_error, deadline_s=deadline_s, prepare=prepare)
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_PERIOD_MS)
        self._watch.setTimerType(Qt.TimerType.VeryCoarseTimer)  # all desks in one wake-up
        self._watch.timeout.connect(self._on_watch_timeout)
        self._watch.start()

    def ask(
        self,
        job: Callable[[Request[Result]], Result],
        *,
        then: Callable[[Result], object] | None = None,
        failed: Callable[[Exception], None] | None = None,
        progress: Callable[[Any], None] | None = None,
        options: tuple[Option, ...] = (),
        is_newest_only: bool = False,
        is_quiet: bool = False,
    ) -> Request[Result]:
        """Queue a job.

        Args:
            job: Called in the thread with its request; returns the result.
            then: Called in the GUI thread with the result.
            failed: Called in the GUI thread with the exception, instead of showing it.
            progress: Called in the GUI thread with each value that the job reports.
            options: The options shown with the error.
            is_newest_only: Whether earlier requests of this kind are dropped while they are queued.
            is_quiet: Whether success leaves the last error on screen, since the job is unrelated to it.

        Returns:
            The request. Once it is cancelled, nothing more is delivered.
        """

        def succeed(result: Result) -> None:
            if not is_quiet:
                self.withdraw_error()
            if then is not None:
                then(result)

        request = Request(self.post, succeed, failed or (lambda error: self.show_error(error, options)), progress)
        if is_newest_only:
            if self._newest is not None:
                self._newest.cancel_unless_begun()
            self._newest = request
        self.worker.submit(lambda: request.run(job), request.fail)
        return request

    def show_error(self, error: Exception, options: tuple[Option, ...] = ()) -> None:
        """Show an error, until the next job succeeds or ``withdraw_error`` is called."""
        self._error.show(error, options)

    def withdraw_error(self) -> None:
        """Close the last error, if it is still shown."""
        self._error.withdraw()

    def post(self, deliver: Callable[[], None]) -> None:
        """Have a function called in the GUI thread, after what was delivered before; for any thread."""
        # Qt may have deleted this object: a job can outlast the window, and then nobody waits for its result.
        with contextlib.suppress(RuntimeError):
            self._delivered.emit(deliver)

    def post_error(self, error: Exception) -> None:
        """Show an error that occurred outside of any request; thread-safe."""
        error = error.with_traceback(None)
        self.post(lambda: self.show_error(error))

    def close(self, timeout_s: float) -> bool:
        """Finish the queued jobs that are not cancelled, then end the thread; returns whether it has ended."""
        self._watch.stop()
        return self.worker.close(timeout_s)

    @Slot()
    def _on_watch_timeout(self) -> None:
        self.worker.replace_if_stuck()

    @Slot(object)
    def _on_delivered(self, deliver: Callable[[], None]) -> None:
        deliver()


class EventPump(QObject):
    """Collects many small events and delivers them together, 20 times a second.

    Signals:
        drained: The events since the last emission, oldest first; never empty; emitted in the GUI thread.
    """

    drained = Signal(list)

    def __init__(self, parent: QObject) -> None:
        """Create a pump that is stopped; the calling thread must be the GUI thread."""
        super().__init__(parent)
        self._events: deque[object] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_PERIOD_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def post(self, event: object) -> None:
        """Collect an event; thread-safe."""
        self._events.append(event)

    def start(self) -> None:
        """Start delivering."""
        self._timer.start()

    def stop(self) -> None:
        """Deliver the remaining events, and stop."""
        self._timer.stop()
        self._on_timer_timeout()

    @Slot()
    def _on_timer_timeout(self) -> None:
        events = [self._events.popleft() for _ in range(len(self._events))]
        if events:
            self.drained.emit(events)
