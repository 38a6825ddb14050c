"""Collecting Python's garbage where it does no harm and takes no time that anybody feels."""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

_COLLECT_PERIOD_MS: Final = 1_000
_OLD_COLLECTIONS_EVERY: Final = 30
"""How many collections of young objects pass before one of all."""


class GarbageCollector(QObject):
    """Collects Python's garbage in the GUI thread alone: in a worker it would destroy widgets there."""

    def __init__(self, parent: QObject) -> None:
        """Switch Python's automatic collection off; nothing is collected before ``begin``."""
        super().__init__(parent)
        self.setObjectName("garbageCollector")
        gc.disable()
        self._rounds = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_timeout)

    @Slot()
    def begin(self) -> None:
        """Collect once a second, if that has not begun: once TensorFlow is there.

        What its import makes in a second takes 70 ms to look through; in the end it is taken out for good.
        """
        if not self._timer.isActive():
            self._timer.start(_COLLECT_PERIOD_MS)

    def collect_all_soon(self) -> None:
        """Look through all objects the next time: something large is left that only a collection frees."""
        self._rounds = -1

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._rounds += 1
        gc.collect(2 if self._rounds % _OLD_COLLECTIONS_EVERY == 0 else 1)
