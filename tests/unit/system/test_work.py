"""Workers: jobs in order, newest request wins, failures reported, orderly end."""

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from digitlab.system import work
from digitlab.system.errors import DigitLabError
from digitlab.system.work import StuckError, Worker, limited, run_parallel, running_workers, show_life, yield_to_window

TIMEOUT_S = 10.0

Make = Callable[..., Worker]


@pytest.fixture
def failures() -> list[Exception]:
    return []


@pytest.fixture
def worker(failures: list[Exception]) -> Iterator[Worker]:
    worker = Worker("jobs", failures.append)
    yield worker
    assert worker.close(TIMEOUT_S)


def test_jobs_run_in_order_in_one_other_thread(worker: Worker):
    done: list[tuple[int, int]] = []
    for number in range(50):
        worker.submit(lambda number=number: done.append((number, threading.get_ident())))
    assert worker.close(TIMEOUT_S)
    assert [number for number, _ in done] == list(range(50))
    assert len({thread for _, thread in done}) == 1
    assert done[0][1] != threading.get_ident()


def test_close_runs_queued_jobs_and_accepts_no_more(worker: Worker):
    done: list[str] = []
    worker.submit(lambda: done.append("before"))
    assert worker.close(TIMEOUT_S)
    worker.submit(lambda: done.append("after"))
    assert worker.close(TIMEOUT_S)
    assert done == ["before"]


def test_close_returns_whether_the_thread_has_ended(worker: Worker):
    proceed = threading.Event()
    worker.submit(lambda: (proceed.wait(TIMEOUT_S), None)[1])
    assert not worker.close(0.0)
    proceed.set()
    assert worker.close(TIMEOUT_S)


def test_a_failing_job_is_reported_and_the_next_one_runs(
    worker: Worker, failures: list[Exception], caplog: pytest.LogCaptureFixture
):
    done = threading.Event()
    worker.submit(lambda: [][1])
    worker.submit(done.set)
    assert done.wait(TIMEOUT_S)
    assert [type(failure) for failure in failures] == [IndexError]
    assert "IndexError" in caplog.text


def test_a_worker_survives_a_failure_that_cannot_be_reported(caplog: pytest.LogCaptureFixture):
    def fail(error: Exception) -> None:
        raise RuntimeError("nobody listens")

    worker, done = Worker("jobs", fail), threading.Event()
    worker.submit(lambda: [][1])
    worker.submit(done.set)
    assert done.wait(TIMEOUT_S)
    assert worker.close(TIMEOUT_S)
    assert "nobody listens" in caplog.text


def test_running_workers_are_listed_by_name(worker: Worker):
    assert "jobs" in running_workers()
    assert worker.close(TIMEOUT_S)
    assert "jobs" not in running_workers()


def test_an_expected_error_is_logged_without_a_traceback(
    worker: Worker, failures: list[Exception], caplog: pytest.LogCaptureFixture
):
    def fail() -> None:
        raise DigitLabError("The file is broken.")

    worker.submit(fail)
    assert worker.close(TIMEOUT_S)
    assert [str(failure) for failure in failures] == ["The file is broken."]
    assert "The file is broken." in caplog.text
    assert "Traceback" not in caplog.text


def test_parallel_jobs_run_at_the_same_time_and_return_results_in_order():
    both_are_there = threading.Barrier(2, timeout=20)

    def meet(result: int) -> int:
        both_are_there.wait()
        return result

    assert run_parallel([lambda: meet(1), lambda: meet(2)]) == [1, 2]
    assert run_parallel([threading.current_thread]) == [threading.current_thread()]


def test_the_error_of_a_parallel_job_is_raised_after_all_have_ended():
    done = []

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_parallel([fail, lambda: done.append(1), fail])
    assert done == [1]
    assert "at once" not in running_workers()


def _policy_and_niceness() -> tuple[int, int]:
    thread = threading.get_native_id()
    return os.sched_getscheduler(thread), os.getpriority(os.PRIO_PROCESS, thread)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has threads with a policy of their own")
def test_a_background_worker_and_its_threads_yield_to_the_window_without_losing_their_share(worker: Worker):
    seen: list[tuple[int, int]] = []
    main = _policy_and_niceness()
    worker.submit(yield_to_window)
    worker.submit(lambda: seen.append(_policy_and_niceness()))
    worker.submit(lambda: seen.extend(run_parallel([_policy_and_niceness] * 2)))
    assert worker.close(TIMEOUT_S)
    # A higher nice value would starve them beside a busy process.
    assert seen == [(os.SCHED_BATCH, main[1])] * 3
    assert _policy_and_niceness() == main


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has threads with a policy of their own")
def test_the_main_thread_does_not_yield_to_itself():
    before = _policy_and_niceness()
    yield_to_window()
    assert _policy_and_niceness() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has threads with a policy of their own")
def test_a_policy_that_the_person_chose_stays(worker: Worker):
    seen: list[int] = []
    worker.submit(lambda: os.sched_setscheduler(threading.get_native_id(), os.SCHED_IDLE, os.sched_param(0)))
    worker.submit(yield_to_window)
    worker.submit(lambda: seen.append(_policy_and_niceness()[0]))
    assert worker.close(TIMEOUT_S)
    assert seen == [os.SCHED_IDLE]


