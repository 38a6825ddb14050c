"""My digits within the window: the gallery, collecting, and metrics that follow the snapshot on screen."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QToolButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing
from digitlab.evaluation.prediction_cache import PredictionCache
from digitlab.gui.app.application import make_window
from digitlab.gui.widgets.gallery.tile import Badge
from digitlab.insight.batch import answer_all
from digitlab.runs.run import Run
from digitlab.system.settings import Settings
from digitlab.training.events import SnapshotTaken, TrainingStarted
from tests.helpers.fields import assert_every_field_tells_what_it_is, choose
from tests.helpers.networks import small_spec
from tests.helpers.pixels import colour_at
from tests.helpers.trainings import events_of, run_of, started_training

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def one_window(qapp, tmp_path_factory):
    """A window for all tests here, at 1280x800, with its own data folder; creating one takes as long as a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITLAB_HOME", str(tmp_path_factory.mktemp("data")))
        window = make_window(QApplication.instance(), Settings(colour_scheme="light", data_source="builtin"))
        window.resize(1280, 800)
        window.show()
        assert window.controllers  # created here, so that their threads do not count as leaks of a single test
        yield window
        window.close()
        window.deleteLater()


@pytest.fixture
def window(qtbot, one_window, tutorial):
    """The window in its initial state: an empty canvas, no digits, the tutorial's network."""
    one_window.controllers.my_digits.delete(one_window.session.mine.digits)
    one_window.editor.stack.clear()
    one_window.session.sketch = Sketch()
    one_window.session.open_network(tutorial, None)
    qtbot.waitUntil(one_window.isActiveWindow)
    return one_window


@pytest.fixture
def panel(qtbot, window):
    """The panel in the window, in its initial state."""
    qtbot.keyClick(window, Qt.Key.Key_8, CTRL)
    panel = window.panels.my_digits.panel()
    qtbot.waitUntil(panel.isVisible)
    panel.collect.stop()
    button(panel, "wrongFilter").setChecked(False)
    choose(qtbot, panel.findChild(QComboBox, "digitFilter"), "All digits")
    return panel


def drawn(digit):
    return Drawing(builtin_drawing(digit, builtin_styles(digit)[0]).strokes)


def keep(window, *pairs):
    """Draw digits and keep them with labels."""
    for digit, label in pairs:
        window.editor.finish(Sketch(drawn(digit)))
        window.controllers.my_digits.keep_as(label)


def answered(qtbot, window):
    mine = window.session.mine
    qtbot.waitUntil(lambda: len(mine.predictions.missing(window.session.snapshot, mine.digits)) == 0)


def shown(panel):
    """The labels in the gallery, newest first."""
    return [int(item.label) for item in panel.collection.gallery.items]


def selected(panel):
    """The labels of the selected digits."""
    return [digit.label for digit in panel.collection.selected]


def click(qtbot, panel, row, modifier=PLAIN):
    place = panel.collection.gallery.tile_rect(row).center()
    qtbot.mouseClick(panel.collection.gallery.viewport(), LEFT, modifier, place)


def button(panel, name):
    return panel.findChild(QPushButton, name)


def text(panel, name):
    return panel.findChild(QLabel, name).text()


def test_without_digits_the_panel_offers_to_collect_some(qtbot, window, panel):
    assert panel.welcome.isVisible()
    assert not panel.collection.gallery.isVisible()
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    assert panel.collect.isVisible()
    assert window.session.sketch.is_empty


def test_collecting_keeps_each_drawing_as_the_requested_digit(qtbot, window, panel):
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    asked = []
    for number in range(1, 4):
        assert text(panel, "collectCount") == f"{number} of 20"
        asked.append(panel.collect.asked)
        assert text(panel, "collectDigit") == str(asked[-1])
        window.editor.finish(Sketch(drawn(asked[-1])))
        qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.session.sketch.is_empty)
    assert [digit.label for digit in window.session.mine.digits] == asked
    qtbot.mouseClick(button(panel, "collectStop"), LEFT)
    assert not panel.collect.isVisible()
    assert button(panel, "collectButton").isEnabled()


def test_undo_and_enter_while_collecting_do_not_relabel_the_last_digit(qtbot, window, panel):
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    asked = panel.collect.asked
    window.editor.finish(Sketch(drawn(asked)))
    qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.sketch.is_empty)
    window.editor.undo()
    assert not button(panel, "collectNext").isEnabled()
    qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Return)
    assert text(panel, "collectCount") == "2 of 20"
    assert [digit.label for digit in window.session.mine.digits] == [asked]
    window.controllers.my_digits.undo()  # it is not kept any more, so it can be kept again
    assert button(panel, "collectNext").isEnabled()


