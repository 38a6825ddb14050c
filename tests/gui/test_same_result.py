"""The same command given in different places of the window leads to the same state."""

from dataclasses import replace
from shutil import copyfile

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from digitlab.data.builtin import BUILTIN_NAME
from digitlab.gui.session.values import TrainingState
from digitlab.runs.changes import RunChanges, RunProgress
from digitlab.runs.library import runs_folder
from digitlab.runs.run import NamedRun
from digitlab.runs.writer import RunWriter
from digitlab.training.config import TrainingConfig
from tests.helpers.fields import type_into
from tests.helpers.networks import small_spec
from tests.helpers.trainings import NOW, run_of, snapshot_and_state, started_training

STARTED = replace(started_training(), dataset_name=BUILTIN_NAME)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))


@pytest.fixture
def listed(qtbot, window):
    """The window after its start, with a run that was interrupted, a pinned snapshot and a comparison."""
    path = runs_folder() / "small.digitlab-run"
    path.parent.mkdir(parents=True)
    writer = RunWriter(path, "Small 7", STARTED, NOW)
    writer.write(RunChanges.of(run_of(STARTED, stop_after=25), RunProgress(), *snapshot_and_state(STARTED, 25)))
    writer.close()
    session = window.session
    session.recipe = replace(session.recipe, source="/somewhere/digits.npz", drawings=("/somewhere/mine.jsonl",))
    session.replay = replace(session.replay, pinned=session.snapshot, is_following=False)
    session.compared_run = NamedRun("Other", run_of(started_training()))
    window.controllers.runs.begin()
    qtbot.waitUntil(lambda: "interrupted" in window.messages.text)
    return window


def answer_dialog(window, path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), ""))
    window.actions_by_name["open"].trigger()


def drop(window, path, monkeypatch):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    no_modifier, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(500, 300), Qt.DropAction.CopyAction, mime, left, no_modifier))


def name_as_argument(window, path, monkeypatch):
    """Open a file as start-up does when it is given on the command line."""
    window.controllers.files.open_path(path)


def open_in_the_list(window, path, monkeypatch):
    window.panels.runs.panel().open_requested.emit(path)


def open_last(window, path, monkeypatch):
    window.actions_by_name["openLast"].trigger()


def accept_the_offer(window, path, monkeypatch):
    button = next(one for one in window.findChildren(QPushButton, "messageOption") if one.text() == "Open it")
    button.click()


KEPT = (answer_dialog, drop, name_as_argument, open_in_the_list, open_last, accept_the_offer)
OUTSIDE = (answer_dialog, drop, name_as_argument)


def state(window):
    """Return everything that opening a run sets."""
    session, recipe = window.session, window.session.recipe
    return {
        "kept run": (session.kept.open, session.kept.open_name),
        "recipe": (recipe.spec, recipe.config, recipe.source, recipe.drawings),
        "snapshot": (session.snapshot.step, session.snapshot is session.newest, session.snapshot.arrays[0].sum()),
        "run": (session.run.step, session.run.started, len(session.run.snapshots)),
        "pinned": (session.replay.pinned is not None, session.replay.is_following, session.replay.is_playing),
        "compared": session.compared_run is not None and session.compared_run.name,
        "training": session.training_state,
    }


def expected(kept, name):
    snapshot = snapshot_and_state(STARTED, 25)[0]
    return {
        "kept run": (kept, name),
        "recipe": (STARTED.spec, STARTED.config, "builtin", ("/somewhere/mine.jsonl",)),
        "snapshot": (25, True, snapshot.arrays[0].sum()),
        "run": (25, STARTED, 6),
        "pinned": (True, True, False),
        "compared": "Other",
        "training": TrainingState.IDLE,
    }


@pytest.mark.parametrize("way", KEPT)
def test_every_way_to_open_a_kept_run_has_the_same_result(qtbot, listed, monkeypatch, way):
    path = runs_folder() / "small.digitlab-run"
    way(listed, path, monkeypatch)
    qtbot.waitUntil(lambda: listed.session.run is not None)
    assert state(listed) == expected(path, "Small 7")


