"""What was open last time is open again after a start, as far as it is there; what is not is told."""

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.files.drawings_file import write_drawings
from digitlab.data.sources import DataSource
from digitlab.gui.app.application import make_window, start_up
from digitlab.gui.files import restart
from digitlab.gui.session.values import TrainingState
from digitlab.gui.train.controller import TrainingController
from digitlab.model.files.network_file import read_model, write_model
from digitlab.system.assets import DEFAULT_MODEL, model_path
from digitlab.system.settings import Settings, load_settings, save_settings
from tests.helpers.desks import settle
from tests.helpers.networks import random_snapshot, small_dataset, small_spec, write_npz
from tests.helpers.trainings import kept


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DIGITLAB_CONFIG", str(tmp_path / "config"))


@pytest.fixture
def begin(qtbot, monkeypatch):
    """Return a function that starts the window with the saved settings, and waits until all is open."""
    loaded, windows = [], []
    monkeypatch.setattr(TrainingController, "load_tensorflow", lambda controller: loaded.append(controller))

    def do(file=None):
        window = make_window(QApplication.instance(), load_settings())
        windows.append(window)
        qtbot.addWidget(window)
        window.show()
        before = len(loaded)
        start_up(window, file)
        qtbot.waitUntil(lambda: len(loaded) > before)
        settle(qtbot, window.controllers.runs.desk, window.controllers.files.desk)
        return window

    yield do
    for window in windows:
        window.close()


@pytest.fixture
def paths(tmp_path):
    """Files of the user: a dataset, drawings and a network."""
    data, drawings, network = (tmp_path / name for name in ("digits.npz", "mine.jsonl", "mine.digitlab"))
    write_npz(data, small_dataset())
    write_drawings(drawings, [builtin_drawing(3, builtin_styles(3)[0])])
    write_model(network, random_snapshot(small_spec()))
    return data, drawings, network


def use(qtbot, window, data, drawings, network):
    """Open all of them, as a person does."""
    window.controllers.files.open_path(network)
    window.controllers.files.open_path(data)
    window.controllers.files.learn_from([drawings])
    settle(qtbot, window.controllers.files.desk)
    window.controllers.evaluation.choose_source(str(drawings))


def test_files_are_open_again_after_a_restart(qtbot, begin, paths):
    data, drawings, _ = paths
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    second = begin()
    assert second.session.snapshot.spec == small_spec()
    assert second.session.network_name == "mine"
    assert second.session.recipe.source == str(data)
    assert second.session.recipe.drawings == (str(drawings),)
    assert second.session.evaluation.source == str(drawings)
    assert not second.messages.text
    second.close()
    assert begin().session.recipe.source == str(data)


