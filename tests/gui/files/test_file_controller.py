"""Opening and saving through the window, with valid, invalid and hostile files."""

import gzip
import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.files.drawings_file import read_drawings
from digitlab.gui.actions import shipped_action
from digitlab.gui.session.values import TrainingState
from digitlab.model.files.network_file import read_model
from digitlab.runs.run import Run, Series
from digitlab.runs.run_file import has_run, read_run, write_run
from digitlab.system import storage
from digitlab.system.assets import DEFAULT_MODEL, model_path, shipped_model_names
from digitlab.training.config import TrainingConfig
from digitlab.training.events import BatchEnded, EpochEnded, TrainingEnded, TrainingStarted
from digitlab.training.recipes import recipe_of
from tests.helpers.desks import settle
from tests.helpers.networks import random_snapshot, small_spec
from tests.helpers.trainings import events_of, started_training


def seven():
    return builtin_drawing(7, builtin_styles(7)[0])


def settled(qtbot, window):
    """Wait until all file jobs are done; reading a network takes two jobs."""
    settle(qtbot, window.controllers.files.desk, window.controllers.files.desk)


class GrowingSeries(Series):
    """A series to which another thread adds a number whenever it is read."""

    @property
    def values(self):
        self.append(1.0)
        return super().values


def message(window):
    return window.messages.text


def test_a_picture_file_is_put_on_the_canvas_and_classified(qtbot, window, tmp_path):
    path = tmp_path / "seven.png"
    Image.fromarray(255 - np.kron(render(seven()), np.ones((10, 10), np.uint8))).save(path)
    window.controllers.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.sketch.picture is not None)
    qtbot.waitUntil(lambda: window.session.view is not None and window.session.view.sketch is window.session.sketch)
    assert window.draw.verdict.digit_text == "7"
    window.actions_by_name["undo"].trigger()
    assert window.session.sketch.is_sample


def test_a_dropped_drawing_is_put_on_the_canvas(qtbot, window, tmp_path):
    path = tmp_path / "seven.jsonl"
    strokes = [[[x * 300, y * 300] for x, y in stroke.points[:, :2]] for stroke in seven().strokes]
    path.write_text(json.dumps({"label": 7, "strokes": strokes}) + "\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert window.controllers.files.open_mime(mime)
    qtbot.waitUntil(lambda: not window.session.sketch.is_sample)
    qtbot.waitUntil(lambda: window.session.view is not None and window.session.view.sketch is window.session.sketch)
    assert window.draw.verdict.digit_text == "7"
    np.testing.assert_array_equal(window.session.view.steps.image, render(seven()))


def test_a_pasted_picture_is_put_on_the_canvas(qtbot, window):
    pixels = np.ascontiguousarray(np.kron(render(seven()), np.ones((4, 4), np.uint8)))
    QGuiApplication.clipboard().setImage(QImage(pixels.data, 112, 112, 112, QImage.Format.Format_Grayscale8).copy())
    window.actions_by_name["paste"].trigger()
    qtbot.waitUntil(lambda: window.session.sketch.picture is not None)
    qtbot.waitUntil(lambda: window.session.view is not None and window.session.view.sketch is window.session.sketch)
    assert window.draw.verdict.digit_text == "7"


def test_pasting_text_reports_that_there_is_no_picture(qtbot, window):
    QGuiApplication.clipboard().setText("seven")
    window.actions_by_name["paste"].trigger()
    assert "no picture" in message(window)


def test_a_clipboard_without_any_data_is_reported(window, monkeypatch):
    empty = SimpleNamespace(mimeData=lambda: None)
    monkeypatch.setattr("digitlab.gui.files.dialogs.QGuiApplication", SimpleNamespace(clipboard=lambda: empty))
    window.actions_by_name["paste"].trigger()
    assert "no picture" in message(window)


def test_a_network_saved_during_its_training_can_be_read(qtbot, window, tmp_path):
    """The thread for files writes what the run was when Save was chosen, while the training goes on."""
    path, may_write = tmp_path / "growing.digitlab", threading.Event()
    training = started_training()
    events = list(events_of(training))
    run = Run(training)
    for event in events[1:40]:
        run.add(event)
    session, files = window.session, window.controllers.files
    session.run = run
    session.advance(run.snapshots[-1])
    step, snapshots = run.step, [snapshot.step for snapshot in run.snapshots]
    losses = run.losses
    files.desk.ask(lambda _: may_write.wait(20))
    files.save_network(path)
    # More batches arrive as the writing begins, and still more while it goes on.
    for event in events[40:]:
        run.add(event)
    run.losses = GrowingSeries(losses.values)
    may_write.set()
    settled(qtbot, window)
    assert "Saved as growing.digitlab" in message(window)
    saved = read_run(path)
    assert saved.step == step
    assert [snapshot.step for snapshot in saved.snapshots] == snapshots


def test_a_saved_network_opens_again_with_its_run(qtbot, window, tmp_path):
    path = tmp_path / "mine.digitlab"
    window.controllers.files.open_shipped("tutorial")
    settled(qtbot, window)
    window.controllers.files.save_network(path)
    settled(qtbot, window)
    assert "Saved as mine.digitlab" in message(window)
    np.testing.assert_array_equal(read_model(path).arrays[0], window.session.snapshot.arrays[0])
    before = window.session.snapshot
    window.controllers.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.snapshot is not before)
    assert window.session.run.step == 6000
    assert len(window.session.run.snapshots) == 60


