"""What if in the whole window: bars, undo keys, the accuracy, other tabs."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.explain.pages import WHAT_IF
from digitlab.gui.explain.whatif.page import WhatIfPage
from tests.helpers.networks import small_dataset, write_npz


@pytest.fixture
def page(qtbot, window, tmp_path):
    """The page in the window at 960x600, with 120 digits to evaluate on and a drawing on the canvas."""
    window.controllers.evaluation.choose_source(str(write_npz(tmp_path / "digits.npz", small_dataset())))
    window.resize(960, 600)
    window.panels.setCurrentWidget(window.panels.explain)
    window.panels.explain.panel().show_page(WHAT_IF)
    window.editor.replace(Sketch(drawing=builtin_drawing(7, builtin_styles(7)[0])), "drawing")
    page = window.findChild(WhatIfPage)
    qtbot.waitUntil(lambda: page.isVisible() and window.session.view is not None)
    page.choose(0, 0)
    return page


def test_bars_and_maps_follow_an_edit_in_the_same_event(window, page):
    session = window.session
    window.views._seconds = 0.0  # as on a computer that answers in the GUI thread
    before = session.view
    page.kernel.toggle_unit()
    assert session.view is not before
    assert session.view.inspection.snapshot is session.snapshot
    assert not session.view.inspection.activations[1][..., 0].any()


def test_the_accuracy_is_measured_with_and_without_the_edits(qtbot, window, page):
    label = page.findChild(QLabel, "editAccuracy")
    qtbot.waitUntil(lambda: "on 120 images" in label.text())
    assert "→" not in label.text()
    page.findChild(QPushButton, "keepOnlyButton").click()
    qtbot.waitUntil(lambda: "points" in label.text() and "on 120 images" in label.text())
    assert "→" in label.text()
    assert label.text() in label.accessibleName()


def test_ctrl_z_undoes_edits_in_the_page_and_strokes_on_the_canvas(qtbot, window, page):
    session = window.session
    page.kernel.toggle_unit()
    sketch = session.sketch
    page.tiles.setFocus()
    QTest.keyClick(page.tiles, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.edits.is_empty
    assert session.sketch is sketch
    window.draw.canvas.setFocus()
    QTest.keyClick(window.draw.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.sketch is not sketch
    # From anywhere.
    QTest.keyClick(
        window.draw.canvas,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert not session.edits.is_empty


def test_space_switches_a_filter_off_and_plays_nothing(window, page):
    page.tiles.setFocus()
    QTest.keyClick(page.tiles, Qt.Key.Key_Space)
    assert not window.session.replay.is_playing
    assert window.session.snapshot.off_units(0)[0]


def test_the_time_slider_goes_on_with_the_edits(qtbot, window, page):
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.run is not None and window.session.snapshot.spec.name == "Tutorial")
    page.choose(0, 4)
    page.kernel.toggle_unit()
    window.controllers.replay.show_index(3)
    snapshot = window.session.snapshot
    assert snapshot.original is window.session.run.snapshots[3]
    assert list(np.flatnonzero(snapshot.off_units(0))) == [4]
    assert "edited" in window.time_bar.chip.toolTip()


def test_everything_is_in_sight_at_960x600(page):
    area = page.window().panels.explain
    for part in (page.tiles, page.kernel, page.strengths, page.findChild(QLabel, "editAccuracy")):
        corner = part.mapTo(area, part.rect().bottomRight())
        assert area.rect().contains(corner), part.objectName()
