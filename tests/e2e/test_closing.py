"""Closing the window at random times during training, many times in one process, and by signals."""

import os
import signal
import subprocess
import sys

import pytest

from digitlab.runs.kept import RunEnding
from digitlab.runs.library import list_runs
from tests.helpers.command_line import scripted, wait_for
from tests.structure import REPOSITORY

CYCLES = 20

CYCLE_SCRIPT = f"""
import random, threading
from dataclasses import replace
from PySide6.QtCore import QEventLoop, QTimer
from digitlab.data.builtin import builtin_dataset
from digitlab.gui.app.application import make_application, make_window, start_up
from digitlab.gui.train import jobs
from digitlab.gui.session.values import TrainingState
from digitlab.system.settings import Settings
from digitlab.training.config import TrainingConfig

WORKERS = ("training", "runs", "lens", "files", "evaluation")

def rest(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

random.seed(7)
few = builtin_dataset(train_count=1000, test_count=200, seed=1)
jobs.load_dataset = lambda *_, **__: few
app = make_application()
app.setQuitOnLastWindowClosed(False)
for cycle in range({CYCLES}):
    window = make_window(app, Settings(colour_scheme="light", data_source="builtin"))
    window.show()
    start_up(window, None)
    recipe = window.session.recipe
    window.controllers.training.set_recipe(replace(recipe, config=TrainingConfig(epochs=500, batch_size=20)))
    window.controllers.training.train()
    # Loading TensorFlow cannot be stopped; it happens only in the first cycle.
    while cycle == 0 and window.session.training_state is not TrainingState.RUNNING:
        rest(10)
    # Until the window is shown, until training starts, or into its first steps.
    rest(random.randrange(0, 800))
    window.close()
    # On a busy machine the last batch may take longer than the window waits.
    while any(thread.name in WORKERS for thread in threading.enumerate()):
        rest(10)
    window.deleteLater()
    rest(0)
"""


def test_windows_closed_while_training_end_their_threads(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CYCLE_SCRIPT],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DIGITLAB_HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr


PROGRAM_SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from digitlab import cli
from digitlab.gui.app import application
from digitlab.gui.train.controller import TrainingController

def announce(owner, name):
    do = getattr(owner, name)

    def do_and_print(*arguments):
        do(*arguments)
        QTimer.singleShot(0, lambda: print(name, flush=True))

    setattr(owner, name, do_and_print)

announce(application, "start_up")
announce(TrainingController, "load_tensorflow")
sys.exit(cli.main([]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("call", ["start_up", "load_tensorflow"])
def test_a_signal_closes_the_real_program_with_code_0(call):
    """When it is on screen, and while TensorFlow loads; the program prints when it gets there."""
    process = scripted(PROGRAM_SCRIPT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    wait_for(process, call)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


EARLY_SCRIPT = """
import os, signal, sys
from digitlab import cli
from digitlab.gui.app import application
from digitlab.gui.main_window import MainWindow

moment, how = sys.argv[1:]

def end(window):
    if how == "close":
        window.close()
    else:
        os.kill(os.getpid(), getattr(signal, how))

def end_after(owner, name, window_of):
    do = getattr(owner, name)

    def do_and_end(*arguments):
        result = do(*arguments)
        end(window_of(result, *arguments))
        return result

    setattr(owner, name, do_and_end)

def fail(self):
    raise ZeroDivisionError

end_after(*{
    "read the settings": (application, "load_settings", lambda *_: None),
    "make the window": (application, "make_window", lambda window, *_: window),
    "show the window": (MainWindow, "show", lambda _, window: window),
    "start up": (application, "start_up", lambda _, window, *__: window),
    "fail to close": (application, "start_up", lambda _, window, *__: window),
}[moment])
if moment == "fail to close":
    MainWindow.settings = fail
sys.exit(cli.main([]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(
    ("moment", "how"),
    [
        ("read the settings", "SIGTERM"),
        ("make the window", "SIGTERM"),
        ("show the window", "SIGHUP"),
        ("show the window", "close"),
        ("start up", "SIGINT"),
        ("start up", "close"),
        ("fail to close", "SIGTERM"),
    ],
)
def test_a_window_that_is_asked_to_end_before_its_event_loop_leaves_no_process(moment, how, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", EARLY_SCRIPT, moment, how],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DIGITLAB_HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr


PAUSED_SCRIPT = """
import sys
from dataclasses import replace
from PySide6.QtCore import QTimer
from digitlab import cli
from digitlab.data.builtin import builtin_dataset
from digitlab.gui.app import application
from digitlab.gui.session.values import TrainingState
from digitlab.gui.train import jobs
from digitlab.training.config import TrainingConfig

few = builtin_dataset(train_count=1000, test_count=200, seed=1)
jobs.load_dataset = lambda *_, **__: few
start_up = application.start_up

def start_up_and_train(window, file):
    start_up(window, file)
    session = window.session

    def pause_or_announce():
        if session.training_state is TrainingState.RUNNING and session.run.step > 5:
            window.controllers.training.pause()
        elif session.training_state is TrainingState.PAUSED:
            print("paused", session.run.step, flush=True)

    def train():
        recipe = replace(session.recipe, source="builtin", config=TrainingConfig(epochs=500, batch_size=20))
        window.controllers.training.set_recipe(recipe)
        session.training_state_changed.connect(pause_or_announce)
        session.run_changed.connect(pause_or_announce)
        session.run_advanced.connect(pause_or_announce)
        window.controllers.training.train()

    QTimer.singleShot(0, train)

application.start_up = start_up_and_train
sys.exit(cli.main([]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_window_that_is_closed_while_the_training_is_paused_ends_the_run_in_order(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    process = scripted(PAUSED_SCRIPT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("paused"), process.communicate()[1]
    process.send_signal(signal.SIGHUP)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    (kept,) = list_runs()
    assert kept.ending is RunEnding.CUT_OFF  # as if it was interrupted: the next start offers to resume it
    assert kept.step == int(line.split()[1])


SWALLOWING_SCRIPT = """
import os, signal, sys
from digitlab import cli

class Swallower:
    def find_spec(self, name, path=None, target=None):
        if name == "PySide6.QtWidgets":
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            except BaseException:
                pass

sys.meta_path.insert(0, Swallower())
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("arguments", [(), ("demo",)])
def test_a_signal_during_an_import_that_swallows_exceptions_ends_the_process(arguments, tmp_path):
    """As the import of Qt does."""
    done = subprocess.run(
        [sys.executable, "-c", SWALLOWING_SCRIPT, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")
