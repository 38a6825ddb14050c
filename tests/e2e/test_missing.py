"""The real window without TensorFlow, or without the package of the plots."""

import subprocess
import sys
from typing import Final

import pytest

from tests.helpers.missing import BROKEN, MISSING, environment_without

PROGRAM: Final = """
import sys
from PySide6.QtCore import QTimer
from digitlab import cli
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.app import application

start_up = application.start_up

def start_up_and_use(window, file):
    start_up(window, file)
    session = window.session
    three = Sketch(builtin_drawing(3, builtin_styles(3)[0]))
    steps = iter([
        (lambda: session.view is not None, window.actions_by_name["showTrain"].trigger),
        (lambda: window.messages.text, lambda: setattr(session, "sketch", three)),
        (lambda: session.view.sketch is session.sketch, window.close),
    ])

    def step():
        is_ready, do = now[0]
        if is_ready():
            print(window.messages.text, "|", window.draw.verdict.digit_text, flush=True)
            do()
            now[0] = next(steps, (lambda: False, None))

    now = [next(steps)]
    timer = QTimer(window)
    timer.timeout.connect(step)
    timer.start(20)

application.start_up = start_up_and_use
sys.exit(cli.main([]))
"""


@pytest.mark.parametrize(
    ("packages", "error", "words"),
    [
        (("keras",), MISSING, "The package keras is missing. Install it: "),
        (("pyqtgraph",), MISSING, "The package pyqtgraph is missing. Install it: "),
        (("tensorflow",), MISSING, "The package tensorflow is missing. Install it: "),
        (("tensorflow", "keras"), BROKEN, "The package tensorflow cannot be loaded: ImportError: libtensorflow"),
    ],
)
def test_the_window_works_without_a_package_and_says_what_to_install(packages, error, words, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        env={**environment_without(tmp_path, *packages, error=error), "DIGITLAB_HOME": str(tmp_path / "home")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    _, shown, last = done.stdout.splitlines()
    assert shown.startswith(words)
    assert f"{sys.executable} -m pip install" in shown
    assert last.endswith("| 3")
