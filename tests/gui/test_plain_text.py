"""Names from files are plain text on one line, wherever the window shows them.

Qt takes a text with tags for rich text and opens the files that it names: a name with ``<img src="/dev/ptmx">`` would
stop the window for good.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QMenu

from digitlab.data.dataset import DigitSet
from digitlab.data.held_out import HeldOutSet
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.gui.charts.epoch_plot import EpochPlot
from digitlab.gui.session.values import EvaluationResult
from digitlab.model.files.network_file import write_model
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.runs.kept import RunEnding, RunSummary
from digitlab.runs.run import NamedRun, Run
from digitlab.system.errors import DigitLabError
from digitlab.training.events import OptimizerStart, Origin
from digitlab.words.names import visible
from tests.helpers.desks import settle
from tests.helpers.networks import random_snapshot, small_spec
from tests.helpers.runs import advance, make_started
from tests.helpers.window_texts import Kind, all_texts

FILE_NAME = '<img src="ptmx"><a href="x">b&amp; &Z\n\x1b[31m\u202eevil'
NAME = f'<img src="/dev/ptmx">{FILE_NAME}</a>' + 10_000 * "x"


def assert_plain(must_show: int) -> None:
    """Assert that no text on screen carries a name's markup or control characters, and how many show it at least."""
    shown = [text for text in all_texts() if "img src" in text.text]
    for where, kind, text in shown:
        assert visible(text) == text, where
        assert len(text) < 2_000, where
        if kind is Kind.RICH:
            assert "<img" not in text, where
            assert "<a" not in text, where
        else:
            assert "&lt;" not in text, where
    assert len(shown) >= must_show, [text.where for text in shown]


def build_all(window):
    for tab in window.panels.by_name.values():
        window.panels.setCurrentWidget(tab)
        tab.panel()
    window.panels.runs.panel().ensure_plots()
    window.panels.train.panel().ensure_plots()


@pytest.fixture
def hostile(qtbot, window):
    """A window whose network, run, compared run, kept runs and data have hostile names."""
    build_all(window)
    session = window.session
    origin = Origin(NAME, 600, 1.0, OptimizerStart.FRESH)
    spec = replace(TUTORIAL, name=NAME)
    started = replace(make_started(dataset_name=NAME), spec=spec, origin=origin)
    run = advance(Run(started), 700)
    snapshot = Snapshot.of(spec, random_snapshot(TUTORIAL).arrays, 700, 1.0)
    session.open_network(snapshot, run)
    session.compared_run = NamedRun(NAME, run)
    summary = RunSummary(
        Path("/runs/1.digitlab-run"),
        NAME,
        datetime(2026, 3, 14, tzinfo=UTC),
        started,
        RunEnding.CUT_OFF,
        700,
        1,
        0.9,
        3.0,
        1_000,
    )
    session.kept.set_runs((summary,))
    session.kept.plot([summary.path])
    session.kept.add_curves(summary.path, run)
    session.recipe = replace(session.recipe, spec=spec, source=f"/data/{NAME}", drawings=(f"/data/{NAME}",))
    labels = np.arange(10, dtype=np.uint8)
    outputs = np.roll(np.eye(10), 1, axis=0)
    data = HeldOutSet(f"/data/{NAME}", NAME, DigitSet(np.zeros((10, 28, 28), np.uint8), labels), np.zeros((0, 28, 28)))
    result = EvaluationResult(
        snapshot, data, Metrics.of(outputs, labels, 0.1, None), Predictions.of(outputs, labels, labels.astype(int)), 1.0
    )
    session.evaluation = replace(session.evaluation, result=result, source=f"/data/{NAME}", progress_text=NAME)
    session.activity = NAME
    return window


def test_names_of_networks_runs_and_datasets_are_plain_text(hostile):
    hostile.controllers.runs._messages.offer(f"The run “{NAME[:200]}” was interrupted.", NAME[:200], ())
    assert_plain(must_show=15)
    hostile.messages.show_error(DigitLabError(NAME[:200], expected=NAME[:200], remedy=NAME[:200]))
    hostile.time_bar._on_newest_clicked()
    assert_plain(must_show=15)


def test_a_name_in_the_menu_of_runs_is_plain_text_without_shortcuts(hostile):
    other = replace(hostile.session.kept.runs[0], name="A&B\n", path=Path("/runs/2.digitlab-run"))
    hostile.session.kept.set_runs((*hostile.session.kept.runs, other))
    menu = hostile.findChild(QMenu, "compareMenu")
    menu.aboutToShow.emit()
    entries = [action.text() for action in menu.actions()]
    assert "A&&B\\n" in entries
    assert any("img src" in entry for entry in entries)
    assert_plain(must_show=15)


def test_what_the_pointer_reads_in_a_plot_is_escaped(hostile):
    runs, train = hostile.panels.runs.panel(), hostile.panels.train.panel()
    for plot in (*runs.findChildren(EpochPlot), *train.findChildren(EpochPlot)):
        plot.hovered.emit(1.5)
    readouts = [text for text in all_texts() if "Readout" in text.where and text.kind is Kind.RICH and text.text]
    assert any("&lt;img" in text.text for text in readouts)
    assert_plain(must_show=15)


def write_valid(path):
    """Write a file of the kind that its name says, with a hostile name in it where it has one."""
    match path.suffix:
        case ".digitlab":
            write_model(path, random_snapshot(replace(small_spec(), name=NAME)))
        case ".jsonl":
            path.write_text(2 * (json.dumps({"label": 7, "strokes": [[[0, 0], [50, 90]]]}) + "\n"))
        case ".png":
            Image.fromarray(np.zeros((40, 40), np.uint8)).save(path)
        case ".npz":
            images, labels = np.zeros((20, 28, 28), np.uint8), np.arange(20, dtype=np.uint8) % 10
            np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
def test_opening_files_with_such_names_shows_plain_text(qtbot, window, tmp_path):
    build_all(window)
    files = window.controllers.files
    for suffix in (".digitlab", ".digitlab-run", ".npz", ".jsonl", ".png", ".csv", ".txt", ""):
        for is_valid in (False, True):
            path = tmp_path / f"{FILE_NAME}{suffix}"
            path.write_bytes(b"nothing of the kind")
            if is_valid:
                write_valid(path)
            files.open_path(path)
            settle(qtbot, files.desk, files.desk)
            assert_plain(must_show=0 if is_valid and suffix == ".png" else 1)
            files.learn_from([path])
            files.compare_with(path, path.stem)
            window.controllers.evaluation.choose_source(str(path))
            settle(qtbot, files.desk, files.desk, window.controllers.evaluation.desk)
            assert_plain(must_show=1)