@pytest.mark.parametrize("lost", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_files_that_are_gone_are_told_and_ignored(qtbot, begin, paths, lost):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    for place in lost:
        paths[place].unlink()
    second = begin()
    session = second.session
    assert (session.recipe.source == str(paths[0])) == (0 not in lost)
    assert (session.recipe.drawings == (str(paths[1]),)) == (1 not in lost)
    assert (session.evaluation.source == str(paths[1])) == (1 not in lost)
    assert (session.snapshot.spec == small_spec()) == (2 not in lost)
    assert "No longer there" in second.messages.text
    for place, path in enumerate(paths):
        assert (path.name in second.messages.text) == (place in lost)
    second.close()
    third = begin()
    assert not third.messages.text  # it is told once


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
def test_a_pipe_in_the_place_of_each_file_neither_blocks_nor_opens(qtbot, begin, paths):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    for path in paths:
        path.unlink()
        os.mkfifo(path)
    second = begin()
    assert second.session.recipe.source == "builtin"
    assert second.session.recipe.drawings == ()
    assert second.session.snapshot.spec == read_model(model_path(DEFAULT_MODEL)).spec
    assert "No longer there: digits.npz, mine.jsonl and mine.digitlab." in second.messages.text


def test_a_network_that_became_unreadable_is_told_and_the_default_one_is_opened(qtbot, begin, paths):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    paths[2].write_bytes(b"nothing")
    second = begin()
    assert "mine.digitlab" in second.messages.text
    assert second.session.run is not None
    assert second.session.snapshot.spec == read_model(model_path(DEFAULT_MODEL)).spec
    assert second.session.recipe.source == str(paths[0])


@pytest.mark.parametrize("bad", ["\0", "\0.digitlab-run", "x" * 5000, "~nobody/none", "relative.npz", "/dev/zero"])
def test_settings_with_impossible_paths_do_not_stop_the_start(begin, bad):
    save_settings(replace(Settings(), data_source=bad, drawings=(bad,), held_out=bad, network=bad, plotted_runs=(bad,)))
    window = begin()
    assert window.session.recipe.source == "builtin"
    assert window.session.run is not None
    assert "No longer there" in window.messages.text


def test_a_shipped_network_is_open_again(qtbot, begin):
    first = begin()
    first.controllers.files.open_shipped("tutorial")
    settle(qtbot, first.controllers.files.desk)
    first.close()
    assert load_settings().network == "tutorial"
    assert begin().session.network_name == "Tutorial"


def test_a_kept_run_is_open_and_ticks_are_set_again(qtbot, begin):
    oldest, _, newest = (kept(day) for day in (3, 4, 5))
    first = begin()
    assert len(first.session.kept.plotted) == 2  # the newest ones, at the first start
    first.controllers.runs.open(oldest)
    first.controllers.runs.plot([oldest])
    settle(qtbot, first.controllers.runs.desk)
    first.close()
    second = begin()
    assert second.session.kept.open == oldest
    assert second.session.kept.plotted == (oldest,)
    qtbot.waitUntil(lambda: set(second.session.kept.curves) == {oldest})
    second.controllers.runs.plot([])
    second.close()
    third = begin()
    assert third.session.kept.plotted == ()
    third.controllers.runs.plot([newest, oldest])
    third.close()
    newest.unlink()
    fourth = begin()
    assert fourth.session.kept.plotted == (oldest,)


def test_an_open_run_that_is_gone_is_told_without_the_name_of_its_file(qtbot, begin):
    run = kept()
    first = begin()
    first.controllers.runs.open(run)
    settle(qtbot, first.controllers.runs.desk)
    first.close()
    run.unlink()
    second = begin()
    assert "No longer there: the run that was open." in second.messages.text
    assert second.session.snapshot.spec == read_model(model_path(DEFAULT_MODEL)).spec


def test_a_run_deleted_by_the_user_is_not_missed_at_the_next_start(qtbot, begin):
    run = kept()
    first = begin()
    first.controllers.runs.open(run)
    first.controllers.runs.delete([run])
    settle(qtbot, first.controllers.runs.desk)
    first.close()
    assert not begin().messages.text


def test_a_file_named_at_the_start_is_opened_instead_of_the_last_network(qtbot, begin, paths):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    second = begin(model_path("tutorial"))
    assert second.session.network_name == "Tutorial"
    assert second.session.evaluation.source == str(paths[1])


@pytest.mark.parametrize("name", ["seven.pgm", "mine.jsonl", "digits.npz"])
def test_a_file_without_a_network_named_at_the_start_is_opened_beside_the_last_network(qtbot, begin, paths, name):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    file = paths[0].with_name(name)
    if not file.exists():
        file.write_bytes(b"P5 8 8 255 " + bytes([255] * 24 + [0] * 16 + [255] * 24))
    second = begin(file)
    assert second.session.network_name == "mine"
    assert second.session.snapshot.spec == small_spec()
    if file != paths[0]:
        assert not second.session.sketch.is_empty
    second.close()
    assert begin().session.network_name == "mine"


def test_a_network_named_at_the_start_that_cannot_be_read_does_not_replace_that_of_last_time(qtbot, begin, paths):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    broken = paths[2].with_name("broken.digitlab")
    broken.write_bytes(b"nothing")
    second = begin(broken)
    assert second.session.network_name != "mine"
    second.close()
    assert begin().session.network_name == "mine"


@pytest.mark.parametrize("name", ["broken.digitlab", "broken.png"])
def test_the_error_of_a_file_named_at_the_start_stays_when_the_start_opens_a_network(qtbot, begin, paths, name):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    broken = paths[0].with_name(name)
    broken.write_bytes(b"nothing")
    second = begin(broken)
    second.controllers.restart.show_default_run()
    settle(qtbot, second.controllers.files.desk)
    assert (second.session.network_name == "mine") == (name == "broken.png")
    assert second.session.run is not None or name == "broken.png"
    assert name in second.messages.text
    second.session.open_network(replace(second.session.snapshot), None)
    assert not second.messages.text


def test_mnist_on_this_computer_is_the_dataset_of_the_first_start_and_found_in_a_thread(begin, monkeypatch):
    def find():
        assert threading.current_thread() is not threading.main_thread()  # its drive may not respond
        return Path("/somewhere/mnist.npz")

    monkeypatch.setattr(restart, "find_mnist", find)
    window = begin()
    assert window.session.recipe.source == DataSource.MNIST
    assert window.messages.text.startswith("New to neural networks?")  # the offer of the first start, and nothing else


def test_a_window_closed_before_it_looked_for_the_files_forgets_none(qtbot, begin, paths):
    first = begin()
    use(qtbot, first, *paths)
    first.close()
    before = load_settings()
    early = make_window(QApplication.instance(), before)
    qtbot.addWidget(early)
    early.show()
    early.close()
    after = load_settings()
    for name in ("data_source", "drawings", "held_out", "network", "plotted_runs"):
        assert getattr(after, name) == getattr(before, name)


def test_a_network_in_training_is_left_to_the_offer_to_resume_it(qtbot, begin, paths):
    window = begin()
    use(qtbot, window, *paths)
    window.session.training_state = TrainingState.RUNNING
    assert window.settings().network == ""
    window.session.training_state = TrainingState.IDLE
    assert window.settings().network == str(paths[2])
