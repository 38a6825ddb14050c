"""The sandbox, driven with mouse and keyboard, and against Keras."""

import math
import re
from dataclasses import replace

import keras
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QToolButton

from digitlab.gui.app.accessible import install
from digitlab.gui.explain.sandbox.editable_grid import EditableGrid
from digitlab.gui.explain.sandbox.page import SandboxPage
from digitlab.gui.explain.sandbox.patterns import KERNELS
from digitlab.gui.explain.sandbox.setting import Setting, first_setting
from digitlab.gui.explain.slide.cell_grid import CellGrid
from digitlab.insight.place import Place
from digitlab.model.layer import Padding
from digitlab.model.layers import Conv2D, Dense, Flatten
from digitlab.model.spec import ModelSpec
from tests.helpers.clipping import clipped_texts
from tests.helpers.fields import assert_every_field_tells_what_it_is, choose, problems, tab_order, type_into
from tests.helpers.networks import random_snapshot

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def page(qtbot, drawn):
    page = SandboxPage(drawn)
    qtbot.addWidget(page)
    page.resize(900, 560)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page


def grid(page, name) -> CellGrid:
    return page.findChild(CellGrid, name)


def inputs(page) -> EditableGrid:
    return page.findChild(EditableGrid, "slideInput")


def kernel(page) -> EditableGrid:
    return page.findChild(EditableGrid, "slideKernel")


def box(page, name):
    return page.findChild(QComboBox, name)


def field(page, name):
    return page.findChild(QLineEdit, name)


def pick(of, text):
    """Choose an entry that may not stay chosen."""
    of.setCurrentIndex(of.findText(text))
    of.activated.emit(of.currentIndex())


def middle(of, cell) -> QPoint:
    return of.rect_of_cell(cell).center().toPoint()


def turn(of, cell, notches):
    """Turn the wheel over a cell."""
    place = QPointF(middle(of, cell))
    keys = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase)
    event = QWheelEvent(place, of.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), *keys, False)
    QApplication.sendEvent(of, event)


def formulas(page):
    """Return the sides of the output that the formulas on screen claim, and those that they work out to."""
    text = page.findChild(QLabel, "slideSize").text().partition(";")[0]
    parts = re.findall(r"[⌈⌊(]*\d[^,=]* = \d+", text)
    code = [part.replace("−", "-").replace("⌊", "math.floor(").replace("⌈", "math.ceil(") for part in parts]
    code = [re.sub("[⌋⌉]", ")", part).split(" = ") for part in code]
    claimed, worked = [int(right) for _, right in code], [eval(left, {"math": math}) for left, _ in code]
    return (claimed * 2)[:2], (worked * 2)[:2]


def random_setting(rng) -> Setting:
    height, width = (int(side) for side in rng.integers(3, 29, 2))
    rows, columns = (int(side) for side in rng.integers(1, 8, 2))
    padding = Padding.SAME if rows > height or columns > width else (Padding.VALID, Padding.SAME)[int(rng.integers(2))]
    return Setting(
        rng.normal(size=(height, width)).round(2).astype(np.float32),
        rng.normal(size=(rows, columns)).round(2).astype(np.float32),
        int(rng.integers(1, 5)),
        padding,
        is_flipped=bool(rng.integers(2)),
    )


def test_five_hundred_random_settings_show_what_keras_computes(page):
    rng = np.random.default_rng(11)
    for _ in range(500):
        setting = random_setting(rng)
        page.editor.show_setting(setting)
        weights = setting.kernel[::-1, ::-1] if setting.is_flipped else setting.kernel
        layer = keras.layers.Conv2D(1, weights.shape, strides=setting.stride, padding=str(setting.padding))
        batch = setting.inputs[None, :, :, None]
        wanted = np.asarray(
            keras.ops.conv(
                batch,
                np.ascontiguousarray(weights)[:, :, None, None],
                strides=setting.stride,
                padding=str(setting.padding),
            )
        )[0, :, :, 0]
        shown = grid(page, "slideOutput").cells.values
        np.testing.assert_allclose(shown, wanted, rtol=1e-5, atol=1e-5)
        claimed, worked = formulas(page)
        assert claimed == worked == list(layer.compute_output_shape(batch.shape)[1:3]), setting
        assert f"{shown.shape[0]} × {shown.shape[1]}" in grid(page, "slideOutput").caption


