"""Pausing and stopping a training from another thread."""

import threading

from digitlab.training.control import TrainingControl


def test_a_pause_blocks_until_resumed():
    control = TrainingControl()
    control.pause()
    assert control.is_paused
    waiting = threading.Thread(target=control.wait_while_paused)
    waiting.start()
    waiting.join(0.01)
    assert waiting.is_alive()
    control.resume()
    waiting.join(10)
    assert not waiting.is_alive()
    assert not control.is_paused


def test_stop_ends_a_pause():
    control = TrainingControl()
    control.pause()
    control.stop()
    control.wait_while_paused()
    assert control.is_stopped


def test_a_pause_after_stop_does_not_block():
    """Otherwise a training would wait forever for a user who asked it to stop."""
    control = TrainingControl()
    control.stop()
    control.pause()
    assert not control.is_paused
    control.wait_while_paused()
