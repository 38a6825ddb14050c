"""The window at work: from the pen to the bars, the lateness of the event loop, and what training costs in it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from digitlab.gui.app import GarbageCollector, make_application, make_window, prepare_process
from digitlab.gui.main_window import MainWindow
from digitlab.gui.values import TrainingState
from digitlab.settings import Settings
from digitlab.training.config import TrainingConfig
from tests.bench.rows import Row, median, percentile

MOVES: Final = 250
MOVE_PERIOD_MS: Final = 8
"""A mouse tells of itself 125 times a second."""

TICK_MS: Final = 5
WATCH_MS: Final = 6_000
ROUNDS: Final = 5
_TIMEOUT_MS: Final = 240_000

_SCRIPT: Final = (
    "from tests.bench.training import *; load_tensorflow();"
    "print(tutorial_epoch(builtin_dataset(), jit_compile=False).wall_s)"
)


def _wait(is_done: Callable[[], bool], timeout_ms: int = _TIMEOUT_MS) -> None:
    loop, polls = QEventLoop(), QTimer()
    polls.timeout.connect(lambda: loop.quit() if is_done() else None)
    polls.start(2)
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    limit.start(timeout_ms)
    loop.exec()
    if not is_done():
        raise TimeoutError("The window did not get there.")


def _rest(duration_ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()


class _Bars(QObject):
    """Notes when the bars are painted with the answer to the newest stroke."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.painted_s: float | None = None
        window.draw.bars.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        session = self._window.session
        if event.type() is QEvent.Type.Paint and session.view and session.view.sketch is session.sketch:
            self.painted_s = time.perf_counter()
        return False


class _Lateness(QObject):
    """Notes how late a timer of 5 ms comes."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._due_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def watch(self, action: Callable[[], None]) -> list[float]:
        """Return the lateness of each tick in ms while an action lasts."""
        self.late_ms = []
        self._due_s = time.perf_counter() + TICK_MS / 1000
        self._timer.start(TICK_MS)
        action()
        self._timer.stop()
        return self.late_ms

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, 1000 * (now - self._due_s)))
        self._due_s = now + TICK_MS / 1000


def pen_latencies(window: MainWindow, bars: _Bars) -> list[float]:
    """Draw with the mouse; return for each move the ms from the event to the repainted bars."""
    canvas, left = window.draw.canvas, Qt.MouseButton.LeftButton
    latencies = []
    for index in range(MOVES):
        angle = index * 0.12
        middle = canvas.rect().center()
        radius = 0.3 * min(canvas.width(), canvas.height())
        point = middle + QPoint(round(radius * np.cos(angle)), round(radius * np.sin(0.8 * angle)))
        if index % 50 == 0:
            QTest.mouseRelease(canvas, left, pos=point)
            window.actions_by_name["clear"].trigger()
            QTest.mousePress(canvas, left, pos=point)
            continue
        begun = time.perf_counter()
        bars.painted_s = None
        QTest.mouseMove(canvas, point)
        _wait(lambda: bars.painted_s is not None, 5_000)
        latencies.append(1000 * (bars.painted_s - begun))  # type: ignore[operator]
        _rest(MOVE_PERIOD_MS)
    QTest.mouseRelease(canvas, left)
    return latencies


def _train(window: MainWindow, config: TrainingConfig) -> None:
    window.controllers.training.set_recipe(replace(window.session.recipe, config=config, source="builtin"))
    window.controllers.training.train()
    _wait(lambda: window.session.training_state is TrainingState.RUNNING and window.session.run.step > 5)  # type: ignore[union-attr]


def _stop(window: MainWindow) -> None:
    window.controllers.training.stop()
    _wait(lambda: window.session.training_state is TrainingState.IDLE)


def _second_epoch_in_window(window: MainWindow) -> float:
    _train(window, TrainingConfig(epochs=2))
    _wait(lambda: window.session.training_state is TrainingState.IDLE)
    assert window.session.run is not None
    return window.session.run.epochs[1].seconds


def _second_epoch_in_script() -> float:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def measure() -> Iterator[Row]:
    """Measure with the shipped network and Look inside on screen, then with the training panel."""
    prepare_process()
    app = make_application()
    window = make_window(app, Settings(colour_scheme="light", data_source="builtin"))
    GarbageCollector(window)
    window.resize(1280, 800)
    window.show()
    window.begin(None)
    bars, lateness = _Bars(window), _Lateness()
    _rest(1_700)
    late = lateness.watch(lambda: _wait(lambda: window.session.activity.startswith("TensorFlow loaded")))
    yield Row("event loop late while TensorFlow loads, p99", percentile(late, 99), "ms", max(late), "worst")
    _rest(1_500)
    yield from _pen_rows(window, bars, "idle", 16.7)
    for batch_size in (100, 512):
        _train(window, TrainingConfig(epochs=100, batch_size=batch_size))
        late = lateness.watch(lambda: _rest(WATCH_MS))
        goal = 10.0 if batch_size == 100 else None
        name = f"event loop late, training, batch {batch_size}, p99"
        yield Row(name, percentile(late, 99), "ms", max(late), "worst", goal)
        yield from _pen_rows(window, bars, f"training, batch {batch_size}", 50.0)
        _stop(window)
    window.actions_by_name["showTrain"].trigger()
    pairs = []
    for number in range(ROUNDS):
        pairs.append((_second_epoch_in_window(window), _second_epoch_in_script()))
        print(
            f"  round {number + 1} of {ROUNDS}: window {pairs[-1][0]:.2f} s, script {pairs[-1][1]:.2f} s",
            file=sys.stderr,
        )
    windows, scripts = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    yield Row("epoch of 12,000 in the window", median(windows), "s", median(scripts), "script, no XLA", 1.05, True)
    ratios = [pair[0] / pair[1] for pair in pairs]
    yield Row("epoch in the window, median of pairs", median(ratios), "x", 1.0, "script, no XLA", 1.05, True)
    window.close()


def _pen_rows(window: MainWindow, bars: _Bars, state: str, goal_ms: float) -> Iterator[Row]:
    latencies = pen_latencies(window, bars)
    yield Row(f"pen to bars, {state}, p95", percentile(latencies, 95), "ms", median(latencies), "median", goal_ms)