def test_a_run_with_curves_only_opens_and_is_saved_again(qtbot, window, tmp_path):
    path, again = tmp_path / "curves.digitlab", tmp_path / "again.digitlab"
    run = Run(TrainingStarted(small_spec(), TrainingConfig(epochs=1), "Few digits", 200, 100, True))
    for step in (1, 2):
        run.add(BatchEnded(step, 2.0 / step, 0.25 * step, 0.1))
    run.add(EpochEnded(1, 2, 1.5, 0.4, 1.2, 0.5, 0.9))
    run.add(TrainingEnded(was_stopped=False))
    write_run(path, random_snapshot(small_spec()), run)
    window.controllers.files.open_path(path)
    settled(qtbot, window)
    assert window.session.run.losses.values.tolist() == [2.0, 1.0]
    assert window.session.run.snapshots == []
    assert window.session.recipe.spec.layers == small_spec().layers
    window.actions_by_name["showTrain"].trigger()
    window.panels.train.panel().ensure_plots()
    plot = window.panels.train.panel().findChild(QWidget, "lossPlot")
    qtbot.waitUntil(lambda: plot.accessibleDescription().endswith("training 1.5000, validation 1.2000."))
    window.controllers.files.save_network(again)
    settled(qtbot, window)
    saved = read_run(again)
    assert saved.epochs == run.epochs
    assert saved.losses.values.tolist() == [2.0, 1.0]


def test_start_up_shows_the_run_and_keeps_the_recipe(qtbot, window):
    recipe = window.session.recipe
    window.controllers.files.begin()
    settled(qtbot, window)
    assert window.session.snapshot.spec.layers == read_model(model_path(DEFAULT_MODEL)).spec.layers
    assert window.session.recipe == recipe
    assert recipe_of(recipe.spec, recipe.config) == "tutorial"


@pytest.mark.parametrize("name", shipped_model_names())
def test_each_shipped_network_opens_from_the_menu(qtbot, window, name):
    window.actions_by_name[shipped_action(name)].trigger()
    settled(qtbot, window)
    expected = read_model(model_path(name))
    np.testing.assert_array_equal(window.session.snapshot.arrays[0], expected.arrays[0])
    assert window.session.recipe.spec.layers == expected.spec.layers


def test_a_saved_drawing_reads_back_the_same(qtbot, window, tmp_path):
    path = tmp_path / "seven.jsonl"
    window.editor.replace(Sketch(seven()), "test")
    window.controllers.files.save_drawing(path)
    settled(qtbot, window)
    (drawing,) = read_drawings(path)
    np.testing.assert_array_equal(render(drawing), render(seven()))


def bad_npz(path):
    path.write_bytes(b"PK\x03\x04 not really")


def misshapen_npz(path):
    np.savez(path, x_train=np.zeros((3, 5, 5), np.uint8), y_train=np.zeros(3, np.uint8), x_test=1, y_test=2)


def text_as_png(path):
    path.write_text("not a picture")


def huge_png(path):
    import struct
    import zlib

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"\0" * 64
    )


def empty_file(path):
    path.write_bytes(b"")


def truncated_gz(path):
    whole = gzip.compress(json.dumps({"label": 1, "strokes": [[[0, 0], [1, 1]]]}).encode() * 50)
    path.write_bytes(whole[: len(whole) // 2])


def half_model(path):
    content = model_path("tutorial").read_bytes()
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("digits.npz", bad_npz),
        ("digits.npz", misshapen_npz),
        ("digit.png", text_as_png),
        ("digit.png", huge_png),
        ("digit.png", empty_file),
        ("digits.jsonl", empty_file),
        ("digits.jsonl.gz", truncated_gz),
        ("model.digitlab", half_model),
        ("model.digitlab", empty_file),
    ],
)
def test_a_bad_file_is_reported_and_nothing_is_lost(qtbot, window, tmp_path, name, write):
    path = tmp_path / name
    write(path)
    snapshot, sketch, recipe = window.session.snapshot, window.session.sketch, window.session.recipe
    window.controllers.files.open_path(path)
    settled(qtbot, window)
    assert name in message(window)
    assert "inside DigitLab" not in message(window)
    assert (window.session.snapshot, window.session.sketch, window.session.recipe) == (snapshot, sketch, recipe)


