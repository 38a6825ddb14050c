"""A window with something to show in every panel, and a walk through all that it can show."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QTabWidget

from digitlab.attribution.result import MethodId
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import write_drawings
from digitlab.gui.app.application import make_window
from digitlab.gui.explain.pages import SEEKS, WHAT_IF, WHY
from digitlab.gui.explain.seeks.page import SeeksPage
from digitlab.gui.explain.why.page import WhyPage
from digitlab.gui.main_window import MainWindow
from digitlab.gui.messages import Option
from digitlab.gui.session.values import Task, TrainingState
from digitlab.model.edits import Edits, Unit
from digitlab.model.files.network_file import read_model
from digitlab.runs.library import save_run
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path
from digitlab.system.settings import Settings

_TIMEOUT_MS = 120_000
_POLL_MS = 10
_STYLES = 2
_RUNS = ("tutorial", "fast")


@contextmanager
def filled_window(settings: Settings | None = None) -> Iterator[MainWindow]:
    """Yield a window that replays a recorded run, with kept runs, own digits and an evaluation; then close it.

    Its runs and own digits lie in a folder of their own.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, patch.dict(os.environ, DIGITLAB_HOME=home):
        yield from _filled(settings or Settings(colour_scheme="light", data_source="builtin"))


def _filled(settings: Settings) -> Iterator[MainWindow]:
    for name in _RUNS:
        run = read_run(model_path(name))
        assert run is not None
        save_run(run, read_model(model_path(name)), datetime.now(UTC))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    window = make_window(app, settings)
    window.show()
    window.place_dock()
    try:
        _fill(window)
        yield window
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _fill(window: MainWindow) -> None:
    session, controllers = window.session, window.controllers
    for tab in window.panels.by_name.values():
        tab.panel()
    window.panels.train.panel().ensure_plots()
    window.panels.runs.panel().ensure_plots()
    controllers.runs.begin()
    controllers.my_digits.begin()
    open_shipped(window, "tutorial")
    wait(lambda: len(session.kept.runs) >= len(_RUNS))
    controllers.files.compare_with(model_path("fast"), "Fast")
    controllers.runs.plot(run.path for run in session.kept.runs)
    wait(lambda: session.compared_run is not None and len(session.kept.curves) >= len(_RUNS))
    mine = [
        replace(builtin_drawing(digit, style), label=digit)
        for digit in range(CLASS_COUNT)
        for style in builtin_styles(digit)[:_STYLES]
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.jsonl"
        write_drawings(path, mine)
        controllers.my_digits.import_files([path])
        wait(lambda: len(session.mine.digits) >= len(mine))
    controllers.replay.show_index(20)
    controllers.replay.pin_or_unpin()
    controllers.replay.show_index(30)
    controllers.evaluation.choose_source("builtin")
    controllers.evaluation.evaluate()
    wait(lambda: session.evaluation.result is not None and session.evaluation.task is Task.NONE)
    window.messages.dismiss()
    session.sketch = Sketch(Drawing(mine[5].strokes))
    window.panels.learning.panel().watched_changed.emit(True)
    wait(lambda: session.view is not None and session.view.pinned is not None and session.learning is not None)


def open_shipped(window: MainWindow, name: str) -> None:
    """Open a shipped network with its run."""
    before = window.session.run
    window.controllers.files.open_shipped(name)
    wait(lambda: window.session.run is not before)


def walk(window: MainWindow) -> Iterator[str]:
    """Show every tab and every page within it, and yield its name while it is on screen."""
    for name, tab in window.panels.by_name.items():
        window.panels.setCurrentWidget(tab)
        pages = tab.panel().findChild(QTabWidget)
        for page in range(pages.count() if pages is not None else 1):
            if pages is not None:
                pages.setCurrentIndex(page)
            settle()
            yield f"{name.removeprefix('show')}{page or ''}"
    window.panels.setCurrentWidget(window.panels.inspect)
    window.panels.inspect.panel().findChild(QAbstractButton, "showFilters").click()
    settle()
    yield "InspectFilters"
    yield from _walk_explain(window)
    window.panels.inspect.panel().findChild(QAbstractButton, "showActivations").click()
    window.panels.setCurrentWidget(window.panels.my_digits)
    sketch = window.session.sketch
    window.panels.my_digits.panel().collect.start()
    settle()
    yield "Collect"
    window.panels.my_digits.panel().collect.stop()
    window.session.sketch = sketch
    window.session.training_state = TrainingState.RUNNING
    window.panels.setCurrentWidget(window.panels.train)
    settle()
    yield "Training"
    window.session.training_state = TrainingState.IDLE
    options = tuple(Option(text, window.messages.dismiss) for text in ("Open it", "Resume training", "Not now"))
    window.messages.offer("The run “Tutorial 7” was interrupted at epoch 1.2.", "All of it is saved.", options)
    settle()
    yield "Offer"
    window.messages.dismiss()
    window.features.dock.close()
    settle()
    yield "Closed"
    window.features.dock.show()


def _walk_explain(window: MainWindow) -> Iterator[str]:
    """Show What if, with two filters off, then Why and Looks for."""
    window.panels.setCurrentWidget(window.panels.explain)
    panel = window.panels.explain.panel()
    panel.show_page(WHAT_IF)
    window.controllers.network_editor.change(Edits().with_off([Unit(0, 3), Unit(0, 4)]), "switching off")
    settle(150)  # the accuracy, too
    yield "WhatIf"
    window.controllers.network_editor.reset()
    panel.show_page(WHY)
    why = window.findChild(WhyPage)
    for method in (MethodId.CONTRAST, MethodId.OCCLUSION):
        why.choices.choose_method(method)
        wait(lambda method=method: why.answer is not None and why.answer.task.method is method)
        settle()  # the texts have changed, but were not laid out
        yield f"Why{method.name.title()}"
    panel.show_page(SEEKS)
    seeks = window.findChild(SeeksPage)
    wait(lambda: seeks.images.found is not None and not seeks.is_forming)
    settle()
    yield "LooksFor"
    panel.show_page(0)


def settle(duration_ms: int = 60) -> None:
    """Run the event loop until what was requested is on screen, and laid out."""
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()
    QApplication.processEvents()  # what the last event has changed asks for a layout


def wait(is_done: Callable[[], bool]) -> None:
    """Run the event loop until a condition holds."""
    loop = QEventLoop()
    polls = QTimer()
    polls.timeout.connect(lambda: loop.quit() if is_done() else None)
    polls.start(_POLL_MS)
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    limit.start(_TIMEOUT_MS)
    loop.exec()
    polls.stop()
    assert is_done()
