"""Dragging through a recorded training: how many moments a second everything on screen follows, panel by panel."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from digitlab.assets import model_path
from digitlab.gui.app import GarbageCollector, make_application, make_window, prepare_process
from digitlab.gui.main_window import MainWindow
from digitlab.gui.replay.slider import TimeSlider
from digitlab.model.files import read_model
from digitlab.model.snapshot import Snapshot
from digitlab.settings import Settings
from digitlab.training.events import SnapshotTaken
from digitlab.training.run import Run
from digitlab.training.run_files import read_run
from tests.bench.rows import Row, median, percentile

MOMENTS: Final = 60
ROUNDS: Final = 2
GOAL_A_SECOND: Final = 30
_PATIENCE_MS: Final = 5_000
_SETTLE_MS: Final = 1_500


@dataclass(frozen=True, slots=True)
class _Panel:
    """A panel to look at while dragging.

    Attributes:
        action: Shows it.
        widgets: Names of what must be painted anew at each moment, besides the slider and the bars.
    """

    action: str
    widgets: tuple[str, ...]


PANELS: Final = (
    _Panel("showInspect", ("networkView",)),
    _Panel("showTrain", ("lossPlot", "accuracyPlot")),
)


def sixty_moments() -> Run:
    """Return the tutorial's recorded run with 60 moments: its own, and blends of neighbours where it has fewer."""
    recorded = read_run(model_path("tutorial"))
    assert recorded is not None
    kept = list(recorded.snapshots)
    while len(kept) < MOMENTS:
        widest = max(range(len(kept) - 1), key=lambda index: kept[index + 1].step - kept[index].step)
        kept.insert(widest + 1, _between(kept[widest], kept[widest + 1]))
    run = Run(recorded.started)
    run.losses, run.accuracies, run.epochs, run.ended = (
        recorded.losses,
        recorded.accuracies,
        recorded.epochs,
        recorded.ended,
    )
    for snapshot in kept:
        run.add(SnapshotTaken(snapshot, is_kept=True))
    run.mark_best()
    return run


def _between(one: Snapshot, other: Snapshot) -> Snapshot:
    arrays = [(a + b) / 2 for a, b in zip(one.arrays, other.arrays, strict=True)]
    return Snapshot.of(one.spec, arrays, (one.step + other.step) // 2, (one.epoch + other.epoch) / 2)


class _Painted(QObject):
    """Waits until some widgets were painted with the moment on screen."""

    def __init__(self, window: MainWindow, widgets: list[QWidget]) -> None:
        super().__init__()
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
        view = self._session.view
        if not self._missing and view is not None and view.inspection.snapshot is self._session.snapshot:
            self._loop.quit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._missing.discard(watched)
        return False


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
    painted = _Painted(window, watched)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=_place(slider, slider.maximum()))
    there = range(slider.maximum() - 1, -1, -1)
    back = range(1, slider.maximum() + 1)
    times = [
        painted.after(lambda index=index: QTest.mouseMove(slider, _place(slider, index)))  # type: ignore[misc]
        for index in [*there, *back] * ROUNDS
    ]
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
    return times


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
    window.session.open_network(read_model(model_path("tutorial")), sixty_moments())
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
