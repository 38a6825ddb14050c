"""The names of what is on screen: of the run in the list, of the file, of the recipe, and after a swap."""

from dataclasses import replace
from pathlib import Path

import pytest

from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.session.names import file_title
from digitlab.gui.session.opening import OpenedFile, Opening, read_network
from digitlab.model.files.network_file import write_model
from digitlab.model.presets import TUTORIAL
from digitlab.system.assets import model_path, shipped_model_names
from digitlab.training.config import Optimizer, TrainingConfig
from digitlab.training.recipes import RECIPES
from tests.helpers.networks import random_snapshot, small_spec
from tests.helpers.trainings import run_of, started_training, summary_of


@pytest.fixture
def opening(qtbot, session):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return Opening(session, Messages(bar))


@pytest.mark.parametrize("name", shipped_model_names())
def test_a_shipped_network_has_the_name_of_the_recipe_it_was_trained_by(session, opening, name):
    opening.open(read_network(model_path(name)))
    assert session.network_name == RECIPES[name].title


def test_a_network_from_a_file_has_the_name_of_the_file(session, opening, tmp_path):
    path = tmp_path / "from my sister.digitlab"
    write_model(path, random_snapshot(small_spec()))
    opening.open(read_network(path))
    assert session.network_name == "from my sister"
    assert file_title(tmp_path / "fast.digitlab") == "fast"  # not the shipped one


def test_a_kept_run_has_its_name_in_the_list_even_after_it_was_renamed(session, opening):
    run, path = run_of(started_training()), Path("/runs/7.digitlab-run")
    opening.open(OpenedFile(run.snapshots[-1], run, "Small 7", path))
    session.kept.set_open(path)
    assert session.network_name == session.run_name == "Small 7"
    session.kept.set_runs((summary_of(run, path, "Before dropout"),))
    assert session.network_name == session.run_name == "Before dropout"
    session.snapshot = run.snapshots[0]
    assert session.network_name == "Before dropout"


def test_a_training_has_the_name_of_its_recipe_until_it_is_in_the_list(session, opening):
    opening.open(OpenedFile(random_snapshot(small_spec()), None, "from my sister"))
    fast = RECIPES["fast"]
    run = run_of(replace(started_training(), spec=fast.spec, config=replace(fast.config, seed=9)))
    session.begin_run(run)
    session.advance(run.snapshots[0])
    assert session.network_name == session.run_name == "Fast"


def test_a_run_with_settings_of_its_own_is_not_called_by_the_recipe_of_its_network(session):
    settings = TrainingConfig(epochs=3, optimizer=Optimizer.ADAM, learning_rate=0.002)
    session.begin_run(run_of(replace(started_training(), spec=TUTORIAL, config=settings), stop_after=1))
    assert session.run_name == "Custom"
    session.begin_run(run_of(started_training()))
    assert session.run_name == "Small"


def test_a_pinned_network_keeps_its_name_when_another_one_is_opened(session, opening):
    opening.open(OpenedFile(random_snapshot(small_spec()), None, "from my sister"))
    sisters = session.snapshot
    session.replay = replace(session.replay, pinned=sisters)
    run = run_of(started_training())
    opening.open(OpenedFile(run.snapshots[-1], run, "Small 7"))
    session.replay, session.snapshot = replace(session.replay, pinned=session.snapshot), sisters
    assert session.network_name == "from my sister"
    assert session.name_of(run.snapshots[-1]) == "Small 7"


def test_an_evaluated_network_keeps_its_name_when_another_training_starts(session, opening):
    opening.open(OpenedFile(random_snapshot(small_spec()), None, "from my sister"))
    evaluated, run = session.snapshot, run_of(started_training())
    session.begin_run(run)
    session.advance(run.snapshots[-1])
    assert session.name_of(evaluated) == "from my sister"
