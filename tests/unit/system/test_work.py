"""Workers: jobs in order, newest request wins, failures told, and an end that is waited for."""

import threading
from collections.abc import Callable, Iterator

import pytest

from digitlab.system.errors import DigitLabError
from digitlab.system.work import NewestRequestWorker, Worker, run_parallel, running_workers

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


def test_jobs_are_done_in_order_in_one_other_thread(worker: Worker):
    done: list[tuple[int, int]] = []
    for number in range(50):
        worker.submit(lambda number=number: done.append((number, threading.get_ident())))
    assert worker.close(TIMEOUT_S)
    assert [number for number, _ in done] == list(range(50))
    assert len({thread for _, thread in done}) == 1
    assert done[0][1] != threading.get_ident()


def test_close_finishes_what_is_queued_and_takes_no_more(worker: Worker):
    done: list[str] = []
    worker.submit(lambda: done.append("before"))
    assert worker.close(TIMEOUT_S)
    worker.submit(lambda: done.append("after"))
    assert worker.close(TIMEOUT_S)
    assert done == ["before"]


def test_close_says_when_the_thread_has_not_ended(worker: Worker):
    continue_training = threading.Event()
    worker.submit(lambda: (continue_training.wait(TIMEOUT_S), None)[1])
    assert not worker.close(0.0)
    continue_training.set()
    assert worker.close(TIMEOUT_S)


def test_a_failing_job_is_told_and_the_next_one_done(
    worker: Worker, failures: list[Exception], caplog: pytest.LogCaptureFixture
):
    done = threading.Event()
    worker.submit(lambda: [][1])
    worker.submit(done.set)
    assert done.wait(TIMEOUT_S)
    assert [type(failure) for failure in failures] == [IndexError]
    assert "IndexError" in caplog.text


def test_a_worker_outlives_a_failure_that_cannot_be_told(caplog: pytest.LogCaptureFixture):
    def fail(error: Exception) -> None:
        raise RuntimeError("nobody listens")

    worker, done = Worker("jobs", fail), threading.Event()
    worker.submit(lambda: [][1])
    worker.submit(done.set)
    assert done.wait(TIMEOUT_S)
    assert worker.close(TIMEOUT_S)
    assert "nobody listens" in caplog.text


def test_running_workers_are_known_by_name(worker: Worker):
    assert "jobs" in running_workers()
    assert worker.close(TIMEOUT_S)
    assert "jobs" not in running_workers()


def test_the_newest_request_wins():
    begun, continue_training, last = threading.Event(), threading.Event(), threading.Event()
    answered: list[int] = []

    def answer(request: int) -> None:
        answered.append(request)
        begun.set()
        assert continue_training.wait(TIMEOUT_S)
        if request == 9:
            last.set()

    failures: list[Exception] = []
    worker = NewestRequestWorker("lens", answer, failures.append)
    worker.request(0)
    assert begun.wait(TIMEOUT_S)
    for request in range(1, 10):
        worker.request(request)
    continue_training.set()
    assert last.wait(TIMEOUT_S)
    assert worker.close(TIMEOUT_S)
    assert answered == [0, 9]
    assert failures == []


def test_a_failing_answer_is_told_and_the_next_one_given():
    answered, failed = threading.Event(), threading.Event()

    def answer(request: str) -> None:
        if request == "bad":
            raise ValueError(request)
        answered.set()

    worker = NewestRequestWorker("lens", answer, lambda error: failed.set())
    worker.request("bad")
    assert failed.wait(TIMEOUT_S)
    worker.request("good")
    assert answered.wait(TIMEOUT_S)
    assert worker.close(TIMEOUT_S)


def test_close_drops_the_request_that_waits():
    begun, continue_training = threading.Event(), threading.Event()
    answered: list[int] = []

    def answer(request: int) -> None:
        answered.append(request)
        begun.set()
        assert continue_training.wait(TIMEOUT_S)

    worker = NewestRequestWorker("lens", answer, lambda error: None)
    worker.request(1)
    assert begun.wait(TIMEOUT_S)
    worker.request(2)
    assert not worker.close(0.0)
    continue_training.set()
    assert worker.close(TIMEOUT_S)
    assert answered == [1]


def test_what_a_person_can_mend_is_logged_without_a_traceback(
    worker: Worker, failures: list[Exception], caplog: pytest.LogCaptureFixture
):
    def fail() -> None:
        raise DigitLabError("The file is broken.")

    worker.submit(fail)
    assert worker.close(TIMEOUT_S)
    assert [str(failure) for failure in failures] == ["The file is broken."]
    assert "The file is broken." in caplog.text
    assert "Traceback" not in caplog.text


def test_jobs_at_once_meet_and_give_their_results_in_order():
    both_are_there = threading.Barrier(2, timeout=20)

    def meet(result: int) -> int:
        both_are_there.wait()
        return result

    assert run_parallel([lambda: meet(1), lambda: meet(2)]) == [1, 2]
    assert run_parallel([threading.current_thread]) == [threading.current_thread()]


def test_an_error_of_a_job_comes_when_all_have_ended():
    done = []

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_parallel([fail, lambda: done.append(1), fail])
    assert done == [1]
    assert "at once" not in running_workers()
