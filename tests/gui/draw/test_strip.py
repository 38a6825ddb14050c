"""Preprocessing steps are skipped and applied again, and the prediction is updated."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QPushButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.geometry import Frame, scaled_to
from digitlab.data.drawing.preprocessing import ALL_STEPS, NO_STEPS, Step
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.gui.draw.step_tile import StepTile
from digitlab.gui.draw.strip import PreprocessingStrip
from digitlab.gui.widgets.fields import tip_of
from digitlab.insight.lens import inspect

LEFT = Qt.MouseButton.LeftButton
NAMES = {Step.CROP: "step_cropped", Step.BOX: "step_boxed", Step.PEN: "step_centred", Step.MASS: "step_image"}


def in_the_corner(digit=3):
    drawing = scaled_to(builtin_drawing(digit, builtin_styles(digit)[0]), Frame(0.05, 0.05, 0.3))
    return Sketch(drawing=drawing)


def tile(strip, name):
    found = strip.findChild(StepTile, name)
    assert found is not None, name
    return found


def show(strip, sketch):
    steps = sketch.steps()
    strip.show_steps(steps, steps.image)


def reset_button(strip):
    return strip.findChild(QPushButton, "applyAllStepsButton")


@pytest.fixture
def strip(qtbot):
    """The strip alone, showing the steps of a small digit and following the user's choices."""
    strip = PreprocessingStrip()
    qtbot.addWidget(strip)
    strip.preprocessing_requested.connect(strip.show_preprocessing)
    show(strip, in_the_corner())
    strip.resize(288, strip.heightForWidth(288) if strip.hasHeightForWidth() else strip.sizeHint().height())
    strip.show()
    qtbot.waitExposed(strip)
    return strip


@pytest.mark.parametrize("step", Step)
def test_a_click_skips_a_step_and_the_next_applies_it_again(qtbot, strip, step):
    commands = []
    strip.preprocessing_requested.connect(commands.append)
    qtbot.mouseClick(tile(strip, NAMES[step]), LEFT)
    qtbot.mouseClick(tile(strip, NAMES[step]), LEFT)
    assert commands == [ALL_STEPS.switched(step), ALL_STEPS]


def test_steps_are_reached_with_tab_and_toggled_with_space(qtbot, strip):
    cropped = tile(strip, "step_cropped")
    tile(strip, "step_drawn").setFocus()
    qtbot.keyClick(strip.focusWidget(), Qt.Key.Key_Tab)
    assert strip.focusWidget() is cropped
    qtbot.keyClick(cropped, Qt.Key.Key_Space)
    assert cropped.is_off
    assert strip.focusWidget() is cropped
    qtbot.keyClick(cropped, Qt.Key.Key_Space)
    assert not cropped.is_off


def test_the_focus_is_visible_on_every_tile(qtbot, strip):
    strip.activateWindow()
    for each in filter(StepTile.isVisible, strip.findChildren(StepTile)):
        each.clearFocus()
        before = each.grab().toImage()
        each.setFocus()
        qtbot.waitUntil(each.hasFocus)
        assert each.grab().toImage() != before


def test_a_skipped_step_is_dimmed_and_described_as_skipped(qtbot, strip):
    pen = tile(strip, "step_centred")
    before = pen.grab().toImage()
    qtbot.mouseClick(pen, LEFT)
    assert pen.grab().toImage() != before
    assert pen.accessibleName() == "pen, skipped"
    assert "It is skipped" in pen.accessibleDescription()
    state = QAccessible.queryAccessibleInterface(pen).state()
    assert state.checkable
    assert not state.checked
    assert strip.note_text == "1 step is skipped."


def test_the_note_has_a_button_that_applies_all_steps_again_and_nothing_moves(qtbot, strip):
    button, height = reset_button(strip), strip.sizeHint().height()
    assert not button.isVisible()
    for name in ("step_cropped", "step_image"):
        qtbot.mouseClick(tile(strip, name), LEFT)
    assert strip.note_text == "2 steps are skipped."
    assert button.isVisible()
    assert strip.sizeHint().height() == height
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not button.isVisible()
    assert strip.sizeHint().height() == height
    assert not any(each.is_off for each in strip.findChildren(StepTile))
    assert isinstance(strip.focusWidget(), StepTile)


