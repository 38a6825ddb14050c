"""The sliding window and the sandbox in the whole window: the drawing, the canvas and the path follow."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.explain.sandbox.page import SandboxPage
from digitlab.gui.explain.slide.cell_grid import CellGrid
from digitlab.gui.explain.slide.page import SlidePage


@pytest.fixture
def panel(window, qtbot):
    window.session.sketch = Sketch(builtin_drawing(4, builtin_styles(4)[0]))
    qtbot.waitUntil(lambda: window.session.view is not None and window.session.view.inspection.image.any())
    window.actions_by_name["showExplain"].trigger()
    return window.panels.explain.panel()


def click(panel, name):
    QTest.mouseClick(panel.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)
    QApplication.processEvents()  # the page is laid out


def test_the_canvas_shows_the_receptive_field_of_the_window(window, panel, qtbot):
    session = window.session
    click(panel, "explainSlide")
    page = panel.findChild(SlidePage, "slidePage")
    spec = session.snapshot.spec
    qtbot.waitUntil(lambda: session.receptive_field == spec.receptive_field(page.place.layer, page.place.unit))
    output = page.findChild(CellGrid, "slideOutput")
    QTest.mouseMove(output, output.rect_of_cell((3, 5)).center().toPoint())
    qtbot.waitUntil(lambda: session.receptive_field == (slice(3, 8), slice(5, 10)))
    click(panel, "explainSum")
    qtbot.waitUntil(lambda: session.receptive_field == spec.receptive_field(panel.place.layer, panel.place.unit))


def test_a_chosen_output_becomes_the_explained_value(window, panel, qtbot):
    click(panel, "explainSlide")
    page = panel.findChild(SlidePage, "slidePage")
    output = page.findChild(CellGrid, "slideOutput")
    output.setFocus()
    page.view.go_to(3, 5)
    QTest.keyClick(output, Qt.Key.Key_Return)
    assert window.session.place == page.place
    assert window.session.place.unit[:2] == (3, 5)
    click(panel, "explainSum")
    qtbot.waitUntil(lambda: panel.place in panel.path)


def test_the_animation_goes_on_while_a_digit_is_drawn(window, panel, qtbot):
    click(panel, "explainSlide")
    page = panel.findChild(SlidePage, "slidePage")
    page.view.playback.set_speed(60)
    page.view.playback.play_or_pause()
    before = page.view.playback.position
    window.session.sketch = Sketch(builtin_drawing(9, builtin_styles(9)[0]))
    image = page.findChild(CellGrid, "slideInput").cells.values
    qtbot.waitUntil(lambda: not np.array_equal(page.findChild(CellGrid, "slideInput").cells.values, image))
    qtbot.waitUntil(lambda: page.view.playback.position > before)
    page.view.playback.pause()


def test_keys_of_the_sandbox_do_not_change_the_canvas(window, panel, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    click(panel, "explainSandbox")
    page = panel.findChild(SandboxPage, "sandboxPage")
    grid = page.findChild(CellGrid, "slideInput")
    grid.setFocus()
    drawn, first = window.session.sketch, page.setting
    QTest.keyClick(grid, Qt.Key.Key_5)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert page.setting.inputs[0, 0] == 0
    QTest.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.setting.inputs[0, 0] == 5
    QTest.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.setting is first
    assert window.session.sketch is drawn
