"""Worker threads: the only module in which DigitLab starts threads. Independent of digits, Keras and Qt."""

import contextlib
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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


class StuckError(DigitLabError):
    """A job showed no sign of life until its deadline and was given up."""

    def __init__(self, worker: str, deadline_s: float) -> None:
        """Name the worker and its deadline."""
        super().__init__(
            f"Background work ({worker}) has been stuck for {round(deadline_s):,} s and was given up.",
            expected="A file or a drive does not respond. Everything else continues.",
            remedy="Check the drive, then try again, or choose another file.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A job in the queue of a worker, and what is called with its failure."""

    job: Job
    failed: Failed


class _WorkerThread(threading.Thread):
    """A thread of DigitLab, as opposed to those of libraries; it knows when its job last showed a sign of life.

    Attributes:
        deadline_s: How long a job may show no sign of life; None for as long as it likes.
    """

    def __init__(self, run: Callable[[], None], name: str, deadline_s: float | None = None) -> None:
        super().__init__(target=run, name=name, daemon=True)
        self.deadline_s = deadline_s
        self._lock = threading.Lock()
        self._task: _Task | None = None
        self._alive_s = 0.0
        self._computed_s = 0.0
        self._is_given_up = False

    def begin(self, task: _Task) -> None:
        with self._lock:
            self._task, self._alive_s = task, time.monotonic()

    def show_life(self) -> None:
        self._alive_s = time.monotonic()

    def end(self) -> bool:
        """End the job; returns whether it was not given up."""
        with self._lock:
            self._task = None
            return not self._is_given_up

    def give_up(self, *, is_late: bool) -> tuple[_Task, StuckError] | None:
        """Give up the job if it is past its deadline, or in any case; returns None if it goes on.

        A job that computes is alive.
        """
        with self._lock:
            task = self._task
            if task is None or self._is_given_up or self.deadline_s is None:
                return None
            computed_s = self._time_computed()
            if computed_s > self._computed_s:
                self._computed_s = computed_s
                self.show_life()
            if not is_late and time.monotonic() - self._alive_s < self.deadline_s:
                return None
            self._is_given_up = True
            return task, StuckError(self.name, self.deadline_s)

    def _time_computed(self) -> float:
        """Return the thread's processor time in steps of a millisecond, or 0 where the system does not tell it."""
        if self.ident is None or not hasattr(time, "pthread_getcpuclockid"):
            return 0.0
        return round(time.clock_gettime(time.pthread_getcpuclockid(self.ident)), 3)

    @contextlib.contextmanager
    def limited(self, deadline_s: float) -> Iterator[None]:
        with self._lock:
            before, self.deadline_s = self.deadline_s, deadline_s
            self.show_life()
        try:
            yield
        finally:
            with self._lock:
                self.deadline_s = before
                is_given_up = self._is_given_up
                self.show_life()
        if is_given_up:
            raise StuckError(self.name, deadline_s)


def show_life() -> None:
    """Postpone the deadline of the job that calls this: it is making progress."""
    thread = threading.current_thread()
    if isinstance(thread, _WorkerThread):
        thread.show_life()


@contextlib.contextmanager
def limited(deadline_s: float) -> Iterator[None]:
    """Set another deadline for a part of the calling job, such as reading a file before a long training.

    Raises:
        StuckError: At the end, if the job was given up meanwhile: it must not go on.
    """
    thread = threading.current_thread()
    with thread.limited(deadline_s) if isinstance(thread, _WorkerThread) else contextlib.nullcontext():
        yield


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

    threads = [_WorkerThread(partial(run, index), "parallel") for index in range(1, len(jobs))]
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

    If a job raises, that is logged and the thread continues with the next job. If a job is stuck past its deadline, it
    is given up, and a new thread continues with the next job.

    Args:
        name: The thread's name, for logs and debuggers.
        failed: Called in the thread with the exception of a job.
        deadline_s: How long a job may show no sign of life; None for as long as it likes.
        prepare: Called in each thread before its first job.
    """

    def __init__(
        self, name: str, failed: Failed, *, deadline_s: float | None = None, prepare: Callable[[], None] | None = None
    ) -> None:
        """Start the thread."""
        self._name = name
        self._failed = failed
        self._deadline_s = deadline_s
        self._prepare = prepare
        self._jobs: queue.SimpleQueue[_Task | object] = queue.SimpleQueue()
        self._closed = False
        self._thread = self._started()

    def submit(self, job: Job, failed: Failed | None = None) -> None:
        """Queue a job; ignored once the worker is closed.

        Args:
            job: Called in the thread.
            failed: Called there with the job's exception, instead of the worker's own ``failed``.
        """
        if not self._closed:
            self._jobs.put(_Task(job, failed or self._failed))

    def replace_if_stuck(self) -> bool:
        """Give up a job that is past its deadline, and continue with the next one in a new thread.

        Both the worker's and the job's own ``failed`` are called with a ``StuckError``, in the calling thread. The old
        thread ends when its job does.

        Returns:
            Whether a job was given up.
        """
        return self._replace(is_late=False)

    def close(self, timeout_s: float) -> bool:
        """Run the jobs that are queued, then end the thread.

        If one is stuck while others wait, they are run in a new thread.

        Args:
            timeout_s: How long to wait for the end, at most twice.

        Returns:
            Whether the thread has ended.
        """
        if not self._closed:
            self._closed = True
            self._jobs.put(_STOP)
        self._thread.join(timeout_s)
        is_waiting = self._thread.is_alive() and self._jobs.qsize() > 1  # more than the end itself
        if is_waiting and self._replace(is_late=True):
            self._thread.join(timeout_s)
            return False
        return not self._thread.is_alive()

    def _started(self) -> _WorkerThread:
        thread = _WorkerThread(self._run, self._name, self._deadline_s)
        thread.start()
        return thread

    def _replace(self, *, is_late: bool) -> bool:
        stuck = self._thread.give_up(is_late=is_late)
        if stuck is None:
            return False
        task, error = stuck
        _log.error("%s", error)
        self._thread = self._started()
        for failed in dict.fromkeys((self._failed, task.failed)):
            _report(failed, error)
        return True

    def _run(self) -> None:
        thread = threading.current_thread()
        assert isinstance(thread, _WorkerThread)
        if self._prepare is not None:
            self._prepare()
        while True:
            task = self._jobs.get()
            if not isinstance(task, _Task):
                return
            thread.begin(task)
            try:
                task.job()
            except Exception as error:  # noqa: BLE001 - the edge of the worker: no failure may end the thread
                _log_failure(thread.name, error)
                _report(task.failed, error)
            del task
            if not thread.end():
                return
