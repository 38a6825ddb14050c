"""The deferred start-up after the window's first paint, and commands issued before it is complete."""

import gc
import importlib
import sys
import weakref

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digitlab.gui.app import start
from digitlab.gui.app.application import make_window, start_up
from digitlab.gui.app.garbage import GarbageCollector
from digitlab.gui.mydigits.controller import MyDigitsController
from digitlab.gui.runs.controller import RunsController
from digitlab.gui.session.values import TrainingState
from digitlab.gui.train.controller import TrainingController
from digitlab.model.files.network_file import write_model
from digitlab.system.settings import Settings

PICTURE = b"P5 8 8 255 " + b"".join(bytes([255] * 3 + [0] * 2 + [255] * 3) for _ in range(8))


def draw_stroke(window):
    canvas, left = window.draw.canvas, Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=QPoint(60, 60))
    QTest.mouseMove(canvas, QPoint(110, 120))
    QTest.mouseRelease(canvas, left, pos=QPoint(110, 120))


@pytest.fixture
def asked(monkeypatch):
    """Counts the requests to load TensorFlow, without loading it."""
    times = []
    monkeypatch.setattr(TrainingController, "load_tensorflow", lambda controller: times.append(controller))
    return times


@pytest.fixture
def fresh(qtbot, asked):
    """A window with deferred start-up that is not painted yet."""
    window = make_window(QApplication.instance(), Settings(colour_scheme="light", data_source="builtin"))
    qtbot.addWidget(window)
    window.show()
    start_up(window, None)
    yield window
    window.close()


@pytest.fixture
def opened(qtbot, asked):
    """Opens a window with a file, and closes it even if the test fails."""
    windows = []

    def open_with(path):
        window = make_window(QApplication.instance(), Settings(colour_scheme="light", data_source="builtin"))
        qtbot.addWidget(window)
        windows.append(window)
        window.show()
        start_up(window, path)
        return window

    yield open_with
    for window in windows:
        window.close()


def test_the_window_is_painted_before_controllers_and_panels_are_created(qtbot, fresh):
    assert not fresh.features.has_controllers
    qtbot.waitUntil(lambda: fresh.draw.bars.outputs is not None)
    qtbot.waitUntil(lambda: fresh.panels.inspect.built is not None)


def test_everything_is_created_eventually_and_tensorflow_is_loaded_once(qtbot, fresh, asked):
    qtbot.waitUntil(lambda: bool(asked))
    assert fresh.panels.inspect.built is not None
    assert fresh.panels.train.built is None  # it opens quickly now that its modules are imported
    qtbot.waitUntil(lambda: fresh.session.run is not None)  # the recorded run of the shipped network
    assert len(asked) == 1


def test_a_command_before_the_first_paint_is_not_lost(qtbot, fresh):
    fresh.actions_by_name["testDigit"].trigger()
    qtbot.waitUntil(lambda: fresh.session.sketch.picture is not None)


def test_a_network_opened_before_the_first_paint_stays(qtbot, fresh, asked, tutorial):
    fresh.actions_by_name["openTutorial"].trigger()
    qtbot.waitUntil(lambda: bool(asked))
    qtbot.waitUntil(lambda: fresh.session.snapshot.spec == tutorial.spec)
    # The file thread runs jobs in order: what the start-up opens was opened before this test digit.
    fresh.actions_by_name["testDigit"].trigger()
    qtbot.waitUntil(lambda: fresh.session.sketch.picture is not None)
    assert fresh.session.snapshot.spec == tutorial.spec


def test_a_drawing_kept_before_the_first_paint_is_kept(qtbot, fresh):
    draw_stroke(fresh)
    fresh.actions_by_name["keepAs3"].trigger()
    qtbot.waitUntil(lambda: [digit.label for digit in fresh.session.mine.digits] == [3])


