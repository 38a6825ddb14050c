"""From the pen to the bars: the window idle, while TensorFlow loads, and while it trains."""

import json
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from digitlab.gui.main_window import MainWindow
from digitlab.training.config import TrainingConfig
from tests.bench.app_window import (
    has_tensorflow,
    open_window,
    point_of_stroke,
    rest,
    say,
    start_training,
    stop_training,
    wait,
)
from tests.bench.machine import Sleeper
from tests.bench.processes import last_line
from tests.bench.rows import Row, median, percentile

MOVES: Final = 250
MOVE_PERIOD_MS: Final = 8
"""A mouse reports 125 times per second."""

BATCH_SIZES: Final = (32, 100, 512)
IDLE_GOAL_MS: Final = 8.0
BUSY_GOAL_MS: Final = 33.0
_STROKE: Final = 50
_SETTLE_MS: Final = 1_500


class Bars:
    """Records when the bars have been repainted with the answer to the newest stroke."""

    def __init__(self, window: MainWindow) -> None:
        self._session = window.session
        self._repaint = window.draw.bars.repaint
        self.painted_s: float | None = None
        window.draw.bars.repaint = self._repaint_and_note  # type: ignore[method-assign,assignment]

    def _repaint_and_note(self) -> None:
        self._repaint()
        if self._session.view is not None and self._session.view.sketch is self._session.sketch:
            self.painted_s = time.perf_counter()


def latencies(window: MainWindow, bars: Bars, goes_on: Callable[[int], bool]) -> list[float]:
    """Draw with the mouse; return the ms from the event to the repainted bars for each move."""
    canvas, left = window.draw.canvas, Qt.MouseButton.LeftButton
    found: list[float] = []
    index = 0
    while goes_on(index):
        point = point_of_stroke(canvas, index)
        if index % _STROKE == 0:
            QTest.mouseRelease(canvas, left, pos=point)
            window.actions_by_name["clear"].trigger()
            QTest.mousePress(canvas, left, pos=point)
        else:
            begun = time.perf_counter()
            bars.painted_s = None
            QTest.mouseMove(canvas, point)
            wait(lambda: bars.painted_s is not None, 5_000)
            found.append(1000 * (bars.painted_s - begun))  # type: ignore[operator]
            rest(MOVE_PERIOD_MS)
        index += 1
    QTest.mouseRelease(canvas, left)
    return found


@cache
def _predict(batch_size: int) -> dict[str, list[float]]:
    """Return ms of Keras' predict and of the lens in a separate process, which may also train."""
    result: dict[str, list[float]] = json.loads(last_line("-m", "tests.bench.plain_predict", str(batch_size)))
    return result


def _row(state: str, times: list[float], batch_size: int, goal_ms: float, sleeper: Sleeper) -> Row:
    result = _predict(batch_size)
    reference, lens = percentile(result["predict"], 95), percentile(result["lens"], 95)
    beside = f" while its thread fits, batch {batch_size}" if batch_size else ""
    return Row(
        f"pen to bars, {state}, p95",
        percentile(times, 95),
        "ms",
        reference,
        f"p95 of Keras' model.predict{beside}; the lens meanwhile {lens:.1f} ms",
        goal_ms,
        obstacle=f"Median {median(times):.1f} ms, p99 {percentile(times, 99):.1f}, worst {max(times):.1f}; meanwhile "
        f"{sleeper.end().words()}.",
        series=tuple(times),
    )


def measure() -> Iterator[Row]:
    """Measure with the shipped network and Look inside on screen."""
    for batch_size in (0, *BATCH_SIZES):
        _predict(batch_size)
        say(f"reference, batch {batch_size}: measured")
    window = open_window()
    bars, session = Bars(window), window.session
    wait(lambda: session.view is not None)
    wait(lambda: session.activity.startswith("Loading TensorFlow") or has_tensorflow(window))
    sleeper = Sleeper()
    times = latencies(window, bars, lambda _: not has_tensorflow(window))
    yield _row("while TensorFlow loads", times, 0, BUSY_GOAL_MS, sleeper)
    rest(_SETTLE_MS)
    sleeper = Sleeper()
    times = latencies(window, bars, lambda index: index < MOVES)
    yield _row("idle", times, 0, IDLE_GOAL_MS, sleeper)
    for batch_size in BATCH_SIZES:
        start_training(window, TrainingConfig(epochs=100, batch_size=batch_size))
        sleeper = Sleeper()
        times = latencies(window, bars, lambda index: index < MOVES)
        yield _row(f"training, batch {batch_size}", times, batch_size, BUSY_GOAL_MS, sleeper)
        stop_training(window)
    window.close()
