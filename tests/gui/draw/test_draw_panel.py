"""The drawing panel within the window: from the pen to the prediction."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.distortions import NO_DISTORTION, Distortion
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.gui.draw.step_tile import StepTile
from digitlab.insight.lens import inspect
from tests.helpers.drawings import side_by_side
from tests.helpers.readers import template_reader

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


def draw(qtbot, window, drawing):
    canvas = window.draw.canvas
    side = min(canvas.width(), canvas.height())
    for stroke in drawing.strokes:
        points = [QPoint(round(x * side), round(y * side)) for x, y in stroke.points[:, :2]]
        qtbot.mousePress(canvas, LEFT, PLAIN, points[0])
        for point in points[1:]:
            qtbot.mouseMove(canvas, point)
        qtbot.mouseRelease(canvas, LEFT, PLAIN, points[-1])


def wait_for_answer(qtbot, window):
    def answered():
        view = window.session.view
        assert view is not None
        assert view.sketch is window.session.sketch
        assert view.inspection.snapshot is window.session.snapshot

    qtbot.waitUntil(answered)
    return window.session.view


def test_the_window_opens_with_a_classified_example(qtbot, window):
    wait_for_answer(qtbot, window)
    assert window.draw.verdict.digit_text == "5"
    assert window.draw.bars.outputs.argmax() == 5


@pytest.mark.parametrize("digit", [1, 3, 7])
def test_a_drawn_digit_is_classified(qtbot, window, digit):
    draw(qtbot, window, builtin_drawing(digit, builtin_styles(digit)[0]))
    wait_for_answer(qtbot, window)
    assert window.draw.verdict.digit_text == str(digit)


def test_the_prediction_is_updated_before_the_pen_is_lifted(qtbot, window):
    canvas = window.draw.canvas
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(140, 40))
    for y in range(50, 250, 10):
        qtbot.mouseMove(canvas, QPoint(140, y))
    qtbot.waitUntil(lambda: window.draw.verdict.digit_text == "1")  # the last moves are announced a moment later
    assert canvas.is_drawing
    qtbot.mouseRelease(canvas, LEFT, PLAIN, QPoint(140, 240))


def test_a_burst_of_moves_is_answered_by_the_newest(qtbot, window):
    wait_for_answer(qtbot, window)
    canvas, views, begun_s = window.draw.canvas, [], time.monotonic()
    window.session.view_changed.connect(lambda: views.append(window.session.view))
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(140, 40))
    for index in range(2_000):
        place = QPointF(140 + 100 * np.sin(index / 50), 50 + index % 200)
        at, none = canvas.mapToGlobal(place), Qt.MouseButton.NoButton
        QApplication.postEvent(canvas, QMouseEvent(QEvent.Type.MouseMove, place, at, none, LEFT, PLAIN))
    qtbot.waitUntil(lambda: len(window.session.sketch.drawing.strokes[0].points) == 2_001)
    wait_for_answer(qtbot, window)
    assert len(views) < 10 + (time.monotonic() - begun_s) / 0.03
    qtbot.mouseRelease(canvas, LEFT, PLAIN, QPoint(140, 240))


def test_the_bars_show_the_lens_outputs_for_the_rendered_strokes(qtbot, window):
    draw(qtbot, window, builtin_drawing(4, builtin_styles(4)[0]))
    wait_for_answer(qtbot, window)
    image = render(window.session.sketch.drawing)
    expected = inspect(window.session.snapshot, image).outputs
    np.testing.assert_array_equal(window.draw.bars.outputs, expected)


def test_clear_leaves_no_verdict(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    wait_for_answer(qtbot, window)
    assert window.session.sketch.is_empty
    assert window.draw.verdict.digit_text == ""
    assert window.draw.verdict.verdict_text == "Draw a digit"
    assert window.draw.bars.outputs is None


def test_undo_and_redo_cover_strokes_clearing_and_the_example(qtbot, window):
    draw(qtbot, window, builtin_drawing(7, builtin_styles(7)[0]))
    strokes = len(window.session.sketch.drawing.strokes)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.session.sketch.is_empty
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(window.session.sketch.drawing.strokes) == strokes
    for _ in range(strokes):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.sketch.is_sample
    assert not window.actions_by_name["undo"].isEnabled()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for _ in range(strokes):
        qtbot.keyClick(window, Qt.Key.Key_Z, both)
    assert len(window.session.sketch.drawing.strokes) == strokes


def test_tool_keys_select_pen_and_eraser(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_E)
    assert window.actions_by_name["eraser"].isChecked()
    draw_before = window.session.sketch
    canvas = window.draw.canvas
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(10, 100))
    qtbot.mouseMove(canvas, QPoint(270, 100))
    qtbot.mouseRelease(canvas, LEFT, PLAIN, QPoint(270, 100))
    assert window.session.sketch is not draw_before
    assert len(window.session.sketch.drawing.strokes) > len(draw_before.drawing.strokes)
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert window.actions_by_name["pen"].isChecked()


def test_a_picture_is_classified_and_its_label_is_shown(qtbot, window):
    image = render(builtin_drawing(3, builtin_styles(3)[0]))
    window.editor.replace(Sketch(picture=Picture(image, "three", 3)), "test")
    wait_for_answer(qtbot, window)
    assert window.draw.verdict.digit_text == "3"
    assert "labelled as a 3" in window.draw.verdict.second_text


def test_the_receptive_field_is_outlined_on_the_canvas(qtbot, window):
    view = wait_for_answer(qtbot, window)
    window.session.receptive_field = (slice(4, 10), slice(6, 12))
    mark = window.draw.canvas.mark
    placement = view.steps.placement
    assert mark.x() * placement.scale + placement.x == pytest.approx(6)
    assert mark.y() * placement.scale + placement.y == pytest.approx(4)
    assert mark.width() * placement.scale == pytest.approx(6)
    window.session.receptive_field = None
    assert window.draw.canvas.mark is None


def test_a_screen_reader_gets_the_prediction(qtbot, window):
    wait_for_answer(qtbot, window)
    assert window.draw.bars.accessibleDescription().startswith("5: ")


@pytest.mark.parametrize("distortion", [NO_DISTORTION, Distortion().changed("blur", 0.5)], ids=["plain", "distorted"])
def test_the_steps_have_the_same_width_in_a_narrow_panel(window, distortion):
    window.session.distortion = distortion
    window.draw.setFixedWidth(window.draw.minimumWidth())
    QApplication.processEvents()
    widths = [tile.width() for tile in window.draw.strip.findChildren(StepTile) if tile.isVisible()]
    assert len(widths) == 5
    assert max(widths) - min(widths) <= 1
    for label in filter(QLabel.isVisible, window.draw.strip.findChildren(QLabel)):
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()


def test_the_texts_beside_the_verdict_are_never_cut_off(qtbot, window):
    wait_for_answer(qtbot, window)
    window.draw.setFixedWidth(window.draw.minimumWidth())
    QApplication.processEvents()
    words = window.draw.verdict.findChild(QLabel, "verdictSecond")
    assert words.text() == "An example. Draw over it."
    needed = words.fontMetrics().boundingRect(words.rect(), Qt.TextFlag.TextWordWrap, words.text())
    assert words.rect().contains(needed)


def digit_drawing(digit):
    return builtin_drawing(digit, builtin_styles(digit)[0])


def line(*points):
    return Drawing((Stroke.of(points),))


def test_a_network_with_an_output_for_no_digit_has_an_eleventh_bar(qtbot, window):
    bars = window.draw.bars
    window.session.snapshot = template_reader(has_no_digit_output=False)
    wait_for_answer(qtbot, window)
    qtbot.waitUntil(lambda: bars.row_count == 10 and bars.height() % 10 == 0)
    with_ten = bars.height()
    window.session.snapshot = template_reader(has_no_digit_output=True)
    view = wait_for_answer(qtbot, window)
    qtbot.waitUntil(lambda: bars.height() == with_ten / 10 * 11)
    np.testing.assert_array_equal(bars.outputs, view.inspection.outputs)
    assert len(bars.outputs) == 11
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    wait_for_answer(qtbot, window)
    assert bars.outputs is None
    assert bars.row_count == 11


def test_the_eleventh_bar_has_a_name(qtbot, window):
    window.session.snapshot = template_reader(has_no_digit_output=True)
    draw(qtbot, window, line([0.2, 0.2], [0.8, 0.3], [0.2, 0.5], [0.8, 0.6], [0.2, 0.8]))
    wait_for_answer(qtbot, window)
    bars = window.draw.bars
    assert bars.accessibleDescription().startswith("no digit: ")
    qtbot.waitUntil(lambda: bars.height() == bars.sizeHint().height())
    place = QPoint(30, bars.height() - 5)
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place)))
    assert QToolTip.text().startswith("<p>no digit: 0.")
    QToolTip.hideText()


def test_two_digits_drawn_side_by_side_are_recognised(qtbot, window):
    window.session.snapshot = template_reader(has_no_digit_output=True)
    draw(qtbot, window, scaled_to(side_by_side([digit_drawing(4), digit_drawing(7)])))
    wait_for_answer(qtbot, window)
    assert window.draw.verdict.verdict_text == "several digits: 4 and 7"
    assert window.draw.verdict.digit_text == "47"


@pytest.mark.parametrize("has_no_digit_output", [False, True])
def test_a_line_and_a_dot_are_no_digits(qtbot, window, has_no_digit_output):
    window.session.snapshot = template_reader(has_no_digit_output=has_no_digit_output)
    for drawing in (line([0.2, 0.5], [0.8, 0.51]), line([0.5, 0.5])):
        qtbot.keyClick(window, Qt.Key.Key_Delete)
        draw(qtbot, window, drawing)
        wait_for_answer(qtbot, window)
        assert window.draw.verdict.verdict_text == "not a digit"
        assert window.draw.verdict.digit_text == "–"
        assert window.draw.verdict.second_text == "Too flat, too small or too full for one."


def test_a_vertical_stroke_is_a_1(qtbot, window):
    draw(qtbot, window, line([0.5, 0.2], [0.5, 0.8]))
    wait_for_answer(qtbot, window)
    assert window.draw.verdict.digit_text == "1"
    assert window.draw.verdict.verdict_text.startswith("confident")


def press_a_line(qtbot, canvas):
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(140, 40))
    for y in range(50, 250, 10):
        qtbot.mouseMove(canvas, QPoint(140, y))


def test_undo_removes_the_stroke_in_progress(qtbot, window):
    draw(qtbot, window, builtin_drawing(7, builtin_styles(7)[0]))
    drawn = window.session.sketch
    press_a_line(qtbot, window.draw.canvas)
    window.actions_by_name["undo"].trigger()
    assert window.session.sketch is drawn
    qtbot.mouseMove(window.draw.canvas, QPoint(60, 60))
    qtbot.mouseRelease(window.draw.canvas, LEFT, PLAIN, QPoint(60, 60))
    assert window.session.sketch is drawn
    assert not window.draw.canvas.is_drawing


def test_clearing_while_the_pen_is_down_leaves_nothing(qtbot, window):
    press_a_line(qtbot, window.draw.canvas)
    window.actions_by_name["clear"].trigger()
    qtbot.mouseMove(window.draw.canvas, QPoint(60, 60))
    qtbot.mouseRelease(window.draw.canvas, LEFT, PLAIN, QPoint(60, 60))
    assert window.session.sketch.is_empty


def test_a_picture_opened_while_the_pen_is_down_replaces_the_stroke(qtbot, window):
    press_a_line(qtbot, window.draw.canvas)
    picture = Sketch(picture=Picture(render(builtin_drawing(3, builtin_styles(3)[0])), "three", 3))
    window.editor.replace(picture, "opening")
    qtbot.mouseMove(window.draw.canvas, QPoint(60, 60))
    qtbot.mouseRelease(window.draw.canvas, LEFT, PLAIN, QPoint(60, 60))
    assert window.session.sketch is picture