def test_a_stroke_drawn_before_the_first_paint_is_saved(qtbot, fresh, asked):
    draw_stroke(fresh)
    qtbot.waitUntil(lambda: bool(asked))
    qtbot.waitUntil(lambda: fresh.controllers.my_digits._draft is not None)


@pytest.mark.parametrize("owner", [RunsController, MyDigitsController])
def test_a_step_that_fails_is_reported_and_the_others_follow(qtbot, fresh, asked, monkeypatch, owner):
    reported = []

    def fail(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(owner, "begin", fail)
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: reported.append(error))
    qtbot.waitUntil(lambda: bool(asked))
    assert [str(error) for error in reported] == ["the disk is gone"]
    assert fresh.panels.inspect.built is not None


def test_a_tab_chosen_before_the_first_paint_is_built_later(qtbot, fresh):
    QTest.keyClick(fresh, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: fresh.panels.runs.built is not None)
    assert fresh.panels.currentWidget() is fresh.panels.runs
    assert fresh.panels.inspect.built is None


def test_a_window_closed_before_it_was_painted_creates_nothing(qtbot, fresh, asked, monkeypatch):
    steps = []
    monkeypatch.setattr(start.Start, "_on_timer_timeout", lambda deferred: steps.append(deferred))
    fresh.close()
    QApplication.processEvents()
    QApplication.processEvents()
    assert not steps
    assert not fresh.features.has_controllers
    assert not asked


def test_a_module_that_cannot_be_preloaded_does_not_stop_the_start_up(qtbot, fresh, asked, monkeypatch, caplog):
    def broken(name):
        raise ImportError(name)

    monkeypatch.setattr(start.importlib, "import_module", broken)
    qtbot.waitUntil(lambda: bool(asked))
    monkeypatch.undo()
    assert importlib.import_module("pyqtgraph")
    assert fresh.panels.train.panel().isVisibleTo(fresh.panels.train)
    assert "could not be preloaded" in caplog.text


def test_a_file_is_opened_instead_of_the_recorded_run(qtbot, asked, opened, tutorial, tmp_path):
    path = tmp_path / "mine.digitlab"
    write_model(path, tutorial)
    window = opened(path)
    qtbot.waitUntil(lambda: window.session.snapshot.spec == tutorial.spec)
    qtbot.waitUntil(lambda: bool(asked))
    assert window.session.snapshot.spec == tutorial.spec
    assert window.session.run is None


@pytest.mark.parametrize("content", [PICTURE, b""])
def test_the_recorded_run_is_shown_beside_a_picture_that_is_opened_or_refused(qtbot, opened, tmp_path, content):
    path = tmp_path / "seven.pgm"
    path.write_bytes(content)
    window = opened(path)
    qtbot.waitUntil(lambda: window.session.run is not None)
    assert (window.session.sketch.picture is not None) == bool(content)


def test_garbage_is_collected_once_tensorflow_is_loaded(qtbot, fresh, asked):
    qtbot.waitUntil(lambda: bool(asked))
    collector = fresh.findChild(GarbageCollector)
    assert not gc.isenabled()
    assert not collector._timer.isActive()
    fresh.controllers.training.loading_ended.emit()
    assert collector._timer.isActive()


def test_the_memory_of_a_run_is_freed_when_it_ends(qtbot, fresh, asked):
    class Network:
        """Refers to itself, as Keras networks do."""

    qtbot.waitUntil(lambda: bool(asked))
    network = Network()
    network.itself = network
    left = weakref.ref(network)
    gc.collect(0)
    gc.collect(1)  # now it is in an old generation, which is not collected every time
    fresh.session.training_state = TrainingState.RUNNING
    del network
    gc.collect(1)
    assert left() is not None
    collector = fresh.findChild(GarbageCollector)
    collector._timer.timeout.emit()
    assert left() is not None
    fresh.session.training_state = TrainingState.IDLE
    collector._timer.timeout.emit()
    assert left() is None
