"""Closing the window when the process is asked to end."""

import signal
import socket
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, QSocketNotifier, Qt, Slot
from PySide6.QtWidgets import QApplication

from digitlab.gui.main_window import MainWindow


class WakeUp:
    """Wakes the event loop at a signal: Python alone would handle it only when the loop next calls Python.

    Attributes:
        reader: Becomes readable at a signal, even at one from before the event loop.
    """

    def __enter__(self) -> Self:
        """Wake at signals from now on, in the main thread; each signal needs a handler of its own as well."""
        self.reader, self._writer = socket.socketpair()
        for end in (self.reader, self._writer):
            end.setblocking(False)
        self._before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop waking."""
        signal.set_wakeup_fd(self._before)
        self.reader.close()
        self._writer.close()


class _Closer(QObject):
    """Closes the window when a signal wakes the event loop."""

    def __init__(self, window: MainWindow, wake_up: WakeUp) -> None:
        super().__init__(window)
        self._window = window
        self._notifier = QSocketNotifier(wake_up.reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_notifier_activated)

    @Slot()
    def _on_notifier_activated(self) -> None:
        self._notifier.setEnabled(False)
        # The window first: it saves the layout of its panels, and a floating panel is a window of its own.
        self._window.close()
        QApplication.closeAllWindows()


def close_when_asked(app: QApplication, window: MainWindow, wake_up: WakeUp) -> None:
    """Close the window at a signal, and end the event loop when the window closes, even if it was never shown."""
    _Closer(window, wake_up)
    window.closing.connect(app.quit, Qt.ConnectionType.QueuedConnection)
