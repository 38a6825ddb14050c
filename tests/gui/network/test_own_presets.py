"""Own presets: saved under a name, replaced after a question, deleted and restored, and listed in both boxes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QToolButton

from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.network.controller import PresetsController
from digitlab.model.files.own_presets import presets_folder
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import Loss
from tests.helpers.fields import choose, field, type_into

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def messages(qtbot):
    """Where messages are shown."""
    bar = MessageBar()
    qtbot.addWidget(bar)
    return Messages(bar)


@pytest.fixture
def own(panel, session, messages, tmp_path, monkeypatch):
    """The controller of the presets, connected to the panel as in the window."""
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    controller = PresetsController(session, messages, panel)
    panel.save_preset_requested.connect(controller.save)
    panel.delete_preset_requested.connect(controller.delete)
    yield controller
    assert controller.close(20)


def pick(qtbot, panel, name):
    """Choose an entry of the menu beside the list, by its name."""
    menu = panel.findChild(QToolButton, "presetToolsButton").menu()
    menu.popup(panel.mapToGlobal(panel.rect().center()))
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    action = next(one for one in menu.actions() if one.objectName() == name)
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def save_as(qtbot, panel, name):
    """Save the network under a name."""
    pick(qtbot, panel, "savePresetAction")
    edit = panel.findChild(QLineEdit, "presetNameField")
    assert panel.focusWidget() is edit
    type_into(qtbot, edit, name)
    return panel.findChild(QPushButton, "savePresetButton")


def entries(panel):
    """Return the entries of the list."""
    box = panel.findChild(QComboBox, "networkPresetBox")
    return [box.itemText(index) for index in range(box.count())]


def settle(qtbot, panel):
    """Wait until the draft is the recipe's."""
    qtbot.waitUntil(lambda: not panel.is_settling)


def test_a_preset_is_saved_chosen_replaced_deleted_and_restored(panel, session, messages, own, qtbot):
    box = panel.findChild(QComboBox, "networkPresetBox")
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Euclidean")
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    settle(qtbot, panel)
    qtbot.mouseClick(save_as(qtbot, panel, " Mine  & yours "), LEFT)
    qtbot.waitUntil(lambda: len(session.own_presets) == 1)
    assert box.currentText() == "Mine & yours"
    mine = entries(panel).index("My presets:")
    assert entries(panel)[mine : mine + 3] == ["My presets:", "Mine & yours", "Feature maps only:"]
    choose(qtbot, box, "Tutorial")
    assert session.recipe.spec == TUTORIAL.with_loss(Loss.EUCLIDEAN)
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Softmax cross-entropy")
    choose(qtbot, box, "Mine & yours")
    assert (session.recipe.spec.loss, session.recipe.spec.layers[0].filters) == (Loss.EUCLIDEAN, 8)
    assert session.recipe.spec.name == "Mine & yours"

    type_into(qtbot, field(panel, "conv1.filters"), "9")
    settle(qtbot, panel)
    save = save_as(qtbot, panel, "Mine & yours")
    assert save.text() == "Replace"
    assert any("Replace it?" in label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    qtbot.mouseClick(save, LEFT)
    qtbot.waitUntil(lambda: session.own_presets[0].layers[0].filters == 9)

    pick(qtbot, panel, "deletePresetAction")
    qtbot.waitUntil(lambda: not session.own_presets)
    assert "My presets:" not in entries(panel)
    qtbot.waitUntil(lambda: "was deleted" in messages.text)
    restore = next(b for b in QApplication.allWidgets() if isinstance(b, QPushButton) and b.text() == "Restore it")
    restore.click()
    qtbot.waitUntil(lambda: len(session.own_presets) == 1)


def test_a_name_of_digitlab_is_refused_and_esc_saves_nothing(panel, session, own, qtbot):
    save = save_as(qtbot, panel, "Tutorial")
    assert not save.isEnabled()
    edit = panel.findChild(QLineEdit, "presetNameField")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.isVisible()
    assert panel.focusWidget() is panel.findChild(QToolButton, "presetToolsButton")
    assert not presets_folder().exists()


def test_an_own_preset_called_custom_is_no_edited_network(panel, session, own, qtbot):
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    settle(qtbot, panel)
    qtbot.keyClick(panel.findChild(QLineEdit, "presetNameField"), Qt.Key.Key_Return)  # hidden: no effect
    save_as(qtbot, panel, "Custom").click()
    qtbot.waitUntil(lambda: len(session.own_presets) == 1)
    type_into(qtbot, field(panel, "conv1.filters"), "9")
    assert entries(panel).count("Custom") == 2


def test_a_damaged_preset_is_left_out_with_a_message(panel, session, messages, tmp_path, monkeypatch, qtbot):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    presets_folder().mkdir()
    (presets_folder() / "bad.json").write_text("{")
    controller = PresetsController(session, messages, panel)
    qtbot.waitUntil(lambda: "left out" in messages.text)
    assert "bad.json" in messages.text
    assert controller.close(20)
