"""What if, with mouse and keyboard: filters off and on, kernels painted and typed, noise, rounding, undo."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QSlider, QToolButton, QWidget

from digitlab.gui.explain.whatif import page as page_module
from digitlab.gui.explain.whatif.kernels import significant
from digitlab.gui.explain.whatif.page import WhatIfPage
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.network_editor import NetworkEditor
from digitlab.gui.widgets.fields import ChoiceBox, NumberField
from digitlab.insight.place import Place
from digitlab.model.edits import Edits, Unit, Weight
from digitlab.model.layer import Activation
from digitlab.model.layers import BatchNormalization, Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.clipping import clipped_texts
from tests.helpers.networks import random_snapshot

CONV1, CONV2, DENSE = 0, 2, 5


@pytest.fixture
def editor(session, qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return NetworkEditor(session, Messages(bar), bar)


@pytest.fixture
def page(qtbot, session, editor):
    """The page at its smallest size, with the filters of the first layer."""
    page = WhatIfPage(session)
    page.follow(editor)
    qtbot.addWidget(page)
    page.resize(560, 340)
    page.show()
    qtbot.waitExposed(page)
    page.choose(CONV1, 0)
    return page


def _child(page, kind, name):
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def _click(page, name) -> None:
    QTest.mouseClick(_child(page, QWidget, name), Qt.MouseButton.LeftButton)


def _centre(rect) -> QPoint:
    return rect.center().toPoint()


def _settle(qtbot, page) -> None:
    qtbot.waitUntil(lambda: not page._refresh.is_pending)


def _is_off(session, layer, unit) -> bool:
    return bool(session.snapshot.off_units(layer)[unit])


def _type(field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


# Filters


def test_a_click_chooses_a_filter_and_a_double_click_switches_it_off_and_on(qtbot, page, session):
    tiles = page.tiles
    QTest.mouseClick(tiles, Qt.MouseButton.LeftButton, pos=_centre(tiles.rect_of(4)))
    assert tiles.chosen == 4
    assert session.edits.is_empty
    assert _child(page, QLabel, "kernelTitle").text() == "conv1 · filter 4"
    QTest.mouseDClick(tiles, Qt.MouseButton.LeftButton, pos=_centre(tiles.rect_of(4)))
    assert _is_off(session, CONV1, 4)
    _settle(qtbot, page)
    assert _child(page, QLabel, "kernelTitle").text() == "conv1 · filter 4, off"
    QTest.mouseDClick(tiles, Qt.MouseButton.LeftButton, pos=_centre(tiles.rect_of(4)))
    assert session.edits.is_empty


def test_ctrl_click_switches_a_filter_off_at_once(page, session):
    where = _centre(page.tiles.rect_of(7))
    QTest.mouseClick(page.tiles, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, where)
    assert _is_off(session, CONV1, 7)


def test_filters_are_chosen_and_switched_with_the_keyboard(qtbot, page, session):
    page.tiles.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space):
        QTest.keyClick(page.tiles, key)
    assert session.edits.off == {Unit(CONV1, 2)}
    for key in (Qt.Key.Key_End, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Home):
        QTest.keyClick(page.tiles, key)
    assert session.edits.off == {Unit(CONV1, 2), Unit(CONV1, 31)}
    assert page.tiles.chosen == 0
    QTest.keyClick(page.tiles, Qt.Key.Key_Down)
    across = page.tiles.chosen
    assert page.tiles.rect_of(across).x() == page.tiles.rect_of(0).x()
    assert page.tiles.rect_of(across).y() > page.tiles.rect_of(0).y()


def test_a_filter_that_is_off_is_crossed_out_and_said_to_be_off(qtbot, page, session):
    def tile():
        return page.tiles.grab(page.tiles.rect_of(5).toAlignedRect()).toImage()

    before = tile()
    page.choose(CONV1, 5)
    page.kernel.toggle_unit()
    page.choose(CONV1, 0)
    _settle(qtbot, page)
    assert tile() != before
    assert page.tiles.part(5).name == "conv1 · filter 5, off"
    assert page.tiles.part(4).name == "conv1 · filter 4"


def test_keep_only_and_all_on(qtbot, page, session):
    page.choose(CONV1, 3)
    _click(page, "keepOnlyButton")
    assert list(np.flatnonzero(~session.snapshot.off_units(CONV1))) == [3]
    _settle(qtbot, page)
    _click(page, "allOnButton")
    assert session.edits.is_empty
    _settle(qtbot, page)
    assert not _child(page, QPushButton, "allOnButton").isEnabled()


def test_the_button_says_what_it_does_and_why_not(qtbot, page, session):
    button = _child(page, QPushButton, "switchButton")
    assert button.text() == "Switch off"
    _click(page, "switchButton")
    _settle(qtbot, page)
    assert button.text() == "Switch on"
    # In a network that was saved with a filter off, there are no weights to switch on.
    saved = Snapshot.of(TUTORIAL, session.snapshot.arrays)
    session.open_network(saved, None, "Saved")
    _settle(qtbot, page)
    assert not button.isEnabled()
    assert "no weights" in button.toolTip()


def test_the_last_softmax_output_cannot_be_switched_off(qtbot, page, session):
    page.choose(DENSE, 4)
    _click(page, "keepOnlyButton")
    _settle(qtbot, page)
    assert _child(page, QLabel, "kernelTitle").text() == "dense · output 4"
    button = _child(page, QPushButton, "switchButton")
    assert not button.isEnabled()
    page.tiles.setFocus()
    QTest.keyClick(page.tiles, Qt.Key.Key_Space)
    assert not session.snapshot.off_units(DENSE)[4]
    page.choose(DENSE, 5)
    assert button.isEnabled()


def test_every_layer_with_weights_can_be_chosen(qtbot, page, session):
    box = _child(page, ChoiceBox, "whatIfLayerBox")
    assert [box.itemText(index) for index in range(box.count())] == ["conv1", "conv2", "dense"]
    box.show_choice(CONV2)
    assert page.layer == CONV2
    assert page.tiles.part_count() == 64
    session.open_network(random_snapshot(PEN), None, "Pen")
    _settle(qtbot, page)
    assert [box.itemText(index) for index in range(box.count())] == ["conv1", "conv2", "conv3", "dense1", "dense2"]
    for layer in (0, 2, 3, 6, 7):
        page.choose(layer, 1)
        page.kernel.toggle_unit()
        assert _is_off(session, layer, 1)


def test_the_filter_of_the_explained_value_is_chosen(qtbot, page, session):
    session.place = Place(CONV2, (3, 3, 17))
    _settle(qtbot, page)
    assert (page.layer, page.tiles.chosen) == (CONV2, 17)
    session.place = Place(3, (1, 1, 5))  # a pooling has no kernel
    _settle(qtbot, page)
    assert (page.layer, page.tiles.chosen) == (CONV2, 17)


# Kernels


def test_typing_a_weight_shows_it_at_once_and_is_one_command(qtbot, page, session, editor):
    page.kernel.grid.setFocus()
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Down)
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Right)
    assert page.kernel.grid.cell == (1, 1)
    _type(page.kernel.weight, "-0.75")
    assert session.snapshot.weights[CONV1][0][1, 1, 0, 0] == np.float32(-0.75)
    QTest.keyClick(page.kernel.weight, Qt.Key.Key_Return)
    assert editor.stack.count() == 1
    _settle(qtbot, page)
    assert page.kernel.weight.text() == "-0.75"
    assert "−0.75" in page.kernel.grid.part(6).name
    editor.undo()
    assert session.edits.is_empty


def test_a_typed_weight_is_complete_after_a_pause(qtbot, page, editor):
    _type(page.kernel.weight, "1.5")
    qtbot.waitUntil(lambda: editor.stack.count() == 1)
    assert editor.stack.undoText() == "setting a weight"


def test_an_invalid_weight_changes_nothing(page, session):
    _type(page.kernel.weight, "abc")
    assert session.edits.is_empty
    assert page.kernel.weight.property("invalid")


def test_the_bias_can_be_typed(page, session):
    _type(page.kernel.bias, "0.25")
    assert session.snapshot.weights[CONV1][1][0] == np.float32(0.25)


def test_dragging_paints_every_cell_it_passes_as_one_command(qtbot, page, session, editor):
    grid = page.kernel.grid
    _type(page.kernel.brush, "2")
    before = session.snapshot.weights[CONV1][0][..., 0, 0].copy()
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=_centre(grid.rect_of_cell((0, 0))))
    # A fast pointer: from the first to the fourth column in one event.
    QTest.mouseMove(grid, _centre(grid.rect_of_cell((0, 3))))
    QTest.mouseMove(grid, _centre(grid.rect_of_cell((1, 3))))
    kernel = session.snapshot.weights[CONV1][0][..., 0, 0]
    assert kernel[0, :4].tolist() == [2.0] * 4
    assert kernel[1, 3] == 2.0
    assert np.array_equal(kernel[2:], before[2:])
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=_centre(grid.rect_of_cell((1, 3))))
    assert editor.stack.count() == 1
    assert editor.stack.undoText() == "painting"
    editor.undo()
    assert session.snapshot is session.newest


def test_a_click_alone_paints_nothing(page, session):
    grid = page.kernel.grid
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=_centre(grid.rect_of_cell((3, 2))))
    assert grid.cell == (3, 2)
    assert session.edits.is_empty


def test_enter_paints_the_chosen_cell(page, session, editor):
    page.kernel.grid.setFocus()
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Return)
    assert session.edits.weights == {Weight(CONV1, 0, (0, 0, 0, 0)): 0.5}
    assert editor.stack.count() == 1


def test_plus_minus_and_the_wheel_change_the_chosen_weight_in_steps(qtbot, page, session, editor):
    grid = page.kernel.grid
    before = float(session.snapshot.weights[CONV1][0][0, 0, 0, 0])
    grid.setFocus()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        QTest.keyClick(grid, key)
    wheel = QWheelEvent(
        QPointF(5, 5),
        grid.mapToGlobal(QPointF(5, 5)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(grid, wheel)
    assert session.snapshot.weights[CONV1][0][0, 0, 0, 0] == pytest.approx(before + 3 * 0.05, abs=1e-6)
    qtbot.waitUntil(lambda: editor.stack.count() == 1)


def test_one_input_channel_is_shown_at_a_time_the_strongest_first(qtbot, page, session):
    page.choose(CONV2, 9)
    box = _child(page, ChoiceBox, "kernelChannelBox")
    kernel = session.snapshot.weights[CONV2][0][..., 9]
    order = np.argsort(-np.abs(kernel).sum(axis=(0, 1)))
    assert [box.itemData(index) for index in range(3)] == order[:3].tolist()
    box.setCurrentIndex(2)
    page.kernel.grid.setFocus()
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Return)
    assert list(session.edits.weights) == [Weight(CONV2, 0, (0, 0, int(order[2]), 9))]
    _settle(qtbot, page)
    assert box.currentData() == order[2]  # the list has not moved
    page.choose(CONV1, 0)
    assert not box.isVisible()


def test_the_weights_of_a_unit_after_flatten_have_the_shape_of_its_maps(page, session):
    page.choose(DENSE, 3)
    channel = page.kernel.channel
    page.kernel.grid.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(page.kernel.grid, key)
    # Row by row, column by column, channel by channel: 4 x 4 maps of 64 channels.
    assert list(session.edits.weights) == [Weight(DENSE, 0, ((1 * 4 + 2) * 64 + channel, 3))]


def test_a_filter_that_is_off_cannot_be_painted(qtbot, page, session):
    _click(page, "switchButton")
    _settle(qtbot, page)
    assert not page.kernel.weight.isEnabled()
    page.kernel.grid.setFocus()
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Return)
    assert not session.edits.weights


def test_restore_undoes_what_was_set_by_hand_in_one_filter(qtbot, page, session):
    page.kernel.grid.setFocus()
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Return)
    page.choose(CONV1, 1)
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Return)
    _settle(qtbot, page)
    _click(page, "restoreKernelButton")
    assert list(session.edits.weights) == [Weight(CONV1, 0, (0, 0, 0, 0))]


# Noise and rounding


def test_noise_follows_the_slider_and_is_one_command(qtbot, page, session, editor):
    slider = _child(page, QSlider, "noiseSlider")
    slider.setFocus()
    for _ in range(4):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert session.edits.noise.strength == pytest.approx(0.1)
    qtbot.waitUntil(lambda: editor.stack.count() == 1)
    _settle(qtbot, page)
    assert "0.1 × std" in slider.accessibleDescription()
    before = session.snapshot
    _click(page, "noiseSeedButton")
    assert not np.array_equal(session.snapshot.weights[0][0], before.weights[0][0])
    box = _child(page, QCheckBox, "noiseLayerBox")
    box.click()
    assert session.edits.noise.layer == CONV1
    assert session.snapshot.weights[CONV2][0] is session.newest.weights[CONV2][0]


def test_rounding_follows_the_slider(qtbot, page, session):
    slider = _child(page, QSlider, "bitsSlider")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert session.edits.bits == 1
    assert len(np.unique(session.snapshot.weights[CONV1][0])) == 2
    _settle(qtbot, page)
    assert slider.accessibleDescription().startswith("1 bit.")
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert session.snapshot is session.newest


# Undo


@pytest.mark.parametrize("name", ["filterTiles", "kernelGrid", "noiseSlider", "whatIfLayerBox"])
def test_ctrl_z_undoes_edits_while_the_focus_is_in_the_page(qtbot, page, session, editor, name):
    editor.change(Edits().with_off([Unit(0, 1)]), "switching off")
    focus = _child(page, QWidget, name)
    focus.setFocus()
    QTest.keyClick(focus, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.edits.is_empty
    QTest.keyClick(focus, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert not session.edits.is_empty


def test_the_buttons_undo_redo_and_reset(qtbot, page, session, editor):
    undo, redo, reset = (
        _child(page, QToolButton, name) for name in ("undoEditButton", "redoEditButton", "resetEditsButton")
    )
    assert [button.isEnabled() for button in (undo, redo, reset)] == [False] * 3
    _click(page, "switchButton")
    _settle(qtbot, page)
    assert "switching off" in undo.toolTip()
    undo.click()
    assert session.edits.is_empty
    redo.click()
    assert _is_off(session, CONV1, 0)
    _settle(qtbot, page)
    reset.click()
    assert session.edits.is_empty
    undo.click()
    assert _is_off(session, CONV1, 0)


def test_what_was_being_typed_can_be_undone_and_redone(page, session):
    _type(page.kernel.weight, "1.5")
    _child(page, QToolButton, "undoEditButton").setEnabled(True)
    page._ask_to_undo()
    assert session.edits.is_empty
    page._ask_to_redo()
    assert list(session.edits.weights.values()) == [1.5]


# Reading, space and other networks


def test_a_screen_reader_hears_cells_and_filters(page):
    for widget, count in ((page.tiles, 32), (page.kernel.grid, 25)):
        assert widget.part_count() == count
        assert all(widget.part(index).name for index in range(count))
        assert [widget.part(index).is_selected for index in range(count)].count(True) == 1
    from digitlab.gui.app.accessible import _interface_of

    interface = _interface_of("", page.kernel.grid)
    assert interface is not None
    assert "row 0, column 1" in interface.child(1).text(QAccessible.Text.Name)


def test_every_control_has_a_name_and_is_reached_with_tab(page):
    controls = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    names = {widget.objectName() for widget in controls}
    expected = {"whatIfLayerBox", "filterTiles", "switchButton", "keepOnlyButton", "kernelGrid", "weightField"}
    assert expected | {"biasField", "brushField", "noiseSlider", "bitsSlider"} <= names
    assert [widget.objectName() for widget in controls if not widget.accessibleName()] == []


def test_nothing_is_cut_off_at_the_smallest_size(page):
    for widget in page.findChildren(QPushButton):
        if widget.isVisible():
            assert widget.width() >= widget.sizeHint().width(), widget.objectName()
    for part in (page.tiles, page.kernel.grid):
        for index in range(part.part_count()):
            assert part.rect().toRectF().contains(part.part(index).rect), (part.objectName(), index)


def test_the_page_follows_only_while_it_is_visible(qtbot, page, session, editor):
    page.hide()
    editor.change(Edits().with_off([Unit(CONV1, 0)]), "switching off")
    assert _child(page, QLabel, "kernelTitle").text() == "conv1 · filter 0"
    page.show()
    assert _child(page, QLabel, "kernelTitle").text() == "conv1 · filter 0, off"


def test_it_says_when_it_is_watched(qtbot, page):
    with qtbot.waitSignal(page.watched) as hidden:
        page.hide()
    assert hidden.args == [False]
    with qtbot.waitSignal(page.watched) as shown:
        page.show()
    assert shown.args == [True]


def test_a_dense_layer_after_a_dense_layer_is_shown_line_by_line(qtbot, page, session):
    from digitlab.model.layers import Flatten

    layers = (Flatten(), Dense(12, Activation.RELU), Dense(10, Activation.SOFTMAX))
    session.open_network(random_snapshot(ModelSpec("Dense", layers)), None, "Dense")
    _settle(qtbot, page)
    page.choose(2, 3)
    assert page.kernel.grid.part_count() == 12
    page.kernel.grid.setFocus()
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Down)
    QTest.keyClick(page.kernel.grid, Qt.Key.Key_Return)
    assert list(session.edits.weights) == [Weight(2, 0, (4, 3))]  # 3 lines of 4


def test_the_refresh_is_at_most_45_times_a_second():
    assert page_module.REFRESH_PERIOD_MS >= 22


def test_it_begins_with_the_filter_of_the_place_that_is_explained(qtbot, session):
    session.place = Place(CONV2, (3, 4, 41))
    page = WhatIfPage(session)
    qtbot.addWidget(page)
    page.show()
    assert (page.layer, page.tiles.chosen) == (CONV2, 41)
    assert _child(page, QLabel, "kernelTitle").text() == "conv2 · filter 41"


def test_a_small_bias_is_not_cut_off(page, session):
    session.edit(Edits().with_weights({Weight(CONV1, 1, (0,)): -0.000126}))
    page.choose(CONV1, 0)
    assert _child(page, NumberField, "biasField").text().endswith("0.000126")
    assert not [text for text in clipped_texts(page) if "biasField" in text]


def test_a_network_without_weights_shows_none_of_another_network(page, session):
    session.snapshot = session.newest = random_snapshot(ModelSpec("Pooling", (Pooling2D(2),)))
    page.hide()
    page.show()
    assert page.layer == -1
    assert not page.kernel.isVisible()
    assert not page.tiles.isVisible()
    assert _child(page, QLabel, "noWeights").isVisible()
    session.snapshot = session.newest = random_snapshot(TUTORIAL)
    page.hide()
    page.show()
    assert page.kernel.isVisible()
    assert not _child(page, QLabel, "noWeights").isVisible()


def test_a_normalisation_shows_gamma_and_beta_and_takes_others(qtbot, page, session):
    spec = ModelSpec("", (Conv2D(3, 5), BatchNormalization(), Flatten(), Dense(10, Activation.SOFTMAX)))
    session.show(random_snapshot(spec, 5))
    _settle(qtbot, page)
    page.choose(1, 2)
    _settle(qtbot, page)
    gamma, beta = (_child(page, NumberField, name) for name in ("weightField", "biasField"))
    assert (gamma.accessibleName(), beta.accessibleName()) == ("Gamma", "Beta")
    arrays = session.snapshot.weights[1]
    assert (gamma.value, beta.value) == (significant(float(arrays[0][2])), significant(float(arrays[1][2])))
    _type(beta, "0.75")
    QTest.keyClick(beta, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.edits.weights == {Weight(1, 1, (2,)): 0.75})
    _click(page, "switchButton")
    qtbot.waitUntil(lambda: _is_off(session, 1, 2))
    page.choose(0, 1)
    _settle(qtbot, page)
    assert (gamma.accessibleName(), beta.accessibleName()) == ("Weight", "Bias")


def test_a_filter_without_a_bias_has_no_field_for_it_and_a_sigmoid_cannot_be_switched_off(qtbot, page, session):
    layers = (Conv2D(3, (7, 3), (2, 1), activation=Activation.SIGMOID, use_bias=False), Conv2D(2, 3, use_bias=False))
    spec = ModelSpec("", (*layers, Flatten(), Dense(10, Activation.SOFTMAX)))
    session.show(random_snapshot(spec, 5))
    _settle(qtbot, page)
    page.choose(0, 1)
    _settle(qtbot, page)
    bias, switch = _child(page, NumberField, "biasField"), _child(page, QPushButton, "switchButton")
    assert not bias.isVisible()
    assert "Bias" not in [label.text() for label in page.kernel.findChildren(QLabel) if label.isVisible()]
    assert not switch.isEnabled()
    assert "it has no bias" in switch.toolTip()
    assert page.kernel.grid.part_count() == 21
    page.choose(1, 0)  # a ReLU keeps 0
    _settle(qtbot, page)
    assert not bias.isVisible()
    _click(page, "switchButton")
    assert session.edits.off == {Unit(1, 0)}
    page.choose(3, 0)
    _settle(qtbot, page)
    assert bias.isVisible()
