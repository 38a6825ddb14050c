"""What is done once the window is painted, in turns so short that nobody feels them."""

import importlib
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtSvg
import PySide6.QtWidgets
from PySide6.QtCore import QEvent, QObject, QTimer, Slot

from digitlab.gui.bridge import Mailbox
from digitlab.gui.garbage import GarbageCollector
from digitlab.work import Worker

if TYPE_CHECKING:
    from digitlab.gui.main_window import MainWindow

_log = logging.getLogger(__name__)

_TURN_S: Final = 0.002
"""How long a turn may take."""

_PAUSE_S: Final = 0.15
"""For the painting of what came just now: beside other work it takes twice as long, as both want the interpreter."""

_QT: Final = (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets, PySide6.QtSvg)

_FIRST: Final = ("digitlab.gui.controllers.together", "digitlab.gui.inspect.panel")
"""Modules of what is in sight and of what wishes go to."""

_LATER: Final = (
    "digitlab.gui.network.panel",
    "pyqtgraph",
    "digitlab.gui.train.panel",
    "digitlab.gui.train.plots",
    "digitlab.gui.evaluate.panel",
    "digitlab.gui.learning.panel",
    "digitlab.gui.runs.panel",
    "digitlab.gui.mydigits.panel",
)
"""Modules of what is not seen yet, so that it opens quickly."""

_Turn = Callable[[], object] | None
"""What to do in a thread before the next turn, or None."""


class Start(QObject):
    """Waits until the window is painted, then has everything else made in turns of the event loop.

    Modules are imported in a thread, and while that goes on the window answers. Before that every type of Qt is made
    here: PySide makes them when they are first used, which two threads must not do at once.

    Args:
        window: The window, which owns this.
        file: A file to open, or None for the recorded run of the shipped network.
    """

    def __init__(self, window: "MainWindow", file: Path | None) -> None:
        """Wait for the first painting."""
        super().__init__(window)
        self._window = window
        self._turns = self._all_turns(file)
        self._imported = Mailbox(self)
        self._imported.arrived.connect(self._on_imported_arrived)
        self._worker: Worker | None = None
        self._garbage = GarbageCollector(self)
        # A timer of its own: `singleShot(0)` posts an event, and Qt sends posted events until there are none.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)
        window.panels.hold()
        window.installEventFilter(self)

    def cancel(self) -> None:
        """Do nothing more; the window is being closed."""
        self._turns = iter(())
        self._window.removeEventFilter(self)
        self._end()

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.close(0)

    def _all_turns(self, file: Path | None) -> Iterator[_Turn]:
        window = self._window
        window.views.refresh()
        yield None
        yield from _make_qt_types()
        yield from map(_importing, _FIRST)
        controllers = window.controllers
        controllers.training.loading_ended.connect(self._garbage.begin)
        yield None
        controllers.runs.begin()
        controllers.my_digits.begin()
        if file is not None:
            controllers.files.open_path(file)
        yield None
        window.panels.release()
        yield _pausing
        yield from map(_importing, _LATER)
        if file is None:
            controllers.files.begin()
            yield _pausing
        controllers.training.load_tensorflow()

    def _next(self) -> None:
        try:
            job = next(self._turns)
        except StopIteration:
            self._end()
            return
        if job is None:
            self._timer.start(0)
            return
        if self._worker is None:
            self._worker = Worker("imports", self._imported.post)
        self._worker.submit(lambda: self._imported.post(job()))

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._next()

    @Slot(object)
    def _on_imported_arrived(self, result: object) -> None:
        if isinstance(result, Exception):
            _log.warning("A module could not be imported ahead: %s", result)
        self._next()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin after the first painting."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._timer.start(0)
        return False


def _make_qt_types() -> Iterator[None]:
    begun = time.perf_counter()
    for module in _QT:
        for name in dir(module):
            getattr(module, name)
            if time.perf_counter() - begun > _TURN_S:
                yield None
                begun = time.perf_counter()


def _pausing() -> None:
    time.sleep(_PAUSE_S)


def _importing(module: str) -> Callable[[], object]:
    return lambda: importlib.import_module(module)
