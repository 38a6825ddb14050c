"""Starting without a display that can be reached."""

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="displays are named in the environment")
@pytest.mark.parametrize("display", [None, ":4097"])
def test_a_window_without_a_display_is_one_sentence(display):
    env = {name: value for name, value in os.environ.items() if "DISPLAY" not in name and name != "QT_QPA_PLATFORM"}
    if display is not None:
        env["DISPLAY"] = display
    done = subprocess.run(
        [sys.executable, "-m", "digitlab"], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "There is no display" in done.stderr or "The window cannot be opened." in done.stderr


NAN_SCRIPT = """
from PySide6.QtCore import QTimer
from digitlab.gui.app.application import make_application, make_window
from digitlab.system.settings import Settings
app = make_application()
window = make_window(app, Settings(data_source="builtin"))
window.show()
window.grab()
QTimer.singleShot(0, window.close)
app.exec()
"""


def test_a_scale_that_is_no_number_is_ignored(tmp_path):
    env = {**os.environ, "QT_SCALE_FACTOR": "nan", "QT_QPA_PLATFORM": "offscreen", "DIGITLAB_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", NAN_SCRIPT], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