@pytest.mark.parametrize("opened", ["network", "drawing"])
def test_the_error_of_a_file_is_withdrawn_when_another_is_opened(qtbot, window, tmp_path, opened):
    (tmp_path / "bad.digitlab").write_bytes(b"nothing")
    window.controllers.files.open_path(tmp_path / "bad.digitlab")
    settled(qtbot, window)
    assert "bad.digitlab" in message(window)
    if opened == "network":
        window.session.open_network(replace(window.session.snapshot), None)
    else:
        path = tmp_path / "seven.png"
        Image.fromarray(255 - render(seven())).save(path)
        window.controllers.files.open_path(path)
        settled(qtbot, window)
    assert message(window) == ""


def test_the_error_of_a_file_stays_while_a_training_advances(qtbot, window, tmp_path):
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    window.session.training_state = TrainingState.RUNNING
    window.controllers.files.open_path(tmp_path / "bad.npz")
    settled(qtbot, window)
    assert "bad.npz" in message(window)
    window.session.advance(replace(window.session.snapshot))
    assert "bad.npz" in message(window)
    window.session.training_state = TrainingState.IDLE
    # The last snapshot of a training may follow its end.
    window.session.advance(replace(window.session.snapshot))
    assert "bad.npz" in message(window)


def test_a_missing_file_is_reported(qtbot, window, tmp_path):
    window.controllers.files.open_path(tmp_path / "nothing.digitlab")
    settled(qtbot, window)
    assert "nothing.digitlab" in message(window)


def test_a_full_disk_on_save_is_reported_and_keeps_the_old_file(qtbot, window, tmp_path, monkeypatch):
    path = tmp_path / "mine.digitlab"
    path.write_bytes(b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    window.controllers.files.save_network(path)
    settled(qtbot, window)
    assert "No space left on device" in message(window)
    # A new snapshot of a running training does not close the message.
    window.session.advance(replace(window.session.snapshot))
    assert "No space left on device" in message(window)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    # Once it is saved, the message is out of date.
    monkeypatch.undo()
    window.controllers.files.save_network(path)
    qtbot.waitUntil(lambda: "Saved as mine.digitlab" in message(window))
    window.messages.dismiss()
    assert message(window) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_read_only_settings_folder_does_not_prevent_closing(qtbot, window, monkeypatch):
    monkeypatch.setenv("DIGITLAB_CONFIG", "/proc/nowhere")
    window.close()
    assert not window.isVisible()


def test_test_digits_walk_through_the_test_set(qtbot, window, monkeypatch):
    from digitlab.data.dataset import Dataset, DigitSet
    from digitlab.gui.files import controller as files

    images = np.zeros((3, 28, 28), np.uint8)
    images[:, 10, 10] = [50, 100, 150]
    digits = DigitSet(images, np.array([1, 2, 3], np.uint8))
    monkeypatch.setattr(files, "load_dataset", lambda *_, **__: Dataset("three", digits, digits))
    seen = []
    for step in (1, 1, 1, 1, -1):
        before = window.session.sketch
        window.controllers.files.show_test_digit(step)
        qtbot.waitUntil(lambda before=before: window.session.sketch is not before)
        seen.append(window.session.sketch.label)
    assert seen == [1, 2, 3, 1, 3]


def test_opening_a_file_while_training_keeps_the_network(qtbot, window, tmp_path):
    path = tmp_path / "mine.digitlab"
    path.write_bytes(Path(model_path("tutorial")).read_bytes())
    before = window.session.snapshot
    window.session.training_state = TrainingState.RUNNING
    window.controllers.files.open_path(path)
    settled(qtbot, window)
    assert window.session.snapshot is before
    assert "Training is in progress" in message(window)
    window.session.training_state = TrainingState.IDLE


def test_a_test_digit_is_shown_with_the_name_of_its_dataset(qtbot, window):
    window.actions_by_name["testDigit"].trigger()
    qtbot.waitUntil(lambda: window.session.sketch.picture is not None, timeout=20_000)
    assert window.statusBar().currentMessage().startswith("Built-in digits: test image ")
    assert window.session.activity == ""


def test_the_progress_of_training_shows_no_news_of_others(qtbot, window):
    panel = window.panels.train.panel()
    window.session.training_state = TrainingState.PREPARING
    window.actions_by_name["testDigit"].trigger()
    qtbot.waitUntil(lambda: window.session.sketch.picture is not None)
    assert panel.findChild(QLabel, "progressHeadline").text() == "Preparing training…"
    window.session.training_state = TrainingState.IDLE


def test_a_network_saved_at_an_earlier_snapshot_opens_at_it_with_the_whole_run(qtbot, window, tmp_path):
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.run is not None)
    window.controllers.replay.show_index(20)
    early = window.session.snapshot
    path = tmp_path / "early.digitlab"
    window.controllers.files.save_network(path)
    qtbot.waitUntil(path.exists)
    before = window.session.run
    window.controllers.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.run is not before)
    session = window.session
    assert (session.snapshot.step, session.newest.step) == (early.step, 6000)
    assert not session.replay.is_following
    assert session.has_snapshot(session.snapshot)
    assert len(session.run.snapshots) == 60


