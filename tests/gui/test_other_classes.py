"""The window with a network for other classes and another size of images: every panel lives, and names the classes."""

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.classes import Classes
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.draw.bars import ProbabilityBars
from digitlab.model.files.network_file import write_model
from digitlab.model.presets import TUTORIAL
from tests.helpers.networks import random_snapshot

NAMES = (*"ABCDEFGHIJKLMNOPQRS", "ankle boot")


def a_digit(digit):
    return builtin_drawing(digit, builtin_styles(digit)[0])


@pytest.fixture
def letters(window, qtbot, tmp_path):
    """The window with a network for 20 letters in 32x32 pixels, and a drawing."""
    path = tmp_path / "letters.digitlab"
    write_model(path, random_snapshot(TUTORIAL.fitted_to(Classes(NAMES), 32), seed=4))
    window.controllers.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.snapshot.spec.side == 32)
    window.session.sketch = Sketch(a_digit(3))
    qtbot.waitUntil(lambda: window.session.view is not None and window.session.view.sketch is window.session.sketch)
    return window


def test_bars_and_verdict_name_the_classes(letters):
    view, bars = letters.session.view, letters.draw.bars
    assert view.inspection.image.shape == (32, 32)
    assert bars.row_count == 12
    best = NAMES[int(view.inspection.outputs.argmax())]
    assert bars.part(0).name.startswith(f"{best}: ")
    assert bars.accessibleDescription().startswith(f"{best}: ")
    assert letters.draw.verdict.digit_text in (*NAMES, "?", str(len(NAMES) - 1))


def test_every_panel_lives_with_them(letters, qtbot):
    for index in range(letters.panels.count()):
        letters.panels.setCurrentIndex(index)
        assert letters.panels.currentWidget().isVisible()
        for digit in (4, 7):
            letters.session.sketch = Sketch(a_digit(digit))
            qtbot.waitUntil(lambda: letters.session.view.sketch is letters.session.sketch)


def test_digits_are_not_taken_for_its_classes(letters, qtbot):
    letters.controllers.evaluation.evaluate()
    qtbot.waitUntil(lambda: not letters.session.evaluation.task.is_requested)
    assert letters.session.evaluation.result is None


def test_outputs_that_are_not_numbers_are_painted_too(qtbot):
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    outputs = np.full(20, 0.05, np.float32)
    outputs[17] = np.nan
    bars.show_outputs(outputs, Classes(NAMES), 20)
    bars.grab()
    assert bars.row_count == 12
