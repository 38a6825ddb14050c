"""Evaluating on request and following the snapshot on screen: results, errors, cancelling."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from digitlab.data.dataset import Part
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import write_drawings
from digitlab.evaluation.predictions import Predictions
from digitlab.gui.evaluate import jobs as evaluation_jobs
from digitlab.gui.evaluate.controller import EvaluationController
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.values import AccuracyOverTime, Recipe, Replay, Task, TrainingState
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from tests.helpers.desks import settle
from tests.helpers.networks import random_snapshot, small_dataset, write_npz
from tests.helpers.runs import make_started


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
    return str(write_npz(tmp_path / "digits.npz", small_dataset()))


def evaluate(qtbot, session, controller, source):
    controller.choose_source(source)
    controller.evaluate()
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)


def snapshots_of(snapshot, count):
    """Return snapshots of a network: the more steps, the better it is."""
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
    """A run of five snapshots, the last of which is on screen."""
    run = Run(make_started())
    for snapshot in snapshots_of(session.snapshot, 5):
        run.history.add(snapshot)
    session.run = run
    session.advance(run.snapshots[-1])
    return run


def test_the_network_on_screen_is_evaluated(qtbot, session, controller, digits):
    seen = []
    session.evaluation_changed.connect(lambda: seen.append((session.evaluation.task, session.evaluation.progress_text)))
    evaluate(qtbot, session, controller, digits)
    result = session.evaluation.result
    assert result.snapshot is session.snapshot
    assert result.metrics.count == 120
    # The built-in digits have forms that the tutorial network has never seen: slashed zeros, one-stroke fours.
    assert result.metrics.accuracy > 0.85
    assert (Task.EVALUATE, "Preparing") in seen
    assert session.evaluation.progress_text == ""


def test_drawings_with_labels_are_digits_and_those_without_are_non_digits(qtbot, session, controller, tmp_path):
    from digitlab.data.builtin import builtin_drawing, builtin_styles

    path = tmp_path / "mine.jsonl"
    drawings = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(10)]
    write_drawings(path, [*drawings, Drawing(drawings[4].strokes, None)])
    evaluate(qtbot, session, controller, str(path))
    result = session.evaluation.result
    assert (result.data.title, result.metrics.count) == ("mine.jsonl", 10)
    assert result.metrics.non_digits.count == 1


def test_a_missing_file_is_reported_with_options_and_the_result_stays(
    qtbot, session, controller, bar, digits, tmp_path
):
    evaluate(qtbot, session, controller, digits)
    before = session.evaluation.result
    evaluate(qtbot, session, controller, str(tmp_path / "nothing.npz"))
    assert "nothing.npz" in bar.text
    assert session.evaluation.result is before
    labels = [button.text() for button in bar.findChildren(QPushButton, "messageOption")]
    assert labels == ["Try again", "Choose a file…", "Use the built-in digits"]


def test_try_again_repeats_what_failed(qtbot, session, controller, bar, digits, run, tmp_path):
    path = tmp_path / "later.npz"
    controller.choose_source(str(path))
    controller.evaluate_snapshots(True)
    qtbot.waitUntil(lambda: "later.npz" in bar.text)
    path.write_bytes(Path(digits).read_bytes())
    button = next(one for one in bar.findChildren(QPushButton, "messageOption") if one.text() == "Try again")
    button.click()
    assert session.evaluation.task is Task.SNAPSHOTS
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    assert None not in session.evaluation.over_time.accuracies


def test_a_network_whose_outputs_are_not_numbers_is_reported(qtbot, session, controller, bar, digits):
    broken = [np.full_like(array, 1e30) for array in session.snapshot.arrays]
    session.snapshot = Snapshot.of(session.snapshot.spec, broken)
    evaluate(qtbot, session, controller, digits)
    assert "not finite numbers" in bar.text
    assert session.evaluation.result is None


def test_a_network_that_does_not_classify_is_not_evaluated(session, controller):
    session.snapshot = random_snapshot(PRESETS["one-conv"])
    controller.evaluate()
    assert session.evaluation.task is Task.NONE


def test_cancelling_ends_the_task_immediately_and_another_can_start(qtbot, session, controller, digits, monkeypatch):
    begun, may_continue = threading.Event(), threading.Event()
    load = evaluation_jobs.load_held_out

    def slow(*args, **kwargs):
        begun.set()
        assert may_continue.wait(10)
        return load(*args, **kwargs)

    monkeypatch.setattr(evaluation_jobs, "load_held_out", slow)
    controller.choose_source(digits)
    controller.evaluate()
    assert begun.wait(10)
    controller.cancel()
    assert session.evaluation.task is Task.NONE
    controller.evaluate()
    may_continue.set()
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    assert session.evaluation.result.metrics.count == 120


def test_an_error_of_a_cancelled_task_is_not_shown(qtbot, session, controller, bar, tmp_path, monkeypatch):
    begun, may_continue = threading.Event(), threading.Event()

    def failing(*args, **kwargs):
        begun.set()
        assert may_continue.wait(10)
        raise RuntimeError("too late")

    monkeypatch.setattr(evaluation_jobs, "load_held_out", failing)
    controller.evaluate()
    assert begun.wait(10)
    controller.cancel()
    may_continue.set()
    settle(qtbot, controller.desk)
    assert bar.text == ""


def test_the_data_of_the_training_are_chosen(session, controller):
    assert session.evaluation.source == "builtin"
    controller.choose_source("mnist")
    session.recipe = Recipe(source="/somewhere/mine.npz")
    assert session.evaluation.source == "/somewhere/mine.npz"


def test_partial_results_are_shown_and_stay_when_the_evaluation_is_cancelled(
    qtbot, session, controller, digits, monkeypatch
):
    may_continue = threading.Event()
    monkeypatch.setattr(evaluation_jobs, "_CHUNK", 20)
    monkeypatch.setattr(evaluation_jobs, "FIRST_COUNT", 40)
    answer_all = evaluation_jobs.answer_all

    def slow(snapshot, images, **kwargs):
        if session.evaluation.result is not None:
            assert may_continue.wait(10)
        return answer_all(snapshot, images, **kwargs)

    monkeypatch.setattr(evaluation_jobs, "answer_all", slow)
    controller.choose_source(digits)
    controller.evaluate()
    qtbot.waitUntil(lambda: session.evaluation.result is not None)
    partial = session.evaluation.result
    assert (partial.metrics.count, len(partial.data.digits), partial.is_whole) == (40, 120, False)
    # They were drawn at random: a file sorted by digit would otherwise begin with zeros alone.
    assert len(set(partial.predictions.labels.tolist())) > 5
    controller.cancel()
    may_continue.set()
    assert (session.evaluation.task, session.evaluation.result) == (Task.NONE, partial)


def test_training_digits_are_evaluated_when_chosen(qtbot, session, controller, digits):
    evaluate(qtbot, session, controller, digits)
    controller.choose_part(Part.TRAINING)
    controller.evaluate()
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    result = session.evaluation.result
    assert (result.metrics.count, result.data.title) == (330, "digits, training digits")


def test_data_are_read_once_and_again_when_the_file_changes(qtbot, session, controller, digits, monkeypatch):
    loads = []
    load = evaluation_jobs.load_held_out

    def counted(*args, **kwargs):
        loads.append(args)
        return load(*args, **kwargs)

    monkeypatch.setattr(evaluation_jobs, "load_held_out", counted)
    evaluate(qtbot, session, controller, digits)
    evaluate(qtbot, session, controller, digits)
    assert len(loads) == 1
    os.utime(digits, ns=(1, 1))
    evaluate(qtbot, session, controller, digits)
    assert len(loads) == 2


def test_of_several_data_the_least_recently_used_are_dropped_first(qtbot, controller, digits, tmp_path, monkeypatch):
    first, second, third = (tmp_path / f"{name}.npz" for name in "abc")
    for path in (first, second, third):
        path.write_bytes(Path(digits).read_bytes())
    loads = []
    load = evaluation_jobs.load_held_out

    def counted(source, *args, **kwargs):
        loads.append(source)
        return load(source, *args, **kwargs)

    monkeypatch.setattr(evaluation_jobs, "load_held_out", counted)
    for path in (first, second, first, third, first):
        controller.choose_source(str(path))
        controller.watch(True)
        settle(qtbot, controller.desk)
    assert loads == [str(first), str(second), str(third)]


def test_the_snapshot_on_screen_is_followed(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.watch(True)
    evaluate(qtbot, session, controller, digits)
    session.snapshot = run.snapshots[1]
    session.snapshot = run.snapshots[2]
    qtbot.waitUntil(
        lambda: session.evaluation.task is Task.NONE and session.evaluation.result.snapshot is run.snapshots[2]
    )
    assert session.evaluation.result.is_whole
    # Known results are shown immediately, without a thread.
    session.snapshot = run.snapshots[-1]
    assert session.evaluation.result.snapshot is run.snapshots[-1]
    assert session.evaluation.task is Task.NONE


def test_a_result_that_is_shown_is_not_set_again(qtbot, session, controller, digits, run):
    evaluate(qtbot, session, controller, digits)
    with qtbot.assertNotEmitted(session.evaluation_changed):
        session.advance(session.newest)
    controller.watch(True)
    session.snapshot = run.snapshots[0]
    qtbot.waitUntil(
        lambda: session.evaluation.task is Task.NONE and session.evaluation.result.snapshot is run.snapshots[0]
    )
    with qtbot.waitSignal(session.evaluation_changed):
        session.snapshot = run.snapshots[-1]


def test_nothing_is_followed_before_the_first_result_nor_when_following_is_off(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.watch(True)
    session.snapshot = run.snapshots[0]
    assert session.evaluation.task is Task.NONE
    evaluate(qtbot, session, controller, digits)
    controller.follow(False)
    session.snapshot = run.snapshots[1]
    assert session.evaluation.task is Task.NONE
    controller.follow(True)
    assert session.evaluation.task is Task.FOLLOW


def test_the_newest_of_a_running_training_is_not_followed(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.watch(True)
    evaluate(qtbot, session, controller, digits)
    session.training_state = TrainingState.RUNNING
    session.snapshot = run.snapshots[1]
    assert session.evaluation.task is Task.NONE
    # The user moved the time slider back during the training.
    session.replay = Replay(is_following=False)
    session.snapshot = run.snapshots[2]
    assert session.evaluation.task is Task.FOLLOW


def test_all_snapshots_are_evaluated_and_then_shown_immediately(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.evaluate_snapshots(False)
    assert session.evaluation.task is Task.SNAPSHOTS
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    snapshots = session.evaluation.over_time
    assert (snapshots.steps, snapshots.count) == ((0, 1, 2, 3, 4), 120)
    assert snapshots.accuracies[-1] > 0.85 > snapshots.accuracies[0]
    assert session.evaluation.result.snapshot is session.snapshot
    for snapshot in run.snapshots:
        session.snapshot = snapshot
        assert session.evaluation.result.snapshot is snapshot
    # All are known: there is nothing left to do.
    controller.evaluate_snapshots(True)
    assert session.evaluation.task is Task.NONE


def test_the_accuracy_of_each_snapshot_is_computed_once(qtbot, session, controller, digits, run, monkeypatch):
    counted = []
    accuracy_of_first = Predictions.accuracy_of_first

    def counting(predictions, count):
        counted.append(predictions)
        return accuracy_of_first(predictions, count)

    monkeypatch.setattr(Predictions, "accuracy_of_first", counting)
    controller.choose_source(digits)
    controller.evaluate_snapshots(False)
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    assert None not in session.evaluation.over_time.accuracies
    assert len(counted) == 5


def test_another_run_has_a_curve_of_its_own(qtbot, session, controller, digits, run):
    controller.choose_source(digits)
    controller.evaluate_snapshots(False)
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    session.run = None
    assert session.evaluation.over_time == AccuracyOverTime()
    session.run = run
    assert session.evaluation.over_time.count == 120
    controller.choose_source("/somewhere/else.npz")
    assert session.evaluation.over_time.accuracies == (None,) * 5


def test_a_network_that_is_opened_has_the_snapshots_of_its_own_run(session, controller, run):
    other = Run(make_started())
    for snapshot in snapshots_of(session.snapshot, 8)[5:]:
        other.history.add(snapshot)
    session.open_network(other.snapshots[-1], other)
    assert session.evaluation.over_time.steps == (5, 6, 7)


def test_an_image_is_put_on_the_canvas_and_can_be_undone(qtbot, session, controller, digits):
    evaluate(qtbot, session, controller, digits)
    before = session.sketch
    controller.show_sketch(session.evaluation.result.data.sketch(3))
    assert session.sketch.picture.name == "test image 4 of 120"
    controller._editor.undo()
    assert session.sketch is before


def test_nothing_is_evaluated_while_the_panel_is_hidden(qtbot, session, controller, digits, run):
    evaluate(qtbot, session, controller, digits)
    session.snapshot = run.snapshots[1]
    assert session.evaluation.task is Task.NONE
    controller.watch(True)
    assert session.evaluation.task is Task.FOLLOW
    controller.watch(False)
    assert session.evaluation.task is Task.NONE


def test_snapshots_of_a_training_are_added_when_it_ends(session, controller, run):
    controller.choose_source("/somewhere/else.npz")
    controller.watch(True)
    session.training_state = TrainingState.RUNNING
    newest = Snapshot.of(session.newest.spec, session.newest.arrays, 9, 0.9)
    run.history.add(newest)
    session.advance(newest)
    session.training_state = TrainingState.IDLE
    assert session.evaluation.over_time.steps == (0, 1, 2, 3, 4, 9)


def test_a_late_result_does_not_replace_the_known_one_of_the_snapshot_on_screen(
    qtbot, session, controller, digits, run, monkeypatch
):
    controller.choose_source(digits)
    controller.watch(True)
    evaluate(qtbot, session, controller, digits)
    begun, may_continue = threading.Event(), threading.Event()
    answer_all = evaluation_jobs.answer_all

    def slow(snapshot, images, **kwargs):
        begun.set()
        assert may_continue.wait(10)
        return answer_all(snapshot, images, **kwargs)

    monkeypatch.setattr(evaluation_jobs, "answer_all", slow)
    session.snapshot = run.snapshots[1]
    assert begun.wait(10)
    session.snapshot = run.snapshots[-1]
    assert session.evaluation.task is Task.NONE
    may_continue.set()
    settle(qtbot, controller.desk)
    assert session.evaluation.result.snapshot is run.snapshots[-1]


def test_a_followed_snapshot_that_cannot_be_evaluated_is_skipped_without_a_message(
    qtbot, session, controller, bar, digits, run
):
    broken = Snapshot.of(session.snapshot.spec, [np.full_like(array, 1e30) for array in session.snapshot.arrays])
    controller.watch(True)
    evaluate(qtbot, session, controller, digits)
    session.snapshot = broken
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    session.advance_run()
    assert (session.evaluation.task, bar.text) == (Task.NONE, "")
    session.snapshot = run.snapshots[1]
    qtbot.waitUntil(lambda: session.evaluation.result.snapshot is run.snapshots[1])


def test_a_snapshot_that_cannot_be_evaluated_is_left_out_of_the_curve(qtbot, session, controller, bar, digits, run):
    broken = Snapshot.of(session.snapshot.spec, [np.full_like(array, 1e30) for array in session.snapshot.arrays], 9)
    run.history.add(broken)
    session.advance(broken)
    controller.choose_source(digits)
    controller.evaluate_snapshots(False)
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE)
    assert [accuracy is None for accuracy in session.evaluation.over_time.accuracies] == [False] * 5 + [True]
    assert bar.text == ""


def test_the_snapshot_on_screen_is_followed_when_the_training_ends(qtbot, session, controller, digits, run):
    controller.watch(True)
    evaluate(qtbot, session, controller, digits)
    session.training_state = TrainingState.RUNNING
    newest = Snapshot.of(session.newest.spec, session.newest.arrays, 9, 0.9)
    session.advance(newest)
    assert session.evaluation.task is Task.NONE
    session.training_state = TrainingState.IDLE
    qtbot.waitUntil(lambda: session.evaluation.result.snapshot is newest)
