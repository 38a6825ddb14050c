"""The page Looks for: the image that forms, the test images, and what stops them."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from digitlab.attribution.preferred import ASCENT_STEPS, ascend, excitation
from digitlab.attribution.strongest import StrongestSearch
from digitlab.data.held_out import HeldOutSet
from digitlab.gui.explain.seeking import SeekingController
from digitlab.gui.explain.seeks.page import SeeksPage
from digitlab.gui.explain.seeks.wanted import Found, Search, dimmed, enlarged, sought_place
from digitlab.gui.messages import MessageBar, Messages
from digitlab.insight.place import Place, Step
from digitlab.model.snapshot import Snapshot
from tests.helpers.networks import random_snapshot, small_dataset, small_spec, write_npz


@pytest.fixture
def source(tmp_path):
    """A file with 120 test digits."""
    return str(write_npz(tmp_path / "digits.npz", small_dataset()))


@pytest.fixture
def page(qtbot, drawn, source):
    """The page at its smallest, with a controller that computes."""
    drawn.recipe = type(drawn.recipe)(source=source)
    page = SeeksPage(drawn)
    controller = SeekingController(Messages(MessageBar(page)), page)
    page.ascent_requested.connect(controller.form)
    page.search_requested.connect(controller.search)
    page.place_requested.connect(lambda place: setattr(drawn, "place", place))
    controller.formed.connect(page.take_step)
    controller.ended.connect(page.end_forming)
    controller.refused.connect(page.refuse)
    controller.found.connect(page.take_found)
    controller.missing.connect(page.miss)
    qtbot.addWidget(page)
    page.resize(560, 370)
    yield page
    page.hide()
    assert controller.close(30.0)


def show(qtbot, page):
    with qtbot.waitExposed(page):
        page.show()


def line(page):
    return page.findChild(QLabel, "seeksLine").text()


def images_line(page):
    return page.findChild(QLabel, "seeksImagesLine").text()


def press(page, name):
    button = page.findChild(QPushButton, name)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def formed(qtbot, page):
    """Wait for the last step and return the image."""
    qtbot.waitUntil(lambda: not page.is_forming and page.forming.image is not None)
    return page.forming.image


def found(qtbot, page):
    """Wait for the strongest of all test images and return them."""
    qtbot.waitUntil(lambda: page.images.found is not None and page.images.found.is_complete)
    return page.images.found


def test_the_image_forms_step_by_step_and_excites_the_unit(qtbot, page, drawn):
    spec = drawn.snapshot.spec
    drawn.place = Place(0, (3, 3, 5))
    lines = []
    page.ascent_requested.connect(lambda ascent: lines.append(ascent))
    show(qtbot, page)
    image = formed(qtbot, page)
    middle = sought_place(spec, drawn.place)
    assert middle.unit == (*(side // 2 for side in spec.shapes[1][:2]), 5)
    *_, last = ascend(drawn.snapshot, excitation(spec, middle))
    assert np.array_equal(image, last.image)
    assert f"Step {ASCENT_STEPS} of {ASCENT_STEPS}" in line(page)
    # Only what the filter sees is shown.
    field = spec.receptive_field(0, middle.unit)
    assert np.array_equal(page.forming.grid.tiles.values[0], image[field])
    assert page.forming.grid.part(0).name.startswith("row 0, column 0")


def test_an_output_is_chosen_by_keys_and_begins_with_the_drawing(qtbot, page, drawn):
    drawn.place = Place(0, (3, 3, 5))
    show(qtbot, page)
    formed(qtbot, page)
    layers, units = (page.findChild(QComboBox, name) for name in ("seeksLayerBox", "seeksUnitBox"))
    layers.setFocus()
    QTest.keyClick(layers, Qt.Key.Key_End)
    units.setFocus()
    QTest.keyClick(units, Qt.Key.Key_Home)
    QTest.keyClick(units, Qt.Key.Key_Down)
    assert drawn.place == Place(len(drawn.snapshot.spec.layers) - 1, (1,), Step.OUTPUT)
    assert page.is_forming
    starts = []
    page.ascent_requested.connect(lambda ascent: starts.append(ascent))
    press(page, "seeksDrawingButton")
    assert np.array_equal(starts[0].start, drawn.inspection.image)
    image = formed(qtbot, page)
    assert "%" in line(page)
    sketches = []
    page.sketch_chosen.connect(sketches.append)
    press(page, "seeksCanvasButton")
    assert np.allclose(sketches[0].picture.pixels / 255, image, atol=1 / 255)


def test_stop_keeps_the_image_as_it_is(qtbot, page, drawn):
    drawn.place = Place(len(drawn.snapshot.spec.layers) - 1, (4,))
    show(qtbot, page)
    qtbot.waitUntil(lambda: page.forming.image is not None)
    press(page, "seeksStopButton")
    kept = page.forming.image
    assert not page.is_forming
    found(qtbot, page)
    assert page.forming.image is kept
    assert f"Step {ASCENT_STEPS} of" not in line(page)


def test_other_noise_gives_another_image(qtbot, page, drawn):
    drawn.place = Place(0, (3, 3, 5))
    show(qtbot, page)
    first = formed(qtbot, page)
    press(page, "seeksNoiseButton")
    assert page.is_forming
    qtbot.waitUntil(lambda: not page.is_forming)
    assert not np.array_equal(page.forming.image, first)


def test_the_nine_test_images_are_those_of_the_core_and_can_be_put_on_the_canvas(qtbot, page, drawn):
    drawn.place = Place(2, (1, 1, 3))
    show(qtbot, page)
    found(qtbot, page)
    images = small_dataset().test.images
    search = StrongestSearch(drawn.snapshot, images)
    while not search.is_complete:
        search.look_further()
    expected = search.found(2, 3)
    assert page.images.found.images == expected
    gallery = page.images.gallery
    assert gallery.count == 9
    sketches = []
    page.sketch_chosen.connect(sketches.append)
    pressed = gallery.tile_rect(0).center()
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=pressed)
    assert np.array_equal(sketches[0].picture.pixels, images[expected[0].index])
    gallery.setFocus()
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    QTest.keyClick(gallery, Qt.Key.Key_Return)
    assert np.array_equal(sketches[1].picture.pixels, images[expected[1].index])
    text = gallery.items[0].text
    assert f"image {expected[0].index + 1} of" in text
    assert f"rows {expected[0].patch[0].start} to" in text


def test_patches_are_enlarged_and_else_bright_in_their_image(qtbot, page, drawn):
    drawn.place = Place(0, (1, 1, 3))
    show(qtbot, page)
    found(qtbot, page)
    first = page.images.found.images[0]
    image = small_dataset().test.images[first.index]
    assert page.images.gallery.items[0].pixels == dimmed(image, first.patch).tobytes()
    press(page, "seeksPatchesButton")
    assert page.images.gallery.items[0].pixels == enlarged(image, first.patch).tobytes()
    drawn.place = Place(len(drawn.snapshot.spec.layers) - 1, (4,))
    found(qtbot, page)
    assert not page.findChild(QPushButton, "seeksPatchesButton").isVisible()


def test_the_strongest_of_the_first_images_are_shown_at_once(qtbot, page, drawn):
    drawn.place = Place(0, (1, 1, 3))
    partial = []
    page.search_requested.disconnect()
    show(qtbot, page)
    search = Search(drawn.snapshot, page.place, drawn.recipe.source)
    whole = HeldOutSet(drawn.recipe.source, "", small_dataset().test, np.empty((0, 28, 28), np.uint8))
    looked = StrongestSearch(drawn.snapshot, whole.digits.images)
    while not looked.is_complete:
        looked.look_further()
        partial.append(Found(search, whole, looked.found(0, 3), looked.seen))
    assert "Looking at" in images_line(page)
    page.take_found(partial[0])
    assert images_line(page) == f"Largest value so far: {partial[0].seen} of 120 images"
    assert page.images.gallery.count == 9
    page.take_found(partial[-1])
    assert images_line(page) == "The 9 of 120 images with the largest value"
    page.take_found(replace(partial[0], search=replace(search, snapshot=replace(drawn.snapshot))))
    assert page.images.found is partial[-1]  # while a training goes on, all images stay until the next ones are found


def test_another_unit_of_a_network_needs_no_other_search(qtbot, page, drawn, monkeypatch):
    drawn.place = Place(0, (1, 1, 3))
    show(qtbot, page)
    found(qtbot, page)
    monkeypatch.setattr(StrongestSearch, "look_further", lambda self: pytest.fail("It looked again."))
    drawn.place = Place(2, (1, 1, 7))
    assert found(qtbot, page).search.place.layer == 2


def test_another_network_shows_no_images_of_the_one_before(qtbot, page, drawn):
    drawn.place = Place(0, (1, 1, 1))
    show(qtbot, page)
    found(qtbot, page)
    formed(qtbot, page)
    page.search_requested.disconnect()
    drawn.snapshot = random_snapshot(small_spec())
    qtbot.waitUntil(lambda: page.images.found is None)
    assert page.images.gallery.count == 0


def test_nine_images_fill_the_gallery(qtbot, page, drawn):
    show(qtbot, page)
    found(qtbot, page)
    gallery = page.images.gallery
    sides = []
    for size in ((560, 370), (980, 560), (1500, 800)):
        page.resize(*size)
        qtbot.waitUntil(lambda: gallery.tile_rect(8).isValid())
        last, sight = gallery.tile_rect(8), gallery.viewport().rect()
        assert sight.contains(last), size
        assert 9 * last.width() * last.height() > 0.5 * sight.width() * sight.height(), size
        sides.append(last.height())
    assert sides[0] < sides[1] < sides[2]


def test_missing_data_are_said(qtbot, page, drawn, tmp_path):
    drawn.recipe = type(drawn.recipe)(source=str(tmp_path / "gone.npz"))
    show(qtbot, page)
    qtbot.waitUntil(lambda: bool(page.images.gallery.empty_text))
    assert "gone.npz" in page.images.gallery.empty_text


def test_hiding_the_page_cancels_and_showing_it_begins_again(qtbot, page, drawn):
    drawn.place = Place(len(drawn.snapshot.spec.layers) - 1, (4,))
    asked = []
    page.ascent_requested.connect(asked.append)
    show(qtbot, page)
    page.hide()
    assert asked[-1] is None
    assert not page.is_forming
    page.show()
    assert asked[-1] is not None
    formed(qtbot, page)


def test_another_network_forms_another_image(qtbot, page, drawn):
    drawn.place = Place(0, (3, 3, 5))
    show(qtbot, page)
    first = formed(qtbot, page)
    found(qtbot, page)
    turned = tuple(tuple(-array for array in layer) for layer in drawn.snapshot.weights)
    drawn.snapshot = Snapshot(drawn.snapshot.spec, turned)
    qtbot.waitUntil(lambda: not page.is_forming and page.images.found.search.snapshot is drawn.snapshot)
    assert not np.array_equal(page.forming.image, first)


@pytest.mark.parametrize("place", [Place(-1, (3, 3, 0)), Place(9, (4,), Step.COST)])
def test_a_place_without_a_unit_of_its_own_shows_a_near_one(qtbot, page, drawn, place):
    drawn.place = place
    show(qtbot, page)
    formed(qtbot, page)


def test_a_diverged_network_is_shown_without_a_warning(qtbot, page, drawn):
    broken = tuple(tuple(np.full_like(array, np.nan) for array in layer) for layer in drawn.snapshot.weights)
    drawn.snapshot = Snapshot(drawn.snapshot.spec, broken)
    drawn.place = Place(len(drawn.snapshot.spec.layers) - 1, (4,), Step.OUTPUT)
    show(qtbot, page)
    formed(qtbot, page)
    found(qtbot, page)
    assert "not a number" in line(page)
    press(page, "seeksCanvasButton")
