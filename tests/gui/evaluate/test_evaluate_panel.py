"""The Evaluate panel as a person uses it: with mouse and keyboard, on figures worked out beforehand."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QPushButton, QWidget

from digitlab.gui.values import Judged, Judging
from digitlab.model.presets import PEN, PRESETS
from digitlab.training.judgement import Judgement
from tests.gui.evaluate.conftest import made_judgement
from tests.helpers.networks import random_snapshot


def text(panel, name):
    label = panel.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def texts(panel):
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def show(session):
    """Change what the session holds."""

    def change(**changes):
        session.set_judging(replace(session.judging, **changes))

    return change


def test_before_the_first_time_it_says_what_to_do(panel):
    assert "Press Evaluate" in texts(panel)
    assert not panel.findChild(QWidget, "accuracyFigure").isVisible()
    assert panel.findChild(QPushButton, "judgeButton").isEnabled()
    assert not panel.findChild(QPushButton, "cancelJudgingButton").isEnabled()


def test_the_buttons_emit_wishes(qtbot, panel, show):
    with qtbot.waitSignal(panel.judge_requested):
        QTest.mouseClick(panel.findChild(QPushButton, "judgeButton"), Qt.MouseButton.LeftButton)
    show(is_busy=True)
    assert not panel.findChild(QPushButton, "judgeButton").isEnabled()
    with qtbot.waitSignal(panel.cancel_requested):
        QTest.keyClick(panel.findChild(QPushButton, "cancelJudgingButton"), Qt.Key.Key_Space)


def test_progress_is_shown_while_it_judges(panel, show):
    bar = panel.findChild(QProgressBar, "judgingBar")
    assert not bar.isVisible()
    show(is_busy=True, words="Reading x.npz")
    assert (bar.isVisible(), bar.maximum()) == (True, 0)
    show(words="Answering 10 images", share=0.25)
    assert bar.value() / bar.maximum() == 0.25
    assert text(panel, "judgingWords") == "Answering 10 images …"
    show(is_busy=False, words="", share=None)
    assert not bar.isVisible()


def test_figures_are_shown_with_what_they_are_of(panel, show, judged):
    show(judged=judged)
    assert text(panel, "accuracyFigure") == "65.00 %"
    assert text(panel, "rightFigure") == "130 of 200"
    assert text(panel, "lossFigure") == "0.2500"
    # Half the answers are 12 points off, half 1 point.
    assert text(panel, "errorFigure") == "6.5 %"
    assert "Tutorial, at epoch 10.0, on Some digits" in text(panel, "judgedWords")
    assert text(panel, "aucFigure") == ""
    assert "6.5 points apart" in text(panel, "reliabilityDiagramWords")
    assert "surer than it should be" in text(panel, "reliabilityDiagramWords")


def test_what_is_no_digit_has_figures_of_its_own(panel, show, judged):
    show(judged=replace(judged, judgement=made_judgement(is_eleven=True)))
    assert text(panel, "othersFigure") == "5"
    assert text(panel, "aucFigure") == "100 %"
    assert text(panel, "questionedFigure") == "100 %"


def test_figures_of_another_network_are_marked(panel, session, show, judged):
    show(judged=judged)
    assert text(panel, "staleWords") == ""
    session.set_snapshot(random_snapshot(PEN))
    assert "Another network is on screen" in text(panel, "staleWords")
    assert text(panel, "accuracyFigure") == "65.00 %"
    session.set_snapshot(judged.snapshot)
    assert text(panel, "staleWords") == ""


def test_a_network_without_answers_cannot_be_judged_and_says_why(panel, session):
    session.set_snapshot(random_snapshot(PRESETS["one-conv"]))
    button = panel.findChild(QPushButton, "judgeButton")
    assert not button.isEnabled()
    assert "feature maps" in button.toolTip()
    assert "feature maps" in text(panel, "staleWords")


def test_pointing_at_a_bar_reads_it(panel, show, judged):
    show(judged=judged)
    diagram = panel.findChild(QWidget, "reliabilityDiagram")
    place = diagram.to_pixels(0.92, 0.3).toPoint()
    QTest.mouseMove(diagram, place)
    words = text(panel, "reliabilityDiagramWords")
    # Wilson's interval of 80 in 100 is 71.1 to 86.7 %.
    assert (
        words == "Of 100 answers given with 90 to 95 %, 80.0 % were right. With so few, 71 to 87 % could be the rule."
    )
    assert diagram.accessibleDescription() == words
    QTest.mouseMove(diagram, QPoint(1, 1))
    assert "apart" in text(panel, "reliabilityDiagramWords")


def test_keys_read_the_bars_one_by_one(panel, show, judged):
    show(judged=judged)
    diagram = panel.findChild(QWidget, "reliabilityDiagram")
    diagram.setFocus()
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    assert "50 to 55 %" in text(panel, "reliabilityDiagramWords")
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    assert "90 to 95 %" in text(panel, "reliabilityDiagramWords")
    QTest.keyClick(diagram, Qt.Key.Key_Home)
    assert "50 to 55 %" in text(panel, "reliabilityDiagramWords")


def test_the_rejection_curve_is_read_by_keys_and_mouse(panel, show, judged):
    show(judged=judged)
    plot = panel.findChild(QWidget, "rejectionPlot")
    # Answers of one confidence are questioned together: half of them at once.
    assert text(panel, "rejectionPlotWords") == "Question none: 65.0 % of the answers are right."
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert text(panel, "rejectionPlotWords") == "Question the 50 % least sure: 80.0 % of the rest are right."
    QTest.mouseMove(plot, plot.to_pixels(0.1, 0.8).toPoint())
    assert text(panel, "rejectionPlotWords") == "Question none: 65.0 % of the answers are right."


def test_the_bars_stand_where_their_accuracy_is(panel, show, judged):
    show(judged=judged)
    diagram = panel.findChild(QWidget, "reliabilityDiagram")
    image = diagram.grab().toImage()

    def colour(x, y):
        at = diagram.to_pixels(x, y)
        return image.pixelColor(int(at.x()), int(at.y()))

    def is_bar(x, y):
        return colour(x, y) != colour(0.3, 0.5)

    # Left of the middle, where the line of the interval is; away from grid lines and the diagonal.
    assert is_bar(0.91, 0.75)
    assert not is_bar(0.91, 0.85)
    assert is_bar(0.51, 0.45)
    assert not is_bar(0.51, 0.55)
    assert not is_bar(0.71, 0.3)


def test_other_data_are_chosen_by_keyboard(qtbot, panel, session):
    box = panel.findChild(QComboBox, "judgeDataBox")
    box.setFocus()
    with qtbot.waitSignal(panel.source_chosen) as wish:
        QTest.keyClicks(box, "MNIST")
    assert wish.args == ["mnist"]
    session.set_judging(Judging("/somewhere/mine.jsonl"))
    assert box.currentText() == "mine.jsonl"
    with qtbot.waitSignal(panel.data_file_requested):
        QTest.keyClick(box, Qt.Key.Key_End)
    assert box.currentText() == "mine.jsonl"


def test_everything_has_a_name_for_a_screen_reader(panel, show, judged):
    show(judged=judged)
    for name in ("judgeDataBox", "judgeButton", "cancelJudgingButton", "reliabilityDiagram", "rejectionPlot"):
        widget = panel.findChild(QWidget, name)
        assert widget.accessibleName()
        assert widget.toolTip()
        assert widget.whatsThis()
    assert panel.findChild(QLabel, "accuracyFigure").accessibleName() == "Accuracy: 65.00 %"


def test_a_judgement_of_nothing_but_right_answers_is_shown(panel, show, judged, session):
    perfect = Judgement.of(np.tile(np.eye(10), (40, 1)), np.tile(np.arange(10), 40), 0.0)
    show(judged=Judged(session.snapshot, "Right ones", perfect, 0.1))
    panel.grab()
    assert text(panel, "rejectionPlotWords") == "Question none: all of the answers are right."
    assert "taken at their word" in text(panel, "reliabilityDiagramWords")
