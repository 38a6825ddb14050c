"""Frames: from a change to its painting, in the places where much is painted."""

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Final

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from digitlab.data.builtin import builtin_dataset, builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.gui.evaluate.misclassified import show_answers
from digitlab.gui.main_window import MainWindow
from digitlab.gui.mydigits.shown import ShownDigits
from digitlab.gui.session.values import Task
from digitlab.gui.widgets.gallery.tile import LABEL_PX
from digitlab.gui.widgets.gallery.view import Gallery
from tests.bench.app_window import (
    FRAME_MS,
    Painted,
    open_window,
    painted_widget,
    rest,
    say,
    wait,
    wait_for_tensorflow,
)
from tests.bench.evaluation import IMAGES, hold_ten_thousand
from tests.bench.long_run import Training
from tests.bench.machine import Sleeper
from tests.bench.rows import Row, median, percentile, timed_ms

FRAMES: Final = 120
P95_GOAL_MS: Final = 2 * FRAME_MS
GRID_COUNTS: Final = (10_000, 60_000)
_EPOCHS: Final = 10
_PLACES: Final = 37
"""Of the scroll bar: each far from the last, so that nothing on screen stays."""

_SETTLE_MS: Final = 1_000
_APART_MS: Final = 30
"""Look inside follows at most 45 times a second; a drawing that comes later than that is painted at once."""


def measure() -> Iterator[Row]:
    """Measure when TensorFlow is there and nothing else goes on."""
    window = open_window()
    wait_for_tensorflow(window)
    rest(_SETTLE_MS)
    yield from _maps(window)
    yield from _plots(window)
    yield from _gallery(window)
    window.close()
    for count in GRID_COUNTS:
        yield from _grid(count)


def empty_ms(size_of: QWidget) -> list[float]:
    """Return how long an empty widget of some size takes from a change to its painting, in ms."""
    empty = QWidget()
    empty.resize(size_of.size())
    empty.show()
    rest(100)
    painted = Painted([empty])
    return [painted.after(empty.update) for _ in range(FRAMES)]


def _empty_busy_ms(size_of: QWidget) -> list[float]:
    """Return how long the painting of an empty widget of some size keeps the GUI thread busy, in ms."""
    empty = QWidget()
    empty.resize(size_of.size())
    empty.show()
    rest(100)

    def paint() -> None:
        empty.update()
        QApplication.processEvents()

    return timed_ms(paint, FRAMES)


def _rows(
    what: str, painted: Painted, change: Callable[[], object], widget: QWidget, rest_ms: int = 0
) -> Iterator[Row]:
    say(f"{what} ...")
    empty = empty_ms(widget)
    for _ in range(3):
        painted.after(change)
    sleeper = Sleeper()
    times = []
    for _ in range(FRAMES):
        if rest_ms:
            rest(rest_ms)
        times.append(painted.after(change))
    why = f"Worst {max(times):.1f} ms; meanwhile {sleeper.end().words()}."
    reference = "an empty widget of that size"
    yield Row(f"{what}, median", median(times), "ms", median(empty), reference, FRAME_MS, obstacle=why)
    yield Row(f"{what}, p95", percentile(times, 95), "ms", percentile(empty, 95), reference, P95_GOAL_MS, obstacle=why)


def _maps(window: MainWindow) -> Iterator[Row]:
    session = window.session
    drawings = [builtin_drawing(digit, style) for digit in range(10) for style in builtin_styles(digit)]
    sketches = cycle(Sketch(drawing=drawing) for drawing in drawings)
    view = painted_widget(window, "networkView")
    painted = Painted(
        [window.draw.bars, view], lambda: session.view is not None and session.view.sketch is session.sketch
    )
    yield from _rows(
        "Look inside, a new drawing: bars, maps",
        painted,
        lambda: setattr(session, "sketch", next(sketches)),
        view,
        _APART_MS,
    )


def _plots(window: MainWindow) -> Iterator[Row]:
    window.actions_by_name["showTrain"].trigger()
    rest(_SETTLE_MS)
    training = Training(window, _EPOCHS + 1)
    for number in range(1, _EPOCHS + 1):
        training.epoch(number)
    plot = painted_widget(window, "lossPlot")
    empty = _empty_busy_ms(plot)
    sleeper = Sleeper()
    times = training.epoch(_EPOCHS + 1, FRAMES)
    why = f"Worst {max(times):.1f} ms; meanwhile {sleeper.end().words()}."
    what, reference = f"Train, plots of {_EPOCHS} epochs, GUI thread busy for 3 batches more", "an empty widget"
    yield Row(f"{what}, median", median(times), "ms", median(empty), reference, FRAME_MS, obstacle=why)
    yield Row(f"{what}, p95", percentile(times, 95), "ms", percentile(empty, 95), reference, P95_GOAL_MS, obstacle=why)
    training.end()


def _gallery(window: MainWindow) -> Iterator[Row]:
    session = window.session
    hold_ten_thousand(window)
    window.actions_by_name["showEvaluate"].trigger()
    rest(_SETTLE_MS)
    window.controllers.evaluation.evaluate()
    wait(lambda: session.evaluation.task is Task.NONE and session.evaluation.result is not None)
    gallery = window.findChild(Gallery, "gallery")
    assert gallery is not None
    show_answers(gallery, session.evaluation.result, np.arange(IMAGES))
    yield from _scrolled(f"gallery, {IMAGES:,} images, scrolled", gallery)


def _grid(count: int) -> Iterator[Row]:
    images = builtin_dataset().train.images
    drawings = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(10)]
    digits = tuple(KeptDigit.of(drawings[n % 10], n % 10, images[n % len(images)]) for n in range(count))
    gallery = Gallery(LABEL_PX, 70, is_editable=True)
    gallery.resize(800, 600)
    shown = ShownDigits(digits, np.zeros(count, np.int8), np.arange(count))
    gallery.show_items(np.arange(count), shown.item)
    gallery.show()
    rest(_SETTLE_MS)
    yield from _scrolled(f"grid of My digits, {count:,} digits, scrolled", gallery)


def _scrolled(what: str, area: Gallery) -> Iterator[Row]:
    bar, viewport = area.verticalScrollBar(), area.viewport()
    step = bar.maximum() // _PLACES
    places = cycle(range(step, bar.maximum(), step))
    yield from _rows(what, Painted([viewport]), lambda: bar.setValue(next(places)), viewport)
