"""The dock of the drawing panel: its width, its title, where it floats, and the way back."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolButton

from digitlab.gui.app.application import make_window
from digitlab.gui.draw.dock import floating_place, usual_width
from digitlab.system.settings import Settings

SCREEN = QRect(0, 0, 1920, 1040)


@pytest.fixture
def dock(window):
    window.place_dock()
    return window.features.dock


def button(window, name):
    return window.findChild(QToolButton, name)


def resize(window, width, height):
    window.resize(width, height)
    QApplication.processEvents()


def test_a_stroke_that_begins_in_the_title_neither_moves_nor_floats_the_panel(qtbot, window, dock):
    title = dock.titleBarWidget()
    QTest.mousePress(title, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    for step in range(1, 12):
        QTest.mouseMove(title, QPoint(60 + 20 * step, 10 + 25 * step))
    QTest.mouseRelease(title, Qt.MouseButton.LeftButton, pos=QPoint(280, 285))
    assert not dock.isFloating()
    QTest.mouseDClick(title, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert not dock.isFloating()
    label = title.findChild(QLabel)
    QTest.mouseDClick(label, Qt.MouseButton.LeftButton)
    assert not dock.isFloating()


def test_the_button_floats_the_panel_and_docks_it_again(qtbot, window, dock):
    resize(window, 1000, 700)
    float_button = button(window, "floatDrawButton")
    float_button.click()
    assert dock.isFloating()
    assert float_button.accessibleName() == "Dock"
    tabs = window.panels.tabBar()
    assert not dock.geometry().intersects(QRect(tabs.mapToGlobal(QPoint(0, 0)), tabs.size()))
    float_button.click()
    assert not dock.isFloating()
    assert float_button.accessibleName() == "Float"


def test_a_closed_panel_leaves_a_button_that_shows_it_again(qtbot, window, dock):
    strip = button(window, "showDrawButton")
    assert not strip.isVisible()
    button(window, "closeDrawButton").click()
    assert not dock.isVisible()
    assert strip.isVisible()
    assert strip.height() >= strip.sizeHint().height()
    strip.click()
    assert dock.isVisible()
    assert not strip.isVisible()


def test_a_panel_that_was_closed_in_the_last_session_can_be_shown(qtbot, window, dock):
    dock.close()
    again = make_window(QApplication.instance(), window.settings())
    qtbot.addWidget(again)
    again.show()
    qtbot.waitExposed(again)
    assert not again.features.dock.isVisible()
    assert button(again, "showDrawButton").isVisible()
    again.close()


def test_reset_layout_brings_the_panel_back_from_anywhere(qtbot, window, dock):
    resize(window, 1280, 800)
    window.actions_by_name["moveDraw"].trigger()
    assert window.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea
    button(window, "floatDrawButton").click()
    dock.close()
    window.actions_by_name["resetLayout"].trigger()
    QApplication.processEvents()
    assert dock.isVisible()
    assert not dock.isFloating()
    assert window.dockWidgetArea(dock) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert dock.width() == usual_width(window.size())


@pytest.mark.parametrize(
    "window",
    [QRect(0, 0, 1920, 1040), QRect(0, 0, 1000, 700), QRect(900, 100, 1000, 700), QRect(500, 300, 1280, 720)],
)
def test_a_floating_panel_covers_no_tab_and_is_on_the_screen(window):
    top = window.top() + 90
    place = floating_place(window, top, QSize(340, 900), SCREEN)
    assert SCREEN.contains(place)
    assert not place.intersects(QRect(window.left(), window.top(), window.width(), 90))


def test_the_canvas_grows_with_the_window(qtbot, window, dock):
    sides = []
    for size in ((960, 600), (1280, 800), (1920, 1080), (2560, 1440), (960, 600)):
        resize(window, *size)
        sides.append(window.draw.canvas.width())
        assert window.draw.canvas.height() == sides[-1]
    assert sides[0] == sides[-1]
    assert sides[0] < sides[1] < sides[2] < sides[3]
    assert sides[0] >= 150
    assert sides[2] >= 400


def test_a_width_that_the_user_chose_stays(qtbot, window, dock):
    resize(window, 1280, 800)
    window.resizeDocks([dock], [400], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    resize(window, 1920, 1080)
    assert dock.width() == 400


def test_a_width_from_a_larger_screen_is_not_used_on_a_small_one(qtbot, window, dock):
    resize(window, 1920, 1080)
    settings = window.settings()
    again = make_window(QApplication.instance(), Settings("light", "builtin", "", "", settings.window_state))
    qtbot.addWidget(again)
    again.resize(960, 600)
    again.show()
    qtbot.waitExposed(again)
    again.place_dock()
    QApplication.processEvents()
    assert again.features.dock.width() <= 0.4 * again.width()
    again.close()


@pytest.mark.parametrize("size", [(960, 600), (1024, 700), (1280, 720), (1280, 800), (1920, 1080)])
def test_everything_of_the_panel_is_in_sight(qtbot, window, dock, size):
    resize(window, *size)
    scroll = dock.findChild(QScrollArea, "drawScroll")
    # The first answer may arrive now; its verdict is laid out in the next pass.
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() == 0, timeout=5_000)
    for part in (window.draw.canvas, window.draw.strip, window.draw.verdict, window.draw.keep_row, window.draw.bars):
        assert part.visibleRegion().boundingRect() == part.rect(), part.objectName()
