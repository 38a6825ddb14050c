"""The program that ``tests.bench.crashes`` kills: it trains, draws and keeps digits, and tells of it on its output."""

import json
import os
import random
import sys
from dataclasses import replace

# As the app does, and before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from digitlab.data.mine.store import MyDigits
from digitlab.gui.app.application import make_application, make_window, prepare_process, start_up
from digitlab.gui.main_window import MainWindow
from digitlab.gui.messages import Option
from digitlab.system.settings import Settings
from digitlab.training.config import TrainingConfig

_STROKE_EVERY_MS = 120
_STROKES_A_DIGIT = 2


def tell(**facts: object) -> None:
    """Tell one line."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class _Person:
    """Draws strokes on the canvas with the mouse, and keeps every second one as a digit."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._chance = random.Random(os.getpid())
        self._strokes = 0
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._draw)
        self._timer.start(_STROKE_EVERY_MS)

    def _draw(self) -> None:
        canvas = self._window.draw.canvas
        size = min(canvas.width(), canvas.height())
        places = [QPoint(*(round(self._chance.uniform(0.2, 0.8) * size) for _ in range(2))) for _ in range(4)]
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
        for place in places[1:]:
            QTest.mouseMove(canvas, place)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])
        self._strokes += 1
        if self._strokes % _STROKES_A_DIGIT == 0:
            self._window.controllers.my_digits.keep_and_clear(self._chance.randrange(10))


def _tell_what_is_kept() -> None:
    """Tell how many digits there are whenever a change is said to be written."""
    exchange = MyDigits.exchange

    def exchange_and_tell(self: MyDigits, taken: object, put: object) -> None:
        exchange(self, taken, put)  # type: ignore[arg-type]
        (count,) = self._database.execute("SELECT count(*) FROM digits").fetchone()
        tell(kept=count)

    MyDigits.exchange = exchange_and_tell  # type: ignore[assignment, method-assign]


def main() -> int:
    """Open the window, tell what it offers, train and draw until killed."""
    prepare_process()
    _tell_what_is_kept()
    app = make_application()
    window = make_window(app, Settings(colour_scheme="light", data_source="builtin"))
    window.show()
    start_up(window, None)
    session = window.session
    source = sys.argv[1]

    def tell_step() -> None:
        if session.run is not None and session.run.is_running:
            tell(step=session.run.step, **({"trained": True} if session.run.step else {}))

    def begin() -> None:
        if not session.kept.is_listed:
            QTimer.singleShot(20, begin)
            return
        # Whatever else there was to say about the start was said before: one message is shown at a time.
        tell(offer=" / ".join(said))
        window.controllers.training.set_recipe(
            replace(session.recipe, source=source, config=TrainingConfig(epochs=500, batch_size=100))
        )
        window.controllers.training.train()
        people.append(_Person(window))  # a timer alone does not keep it

    people: list[_Person] = []
    said: list[str] = []
    show = window._bar.show_message

    def note(icon: str, happened: str, more: str, ways: tuple[Option, ...], *, is_offer: bool = False) -> None:
        said.append(happened)
        show(icon, happened, more, ways, is_offer=is_offer)

    window._bar.show_message = note  # type: ignore[assignment, method-assign]
    session.run_changed.connect(tell_step)
    session.run_advanced.connect(tell_step)
    QTimer.singleShot(20, begin)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
