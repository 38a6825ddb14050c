"""What changes in the session when a network or a run is opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from digitlab.data.builtin import BUILTIN_NAME
from digitlab.data.files.mnist import MNIST_NAME
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session import opening as module
from digitlab.gui.session.opening import OpenedFile, Opening, read_network
from digitlab.gui.session.values import TrainingState
from digitlab.runs.run_file import write_run
from tests.helpers.networks import random_snapshot, small_spec
from tests.helpers.trainings import run_of, started_training

CHOSEN = "/somewhere/digits.npz"


@pytest.fixture
def messages(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return Messages(bar)


@pytest.fixture
def opening(session, messages):
    session.recipe = replace(session.recipe, source=CHOSEN, drawings=("/somewhere/mine.jsonl",))
    return Opening(session, messages)


def opened_run(dataset_name, path=None):
    run = run_of(replace(started_training(), dataset_name=dataset_name))
    return OpenedFile(run.snapshots[-1], run, "A run", path)


@pytest.mark.parametrize(
    ("dataset_name", "mnist", "source"),
    [
        (BUILTIN_NAME, None, "builtin"),
        (MNIST_NAME, Path("/mnist"), "mnist"),
        (MNIST_NAME, None, CHOSEN),  # nothing is selected that would have to be downloaded
        ("digits.npz", None, CHOSEN),
    ],
)
def test_opening_a_run_applies_its_recipe(opening, session, monkeypatch, tmp_path, dataset_name, mnist, source):
    run = opened_run(dataset_name).run
    write_run(tmp_path / "run.digitlab", run.snapshots[-1], run)
    monkeypatch.setattr(module, "find_mnist", lambda: mnist)
    opened = read_network(tmp_path / "run.digitlab")
    # The drive with the datasets may not respond: only the thread that reads looks for them.
    monkeypatch.setattr(module, "find_mnist", lambda: pytest.fail("searched in the GUI thread"))
    assert opening.open(opened)
    started = opened.run.started
    assert (session.recipe.spec, session.recipe.config) == (started.spec, started.config)
    assert (session.recipe.source, session.recipe.drawings) == (source, ("/somewhere/mine.jsonl",))
    assert session.run is opened.run
    assert session.snapshot is opened.snapshot


def test_a_network_without_a_run_changes_only_the_layers_of_the_recipe(opening, session):
    before = session.recipe
    snapshot = random_snapshot(small_spec())
    assert opening.open(OpenedFile(snapshot, None, "small"))
    assert session.recipe == replace(before, spec=snapshot.spec)
    assert session.run is None


def test_the_file_of_a_run_is_known_when_the_session_announces_it(opening, session):
    path = Path("/runs/1.digitlab-run")
    opened, announced = opened_run(BUILTIN_NAME, path), []
    session.run_changed.connect(lambda: announced.append(opening.path_of(session.run)))
    opening.open(opened)
    opening.open(opened_run(BUILTIN_NAME))
    assert announced == [path, None]
    assert opening.path_of(None) is None


@pytest.mark.parametrize("state", [state for state in TrainingState if state.is_busy])
def test_nothing_is_opened_during_training(opening, session, messages, state):
    session.training_state = state
    before = session.recipe, session.snapshot
    assert not opening.open(opened_run(BUILTIN_NAME))
    assert (session.recipe, session.snapshot, session.run) == (*before, None)
    assert messages.text == "Training is in progress. Stop it first, then open the other network."


def test_the_run_opened_at_start_up_changes_neither_the_recipe_nor_what_was_opened_meanwhile(opening, session):
    before, shown = session.recipe, session.snapshot
    opened = opened_run(BUILTIN_NAME)
    opening.add_run(opened, shown)
    assert (session.run, session.recipe) == (opened.run, before)
    opening.add_run(opened_run(BUILTIN_NAME), shown)
    assert session.run is opened.run