def test_padding_and_skipped_inputs_are_marked(page):
    page.editor.show_setting(
        Setting(np.ones((8, 8), np.float32), np.ones((3, 3), np.float32), stride=2, padding=Padding.VALID)
    )
    cells = inputs(page).cells
    assert cells.padding is None
    assert cells.skipped.sum() == 15
    assert inputs(page).part(63).name == "row 7, column 7: 1.00, under no window"
    assert page.findChild(QLabel, "slideSize").text().endswith("; 15 inputs under no window")
    page.editor.show_setting(replace(page.setting, padding=Padding.SAME))
    cells = inputs(page).cells
    assert cells.skipped is None
    assert cells.padding.sum() == 17  # a row below and a column on the right
    assert inputs(page).part(80).name == "row 8, column 8: 0, padding"


def test_the_mouse_draws_and_erases_and_a_stroke_is_one_command(page):
    before = page.setting
    grid_ = inputs(page)
    QTest.mousePress(grid_, LEFT, pos=middle(grid_, (8, 1)))
    for column in (2, 3, 4):
        QTest.mouseMove(grid_, middle(grid_, (8, column)))
    QTest.mouseRelease(grid_, LEFT, pos=middle(grid_, (8, 4)))
    assert page.setting.inputs[8, 1:5].tolist() == [1, 1, 1, 1]
    np.testing.assert_array_equal(grid_.cells.values, page.setting.inputs)
    assert box(page, "sandboxInput").currentText() == "Own"
    QTest.mouseClick(grid_, RIGHT, pos=middle(grid_, (8, 2)))
    assert page.setting.inputs[8, 1:5].tolist() == [1, 0, 1, 1]
    page.findChild(QToolButton, "sandboxUndo").click()
    page.findChild(QToolButton, "sandboxUndo").click()
    assert page.setting is before
    assert box(page, "sandboxInput").currentText() == "Seven"
    page.findChild(QToolButton, "sandboxRedo").click()
    assert page.setting.inputs[8, 1:5].tolist() == [1, 1, 1, 1]


def test_numbers_are_typed_into_the_input(page, qtbot):
    grid_ = inputs(page)
    grid_.setFocus()
    QTest.keyClick(grid_, Qt.Key.Key_Down)
    QTest.keyClick(grid_, Qt.Key.Key_Right)
    qtbot.keyClicks(grid_, "-0.25")
    assert grid_.typed == "−0.25"
    assert "row 1, column 1: −0.25" in page.findChild(QLabel, "slideReadout").text()
    QTest.keyClick(grid_, Qt.Key.Key_Return)
    assert page.setting.inputs[1, 1] == -0.25
    qtbot.keyClicks(grid_, "0.5")
    QTest.keyClick(grid_, Qt.Key.Key_Right)  # enters it too
    assert page.setting.inputs[1, 1] == 0.5
    assert grid_.cursor_cell == (1, 2)
    value = page.setting.inputs[1, 2]
    qtbot.keyClicks(grid_, "7")
    QTest.keyClick(grid_, Qt.Key.Key_Escape)
    assert page.setting.inputs[1, 2] == value
    QTest.keyClick(grid_, Qt.Key.Key_Delete)
    assert page.setting.inputs[1, 2] == 0
    QTest.keyClick(grid_, Qt.Key.Key_Return)
    assert page.setting.inputs[1, 2] == 1
    qtbot.keyClicks(grid_, "--")
    QTest.keyClick(grid_, Qt.Key.Key_Return)
    assert page.setting.inputs[1, 2] == 1