def test_a_pinned_snapshot_of_another_run_is_saved_without_this_run(qtbot, window, tmp_path):
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.run is not None)
    window.controllers.replay.show_index(20)
    window.controllers.replay.pin_or_unpin()
    window.controllers.files.open_shipped("fast")
    qtbot.waitUntil(lambda: window.session.newest.step != 6000)
    window.controllers.replay.swap()
    path = tmp_path / "other.digitlab"
    window.controllers.files.save_network(path)
    qtbot.waitUntil(path.exists)
    assert not has_run(path)


def test_saving_writes_while_the_thread_for_files_is_stuck_and_closing_does_not_wait(
    qtbot, window, tmp_path, monkeypatch
):
    """A drive that does not respond blocks the thread inside the system, where nothing can wake it."""
    may_end = threading.Event()
    monkeypatch.setattr("digitlab.gui.files.jobs.load_drawings", lambda *_: may_end.wait())
    monkeypatch.setattr(window.controllers.files.desk.worker._thread, "deadline_s", 0.0)
    window.controllers.files.open_path(tmp_path / "gone.jsonl")
    window.editor.replace(Sketch(seven()), "test")
    window.controllers.files.save_drawing(tmp_path / "seven.jsonl")
    qtbot.waitUntil((tmp_path / "seven.jsonl").exists)
    qtbot.waitUntil(lambda: "Saved as seven.jsonl" in message(window))
    window.controllers.files.desk.ask(lambda _: may_end.wait())
    window.controllers.files.save_drawing(tmp_path / "late.jsonl")
    assert not window.controllers.files.close(0.1)
    may_end.set()
    window.controllers.files.desk.worker._thread.join(20)
    assert (tmp_path / "late.jsonl").exists()


def test_what_could_not_be_saved_is_saved_elsewhere_even_if_another_network_is_open_by_then(
    qtbot, window, tmp_path, monkeypatch
):
    saved = window.session.snapshot
    (tmp_path / "file").touch()
    window.controllers.files.save_network(tmp_path / "file" / "mine.digitlab")
    settled(qtbot, window)
    assert "could not be written" in message(window)
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.snapshot is not saved)
    proposed = []

    def choose(parent, title, path, kinds):
        proposed.append(Path(path).name)
        return str(tmp_path / "elsewhere.digitlab"), ""

    monkeypatch.setattr("digitlab.gui.files.dialogs.QFileDialog.getSaveFileName", choose)
    buttons = {one.text(): one for one in window.findChildren(QPushButton, "messageOption")}
    assert list(buttons) == ["Try again", "Save it elsewhere…"]
    buttons["Save it elsewhere…"].click()
    settled(qtbot, window)
    assert proposed == ["mine.digitlab"]
    np.testing.assert_array_equal(read_model(tmp_path / "elsewhere.digitlab").arrays[0], saved.arrays[0])
    assert "Saved as elsewhere.digitlab" in message(window)


def test_only_the_thread_for_files_asks_what_is_at_a_path(qtbot, window, tmp_path, monkeypatch):
    """The drive may not respond."""
    asked = []

    def is_folder(path):
        asked.append(threading.current_thread() is threading.main_thread())
        return path.is_dir()

    monkeypatch.setattr("digitlab.gui.files.controller.is_folder", is_folder)
    files = window.controllers.files
    files.open_path(tmp_path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("one", "two")])
    files.open_mime(mime)
    qtbot.waitUntil(lambda: len(asked) == 3)
    settle(qtbot, files.desk)
    assert asked == [False] * 3