def test_the_canvas_tile_skips_all_steps(qtbot, strip):
    with qtbot.waitSignal(strip.preprocessing_requested) as command:
        qtbot.mouseClick(tile(strip, "step_drawn"), LEFT)
    assert command.args == [NO_STEPS]
    assert strip.note_text == "All steps are skipped."
    assert not tile(strip, "step_drawn").is_off


def test_every_tile_explains_its_step_and_what_happens_without_it(strip):
    for each in strip.findChildren(StepTile):
        what, without = tip_of(each).split("\n")
        assert what in each.accessibleDescription()
        assert without


def wait_for_answer(qtbot, window):
    """Wait until the view is computed from the newest sketch and the chosen steps."""
    session = window.session

    def answered():
        view = session.view
        assert view is not None
        assert view.sketch is session.sketch
        assert np.array_equal(view.steps.image, session.sketch.steps(session.preprocessing).image)

    qtbot.waitUntil(answered)
    return session.view


def test_the_prediction_is_updated_and_a_new_sketch_keeps_the_skipped_steps(qtbot, window):
    strip, session = window.draw.strip, window.session
    sketch = in_the_corner()
    window.editor.replace(sketch, "test")
    view = wait_for_answer(qtbot, window)
    assert np.array_equal(view.steps.image, render(sketch.drawing))
    qtbot.mouseClick(tile(strip, "step_drawn"), LEFT)
    view = wait_for_answer(qtbot, window)
    shrunk = sketch.steps(NO_STEPS).image
    assert np.array_equal(view.steps.image, shrunk)
    assert np.array_equal(view.inspection.probabilities, inspect(session.snapshot, shrunk).probabilities)
    # The choice applies to another sketch and to a picture too.
    for other in (in_the_corner(7), Sketch(picture=Picture(render(sketch.drawing), "three"))):
        window.editor.replace(other, "test")
        wait_for_answer(qtbot, window)
        assert session.preprocessing == NO_STEPS
        assert tile(strip, "step_image").is_off
    qtbot.mouseClick(reset_button(strip), LEFT)
    view = wait_for_answer(qtbot, window)
    assert session.preprocessing == ALL_STEPS
    assert np.array_equal(view.steps.image, render(sketch.drawing))


def test_the_mark_on_the_canvas_moves_with_the_steps(qtbot, window):
    sketch = in_the_corner()
    window.editor.replace(sketch, "test")
    wait_for_answer(qtbot, window)
    window.session.receptive_field = (slice(0, 28), slice(0, 28))
    with_all = window.draw.canvas.mark
    assert with_all.width() < 0.6
    qtbot.mouseClick(tile(window.draw.strip, "step_drawn"), LEFT)
    wait_for_answer(qtbot, window)
    # Without any step the 28x28 pixels are the canvas.
    mark = window.draw.canvas.mark
    assert (mark.x(), mark.y(), mark.width(), mark.height()) == pytest.approx((0, 0, 1, 1), abs=1e-9)


def test_what_is_left_out_of_a_picture_has_a_colour_of_its_own_and_is_explained(strip):
    page = np.full((140, 140), 255, dtype=np.uint8)
    page[10:94, 28:112] -= np.kron(render(builtin_drawing(7, builtin_styles(7)[0])), np.ones((3, 3), np.uint8))
    page[108:112] = 0
    drawn = tile(strip, "step_drawn")
    show(strip, Sketch(picture=Picture(page, "ruled.png")))
    image = drawn.grab().toImage()
    side = min(image.width(), image.height())
    line = image.pixelColor(image.width() // 2, round(side * 110 / 140))
    assert line.red() > line.green() > line.blue() + 50
    assert "left out" in tip_of(drawn)
    assert "left out" in drawn.accessibleDescription()
    show(strip, Sketch(picture=Picture(page[:100], "plain.png")))
    assert "left out" not in tip_of(drawn)
    assert "left out" not in drawn.accessibleDescription()
