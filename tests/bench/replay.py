"""Dragging through a recorded training: how many moments a second everything on screen follows, panel by panel."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from digitlab.assets import model_path
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawings_file import write_drawings
from digitlab.gui.app import GarbageCollector, make_application, make_window, prepare_process
from digitlab.gui.main_window import MainWindow
from digitlab.gui.replay.slider import TimeSlider
from digitlab.gui.values import Task
from digitlab.model.files import read_model
from digitlab.settings import Settings
from digitlab.training.run_files import read_run
from tests.bench.rows import Row, median, percentile

ROUNDS: Final = 2
GOAL_A_SECOND: Final = 30
_PATIENCE_MS: Final = 5_000
_TIMEOUT_MS: Final = 180_000
_BACKGROUND_MS: Final = 12_000
_SETTLE_MS: Final = 1_500


@dataclass(frozen=True, slots=True)
class _Panel:
    """A panel to look at while dragging.

    Attributes:
        action: Shows it.
        widgets: Names of what looks different at each moment and must be painted, besides the slider and the bars. What
            else changes is painted along with it.
    """

    action: str
    widgets: tuple[str, ...]


PANELS: Final = (
    _Panel("showInspect", ("networkView",)),
    _Panel("showNetwork", ()),
    _Panel("showTrain", ("lossPlot", "accuracyPlot")),
    _Panel("showLearning", ("conv1Weights", "denseActivations")),
    _Panel("showEvaluate", ()),
    _Panel("showMyDigits", ()),
)
"""Runs does not depend on the moment."""

OWN_DIGITS: Final = 60


class _Painted(QObject):
    """Waits until some widgets were painted with the moment on screen."""

    def __init__(self, window: MainWindow, widgets: list[QWidget], *, is_judging: bool) -> None:
        super().__init__()
        self._is_judging = is_judging
        self._session = window.session
        self._widgets = widgets
        self._missing: set[QObject] = set()
        self._loop = QEventLoop()
        self._checks = QTimer()
        self._checks.timeout.connect(self._check)
        self._limit = QTimer()
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._loop.quit)
        for widget in widgets:
            widget.installEventFilter(self)

    def after(self, action: Callable[[], None]) -> float:
        """Return how long it took from an action until all was painted, in ms."""
        begun = time.perf_counter()
        self._missing = set(self._widgets)
        action()
        self._checks.start(0)
        self._limit.start(_PATIENCE_MS)
        self._loop.exec()
        self._limit.stop()
        self._checks.stop()
        if self._missing:
            raise TimeoutError(f"never painted: {[one.objectName() for one in self._missing]}")
        return 1000 * (time.perf_counter() - begun)

    def _check(self) -> None:
        view, judged, shown = self._session.view, self._session.judging.judged, self._session.snapshot
        is_judged = not self._is_judging or (judged is not None and judged.snapshot is shown)
        if not self._missing and is_judged and view is not None and view.inspection.snapshot is shown:
            self._loop.quit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._missing.discard(watched)
        return False


def _wait(is_done: Callable[[], bool]) -> None:
    loop, polls = QEventLoop(), QTimer()
    polls.timeout.connect(lambda: loop.quit() if is_done() else None)
    polls.start(20)
    QTimer.singleShot(_TIMEOUT_MS, loop.quit)
    loop.exec()
    if not is_done():
        raise TimeoutError("The window did not get there.")


def _rest(duration_ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()


def _painted_widget(window: MainWindow, name: str) -> QWidget:
    widget = window.findChild(QWidget, name)
    assert widget is not None, name
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


def _place(slider: TimeSlider, index: int) -> QPoint:
    return QPoint(round(slider.x_of(index)), 15)


def steps_ms(window: MainWindow, panel: _Panel) -> list[float]:
    """Drag from end to end with the mouse; return how long each step took until all was painted, in ms."""
    window.actions_by_name[panel.action].trigger()
    _rest(_SETTLE_MS)
    slider = window.findChild(TimeSlider)
    assert slider is not None
    watched = [slider, window.draw.bars, *(_painted_widget(window, name) for name in panel.widgets)]
    painted = _Painted(window, watched, is_judging=panel.action == "showEvaluate")
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=_place(slider, slider.maximum()))
    there = range(slider.maximum() - 1, -1, -1)
    back = range(1, slider.maximum() + 1)
    times = [
        painted.after(lambda index=index: QTest.mouseMove(slider, _place(slider, index)))  # type: ignore[misc]
        for index in [*there, *back] * ROUNDS
    ]
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
    return times


def _keep_digits(window: MainWindow) -> None:
    """Fill My digits; the folder of the data is this measurement's own."""
    drawings = [
        replace(builtin_drawing(digit, style), label=digit) for digit in range(10) for style in builtin_styles(digit)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.jsonl"
        write_drawings(path, drawings[:OWN_DIGITS])
        window.controllers.my_digits.import_files([path])
        _wait(lambda: len(window.session.mine.digits) > 0)


def _prepare(window: MainWindow) -> None:
    """Let the panels learn all moments, as they do by themselves in the background."""
    for name in ("showLearning", "showMyDigits"):
        window.actions_by_name[name].trigger()
        _rest(_BACKGROUND_MS)
    window.actions_by_name["showEvaluate"].trigger()
    window.controllers.evaluation.choose_source("builtin")
    window.controllers.evaluation.judge_moments(False)
    _wait(lambda: window.session.judging.task is Task.NONE and window.session.judging.moments is not None)


def measure() -> Iterator[Row]:
    """Measure each panel."""
    prepare_process()
    app = make_application()
    window = make_window(app, Settings(colour_scheme="light", data_source="builtin"))
    GarbageCollector(window)
    window.resize(1280, 800)
    window.show()
    window.begin(None)
    _rest(_SETTLE_MS)
    _keep_digits(window)
    window.session.open_network(read_model(model_path("tutorial")), read_run(model_path("tutorial")))
    _prepare(window)
    for panel in PANELS:
        times = steps_ms(window, panel)
        name = panel.action.removeprefix("show")
        frame = 1000 / GOAL_A_SECOND
        yield Row(
            f"one of 60 moments, {name} in sight, all painted, median",
            median(times),
            "ms",
            frame,
            "30 a second",
            1.0,
            True,
        )
        yield Row(
            f"one of 60 moments, {name} in sight, all painted, p95", percentile(times, 95), "ms", frame, "30 a second"
        )
    window.close()
