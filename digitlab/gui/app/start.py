"""Deferred start-up: what runs once the window is painted, in event-loop slices of about 2 ms."""

import importlib
import logging
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtSvg
import PySide6.QtWidgets
from PySide6.QtCore import QEvent, QObject, QTimer, Slot

from digitlab.gui.app.garbage import GarbageCollector
from digitlab.gui.main_window import MainWindow
from digitlab.gui.session.desk import Desk

_log = logging.getLogger(__name__)

_SLICE_S: Final = 0.002
"""How long an event-loop slice may take."""

_PAUSE_S: Final = 0.15
"""Time to paint what was just created: with other work in a thread it takes twice as long, as both need the GIL."""

_QT: Final = (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets, PySide6.QtSvg)

_FIRST: Final = (
    "digitlab.gui.runs.controller",
    "digitlab.gui.train.controller",
    "digitlab.gui.evaluate.controller",
    "digitlab.gui.evaluate.map.controller",
    "digitlab.gui.learning.controller",
    "digitlab.gui.files.controller",
    "digitlab.gui.replay.controller",
    "digitlab.gui.network.controller",
    "digitlab.gui.mydigits.controller",
    "digitlab.gui.files.dialogs",
    "digitlab.gui.files.restart",
    "digitlab.gui.mydigits.predictions",
    "digitlab.gui.inspect.panel",
)
"""Modules of the first tab and of the controllers."""

_LATER: Final = (
    "digitlab.gui.network.panel",
    "pyqtgraph",
    "digitlab.gui.train.panel",
    "digitlab.gui.train.plots",
    "digitlab.gui.evaluate.panel",
    "digitlab.gui.learning.panel",
    "digitlab.gui.explain.panel",
    "digitlab.gui.runs.panel",
    "digitlab.gui.mydigits.panel",
    "digitlab.gui.stage.controller",
    "digitlab.gui.lessons.dock",
    "ziamath",
    "yaml",
)
"""Modules of the other tabs, so that they open quickly."""

_HERE: Final = False
_IN_THREAD: Final = True

_Step = tuple[bool, Callable[[], object]]
"""Where a step runs, and the step."""


class Start(QObject):
    """Waits until the window is painted, then creates everything else, step by step from the event loop.

    Modules are imported in a thread, so the window stays responsive. Before that every Qt type is created here: PySide
    creates them on first use, which two threads must not do at once. An error in a step is shown, and the other steps
    follow.

    Args:
        window: The window, which owns this.
        file: A file to open, or None for what was open last time.
    """

    def __init__(self, window: MainWindow, file: Path | None) -> None:
        """Wait for the first paint."""
        super().__init__(window)
        self._window = window
        self._types = [(module, name) for module in reversed(_QT) for name in reversed(dir(module))]
        self._steps = self._all_steps(file)
        self._desk: Desk | None = None
        self._garbage = GarbageCollector(self)
        # A timer object: `singleShot(0)` posts an event, and Qt sends posted events until there are none left.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)
        window.session.training_state_changed.connect(self._on_session_training_state_changed)
        window.closing.connect(self._on_window_closing)
        window.panels.hold()
        window.installEventFilter(self)
        window.update()

    def _all_steps(self, file: Path | None) -> Iterator[_Step]:
        window, last = self._window, self._window.last_settings
        yield _HERE, window.views.refresh
        while self._types:
            yield _HERE, self._create_some_types
        yield _HERE, self._install_accessibility
        for module in _FIRST:
            yield _IN_THREAD, partial(importlib.import_module, module)
        yield _HERE, lambda: window.controllers.training.loading_ended.connect(self._garbage.begin)
        yield _HERE, lambda: window.controllers.runs.begin(last.plotted_runs)
        yield _HERE, lambda: window.controllers.my_digits.begin()
        if file is not None:
            yield _HERE, lambda: window.controllers.files.open_path(file)
        yield _HERE, lambda: window.controllers.restart.begin(last, file)
        yield _HERE, window.panels.release
        yield _HERE, lambda: window.features.begin_lessons(last)
        yield _IN_THREAD, partial(time.sleep, _PAUSE_S)
        for module in _LATER:
            yield _IN_THREAD, partial(importlib.import_module, module)
        yield _HERE, lambda: window.controllers.restart.show_default_run()
        yield _IN_THREAD, partial(time.sleep, _PAUSE_S)
        yield _HERE, lambda: window.controllers.training.load_tensorflow()

    def _create_some_types(self) -> None:
        begun = time.perf_counter()
        while self._types and time.perf_counter() - begun < _SLICE_S:
            getattr(*self._types.pop())

    def _install_accessibility(self) -> None:
        from digitlab.gui.app.accessible import install

        install(self._window)

    def _end(self) -> None:
        if self._desk is not None:
            self._desk.close(0)

    @Slot()
    def _on_window_closing(self) -> None:
        """Skip the remaining steps."""
        self._timer.stop()
        self._steps = iter(())  # the thread's current step would otherwise request the next one
        self._window.removeEventFilter(self)
        self._end()

    @Slot()
    def _on_session_training_state_changed(self) -> None:
        """Free the network of a run that has ended: Keras objects are in reference cycles."""
        if not self._window.session.training_state.is_busy:
            self._garbage.collect_all_soon()

    @Slot()
    def _on_timer_timeout(self) -> None:
        is_in_thread, job = next(self._steps, (_HERE, None))
        if job is None:
            self._end()
        elif is_in_thread:
            if self._desk is None:
                self._desk = Desk("imports", self._window.messages, self, deadline_s=None)
            self._desk.ask(lambda _: job(), then=self._on_job_done, failed=self._on_job_failed)
        else:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - if one step fails, the others follow
                sys.excepthook(type(error), error, error.__traceback__)
            self._timer.start(0)

    def _on_job_done(self, result: object) -> None:
        del result
        self._timer.start(0)

    def _on_job_failed(self, error: Exception) -> None:
        _log.warning("A module could not be preloaded: %s", error)
        self._timer.start(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin after the first paint."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._timer.start(0)
        return False
