"""Edits of the network: from a click or a painted cell to the bars, and to the accuracy on 10,000 images."""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from digitlab.gui.explain.pages import WHAT_IF
from digitlab.gui.explain.whatif.page import WhatIfPage
from digitlab.gui.main_window import MainWindow
from digitlab.insight.batch import answer_all
from digitlab.insight.lens import inspect
from tests.bench.app_window import FRAME_MS, Painted, open_window, rest, wait
from tests.bench.evaluation import hold_ten_thousand, ten_thousand
from tests.bench.rows import Row, median, percentile, timed_ms

ROUNDS = 60
ACCURACIES = 5
_PAUSE_MS = 40
_SETTLE_MS = 1_500
NETWORKS = ("tutorial", "pen")


def measure() -> Iterator[Row]:
    """Measure in a real window, with the network of the tutorial and the pen network."""
    window = open_window(begins=False)
    hold_ten_thousand(window)
    for name in NETWORKS:
        before = window.session.run
        window.controllers.files.open_shipped(name)
        wait(lambda before=before: window.session.run is not before)  # type: ignore[misc]
        hold_ten_thousand(window)
        window.panels.setCurrentWidget(window.panels.explain)
        window.panels.explain.panel().show_page(WHAT_IF)
        page = window.findChild(WhatIfPage)
        assert page is not None
        wait(lambda: _is_whole(window))
        page.choose(2, 0)
        rest(_SETTLE_MS)
        yield from _bars(window, page, name)
        yield from _accuracy(window, page, name)
        window.controllers.network_editor.reset()
    window.close()


def _bars(window: MainWindow, page: WhatIfPage, name: str) -> Iterator[Row]:
    session = window.session
    assert session.view is not None
    image = session.view.inspection.image
    alone = timed_ms(lambda: inspect(session.snapshot, image), ROUNDS)
    painted = Painted([window.draw.bars], lambda: _follows(window))
    kernel = page.kernel.grid
    cells = [kernel.rect_of_cell((row, col)).center().toPoint() for row in range(3) for col in range(3)]
    for what, action in (
        ("a filter off or on", lambda _: page.kernel.toggle_unit()),
        ("a painted weight", lambda nth: _paint(page, cells[nth % len(cells)], nth)),
    ):
        times = []
        for nth in range(ROUNDS):
            times.append(painted.after(lambda nth=nth, action=action: action(nth)))  # type: ignore[misc]
            rest(_PAUSE_MS)
        QTest.mouseRelease(kernel, Qt.MouseButton.LeftButton)
        for share, value in (("median", median(times)), ("p95", percentile(times, 95))):
            yield Row(
                f"what if, {name}: {what} to painted bars, {share}",
                value,
                "ms",
                median(alone),
                "the forward pass alone",
                goal=FRAME_MS,
            )


def _paint(page: WhatIfPage, cell: QPoint, nth: int) -> None:
    """Drag over a kernel; each cell gets a weight of its own, so that every one changes."""
    grid = page.kernel.grid
    page.kernel.brush.show_value(0.1 + 0.01 * nth)
    if nth % 9 == 0:
        QTest.mouseRelease(grid, Qt.MouseButton.LeftButton)
        QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=grid.rect_of_cell((2, 2)).center().toPoint())
    QTest.mouseMove(grid, cell)


def _accuracy(window: MainWindow, page: WhatIfPage, name: str) -> Iterator[Row]:
    images = ten_thousand().digits.images
    plain, firsts, wholes = [], [], []
    for _ in range(ACCURACIES):
        begun = time.perf_counter()
        answer_all(window.session.snapshot, images)
        plain.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        page.kernel.toggle_unit()
        wait(lambda: _effect(window, lambda effect: effect.after is not None))
        firsts.append(time.perf_counter() - begun)
        wait(lambda: _is_whole(window))
        wholes.append(time.perf_counter() - begun)
    yield Row(f"what if, {name}: first accuracy after an edit", median(firsts), "s")
    yield Row(
        f"what if, {name}: accuracy on 10,000 images after an edit",
        median(wholes),
        "s",
        median(plain),
        "the computation alone, in one thread",
        goal=2.0,
    )


def _follows(window: MainWindow) -> bool:
    view = window.session.view
    return view is not None and view.inspection.snapshot is window.session.snapshot


def _effect(window: MainWindow, is_so: Callable[..., bool]) -> bool:
    effect = window.session.evaluation.effect
    return effect is not None and effect.snapshot is window.session.snapshot and is_so(effect)


def _is_whole(window: MainWindow) -> bool:
    return _effect(window, lambda effect: effect.is_whole and effect.total > 0)
