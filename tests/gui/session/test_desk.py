"""Background jobs: in order, in another thread, with results, progress and errors in the GUI thread."""

import threading
from functools import partial

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from digitlab.gui.messages import MessageBar, Messages, Option
from digitlab.gui.session.desk import Desk
from digitlab.system.errors import DigitLabError
from digitlab.system.work import StuckError
from tests.helpers.desks import settle

BROKEN = DigitLabError("The file is broken.", remedy="Open another one.")


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def desk(bar):
    desk = Desk("jobs", Messages(bar), bar)
    yield desk
    assert desk.close(5.0)


def fail(request):
    raise BROKEN


def test_results_arrive_in_the_gui_thread_in_the_order_of_the_jobs(qtbot, desk):
    threads, results = [], []

    def take(result):
        results.append((result, threading.get_ident()))

    for number in range(5):
        desk.ask(lambda request, number=number: threads.append(threading.get_ident()) or number, then=take)
    settle(qtbot, desk)
    here = threading.get_ident()
    assert results == [(number, here) for number in range(5)]
    assert set(threads) == {threads[0]} != {here}


def test_progress_arrives_before_the_result(qtbot, desk):
    shown = []

    def job(request):
        request.report("half")
        return "whole"

    request = desk.ask(job, then=shown.append, progress=shown.append)
    assert not request.is_finished
    settle(qtbot, desk)
    assert shown == ["half", "whole"]
    assert request.is_finished


def test_an_error_is_shown_with_its_retry_options_and_withdrawn_by_the_next_success(qtbot, desk, bar):
    desk.ask(fail, options=(Option("Try again", lambda: None),))
    settle(qtbot, desk)
    assert "The file is broken." in bar.text
    desk.ask(lambda request: None)
    settle(qtbot, desk)
    assert bar.text == ""


def test_an_error_goes_to_the_callback_of_its_request(qtbot, desk, bar):
    errors = []
    desk.ask(fail, failed=errors.append)
    settle(qtbot, desk)
    assert errors == [BROKEN]
    assert errors[0].__traceback__ is None
    assert bar.text == ""


def test_a_cancelled_request_delivers_nothing_and_does_not_start_if_it_is_queued(qtbot, desk):
    may_end, begun, delivered = threading.Event(), [], []

    def long(request):
        begun.append("long")
        may_end.wait(5.0)
        request.report("progress")
        return "long"

    running = desk.ask(long, then=delivered.append, progress=delivered.append)
    waiting = desk.ask(lambda request: begun.append("waiting"), then=delivered.append)
    qtbot.waitUntil(lambda: begun == ["long"])
    running.cancel()
    waiting.cancel()
    may_end.set()
    settle(qtbot, desk)
    assert begun == ["long"]
    assert delivered == []
    assert running.is_finished
    assert waiting.is_finished


def test_a_job_can_post_a_call_to_the_gui_thread_before_its_result(qtbot, desk):
    calls = []

    def job(request):
        desk.post(lambda: calls.append(("posted", threading.get_ident())))
        return "result"

    desk.ask(job, then=lambda result: calls.append((result, threading.get_ident())))
    settle(qtbot, desk)
    here = threading.get_ident()
    assert calls == [("posted", here), ("result", here)]


def test_a_pause_ends_when_the_request_is_cancelled(qtbot, desk):
    begun, pauses = threading.Event(), []

    def job(request):
        pauses.append(request.wait_for_cancel(0.0))
        begun.set()
        pauses.append(request.wait_for_cancel(60.0))

    request = desk.ask(job)
    assert begun.wait(5.0)
    request.cancel()
    settle(qtbot, desk)
    assert pauses == [False, True]


def test_a_newest_only_request_drops_queued_ones(qtbot, desk):
    may_end, begun, delivered = threading.Event(), threading.Event(), []

    def first(request):
        begun.set()
        may_end.wait(5.0)
        return 0

    desk.ask(first, then=delivered.append, is_newest_only=True)
    assert begun.wait(5.0)
    for number in (1, 2, 3):
        desk.ask(lambda request, number=number: number, then=delivered.append, is_newest_only=True)
    may_end.set()
    settle(qtbot, desk)
    assert delivered == [0, 3]


def test_queued_jobs_are_done_before_the_thread_ends(desk):
    done = []
    desk.ask(lambda request: done.append("written"))
    assert desk.close(5.0)
    assert done == ["written"]


def test_a_posted_value_is_taken_in_the_gui_thread_in_order(qtbot, desk):
    taken = []

    def take(value):
        taken.append((value, threading.get_ident()))

    desk.ask(lambda request: [desk.post(partial(take, number)) for number in range(3)])
    settle(qtbot, desk)
    assert taken == [(number, threading.get_ident()) for number in range(3)]


def test_a_job_that_outlasts_the_window_ends_quietly(bar, caplog):
    owner, may_end, done = QObject(), threading.Event(), []
    desk = Desk("late", Messages(bar), owner)
    desk.ask(lambda _: may_end.wait(10), then=done.append)
    assert not desk.close(0.01)
    delete(owner)
    may_end.set()
    assert desk.worker.close(5.0)
    assert not done
    assert not caplog.records


def test_a_stuck_job_is_shown_and_no_request_behind_it_is_lost(qtbot, bar):
    desk, may_end, delivered, failed = Desk("files", Messages(bar), bar, deadline_s=0.0), threading.Event(), [], []
    request = desk.ask(lambda _: may_end.wait(), then=delivered.append, failed=failed.append)
    desk.ask(lambda _: "saved", then=delivered.append)
    qtbot.waitUntil(lambda: delivered == ["saved"])
    assert type(failed[0]) is StuckError
    assert request.is_finished
    may_end.set()
    settle(qtbot, desk)
    assert desk.close(5.0)
    assert delivered == ["saved"]


def test_a_job_that_was_given_up_is_told_even_if_its_request_is_silent(qtbot, bar):
    desk, may_end = Desk("files", Messages(bar), bar, deadline_s=0.0), threading.Event()
    desk.ask(lambda _: may_end.wait(), failed=lambda error: None, is_quiet=True)
    qtbot.waitUntil(lambda: "(files) has been stuck" in bar.text)
    may_end.set()
    assert desk.close(5.0)