def test_collecting_waits_for_a_drawing_and_can_skip(qtbot, window, panel):
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Return)
    assert not button(panel, "collectNext").isEnabled()
    assert text(panel, "collectCount") == "1 of 20"
    window.editor.finish(Sketch(drawn(3)))
    assert button(panel, "collectNext").isEnabled()
    qtbot.mouseClick(button(panel, "collectSkip"), LEFT)
    assert text(panel, "collectCount") == "2 of 20"
    assert window.session.sketch.is_empty
    assert window.session.mine.digits == ()


def test_the_keys_while_collecting_are_those_of_drawing(qtbot, window, panel):
    canvas = window.draw.canvas
    played, key = [], Qt.Key
    window.actions_by_name["play"].triggered.connect(played.append)
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    assert canvas.hasFocus()
    window.editor.finish(Sketch(drawn(3)))
    for name in ("collectSkip", "collectSkip"):
        qtbot.mouseClick(button(panel, name), LEFT)
        assert canvas.hasFocus()
    qtbot.keyClick(canvas, key.Key_Space)
    assert not played
    window.editor.finish(Sketch(drawn(3)))
    qtbot.keyClick(canvas, key.Key_Escape)
    assert panel.collect.asked is None
    assert not window.session.sketch.is_empty
    qtbot.keyClick(canvas, key.Key_Escape)
    assert window.session.sketch.is_empty


def test_collecting_takes_no_key_from_another_tab(qtbot, window, panel):
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    window.editor.finish(Sketch(drawn(3)))
    window.actions_by_name["showRuns"].trigger()
    qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Escape)
    assert window.session.sketch.is_empty
    assert panel.collect.asked is not None
    window.actions_by_name["showMyDigits"].trigger()
    assert window.draw.canvas.hasFocus()


def test_collecting_ends_after_twenty(qtbot, window, panel):
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    for _ in range(20):
        window.editor.finish(Sketch(drawn(panel.collect.asked)))
        qtbot.keyClick(window, Qt.Key.Key_Enter)
        qtbot.waitUntil(lambda: window.session.sketch.is_empty)
    assert not panel.collect.isVisible()
    assert sorted(shown(panel)) == sorted([*range(10)] * 2)
    qtbot.keyClick(window, Qt.Key.Key_Enter)
    assert len(shown(panel)) == 20


def test_a_digit_key_relabels_the_selection_and_undo_reverts_it(qtbot, window, panel):
    keep(window, (1, 1), (2, 2), (3, 3))
    assert shown(panel) == [3, 2, 1]
    click(qtbot, panel, 0)
    click(qtbot, panel, 2, CTRL)
    assert text(panel, "chosenWords") == "2 selected, relabel as"
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_9)
    assert shown(panel) == [9, 2, 9]
    assert selected(panel) == [9, 9]
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_Z, CTRL)
    assert shown(panel) == [3, 2, 1]
    qtbot.mouseClick(panel.findChild(type(window.draw.keep_row.digits.buttons[0]), "relabelAs8"), LEFT)
    assert shown(panel) == [8, 2, 8]


def test_delete_in_the_gallery_deletes_digits_and_leaves_the_canvas(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    click(qtbot, panel, 0)
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_Delete)
    assert shown(panel) == [1]
    assert not window.session.sketch.is_empty
    qtbot.mouseClick(button(panel, "undoDigits"), LEFT)
    assert shown(panel) == [2, 1]
    before = window.session.sketch
    click(qtbot, panel, 1)
    qtbot.mouseClick(button(panel, "deleteDigits"), LEFT)
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_Z, CTRL)
    assert shown(panel) == [2, 1]
    assert window.session.sketch is before


def test_undo_outside_the_gallery_applies_to_the_canvas(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    window.draw.canvas.setFocus()
    qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Z, CTRL)
    assert shown(panel) == [2, 1]
    assert window.session.mine.digit_on(window.session.sketch).label == 1


def test_a_double_click_or_enter_puts_a_digit_on_the_canvas(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    place = panel.collection.gallery.tile_rect(1).center()
    qtbot.mouseClick(panel.collection.gallery.viewport(), LEFT, PLAIN, place)
    qtbot.mouseDClick(panel.collection.gallery.viewport(), LEFT, PLAIN, place)
    assert window.session.mine.digit_on(window.session.sketch).label == 1
    assert window.draw.keep_row.digits.checked == 1
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_Left)
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_Return)
    assert window.session.mine.digit_on(window.session.sketch).label == 2


