"""The sliding window: the frames of its animation, and the pen while it plays."""

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from digitlab.gui.explain.pages import SLIDE
from digitlab.gui.explain.slide.page import SlidePage
from digitlab.gui.main_window import MainWindow
from digitlab.insight.place import Place
from tests.bench.app_window import FRAME_MS, open_window, rest, say, wait, wait_for_tensorflow
from tests.bench.machine import Sleeper
from tests.bench.pen import IDLE_GOAL_MS, MOVES, Bars, latencies
from tests.bench.rows import Row, median, percentile

SPEEDS: Final = (4, 15, 60)
SECONDS: Final = 4.0
LAYERS: Final = {"conv1": 0, "conv2": 2}
P95_GOAL_MS: Final = 1.25 * FRAME_MS
BUSY_GOAL_MS: Final = FRAME_MS / 2
"""Half of the time is left for the pen."""
_TIMER_MS: Final = 16
_SETTLE_MS: Final = 800
_LONGEST_MS: Final = 140
"""Longer times between frames are the window's rest at one position, not a late frame."""


class _Frames(QObject):
    """Notes when a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.begun_s: list[float] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if event.type() is QEvent.Type.Paint:
            self.begun_s.append(time.perf_counter())
        return False

    @property
    def intervals_ms(self) -> list[float]:
        """The times between two paintings that follow one another; a window that rests is not painted."""
        pairs = zip(self.begun_s, self.begun_s[1:], strict=False)
        return [ms for ms in (1000 * (after - before) for before, after in pairs) if ms < _LONGEST_MS]


def _empty_intervals_ms(size_of: QWidget) -> list[float]:
    """Return the times between the paintings of an empty widget with the same timer, in ms."""
    empty = QWidget()
    empty.resize(size_of.size())
    empty.show()
    frames, timer = _Frames(empty), QTimer()
    timer.setTimerType(timer.timerType().PreciseTimer)
    timer.timeout.connect(empty.update)
    timer.start(_TIMER_MS)
    rest(round(1000 * SECONDS))
    timer.stop()
    return frames.intervals_ms


def _opened(window: MainWindow) -> SlidePage:
    window.actions_by_name["showExplain"].trigger()
    window.panels.explain.panel().show_page(SLIDE)
    rest(_SETTLE_MS)
    page = window.findChild(SlidePage, "slidePage")
    assert page is not None
    return page


def _play(page: SlidePage, speed: int) -> None:
    playback = page.view.playback
    playback.pause()
    playback.set_speed(speed)
    playback.restart()
    playback.play_or_pause()


def _frames(window: MainWindow, page: SlidePage) -> Iterator[Row]:
    empty = _empty_intervals_ms(page.view)
    for name, layer in LAYERS.items():
        window.session.place = Place(layer, (0, 0, 3))
        rest(_SETTLE_MS)
        for speed in SPEEDS:
            say(f"{name}, {speed} positions a second ...")
            frames, sleeper = _Frames(page.view.inputs), Sleeper()
            _play(page, speed)
            rest(round(1000 * min(SECONDS, (page.view.playback.count - 1) / speed)))
            page.view.playback.pause()
            times = frames.intervals_ms
            page.view.inputs.removeEventFilter(frames)
            why = (
                f"{len(times)} frames; p99 {percentile(times, 99):.1f} ms, worst {max(times):.1f}; meanwhile "
                f"{sleeper.end().words()}."
            )
            what, beside = f"{name}, {speed} positions a second, between frames", "an empty widget with that timer"
            yield Row(f"{what}, median", median(times), "ms", median(empty), beside, FRAME_MS, obstacle=why)
            yield Row(
                f"{what}, p95", percentile(times, 95), "ms", percentile(empty, 95), beside, P95_GOAL_MS, obstacle=why
            )


def _busy(page: SlidePage) -> Iterator[Row]:
    """Measure the work of one frame alone: the step, and all that is painted for it."""
    playback = page.view.playback
    playback.set_speed(SPEEDS[-1])
    playback.restart()
    times = []
    for _ in range(120):
        begun = time.perf_counter()
        playback.go_to((playback.position + 1) % playback.count)
        QApplication.processEvents()
        times.append(1000 * (time.perf_counter() - begun))
    why = f"Median {median(times):.1f} ms, worst {max(times):.1f}."
    yield Row(
        "one position further, GUI thread busy, p95", percentile(times, 95), "ms", None, "", BUSY_GOAL_MS, obstacle=why
    )


def _pen(window: MainWindow, page: SlidePage) -> Iterator[Row]:
    bars = Bars(window)
    page.view.playback.pause()
    rested = latencies(window, bars, lambda index: index < MOVES)
    for speed in (SPEEDS[0], SPEEDS[-1]):
        say(f"pen, {speed} positions a second ...")
        sleeper = Sleeper()
        times: list[float] = []
        while len(times) < MOVES - 10:
            _play(page, speed)
            times += latencies(window, bars, lambda index: index < MOVES // 4)
            assert page.view.playback.is_playing or speed == SPEEDS[-1]
        page.view.playback.pause()
        yield Row(
            f"pen to bars, the window slides at {speed} positions a second, p95",
            percentile(times, 95),
            "ms",
            percentile(rested, 95),
            "p95 while the window rests",
            IDLE_GOAL_MS,
            obstacle=f"Median {median(times):.1f} ms, p99 {percentile(times, 99):.1f}, worst {max(times):.1f}; "
            f"at rest median {median(rested):.1f}, worst {max(rested):.1f}; meanwhile {sleeper.end().words()}.",
            series=tuple(times),
        )


def measure() -> Iterator[Row]:
    """Measure with the shipped network, TensorFlow loaded and nothing else going on."""
    window = open_window()
    wait_for_tensorflow(window)
    wait(lambda: window.session.view is not None)
    page = _opened(window)
    yield from _frames(window, page)
    window.session.place = Place(0, (0, 0, 3))
    rest(_SETTLE_MS)
    yield from _busy(page)
    yield from _pen(window, page)
    window.close()
