"""The map of the digits, used with the mouse and the keyboard, with maps computed in its thread."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QProgressBar, QPushButton, QToolButton, QWidget

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import DigitSet
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.held_out import HeldOutSet
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.sources import DataSource
from digitlab.gui.evaluate.map.controller import MapController
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.values import View
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec
from tests.gui.evaluate.finding import open_page, text
from tests.helpers.networks import random_snapshot

SMALL = ModelSpec("Small", (Flatten(), Dense(12, Activation.RELU), Dense(10, Activation.SOFTMAX)))
SIGMOID = ModelSpec("Sigmoid", (Flatten(), Dense(12), Dense(10, Activation.SIGMOID)), loss=Loss.SIGMOID_CROSS_ENTROPY)


@pytest.fixture(scope="module")
def data():
    digits = builtin_dataset(10, 320, seed=4).test
    return HeldOutSet("builtin", "Some digits", digits, digits.images[:0])


@pytest.fixture
def controller(qtbot, panel):
    controller = MapController(Messages(MessageBar(panel)), panel)
    panel.map_with(controller)
    yield controller
    assert controller.close(30)


@pytest.fixture
def chart(qtbot, panel, session, show, data, controller):
    """The chart with a whole map of 320 digits by a small network."""
    session.snapshot = random_snapshot(SMALL)
    show(data=data)
    open_page(panel, "Map")
    chart = panel.findChild(QWidget, "digitMap")
    qtbot.waitUntil(lambda: is_whole(panel, 320))
    return chart


def is_whole(panel, count):
    """Return whether the map on screen is whole, and by PCA."""
    return text(panel, "mapReadout").startswith(f"{count} digits") and "two axes" in text(panel, "mapReadout")


def view_of(session, image):
    image = np.asarray(image)
    return View(Sketch(), None, inspect(session.snapshot, image), None)


def show_image(qtbot, session, image):
    session.view = view_of(session, image)
    qtbot.wait(50)


def centre(part):
    return part.rect.center().toPoint()


def lonely(chart):
    """Return the index of a part that is far from all others, so that a click cannot mean another."""
    places = np.array([chart.part(index).rect.center().toTuple() for index in range(chart.part_count())])
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    return int(distances.min(axis=1).argmax())


def test_the_map_appears_and_says_what_it_shows(panel, chart):
    shown = text(panel, "mapReadout")
    assert shown.startswith("320 digits, untrained: close together if alike to dense1.")
    assert "of the variance of its 12 activations." in shown
    assert "The two axes keep" in shown
    assert chart.accessibleDescription() == shown


def test_without_data_it_says_how_to_get_them(panel, controller, session):
    session.evaluation = replace(session.evaluation, source=DataSource.MNIST)
    open_page(panel, "Map")
    chart = panel.findChild(QWidget, "digitMap")
    assert "press Evaluate" in chart._text
    session.evaluation = replace(session.evaluation, source=DataSource.BUILTIN)
    assert chart._text == "Making the built-in digits …"
    assert chart.part_count() == 0


def test_a_click_puts_the_image_on_the_canvas(qtbot, panel, chart, data):
    index = lonely(chart)
    name = chart.part(index).name
    with qtbot.waitSignal(panel.sketch_chosen) as caught:
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=centre(chart.part(index)))
    (sketch,) = caught.args
    number = int(name.split("Image ")[1].split(" of")[0].replace(",", ""))
    assert (sketch.picture.pixels == data.digits.images[number - 1]).all()
    assert name.startswith(f"A {data.digits.labels[number - 1]}, classified")


def test_pointing_shows_the_image_and_what_it_is(qtbot, panel, chart):
    before = chart.grab().toImage()
    part = chart.part(lonely(chart))
    QTest.mouseMove(chart, centre(part))
    qtbot.waitUntil(lambda: text(panel, "mapReadout") == part.name)
    assert chart.grab().toImage() != before
    QTest.mouseMove(chart, QPoint(1, 1))
    qtbot.waitUntil(lambda: text(panel, "mapReadout").startswith("320 digits"))


def test_arrow_keys_go_to_the_next_digit_and_enter_chooses_it(qtbot, panel, chart, session, data):
    show_image(qtbot, session, data.digits.images[5])
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    # The drawing is one of the digits, so the nearest is that one, or one at the same place.
    assert np.hypot(*(np.array(chart.place_of(chart.current)) - chart.drawing_place)) < 1
    start = chart.place_of(chart.current)
    QTest.keyClick(chart, Qt.Key.Key_Up)
    assert chart.place_of(chart.current)[1] < start[1]
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    selected = [part for part in map(chart.part, range(chart.part_count())) if part.is_selected]
    assert [part.name for part in selected] == [text(panel, "mapReadout")]
    with qtbot.waitSignal(panel.sketch_chosen):
        QTest.keyClick(chart, Qt.Key.Key_Return)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.current is None


def test_the_drawing_follows_the_pen_and_lies_on_the_digit_that_it_is(qtbot, panel, chart, session, data):
    assert chart.drawing_place is None
    for row in (3, 40):
        show_image(qtbot, session, data.digits.images[row])
        name = f"Image {row + 1:,} of"
        part = next(part for part in map(chart.part, range(chart.part_count())) if name in part.name)
        # The disc stays within the chart; points at the edge are that near to it at most.
        assert np.hypot(*(np.array(part.rect.center().toTuple()) - chart.drawing_place)) < 1
    assert "The disc is your drawing." in text(panel, "mapReadout")
    show_image(qtbot, session, np.zeros((28, 28), np.uint8))
    assert chart.drawing_place is None


def test_the_legend_hides_digits_and_shows_one_alone(panel, chart, data):
    counts = np.bincount(data.digits.labels, minlength=10)
    three = panel.findChild(QToolButton, "mapDigit3")
    QTest.keyClick(three, Qt.Key.Key_Space)
    assert chart.part_count() == 320 - counts[3]
    assert not any(chart.part(index).name.startswith("A 3") for index in range(chart.part_count()))
    QTest.mouseClick(three, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert chart.part_count() == counts[3]
    QTest.mouseClick(three, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert chart.part_count() == 320


def test_own_digits_have_rings_and_go_to_the_canvas_as_strokes(qtbot, panel, chart, session):
    drawing = Drawing((Stroke.of([[0.5, 0.2], [0.5, 0.8]]),), 1)
    digit = KeptDigit.of(drawing, 1)
    assert not panel.findChild(QToolButton, "mapOwnDigits").isEnabled()
    session.mine.show((digit,), None, None)
    qtbot.waitUntil(lambda: chart.part_count() == 321 and is_whole(panel, 320))
    assert chart.part(320).name == "A 1 of your own."
    assert "Rings are your own digits." in text(panel, "mapReadout")
    for number in range(10):
        if number != 1:
            QTest.mouseClick(panel.findChild(QToolButton, f"mapDigit{number}"), Qt.MouseButton.LeftButton)
    place = centre(chart.part(chart.part_count() - 1))
    with qtbot.waitSignal(panel.sketch_chosen) as caught:
        chart._point_at(320)
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert caught.args[0].drawing is digit.drawing
    assert chart.rect().contains(place)
    QTest.mouseClick(panel.findChild(QToolButton, "mapOwnDigits"), Qt.MouseButton.LeftButton)
    assert not any("your own" in chart.part(index).name for index in range(chart.part_count()))


def test_another_snapshot_has_a_map_of_its_own_that_lies_on_the_first(qtbot, panel, chart, session):
    places = np.array([chart.place_of(point) for point in range(320)])
    (flat, (kernel, bias), (out, out_bias)) = session.snapshot.weights
    order = np.random.default_rng(1).permutation(12)
    session.snapshot = Snapshot(SMALL, (flat, (kernel[:, order], bias[order]), (out[order], out_bias)), 1, 1.0)
    assert text(panel, "mapReadout").startswith("Still the map of untrained. Computing PCA …")
    qtbot.waitUntil(lambda: text(panel, "mapReadout").startswith("320 digits, epoch 1: "))
    moved = np.array([chart.place_of(point) for point in range(320)])
    assert np.abs(moved - places).max() < 2


@pytest.mark.parametrize("spec", [SIGMOID, PRESETS["one-conv"]], ids=["sigmoid", "feature maps"])
def test_networks_without_a_softmax_have_a_map_too(qtbot, panel, session, show, data, controller, spec):
    session.snapshot = random_snapshot(spec)
    few = HeldOutSet("builtin", "Few", DigitSet(data.digits.images[:60], data.digits.labels[:60]), data.others)
    show(data=few)
    open_page(panel, "Map")
    chart = panel.findChild(QWidget, "digitMap")
    qtbot.waitUntil(lambda: chart.part_count() == 60)
    assert ("classified" in chart.part(0).name) is spec.classifies
    show_image(qtbot, session, data.digits.images[5])
    assert chart.drawing_place is not None
    assert not chart.grab().isNull()


def test_a_diverged_network_is_explained(qtbot, panel, chart, session):
    (flat, (kernel, bias), outputs) = session.snapshot.weights
    session.snapshot = Snapshot(SMALL, (flat, (kernel * np.float32(np.nan), bias), outputs), 1, 1.0)
    qtbot.waitUntil(lambda: "not finite" in chart._text)
    assert chart.part_count() == 0


def test_a_missing_library_is_explained_and_the_map_by_pca_stays(qtbot, panel, chart, monkeypatch):
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    method = panel.findChild(QComboBox, "mapMethod")
    method.setFocus()
    QTest.keyClick(method, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "pip install openTSNE" in text(panel, "mapReadout"))
    assert method.currentText() == "PCA"
    assert chart.part_count() == 320


def test_tsne_is_computed_with_progress_and_can_be_cancelled(qtbot, panel, chart):
    pytest.importorskip("openTSNE")
    method, cancel = panel.findChild(QComboBox, "mapMethod"), panel.findChild(QPushButton, "cancelMapButton")
    method.setFocus()
    QTest.keyClick(method, Qt.Key.Key_Down)
    bar = panel.findChild(QProgressBar, "mapProgress")
    qtbot.waitUntil(lambda: bar.value() > 0.25 * bar.maximum())
    assert text(panel, "mapReadout") == "Computing t-SNE …"
    assert cancel.isVisible()
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert method.currentText() == "PCA"
    qtbot.waitUntil(lambda: "The two axes keep" in text(panel, "mapReadout"))
    qtbot.waitUntil(lambda: not cancel.isVisible())


def test_the_wheel_zooms_and_dragging_moves(qtbot, chart):
    before = chart.place_of(0)
    middle = QPointF(chart.rect().center())
    event = QWheelEvent(
        middle, chart.mapToGlobal(middle), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, event)
    zoomed = chart.place_of(0)
    assert zoomed != before
    start = chart.rect().center()
    QTest.mousePress(chart, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(chart, start + QPoint(12, 8))
    QTest.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=start + QPoint(12, 8))
    assert chart.place_of(0) == pytest.approx((zoomed[0] + 12, zoomed[1] + 8))
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_0)
    assert chart.place_of(0) == pytest.approx(before)


def test_hiding_the_page_ends_the_work_and_showing_it_again_shows_the_map(qtbot, panel, chart, session, data, show):
    open_page(panel, "Per digit")
    few = HeldOutSet("x", "Few", DigitSet(data.digits.images[:70], data.digits.labels[:70]), data.others)
    show(data=few)
    assert chart.part_count() == 320
    open_page(panel, "Map")
    qtbot.waitUntil(lambda: chart.part_count() == 70)


def test_the_points_of_a_theme_are_painted_once(qtbot, chart, session, data):
    chart.grab()
    picture = chart._picture
    assert isinstance(picture, QPixmap)
    show_image(qtbot, session, data.digits.images[9])
    chart.grab()
    assert chart._picture is picture  # the moving point costs no more than a copy of it


def test_the_disc_of_a_scribble_says_that_it_is_no_digit(qtbot, panel, chart, session, data):
    spec = ModelSpec("Eleven", (Flatten(), Dense(12, Activation.RELU), Dense(11, Activation.SOFTMAX)))
    arrays = list(random_snapshot(spec).arrays)
    arrays[-1] = np.where(np.arange(11) == 10, 50.0, 0.0).astype(np.float32)  # "no digit", whatever is drawn
    session.snapshot = Snapshot.of(spec, arrays)
    qtbot.waitUntil(lambda: is_whole(panel, 320) and "dense1" in text(panel, "mapReadout"))
    show_image(qtbot, session, data.digits.images[5])
    assert chart._drawing[1] == "–"


def test_the_longest_readout_fits_its_two_lines_in_a_small_window(qtbot, panel, chart, session, data):
    digit = KeptDigit.of(Drawing((Stroke.of([[0.5, 0.2], [0.5, 0.8]]),), 1), 1)
    session.mine.show((digit,), None, None)
    session.snapshot = random_snapshot(PRESETS["tutorial"])
    qtbot.waitUntil(lambda: is_whole(panel, 320) and "flatten" in text(panel, "mapReadout"))
    show_image(qtbot, session, data.digits.images[5])
    panel.resize(591, 440)
    label = panel.findChild(QLabel, "mapReadout")
    assert label.text().endswith("Rings are your own digits. The disc is your drawing.")
    assert label.heightForWidth(label.width()) <= label.height()
