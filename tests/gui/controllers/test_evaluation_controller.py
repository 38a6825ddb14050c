"""Judging through the window's own wishes: good data, bad data, second thoughts."""

import threading

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from digitlab.data.drawings_file import write_drawings
from digitlab.data.strokes import Drawing
from digitlab.gui.bridge import Mailbox
from digitlab.gui.controllers import evaluation
from digitlab.gui.controllers.evaluation import EvaluationController
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.values import Recipe
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from tests.helpers.networks import random_snapshot, small_dataset


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def controller(qtbot, session, bar):
    """A controller with its thread, which ends with the test."""
    controller = EvaluationController(session, Messages(bar), bar)
    yield controller
    assert controller.close(5.0)


@pytest.fixture
def digits(tmp_path):
    """The path of a dataset with 120 test digits."""
    dataset = small_dataset()
    path = tmp_path / "digits.npz"
    np.savez(
        path,
        x_train=dataset.train.images,
        y_train=dataset.train.labels,
        x_test=dataset.test.images,
        y_test=dataset.test.labels,
    )
    return str(path)


def judge(qtbot, session, controller, source):
    controller.choose_source(source)
    controller.judge()
    qtbot.waitUntil(lambda: not session.judging.is_busy)


def test_the_network_on_screen_is_judged(qtbot, session, controller, digits):
    told = []
    session.judging_changed.connect(lambda: told.append((session.judging.is_busy, session.judging.words)))
    judge(qtbot, session, controller, digits)
    judged = session.judging.judged
    assert judged.snapshot is session.snapshot
    assert judged.judgement.count == 120
    assert judged.judgement.accuracy > 0.9
    assert told[1] == (True, "Preparing")
    assert session.judging.words == ""


def test_drawings_with_labels_are_judged_and_those_without_are_no_digits(qtbot, session, controller, tmp_path):
    from digitlab.data.builtin import builtin_drawing, builtin_styles

    path = tmp_path / "mine.jsonl"
    drawings = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(10)]
    write_drawings(path, [*drawings, Drawing(drawings[4].strokes, None)])
    judge(qtbot, session, controller, str(path))
    judged = session.judging.judged
    assert (judged.data_name, judged.judgement.count) == ("mine.jsonl", 10)
    assert judged.judgement.separation.count == 1


def test_a_missing_file_is_told_with_ways_on_and_the_figures_stay(qtbot, session, controller, bar, digits, tmp_path):
    judge(qtbot, session, controller, digits)
    before = session.judging.judged
    judge(qtbot, session, controller, str(tmp_path / "nothing.npz"))
    assert "nothing.npz" in bar.text
    assert session.judging.judged is before
    labels = [button.text() for button in bar.findChildren(QPushButton, "messageWayOn")]
    assert labels == ["Try again", "Choose a file…", "Use the built-in digits"]


def test_a_network_that_broke_down_is_told(qtbot, session, controller, bar, digits):
    broken = [np.full_like(array, 1e30) for array in session.snapshot.arrays]
    session.set_snapshot(Snapshot.of(session.snapshot.spec, broken))
    judge(qtbot, session, controller, digits)
    assert "no numbers" in bar.text
    assert session.judging.judged is None


def test_a_network_without_answers_is_left_alone(session, controller):
    session.set_snapshot(random_snapshot(PRESETS["one-conv"]))
    controller.judge()
    assert not session.judging.is_busy


def test_cancelling_gives_up_at_once_and_another_wish_is_granted(qtbot, session, controller, digits, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    load = evaluation.load_held_out

    def slow(*args, **kwargs):
        begun.set()
        assert go_on.wait(10)
        return load(*args, **kwargs)

    monkeypatch.setattr(evaluation, "load_held_out", slow)
    controller.choose_source(digits)
    controller.judge()
    assert begun.wait(10)
    controller.cancel()
    assert not session.judging.is_busy
    controller.judge()
    go_on.set()
    qtbot.waitUntil(lambda: not session.judging.is_busy)
    assert session.judging.judged.judgement.count == 120


def test_mail_of_a_wish_given_up_is_dropped(qtbot, session, controller, bar, tmp_path, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def failing(*args, **kwargs):
        begun.set()
        assert go_on.wait(10)
        raise RuntimeError("too late")

    monkeypatch.setattr(evaluation, "load_held_out", failing)
    controller.judge()
    assert begun.wait(10)
    controller.cancel()
    go_on.set()
    settled = []
    after = Mailbox(bar)
    after.arrived.connect(settled.append)
    controller._worker.submit(lambda: after.post(1))
    qtbot.waitUntil(lambda: bool(settled))
    assert bar.text == ""


def test_it_follows_the_data_of_the_training(session, controller):
    assert session.judging.source == "builtin"
    controller.choose_source("mnist")
    session.set_recipe(Recipe(source="/somewhere/mine.npz"))
    assert session.judging.source == "/somewhere/mine.npz"
