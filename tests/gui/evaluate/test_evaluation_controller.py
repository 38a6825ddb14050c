"""Judging through the window's own wishes: good data, bad data, second thoughts."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from digitlab.data.dataset import Part
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import write_drawings
from digitlab.evaluation.confusion import Answered
from digitlab.gui.evaluate import jobs as judging_work
from digitlab.gui.evaluate.controller import EvaluationController
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.values import JudgedMoments, Recipe, Replay, Task, TrainingState
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from tests.gui.train.runs import make_started
from tests.helpers.networks import random_snapshot, small_dataset


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def controller(qtbot, session, bar):
    """A controller with its thread, which ends with the test."""
    controller = EvaluationController(session, SketchEditor(session, bar), Messages(bar), bar)
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
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE)


def moments_of(snapshot, count):
    """Return a network at some moments: the more steps, the better it is."""
    rng = np.random.default_rng(0)
    noise = [rng.normal(0.0, 0.5, array.shape) for array in snapshot.arrays]
    return [
        Snapshot.of(
            snapshot.spec,
            [array + part * (1 - step / (count - 1)) for array, part in zip(snapshot.arrays, noise, strict=True)],
            step,
            step / 10,
        )
        for step in range(count)
    ]


@pytest.fixture
def run(session):
    """A run of five moments, the last of which is on screen."""
    run = Run(make_started())
    for snapshot in moments_of(session.snapshot, 5):
        run.history.add(snapshot)
    session.set_run(run)
    session.advance(run.snapshots[-1])
    return run


def test_the_network_on_screen_is_judged(qtbot, session, controller, digits):
    told = []
    session.judging_changed.connect(lambda: told.append((session.judging.task, session.judging.words)))
    judge(qtbot, session, controller, digits)
    judged = session.judging.judged
    assert judged.snapshot is session.snapshot
    assert judged.judgement.count == 120
    assert judged.judgement.accuracy > 0.9
    assert (Task.JUDGE, "Preparing") in told
    assert session.judging.words == ""


def test_drawings_with_labels_are_judged_and_those_without_are_no_digits(qtbot, session, controller, tmp_path):
    from digitlab.data.builtin import builtin_drawing, builtin_styles

    path = tmp_path / "mine.jsonl"
    drawings = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(10)]
    write_drawings(path, [*drawings, Drawing(drawings[4].strokes, None)])
    judge(qtbot, session, controller, str(path))
    judged = session.judging.judged
    assert (judged.data.title, judged.judgement.count) == ("mine.jsonl", 10)
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
    assert session.judging.task is Task.NONE


def test_cancelling_gives_up_at_once_and_another_wish_is_granted(qtbot, session, controller, digits, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    load = judging_work.load_held_out

    def slow(*args, **kwargs):
        begun.set()
        assert go_on.wait(10)
        return load(*args, **kwargs)

    monkeypatch.setattr(judging_work, "load_held_out", slow)
    controller.choose_source(digits)
    controller.judge()
    assert begun.wait(10)
    controller.cancel()
    assert session.judging.task is Task.NONE
    controller.judge()
    go_on.set()
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE)
    assert session.judging.judged.judgement.count == 120


def test_mail_of_a_wish_given_up_is_dropped(qtbot, session, controller, bar, tmp_path, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def failing(*args, **kwargs):
        begun.set()
        assert go_on.wait(10)
        raise RuntimeError("too late")

    monkeypatch.setattr(judging_work, "load_held_out", failing)
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


def test_figures_come_before_the_end_and_stay_when_it_is_cancelled(qtbot, session, controller, digits, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(judging_work, "_CHUNK", 20)
    monkeypatch.setattr(judging_work, "FIRST_COUNT", 40)
    answer_all = judging_work.answer_all

    def slow(snapshot, images, **kwargs):
        if session.judging.judged is not None:
            assert go_on.wait(10)
        return answer_all(snapshot, images, **kwargs)

    monkeypatch.setattr(judging_work, "answer_all", slow)
    controller.choose_source(digits)
    controller.judge()
    qtbot.waitUntil(lambda: session.judging.judged is not None)
    partial = session.judging.judged
    assert (partial.judgement.count, len(partial.data.digits), partial.is_whole) == (40, 120, False)
    # They were drawn at random: a file sorted by digit would otherwise begin with zeros alone.
    assert len(set(partial.answered.labels.tolist())) > 5
    controller.cancel()
    go_on.set()
    assert (session.judging.task, session.judging.judged) == (Task.NONE, partial)


def test_training_digits_are_judged_when_chosen(qtbot, session, controller, digits):
    judge(qtbot, session, controller, digits)
    controller.choose_part(Part.TRAINING)
    controller.judge()
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE)
    judged = session.judging.judged
    assert (judged.judgement.count, judged.data.title) == (330, "digits, training digits")


def test_data_are_read_once_and_anew_when_the_file_changes(qtbot, session, controller, digits, monkeypatch):
    loads = []
    load = judging_work.load_held_out

    def counted(*args, **kwargs):
        loads.append(args)
        return load(*args, **kwargs)

    monkeypatch.setattr(judging_work, "load_held_out", counted)
    judge(qtbot, session, controller, digits)
    judge(qtbot, session, controller, digits)
    assert len(loads) == 1
    os.utime(digits, ns=(1, 1))
    judge(qtbot, session, controller, digits)
    assert len(loads) == 2


def test_of_several_data_those_not_used_for_long_go_first(digits, tmp_path, monkeypatch):
    first, second, third = (tmp_path / f"{name}.npz" for name in "abc")
    for path in (first, second, third):
        path.write_bytes(Path(digits).read_bytes())
    loads = []
    load = judging_work.load_held_out

    def counted(source, *args, **kwargs):
        loads.append(source)
        return load(source, *args, **kwargs)

    monkeypatch.setattr(judging_work, "load_held_out", counted)
    work = judging_work.JudgingWork(lambda mail: None)
    for path in (first, second, first, third, first):
        work.run(judging_work.Job(Task.NONE, (), str(path), Part.TEST, 0, threading.Event()))
    assert loads == [str(first), str(second), str(third)]


def test_the_moment_on_screen_is_followed(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.look(True)
    judge(qtbot, session, controller, digits)
    session.set_snapshot(run.snapshots[1])
    session.set_snapshot(run.snapshots[2])
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE and session.judging.judged.snapshot is run.snapshots[2])
    assert session.judging.judged.is_whole
    # What is known is shown at once, without a thread.
    session.set_snapshot(run.snapshots[-1])
    assert session.judging.judged.snapshot is run.snapshots[-1]
    assert session.judging.task is Task.NONE


def test_figures_that_are_shown_are_not_told_again(qtbot, session, controller, digits, run):
    judge(qtbot, session, controller, digits)
    with qtbot.assertNotEmitted(session.judging_changed):
        session.advance(session.newest)
    controller.look(True)
    session.set_snapshot(run.snapshots[0])
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE and session.judging.judged.snapshot is run.snapshots[0])
    with qtbot.waitSignal(session.judging_changed):
        session.set_snapshot(run.snapshots[-1])


def test_nothing_is_followed_before_the_first_time_nor_when_it_is_off(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.look(True)
    session.set_snapshot(run.snapshots[0])
    assert session.judging.task is Task.NONE
    judge(qtbot, session, controller, digits)
    controller.follow(False)
    session.set_snapshot(run.snapshots[1])
    assert session.judging.task is Task.NONE
    controller.follow(True)
    assert session.judging.task is Task.FOLLOW


def test_the_newest_of_a_running_training_is_not_followed(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.look(True)
    judge(qtbot, session, controller, digits)
    session.set_training_state(TrainingState.RUNNING)
    session.set_snapshot(run.snapshots[1])
    assert session.judging.task is Task.NONE
    # The person went back in time while the training goes on.
    session.set_replay(Replay(is_following=False))
    session.set_snapshot(run.snapshots[2])
    assert session.judging.task is Task.FOLLOW


def test_all_moments_are_judged_and_then_shown_at_once(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.judge_moments(False)
    assert session.judging.task is Task.MOMENTS
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE)
    moments = session.judging.moments
    assert (moments.steps, moments.count) == ((0, 1, 2, 3, 4), 120)
    assert moments.accuracies[-1] > 0.9 > moments.accuracies[0]
    assert session.judging.judged.snapshot is session.snapshot
    for snapshot in run.snapshots:
        session.set_snapshot(snapshot)
        assert session.judging.judged.snapshot is snapshot
    # All are known: there is nothing left to do.
    controller.judge_moments(True)
    assert session.judging.task is Task.NONE


def test_right_answers_are_counted_once_for_each_moment(qtbot, session, controller, digits, run, monkeypatch):
    counted = []
    accuracy_among = Answered.accuracy_among

    def counting(answered, count):
        counted.append(answered)
        return accuracy_among(answered, count)

    monkeypatch.setattr(Answered, "accuracy_among", counting)
    controller.choose_source(digits)
    controller.judge_moments(False)
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE)
    assert None not in session.judging.moments.accuracies
    assert len(counted) == 5


def test_another_run_has_a_curve_of_its_own(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.judge_moments(False)
    qtbot.waitUntil(lambda: session.judging.task is Task.NONE)
    session.set_run(None)
    assert session.judging.moments == JudgedMoments()
    session.set_run(run)
    assert session.judging.moments.count == 120
    controller.choose_source("/somewhere/else.npz")
    assert session.judging.moments.accuracies == (None,) * 5


def test_a_network_that_is_opened_brings_the_moments_of_its_own_run(session, controller, run):
    other = Run(make_started())
    for snapshot in moments_of(session.snapshot, 8)[5:]:
        other.history.add(snapshot)
    session.open_network(other.snapshots[-1], other)
    assert session.judging.moments.steps == (5, 6, 7)


def test_an_image_lies_on_the_canvas_and_can_be_taken_back(qtbot, session, controller, digits):
    judge(qtbot, session, controller, digits)
    before = session.sketch
    controller.show_sketch(session.judging.judged.data.sketch(3))
    assert session.sketch.picture.name == "test image 4 of 120"
    controller._editor.undo()
    assert session.sketch is before


def test_nothing_goes_on_behind_a_panel_out_of_sight(qtbot, session, controller, digits, run):
    judge(qtbot, session, controller, digits)
    session.set_snapshot(run.snapshots[1])
    assert session.judging.task is Task.NONE
    controller.look(True)
    assert session.judging.task is Task.FOLLOW
    controller.look(False)
    assert session.judging.task is Task.NONE


def test_moments_that_a_training_brought_are_there_when_it_ends(session, controller, run):
    controller.choose_source("/somewhere/else.npz")
    controller.look(True)
    session.set_training_state(TrainingState.RUNNING)
    newest = Snapshot.of(session.newest.spec, session.newest.arrays, 9, 0.9)
    run.history.add(newest)
    session.advance(newest)
    session.set_training_state(TrainingState.IDLE)
    assert session.judging.moments.steps == (0, 1, 2, 3, 4, 9)
