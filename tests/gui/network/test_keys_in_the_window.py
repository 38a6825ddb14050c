"""In the whole window, the keys of the editor come before those of the canvas, and leave it what is not theirs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.network.blocks.layer_block import LayerBlock
from digitlab.gui.network.editor import NetworkEditor
from tests.helpers.fields import field, type_into

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def editor(window, qtbot):
    """The editor in the window, with something on the canvas that Ctrl+Z and Delete would change."""
    window.panels.setCurrentWidget(window.panels.network)
    editor = window.panels.network.panel().findChild(NetworkEditor)
    window.activateWindow()
    window.features.editor.replace(Sketch(), "clearing")
    qtbot.waitUntil(editor.isVisible)
    return editor


def press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is."""
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def test_undo_delete_and_duplicate_are_about_the_layers(window, editor, qtbot):
    before, depth = window.session.sketch, window.features.editor.stack.index()
    block = editor.findChild(LayerBlock, "pool1.block")
    block.setFocus()
    count = len(editor.draft.layers)
    press(qtbot, KEY.Key_D, CTRL | SHIFT)
    assert len(editor.draft.layers) == count + 1
    press(qtbot, KEY.Key_Delete)
    press(qtbot, KEY.Key_Z, CTRL)
    press(qtbot, KEY.Key_Z, CTRL)
    assert len(editor.draft.layers) == count
    type_into(qtbot, field(editor, "conv1.filters"), "7")
    press(qtbot, KEY.Key_Z, CTRL)
    assert field(editor, "conv1.filters").text() == "32"
    assert window.session.sketch is before
    assert window.features.editor.stack.index() == depth


def test_layers_are_pasted_here_and_a_picture_on_the_canvas(window, editor, qtbot):
    before, count = window.session.sketch, len(editor.draft.layers)
    editor.findChild(LayerBlock, "conv1.block").setFocus()
    press(qtbot, KEY.Key_C, CTRL)
    press(qtbot, KEY.Key_V, CTRL)
    assert len(editor.draft.layers) == count + 1
    picture = QImage(28, 28, QImage.Format.Format_Grayscale8)
    picture.fill(255)
    for side in range(6, 22):
        picture.setPixel(14, side, 0)
    QGuiApplication.clipboard().setImage(picture)
    press(qtbot, KEY.Key_V, CTRL)
    qtbot.waitUntil(lambda: window.session.sketch is not before)
    assert len(editor.draft.layers) == count + 1


def test_a_draft_survives_other_tabs_and_train_says_what_it_trains(window, editor, qtbot):
    editor.column.remove(4)
    assert not editor.is_valid
    window.panels.setCurrentWidget(window.panels.train)
    text = window.panels.train.panel().findChild(object, "trainedNetwork").text()
    assert text == "Not applied: flatten removed. Train uses the last valid network, with 62,346 parameters."
    window.panels.setCurrentWidget(window.panels.network)
    assert [layer.title for layer in editor.draft.layers][4:] == ["dense 10"]
    editor.history.undo()
    assert editor.is_valid
    assert window.session.unapplied_edits == ()
