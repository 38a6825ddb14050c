"""The Evaluate panel, used with mouse and keyboard, on metrics worked out by hand."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QProgressBar, QPushButton, QWidget

from digitlab.data.dataset import Part
from digitlab.gui.session.values import AccuracyOverTime, Evaluation, Task
from digitlab.model.presets import PEN, PRESETS
from digitlab.runs.run import Run
from tests.gui.evaluate.conftest import made_result, make_result
from tests.gui.evaluate.finding import open_page, text, texts
from tests.helpers.networks import random_snapshot
from tests.helpers.pixels import colour_in
from tests.helpers.runs import make_started


def test_before_the_first_evaluation_the_panel_explains_what_to_do(panel):
    assert "Press Evaluate" in panel.findChild(QWidget, "gallery").accessibleDescription()
    assert text(panel, "accuracyMetric") == "–"
    open_page(panel, "Calibration")
    assert "Press Evaluate" in texts(panel)
    assert panel.findChild(QPushButton, "evaluateButton").isEnabled()
    assert not panel.findChild(QPushButton, "cancelEvaluationButton").isEnabled()


def test_the_buttons_emit_requests(qtbot, panel, show):
    with qtbot.waitSignal(panel.evaluate_requested):
        QTest.mouseClick(panel.findChild(QPushButton, "evaluateButton"), Qt.MouseButton.LeftButton)
    show(task=Task.EVALUATE)
    assert not panel.findChild(QPushButton, "evaluateButton").isEnabled()
    with qtbot.waitSignal(panel.cancel_requested):
        QTest.keyClick(panel.findChild(QPushButton, "cancelEvaluationButton"), Qt.Key.Key_Space)


def test_progress_is_shown_while_it_evaluates(panel, show):
    bar = panel.findChild(QProgressBar, "evaluationBar")
    assert not bar.isVisible()
    show(task=Task.EVALUATE, progress_text="Reading x.npz")
    assert (bar.isVisible(), bar.maximum()) == (True, 0)
    show(progress_text="Answering 10 images", progress=0.25)
    assert bar.value() / bar.maximum() == 0.25
    assert text(panel, "evaluationProgress") == "Answering 10 images …"
    show(task=Task.NONE, progress_text="", progress=None)
    assert not bar.isVisible()


def test_metrics_are_shown_with_their_network_and_data(panel, show, result):
    show(result=result)
    assert text(panel, "accuracyMetric") == "65.0 %"
    assert text(panel, "correctMetric") == "130 of 200"
    assert text(panel, "lossMetric") == "0.2500"
    # Wilson's interval of 130 in 200 is 58.2 to 71.3 %.
    assert text(panel, "intervalMetric") == "58 to 71 %"
    # F1 is 260/330 for the 0 and 0 for the 1; no other digit occurs.
    assert text(panel, "f1Metric") == "39 %"
    # Half of the confidences are 12 points off, half 1 point.
    assert text(panel, "errorMetric") == "6.5 points"
    assert text(panel, "evaluatedNetwork") == "Tutorial, epoch 10 · Some digits, test digits · 200 images · 1.5 s"
    assert text(panel, "aucMetric") == ""
    open_page(panel, "Calibration")
    assert "differ by 6.5 points" in text(panel, "reliabilityDiagramWords")
    assert "overconfident" in text(panel, "reliabilityDiagramWords")


def test_images_without_a_digit_have_metrics_of_their_own(panel, show, result):
    show(result=made_result(result.snapshot, is_eleven=True))
    assert text(panel, "aucMetric") == "100 %"
    assert text(panel, "rejectedMetric") == "100 % of 5"


def test_partial_metrics_are_marked_as_such(panel, session, show):
    show(result=made_result(session.snapshot, total=10_000), task=Task.EVALUATE)
    assert "200 of 10,000 images, drawn at random" in text(panel, "evaluatedNetwork")
    assert text(panel, "correctMetric") == "130 of 200"
    assert text(panel, "galleryWords") == "70 misclassified digits in 200 images, most confident first"


def test_nothing_moves_while_metrics_change(panel, session, show, result):
    def places():
        names = ("accuracyMetric", "evaluatedNetwork", "confusionMatrix", "gallery", "evaluateButton")
        return [panel.findChild(QWidget, name).geometry() for name in names]

    before = places()
    partial = made_result(session.snapshot, total=10_000)
    show(task=Task.EVALUATE, progress_text="Answering 10,000 images", progress=0.5, result=partial)
    assert places() == before
    show(task=Task.NONE, progress_text="", progress=None, result=result)
    assert places() == before


def test_metrics_of_another_snapshot_or_other_data_are_marked(panel, session, show, result):
    show(result=result)
    session.snapshot = replace(result.snapshot, step=1)
    assert "Another snapshot is on screen" in text(panel, "evaluatedNetwork")
    session.snapshot = random_snapshot(PEN)
    assert "Another network is on screen" in text(panel, "evaluatedNetwork")
    assert text(panel, "accuracyMetric") == "65.0 %"
    session.snapshot = result.snapshot
    assert "on screen" not in text(panel, "evaluatedNetwork")
    show(part=Part.TRAINING)
    assert "Other data are selected" in text(panel, "evaluatedNetwork")


def test_a_network_without_outputs_cannot_be_evaluated_and_the_reason_is_shown(panel, session):
    session.snapshot = random_snapshot(PRESETS["one-conv"])
    button = panel.findChild(QPushButton, "evaluateButton")
    assert not button.isEnabled()
    assert "feature maps" in button.toolTip()
    assert "feature maps" in text(panel, "evaluatedNetwork")


def test_the_table_has_metrics_of_each_digit(panel, show, result):
    show(result=result)
    open_page(panel, "Per digit")
    model = panel.findChild(QWidget, "digitTable").model()
    rows = [[model.index(row, column).data() for column in range(6)] for row in (0, 1, 2, 10)]
    assert rows == [
        ["0", "65.0 %", "100 %", "78.8 %", "130", "–"],
        ["1", "–", "0 %", "0 %", "70", "0, 70 times"],
        ["2", "–", "–", "–", "0", "–"],
        ["Mean", "32 %", "50 %", "39 %", "200", ""],
    ]


def test_all_snapshots_are_evaluated_on_request_and_shown(qtbot, panel, session, show):
    run = Run(make_started())
    for step in (0, 600):
        run.history.add(replace(session.snapshot, step=step, epoch=step / 600))
    session.run = run
    show(over_time=AccuracyOverTime((0, 600), (0.0, 1.0), (None, None)))
    open_page(panel, "Accuracy by epoch")
    assert "2 kept snapshots" in texts(panel)
    with qtbot.waitSignal(panel.snapshots_requested) as command:
        QTest.mouseClick(panel.findChild(QPushButton, "snapshotsButton"), Qt.MouseButton.LeftButton)
    assert command.args == [False]
    show(over_time=AccuracyOverTime((0, 600), (0.0, 1.0), (0.11, 0.975), 2_000))
    words = "Accuracy on the same 2,000 images: from 11.00 % at epoch 0 to 97.50 % at epoch 1, the highest."
    assert text(panel, "snapshotsPlotWords") == words
    plot = panel.findChild(QWidget, "snapshotsPlot")
    with qtbot.waitSignal(panel.snapshot_chosen) as command:
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.pixel(0.81, 0.9).toPoint())
    assert command.args == [600]
    assert text(panel, "snapshotsPlotWords") == "Epoch 1: accuracy 97.50 %."


def test_only_a_snapshot_of_the_run_is_marked_on_its_curve(panel, session, show):
    run = Run(make_started())
    for step in (0, 600):
        run.history.add(replace(session.snapshot, step=step, epoch=step / 600))
    session.run = run
    open_page(panel, "Accuracy by epoch")
    show(over_time=AccuracyOverTime((0, 600), (0.0, 1.0), (0.11, 0.975), 2_000))
    plot = panel.findChild(QWidget, "snapshotsPlot")
    pictures = []
    for snapshot in (run.snapshots[0], random_snapshot(PRESETS["one-conv"]), replace(run.snapshots[0])):
        session.snapshot = snapshot
        pictures.append(plot.grab().toImage())
    marked, unmarked, of_another_run = pictures
    assert of_another_run == unmarked != marked


def test_following_is_switched_and_parts_are_chosen(qtbot, panel, show):
    box = panel.findChild(QCheckBox, "followSnapshotBox")
    with qtbot.waitSignal(panel.following_chosen) as command:
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert command.args == [False]
    part = panel.findChild(QComboBox, "evaluationPartBox")
    part.setFocus()
    with qtbot.waitSignal(panel.part_chosen) as command:
        QTest.keyClicks(part, "Train")
    assert command.args == [Part.TRAINING]
    show(source="/somewhere/mine.jsonl")
    assert (part.isEnabled(), part.currentText()) == (False, "All digits")
    show(source="mnist", part=Part.TRAINING)
    assert (part.isEnabled(), part.currentText()) == (True, "Training digits")


def test_pointing_at_a_bar_shows_its_values(panel, show, result):
    show(result=result)
    open_page(panel, "Calibration")
    diagram = panel.findChild(QWidget, "reliabilityDiagram")
    place = diagram.pixel(0.92, 0.3).toPoint()
    QTest.mouseMove(diagram, place)
    words = text(panel, "reliabilityDiagramWords")
    # Wilson's interval of 80 in 100 is 71.1 to 86.7 %.
    assert (
        words == "Of 100 predictions with a confidence of 90 to 95 %, 80.0 % were correct. 95 % interval: 71 to 87 %."
    )
    assert diagram.accessibleDescription() == words
    QTest.mouseMove(diagram, QPoint(1, 1))
    assert "differ by" in text(panel, "reliabilityDiagramWords")


def test_keys_go_through_the_bars(panel, show, result):
    show(result=result)
    open_page(panel, "Calibration")
    diagram = panel.findChild(QWidget, "reliabilityDiagram")
    diagram.setFocus()
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    assert "50 to 55 %" in text(panel, "reliabilityDiagramWords")
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    assert "90 to 95 %" in text(panel, "reliabilityDiagramWords")
    QTest.keyClick(diagram, Qt.Key.Key_Home)
    assert "50 to 55 %" in text(panel, "reliabilityDiagramWords")


def test_the_rejection_curve_is_read_by_keys_and_mouse(panel, show, result):
    show(result=result)
    open_page(panel, "Calibration")
    plot = panel.findChild(QWidget, "rejectionPlot")
    # Answers of the same confidence are rejected together: half of them at once.
    assert text(panel, "rejectionPlotWords") == "Reject none: 65.0 % of the predictions are correct."
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert text(panel, "rejectionPlotWords") == "Reject the 50.0 % least confident: 80.0 % of the rest are correct."
    QTest.mouseMove(plot, plot.pixel(0.1, 0.8).toPoint())
    assert text(panel, "rejectionPlotWords") == "Reject none: 65.0 % of the predictions are correct."


def test_the_bars_end_at_their_accuracy(panel, show, result):
    show(result=result)
    open_page(panel, "Calibration")
    diagram = panel.findChild(QWidget, "reliabilityDiagram")
    image = diagram.grab().toImage()

    def colour(x, y):
        at = diagram.pixel(x, y)
        return colour_in(image, at.x(), at.y())

    def is_bar(x, y):
        return colour(x, y) != colour(0.3, 0.5)

    # Left of the middle, where the line of the interval is; away from grid lines and the diagonal.
    assert is_bar(0.91, 0.75)
    assert not is_bar(0.91, 0.85)
    assert is_bar(0.51, 0.45)
    assert not is_bar(0.51, 0.55)
    assert not is_bar(0.71, 0.3)


def test_other_data_are_chosen_by_keyboard(qtbot, panel, session):
    box = panel.findChild(QComboBox, "evaluationDataBox")
    box.setFocus()
    with qtbot.waitSignal(panel.source_chosen) as command:
        QTest.keyClicks(box, "MNIST")
    assert command.args == ["mnist"]
    session.evaluation = Evaluation("/somewhere/mine.jsonl")
    assert box.currentText() == "mine.jsonl"
    with qtbot.waitSignal(panel.data_file_requested):
        QTest.keyClick(box, Qt.Key.Key_End)
    assert box.currentText() == "mine.jsonl"


def test_everything_has_an_accessible_name(panel, show, result):
    show(result=result)
    names = "evaluationDataBox evaluationPartBox evaluateButton cancelEvaluationButton followSnapshotBox"
    names += " confusionMatrix ratesButton gallery lookInsideButton digitTable"
    names += " reliabilityDiagram rejectionPlot snapshotsPlot snapshotsButton"
    for name in names.split():
        widget = panel.findChild(QWidget, name)
        assert widget.accessibleName()
        assert widget.whatsThis()
    assert panel.findChild(QLabel, "accuracyMetric").accessibleName() == "Accuracy: 65.0 %"


def test_an_evaluation_without_mistakes_is_shown(panel, show, result, session):
    digits = np.tile(np.arange(10), 40)
    show(result=make_result(session.snapshot, np.eye(10)[digits], digits))
    open_page(panel, "Calibration")
    panel.grab()
    assert text(panel, "rejectionPlotWords") == "Reject none: all of the predictions are correct."
    assert "well calibrated" in text(panel, "reliabilityDiagramWords")
