"""Layers are added, removed, duplicated, moved, copied and repaired with mouse and keyboard, and all is undone."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QPushButton, QToolButton, QWidget

from digitlab.gui.network.blocks.layer_block import LayerBlock
from digitlab.gui.network.blocks.layer_clipboard import MIME_TYPE
from digitlab.gui.network.blocks.stack import Stack
from digitlab.gui.network.editor import NetworkEditor
from digitlab.gui.session.values import Recipe, TrainingState
from digitlab.gui.widgets.fields import NumberField
from digitlab.model.drafting.draft import Draft
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import PRESETS, TUTORIAL
from tests.helpers.fields import choose, field, problems, tab_order, type_into

KEY = Qt.Key
CTRL, ALT, SHIFT = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Control", "Alt", "Shift"))
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def editor(panel):
    """The editor of the panel."""
    return panel.findChild(NetworkEditor)


def titles(editor):
    """Return the titles of the layers in the draft."""
    return [layer.title for layer in editor.draft.layers]


def block(editor, name):
    """Return the block of a layer."""
    return editor.findChild(LayerBlock, f"{name}.block")


def click(qtbot, parent, name):
    """Click a button by its name."""
    button = parent.findChild(QWidget, name)
    assert button.isVisible(), name
    qtbot.mouseClick(button, LEFT)


def menu(qtbot):
    """Return the menu on screen."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    return QApplication.activePopupWidget()


def pick(qtbot, shown, text):
    """Choose an entry of a menu with the keys."""
    actions = [one for one in shown.actions() if not one.isSeparator()]
    target = next(one for one in actions if one.text().startswith(text))
    while shown.activeAction() is not target:
        qtbot.keyClick(shown, KEY.Key_Down)
    qtbot.keyClick(shown, KEY.Key_Return)


