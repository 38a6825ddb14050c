"""The sliding window on the network on screen, driven with mouse and keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QToolButton, QWidget

from digitlab.gui.app.accessible import install
from digitlab.gui.explain.slide.cell_grid import CellGrid
from digitlab.gui.explain.slide.page import SlidePage
from digitlab.insight.path import path_through
from digitlab.insight.place import Place
from digitlab.model.layer import Padding
from digitlab.model.layers import Conv2D, Dense, Flatten
from digitlab.model.spec import ModelSpec
from tests.helpers.clipping import clipped_texts
from tests.helpers.fields import assert_every_field_tells_what_it_is, choose, tab_order
from tests.helpers.networks import random_snapshot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot, drawn):
    page = SlidePage(drawn)
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    page.placed = []
    page.place_requested.connect(page.placed.append)
    return page


def grid(page, name) -> CellGrid:
    return page.findChild(CellGrid, name)


def middle(page, name, cell) -> QPoint:
    return grid(page, name).rect_of_cell(cell).center().toPoint()


def readout(page):
    return page.findChild(QLabel, "slideReadout").text()


def answer_of(session):
    """Return the place of the largest output, before its softmax."""
    return Place(len(session.snapshot.spec.layers) - 1, (int(session.view.inspection.outputs.argmax()),))


def button(page, name):
    return page.findChild(QToolButton, name)


def test_it_begins_in_the_first_layer_on_the_path_to_the_answer_with_a_whole_output(page, drawn):
    layer, (_, _, channel) = page.place.layer, page.place.unit
    assert page.place in path_through(drawn.view.inspection, answer_of(drawn))
    assert layer == 0
    outputs = grid(page, "slideOutput")
    np.testing.assert_array_equal(outputs.cells.values, drawn.view.inspection.activations[1][..., channel])
    assert outputs.filled == 24 * 24
    assert page.findChild(QLabel, "slideSize").text() == "Output size (28 − 5) / 1 + 1 = 24"


def test_it_follows_the_explained_place(page, drawn):
    drawn.place = Place(2, (3, 4, 5))
    assert page.place == Place(2, (3, 4, 5))
    assert grid(page, "slideOutput").mark == (3, 4)
    assert grid(page, "slideInput").window_place == QRectF(4, 3, 5, 5)
    assert readout(page).startswith("row 3, column 4: 25 products = ")
    drawn.place = answer_of(drawn)  # the nearest window before it is that of the second pooling
    assert page.place.layer == 3
    assert page.place in path_through(drawn.view.inspection, drawn.place)


def test_it_follows_the_pen_while_it_is_visible(page, drawn, show, images, qtbot):
    page.view.go_to(5, 6)
    channel = page.place.unit[2]
    show(images[1])
    wanted = drawn.view.inspection.activations[1][..., channel]
    qtbot.waitUntil(lambda: np.array_equal(grid(page, "slideOutput").cells.values, wanted))
    assert page.place == Place(0, (5, 6, channel))
    page.hide()
    show(images[2])
    assert np.array_equal(grid(page, "slideOutput").cells.values, wanted)
    page.show()
    assert not np.array_equal(grid(page, "slideOutput").cells.values, wanted)


def test_pointing_at_either_grid_steers_the_window(page):
    QTest.mouseMove(grid(page, "slideOutput"), middle(page, "slideOutput", (7, 9)))
    assert page.place.unit[:2] == (7, 9)
    QTest.mouseMove(grid(page, "slideInput"), middle(page, "slideInput", (12, 13)))
    assert page.place.unit[:2] == (10, 11)  # whose middle is row 12, column 13
    assert grid(page, "slideInput").window_place == QRectF(11, 10, 5, 5)
    QTest.mouseMove(grid(page, "slideInput"), middle(page, "slideInput", (0, 27)))
    assert page.place.unit[:2] == (0, 23)


def test_dragging_the_window_fills_the_output(page):
    button(page, "slideRestart").click()
    assert grid(page, "slideOutput").filled == 1
    inputs = grid(page, "slideInput")
    QTest.mousePress(inputs, LEFT, pos=middle(page, "slideInput", (2, 2)))
    for column in range(3, 20):
        QTest.mouseMove(inputs, middle(page, "slideInput", (2, column)))
    QTest.mouseRelease(inputs, LEFT, pos=middle(page, "slideInput", (2, 19)))
    assert page.place.unit[:2] == (0, 17)
    assert grid(page, "slideOutput").filled == 18


def test_playing_moves_the_window_and_fills_the_output(page, qtbot):
    choose(qtbot, page.findChild(QComboBox, "slideSpeed"), "60 a second")
    play = button(page, "slidePlay")
    play.click()
    assert play.accessibleName() == "Pause"
    assert grid(page, "slideOutput").filled < 24 * 24
    qtbot.waitUntil(lambda: page.view.playback.position > 5)
    play.click()
    position = page.view.playback.position
    qtbot.wait(60)
    assert page.view.playback.position == position
    assert grid(page, "slideOutput").filled == position + 1
    assert "not computed yet" in grid(page, "slideOutput").part(position + 1).name
    assert "not computed yet" not in grid(page, "slideOutput").part(position).name


def test_it_does_not_play_while_nobody_sees_it(page, qtbot):
    button(page, "slidePlay").click()
    page.hide()
    assert not page.view.playback.is_running
    page.show()
    assert page.view.playback.is_running
    page.view.playback.pause()


def test_the_mouse_over_a_grid_holds_the_window(page, qtbot):
    button(page, "slidePlay").click()
    QTest.mouseMove(grid(page, "slideOutput"), middle(page, "slideOutput", (7, 9)))
    assert not page.view.playback.is_running
    QTest.mouseMove(page, QPoint(2, 2))
    qtbot.waitUntil(lambda: page.view.playback.is_running)
    page.view.playback.pause()


def test_the_keyboard_alone_does_everything(page, qtbot):
    inputs = grid(page, "slideInput")
    inputs.setFocus()
    QTest.keyClick(inputs, Qt.Key.Key_Home)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(inputs, key)
    assert page.place.unit[:2] == (2, 1)
    QTest.keyClick(inputs, Qt.Key.Key_End)
    assert page.place.unit[:2] == (23, 23)
    QTest.keyClick(inputs, Qt.Key.Key_Home)
    assert page.place.unit[:2] == (0, 0)
    QTest.keyClick(inputs, Qt.Key.Key_Left)
    assert page.place.unit[:2] == (0, 0)
    QTest.keyClick(inputs, Qt.Key.Key_Space)
    assert page.view.playback.is_playing
    QTest.keyClick(inputs, Qt.Key.Key_Space)
    assert not page.view.playback.is_playing
    page.view.go_to(4, 5)
    QTest.keyClick(inputs, Qt.Key.Key_Return)
    QTest.keyClick(grid(page, "slideOutput"), Qt.Key.Key_Return)
    assert page.placed == [Place(-1, (6, 7, 0)), Place(0, (4, 5, page.place.unit[2]))]
    names = tab_order(page)
    assert names == [
        *("slideLayer", "slideMap", "slideRestart", "slideBack", "slidePlay", "slideForward", "slideSpeed"),
        *("slideInput", "slideOutput"),
    ]


def test_a_double_click_asks_for_the_place(page, drawn):
    drawn.place = Place(2, (0, 0, 5))
    channel = page._input_map
    QTest.mouseDClick(grid(page, "slideOutput"), LEFT, pos=middle(page, "slideOutput", (3, 4)))
    QTest.mouseDClick(grid(page, "slideInput"), LEFT, pos=middle(page, "slideInput", (6, 7)))
    assert page.placed == [Place(2, (3, 4, 5)), Place(1, (6, 7, channel))]
    page.view.go_to(3, 4)
    QTest.mouseDClick(grid(page, "slidePatch"), LEFT, pos=middle(page, "slidePatch", (1, 2)))
    assert page.placed[-1] == Place(1, (4, 6, channel))


def test_padding_is_no_place(page, show, images):
    show(images[0], random_snapshot(ModelSpec("", (Conv2D(2, 5, padding=Padding.SAME), Flatten(), Dense(10)))))
    page.hide()
    page.show()
    inputs = grid(page, "slideInput")
    assert inputs.cells.shape == (32, 32)
    assert inputs.cells.padding.sum() == 32 * 32 - 28 * 28
    QTest.mouseDClick(inputs, LEFT, pos=middle(page, "slideInput", (0, 4)))
    assert page.placed == []
    assert inputs.part(0).name == "row −2, column −2: 0, padding"


def test_choosing_a_layer_and_a_map_asks_for_it(page, drawn, qtbot):
    page.view.go_to(20, 20)
    choose(qtbot, page.findChild(QComboBox, "slideLayer"), "conv2")
    assert page.place == Place(2, (7, 7, 0))
    choose(qtbot, page.findChild(QComboBox, "slideMap"), "3")
    assert page.place == page.placed[-1] == Place(2, (7, 7, 3))


def test_the_input_map_and_what_it_contributes_alone_can_be_chosen(page, drawn, qtbot):
    drawn.place = Place(2, (3, 4, 5))
    inspection = drawn.view.inspection
    whole = grid(page, "slideOutput").cells.values
    np.testing.assert_array_equal(whole, inspection.activations[3][..., 5])
    choose(qtbot, page.findChild(QComboBox, "slideInputMap"), "7")
    np.testing.assert_array_equal(grid(page, "slideInput").cells.values, inspection.activations[2][..., 7])
    np.testing.assert_array_equal(grid(page, "slideOutput").cells.values, whole)
    assert "from 31 other input maps" in readout(page)
    page.findChild(QCheckBox, "slideWhole").click()
    alone = grid(page, "slideOutput").cells.values[3, 4]
    kernel = inspection.snapshot.weights[2][0][:, :, 7, 5]
    assert alone == pytest.approx(float((inspection.activations[2][3:8, 4:9, 7] * kernel).sum()), rel=1e-4, abs=1e-6)
    assert "other input maps" not in readout(page)


def test_pooling_has_one_grid_with_its_largest_input_marked(page, drawn):
    drawn.place = Place(1, (5, 6, 2))
    assert grid(page, "slideKernel").isHidden()
    assert grid(page, "slideProducts").isHidden()
    cells = grid(page, "slidePatch").cells
    assert cells.values[cells.chosen] == cells.values.max() == drawn.view.inspection.activations[2][5, 6, 2]
    assert not page.findChild(QComboBox, "slideInputMap").isVisible()


def test_a_network_without_a_window_says_so(page, show, images):
    show(images[0], random_snapshot(ModelSpec("", (Flatten(), Dense(10)))))
    page.hide()
    page.show()
    assert page.place is None
    texts = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert texts == [
        "No layer of this network slides a window over maps. Add a convolution or a pooling layer in Network."
    ]


def test_screen_readers_get_tables_with_the_numbers(page):
    install(page)
    page.view.go_to(2, 3)
    for name, count in (("slideInput", 784), ("slidePatch", 25), ("slideKernel", 25), ("slideOutput", 576)):
        found = QAccessible.queryAccessibleInterface(page.findChild(QWidget, name))
        assert found.role() is QAccessible.Role.Table
        assert found.childCount() == count
    outputs = QAccessible.queryAccessibleInterface(grid(page, "slideOutput"))
    cell = outputs.child(2 * 24 + 3)
    assert cell.text(QAccessible.Text.Name).startswith("row 2, column 3: ")
    assert cell.state().selected
    assert grid(page, "slideOutput").accessibleDescription() == readout(page)
    for widget in page.findChildren(CellGrid):
        inside = QRectF(widget.rect()).adjusted(-1, -1, 1, 1)
        assert all(inside.contains(widget.part(index).rect) for index in range(widget.part_count()))


def test_the_receptive_field_follows_the_window(page, drawn, qtbot):
    fields = []
    page.receptive_field_hovered.connect(fields.append)
    drawn.place = Place(2, (3, 4, 5))
    wanted = drawn.snapshot.spec.receptive_field(2, (3, 4, 5))
    assert wanted == (slice(6, 20), slice(8, 22))
    qtbot.waitUntil(lambda: fields[-1:] == [wanted])
    QTest.mouseMove(grid(page, "slideOutput"), middle(page, "slideOutput", (0, 0)))
    qtbot.waitUntil(lambda: fields[-1] == (slice(0, 14), slice(0, 14)))
    page.view.playback.set_speed(60)
    page.view.playback.play_or_pause()
    qtbot.waitUntil(lambda: page.view.playback.position > 3)
    fields.clear()
    before = page.view.playback.position
    qtbot.waitUntil(lambda: page.view.playback.position > before + 8)
    assert not fields  # too fast for it
    page.view.playback.pause()


def test_every_control_says_what_it_is(page, drawn):
    drawn.place = Place(2, (3, 4, 5))
    assert_every_field_tells_what_it_is(page)
    for widget in (*page.findChildren(QToolButton), *page.findChildren(QCheckBox)):
        assert widget.objectName()
        assert widget.accessibleName()
        assert widget.toolTip()


@pytest.mark.parametrize("size", [(560, 400), (940, 480), (1460, 800)])
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_no_text_is_cut_off(page, drawn, size, layer):
    page.resize(*size)
    drawn.place = Place(layer, (3, 4, 5))
    QTest.qWait(60)
    assert page.size().toTuple() == size
    assert clipped_texts(page) == []


def test_a_frame_paints_only_what_changes(page):
    inputs, outputs = grid(page, "slideInput"), grid(page, "slideOutput")
    page.view.playback.restart()
    page.grab()
    pictures = (inputs._picture, outputs._picture)
    page.view.playback.step(1)
    page.grab()
    assert (inputs._picture, outputs._picture) == pictures
    assert inputs.cell_at(QPointF(0, 0)) is None


def test_a_layer_chosen_of_a_network_that_is_gone_shows_the_new_one(page, drawn, images, show):
    layers = page.findChild(QComboBox, "slideLayer")
    layers.setCurrentIndex(layers.findText("pool2"))
    show(images[0], random_snapshot(ModelSpec("Short", (Conv2D(2, 3),))))  # shown with the next frame
    layers.activated.emit(layers.currentIndex())
    assert page.placed == []
    assert page.place.layer == 0
    assert [layers.itemText(nth) for nth in range(layers.count())] == ["conv1"]


def test_a_network_of_other_shapes_opened_while_the_window_moves_raises_nothing(page, drawn, images, show):
    drawn.place = Place(3, (1, 1, 0))
    fields = []
    page.receptive_field_hovered.connect(fields.append)
    page.view.go_to(0, 0)  # announced with the next frame
    show(images[0], random_snapshot(ModelSpec("Flat", (Flatten(), Dense(10)))))
    page._field.flush()
    assert fields