def test_digits_are_selected_with_a_rubber_band_and_all_at_once(qtbot, window, panel):
    keep(window, *((digit, digit) for digit in range(6)))
    viewport, last = panel.collection.gallery.viewport(), panel.collection.gallery.tile_rect(5)
    qtbot.mousePress(viewport, LEFT, PLAIN, last.bottomRight() + QPoint(12, 40))
    qtbot.mouseMove(viewport, last.center() + QPoint(20, 0))
    qtbot.mouseMove(viewport, last.center())
    qtbot.mouseRelease(viewport, LEFT, PLAIN, last.center())
    assert selected(panel) == [0]
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_A, CTRL)
    assert len(selected(panel)) == 6
    qtbot.keyClick(panel.collection.gallery, Qt.Key.Key_Escape)
    assert selected(panel) == []


def test_the_gallery_shows_the_answers_and_filters_by_them(qtbot, window, panel):
    keep(window, (1, 1), (7, 7), (7, 2), (3, 2))
    answered(qtbot, window)
    qtbot.waitUntil(lambda: panel.collection.gallery.items[0].wrong_answer == "3")
    texts = [item.text for item in panel.collection.gallery.items]
    assert texts == ["2, classified as 3", "2, classified as 7", "7, classified correctly", "1, classified correctly"]
    marks = [item.badge for item in panel.collection.gallery.items]
    assert marks == [Badge.WRONG, Badge.WRONG, Badge.CORRECT, Badge.CORRECT]
    qtbot.waitUntil(lambda: text(panel, "ownHeadline").endswith("50 %"))
    qtbot.mouseClick(button(panel, "wrongFilter"), LEFT)
    assert shown(panel) == [2, 2]
    qtbot.mouseClick(button(panel, "wrongFilter"), LEFT)
    choose(qtbot, panel.findChild(QComboBox, "digitFilter"), "Only 7s")
    assert shown(panel) == [7]
    choose(qtbot, panel.findChild(QComboBox, "digitFilter"), "Only 9s")
    assert "No digits match" in panel.collection.gallery.empty_text


def test_a_cell_of_the_confusion_matrix_shows_its_digits(qtbot, window, panel):
    keep(window, (1, 1), (7, 7), (7, 2), (3, 2))
    answered(qtbot, window)
    matrix = panel.metrics.matrix
    qtbot.waitUntil(lambda: matrix.counts.sum() == 4)
    assert (matrix.counts[2, 7], matrix.counts[2, 3], matrix.counts[7, 7]) == (1, 1, 1)
    place = matrix.cell_rect((2, 7)).center().toPoint()
    qtbot.mouseClick(matrix, LEFT, PLAIN, place)
    assert shown(panel) == [2]
    assert panel.collection.gallery.items[0].wrong_answer == "7"
    qtbot.mouseClick(matrix, LEFT, PLAIN, place)
    assert len(shown(panel)) == 4


def test_curve_headline_and_gallery_follow_the_snapshot_on_screen(qtbot, window, panel):
    started, *events = events_of(started_training(spec=small_spec()))
    run = Run(started)
    for event in events:
        run.add(event)
    window.session.open_network(run.snapshots[-1], run)
    keep(window, *((digit, digit) for digit in range(10)))
    mine = window.session.mine
    images = np.stack([digit.image for digit in mine.digits])
    accuracies = [
        (answer_all(snapshot, images).outputs.argmax(axis=1) == mine.labels).mean() for snapshot in run.snapshots
    ]
    expected = tuple((snapshot.epoch, share) for snapshot, share in zip(run.snapshots, accuracies, strict=True))
    qtbot.waitUntil(lambda: panel.metrics.curve.curves.own == expected)
    curves = panel.metrics.curve.curves
    assert curves.reference == ((1, 0.5), (2, 0.75), (3, pytest.approx(1 - 0.5 / 3)))
    assert curves.shown == run.snapshots[-1].epoch
    assert text(panel, "ownCurveWords").startswith("Your best snapshot: ")
    panel.metrics.curve.show_curves(replace(curves, own=expected[:2]))
    assert panel.metrics.curve.readout.startswith("Your best snapshot of 2 evaluated so far: ")
    middle = next(index for index, snapshot in enumerate(run.snapshots) if snapshot.step == 45)
    window.session.snapshot = run.snapshots[middle]
    qtbot.waitUntil(lambda: panel.metrics.curve.curves.shown == run.snapshots[middle].epoch)
    assert text(panel, "ownHeadline") == f"noise 75.0 %, you {100 * accuracies[middle]:.0f} %"
    qtbot.keyClick(panel.metrics.curve, Qt.Key.Key_Home)
    assert text(panel, "ownCurveWords").startswith("Epoch 0: you ")


