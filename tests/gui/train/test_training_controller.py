"""Training through the window: real Keras training on a few images, in the real worker."""

import gc
import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.dataset import Dataset, DigitSet
from digitlab.data.files.drawings_file import write_drawings
from digitlab.gui.session.values import TrainingState
from digitlab.gui.train import jobs as training_jobs
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.runs.kept import RunEnding
from digitlab.runs.library import list_runs
from digitlab.runs.reader import read_stored_run
from digitlab.system.errors import DigitLabError
from digitlab.training.config import Augmentation, Optimizer, TrainingConfig
from digitlab.training.events import TrainingEnded, TrainingPaused, TrainingResumed
from tests.helpers.desks import settle
from tests.helpers.networks import small_spec
from tests.helpers.trainings import run_of, started_training

TINY = ModelSpec("Tiny", (Flatten(), Dense(10, Activation.SOFTMAX)))
"""Weights whose shapes differ from those of the small network."""


def noise(count, seed):
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    return DigitSet(images, (np.arange(count) % 10).astype(np.uint8))


@pytest.fixture
def small_data(monkeypatch):
    """A few images instead of the built-in thousands."""
    dataset = Dataset("noise", noise(400, 0), noise(50, 1))
    monkeypatch.setattr(training_jobs, "load_dataset", lambda *_, **__: dataset)
    return dataset


@pytest.fixture
def quick(window, small_data):
    """The window with a small network and a recipe of forty steps."""
    config = TrainingConfig(epochs=2, batch_size=20, learning_rate=0.01)
    window.controllers.training.set_recipe(replace(window.session.recipe, spec=small_spec(), config=config))
    return window


@pytest.fixture
def long(quick):
    """The same with 100,000 steps, so that training ends only when it is stopped."""
    quick.controllers.training.set_recipe(
        replace(quick.session.recipe, config=TrainingConfig(epochs=1000, batch_size=4))
    )
    return quick


def wait_for(qtbot, window, state):
    qtbot.waitUntil(lambda: window.session.training_state is state)


