"""Pausing, resuming and stopping a training from another thread."""

import threading


class TrainingControl:
    """Pauses, resumes and stops a training from another thread; takes effect after the current batch."""

    def __init__(self) -> None:
        """Create the control of a running training: neither paused nor stopped."""
        self._stop = threading.Event()
        self._running = threading.Event()
        self._running.set()

    def pause(self) -> None:
        """Ask the training to pause, keeping weights and optimizer state; no effect once it was asked to stop."""
        self._running.clear()
        if self._stop.is_set():
            self._running.set()

    def resume(self) -> None:
        """Let the training continue."""
        self._running.set()

    def stop(self) -> None:
        """Ask the training to stop, even while it is paused."""
        self._stop.set()
        self._running.set()

    @property
    def is_paused(self) -> bool:
        """Whether a pause was requested."""
        return not self._running.is_set()

    @property
    def is_stopped(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    def wait_while_paused(self) -> None:
        """Block until the training is resumed or stopped."""
        self._running.wait()
