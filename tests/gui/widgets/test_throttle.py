"""Many requests, one action."""

import itertools
import time

from PySide6.QtCore import QCoreApplication, QObject

from digitlab.gui.widgets.throttle import Pace, Throttle


def test_many_requests_are_one_action(qtbot):
    owner, done = QObject(), []
    throttle = Throttle(lambda: done.append(1), 0, owner)
    for _ in range(5):
        throttle.request()
    assert throttle.is_pending
    assert done == []
    qtbot.waitUntil(lambda: bool(done))
    assert done == [1]
    assert not throttle.is_pending


def test_a_cancelled_request_is_dropped_and_a_flushed_one_runs_once(qtbot):
    owner, done = QObject(), []
    throttle, after = Throttle(lambda: done.append("late"), 0, owner), Throttle(lambda: done.append("after"), 0, owner)
    throttle.request()
    throttle.cancel()
    after.request()
    qtbot.waitUntil(lambda: bool(done))
    assert done == ["after"]
    throttle.request()
    throttle.flush()
    throttle.flush()
    assert done == ["after", "late"]
    assert not throttle.is_pending


def test_a_periodic_throttle_serves_a_request_after_a_pause_at_once(qtbot):
    calls: list[int] = []
    parent = QObject()
    throttle = Throttle(lambda: calls.append(1), 60_000, parent, is_periodic=True)
    throttle.request()
    qtbot.waitUntil(lambda: calls == [1])
    throttle.request()
    QCoreApplication.processEvents()
    assert calls == [1]
    assert throttle.is_pending
    throttle.flush()
    assert calls == [1, 1]


def test_a_pace_acts_at_once_and_serves_a_burst_with_one_action_more(qtbot):
    owner, requests, served = QObject(), [], []
    pace = Pace(lambda: served.append(len(requests)), 60, owner)
    for number in range(1_000):
        requests.append(number)
        pace.request()
    assert served == [1]
    qtbot.waitUntil(lambda: served == [1, 1_000])


def test_a_pace_acts_while_events_come_faster_than_they_are_handled(qtbot):
    owner, served, begun = QObject(), [], time.monotonic()
    pace = Pace(lambda: served.append(time.monotonic()), 1, owner)
    while len(served) < 5:  # no timer gets its turn
        pace.request()
        assert time.monotonic() - begun < 60
    assert min(later - earlier for earlier, later in itertools.pairwise(served)) >= 0.004


def test_a_cancelled_request_at_a_pace_is_dropped_and_the_next_is_served_at_once():
    calls: list[int] = []
    owner = QObject()
    pace = Pace(lambda: calls.append(1), 60_000, owner)
    pace.request()
    pace.request()
    pace.cancel()
    assert calls == [1]
    pace.request()
    assert calls == [1, 1]