@pytest.mark.parametrize("way", OUTSIDE)
def test_a_run_from_outside_the_list_opens_the_same_way_but_is_not_listed(qtbot, listed, monkeypatch, tmp_path, way):
    path = tmp_path / "copy.digitlab-run"
    copyfile(runs_folder() / "small.digitlab-run", path)
    way(listed, path, monkeypatch)
    qtbot.waitUntil(lambda: listed.session.run is not None)
    assert state(listed) == expected(None, "")


@pytest.mark.parametrize("way", [way for way in KEPT if way is not open_last])  # its action is disabled
def test_no_run_is_opened_during_training(qtbot, listed, monkeypatch, way):
    session = listed.session
    before = session.snapshot, session.recipe, session.replay, session.compared_run
    session.training_state = TrainingState.RUNNING
    way(listed, runs_folder() / "small.digitlab-run", monkeypatch)
    qtbot.waitUntil(lambda: listed.messages.text.startswith("Training is in progress."))
    assert (session.snapshot, session.recipe, session.replay, session.compared_run) == before
    assert session.run is None
    assert session.kept.open is None
    session.training_state = TrainingState.IDLE


@pytest.mark.parametrize("way", [answer_dialog, drop, name_as_argument, open_in_the_list])
def test_a_damaged_run_is_reported_by_its_name_in_the_list(qtbot, listed, monkeypatch, way):
    path = runs_folder() / "small.digitlab-run"
    path.write_bytes(path.read_bytes()[:5000])
    way(listed, path, monkeypatch)
    qtbot.waitUntil(lambda: "“Small 7” is damaged" in listed.messages.text)
    assert listed.session.run is None


@pytest.fixture
def trained(window, monkeypatch):
    """The recipes that training was requested for; no training starts."""
    recipes = []

    def train(jobs, recipe, *_):
        recipes.append(recipe)

    monkeypatch.setattr("digitlab.gui.train.jobs.TrainingJobs.train", train)
    recipe = replace(window.session.recipe, spec=small_spec(), config=TrainingConfig(epochs=2))
    window.controllers.training.set_recipe(recipe)
    return recipes


def press_train(window):
    window.panels.train.panel().train_requested.emit()


def press_key(window):
    window.actions_by_name["train"].trigger()


def press_train_now(window):
    window.panels.runs.panel().train_requested.emit()


def retry(window):
    """Press "Try again" in the message of a failed run."""
    window.controllers.training.train_requested.emit()


TRAIN = (press_train, press_key, press_train_now, retry)


@pytest.mark.parametrize("way", TRAIN)
def test_the_recipe_is_trained_with_the_last_edit_in_network(qtbot, window, trained, way):
    window.panels.setCurrentWidget(window.panels.network)
    panel = window.panels.network.panel()
    field = next(one for one in panel.findChildren(QLineEdit) if one.objectName().endswith(".filters"))
    before = window.session.recipe.spec
    type_into(qtbot, field, "3")
    assert window.session.recipe.spec == before
    way(window)
    assert window.session.training_state is TrainingState.PREPARING
    qtbot.waitUntil(lambda: bool(trained))
    assert trained[0] == window.session.recipe
    assert trained[0].spec.layers[0].filters == 3


@pytest.mark.parametrize("way", TRAIN)
def test_an_invalid_field_is_shown_instead_of_training(qtbot, window, trained, way):
    field = window.panels.train.panel().findChild(QLineEdit, "learningRateField")
    field.setText("fast")
    field.textEdited.emit("fast")
    problem = window.panels.train.panel().problem
    assert problem
    window.panels.setCurrentWidget(window.panels.evaluate)
    way(window)
    assert window.panels.currentWidget() is window.panels.train
    assert problem in window.messages.text
    assert window.session.training_state is TrainingState.IDLE
    assert not trained


@pytest.mark.parametrize("way", TRAIN)
@pytest.mark.parametrize(("before", "called"), [(TrainingState.RUNNING, "pause"), (TrainingState.PAUSED, "resume")])
def test_training_is_paused_and_resumed(window, trained, monkeypatch, way, before, called):
    calls = []
    monkeypatch.setattr(f"digitlab.training.control.TrainingControl.{called}", lambda control: calls.append(called))
    window.session.training_state = before
    way(window)
    assert calls == [called]
    assert not trained
    window.session.training_state = TrainingState.IDLE