def test_train_shows_curves_and_the_newest_weights_and_keeps_them(qtbot, quick):
    before = quick.session.snapshot
    quick.actions_by_name["showTrain"].trigger()
    button = quick.panels.train.panel().findChild(QPushButton, "trainButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert quick.session.training_state is TrainingState.PREPARING
    wait_for(qtbot, quick, TrainingState.IDLE)
    run = quick.session.run
    assert run.step == 40
    assert len(run.epochs) == 2
    assert run.started.dataset_name == "noise"
    assert quick.session.snapshot is not before
    assert quick.session.snapshot.step == 40
    quick.controllers.training.close(20)
    quick.controllers.runs.close(20)
    kept = read_stored_run(list_runs()[0].path)
    np.testing.assert_array_equal(kept.snapshot.arrays[0], quick.session.snapshot.arrays[0])
    assert kept.run.step == 40


def test_a_trained_run_is_freed_when_another_network_is_open(qtbot, quick):
    before = quick.session.snapshot
    quick.controllers.training.train()
    qtbot.waitUntil(lambda: quick.session.run is not None)
    wait_for(qtbot, quick, TrainingState.IDLE)
    quick.controllers.training.continue_training()  # its parent is freed, too
    qtbot.waitUntil(lambda: quick.session.training_state is TrainingState.RUNNING)
    wait_for(qtbot, quick, TrainingState.IDLE)
    kept = weakref.ref(quick.session.run), weakref.ref(quick.session.compared_run.run)
    quick.session.open_network(before, None)
    quick.session.recipe = replace(quick.session.recipe, spec=before.spec)
    settle(qtbot, quick.controllers.runs.desk, quick.controllers.training.desk)
    gc.collect()
    assert [alive() for alive in kept] == [None, None]


def test_pause_holds_the_training_and_resume_continues_it(qtbot, long, monkeypatch):
    events, recorder = [], long.controllers.runs.recorder
    publish = recorder.publish
    monkeypatch.setattr(recorder, "publish", lambda event: (events.append(event), publish(event)))
    long.controllers.training.train()
    wait_for(qtbot, long, TrainingState.RUNNING)
    long.controllers.training.train_or_pause()
    wait_for(qtbot, long, TrainingState.PAUSED)
    step = long.session.run.step
    long.controllers.training.train_or_pause()
    qtbot.waitUntil(lambda: long.session.run.step > step)
    assert long.session.training_state is TrainingState.RUNNING
    kinds = [type(event) for event in events]
    assert kinds[kinds.index(TrainingPaused) + 1] is TrainingResumed


def test_continuing_from_a_pinned_snapshot_of_another_run_does_not_use_the_run_on_screen(window, monkeypatch):
    branches = []
    monkeypatch.setattr(window.controllers.training._jobs, "train", lambda *job: branches.append(job[-1]))
    first, second = (run_of(started_training(optimizer=Optimizer.ADAM, spec=spec)) for spec in (small_spec(), TINY))
    session, replay = window.session, window.controllers.replay
    session.open_network(first.snapshots[-1], first)
    replay.pin_or_unpin()
    session.open_network(second.snapshots[-1], second)
    replay.swap()
    assert second.history.optimizer_state(session.snapshot) is not None
    window.controllers.training.continue_training()
    window.controllers.training.close(20)
    (branch,) = branches
    assert (branch.run_name, branch.optimizer_state) == ("Small", None)
    assert branch.snapshot is first.snapshots[-1]


def test_stop_keeps_the_last_snapshot(qtbot, long):
    long.controllers.training.train()
    wait_for(qtbot, long, TrainingState.RUNNING)
    qtbot.waitUntil(lambda: long.session.run.step > 3)
    long.controllers.training.stop()
    wait_for(qtbot, long, TrainingState.IDLE)
    assert long.session.run.ended.was_stopped
    assert long.session.snapshot.step == long.session.run.step


def test_a_learning_rate_that_breaks_training_is_reported_and_the_next_training_works(qtbot, quick):
    config = TrainingConfig(epochs=3, batch_size=20, learning_rate=1e9)
    # The small network's units die at such a rate, and then its loss stays small.
    quick.controllers.training.set_recipe(replace(quick.session.recipe, spec=TUTORIAL, config=config))
    quick.controllers.training.train()
    qtbot.waitUntil(lambda: quick.messages.text != "")
    assert "learning rate" in quick.messages.text
    assert quick.session.training_state is TrainingState.IDLE
    assert quick.session.snapshot.is_finite
    config = TrainingConfig(epochs=1, batch_size=50)
    quick.controllers.training.set_recipe(replace(quick.session.recipe, spec=small_spec(), config=config))
    quick.controllers.training.train()
    assert quick.messages.text == ""
    wait_for(qtbot, quick, TrainingState.IDLE)
    assert quick.session.run.ended.error is None


def test_reset_shows_the_same_start_and_a_new_seed_another(qtbot, quick):
    starts = []
    for command in (
        quick.controllers.training.reset,
        quick.controllers.training.reset,
        quick.controllers.training.new_seed,
    ):
        before = quick.session.snapshot
        command()
        qtbot.waitUntil(lambda before=before: quick.session.snapshot is not before)
        wait_for(qtbot, quick, TrainingState.IDLE)
        starts.append(quick.session.snapshot.arrays[0])
        assert quick.session.snapshot.step == 0
    np.testing.assert_array_equal(starts[0], starts[1])
    assert not np.array_equal(starts[0], starts[2])


def test_mnist_offline_offers_three_options(qtbot, window, monkeypatch):
    def offline(source, **_):
        if source == "mnist":
            raise DigitLabError("MNIST could not be downloaded.", remedy="Check the connection.")
        return Dataset("noise", noise(100, 0), noise(20, 1))

    monkeypatch.setattr(training_jobs, "load_dataset", offline)
    config = TrainingConfig(epochs=1, batch_size=50)
    recipe = replace(window.session.recipe, spec=small_spec(), source="mnist", config=config)
    window.controllers.training.set_recipe(recipe)
    window.controllers.training.train()
    qtbot.waitUntil(lambda: "MNIST could not be downloaded" in window.messages.text)
    buttons = {button.text(): button for button in window.findChildren(QPushButton, "messageOption")}
    assert set(buttons) == {"Try again", "Choose a file…", "Use the built-in digits"}
    qtbot.mouseClick(buttons["Use the built-in digits"], Qt.MouseButton.LeftButton)
    assert window.session.recipe.source == "builtin"
    wait_for(qtbot, window, TrainingState.IDLE)
    assert window.session.run.step == 2


def test_a_reset_that_is_stopped_keeps_the_network(qtbot, window, monkeypatch):
    may_end, jobs = threading.Event(), window.controllers.training._jobs
    untrained, before = replace(window.session.snapshot), window.session.snapshot
    monkeypatch.setattr(jobs, "is_loaded", True)
    monkeypatch.setattr(jobs, "initial_snapshot", lambda recipe: may_end.wait(20) and untrained)
    window.actions_by_name["reset"].trigger()
    window.actions_by_name["stop"].trigger()
    may_end.set()
    wait_for(qtbot, window, TrainingState.IDLE)
    assert window.session.snapshot is before
    window.actions_by_name["reset"].trigger()
    qtbot.waitUntil(lambda: window.session.snapshot is untrained)


@pytest.mark.parametrize("label", ["Try again", "Use the built-in digits"])
def test_try_again_continues_what_was_to_be_continued(qtbot, window, monkeypatch, label):
    checkpoints = []

    def train(recipe, control, report, checkpoint=None):
        checkpoints.append(checkpoint)
        raise DigitLabError("MNIST could not be downloaded.")

    jobs = window.controllers.training._jobs
    monkeypatch.setattr(jobs, "is_loaded", True)
    monkeypatch.setattr(jobs, "train", train)
    window.session.recipe = replace(window.session.recipe, source="mnist")
    window.controllers.training.continue_training()
    qtbot.waitUntil(lambda: "MNIST could not be downloaded" in window.messages.text)
    buttons = {button.text(): button for button in window.findChildren(QPushButton, "messageOption")}
    qtbot.mouseClick(buttons[label], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(checkpoints) == 2)
    wait_for(qtbot, window, TrainingState.IDLE)
    assert [checkpoint.snapshot for checkpoint in checkpoints] == [window.session.snapshot] * 2


def test_the_message_about_data_goes_when_other_data_are_chosen(qtbot, window, monkeypatch):
    def offline(*_):
        raise DigitLabError("MNIST could not be downloaded.")

    jobs = window.controllers.training._jobs
    monkeypatch.setattr(jobs, "is_loaded", True)
    monkeypatch.setattr(jobs, "train", offline)
    window.session.recipe = replace(window.session.recipe, source="mnist")
    window.controllers.training.train()
    qtbot.waitUntil(lambda: "MNIST could not be downloaded" in window.messages.text)
    window.session.recipe = replace(window.session.recipe, source="/home/me/letters.npz")
    assert window.messages.text == ""


def test_drawings_are_answered_during_training_with_the_newest_weights(qtbot, long):
    def shown():
        return None if long.session.view is None else long.session.view.inspection.snapshot

    long.controllers.training.train()
    qtbot.waitUntil(lambda: shown() is not None and shown().spec == small_spec())
    first = shown().step
    long.editor.clear()
    qtbot.waitUntil(lambda: long.session.view.sketch is long.session.sketch)
    qtbot.waitUntil(lambda: shown().step > first)
    assert long.session.training_state is TrainingState.RUNNING


@pytest.mark.parametrize("snapshot", ["preparing", "running", "paused"])
def test_closing_the_window_stops_training_and_saves_the_run(qtbot, long, snapshot, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    long.controllers.training.train()
    if snapshot != "preparing":
        wait_for(qtbot, long, TrainingState.RUNNING)
        qtbot.waitUntil(lambda: long.session.run.step > 0)
    if snapshot == "paused":
        long.controllers.training.pause()
        wait_for(qtbot, long, TrainingState.PAUSED)
        qtbot.waitUntil(lambda: [run.ending for run in list_runs()] == [None])
    long.close()
    assert long.controllers.training.desk.close(20)
    assert long.controllers.runs.close(20)
    # As if it was interrupted: the next start offers to resume it.
    assert [run.ending for run in list_runs()] == ([] if snapshot == "preparing" else [RunEnding.CUT_OFF])


def test_a_run_that_cannot_be_recorded_is_reported_and_can_be_saved_elsewhere(qtbot, quick, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "file"))
    quick.controllers.training.train()
    wait_for(qtbot, quick, TrainingState.IDLE)
    qtbot.waitUntil(lambda: "could not be saved" in quick.messages.text)
    quick.controllers.runs.save_requested.disconnect()
    qtbot.waitUntil(lambda: "could not be saved completely" in quick.messages.text)
    buttons = {one.text(): one for one in quick.findChildren(QPushButton, "messageOption") if one.isVisible()}
    assert list(buttons) == ["Try again", "Save it elsewhere…"]
    with qtbot.waitSignal(quick.controllers.runs.save_requested):
        qtbot.mouseClick(buttons["Save it elsewhere…"], Qt.MouseButton.LeftButton)


def test_closing_does_not_wait_for_tensorflow(qtbot, window):
    """Closing times out while the import is in progress; had it waited, the import would have ended."""
    may_end = threading.Event()
    window.controllers.training.desk.worker.submit(may_end.wait)
    import_takes = threading.Timer(30, may_end.set)
    import_takes.start()
    assert not window.controllers.training.close(60)
    import_takes.cancel()
    may_end.set()
    assert window.controllers.training.desk.close(20)


@pytest.mark.parametrize("error", [None, OSError("no TensorFlow here")])
def test_the_end_of_loading_is_announced_even_if_it_failed(qtbot, window, monkeypatch, error):
    def load(jobs):
        if error is not None:
            raise error
        return 1.0

    monkeypatch.setattr(training_jobs.TrainingJobs, "load", load)
    activity = window.findChild(QLabel, "activity")
    with qtbot.waitSignal(window.controllers.training.loading_ended):
        window.controllers.training.load_tensorflow()
        assert activity.text() == "Loading TensorFlow…"
    assert activity.text() == "Ready"
    assert window.session.activity == ""
    assert window.statusBar().currentMessage() == ("TensorFlow loaded in 1 s" if error is None else "")


def test_the_drawings_of_the_recipe_are_used_and_unreadable_ones_offer_options(qtbot, quick, tmp_path, monkeypatch):
    """The trainer itself is tested elsewhere; here it only records its arguments."""
    given = []

    def train(request, control, publish):
        given.append(request.dataset.drawings)
        publish(TrainingEnded(was_stopped=True))

    monkeypatch.setattr("digitlab.training.trainer.train", train)
    monkeypatch.setattr(quick.controllers.training._jobs, "load", lambda: None)
    path = tmp_path / "mine.jsonl"
    path.write_text("not a drawing")
    config = replace(quick.session.recipe.config, augmentation=Augmentation.DRAWINGS)
    recipe = replace(quick.session.recipe, config=config, drawings=(str(path),))
    quick.controllers.training.set_recipe(recipe)
    quick.controllers.training.train()
    qtbot.waitUntil(lambda: "mine.jsonl, line 1" in quick.messages.text)
    assert quick.session.training_state is TrainingState.IDLE
    buttons = {button.text(): button for button in quick.findChildren(QPushButton, "messageOption")}
    assert set(buttons) == {"Choose files…", "Use the built-in handwriting"}
    qtbot.mouseClick(buttons["Use the built-in handwriting"], Qt.MouseButton.LeftButton)
    wait_for(qtbot, quick, TrainingState.IDLE)
    assert quick.session.recipe.drawings == ()
    write_drawings(path, [builtin_drawing(2, builtin_styles(2)[0])])
    for augmentation in (Augmentation.DRAWINGS, Augmentation.IMAGES):
        quick.controllers.training.set_recipe(replace(recipe, config=replace(config, augmentation=augmentation)))
        quick.controllers.training.train()
        wait_for(qtbot, quick, TrainingState.IDLE)
    assert [len(drawings) for drawings in given] == [0, 1, 0]
