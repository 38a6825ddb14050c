"""From the start of the process to the window, the first stroke and the first answer."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final

from tests.bench.rows import Row, median

ROUNDS: Final = 9
WAITING_ROUNDS: Final = 3
"""A window that waits for TensorFlow takes seconds, and is far from the others."""

# `digitlab`, with a clock in the first painting of the canvas, of the bars with an answer, and of Look inside.
_PROBE: Final = """
import json, os, sys, time
from digitlab import cli

times = {}

def note(name):
    times.setdefault(name, time.time() - float(sys.argv[1]))

def note_painted(name):
    # At the end of the event-loop slice in which it is painted.
    from PySide6.QtCore import QTimer
    QTimer.singleShot(0, lambda: note(name))

def open_window(file):
    cli._import_quickly()
    from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
    from digitlab.gui.app import application as app

    class Watch(QObject):
        is_drawing = False

        def eventFilter(self, watched, event):
            if event.type() is QEvent.Type.Paint:
                if watched is window.draw.canvas and not self.is_drawing:
                    self.is_drawing = True
                    note_painted("painted")
                    QTimer.singleShot(0, self.draw)
                elif watched is window.draw.bars and window.draw.bars.outputs is not None:
                    note_painted("answered")
                elif watched.objectName() == "inspectPanel" and "inside" not in times:
                    note_painted("inside")
                    QTimer.singleShot(0, self.finish)
            elif event.type() is QEvent.Type.ChildPolished and watched is window.panels.inspect:
                window.panels.inspect.panel().installEventFilter(self)
            return False

        def draw(self):
            from PySide6.QtTest import QTest
            QTest.mousePress(window.draw.canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
            QTest.mouseMove(window.draw.canvas, QPoint(90, 90))
            if not window.session.sketch.is_sample:
                note("drawn")

        def finish(self):
            print(json.dumps(times), flush=True)
            os._exit(0)

    make_window = app.make_window

    def watched_window(*arguments):
        global window, watch
        window, watch = make_window(*arguments), Watch()
        for widget in (window.draw.canvas, window.draw.bars, window.panels.inspect):
            widget.installEventFilter(watch)
        return window

    app.make_window = watched_window
    return app.open_window(file)

cli._open_window = open_window
cli.main([])
"""

_REFERENCE: Final = """
import os, sys, time
if sys.argv[2] == "tensorflow":
    import tensorflow
import numpy
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

class Middle(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, self.tell)

    def tell(self):
        print(time.time() - float(sys.argv[1]), flush=True)
        os._exit(0)

app = QApplication([])
window = QMainWindow()
window.setCentralWidget(Middle())
window.resize(1280, 800)
window.show()
app.exec()
"""


def _run(script: str, *arguments: str) -> str:
    # Compiled modules are kept, as on anybody's computer; some machines switch that off.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", script, str(time.time()), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.splitlines()[-1]


def measure() -> Iterator[Row]:
    """Start the program and two windows to compare with in turn, after once that does not count."""
    _run(_PROBE)
    times, empty, waiting = [], [], []
    for number in range(ROUNDS):
        times.append(json.loads(_run(_PROBE)))
        empty.append(float(_run(_REFERENCE, "nothing")))
        if number < WAITING_ROUNDS:
            waiting.append(float(_run(_REFERENCE, "tensorflow")))
    painted = median([one["painted"] for one in times])
    obstacle = f"Python, NumPy and Qt with an empty window alone take {median(empty):.2f} s here"
    for what, name, goal in (
        ("window painted", "painted", 0.5),
        ("first stroke accepted", "drawn", 0.5),
        ("first answer painted", "answered", 1.0),
        ("Look inside painted", "inside", None),
    ):
        seconds = median([one[name] for one in times])
        yield Row(
            f"start to {what}", seconds, "s", median(waiting), "window after TensorFlow", goal, obstacle=f"{obstacle}."
        )
    yield Row("start to window painted", painted, "s", median(empty), "empty Qt window with NumPy")
