"""Sliders distort what the network sees, live, and nothing else."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.distortions import KINDS, NO_DISTORTION, Distortion
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.gui.draw.distort import AmountSlider, DistortSliders
from digitlab.gui.draw.step_tile import StepTile
from digitlab.gui.widgets.fields import tip_of

LEFT = Qt.MouseButton.LeftButton


def sketch_of(digit):
    return Sketch(builtin_drawing(digit, builtin_styles(digit)[0]))


def slider(parent, kind):
    found = parent.findChild(AmountSlider, f"distort_{kind}")
    assert found is not None, kind
    return found


def is_seen(window, image):
    """Return whether the network saw this image, and the strip shows it as the input."""
    view = window.session.view
    return view is not None and view.sketch is window.session.sketch and np.array_equal(view.inspection.image, image)


@pytest.fixture
def sliders(qtbot):
    """The sliders alone, open, following the user's choices."""
    sliders = DistortSliders()
    qtbot.addWidget(sliders)
    qtbot.addWidget(sliders.toggle)
    sliders.distortion_requested.connect(sliders.show_distortion)
    sliders.toggle.setChecked(True)
    qtbot.waitExposed(sliders)
    return sliders


def test_arrow_keys_change_an_amount_and_the_tooltip_says_it(qtbot, sliders):
    tilt = slider(sliders, "tilt")
    with qtbot.waitSignal(sliders.distortion_requested) as wanted:
        qtbot.keyClick(tilt, Qt.Key.Key_Left)
    assert wanted.args == [Distortion((("tilt", -0.05),))]
    assert "−5 %" in tip_of(tilt)
    assert "−5 %" in tilt.accessibleDescription()
    assert tilt.accessibleName() == KINDS["tilt"].title


def test_a_double_click_sets_an_amount_to_zero(qtbot, sliders):
    blur = slider(sliders, "blur")
    for _ in range(3):
        qtbot.keyClick(blur, Qt.Key.Key_PageUp)
    assert blur.value() == 15
    QTest.mouseDClick(blur, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(3, 9))
    assert blur.value() == 0


def test_the_button_folds_the_sliders_and_leaves_the_amounts(qtbot, sliders):
    sliders.show_distortion(Distortion().changed("noise", 0.5))
    for is_open in (False, True):
        qtbot.mouseClick(sliders.toggle, LEFT)
        assert sliders.isVisible() is is_open
    assert slider(sliders, "noise").value() == 10


def test_showing_a_distortion_requests_nothing(qtbot, sliders):
    with qtbot.assertNotEmitted(sliders.distortion_requested):
        sliders.show_distortion(Distortion().changed("size", -0.5).changed("ruling", 1.0))
    assert slider(sliders, "size").value() == -10


def test_the_distortion_is_live_stays_for_the_next_digit_and_is_always_visible(qtbot, window):
    session, strip = window.session, window.draw.strip
    qtbot.keyClick(window.draw.canvas, Qt.Key.Key_D)
    noise = slider(window.draw, "noise")
    window.editor.replace(sketch_of(4), "test")
    noise.setValue(10)
    distortion = Distortion().changed("noise", 0.5)
    for sketch in (sketch_of(4), sketch_of(7), Sketch(picture=Picture(render(sketch_of(3).drawing), "three"))):
        window.editor.replace(sketch, "test")
        image = sketch.steps().image
        qtbot.waitUntil(lambda image=image: is_seen(window, distortion.apply(image[None])[0]))
        assert np.array_equal(session.view.steps.image, image)
    qtbot.mouseClick(window.draw.distort.toggle, LEFT)
    assert strip.note_text == "Distorted."
    assert strip.findChild(StepTile, "step_distorted").isVisible()
    window.draw.findChild(QPushButton, "applyAllStepsButton").click()
    qtbot.waitUntil(lambda: is_seen(window, session.sketch.steps().image))
    assert session.distortion == NO_DISTORTION
    assert strip.note_text == "Click a step to skip it."
    assert noise.value() == 0


def test_the_tile_of_the_input_resets_the_distortion(qtbot, window):
    window.session.distortion = Distortion().changed("blur", 0.5)
    tile = window.draw.strip.findChild(StepTile, "step_distorted")
    assert not window.draw.strip.findChild(StepTile, "step_drawn").isVisible()
    qtbot.mouseClick(tile, LEFT)
    assert window.session.distortion == NO_DISTORTION
    assert not tile.isVisible()
    assert window.draw.strip.findChild(StepTile, "step_drawn").isVisible()


def test_an_empty_canvas_stays_empty(qtbot, window):
    window.session.distortion = Distortion().changed("noise", 1.0).changed("ruling", 1.0)
    window.editor.clear()
    qtbot.waitUntil(lambda: is_seen(window, np.zeros((28, 28), np.uint8)))
    assert window.draw.verdict.verdict_text == "Draw a digit"


def test_the_mark_of_a_receptive_field_disappears_where_ink_has_moved(qtbot, window):
    session = window.session
    window.editor.replace(sketch_of(5), "test")
    qtbot.waitUntil(lambda: is_seen(window, session.sketch.steps().image))
    session.receptive_field = (slice(4, 9), slice(6, 11))
    assert window.draw.canvas.mark is not None
    for kind, is_marked in (("noise", True), ("tilt", False)):
        session.distortion = Distortion().changed(kind, 0.5)
        seen = session.distortion.apply(session.sketch.steps().image[None])[0]
        qtbot.waitUntil(lambda seen=seen: is_seen(window, seen))
        assert (window.draw.canvas.mark is not None) is is_marked


def test_a_digit_is_kept_undistorted(qtbot, window):
    window.session.distortion = Distortion().changed("tilt", 1.0)
    sketch = sketch_of(6)
    window.editor.replace(sketch, "test", is_own=True)
    window.draw.keep_row.keep_requested.emit(6)
    qtbot.waitUntil(lambda: len(window.session.mine.digits) > 0)
    kept = window.session.mine.digits[-1].drawing
    assert np.array_equal(render(kept), render(sketch.drawing))


@pytest.mark.parametrize("size", [(960, 600), (1280, 800)])
def test_nothing_overlaps_while_the_sliders_are_open(qtbot, window, size):
    window.resize(*size)
    panel = window.draw

    def is_in_order():
        parts = [part for part in (panel.canvas, panel.strip, panel.distort, panel.verdict) if part.isVisible()]
        tops = [part.geometry().top() for part in parts[1:]]
        bottoms = [part.geometry().bottom() for part in parts[:-1]]
        is_below = all(top > bottom for top, bottom in zip(tops, bottoms, strict=True))
        return is_below and all(part.geometry().right() < panel.width() for part in (*parts, panel.bars))

    for is_open in (True, False):
        panel.distort.toggle.setChecked(is_open)
        qtbot.waitUntil(is_in_order)
        assert panel.canvas.width() >= 120
