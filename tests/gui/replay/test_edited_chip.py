"""The chip that says that the network on screen is edited, in the whole window."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu

from digitlab.gui.replay.edited_chip import EditedChip
from digitlab.gui.session.values import TrainingState
from digitlab.model.edits import Edits, Unit
from digitlab.model.files.network_file import read_model
from digitlab.runs.run_file import has_run
from digitlab.training.config import Optimizer
from digitlab.training.events import OptimizerStart
from tests.helpers.networks import small_dataset, write_npz

OFF = Edits().with_off([Unit(0, 3), Unit(0, 5)])


@pytest.fixture
def chip(window):
    return window.findChild(EditedChip)


@pytest.fixture
def edited(window):
    """The window, with two filters off."""
    window.controllers.network_editor.change(OFF, "switching off")
    return window


def _entry(chip, text: str) -> QAction:
    menu = chip.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return next(action for action in menu.actions() if text in action.text().replace("&", ""))


def test_the_chip_is_in_sight_from_every_tab_while_the_network_is_edited(window, chip):
    assert not chip.isVisible()
    window.controllers.network_editor.change(OFF, "switching off")
    for tab in window.panels.by_name.values():
        window.panels.setCurrentWidget(tab)
        assert chip.isVisible()
    assert "2 filters or units off" in chip.toolTip()
    assert "edited" in window.findChild(QLabel, "shownNetwork").toolTip()
    assert "edited" in window.windowTitle()
    window.controllers.network_editor.reset()
    assert not chip.isVisible()
    assert "edited" not in window.windowTitle()


def test_the_chip_opens_by_keyboard_and_is_read_out(qtbot, edited, chip):
    assert chip.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert chip.accessibleName() == "Edited"
    assert "filters or units off" in chip.accessibleDescription()
    chip.setFocus()
    seen = []

    def close():
        popup = QApplication.activePopupWidget()
        if popup is not None:
            seen.extend(action.text() for action in popup.actions() if not action.isSeparator())
            popup.close()

    timer = QTimer()  # the menu has an event loop of its own
    timer.timeout.connect(close)
    timer.start(20)
    QTest.keyClick(chip, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(seen))
    timer.stop()
    texts = [text.replace("&", "") for text in seen]
    assert texts == [
        "Undo network edit",
        "Redo network edit",
        "Reset network edits",
        "Train from here",
        "Save network…",
    ]


def test_undo_redo_and_reset_are_in_the_chip(qtbot, edited, chip):
    session = edited.session
    qtbot.waitUntil(lambda: _entry(chip, "Undo").isEnabled())
    _entry(chip, "Undo").trigger()
    assert session.edits.is_empty
    qtbot.waitUntil(lambda: _entry(chip, "Redo").isEnabled())
    _entry(chip, "Redo").trigger()
    assert session.edits == OFF
    _entry(chip, "Reset").trigger()
    assert session.edits.is_empty
    _entry(chip, "Undo").trigger()
    assert session.edits == OFF


def test_the_edited_network_is_saved_with_its_filters_off_and_without_the_run(
    qtbot, edited, chip, tmp_path, monkeypatch
):
    proposed = []

    def choose(_parent, _title, name, _kinds):
        proposed.append(Path(name).name)
        return str(tmp_path / "edited.digitlab"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    _entry(chip, "Save").trigger()
    qtbot.waitUntil(lambda: "Saved" in edited.messages.text)
    path = tmp_path / "edited.digitlab"
    saved = read_model(path)
    assert not has_run(path)
    assert list(np.flatnonzero(saved.off_units(0))) == [3, 5]
    assert all(
        np.array_equal(one, other) for one, other in zip(saved.arrays, edited.session.snapshot.arrays, strict=True)
    )
    assert "edited" in proposed[0]


def test_opened_again_it_has_the_same_filters_off(qtbot, edited, chip, tmp_path, monkeypatch):
    path = tmp_path / "edited.digitlab"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    _entry(chip, "Save").trigger()
    qtbot.waitUntil(path.exists)
    before = edited.session.snapshot
    edited.controllers.files.open_path(path)
    qtbot.waitUntil(lambda: edited.session.snapshot is not before and edited.session.edits.is_empty)
    assert not chip.isVisible()
    assert list(np.flatnonzero(edited.session.snapshot.off_units(0))) == [3, 5]


@pytest.mark.usefixtures("edited")
def test_training_from_the_edited_network_starts_from_its_weights_with_a_fresh_optimizer(qtbot, window, chip, tmp_path):
    session = window.session
    source = str(write_npz(tmp_path / "digits.npz", small_dataset()))
    config = replace(session.recipe.config, epochs=1, optimizer=Optimizer.ADAM)
    session.recipe = replace(session.recipe, source=source, config=config)
    edited, name = session.snapshot, session.network_name
    assert name.endswith(", edited")
    _entry(chip, "Train from here").trigger()
    qtbot.waitUntil(lambda: session.run is not None and session.run.started.origin is not None)
    origin = session.run.started.origin
    assert (origin.run_name, origin.step) == (name, edited.step)
    assert origin.optimizer is OptimizerStart.FRESH
    qtbot.waitUntil(lambda: session.training_state is TrainingState.IDLE)
    first = session.run.snapshots[0]
    assert first.step == edited.step
    assert all(np.array_equal(one, other) for one, other in zip(first.arrays, edited.arrays, strict=True))
    # A ReLU filter without kernel and bias has no gradient: it stays off.
    assert list(np.flatnonzero(session.snapshot.off_units(0))) == [3, 5]
    assert session.edits.is_empty
    assert not chip.isVisible()
    assert "edited network" in window.messages.text