def test_padding_is_not_edited(page):
    page.editor.show_setting(replace(page.setting, padding=Padding.SAME))
    before, grid_ = page.setting, inputs(page)
    QTest.mouseClick(grid_, LEFT, pos=middle(grid_, (0, 3)))
    turn(grid_, (0, 3), 1)
    assert page.setting is before
    grid_.setFocus()
    QTest.keyClick(grid_, Qt.Key.Key_Home)
    QTest.keyClick(grid_, Qt.Key.Key_5)
    QTest.keyClick(grid_, Qt.Key.Key_Return)
    assert page.setting.inputs[0, 0] == 5
    QTest.keyClick(grid_, Qt.Key.Key_End)
    assert grid_.cursor_cell == (9, 9)


def test_weights_are_typed_and_turned(page, qtbot):
    grid_ = kernel(page)
    QTest.mouseClick(grid_, LEFT, pos=middle(grid_, (1, 1)))
    grid_.setFocus()
    qtbot.keyClicks(grid_, "4")
    QTest.keyClick(grid_, Qt.Key.Key_Return)
    assert page.setting.kernel.tolist() == [[-1, 0, 1], [-1, 4, 1], [-1, 0, 1]]
    turn(grid_, (0, 0), 3)
    assert page.setting.kernel[0, 0] == 0.5
    assert box(page, "sandboxKernel").currentText() == "Own"
    np.testing.assert_array_equal(grid_.cells.values, page.setting.kernel)


def test_pointing_steers_and_does_not_draw(page):
    before = page.setting
    QTest.mouseMove(inputs(page), middle(inputs(page), (4, 5)))
    assert page.view.place == (3, 4)
    QTest.mouseMove(grid(page, "slideOutput"), middle(grid(page, "slideOutput"), (6, 7)))
    assert page.view.place == (6, 7)
    assert page.setting is before


def test_every_pattern_can_be_chosen(page, qtbot):
    for name in ("Checkerboard", "Spot", "Empty", "Vertical edge"):
        choose(qtbot, box(page, "sandboxInput"), name)
        assert box(page, "sandboxInput").currentText() == name
    assert page.setting.inputs.tolist() == [[0] * 5 + [1] * 5] * 10
    for pattern in KERNELS.values():
        choose(qtbot, box(page, "sandboxKernel"), pattern.title)
        np.testing.assert_array_equal(page.setting.kernel, pattern.make(3, 3))
        assert box(page, "sandboxKernel").currentText() == pattern.title


def test_the_drawing_and_a_filter_of_the_network_can_be_taken(page, drawn, qtbot):
    type_into(qtbot, field(page, "sandboxHeight"), "28")
    type_into(qtbot, field(page, "sandboxWidth"), "28")
    choose(qtbot, box(page, "sandboxInput"), "My drawing")
    assert box(page, "sandboxInput").currentText() == "My drawing"
    np.testing.assert_allclose(page.setting.inputs, drawn.view.inspection.image / 255, atol=0.006)
    drawn.place = Place(0, (3, 4, 6))
    pick(box(page, "sandboxKernel"), "Filter on screen")
    np.testing.assert_array_equal(page.setting.kernel, drawn.snapshot.weights[0][0][:, :, 0, 6])
    assert field(page, "sandboxSide").text() == "5"
    sums = drawn.view.inspection.sums[0][..., 6] - drawn.snapshot.weights[0][1][6]
    np.testing.assert_allclose(grid(page, "slideOutput").cells.values, sums, atol=0.05)


def test_a_network_without_filters_gives_none_in_words(page, show, images, qtbot):
    show(images[0], random_snapshot(ModelSpec("", (Flatten(), Dense(10)))))
    before = page.setting
    pick(box(page, "sandboxKernel"), "Filter on screen")
    assert problems(page) == ["There is no filter to take: the network on screen has no convolution."]
    assert page.setting is before
    show(images[0], random_snapshot(ModelSpec("", (Conv2D(2, 9), Flatten(), Dense(10)))))
    choose(qtbot, box(page, "sandboxKernel"), "Identity")
    assert problems(page) == []
    pick(box(page, "sandboxKernel"), "Filter on screen")
    assert problems(page) == ["This filter has a side of 9; the sandbox takes up to 7."]
    assert box(page, "sandboxKernel").currentText() == "Identity"


