"""Ctrl+C as a request to stop, for work that must end cleanly."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

EXIT_INTERRUPTED: Final = 130
"""The exit code of a program that Ctrl+C ended: 128 + SIGINT, the convention of shells."""


@contextmanager
def interruption(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` at the first Ctrl+C in the block; a second one interrupts immediately.

    Args:
        stop: Requests the work to stop, without waiting for it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
