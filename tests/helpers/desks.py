"""Waiting for the work of a desk."""


def settle(qtbot, desk):
    """Wait until all jobs queued before are done and their results delivered."""
    done = []
    desk.ask(lambda request: True, then=done.append, is_quiet=True)
    qtbot.waitUntil(lambda: bool(done))
