"""Steering a training from another thread."""

import threading


class TrainingControl:
    """Pauses, resumes and stops a training from another thread; answered after the batch that is being trained."""

    def __init__(self) -> None:
        """Start running."""
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()

    def pause(self) -> None:
        """Ask the training to wait, keeping weights and optimizer state. A training that must end does not wait."""
        self._go.clear()
        if self._stop.is_set():
            self._go.set()

    def resume(self) -> None:
        """Let it go on."""
        self._go.set()

    def stop(self) -> None:
        """Ask for the end, also while it is paused."""
        self._stop.set()
        self._go.set()

    @property
    def is_paused(self) -> bool:
        """Whether a pause was asked for."""
        return not self._go.is_set()

    @property
    def is_stopped(self) -> bool:
        """Whether the end was asked for."""
        return self._stop.is_set()

    def wait_while_paused(self) -> None:
        """Block until it may go on or must stop."""
        self._go.wait()
