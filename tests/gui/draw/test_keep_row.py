"""Keeping the drawing with its correct label: one click, or Alt and the digit, after a wrong verdict."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.gui.app.application import make_window
from digitlab.system.settings import Settings

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "data"))


@pytest.fixture
def row(window):
    return window.draw.keep_row


def stroke(qtbot, window, *points):
    """Draw a stroke with the mouse, in shares of the canvas."""
    canvas = window.draw.canvas
    side = min(canvas.width(), canvas.height())
    places = [QPoint(round(x * side) + (canvas.width() - side) // 2, round(y * side)) for x, y in points]
    qtbot.mousePress(canvas, LEFT, PLAIN, places[0])
    for place in places[1:]:
        qtbot.mouseMove(canvas, place)
    qtbot.mouseRelease(canvas, LEFT, PLAIN, places[-1])


def one(qtbot, window):
    stroke(qtbot, window, (0.5, 0.15), (0.5, 0.4), (0.5, 0.85))


def press(qtbot, row, digit):
    qtbot.mouseClick(row.digits.buttons[digit], LEFT)


def labels(window):
    return [digit.label for digit in window.session.mine.digits]


def test_one_click_keeps_the_drawing_with_its_label(qtbot, window, row):
    one(qtbot, window)
    press(qtbot, row, 7)
    assert labels(window) == [7]
    assert row.digits.checked == 7
    assert window.session.mine.digits[0].drawing.strokes is window.session.sketch.drawing.strokes
    qtbot.waitUntil(lambda: window.draw.verdict.second_text == "Kept as a 7 · 1 in My digits")


def test_alt_and_a_digit_keep_it_too(qtbot, window, row):
    one(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_1, ALT)
    assert labels(window) == [1]
    assert row.digits.buttons[1].isChecked()


def test_another_click_relabels_and_undo_goes_back(qtbot, window, row):
    one(qtbot, window)
    press(qtbot, row, 7)
    press(qtbot, row, 1)
    press(qtbot, row, 1)
    assert labels(window) == [1]
    undo = row.findChild(QPushButton, "undoKeepButton")
    qtbot.mouseClick(undo, LEFT)
    assert (labels(window), row.digits.checked) == ([7], 7)
    qtbot.mouseClick(undo, LEFT)
    assert (labels(window), row.digits.checked) == ([], None)
    assert not undo.isVisible()


def test_a_further_stroke_makes_it_another_drawing(qtbot, window, row):
    one(qtbot, window)
    press(qtbot, row, 1)
    stroke(qtbot, window, (0.2, 0.5), (0.8, 0.5))
    assert row.digits.checked is None
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert row.digits.checked == 1
    assert labels(window) == [1]


def test_only_own_drawings_can_be_kept_and_the_tooltip_explains_why(qtbot, window, row):
    def reason():
        assert not any(button.isEnabled() for button in row.digits.buttons)
        return row.digits.buttons[3].toolTip()

    assert "example" in reason()
    press(qtbot, row, 3)
    qtbot.keyClick(window, Qt.Key.Key_3, ALT)
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    assert "Draw a digit first" in reason()
    window.session.sketch = Sketch(picture=Picture(np.eye(28, dtype=np.uint8), "photo", 3))
    assert "no strokes" in reason()
    assert labels(window) == []
    one(qtbot, window)
    assert all(button.isEnabled() for button in row.digits.buttons)


def test_the_row_does_not_change_while_the_pen_moves(qtbot, window, row, monkeypatch):
    shown = []
    show = row._show
    monkeypatch.setattr(row, "_show", lambda *args, **named: (shown.append(args), show(*args, **named)))
    one(qtbot, window)
    assert len(shown) == 1  # the pen went down on the example: from now on the drawing can be kept


def test_everything_fits_at_1280_by_800(qtbot, window, row):
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: row.width() > 0)
    widgets = (window.draw.canvas, window.draw.strip, window.draw.verdict, row, window.draw.bars)
    for above, below in pairwise(widgets):
        assert above.geometry().bottom() < below.geometry().top()
    assert window.draw.bars.geometry().bottom() <= window.draw.rect().bottom()
    for button in row.digits.buttons:
        assert button.width() >= button.fontMetrics().horizontalAdvance("0") + 4


def test_a_kept_drawing_is_kept_at_the_next_start(qtbot, window, row):
    drawing = builtin_drawing(4, builtin_styles(4)[0])
    window.editor.finish(Sketch(drawing))
    press(qtbot, row, 4)
    window.close()
    again = make_window(QApplication.instance(), Settings(colour_scheme="light", data_source="builtin"))
    qtbot.addWidget(again)
    again.controllers.my_digits.begin()
    qtbot.waitUntil(lambda: labels(again) == [4])
    assert again.session.sketch.is_sample
