"""The window closed at a random moment of a training, again and again, in one process and from outside."""

import os
import signal
import subprocess
import sys
import time

import pytest

CYCLES = 20

CYCLE_SCRIPT = f"""
import random, sys, threading, time
from dataclasses import replace
from PySide6.QtCore import QEventLoop, QTimer
from digitlab.gui.app import GarbageCollector, make_application, make_window
from digitlab.settings import Settings
from digitlab.training.config import TrainingConfig

def rest(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

random.seed(7)
app = make_application()
app.setQuitOnLastWindowClosed(False)
slowest = 0.0
for cycle in range({CYCLES}):
    window = make_window(app, Settings(colour_scheme="light", data_source="builtin"))
    window.show()
    window.begin(None)
    recipe = window.session.recipe
    window.training.set_recipe(replace(recipe, config=TrainingConfig(epochs=50, batch_size=50)))
    window.training.train()
    # The first time TensorFlow is still loading; the later ones reach into the training.
    rest(8000 if cycle == 0 else random.randrange(0, 2500))
    began = time.perf_counter()
    window.close()
    slowest = max(slowest, time.perf_counter() - began)
    window.deleteLater()
    rest(0)
    left = [thread.name for thread in threading.enumerate() if thread.name in ("training", "lens", "files")]
    assert not left, left
print(f"slowest {{slowest:.2f}}")
"""


def test_twenty_windows_closed_while_training_leave_no_thread(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CYCLE_SCRIPT],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DIGITLAB_DATA": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) < 3.0


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("after_s", [1.5, 3.5])
def test_a_signal_closes_the_real_program_with_code_0(after_s):
    """One moment lies before, the other within the loading of TensorFlow."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digitlab"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    time.sleep(after_s)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 0, errors