def test_correct_answers_are_counted_once_for_each_snapshot(qtbot, window, panel, monkeypatch):
    run = run_of(started_training())
    window.session.open_network(run.snapshots[-1], run)
    keep(window, (3, 3), (4, 4))
    qtbot.waitUntil(lambda: len(panel.metrics.curve.curves.own) == len(run.snapshots))
    own, asked = panel.metrics.curve.curves.own, []
    answers = PredictionCache.predicted

    def counting(book, snapshot, digits):
        asked.append(snapshot)
        return answers(book, snapshot, digits)

    monkeypatch.setattr(PredictionCache, "predicted", counting)
    panel.metrics.refresh()
    assert panel.metrics.curve.curves.own == own
    assert all(snapshot is window.session.snapshot for snapshot in asked)
    monkeypatch.undo()
    # With other labels the same answers have another accuracy.
    window.controllers.my_digits.relabel(window.session.mine.digits[:1], 9)
    assert panel.metrics.curve.curves.own != own


def test_a_snapshot_of_another_run_of_the_same_network_has_no_metrics_of_the_run(qtbot, window, panel):
    run, other = run_of(started_training()), run_of(started_training())
    pinned = next(snapshot for snapshot in other.snapshots if snapshot.step == 45)
    window.session.open_network(run.snapshots[-1], run)
    keep(window, (3, 3))
    qtbot.waitUntil(lambda: text(panel, "ownHeadline").startswith("noise 83.3 %, you"))
    window.session.snapshot = pinned
    qtbot.waitUntil(lambda: text(panel, "ownHeadline").startswith("You "))
    assert "No accuracy on test digits is known" in text(panel, "ownWords")
    assert panel.metrics.curve.curves.shown is None


def test_a_network_without_earlier_snapshots_has_a_point_at_its_end(qtbot, window, panel):
    started = started_training(spec=small_spec())
    whole = run_of(started)
    alone = Run(started)
    for event in (event for event in events_of(started) if not isinstance(event, TrainingStarted | SnapshotTaken)):
        alone.add(event)
    window.session.open_network(whole.snapshots[-1], alone)
    keep(window, (3, 3))
    qtbot.waitUntil(lambda: len(panel.metrics.curve.curves.own) == 1)
    assert panel.metrics.curve.curves.own[0][0] == whole.snapshots[-1].epoch


def test_collecting_under_a_message_fits_a_small_screen(qtbot, window, panel):
    keep(window, (3, 3))
    qtbot.mouseClick(button(panel, "collectButton"), LEFT)
    window.messages.show_info("Something happened.", "This can be done about it.")
    qtbot.waitUntil(panel.collect.isVisible)
    QApplication.processEvents()
    assert window.minimumSizeHint().height() <= 800
    qtbot.mouseClick(window.findChild(QToolButton, "messageClose"), LEFT)


def test_nothing_is_predicted_while_the_panel_is_hidden(qtbot, window, panel):
    keep(window, (1, 1))
    answered(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_1, CTRL)
    qtbot.waitUntil(lambda: not panel.isVisible())
    keep(window, (2, 2))
    assert not window.controllers.my_predictions.is_busy
    assert len(window.session.mine.predictions.missing(window.session.snapshot, window.session.mine.digits)) == 1
    qtbot.keyClick(window, Qt.Key.Key_8, CTRL)
    answered(qtbot, window)


def test_the_selection_stays_when_the_set_changes(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    index = panel.collection.gallery.model().index(1, 0)
    panel.collection.gallery.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    keep(window, (3, 3))
    assert selected(panel) == [1]


def test_everything_has_accessible_names(panel):
    assert_every_field_tells_what_it_is(panel)
    assert panel.collection.gallery.accessibleName()
    assert panel.collection.gallery.whatsThis()


def test_the_dark_theme_applies_to_the_gallery(qtbot, window, panel):
    keep(window, (1, 1))
    answered(qtbot, window)
    corner = panel.collection.gallery.tile_rect(0).bottomRight() - QPoint(4, 4)
    window.actions_by_name["schemeDark"].trigger()
    assert colour_at(panel.collection.gallery.viewport(), corner).lightness() < 60
    window.actions_by_name["schemeLight"].trigger()
    assert colour_at(panel.collection.gallery.viewport(), corner).lightness() > 200