def test_a_kernel_that_does_not_fit_is_explained_with_the_way_on(page, qtbot):
    type_into(qtbot, field(page, "sandboxSide"), "7")
    before = page.setting
    type_into(qtbot, field(page, "sandboxHeight"), "5")
    assert problems(page) == [
        "A kernel of 7 × 7 does not fit into 5 × 10 without padding. Choose a kernel of at most 5 × 10, a larger "
        "input, or padding “same”."
    ]
    assert page.setting is before
    choose(qtbot, box(page, "sandboxPadding"), "same")
    assert problems(page) == []
    assert (page.setting.inputs.shape, page.setting.padding) == ((5, 10), Padding.SAME)


def test_a_number_out_of_range_says_what_is_valid(page, qtbot):
    before = page.setting
    type_into(qtbot, field(page, "sandboxStride"), "9")
    assert problems(page) == ["Stride: Type a whole number from 1 to 4."]
    assert page.setting is before
    type_into(qtbot, field(page, "sandboxStride"), "2")
    assert problems(page) == []
    assert page.setting.stride == 2


def test_another_size_keeps_patterns_and_the_middle_of_what_was_drawn(page, qtbot):
    type_into(qtbot, field(page, "sandboxWidth"), "14")
    assert page.setting.input_name == "seven"
    assert page.setting.inputs.shape == (10, 14)
    page.editor.replace(page.setting.with_input(5, 7, 0.3), "input")
    type_into(qtbot, field(page, "sandboxHeight"), "12")
    assert page.setting.inputs[6, 7] == np.float32(0.3)
    type_into(qtbot, field(page, "sandboxSide"), "5")
    assert page.setting.kernel[:, 1:4].tolist() == [[0, 0, 0], [-1, 0, 1], [-1, 0, 1], [-1, 0, 1], [0, 0, 0]]


def test_the_flip_is_shown_as_what_it_is(page, qtbot):
    choose(qtbot, box(page, "sandboxKernel"), "Emboss")
    emboss = page.setting.kernel
    assert not grid(page, "slideRotated").isVisible()
    choose(qtbot, box(page, "sandboxOperation"), "Convolution")
    np.testing.assert_array_equal(grid(page, "slideRotated").cells.values, emboss[::-1, ::-1])
    np.testing.assert_array_equal(kernel(page).cells.values, emboss)
    assert "rotated by 180°" in page.findChild(QLabel, "sandboxSentence").text()
    at = page.view.at
    np.testing.assert_array_equal(at.products, at.patch * emboss[::-1, ::-1])
    turn(kernel(page), (0, 1), 1)  # editing goes on at the kernel as typed
    assert grid(page, "slideRotated").cells.values[2, 1] == page.setting.kernel[0, 1] == -0.5


