"""The map of the digits: from opening it to the first map, and from the pen to the moved point."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabWidget

from digitlab.gui.evaluate.map.chart import MapChart
from digitlab.gui.main_window import MainWindow
from digitlab.insight.forward import network_input, run_layers
from tests.bench.app_window import Painted, open_window, point_of_stroke, rest, wait
from tests.bench.evaluation import hold_ten_thousand, ten_thousand
from tests.bench.rows import Row, median, percentile, timed_ms

NETWORKS: Final = ("tutorial", "pen")
OPENINGS: Final = 7
MOVES: Final = 60
OPENING_GOAL_MS: Final = 500.0
PEN_GOAL_MS: Final = 33.0
_MAP: Final = "Map"
_MOVE_PERIOD_MS: Final = 30
_SETTLE_MS: Final = 1_500


def measure() -> Iterator[Row]:
    """Measure in a real window with both shipped networks."""
    window = open_window(begins=False)
    hold_ten_thousand(window)
    for name in NETWORKS:
        before = window.session.run
        window.controllers.files.open_shipped(name)
        wait(lambda before=before: window.session.run is not before)  # type: ignore[misc]
        window.panels.setCurrentWidget(window.panels.evaluate)
        window.panels.evaluate.panel()
        wait(lambda: window.session.evaluation.data is not None)
        chart, pages = window.findChild(MapChart), window.findChild(QTabWidget, "evaluatePages")
        assert chart is not None
        assert pages is not None
        rest(_SETTLE_MS)
        yield from _opening(window, chart, pages, name)
        yield from _pen(window, chart, name)
        pages.setCurrentIndex(0)
    window.close()


def _opening(window: MainWindow, chart: MapChart, pages: QTabWidget, name: str) -> Iterator[Row]:
    map_page = next(index for index in range(pages.count()) if pages.tabText(index) == _MAP)
    inputs = network_input(ten_thousand().digits.images[:20])
    alone = 10 * median(timed_ms(lambda: list(run_layers(window.session.snapshot, inputs)), 20))
    firsts, wholes = [], []
    for _ in range(OPENINGS):
        pages.setCurrentIndex(0)
        window.session.snapshot = replace(window.session.snapshot)  # one whose map is not known
        chart.show_map(None)
        rest(_SETTLE_MS)
        begun = time.perf_counter()
        painted = Painted([chart], lambda: chart.part_count() > 0)
        firsts.append(painted.after(lambda: pages.setCurrentIndex(map_page)))
        wait(lambda: chart.part_count() >= 2_000)
        wholes.append(1000 * (time.perf_counter() - begun))
    reference = "the forward pass of the first 200 digits"
    title = f"map of the digits, {name}: opening"
    yield Row(f"{title} to the first painted map, median", median(firsts), "ms", alone, reference, OPENING_GOAL_MS)
    yield Row(f"{title} to the map of 2,000 digits, median", median(wholes), "ms", alone, reference)


def _pen(window: MainWindow, chart: MapChart, name: str) -> Iterator[Row]:
    session, canvas, left = window.session, window.draw.canvas, Qt.MouseButton.LeftButton
    rest(_SETTLE_MS)
    window.actions_by_name["clear"].trigger()
    QTest.mousePress(canvas, left, pos=point_of_stroke(canvas, 0))
    bars = Painted([window.draw.bars], lambda: session.view is not None and session.view.sketch is session.sketch)
    point = Painted([chart], lambda: session.view is not None and session.view.sketch is session.sketch)
    times: dict[Painted, list[float]] = {bars: [], point: []}
    for nth in range(1, 2 * MOVES):
        what = (bars, point)[nth % 2]
        to = point_of_stroke(canvas, nth % 50)
        times[what].append(what.after(lambda to=to: QTest.mouseMove(canvas, to)))  # type: ignore[misc]
        rest(_MOVE_PERIOD_MS)
    QTest.mouseRelease(canvas, left)
    for share, value in (("median", median(times[point])), ("p95", percentile(times[point], 95))):
        yield Row(
            f"map of the digits, {name}: pen to the moved point, {share}",
            value,
            "ms",
            median(times[bars]),
            "the pen to the bars, median",
            PEN_GOAL_MS,
        )
