"""Waiting for jobs without sleeping."""


def settle(qtbot, *desks):
    """Wait until desks have done all jobs that they were given, one desk after the other, and delivered the results."""
    for desk in desks:
        done = []
        desk.ask(lambda _: True, then=done.append, is_quiet=True)
        qtbot.waitUntil(lambda done=done: bool(done))