def test_undo_and_redo_by_keyboard_do_not_reach_the_canvas(page):
    grid_ = inputs(page)
    grid_.setFocus()
    before = page.setting
    QTest.keyClick(grid_, Qt.Key.Key_Return)
    assert page.setting is not before
    QTest.keyClick(grid_, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.setting is before
    QTest.keyClick(grid_, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert page.setting is not before


def test_reset_can_be_undone(page, qtbot):
    choose(qtbot, box(page, "sandboxKernel"), "Sharpen")
    sharpened = page.setting
    page.findChild(QToolButton, "sandboxReset").click()
    assert page.setting.looks_like(first_setting())
    page.findChild(QToolButton, "sandboxUndo").click()
    assert page.setting is sharpened


def test_it_plays_with_space(page):
    grid_ = grid(page, "slideOutput")
    grid_.setFocus()
    QTest.keyClick(grid_, Qt.Key.Key_Space)
    assert page.view.playback.is_playing
    assert grid_.filled < 64
    QTest.keyClick(grid_, Qt.Key.Key_Space)
    assert not page.view.playback.is_playing


def test_everything_is_reached_with_tab_and_says_what_it_is(page):
    page.editor.replace(page.setting.with_input(0, 0, 5), "input")
    page.editor.replace(page.setting.with_input(0, 0, 6), "input")
    page.editor.stack.undo()
    assert_every_field_tells_what_it_is(page)
    for button in page.findChildren(QToolButton):
        assert button.objectName()
        assert button.accessibleName()
        assert button.toolTip()
    assert tab_order(page) == [
        *("sandboxInput", "sandboxHeight", "sandboxWidth", "sandboxKernel", "sandboxSide", "sandboxKernelWidth"),
        *("sandboxStride", "sandboxPadding", "sandboxOperation"),
        *("slideRestart", "slideBack", "slidePlay", "slideForward", "slideSpeed"),
        *("sandboxUndo", "sandboxRedo", "sandboxReset", "slideInput", "slideKernel", "slideOutput"),
    ]


def test_screen_readers_are_told_of_the_cursor_s_cell(page):
    install(page)
    grid_ = inputs(page)
    grid_.setFocus()
    QTest.keyClick(grid_, Qt.Key.Key_Down)
    found = QAccessible.queryAccessibleInterface(grid_)
    assert found.role() is QAccessible.Role.Table
    assert found.childCount() == 100
    assert found.text(QAccessible.Text.Description).startswith("Input row 1, column 0: 0. Type a number")


@pytest.mark.parametrize("size", [(560, 400), (940, 480), (1460, 800)])
@pytest.mark.parametrize("is_flipped", [False, True])
@pytest.mark.parametrize("sides", [(10, 10, 3), (28, 28, 7), (3, 28, 1), (5, 3, 5)])
def test_no_text_is_cut_off(page, size, is_flipped, sides):
    page.resize(*size)
    height, width, side = sides
    rng = np.random.default_rng(0)
    page.editor.show_setting(
        Setting(
            (30 * rng.normal(size=(height, width))).astype(np.float32),
            (30 * rng.normal(size=(side, side))).astype(np.float32),
            3,
            Padding.SAME,
            is_flipped=is_flipped,
        )
    )
    QTest.qWait(60)
    assert page.size().toTuple() == size
    assert clipped_texts(page) == []


def test_a_kernel_stays_a_square_until_its_width_is_changed(page, qtbot):
    type_into(qtbot, field(page, "sandboxSide"), "5")
    assert page.setting.kernel.shape == (5, 5)
    assert field(page, "sandboxKernelWidth").text() == "5"
    type_into(qtbot, field(page, "sandboxKernelWidth"), "2")
    assert page.setting.kernel.shape == (5, 2)
    type_into(qtbot, field(page, "sandboxSide"), "7")
    assert page.setting.kernel.shape == (7, 2)
    assert grid(page, "slideOutput").cells.shape == (4, 9)
    assert "Output height (10 − 7) / 1 + 1 = 4, width (10 − 2) / 1 + 1 = 9" in [
        label.text() for label in page.findChildren(QLabel)
    ]


def test_an_uneven_filter_of_the_network_can_be_taken(page, drawn, show, images, qtbot):
    show(images[0], random_snapshot(ModelSpec("", (Conv2D(2, (7, 3)), Flatten(), Dense(10))), seed=2))
    drawn.place = Place(0, (3, 4, 1))
    choose(qtbot, box(page, "sandboxKernel"), "Filter on screen")
    np.testing.assert_array_equal(page.setting.kernel, drawn.snapshot.weights[0][0][:, :, 0, 1])
    assert (field(page, "sandboxSide").text(), field(page, "sandboxKernelWidth").text()) == ("7", "3")
