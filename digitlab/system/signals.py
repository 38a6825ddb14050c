"""The signals that ask a process to end: Ctrl+C, a closed terminal, and the system shutting down."""

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


def interruption(number: int) -> None:
    """Handle a signal by raising an ``Interruption``."""
    raise Interruption(number)


class FirstInterruption:
    """Turns the first signal into a request to stop; a second one interrupts immediately.

    Attributes:
        exit_code: 128 + the number of the first signal; None if there was none.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        """Wait for the first signal.

        Args:
            stop: Requests the work to stop, without waiting for it.
        """
        self.exit_code: int | None = None
        self._stop = stop

    def handle(self, number: int) -> None:
        """Handle a signal.

        Raises:
            Interruption: If it is the second one.
        """
        if self.exit_code is not None:
            raise Interruption(number)
        self.exit_code = _FIRST_SIGNAL_CODE + number
        self._stop()
