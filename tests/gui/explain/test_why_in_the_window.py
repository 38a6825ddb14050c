"""Why in the whole window: under the pen, on the canvas, and what cancels it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton

from digitlab.attribution.result import MethodId
from digitlab.data.builtin import builtin_dataset, builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.gui.explain.why.page import WhyPage


@pytest.fixture
def page(qtbot, window):
    """The page in the window at 960x600, with a drawing on the canvas."""
    window.resize(960, 600)
    window.panels.setCurrentWidget(window.panels.explain)
    window.panels.explain.panel()
    QTest.mouseClick(window.findChild(QPushButton, "explainWhy"), Qt.MouseButton.LeftButton)
    window.editor.replace(Sketch(drawing=builtin_drawing(7, builtin_styles(7)[0])), "drawing")
    page = window.findChild(WhyPage)
    qtbot.waitUntil(lambda: is_newest(window, page))
    return page


def is_newest(window, page):
    """Return whether the map is that of the drawing on the canvas."""
    view, answer = window.session.view, page.answer
    return (
        view is not None
        and view.sketch is window.session.sketch
        and answer is not None
        and answer.inquiry.inspection is view.inspection
    )


def stroke(canvas, *places):
    """Draw with the mouse through places, in pixels."""
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(canvas, QPoint(*place))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*places[-1]))


def toggle(page):
    box = page.findChild(QCheckBox, "whyOverlayBox")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    return box


def test_the_map_follows_the_pen_while_it_is_down(qtbot, window, page):
    canvas, before = window.draw.canvas, page.answer
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    for step in range(1, 6):
        QTest.mouseMove(canvas, QPoint(40 + 10 * step, 40 + 12 * step))
    qtbot.waitUntil(lambda: page.answer is not before and is_newest(window, page))
    assert canvas.is_drawing
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(90, 100))


def test_the_canvas_shows_the_map_where_the_ink_is(qtbot, window, page):
    canvas = window.draw.canvas
    assert canvas.overlay is None
    plain = canvas.grab().toImage()
    toggle(page)
    qtbot.waitUntil(lambda: canvas.overlay is not None)
    image, place = canvas.overlay
    values, side = page.answer.attribution.values, place.width() / 28
    points = np.concatenate([stroke.points[:, :2] for stroke in window.session.sketch.drawing.strokes])
    columns = ((points[:, 0] - place.x()) / side).astype(int)
    rows = ((points[:, 1] - place.y()) / side).astype(int)
    # The pixels under the strokes are those with ink, and where the map is strongest.
    ink = page.answer.inquiry.inspection.image
    assert (ink[rows, columns] > 0).mean() > 0.95
    strongest = np.unravel_index(np.abs(values).argmax(), values.shape)
    assert image.pixelColor(int(strongest[1]), int(strongest[0])).alpha() > 150
    assert image.pixelColor(0, 0).alpha() == 0
    assert canvas.grab().toImage() != plain
    assert "Gradient × input, digit" in canvas.accessibleDescription()
    toggle(page)
    assert canvas.overlay is None
    assert "Gradient" not in canvas.accessibleDescription()
    assert canvas.grab().toImage() == plain


def test_the_overlay_moves_with_the_cropping(qtbot, window, page):
    toggle(page)
    canvas = window.draw.canvas
    qtbot.waitUntil(lambda: canvas.overlay is not None)
    before = canvas.overlay[1]
    stroke(canvas, (10, 10), (14, 12), (18, 16))
    qtbot.waitUntil(lambda: is_newest(window, page))
    assert canvas.overlay[1] != before


def test_the_overlay_ends_with_the_page_and_comes_back(qtbot, window, page):
    toggle(page)
    canvas = window.draw.canvas
    qtbot.waitUntil(lambda: canvas.overlay is not None)
    window.panels.setCurrentWidget(window.panels.inspect)
    assert canvas.overlay is None
    window.panels.setCurrentWidget(window.panels.explain)
    qtbot.waitUntil(lambda: canvas.overlay is not None)
    QTest.mouseClick(window.findChild(QPushButton, "explainSandbox"), Qt.MouseButton.LeftButton)
    assert canvas.overlay is None


def test_a_picture_and_a_blank_canvas_have_no_overlay(qtbot, window, page):
    toggle(page)
    canvas = window.draw.canvas
    qtbot.waitUntil(lambda: canvas.overlay is not None)
    digits = builtin_dataset(train_count=10, test_count=10).test
    window.editor.replace(Sketch(picture=Picture(digits.images[0], "test digit")), "showing")
    qtbot.waitUntil(lambda: is_newest(window, page))
    assert canvas.overlay is None
    window.editor.replace(Sketch(drawing=builtin_drawing(7, builtin_styles(7)[0])), "drawing")
    qtbot.waitUntil(lambda: canvas.overlay is not None)
    window.editor.replace(Sketch(), "clearing")
    assert canvas.overlay is None


def test_a_slow_map_does_not_hold_up_the_window_and_is_cancelled_by_another_method(qtbot, window, page):
    controller = window.controllers.attribution
    page.choices.choose_method(MethodId.INTEGRATED_GRADIENTS)
    slow = controller._following
    assert slow is not None
    assert page.answer.task.method is MethodId.GRADIENT_TIMES_INPUT  # nothing was computed meanwhile
    page.choices.choose_method(MethodId.OCCLUSION)
    assert slow.is_cancelled or slow.is_finished
    qtbot.waitUntil(lambda: page.answer.task.method is MethodId.OCCLUSION and is_newest(window, page))


def test_leaving_the_page_cancels_what_is_being_computed(window, page):
    page.choices.choose_method(MethodId.INTEGRATED_GRADIENTS)
    request = window.controllers.attribution._following
    window.panels.setCurrentWidget(window.panels.inspect)
    assert request.is_cancelled


def test_a_slow_method_follows_the_pen_too(qtbot, window, page):
    page.choices.choose_method(MethodId.OCCLUSION)
    qtbot.waitUntil(lambda: page.answer.task.method is MethodId.OCCLUSION)
    canvas = window.draw.canvas
    for nth in range(4):
        stroke(canvas, (30 + 9 * nth, 60), (34 + 9 * nth, 90), (40 + 9 * nth, 100))
    qtbot.waitUntil(lambda: is_newest(window, page))
    assert page.answer.task.method is MethodId.OCCLUSION
