"""Python's garbage collection, in the GUI thread and at times when it does not delay the window."""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

_COLLECT_PERIOD_MS: Final = 1_000
_OLD_COLLECTIONS_EVERY: Final = 30
"""Every this many collections, one includes all generations; the others only the young ones."""


class GarbageCollector(QObject):
    """Collects garbage in the GUI thread only: a collection in a worker would destroy widgets there."""

    def __init__(self, parent: QObject) -> None:
        """Disable Python's automatic collection; nothing is collected before ``begin``."""
        super().__init__(parent)
        self.setObjectName("garbageCollector")
        gc.disable()
        self._rounds = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_timeout)

    @Slot()
    def begin(self) -> None:
        """Start collecting once a second; called when TensorFlow is loaded.

        A collection during the import would take 70 ms; after it, the objects of the import are never collected again.
        """
        if not self._timer.isActive():
            self._timer.start(_COLLECT_PERIOD_MS)

    def collect_all_soon(self) -> None:
        """Make the next collection a full one, to free large objects in reference cycles."""
        self._rounds = -1

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._rounds += 1
        gc.collect(2 if self._rounds % _OLD_COLLECTIONS_EVERY == 0 else 1)
