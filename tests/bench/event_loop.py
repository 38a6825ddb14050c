"""The latency of the window's event loop in all of its activities."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest

from digitlab.gui.main_window import MainWindow
from digitlab.gui.replay.slider import TimeSlider
from digitlab.gui.session.values import Task
from digitlab.model.files.network_file import read_model
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path
from digitlab.training.config import TrainingConfig
from tests.bench.app_window import (
    open_window,
    place_on_slider,
    rest,
    say,
    start_training,
    stop_training,
    wait,
    wait_for_tensorflow,
)
from tests.bench.empty_window import lateness_of_empty_window
from tests.bench.evaluation import hold_ten_thousand
from tests.bench.loop_watch import GOAL_P99_MS, GOAL_WORST_MS, Lateness, LoopWatch
from tests.bench.machine import Machine, Sleeper
from tests.bench.rows import Row

WATCH_MS: Final = 6_000
METRICS: Final = 3
DRAG_MS: Final = 2_000
"""Speed of a hand on the time slider: 30 of 60 snapshots per second."""

DRAGS: Final = 4
MOVE_PERIOD_MS: Final = 8
_IDLE_AFTER_MS: Final = 3_000
_SETTLE_MS: Final = 1_500
_MODERATE: Final = (("showInspect", "Look inside"), ("showTrain", "Train"))
_DRAGGED: Final = (*_MODERATE, ("showLearning", "Learning"))

_cached_empty_window = cache(lateness_of_empty_window)


def measure() -> Iterator[Row]:
    """Measure in one window, from its first painting on."""
    references = ("nothing", "import", "fit 100", "fit 512", "predict")
    for work in references:
        p99, worst = _cached_empty_window(work)
        say(f"empty window, {work}: p99 {p99:.1f} ms, worst {worst:.1f} ms")
    window = open_window()
    watch = LoopWatch()
    yield from _start(window, watch)
    yield from _rows("idle", "nothing", *_seen(watch, lambda: rest(WATCH_MS)))
    for batch_size in (100, 512):
        start_training(window, TrainingConfig(epochs=100, batch_size=batch_size))
        for action, title in _MODERATE:
            _show(window, action)
            seen = _seen(watch, lambda: rest(WATCH_MS))
            yield from _rows(f"training, batch {batch_size}, {title}", f"fit {batch_size}", *seen)
        stop_training(window)
    yield from _rows("evaluation of 10,000 images", "predict", *_seen(watch, _evaluation(window)))
    window.session.open_network(read_model(model_path("tutorial")), read_run(model_path("tutorial")))
    for action, title in _DRAGGED:
        _show(window, action)
        seen = _seen(watch, lambda: _drag(window))
        yield from _rows(f"dragging the time slider, {title}", "nothing", *seen)
    window.close()


def _show(window: MainWindow, action: str) -> None:
    window.actions_by_name[action].trigger()
    rest(_SETTLE_MS)


def _seen(watch: LoopWatch, action: Callable[[], object]) -> tuple[Lateness, Machine]:
    """Return the latency of the loop during an action, and that of the machine."""
    sleeper = Sleeper()
    seen = watch.during(action)
    return seen, sleeper.end()


class _FirstPaint(QObject):
    """Starts to measure when the window is painted for the first time."""

    def __init__(self, window: MainWindow, watch: LoopWatch) -> None:
        super().__init__(window)
        self._watch: LoopWatch | None = watch
        window.draw.canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._watch is not None:
            self._watch.start()
            self._watch = None
        return False


def _start(window: MainWindow, watch: LoopWatch) -> Iterator[Row]:
    """Measure from the first painting until everything is built and loaded; TensorFlow's loading separately."""
    sleeper = Sleeper()
    paint = _FirstPaint(window, watch)
    session = window.session
    wait(lambda: session.activity.startswith("Loading TensorFlow"))
    begun_s = time.perf_counter()
    wait_for_tensorflow(window)
    ended_s = time.perf_counter()
    rest(_IDLE_AFTER_MS)
    seen, machine = watch.stop(), sleeper.end()
    window.draw.canvas.removeEventFilter(paint)
    loading = seen.between(begun_s, ended_s)
    yield from _rows("start, from the first painting until idle", "nothing", seen.without(loading), machine)
    yield from _rows("TensorFlow loading", "import", loading, machine)


def _evaluation(window: MainWindow) -> Callable[[], None]:
    hold_ten_thousand(window)
    _show(window, "showEvaluate")
    session, controller = window.session, window.controllers.evaluation
    controller.follow(False)

    def evaluate() -> None:
        for _ in range(METRICS):
            session.snapshot = replace(session.snapshot)  # a copy, for which nothing is cached
            controller.evaluate()
            wait(lambda: session.evaluation.task is Task.NONE)

    return evaluate


def _drag(window: MainWindow) -> None:
    """Drag the time slider from end to end and back with the mouse, at the speed of a hand."""
    slider = window.findChild(TimeSlider)
    assert slider is not None
    left, begun_s, loop = Qt.MouseButton.LeftButton, time.perf_counter(), QEventLoop()
    QTest.mousePress(slider, left, pos=place_on_slider(slider, 0))
    first, last = place_on_slider(slider, 0), place_on_slider(slider, slider.maximum())

    def move() -> None:
        way = 1000 * (time.perf_counter() - begun_s) / DRAG_MS
        if way > DRAGS:
            loop.quit()
            return
        share = way % 2 if way % 2 <= 1 else 2 - way % 2
        place = first + (last - first) * share
        QTest.mouseMove(slider, place)

    moves = QTimer()
    moves.timeout.connect(move)
    moves.start(MOVE_PERIOD_MS)
    loop.exec()
    moves.stop()
    QTest.mouseRelease(slider, left, pos=place_on_slider(slider, slider.maximum()))


_REFERENCES: Final = {
    "nothing": "an empty window",
    "import": "an empty window, TensorFlow imported in a plain thread",
    "fit 100": "an empty window, Keras' fit, batch 100, in a plain thread",
    "fit 512": "an empty window, Keras' fit, batch 512, in a plain thread",
    "predict": "an empty window, Keras' predict in a plain thread",
}


def _rows(state: str, work: str, seen: Lateness, machine: Machine) -> Iterator[Row]:
    p99, worst = _cached_empty_window(work)
    why, name = seen.explain(machine), _REFERENCES[work]
    yield Row(f"{state}, p99", seen.p99, "ms", p99, name, GOAL_P99_MS, obstacle=why)
    yield Row(f"{state}, worst", seen.worst, "ms", worst, name, GOAL_WORST_MS, obstacle=seen.explain_worst(machine))