class Clock:
    """The time as workers see it: it stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.computed_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def pthread_getcpuclockid(self, thread: int) -> int:
        return thread

    def clock_gettime(self, clock: int) -> float:
        return self.computed_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(work, "time", clock)
    return clock


class Stuck:
    """A job that is stuck, as with a drive that does not respond, until the test ends."""

    def __init__(self) -> None:
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        self.left: list[str] = []

    def __call__(self) -> None:
        self.has_begun.set()
        self.may_end.wait()
        self.left.append(threading.current_thread().name)


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    stuck = Stuck()
    yield stuck
    stuck.may_end.set()


def test_a_stuck_job_is_reported_and_the_next_ones_run_in_a_new_thread(clock: Clock, stuck: Stuck):
    failures: list[Exception] = []
    own: list[Exception] = []
    worker, done = Worker("files", failures.append, deadline_s=30.0), threading.Event()
    worker.submit(stuck, own.append)
    worker.submit(done.set)
    assert stuck.has_begun.wait(TIMEOUT_S)
    clock.now_s = 29.0
    assert not worker.replace_if_stuck()
    clock.now_s = 31.0
    assert worker.replace_if_stuck()
    assert done.wait(TIMEOUT_S)
    assert not worker.replace_if_stuck()
    assert failures == own
    assert isinstance(own[0], StuckError)
    assert "(files) has been stuck for 30 s" in str(own[0])
    assert worker.close(TIMEOUT_S)
    assert "files" in running_workers()  # the stuck thread: the process does not wait for it
    stuck.may_end.set()


def test_a_thread_that_was_given_up_takes_no_further_job(clock: Clock, stuck: Stuck):
    worker = Worker("files", lambda _: None, deadline_s=30.0)
    worker.submit(stuck)
    assert stuck.has_begun.wait(TIMEOUT_S)
    old = worker._thread
    clock.now_s = 31.0
    assert worker.replace_if_stuck()
    stuck.may_end.set()
    old.join(TIMEOUT_S)
    assert not old.is_alive()
    threads: list[threading.Thread] = []
    worker.submit(lambda: threads.append(threading.current_thread()))
    assert worker.close(TIMEOUT_S)
    assert threads == [worker._thread]


def test_a_job_that_computes_or_shows_life_is_not_given_up(clock: Clock):
    worker = Worker("jobs", lambda _: None, deadline_s=30.0)
    steps: queue.SimpleQueue[bool] = queue.SimpleQueue()
    taken = threading.Semaphore(0)

    def job() -> None:
        taken.release()
        while steps.get():
            show_life()
            taken.release()

    worker.submit(job)
    taken.acquire(timeout=TIMEOUT_S)
    for now_s in (25.0, 50.0, 75.0):
        clock.now_s = now_s
        steps.put(True)
        taken.acquire(timeout=TIMEOUT_S)
        assert not worker.replace_if_stuck()
    clock.now_s, clock.computed_s = 200.0, 1.5
    assert not worker.replace_if_stuck()
    steps.put(False)
    assert worker.close(TIMEOUT_S)


def test_a_deadline_for_a_part_of_a_job_ends_the_job_if_it_was_given_up(clock: Clock, stuck: Stuck):
    done: list[str] = []
    worker = Worker("training", lambda _: None)

    def job() -> None:
        with limited(30.0):
            stuck()
        done.append("went on")

    worker.submit(job)
    assert stuck.has_begun.wait(TIMEOUT_S)
    old = worker._thread
    clock.now_s = 31.0
    assert worker.replace_if_stuck()
    stuck.may_end.set()
    old.join(TIMEOUT_S)
    assert not done
    worker.submit(lambda: done.append("next"))
    clock.now_s = 1e6
    assert not worker.replace_if_stuck()  # without a deadline
    assert worker.close(TIMEOUT_S)
    assert done == ["next"]


def test_jobs_behind_a_stuck_one_are_done_when_the_worker_is_closed(stuck: Stuck):
    done: list[str] = []
    worker = Worker("files", lambda _: None, deadline_s=30.0)
    worker.submit(stuck)
    worker.submit(lambda: done.append("saved"))
    assert stuck.has_begun.wait(TIMEOUT_S)
    assert not worker.close(0.5)
    worker._thread.join(TIMEOUT_S)
    assert done == ["saved"]


def test_every_thread_of_a_worker_is_prepared(clock: Clock, stuck: Stuck):
    prepared: list[threading.Thread] = []
    worker = Worker("jobs", lambda _: None, deadline_s=1.0, prepare=lambda: prepared.append(threading.current_thread()))
    worker.submit(stuck)
    assert stuck.has_begun.wait(TIMEOUT_S)
    clock.now_s = 2.0
    assert worker.replace_if_stuck()
    assert worker.close(TIMEOUT_S)
    assert len(set(prepared)) == 2
