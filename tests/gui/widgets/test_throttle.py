"""Many requests, one action."""

from PySide6.QtCore import QObject

from digitlab.gui.widgets.throttle import Throttle


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


def test_a_cancelled_request_is_dropped_and_a_flushed_one_is_done_once(qtbot):
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
