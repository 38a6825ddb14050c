"""My digits within the window: the grid, collecting, and figures that follow the moment on screen."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing
from digitlab.evaluation.prediction_cache import PredictionCache
from digitlab.gui.app.application import make_window
from digitlab.gui.mydigits.model import ANSWER_ROLE
from digitlab.insight.batch import answer_all
from digitlab.runs.run import Run
from digitlab.system.settings import Settings
from digitlab.training.events import SnapshotTaken, TrainingStarted
from tests.helpers.fields import assert_every_field_tells_what_it_is, choose
from tests.helpers.networks import small_spec
from tests.helpers.trainings import events_of, run_of, started_training

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def one_window(qapp, tmp_path_factory):
    """A window for all tests here, at 1280x800, with a data folder of its own; to make one takes as long as a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITLAB_DATA", str(tmp_path_factory.mktemp("data")))
        window = make_window(QApplication.instance(), Settings(colour_scheme="light", data_source="builtin"))
        window.resize(1280, 800)
        window.show()
        assert window.controllers  # made here: their threads are no single test's
        yield window
        window.close()
        window.deleteLater()


@pytest.fixture
def window(qtbot, one_window, tutorial):
    """The window as it begins: an empty canvas, no digit, the tutorial's network."""
    one_window.controllers.my_digits.delete(one_window.session.mine.digits)
    one_window.editor.stack.clear()
    one_window.session.sketch = Sketch()
    one_window.session.open_network(tutorial, None)
    qtbot.waitUntil(one_window.isActiveWindow)
    return one_window


@pytest.fixture
def panel(qtbot, window):
    """The panel in the window, as it begins."""
    qtbot.keyClick(window, Qt.Key.Key_7, CTRL)
    panel = window.panels.my_digits.panel()
    qtbot.waitUntil(panel.isVisible)
    panel.collect.stop()
    button(panel, "wrongFilter").setChecked(False)
    choose(qtbot, panel._digit_box, "All digits")
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
    """The labels in the grid, newest first."""
    return [digit.label for digit in panel.grid.digits.digits]


def click(qtbot, panel, row, modifier=PLAIN):
    place = panel.grid.visualRect(panel.grid.digits.index(row)).center()
    qtbot.mouseClick(panel.grid.viewport(), LEFT, modifier, place)


def button(panel, name):
    return panel.findChild(QPushButton, name)


def text(panel, name):
    return panel.findChild(QLabel, name).text()


def test_without_digits_it_invites_to_collect_some(qtbot, window, panel):
    assert panel.welcome.isVisible()
    assert not panel.grid.isVisible()
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    assert panel.collect.isVisible()
    assert window.session.sketch.is_empty


def test_collecting_keeps_each_drawing_as_the_digit_asked_for(qtbot, window, panel):
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    asked = []
    for number in range(1, 4):
        assert text(panel, "collectCount") == f"{number} of 20"
        asked.append(panel.collect.asked)
        assert text(panel, "collectDigit") == str(asked[-1])
        window.editor.finish(Sketch(drawn(asked[-1])))
        qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Return)
        assert window.session.sketch.is_empty
    assert [digit.label for digit in window.session.mine.digits] == asked
    qtbot.mouseClick(button(panel, "collectStop"), LEFT)
    assert not panel.collect.isVisible()
    assert button(panel, "collectButton").isEnabled()


def test_collecting_waits_for_a_drawing_and_skips_when_asked(qtbot, window, panel):
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


def test_collecting_ends_after_twenty(qtbot, window, panel):
    qtbot.mouseClick(panel.welcome.collect, LEFT)
    for _ in range(20):
        window.editor.finish(Sketch(drawn(panel.collect.asked)))
        qtbot.keyClick(window, Qt.Key.Key_Enter)
    assert not panel.collect.isVisible()
    assert sorted(shown(panel)) == sorted([*range(10)] * 2)
    qtbot.keyClick(window, Qt.Key.Key_Enter)
    assert len(shown(panel)) == 20


def test_a_digit_key_relabels_what_is_selected_and_undo_goes_back(qtbot, window, panel):
    keep(window, (1, 1), (2, 2), (3, 3))
    assert shown(panel) == [3, 2, 1]
    click(qtbot, panel, 0)
    click(qtbot, panel, 2, CTRL)
    assert text(panel, "chosenWords") == "2 selected: they are"
    qtbot.keyClick(panel.grid, Qt.Key.Key_9)
    assert shown(panel) == [9, 2, 9]
    assert [digit.label for digit in panel.grid.chosen] == [9, 9]
    qtbot.keyClick(panel.grid, Qt.Key.Key_Z, CTRL)
    assert shown(panel) == [3, 2, 1]
    qtbot.mouseClick(panel.findChild(type(window.draw.keep_row.digits.buttons[0]), "relabelAs8"), LEFT)
    assert shown(panel) == [8, 2, 8]


