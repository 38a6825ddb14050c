"""The list of runs through the window, with real files, the real worker and clicks on messages."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from digitlab.data.builtin import BUILTIN_NAME
from digitlab.data.sources import DataSource
from digitlab.gui.runs.model import RUN_ROLE
from digitlab.gui.runs.table import RunTableView
from digitlab.gui.session.values import TrainingState
from digitlab.model.files.network_file import read_model
from digitlab.runs.changes import RunChanges, RunProgress
from digitlab.runs.kept import RunEnding
from digitlab.runs.library import delete, list_runs, rename, runs_folder
from digitlab.runs.recorder import RecordingFailed
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run
from digitlab.runs.writer import RunWriter, lock_of
from digitlab.system.errors import DigitLabError
from digitlab.training.events import TrainingEnded
from tests.helpers.desks import settle
from tests.helpers.trainings import NOW, events_of, kept, run_of, snapshot_and_state, started_training


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))


@pytest.fixture
def runs(window):
    return window.controllers.runs


def started(qtbot, window):
    """Read the list, as start-up does."""
    window.controllers.runs.begin()
    qtbot.waitUntil(lambda: window.session.kept.is_listed)
    return window.session.kept


def settled(qtbot, window):
    """Wait until the thread has finished all its jobs."""
    settle(qtbot, window.controllers.runs.desk)


def press(qtbot, window, label):
    """Press a button of the message."""
    button = next(one for one in window.findChildren(QPushButton, "messageOption") if one.text() == label)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def interrupted(started):
    """Leave a run of 25 batches behind, as a killed process does."""
    path = runs_folder() / "cut.digitlab-run"
    path.parent.mkdir(parents=True, exist_ok=True)
    run = run_of(started, stop_after=25)
    writer = RunWriter(path, "Small 7", started, NOW)
    writer.write(RunChanges.of(run, RunProgress(), *snapshot_and_state(started, 25)))
    writer.close()
    return path


def test_an_interrupted_run_is_offered_and_opened(qtbot, window):
    path = interrupted(started_training())
    store = started(qtbot, window)
    assert "“Small 7” was interrupted at epoch 1.2" in window.messages.text
    press(qtbot, window, "Open it")
    qtbot.waitUntil(lambda: store.open == path)
    assert window.session.run.step == 25
    np.testing.assert_array_equal(
        window.session.snapshot.arrays[0], snapshot_and_state(started_training(), 25)[0].arrays[0]
    )
    assert window.session.recipe.config == started_training().config
    assert store.open_name == "Small 7"
    assert not window.messages.text


@pytest.mark.parametrize("settle", ["open", "delete"])
def test_the_offer_of_an_interrupted_run_goes_when_the_run_is_opened_or_deleted_elsewhere(qtbot, window, settle):
    path = interrupted(started_training())
    started(qtbot, window)
    assert "interrupted" in window.messages.text
    runs = window.controllers.runs
    if settle == "open":
        runs.open(path)
    else:
        runs.delete([path])
        qtbot.waitUntil(lambda: "Deleted" in window.messages.text)
        window.messages.dismiss()
    qtbot.waitUntil(lambda: "interrupted" not in window.messages.text)


def test_an_interrupted_run_is_resumed_up_to_its_last_epoch_with_its_own_data(qtbot, window, runs):
    interrupted(replace(started_training(), dataset_name=BUILTIN_NAME))
    started(qtbot, window)
    runs.continue_requested.disconnect()
    with qtbot.waitSignal(runs.continue_requested):
        press(qtbot, window, "Resume training")
    # 25 of 60 batches are done; one epoch is 20, so the last 1.75 epochs become two.
    assert window.session.recipe.config.epochs == 2
    assert window.session.recipe.source == DataSource.BUILTIN
    state = window.session.run.history.optimizer_state(window.session.snapshot)
    assert state.iterations == 25


def test_a_run_trained_on_a_file_is_opened_but_not_resumed_without_the_file(qtbot, window, runs):
    path = interrupted(started_training())
    store = started(qtbot, window)
    with qtbot.assertNotEmitted(runs.continue_requested):
        press(qtbot, window, "Resume training")
        qtbot.waitUntil(lambda: store.open == path)
    assert "noise, one of your files" in window.messages.text


def test_a_completed_run_is_opened_but_trains_no_further_epoch_unasked(qtbot, window, runs):
    path = kept()
    store = started(qtbot, window)
    with qtbot.assertNotEmitted(runs.continue_requested):
        runs.continue_training(path)
        qtbot.waitUntil(lambda: store.open == path)
    assert "has completed its 1 epoch." in window.messages.text
    assert window.session.recipe.config.epochs == 1


def test_not_now_closes_the_offer_and_the_run_stays_in_the_list(qtbot, window):
    interrupted(started_training())
    store = started(qtbot, window)
    press(qtbot, window, "Not now")
    assert not window.messages.text
    assert [run.ending for run in store.runs] == [RunEnding.CUT_OFF]


def test_the_newest_runs_are_opened_from_the_menu(qtbot, window):
    older, newer = kept(3), kept(4)
    started(qtbot, window)
    for action, path in (("openLast", newer), ("openEarlier", older)):
        window.actions_by_name[action].trigger()
        qtbot.waitUntil(lambda path=path: window.session.kept.open == path)
    older.unlink()
    window.actions_by_name["openEarlier"].trigger()
    qtbot.waitUntil(lambda: "There is no such run" in window.messages.text)


def test_no_run_is_opened_during_training(qtbot, window, runs):
    path = kept()
    before = window.session.snapshot
    window.session.training_state = TrainingState.RUNNING
    runs.open(path)
    qtbot.waitUntil(lambda: "Training is in progress." in window.messages.text)
    assert window.session.snapshot is before
    window.session.training_state = TrainingState.IDLE


def test_a_deleted_run_is_restored_by_the_message_and_by_undo(qtbot, window, runs):
    paths = [kept(3), kept(4)]
    store = started(qtbot, window)
    runs.delete(paths)
    qtbot.waitUntil(lambda: not store.runs)
    assert "Deleted: 2 runs." in window.messages.text
    press(qtbot, window, "Undo")
    qtbot.waitUntil(lambda: len(store.runs) == 2)
    runs.delete(paths[:1])
    qtbot.waitUntil(lambda: len(store.runs) == 1)
    assert "“Small 1”" in window.messages.text
    runs.undo_delete()
    qtbot.waitUntil(lambda: len(store.runs) == 2)


@pytest.mark.parametrize("way", ["message", "key"])
def test_a_run_restored_after_its_deletion_is_ticked_and_plotted_as_before(qtbot, window, runs, way):
    oldest, older, newest = (kept(day) for day in (3, 4, 5))
    store = started(qtbot, window)
    runs.plot([newest, older])
    qtbot.waitUntil(lambda: set(store.curves) == {newest, older})
    runs.delete([newest, oldest])
    qtbot.waitUntil(lambda: len(store.runs) == 1)
    assert store.plotted == (older,)
    runs.plot([])  # what is done meanwhile concerns the others
    press(qtbot, window, "Undo") if way == "message" else runs.undo_delete()
    qtbot.waitUntil(lambda: len(store.runs) == 3)
    assert store.plotted == (newest,)
    qtbot.waitUntil(lambda: set(store.curves) == {newest})
    runs.plot([])
    assert store.plotted == ()


@pytest.mark.parametrize("way", ["message", "key"])
def test_restored_runs_are_selected_so_that_the_next_key_is_for_them(qtbot, window, runs, way):
    oldest, older, _ = (kept(day) for day in (3, 4, 5))
    store = started(qtbot, window)
    window.panels.show_tab("showRuns")
    qtbot.waitUntil(lambda: window.panels.currentWidget().built is not None)
    table = window.findChild(RunTableView, "runTable")
    for deleted in ([older], [oldest, older]):
        table.choose(deleted)
        table.setFocus()
        qtbot.keyClick(table, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda deleted=deleted: len(store.runs) == 3 - len(deleted))
        assert {run.path for run in table.chosen}.isdisjoint(deleted)
        if way == "message":
            press(qtbot, window, "Undo")
        else:
            qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: len(store.runs) == 3)
        assert {run.path for run in table.chosen} == set(deleted)
        assert table.currentIndex().data(RUN_ROLE).path == older


def test_runs_deleted_in_an_earlier_session_are_restored_the_last_deletion_first(qtbot, window, runs):
    oldest, older, newest = (kept(day) for day in (3, 4, 5))
    delete(newest, time.time() - 60)
    delete(oldest, time.time() - 30)
    store = started(qtbot, window)
    assert store.can_restore
    runs.undo_delete()
    qtbot.waitUntil(lambda: len(store.runs) == 2)
    assert {run.path for run in store.runs} == {older, oldest}
    assert "Restored: “Small 1”." in window.messages.text
    runs.undo_delete()
    qtbot.waitUntil(lambda: len(store.runs) == 3)
    assert not store.can_restore
    runs.undo_delete()
    qtbot.waitUntil(lambda: "nothing to restore" in window.messages.text)


@pytest.mark.parametrize("command", ["open", "continue_training", "rename", "delete", "export", "plot"])
def test_a_run_deleted_by_another_window_leaves_the_list_and_is_reported_by_name(qtbot, window, runs, command):
    path, other = kept(3), kept(4)
    rename(path, "Five")
    rename(other, "Six")
    store = started(qtbot, window)
    qtbot.waitUntil(lambda: len(store.curves) == 2)
    runs.plot([])
    delete(path, time.time())
    commands = {
        "open": lambda: runs.open(path),
        "continue_training": lambda: runs.continue_training(path),
        "rename": lambda: runs.rename(path, "Seven"),
        "delete": lambda: runs.delete([path]),
        "export": lambda: runs.export(path, path.with_name("mine.digitlab")),
        "plot": lambda: runs.plot([path]),
    }
    commands[command]()
    qtbot.waitUntil(lambda: [run.name for run in store.runs] == ["Six"])
    assert window.messages.text.startswith("“Five” no longer exists. It was deleted, perhaps in another window")
    assert "digitlab-run" not in window.messages.text


def test_runs_that_cannot_be_deleted_are_reported(qtbot, window, runs):
    paths = [kept(day) for day in (3, 4, 5)]
    store = started(qtbot, window)
    delete(paths[0], time.time())
    lock = lock_of(paths[1])
    assert lock.acquire()
    runs.delete(paths)
    qtbot.waitUntil(lambda: [run.path for run in store.runs] == [paths[1]])
    assert window.messages.text.startswith(
        "“Small 2” is still running, perhaps in another window. Stop it before you delete it."
    )
    lock.release()
    press(qtbot, window, "Undo")
    qtbot.waitUntil(lambda: {run.path for run in store.runs} == set(paths[1:]))
    delete(paths[1], time.time())
    runs.delete(paths[1:])
    qtbot.waitUntil(lambda: not store.runs)
    assert window.messages.text.startswith("Deleted: “Small 3”. Already deleted: “Small 2”.")


def test_a_damaged_run_is_reported_by_name_with_a_remedy(qtbot, window, runs):
    path = kept()
    rename(path, "Five")
    started(qtbot, window)
    path.write_bytes(path.read_bytes()[:5000])
    runs.open(path)
    qtbot.waitUntil(lambda: "“Five” is damaged" in window.messages.text)
    assert path.name not in window.messages.text
    assert "backup copy" in window.messages.text


def test_the_list_is_read_again_when_it_is_shown(qtbot, window):
    paths = [kept(3), kept(4)]
    store = started(qtbot, window)
    delete(paths[0], time.time())
    window.actions_by_name["showRuns"].trigger()
    qtbot.waitUntil(lambda: [run.path for run in store.runs] == paths[1:])


def test_a_name_that_is_taken_gets_a_number(qtbot, window, runs):
    first = kept(3)
    kept(4)
    store = started(qtbot, window)
    notes = []
    window.messages.noted.connect(notes.append)
    runs.rename(first, " small  2")
    qtbot.waitUntil(lambda: sorted(run.name for run in store.runs) == ["Small 2", "small 3"])
    assert notes == ["“small 2” is taken: the run is called “small 3”"]
    runs.rename(first, "free")
    qtbot.waitUntil(lambda: sorted(run.name for run in store.runs) == ["Small 2", "free"])
    assert len(notes) == 1


def test_an_exported_run_can_be_opened(qtbot, window, runs, tmp_path):
    path = kept()
    target = tmp_path / "mine.digitlab"
    runs.export(path, target)
    qtbot.waitUntil(lambda: "Saved as mine.digitlab" in window.messages.text)
    assert read_run(target).step == 20
    assert read_model(target).step == 20


def test_damaged_runs_are_reported_and_kept(qtbot, window):
    kept().write_bytes(b"no run")
    store = started(qtbot, window)
    assert store.runs == ()
    assert "1 saved run could not be read" in window.messages.text
    assert "damaged" in window.messages.text


def test_a_damaged_run_is_reported_beside_an_interrupted_one(qtbot, window):
    interrupted(started_training())
    kept().write_bytes(b"no run")
    kept(3).write_bytes(b"no run")
    started(qtbot, window)
    assert "“Small 7” was interrupted" in window.messages.text
    assert "2 saved runs could not be read. The damaged files are in" in window.messages.text


def test_the_error_of_a_run_is_withdrawn_when_another_run_is_opened(qtbot, window, runs):
    path = kept()
    started(qtbot, window)
    bad = path.with_name("bad.digitlab-run")
    bad.write_bytes(b"no run")
    runs.open(bad)
    qtbot.waitUntil(lambda: "bad.digitlab-run" in window.messages.text)
    runs.open(path)
    qtbot.waitUntil(lambda: window.session.run is not None)
    assert window.messages.text == ""


def test_the_error_of_a_run_stays_while_a_training_advances(qtbot, window, runs):
    path = kept()
    started(qtbot, window)
    bad = path.with_name("bad.digitlab-run")
    bad.write_bytes(b"no run")
    runs.rename(bad, "good")
    qtbot.waitUntil(lambda: "bad.digitlab-run" in window.messages.text)
    window.session.advance(replace(window.session.snapshot))
    assert "bad.digitlab-run" in window.messages.text


def test_a_link_to_a_run_of_the_list_opens_that_run(qtbot, window, tmp_path):
    path = kept()
    store = started(qtbot, window)
    link = tmp_path / "link.digitlab-run"
    link.symlink_to(path)
    window.controllers.files.open_path(link)
    qtbot.waitUntil(lambda: store.open == path or bool(window.messages.text))
    assert store.open == path
    assert not window.messages.text


def test_the_newest_two_are_plotted_at_first_and_others_when_they_are_checked(qtbot, window, runs):
    paths = [kept(day) for day in (5, 4, 3)]
    store = started(qtbot, window)
    qtbot.waitUntil(lambda: set(store.curves) == set(paths[:2]))
    runs.plot(paths[1:])
    qtbot.waitUntil(lambda: set(store.curves) == set(paths[1:]))
    assert store.curves[paths[2]].step == 20
    assert not store.curves[paths[2]].snapshots


def test_a_kept_run_can_be_compared_with(qtbot, window):
    path = kept()
    window.controllers.files.compare_with(path, "Small 1")
    qtbot.waitUntil(lambda: window.session.compared_run is not None)
    assert window.session.compared_run.run.step == 20
    path.unlink()
    window.controllers.files.compare_with(path, "Small 1")
    qtbot.waitUntil(lambda: "The run “Small 1” no longer exists." in window.messages.text)


@pytest.mark.parametrize("is_recorded_first", [True, False])
def test_a_recording_and_its_run_on_screen_find_each_other(qtbot, window, runs, is_recorded_first):
    """They arrive from two threads, in either order."""
    training = started_training()
    events = list(events_of(training))[:30]
    run = Run(training)
    if not is_recorded_first:
        window.session.run = run
    for event in events:
        runs.recorder.publish(event)
    qtbot.waitUntil(lambda: len(list_runs()) == 1)
    settled(qtbot, window)
    if is_recorded_first:
        window.session.run = run
    path = list_runs()[0].path
    qtbot.waitUntil(lambda: window.session.kept.open == path)
    qtbot.waitUntil(lambda: path in window.session.kept.plotted)
    assert window.session.kept.open_name == "Small 1"


def test_a_training_that_was_not_recorded_does_not_take_the_file_of_the_next(qtbot, window, runs):
    """A training stopped before its first batch has no file; the file of the next may be there before its curves."""
    window.session.run = Run(started_training())
    training = started_training()
    for event in list(events_of(training))[:30]:
        runs.recorder.publish(event)
    qtbot.waitUntil(lambda: len(list_runs()) == 1)
    settled(qtbot, window)
    assert window.session.kept.open is None
    window.session.run = Run(training)
    assert window.session.kept.open == list_runs()[0].path


def test_a_file_that_comes_late_is_not_taken_for_that_of_the_next_training(qtbot, window, runs):
    """The file of a training can come as late as after its end: the disk was full."""
    first, second = started_training(), started_training()
    window.session.run = Run(first)
    window.session.run = Run(second)
    for event in list(events_of(first)):
        runs.recorder.publish(event)
    qtbot.waitUntil(lambda: len(list_runs()) == 1)
    settled(qtbot, window)
    assert window.session.kept.open is None


def test_a_full_disk_is_reported_with_an_option_to_save_elsewhere(qtbot, window, runs):
    error = DigitLabError("The training cannot be written down: disk full.")
    runs.save_requested.disconnect()
    runs.follow_recorder(RecordingFailed(error, is_over=False))
    assert "disk full" in window.messages.text
    with qtbot.waitSignal(runs.save_requested):
        press(qtbot, window, "Save it elsewhere…")
    runs.follow_recorder(RecordingFailed(error, is_over=True))
    qtbot.waitUntil(lambda: "could not be saved completely" in window.messages.text)


def test_a_run_that_could_not_be_saved_is_saved_by_try_again_and_its_message_goes(qtbot, window, runs, tmp_path):
    (tmp_path / "runs").touch()
    for event in events_of(started_training()):
        runs.recorder.publish(event)
    qtbot.waitUntil(lambda: "could not be saved completely" in window.messages.text)
    press(qtbot, window, "Try again")
    settled(qtbot, window)
    qtbot.waitUntil(lambda: "could not be saved completely" in window.messages.text)
    (tmp_path / "runs").unlink()
    press(qtbot, window, "Try again")
    qtbot.waitUntil(lambda: [run.ending for run in list_runs()] == [RunEnding.FINISHED])
    qtbot.waitUntil(lambda: not window.messages.text)


def test_a_run_that_is_not_on_screen_any_more_is_the_one_that_is_saved_elsewhere(qtbot, window, runs):
    run = run_of(started_training())
    runs.save_requested.disconnect()
    error = DigitLabError("The disk is full.")
    runs.follow_recorder(RecordingFailed(error, True, run, run.snapshots[-1]))
    with qtbot.waitSignal(runs.save_requested):
        press(qtbot, window, "Save it elsewhere…")
    assert window.session.run.started is run.started
    assert window.session.snapshot is run.snapshots[-1]
    assert window.session.run.step == 60


def test_a_training_that_was_running_at_the_end_is_offered_at_the_next_start(qtbot, window, runs):
    for event in list(events_of(started_training()))[:40]:
        runs.recorder.publish(event)
    runs.recorder.is_closing = True
    runs.recorder.publish(TrainingEnded(was_stopped=True))
    settled(qtbot, window)
    started(qtbot, window)
    qtbot.waitUntil(lambda: "was interrupted at epoch" in window.messages.text)
    assert "Everything up to that point is saved" in window.messages.text
    assert [one.text() for one in window.findChildren(QPushButton, "messageOption")] == [
        "Open it",
        "Resume training",
        "Not now",
    ]


def test_a_run_whose_end_could_not_be_written_can_be_opened_and_deleted_at_once(qtbot, window, runs):
    path = interrupted(started_training())
    lock = lock_of(path)
    assert lock.acquire()
    store = started(qtbot, window)
    assert [run.ending for run in store.runs] == [None]
    lock.release()
    runs.follow_recorder(RecordingFailed(DigitLabError("The disk is full."), is_over=True))
    qtbot.waitUntil(lambda: [run.ending for run in store.runs] == [RunEnding.CUT_OFF])
    runs.open(path)
    qtbot.waitUntil(lambda: store.open == path)
    runs.delete([path])
    qtbot.waitUntil(lambda: not store.runs)
