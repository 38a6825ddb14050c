"""Confusion matrix and misclassified digits, used with mouse and keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from tests.gui.evaluate.conftest import make_result
from tests.gui.evaluate.finding import text
from tests.helpers.pixels import colour_in


@pytest.fixture
def matrix(panel):
    return panel.findChild(QWidget, "confusionMatrix")


@pytest.fixture
def gallery(panel):
    return panel.findChild(QWidget, "gallery")


def click(widget, place):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place.center())


def test_a_cell_of_the_matrix_shows_its_images_and_all_come_back(panel, show, result, matrix, gallery):
    show(result=result)
    everything = panel.findChild(QPushButton, "allMistakesButton")
    assert (gallery.count, everything.isVisible()) == (70, False)
    assert text(panel, "galleryWords") == "70 misclassified digits, most confident first"
    click(matrix, matrix.cell_rect((0, 0)).toRect())
    assert text(panel, "galleryWords") == "0 classified correctly, 130 times, least confident first"
    assert gallery.count == 130
    QTest.mouseClick(everything, Qt.MouseButton.LeftButton)
    assert gallery.count == 70
    assert matrix.chosen is None


def test_a_cell_stays_chosen_when_other_results_come(panel, show, session, result, matrix, gallery):
    show(result=result)
    click(matrix, matrix.cell_rect((1, 0)).toRect())
    show(result=make_result(session.snapshot, np.eye(10)[[0, 0, 3]], np.array([1, 0, 3])))
    assert gallery.count == 1
    assert text(panel, "galleryWords") == "1 classified as 0, once"


def test_a_click_sends_an_image_to_the_canvas(qtbot, panel, show, result, gallery):
    show(result=result)
    with qtbot.waitSignal(panel.sketch_chosen) as command:
        click(gallery.viewport(), gallery.tile_rect(1))
    picture = command.args[0].picture
    # The second of the most confident mistakes is image 81.
    assert (picture.pixels[0, 1], picture.label, picture.name) == (81, 1, "test image 82 of 200")


def test_look_inside_puts_the_image_on_the_canvas(panel, show, result, gallery):
    show(result=result)
    commands = []
    panel.sketch_chosen.connect(lambda sketch: commands.append(int(sketch.picture.pixels[0, 1])))
    panel.look_requested.connect(lambda: commands.append("look"))
    QTest.mouseClick(panel.findChild(QPushButton, "lookInsideButton"), Qt.MouseButton.LeftButton)
    assert commands == [80, "look"]
    commands.clear()
    click(gallery.viewport(), gallery.tile_rect(2))
    QTest.mouseDClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=gallery.tile_rect(2).center())
    assert commands[0] == 82
    assert commands[-1] == "look"


def test_keys_move_through_the_gallery(panel, show, result, gallery):
    show(result=result)
    commands = []
    panel.sketch_chosen.connect(lambda sketch: commands.append(int(sketch.picture.pixels[0, 1])))
    panel.look_requested.connect(lambda: commands.append("look"))
    gallery.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(gallery, key)
    assert gallery.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole) == (
        "A 1, classified as 0 with 92.0 % confidence; second choice 1 with 8.0 %. Image 82 of 200."
    )
    QTest.keyClick(gallery, Qt.Key.Key_End)
    QTest.keyClick(gallery, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert commands == [81, 199, "look"]
    # The last tile has come into sight.
    assert gallery.viewport().rect().contains(gallery.tile_rect(69))


def test_thousands_of_mistakes_are_scrolled(panel, show, session, gallery):
    labels = np.arange(60_000) % 9 + 1
    show(result=make_result(session.snapshot, np.tile(np.eye(10)[0], (60_000, 1)), labels))
    assert gallery.count == 60_000
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    panel.grab()
    assert gallery.indexAt(gallery.tile_rect(59_999).center()).row() == 59_999


def test_images_are_shown_as_they_are(qtbot, show, session, gallery):
    result = make_result(session.snapshot, np.eye(10)[[3]], np.array([5]))
    result.data.digits.images[0, 10:18, 10:18] = 255
    show(result=result)
    qtbot.waitUntil(gallery.viewport().updatesEnabled)
    tile, image = gallery.tile_rect(0), gallery.viewport().grab().toImage()
    middle = tile.center().x()
    assert colour_in(image, middle, tile.top() + 6 + 28).lightness() == 255
    assert colour_in(image, middle, tile.top() + 8).lightness() == 0


def test_without_mistakes_the_gallery_is_empty(panel, show, session, gallery):
    digits = np.tile(np.arange(10), 40)
    show(result=make_result(session.snapshot, np.eye(10)[digits], digits))
    assert text(panel, "galleryWords") == "No misclassified digits"
    assert not panel.findChild(QPushButton, "lookInsideButton").isEnabled()
    assert "diagonal" in gallery.accessibleDescription()
