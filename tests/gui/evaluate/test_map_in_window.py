"""The map of the digits in the whole window: from a digit to the canvas and back to the map, and the time slider."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QProgressBar, QPushButton, QScrollArea, QTabWidget

from digitlab.gui.evaluate.map.chart import MapChart
from tests.gui.evaluate.finding import open_page, text

WHOLE = 2_000


@pytest.fixture
def panel(qtbot, window):
    """Evaluate with the map on screen, of the shipped tutorial network and its run."""
    before = window.session.run
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.run is not before)
    window.panels.setCurrentWidget(window.panels.evaluate)
    panel = window.panels.evaluate.panel()
    open_page(panel, "Map")
    return panel


@pytest.fixture
def chart(qtbot, panel):
    chart = panel.findChild(MapChart)
    qtbot.waitUntil(lambda: chart.part_count() == WHOLE)
    return chart


def test_a_digit_put_on_the_canvas_lies_where_it_was_on_the_map(qtbot, window, panel, chart):
    window.activateWindow()
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.keyClick(chart, Qt.Key.Key_Down)
    place, name = chart.place_of(chart.current), text(panel, "mapReadout")
    before = chart.drawing_place
    QTest.keyClick(chart, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chart.drawing_place != before)
    picture = window.session.sketch.picture
    assert name.startswith(f"A {picture.label}, ")
    assert picture.name.startswith("test image")
    # A picture is preprocessed before the network sees it, which may change some pixels.
    qtbot.waitUntil(lambda: np.hypot(*np.subtract(chart.drawing_place, place)) < 40)


def test_the_map_follows_the_time_slider_and_comes_back_unchanged(qtbot, window, panel, chart):
    places = np.array([chart.place_of(point) for point in range(WHOLE)])
    replay, run = window.controllers.replay, window.session.run
    for snapshot in (run.snapshots[-2], run.snapshots[1], run.snapshots[-1]):
        replay.show_step(snapshot.step)
        qtbot.waitUntil(lambda: chart.part_count() == WHOLE and "two axes" in text(panel, "mapReadout"))
        moved = np.array([chart.place_of(point) for point in range(WHOLE)])
        if snapshot is run.snapshots[-2]:
            assert np.median(np.hypot(*(moved - places).T)) < 30
    assert moved == pytest.approx(places, abs=0.5)


def test_closing_the_window_ends_tsne(qtbot, window, panel, chart):
    pytest.importorskip("openTSNE")
    method = panel.findChild(QComboBox, "mapMethod")
    method.setFocus()
    QTest.keyClick(method, Qt.Key.Key_Down)
    assert panel.findChild(QPushButton, "cancelMapButton").isVisible()
    bar = panel.findChild(QProgressBar, "mapProgress")
    qtbot.waitUntil(lambda: bar.value() > 0.25 * bar.maximum())
    assert window.controllers.map.close(10)


def test_no_page_of_evaluate_scrolls_sideways_at_960(qtbot, window):
    window.resize(960, 600)
    window.panels.setCurrentWidget(window.panels.evaluate)
    panel = window.panels.evaluate.panel()
    pages = panel.findChild(QTabWidget, "evaluatePages")
    around = panel.parentWidget()
    while not isinstance(around, QScrollArea):
        around = around.parentWidget()
    for index in range(pages.count()):
        pages.setCurrentIndex(index)
        qtbot.wait(20)  # for the layout
        assert around.horizontalScrollBar().maximum() == 0, pages.tabText(index)