def test_delete_in_the_grid_takes_digits_out_and_leaves_the_canvas(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    click(qtbot, panel, 0)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Delete)
    assert shown(panel) == [1]
    assert not window.session.sketch.is_empty
    qtbot.mouseClick(button(panel, "undoDigits"), LEFT)
    assert shown(panel) == [2, 1]
    before = window.session.sketch
    click(qtbot, panel, 1)
    qtbot.mouseClick(button(panel, "deleteDigits"), LEFT)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Z, CTRL)
    assert shown(panel) == [2, 1]
    assert window.session.sketch is before


def test_undo_away_from_the_grid_is_the_canvas_own(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    window.draw.canvas.setFocus()
    qtbot.keyClick(window.draw.canvas, Qt.Key.Key_Z, CTRL)
    assert shown(panel) == [2, 1]
    assert window.session.mine.digit_on(window.session.sketch).label == 1


def test_a_double_click_or_enter_puts_a_digit_on_the_canvas(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    place = panel.grid.visualRect(panel.grid.digits.index(1)).center()
    qtbot.mouseClick(panel.grid.viewport(), LEFT, PLAIN, place)
    qtbot.mouseDClick(panel.grid.viewport(), LEFT, PLAIN, place)
    assert window.session.mine.digit_on(window.session.sketch).label == 1
    assert window.draw.keep_row.digits.checked == 1
    qtbot.keyClick(panel.grid, Qt.Key.Key_Left)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    assert window.session.mine.digit_on(window.session.sketch).label == 2


def test_digits_are_selected_with_a_rubber_band_and_all_at_once(qtbot, window, panel):
    keep(window, *((digit, digit) for digit in range(6)))
    viewport, last = panel.grid.viewport(), panel.grid.visualRect(panel.grid.digits.index(5))
    qtbot.mousePress(viewport, LEFT, PLAIN, last.bottomRight() + QPoint(12, 40))
    qtbot.mouseMove(viewport, last.center() + QPoint(20, 0))
    qtbot.mouseMove(viewport, last.center())
    qtbot.mouseRelease(viewport, LEFT, PLAIN, last.center())
    assert [digit.label for digit in panel.grid.chosen] == [0]
    qtbot.keyClick(panel.grid, Qt.Key.Key_A, CTRL)
    assert len(panel.grid.chosen) == 6
    qtbot.keyClick(panel.grid, Qt.Key.Key_Escape)
    assert panel.grid.chosen == ()


def test_the_grid_tells_what_the_network_read_and_filters_by_it(qtbot, window, panel):
    keep(window, (1, 1), (7, 7), (7, 2), (3, 2))
    answered(qtbot, window)
    qtbot.waitUntil(lambda: panel.grid.digits.index(0).data(ANSWER_ROLE) == 3)
    words = [panel.grid.digits.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    assert words == ["2, read wrongly as 3", "2, read wrongly as 7", "7, read rightly", "1, read rightly"]
    qtbot.waitUntil(lambda: text(panel, "ownHeadline").endswith("50 %"))
    qtbot.mouseClick(button(panel, "wrongFilter"), LEFT)
    assert shown(panel) == [2, 2]
    qtbot.mouseClick(button(panel, "wrongFilter"), LEFT)
    choose(qtbot, panel._digit_box, "Only 7s")
    assert shown(panel) == [7]
    choose(qtbot, panel._digit_box, "Only 9s")
    assert "None of your digits" in text(panel, "noDigitShown")


def test_a_cell_of_the_confusion_matrix_shows_its_digits(qtbot, window, panel):
    keep(window, (1, 1), (7, 7), (7, 2), (3, 2))
    answered(qtbot, window)
    matrix = panel.figures.matrix
    qtbot.waitUntil(lambda: matrix.counts.sum() == 4)
    assert (matrix.counts[2, 7], matrix.counts[2, 3], matrix.counts[7, 7]) == (1, 1, 1)
    place = matrix.cell_rect((2, 7)).center().toPoint()
    qtbot.mouseClick(matrix, LEFT, PLAIN, place)
    assert shown(panel) == [2]
    assert panel.grid.digits.index(0).data(ANSWER_ROLE) == 7
    qtbot.mouseClick(matrix, LEFT, PLAIN, place)
    assert len(shown(panel)) == 4


def test_curve_headline_and_grid_follow_the_moment_on_screen(qtbot, window, panel):
    started, *events = events_of(started_training(spec=small_spec()))
    run = Run(started)
    for event in events:
        run.add(event)
    window.session.open_network(run.snapshots[-1], run)
    keep(window, *((digit, digit) for digit in range(10)))
    mine = window.session.mine
    images = np.stack([digit.image for digit in mine.digits])
    rights = [(answer_all(snapshot, images).outputs.argmax(axis=1) == mine.labels).mean() for snapshot in run.snapshots]
    expected = tuple((snapshot.epoch, share) for snapshot, share in zip(run.snapshots, rights, strict=True))
    qtbot.waitUntil(lambda: panel.figures.curve.curves.own == expected)
    curves = panel.figures.curve.curves
    assert curves.reference == ((1, 0.5), (2, 0.75), (3, pytest.approx(1 - 0.5 / 3)))
    assert curves.shown == run.snapshots[-1].epoch
    assert text(panel, "ownCurveWords").startswith("Your best snapshot: ")
    panel.figures.curve.show_curves(replace(curves, own=expected[:2]))
    assert panel.figures.curve.readout.startswith("Your best snapshot of 2 evaluated so far: ")
    middle = next(index for index, snapshot in enumerate(run.snapshots) if snapshot.step == 45)
    window.session.snapshot = run.snapshots[middle]
    qtbot.waitUntil(lambda: panel.figures.curve.curves.shown == run.snapshots[middle].epoch)
    assert text(panel, "ownHeadline") == f"noise 75.0 %, you {100 * rights[middle]:.0f} %"
    qtbot.keyClick(panel.figures.curve, Qt.Key.Key_Home)
    assert text(panel, "ownCurveWords").startswith("Epoch 0.00: you ")


def test_right_answers_are_counted_once_for_each_moment(qtbot, window, panel, monkeypatch):
    run = run_of(started_training())
    window.session.open_network(run.snapshots[-1], run)
    keep(window, (3, 3), (4, 4))
    qtbot.waitUntil(lambda: len(panel.figures.curve.curves.own) == len(run.snapshots))
    own, asked = panel.figures.curve.curves.own, []
    answers = PredictionCache.predicted

    def counting(book, snapshot, digits):
        asked.append(snapshot)
        return answers(book, snapshot, digits)

    monkeypatch.setattr(PredictionCache, "predicted", counting)
    panel.figures.refresh()
    assert panel.figures.curve.curves.own == own
    assert all(snapshot is window.session.snapshot for snapshot in asked)
    monkeypatch.undo()
    # With other labels the same answers are other figures.
    window.controllers.my_digits.relabel(window.session.mine.digits[:1], 9)
    assert panel.figures.curve.curves.own != own


def test_a_moment_of_another_run_of_the_same_network_has_no_figures_of_the_run(qtbot, window, panel):
    run, other = run_of(started_training()), run_of(started_training())
    pinned = next(snapshot for snapshot in other.snapshots if snapshot.step == 45)
    window.session.open_network(run.snapshots[-1], run)
    keep(window, (3, 3))
    qtbot.waitUntil(lambda: text(panel, "ownHeadline").startswith("noise 83.3 %, you"))
    window.session.snapshot = pinned
    qtbot.waitUntil(lambda: text(panel, "ownHeadline").startswith("You "))
    assert "No test digits were answered by this moment" in text(panel, "ownWords")
    assert panel.figures.curve.curves.shown is None


def test_a_network_without_earlier_moments_has_a_point_at_its_end(qtbot, window, panel):
    started = started_training(spec=small_spec())
    whole = run_of(started)
    alone = Run(started)
    for event in (event for event in events_of(started) if not isinstance(event, TrainingStarted | SnapshotTaken)):
        alone.add(event)
    window.session.open_network(whole.snapshots[-1], alone)
    keep(window, (3, 3))
    qtbot.waitUntil(lambda: len(panel.figures.curve.curves.own) == 1)
    assert panel.figures.curve.curves.own[0][0] == whole.snapshots[-1].epoch


def test_collecting_under_a_message_fits_a_small_screen(qtbot, window, panel):
    keep(window, (3, 3))
    qtbot.mouseClick(button(panel, "collectButton"), LEFT)
    window.messages.show_info("Something happened.", "This can be done about it.")
    qtbot.waitUntil(panel.collect.isVisible)
    QApplication.processEvents()
    assert window.minimumSizeHint().height() <= 800
    window._bar.dismiss()


def test_nothing_is_answered_while_nobody_looks(qtbot, window, panel):
    keep(window, (1, 1))
    answered(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_1, CTRL)
    qtbot.waitUntil(lambda: not panel.isVisible())
    keep(window, (2, 2))
    assert not window.controllers.my_predictions.is_busy
    assert len(window.session.mine.predictions.missing(window.session.snapshot, window.session.mine.digits)) == 1
    qtbot.keyClick(window, Qt.Key.Key_7, CTRL)
    answered(qtbot, window)


def test_what_is_selected_stays_so_when_the_set_changes(qtbot, window, panel):
    keep(window, (1, 1), (2, 2))
    index = panel.grid.digits.index(1)
    panel.grid.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    keep(window, (3, 3))
    assert [digit.label for digit in panel.grid.chosen] == [1]


def test_everything_has_its_names(panel):
    assert_every_field_tells_what_it_is(panel)
    assert panel.grid.accessibleName()
    assert panel.grid.whatsThis()


def test_the_dark_theme_reaches_the_grid(qtbot, window, panel):
    keep(window, (1, 1))
    answered(qtbot, window)
    corner = panel.grid.visualRect(panel.grid.digits.index(0)).bottomRight() - QPoint(4, 4)
    window.actions_by_name["schemeDark"].trigger()
    assert panel.grid.viewport().grab().toImage().pixelColor(corner).lightness() < 60
    window.actions_by_name["schemeLight"].trigger()
    assert panel.grid.viewport().grab().toImage().pixelColor(corner).lightness() > 200
