"""Worker threads: the only module in which DigitLab starts threads. Independent of digits, Keras and Qt."""

import contextlib
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Final, TypeVar, cast

from digitlab.system.errors import DigitLabError

_log = logging.getLogger(__name__)

Request = TypeVar("Request")
Result = TypeVar("Result")
Job = Callable[[], None]
Failed = Callable[[Exception], None]

_STOP: Final = object()


def _log_failure(worker: str, error: Exception) -> None:
    """Log the failure of a job: an expected error in one line, a bug with its traceback."""
    if isinstance(error, DigitLabError):
        _log.warning("A job of the worker %s failed: %s", worker, error)
    else:
        _log.error("The worker %s failed.", worker, exc_info=error)


class _WorkerThread(threading.Thread):
    """A thread of DigitLab, as opposed to those of libraries."""


def running_workers() -> list[str]:
    """Return the names of the workers whose threads are running."""
    return [thread.name for thread in threading.enumerate() if isinstance(thread, _WorkerThread)]


def yield_to_window() -> None:
    """Let the window wake before the calling thread and the threads that it starts later, where the system allows it.

    They become batch threads of Linux. On a busy machine these get the same share of a processor as others, unlike
    threads with a higher nice value: such a thread seldom runs, and while it has the interpreter lock, the window waits
    for it. Measured with one processor and a busy process: TensorFlow was loaded in 4.0 s, with a nice value of 10 in
    27.5 s; the worst latency of the event loop was 18 ms, with that 137 ms.
    """
    if sys.platform != "linux" or threading.current_thread() is threading.main_thread():
        return
    thread = threading.get_native_id()
    if os.sched_getscheduler(thread) == os.SCHED_OTHER:  # somebody who chose another policy meant it
        with contextlib.suppress(OSError):
            os.sched_setscheduler(thread, os.SCHED_BATCH, os.sched_param(0))


def run_parallel(jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run jobs in parallel: the first in the calling thread, each of the others in a new thread.

    Faster only for code that releases the interpreter lock. The new threads have the priority of the calling one.

    Args:
        jobs: At least one.

    Returns:
        Their results, in the same order. If any raise, the first error is raised again after all have ended.
    """
    results: list[Result | None] = [None] * len(jobs)
    errors: list[Exception] = []

    def run(index: int) -> None:
        try:
            results[index] = jobs[index]()
        except Exception as error:  # noqa: BLE001 - raised again below, in the calling thread
            errors.append(error)

    threads = [_WorkerThread(target=run, args=(index,), name="parallel", daemon=True) for index in range(1, len(jobs))]
    for thread in threads:
        thread.start()
    run(0)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return cast("list[Result]", results)


def _report(failed: Failed, error: Exception) -> None:
    try:
        failed(error)
    except Exception:  # noqa: BLE001 - the edge of the worker, as in Worker._run
        _log.exception("Reporting a failure failed.")


class Worker:
    """One thread that runs jobs in the order in which they are submitted.

    If a job raises, that is logged and the thread continues with the next job.

    Args:
        name: The thread's name, for logs and debuggers.
        failed: Called in the thread with the exception of a job.
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
            failed: Called there with the job's exception, instead of the worker's own ``failed``.
        """
        if not self._closed:
            self._jobs.put((job, failed or self._failed))

    def close(self, timeout_s: float) -> bool:
        """Run the jobs that are queued, then end the thread.

        Args:
            timeout_s: How long to wait for the end.

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
            except Exception as error:  # noqa: BLE001 - the edge of the worker: no failure may end the thread
                _log_failure(self._thread.name, error)
                _report(failed, error)
            del entry, job, failed
