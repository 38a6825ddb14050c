"""Long work in a thread, while the main thread waits for signals."""

import queue
from collections.abc import Callable
from typing import Final

from digitlab.system.work import Worker

_POLL_S: Final = 0.2
"""On Windows only a wait that ends by itself can be interrupted by Ctrl+C."""


class AttendedThread:
    """A thread whose jobs the main thread waits for.

    Python runs signal handlers in the main thread, between two of its instructions. While that loads TensorFlow or
    computes with it, a handler would wait for seconds.
    """

    def __init__(self, name: str) -> None:
        """Start the thread.

        Args:
            name: Its name, for logs and debuggers.
        """
        self._outcomes: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
        self._worker = Worker(name, self._outcomes.put)

    def run(self, job: Callable[[], object]) -> None:
        """Run a job and wait for its end.

        Raises:
            Exception: What the job raises; or what a signal handler raises, in which case the job goes on.
        """

        def run() -> None:
            job()
            self._outcomes.put(None)

        self._worker.submit(run)
        outcome = self._wait()
        if outcome is not None:
            raise outcome

    def close(self, timeout_s: float) -> None:
        """End the thread, after its job; waits for it up to ``timeout_s``."""
        self._worker.close(timeout_s)

    def _wait(self) -> Exception | None:
        while True:
            try:
                return self._outcomes.get(timeout=_POLL_S)
            except queue.Empty:
                continue
