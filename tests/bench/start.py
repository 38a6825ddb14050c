"""From the start of the process to the window, the first stroke and the first answer."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final

from tests.bench.rows import Row, median

ROUNDS: Final = 7

# What `digitlab` does, with a clock in the canvas' first painting and in the bars' first painting with an answer.
_PROBE: Final = """
import json, os, sys, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from digitlab.log import logging_to_file
from digitlab.gui import app as app_module
from digitlab.gui.app import make_application, make_window, prepare_process
from digitlab.settings import load_settings

times = {}

def note(name):
    times.setdefault(name, time.time() - float(sys.argv[1]))

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            if watched is window.draw.canvas:
                note("painted")
                QTimer.singleShot(0, draw)
            elif watched is window.draw.bars and window.draw.bars.outputs is not None:
                note("answered")
                QTimer.singleShot(0, finish)
        return False

def draw():
    if "drawn" not in times:
        from PySide6.QtTest import QTest
        QTest.mousePress(window.draw.canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
        QTest.mouseMove(window.draw.canvas, QPoint(90, 90))
        if not window.session.sketch.is_sample:
            note("drawn")

def finish():
    if len(times) == 3:
        print(json.dumps(times), flush=True)
        os._exit(0)

with logging_to_file():
    prepare_process()
    app = make_application()
    window = make_window(app, load_settings())
    watch = Watch()
    window.draw.canvas.installEventFilter(watch)
    window.draw.bars.installEventFilter(watch)
    window.show()
    window.begin(None)
    app.exec()
"""

_YARDSTICK: Final = """
import sys, time
import tensorflow
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.show()
QTimer.singleShot(0, lambda: (print(time.time() - float(sys.argv[1]), flush=True), app.quit()))
app.exec()
"""


def _run(script: str) -> str:
    # Compiled modules are kept, as on anybody's computer; some machines switch that off.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(time.time())], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.splitlines()[-1]


def measure() -> Iterator[Row]:
    """Start the program several times after once that does not count, and a window that waits for TensorFlow."""
    _run(_PROBE)
    times = [json.loads(_run(_PROBE)) for _ in range(ROUNDS)]
    _run(_YARDSTICK)
    yardstick = median([float(_run(_YARDSTICK)) for _ in range(3)])
    waits = "window after TensorFlow"
    yield Row("start to window painted", median([t["painted"] for t in times]), "s", yardstick, waits, 0.8)
    yield Row("start to first stroke taken", median([t["drawn"] for t in times]), "s", yardstick, waits, 0.8)
    yield Row("start to first answer painted", median([t["answered"] for t in times]), "s", yardstick, waits)
