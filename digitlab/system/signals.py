"""The signals that ask a process to end: Ctrl+C, a closed terminal, and the system shutting down."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""These signals, as far as the system has them."""

_FIRST_SIGNAL_CODE: Final = 128


class Interruption(KeyboardInterrupt):
    """A signal asks the process to end.

    Attributes:
        exit_code: 128 + the number of the signal, the convention of shells.
    """

    def __init__(self, number: int) -> None:
        """Store the exit code.

        Args:
            number: The signal's number.
        """
        super().__init__(number)
        self.exit_code = _FIRST_SIGNAL_CODE + number


@contextmanager
def handled(handle: Callable[[int], None]) -> Iterator[None]:
    """Call ``handle`` with the number of each such signal in the block, in the main thread.

    A signal that was ignored before stays so: ``nohup digitlab train`` survives the end of its terminal. In another
    thread than the main one the block does nothing, because only the main thread receives signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        del frame
        handle(number)

    before = {number: signal.getsignal(number) for number in ENDING}
    changed = {number: action for number, action in before.items() if action not in (signal.SIG_IGN, None)}
    for number in changed:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, action in changed.items():
            signal.signal(number, action)


def interrupt(number: int) -> None:
    """Raise an ``Interruption``, in response to a signal."""
    raise Interruption(number)


def end_at_once(number: int) -> None:
    """End the process without any clean-up, in response to a signal."""
    os._exit(_FIRST_SIGNAL_CODE + number)


class Escalation:
    """Responds to the first signal with the first step, to the second one with the next, and so on.

    Attributes:
        exit_code: 128 + the number of the first signal; None if there was none.
    """

    def __init__(self, *steps: Callable[[int], None]) -> None:
        """Wait for the first signal.

        Args:
            steps: Called with the number of a signal each; the last one also with those that follow.
        """
        self.exit_code: int | None = None
        self._steps = list(steps)

    def handle(self, number: int) -> None:
        """Take the next step."""
        if self.exit_code is None:
            self.exit_code = _FIRST_SIGNAL_CODE + number
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        step(number)
