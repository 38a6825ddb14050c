"""The table of the accuracy by kind of distortion, and the evaluation that fills it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTableView

from digitlab.data.drawing.distortions import KINDS
from digitlab.data.drawing.photographs import PHOTO_KINDS
from digitlab.evaluation import distorted
from digitlab.evaluation.distorted import EMPTY_ROWS, DistortedRow, Score
from digitlab.gui.evaluate.controller import EvaluationController
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.values import DistortedResult, Task
from digitlab.model.presets import PRESETS
from tests.gui.evaluate.conftest import made_result
from tests.gui.evaluate.finding import open_page, text
from tests.helpers.networks import random_snapshot, small_dataset, write_npz

FEW = (DistortedRow(KINDS["blur"]), DistortedRow(KINDS["tilt"]), DistortedRow(PHOTO_KINDS["shadow"]))


def cells(panel, row):
    model = panel.findChild(QTableView, "distortionTable").model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def tooltip(panel, row, column):
    model = panel.findChild(QTableView, "distortionTable").model()
    return model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)


def button(panel):
    return panel.findChild(QPushButton, "distortionsButton")


def some_rows():
    """Return rows of which the first two are known, one of them partly."""
    whole = tuple(Score(correct, 1000) for correct in (990, 980, 900, 400))
    first, second, *rest = EMPTY_ROWS
    return DistortedRow(first.kind, whole), DistortedRow(second.kind, whole[:2]), *rest


def test_the_table_shows_what_is_known_and_how_precise_it_is(panel, show, session):
    open_page(panel, "Distortions")
    assert cells(panel, 1) == ["Tilt", "–", "–", "–", "–"]
    data = made_result(session.snapshot).data
    show(distorted=DistortedResult(session.snapshot, data, some_rows()))
    assert cells(panel, 0) == ["Of the input", "", "", "", ""]
    assert cells(panel, 1) == ["Tilt", "99.0 %", "98.0 %", "90.0 %", "40.0 %"]
    assert cells(panel, 2) == ["Slant", "99.0 %", "98.0 %", "–", "–"]
    assert cells(panel, len(KINDS) + 1) == ["Of a photo", "", "", "", ""]
    assert "Turned by up to 45 degrees." in tooltip(panel, 1, 0)
    assert "400 of 1,000 digits; 95 % interval: 37 to 43.1 %." in tooltip(panel, 1, 4)
    assert tooltip(panel, 2, 4) is None
    about = text(panel, "distortionsAbout")
    assert "Some digits" in about
    assert "1,000 digits, 95 % intervals up to 6.1 points wide" in about


def test_the_table_says_when_another_network_is_on_screen(panel, show):
    open_page(panel, "Distortions")
    snapshot = random_snapshot(PRESETS["one-conv"])
    show(distorted=DistortedResult(snapshot, made_result(snapshot).data, some_rows()))
    assert text(panel, "distortionsAbout").startswith("Another network is on screen. Shown here:")


def test_the_button_asks_for_the_evaluation_and_waits_for_any_other(qtbot, panel, show):
    open_page(panel, "Distortions")
    with qtbot.waitSignal(panel.distortions_requested):
        qtbot.mouseClick(button(panel), Qt.MouseButton.LeftButton)
    show(task=Task.EVALUATE)
    assert not button(panel).isEnabled()


@pytest.fixture
def controller(qtbot, session, monkeypatch):
    """A controller that evaluates three kinds of distortion on few digits."""
    monkeypatch.setattr(distorted, "EMPTY_ROWS", FEW)
    monkeypatch.setattr(distorted, "PHOTO_COUNT", 5)
    bar = MessageBar()
    qtbot.addWidget(bar)
    controller = EvaluationController(session, SketchEditor(session, bar), Messages(bar), bar)
    yield controller
    assert controller.close(5.0)


@pytest.fixture
def digits(tmp_path):
    """The path of a dataset with 120 test digits."""
    return str(write_npz(tmp_path / "digits.npz", small_dataset()))


def test_distorted_digits_are_evaluated_on_request(qtbot, session, controller, digits):
    seen = set()
    session.evaluation_changed.connect(lambda: seen.add((session.evaluation.task, bool(session.evaluation.distorted))))
    controller.choose_source(digits)
    controller.evaluate_distorted()
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    result = session.evaluation.distorted
    assert result.snapshot is session.snapshot
    assert [len(row.scores) for row in result.rows] == [4, 4, 4]
    assert [row.scores[0].count for row in result.rows] == [120, 120, 5]
    assert (Task.DISTORTED, True) in seen  # partial results
    controller.choose_source("builtin")
    assert session.evaluation.distorted is None


def test_cancelling_keeps_the_rows_so_far(qtbot, session, controller, digits):
    controller.choose_source(digits)
    controller.evaluate_distorted()
    qtbot.waitUntil(lambda: session.evaluation.distorted is not None)
    controller.cancel()
    assert session.evaluation.task is Task.NONE
    assert any(row.scores for row in session.evaluation.distorted.rows)
    controller.evaluate()  # the thread is free for the next request
    qtbot.waitUntil(lambda: session.evaluation.result is not None and session.evaluation.task is Task.NONE)