def key(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is."""
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def settle(qtbot, panel):
    """Wait until the draft is the recipe's."""
    qtbot.waitUntil(lambda: not panel.is_settling)


START = [layer.title for layer in TUTORIAL.layers]


def test_plus_adds_a_layer_that_fits(panel, editor, session, qtbot):
    click(qtbot, editor, "layers.add2")
    shown = menu(qtbot)
    assert [one.text() for one in shown.actions()][:2] == ["conv 5 × 5 × 32", "max pool 2 × 2"]
    pick(qtbot, shown, "conv")
    assert titles(editor) == [*START[:2], "conv 5 × 5 × 32", *START[2:]]
    assert QApplication.focusWidget() is block(editor, "conv2")
    settle(qtbot, panel)
    assert session.recipe.spec.layers[2] == Conv2D(32, 5)


def test_what_does_not_fit_says_why_and_can_be_added_all_the_same(panel, editor, session, qtbot):
    click(qtbot, editor, "layers.add2")
    shown = menu(qtbot)
    others = shown.findChild(QMenu, "addOtherLayerMenu")
    (dense,) = [one for one in others.actions() if one.text().startswith("dense 128")]
    assert "needs a flat list" in dense.text()
    pick(qtbot, shown, "&Others")
    pick(qtbot, others, "dense")
    assert titles(editor)[2] == "dense 128"
    assert any("flat list" in problem for problem in problems(editor))
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL
    hint = panel.findChild(QLabel, "networkHint").text()
    assert hint == "Not applied: dense1 added. Train uses the last valid network, with 62,346 parameters."


def test_a_click_repairs(panel, editor, session, qtbot):
    click(qtbot, block(editor, "flatten"), "flatten.remove")
    assert session.recipe.spec == TUTORIAL
    repair = editor.findChild(QPushButton, "dense.repairs.1")
    assert repair.text() == "Insert flatten before"
    qtbot.mouseClick(repair, LEFT)
    assert not problems(editor)
    assert titles(editor) == START
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL


def test_an_invalid_number_is_repaired_by_a_click(panel, editor, qtbot):
    type_into(qtbot, field(panel, "conv1.filters"), "999")
    click(qtbot, editor, "conv1.repairs.1")
    assert field(panel, "conv1.filters").text() == "256"
    assert editor.is_valid


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_a_layer_is_removed(panel, editor, session, qtbot, way):
    if way == "mouse":
        click(qtbot, editor, "pool2.remove")
    else:
        block(editor, "pool2").setFocus()
        key(qtbot, KEY.Key_Delete)
    assert titles(editor) == [*START[:3], *START[4:]]
    assert QApplication.focusWidget() is block(editor, "flatten")
    settle(qtbot, panel)
    assert len(session.recipe.spec.layers) == 5


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_a_layer_is_duplicated(editor, qtbot, way):
    if way == "mouse":
        click(qtbot, editor, "conv1.duplicate")
    else:
        block(editor, "conv1").setFocus()
        key(qtbot, KEY.Key_D, CTRL | SHIFT)
    assert titles(editor) == [START[0], *START]
    assert QApplication.focusWidget() is block(editor, "conv2")


def drag(qtbot, source, to):
    """Drag a widget to a global position."""
    start = QPoint(source.width() // 2, 12)
    qtbot.mousePress(source, LEFT, pos=start)
    end = source.mapFromGlobal(to)
    for share in (0.3, 0.7, 1.0):
        here = start + (end - start) * share
        QTest.mouseMove(source, here)
        # The offscreen platform reports moves without buttons.
        qtbot.mouseMove(source, here)
    return end


def test_a_block_is_dragged_to_another_place(panel, editor, qtbot, monkeypatch):
    moved, target = block(editor, "pool1"), editor.findChild(QToolButton, "layers.add4")
    to = target.mapToGlobal(target.rect().center())
    end = drag(qtbot, moved, to)
    qtbot.mouseRelease(moved, LEFT, pos=end)
    assert titles(editor) == [START[0], START[2], START[3], START[1], *START[4:]]


def test_esc_ends_a_drag_without_a_change(editor, qtbot):
    moved, target = block(editor, "pool1"), editor.findChild(QToolButton, "layers.add4")
    end = drag(qtbot, moved, target.mapToGlobal(target.rect().center()))
    qtbot.keyClick(moved, KEY.Key_Escape)
    qtbot.mouseRelease(moved, LEFT, pos=end)
    assert titles(editor) == START


def test_alt_and_arrows_move_a_layer_also_from_its_fields(panel, editor, qtbot):
    block(editor, "pool1").setFocus()
    key(qtbot, KEY.Key_Down, ALT)
    assert titles(editor)[1:3] == [START[2], START[1]]
    assert QApplication.focusWidget() is block(editor, "pool1")
    edit = field(panel, "conv2.filters")
    edit.setFocus()
    key(qtbot, KEY.Key_Down, ALT)
    assert titles(editor) == START
    assert edit.text() == "64"


def test_the_keyboard_goes_from_block_to_block_into_the_fields_and_back(panel, editor, qtbot):
    block(editor, "conv1").setFocus()
    key(qtbot, KEY.Key_Down)
    key(qtbot, KEY.Key_Down)
    assert QApplication.focusWidget() is block(editor, "conv2")
    key(qtbot, KEY.Key_Return)
    assert QApplication.focusWidget() is field(panel, "conv2.filters")
    qtbot.keyClicks(QApplication.focusWidget(), "7")
    key(qtbot, KEY.Key_Escape)  # restores the number first
    assert field(panel, "conv2.filters").text() == "64"
    key(qtbot, KEY.Key_Escape)
    assert QApplication.focusWidget() is block(editor, "conv2")
    key(qtbot, KEY.Key_End)
    assert QApplication.focusWidget() is block(editor, "dense")
    key(qtbot, KEY.Key_Down)
    assert QApplication.focusWidget() is block(editor, "dense")
    key(qtbot, KEY.Key_Home)
    key(qtbot, KEY.Key_Insert)
    pick(qtbot, menu(qtbot), "max pool")
    assert titles(editor)[1] == "max pool 2 × 2"


def test_cut_and_paste_move_a_layer_and_copy_keeps_it(editor, qtbot):
    block(editor, "conv2").setFocus()
    key(qtbot, KEY.Key_X, CTRL)
    assert titles(editor) == [*START[:2], *START[3:]]
    block(editor, "conv1").setFocus()
    key(qtbot, KEY.Key_V, CTRL)
    assert titles(editor) == [START[0], START[2], START[1], *START[3:]]
    assert QApplication.focusWidget() is block(editor, "conv2")
    key(qtbot, KEY.Key_C, CTRL)
    key(qtbot, KEY.Key_V, CTRL)
    assert titles(editor)[1:3] == [START[2]] * 2
    text = QGuiApplication.clipboard().text()
    assert json.loads(text)["layers"][0]["type"] == "conv2d"


HOSTILE = [
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"digitlab": 1, "layers": []}',
    b'{"digitlab": 1, "layers": [{"type": "__import__"}]}',
    b'{"digitlab": 1, "layers": [{"type": "dense", "units": 99999999, "activation": "relu"}]}',
    b'{"digitlab": 1, "layers": [{"type": "conv2d", "filters": "8"}]}',
    b'{"digitlab": 2, "layers": [{"type": "flatten"}]}',
    b'{"digitlab": 1, "layers": [' + b'{"type": "flatten"},' * 500 + b'{"type": "flatten"}]}',
    b" " * 2**19,
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_clipboard_is_refused_with_a_sentence(editor, qtbot, content):
    data = QMimeData()
    data.setData(MIME_TYPE, content)
    QGuiApplication.clipboard().setMimeData(data)
    block(editor, "conv1").setFocus()
    key(qtbot, KEY.Key_V, CTRL)
    assert titles(editor) == START
    (said,) = problems(editor)
    assert said.startswith("The clipboard")


def test_undo_and_redo_with_keys_and_buttons(panel, editor, session, qtbot):
    undo, redo = (panel.findChild(QToolButton, f"network{name}Button") for name in ("Undo", "Redo"))
    assert not undo.isEnabled()
    click(qtbot, editor, "pool1.remove")
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Euclidean")
    type_into(qtbot, field(panel, "conv1.filters"), "16")
    assert "filters of conv1" in undo.toolTip()
    changed = editor.draft
    key(qtbot, KEY.Key_Z, CTRL)  # typed as one: 1, 16
    assert field(panel, "conv1.filters").text() == "32"
    qtbot.mouseClick(undo, LEFT)
    assert editor.draft.loss is TUTORIAL.loss
    block(editor, "conv1").setFocus()
    key(qtbot, KEY.Key_Z, CTRL)
    assert editor.draft == TUTORIAL
    assert not undo.isEnabled()
    for _ in range(2):
        key(qtbot, KEY.Key_Z, CTRL | SHIFT)
    qtbot.mouseClick(redo, LEFT)
    assert editor.draft == changed
    assert not redo.isEnabled()
    settle(qtbot, panel)
    assert session.recipe.spec == changed


def test_what_is_typed_after_the_field_was_left_is_undone_alone(panel, editor, qtbot):
    type_into(qtbot, field(panel, "conv1.filters"), "16")
    field(panel, "conv2.filters").setFocus()
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    key(qtbot, KEY.Key_Z, CTRL)
    assert field(panel, "conv1.filters").text() == "16"
    key(qtbot, KEY.Key_Z, CTRL)
    assert field(panel, "conv1.filters").text() == "32"


def test_invalid_text_is_undone_and_done_again(panel, editor, qtbot):
    edit = field(panel, "conv1.filters")
    type_into(qtbot, edit, "many")
    key(qtbot, KEY.Key_Z, CTRL)
    assert (edit.text(), editor.is_valid) == ("32", True)
    key(qtbot, KEY.Key_Y, CTRL)
    assert (edit.text(), editor.is_valid) == ("many", False)
    assert edit.property("invalid")


def test_a_network_chosen_elsewhere_can_be_undone(panel, editor, session, qtbot):
    session.recipe = Recipe(spec=PRESETS["one-conv"])
    assert titles(editor) == START[:2]
    click(qtbot, panel, "networkUndoButton")
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL


def test_a_network_without_layers_can_be_repaired_and_begun_again(panel, editor, session, qtbot):
    block(editor, "conv1").setFocus()
    for _ in START:
        key(qtbot, KEY.Key_Delete)
    assert titles(editor) == []
    assert QApplication.focusWidget() is editor.findChild(QToolButton, "layers.add0")
    assert any("no layers" in problem for problem in problems(editor))
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Euclidean")
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL
    click(qtbot, editor, "network.repairs.1")
    assert titles(editor) == ["conv 3 × 3 × 32"]
    settle(qtbot, panel)
    assert session.recipe.spec.layers == (Conv2D(32, 3),)


def test_the_editor_is_locked_while_training(panel, editor, session, qtbot):
    click(qtbot, editor, "pool1.remove")
    session.training_state = TrainingState.RUNNING
    assert not panel.findChild(QToolButton, "networkUndoButton").isEnabled()
    assert not block(editor, "conv1").isEnabled()
    session.training_state = TrainingState.IDLE
    assert panel.findChild(QToolButton, "networkUndoButton").isEnabled()


def test_names_and_shapes_follow_the_order(panel, editor, qtbot):
    assert block(editor, "conv1").accessibleName() == "conv1: conv 5 × 5 × 32"
    assert "Delete removes it" in block(editor, "conv1").accessibleDescription()
    block(editor, "conv2").setFocus()
    key(qtbot, KEY.Key_Up, ALT)
    key(qtbot, KEY.Key_Up, ALT)
    assert block(editor, "conv1").accessibleName() == "conv1: conv 5 × 5 × 64"
    assert field(panel, "conv1.filters").text() == "64"
    assert editor.findChild(QToolButton, "layers.add1").accessibleName() == "Add a layer between conv1 and conv2"
    texts = [label.text() for label in editor.findChildren(QLabel) if label.isVisible()]
    assert "24 × 24 × 64" in texts
    assert "input 28 × 28 × 1" in texts


TEXTS = ("", "0", "1", "3", "x", "999", "7")


def type_at_random(rng, fields):
    """Type something, valid or not, in one of the fields of a layer."""
    numbers = [stop for stop in fields.stops if isinstance(stop, NumberField)]
    if numbers:
        chosen = numbers[int(rng.integers(len(numbers)))]
        chosen.setText(TEXTS[int(rng.integers(len(TEXTS)))])
        chosen.textEdited.emit(chosen.text())


def repair_at_random(rng, editor):
    """Click one of the repairs, if there are any."""
    buttons = [one for one in editor.findChildren(QPushButton) if ".repairs." in one.objectName() and one.isVisible()]
    if buttons:
        buttons[int(rng.integers(len(buttons)))].click()


def random_edit(rng, editor):
    """Make one edit."""
    column, count = editor.column, len(editor.draft.layers)
    layers = (Conv2D(4, 5), Pooling2D(3), Flatten(), Dense(30, Activation.RELU))
    at, to = (int(rng.integers(max(count, 1))) for _ in range(2))
    edits = [lambda: column.add(at, layers[int(rng.integers(len(layers)))]), editor.history.undo]
    if count:
        edits += [lambda: column.remove(at), lambda: column.move_layer(at, to), lambda: column.cut(at)]
        edits += [lambda: type_at_random(rng, column.blocks[at].fields)] * 8
        edits += [lambda: repair_at_random(rng, editor)] * 20
    if 0 < count < 12:
        edits += [lambda: column.duplicate(at), lambda: column.paste(at), lambda: column.add(at, layers[0])] * 2
    edits[int(rng.integers(len(edits)))]()


def test_two_thousand_random_edits_and_undo_to_the_start(panel, editor, session, qtbot):
    rng, first, history = np.random.default_rng(1), editor.draft, editor.history
    editor.column.copy(0)
    valid = 0
    for _ in range(2_000):
        random_edit(rng, editor)
        valid += editor.is_valid
    assert 200 < valid < 1_800
    while history.stack.canUndo():
        history.undo()
    assert history.draft == Draft.of(TUTORIAL)
    assert editor.draft == first
    assert titles(editor) == START
    assert not problems(editor)
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL
    assert field(panel, "conv1.filters").text() == "32"


def test_an_odd_pair_of_loss_and_outputs_is_warned_of_and_set_right_by_a_click(panel, editor, session, qtbot):
    warning = panel.findChild(QLabel, "oddPairWarning")
    assert not warning.isVisible()
    choose(qtbot, panel.findChild(QComboBox, "dense.activation"), "sigmoid")
    assert "need not sum to 100 %" in warning.text()
    settle(qtbot, panel)
    assert session.recipe.spec.layers[-1].activation is Activation.SIGMOID  # a warning, no refusal
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    assert editor.draft.layers[-1].activation is Activation.SIGMOID
    click(qtbot, editor, "loss.repairs.1")
    assert editor.draft.layers[-1].activation is Activation.SOFTMAX
    assert not warning.isVisible()
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Sigmoid cross-entropy")
    assert editor.draft.layers[-1].activation is Activation.SIGMOID
    assert not warning.isVisible()


def test_the_tab_key_reaches_repairs_where_they_are(panel, editor, qtbot):
    click(qtbot, block(editor, "flatten"), "flatten.remove")
    order = tab_order(panel)
    at = order.index("dense.repairs.1")
    assert order[at - 1].startswith("dense.")
    assert order.index("pool2.block") < order.index("dense.block") < at < order.index("backToTutorialButton")


def test_a_preset_that_ends_in_feature_maps_can_be_made_trainable(panel, editor, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "networkPresetBox"), "Two convolutions")
    click(qtbot, editor, "network.repairs.1")
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL


def test_blocks_are_arranged_and_then_rest(editor, qtbot, monkeypatch):
    """A stack that arranged itself again for the request that this makes would keep the window busy for ever."""
    arranged = []
    monkeypatch.setattr(Stack, "_arrange", lambda self, arrange=Stack._arrange: (arranged.append(self), arrange(self)))
    editor.column.add(1, Pooling2D(1))
    for _ in range(50):
        QApplication.processEvents()
    assert 1 <= len(arranged) < 10
