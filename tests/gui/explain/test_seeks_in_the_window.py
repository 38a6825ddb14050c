"""Looks for in the whole window: what is put on the canvas, and the pen while an image forms."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from digitlab.gui.explain.pages import PAGES
from digitlab.gui.explain.seeks.page import SeeksPage
from digitlab.insight.place import Place


@pytest.fixture
def page(qtbot, window):
    """The page in the window at 960x600, for an output."""
    window.resize(960, 600)
    window.panels.explain.panel()
    window.panels.show_explanation(Place(len(window.session.snapshot.spec.layers) - 1, (4,)))
    QTest.mouseClick(window.findChild(QPushButton, "explainSeeks"), Qt.MouseButton.LeftButton)
    page = window.findChild(SeeksPage)
    qtbot.waitUntil(lambda: page.isVisible() and page.forming.image is not None)
    return page


def test_test_images_and_the_formed_one_go_onto_the_canvas_and_can_be_undone(qtbot, window, page):
    session = window.session
    before = session.sketch
    qtbot.waitUntil(lambda: page.images.found is not None and page.images.found.is_complete)
    gallery = page.images.gallery
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=gallery.tile_rect(0).center())
    first = page.images.found.images[0]
    assert np.array_equal(session.sketch.picture.pixels, page.images.found.data.digits.images[first.index])
    QTest.mouseClick(window.findChild(QPushButton, "seeksCanvasButton"), Qt.MouseButton.LeftButton)
    assert "looks for" in session.sketch.picture.name
    window.draw.canvas.setFocus()
    for _ in range(2):
        QTest.keyClick(window.draw.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.sketch is before


def test_the_bars_follow_the_pen_while_an_image_forms(qtbot, window, page):
    QTest.mouseClick(window.findChild(QPushButton, "seeksNoiseButton"), Qt.MouseButton.LeftButton)
    canvas, session = window.draw.canvas, window.session
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(50, 40))
    QTest.mouseMove(canvas, QPoint(70, 90))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(70, 120))
    qtbot.waitUntil(lambda: session.view.sketch is session.sketch)


def test_the_names_of_all_pages_fit_at_960(window, page):
    for name, _, _ in PAGES:
        button = window.findChild(QPushButton, name)
        assert button.width() >= button.sizeHint().width(), name
    window.resize(1280, 800)
    assert window.findChild(QPushButton, "explainSlide").text() == "Sliding window"


def test_closing_the_window_ends_what_is_being_computed(qtbot, window, page):
    QTest.mouseClick(window.findChild(QPushButton, "seeksNoiseButton"), Qt.MouseButton.LeftButton)
    assert window.controllers.seeking.close(30.0)
