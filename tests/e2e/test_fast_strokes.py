"""Fast strokes on a real X11 display: every move is sent, received and drawn."""

import os
import shutil
import subprocess
import sys

import pytest

MOVES = 300

SCRIPT = """
import sys, time
from PySide6.QtCore import QTimer
from digitlab.gui.app.application import make_application
from digitlab.gui.draw.canvas import Canvas
app = make_application()
canvas, announced = Canvas(), []
canvas.setGeometry(0, 0, 400, 400)
canvas.sketch_growing.connect(lambda sketch: time.sleep(0 if announced else 0.5))  # busy as the pen touches the canvas
canvas.sketch_growing.connect(announced.append)
canvas.sketch_finished.connect(lambda sketch: print(len(sketch.drawing.strokes[0].points), len(announced)))
canvas.sketch_finished.connect(app.quit)
canvas.show()
QTimer.singleShot(1_000, lambda: print("ready", flush=True))
QTimer.singleShot(60_000, app.quit)
app.exec()
"""


@pytest.fixture
def display(tmp_path):
    """A virtual X11 display of its own."""
    if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        pytest.skip("needs Xvfb and xdotool")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


def test_every_move_of_a_fast_stroke_is_drawn_while_the_window_is_busy(display, tmp_path):
    env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "DIGITLAB_HOME": str(tmp_path)}
    places = [(20 + index, 20 + (index * 7) % 300) for index in range(MOVES)]
    moves = [word for x, y in places for word in ("mousemove", str(x), str(y))]
    with subprocess.Popen([sys.executable, "-c", SCRIPT], env=env, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout.readline() == "ready\n"
        subprocess.run(
            ["xdotool", "mousemove", "10", "10", "mousedown", "1", *moves, "mouseup", "1"], env=env, check=True
        )
        points, announced = (int(word) for word in app.stdout.readline().split())
    assert points == 1 + MOVES
    assert announced < MOVES / 2
