"""Threads: the only place where DigitLab starts one. Knows nothing of digits, Keras or Qt."""

import contextlib
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar, cast

from digitlab.system.errors import DigitLabError

_log = logging.getLogger(__name__)

Request = TypeVar("Request")
Result = TypeVar("Result")
Job = Callable[[], None]
Failed = Callable[[Exception], None]

_STOP: Final = object()

_NICENESS: Final = 10
"""Scheduling priority on Linux of threads with much to compute: on a busy machine the window and the pen come first."""


def _log_failure(worker: str, error: Exception) -> None:
    """Log what a worker failed at: a person's broken file in one line, a fault of ours with its traceback."""
    if isinstance(error, DigitLabError):
        _log.warning("The worker %s could not do a job: %s", worker, error)
    else:
        _log.error("The worker %s failed.", worker, exc_info=error)


class _WorkerThread(threading.Thread):
    """A thread of ours, told apart from those of libraries."""


def running_workers() -> list[str]:
    """Return the names of the workers whose threads have not ended."""
    return [thread.name for thread in threading.enumerate() if isinstance(thread, _WorkerThread)]


def yield_to_window() -> None:
    """Lower the priority of the calling thread, and of those it will start, where the system allows it."""
    if sys.platform == "linux" and threading.current_thread() is not threading.main_thread():
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def run_parallel(jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do jobs at the same time: the first in the calling thread, each other one in a thread of its own.

    Worth it for arithmetic that lets go of the interpreter. New threads have the calling one's priority.

    Args:
        jobs: At least one.

    Returns:
        Their results, in the same order. If some raised, the first of their errors is raised when all have ended.
    """
    results: list[Result | None] = [None] * len(jobs)
    errors: list[Exception] = []

    def do(index: int) -> None:
        try:
            results[index] = jobs[index]()
        except Exception as error:  # noqa: BLE001 - raised again below, in the calling thread
            errors.append(error)

    threads = [_WorkerThread(target=do, args=(index,), name="at once", daemon=True) for index in range(1, len(jobs))]
    for thread in threads:
        thread.start()
    do(0)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return cast("list[Result]", results)


def _report(failed: Failed, error: Exception) -> None:
    try:
        failed(error)
    except Exception:  # noqa: BLE001 - the same edge
        _log.exception("The report of a failure failed.")


class Worker:
    """One thread that does jobs in the order they come.

    A job that raises is logged and ends; the thread goes on with the next.

    Args:
        name: The thread's name, for logs and debuggers.
        failed: Called in the thread with what a job raised.
    """

    def __init__(self, name: str, failed: Failed) -> None:
        """Start the thread."""
        self._failed = failed
        self._jobs: queue.SimpleQueue[tuple[Job, Failed] | object] = queue.SimpleQueue()
        self._closed = False
        self._thread = _WorkerThread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Job, failed: Failed | None = None) -> None:
        """Queue a job; ignored once the worker is closed.

        Args:
            job: Called in the thread.
            failed: Called there with what it raised, instead of the worker's own.
        """
        if not self._closed:
            self._jobs.put((job, failed or self._failed))

    def close(self, timeout_s: float) -> bool:
        """Finish the jobs that are queued, then end the thread.

        Args:
            timeout_s: How long to wait for it.

        Returns:
            Whether the thread has ended.
        """
        if not self._closed:
            self._closed = True
            self._jobs.put(_STOP)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            entry = self._jobs.get()
            if not isinstance(entry, tuple):
                return
            job, failed = entry
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the edge of the worker: whatever fails, the thread lives
                _log_failure(self._thread.name, error)
                _report(failed, error)
            del entry, job, failed


class NewestRequestWorker(Generic[Request]):
    """One thread that answers requests and skips all but the newest one waiting.

    Args:
        name: The thread's name.
        answer: Called in the thread with each request that was not overtaken.
        failed: Called in the thread with what an answer raised.
    """

    def __init__(self, name: str, answer: Callable[[Request], None], failed: Failed) -> None:
        """Start the thread."""
        self._answer = answer
        self._failed = failed
        self._condition = threading.Condition()
        self._waiting: list[Request] = []
        self._closed = False
        self._thread = _WorkerThread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def request(self, request: Request) -> None:
        """Ask for an answer; a request still waiting is dropped in favour of this one."""
        with self._condition:
            self._waiting[:] = [request]
            self._condition.notify()

    def close(self, timeout_s: float) -> bool:
        """Drop what waits and end the thread; see ``Worker.close``."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                request = self._waiting.pop()
            try:
                self._answer(request)
            except Exception as error:  # noqa: BLE001 - the edge of the worker: whatever fails, the thread lives
                _log_failure(self._thread.name, error)
                _report(self._failed, error)
            del request
