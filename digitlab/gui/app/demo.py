"""The demo: drives the real window through its widgets and saves a picture of every panel.

It is also the smoke test of packaged builds.
"""

import logging
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton, QWidget

from digitlab.commands.terminal import write_json, write_line
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import write_drawings
from digitlab.gui import theme
from digitlab.gui.actions import shipped_action
from digitlab.gui.app.application import make_application, make_window, prepare_process, start_up
from digitlab.gui.main_window import MainWindow
from digitlab.gui.replay.slider import TimeSlider
from digitlab.gui.session.names import shipped_title
from digitlab.gui.session.timeline import snapshots_of
from digitlab.gui.session.values import Task
from digitlab.gui.theme import ColourScheme
from digitlab.model.files.network_file import read_model
from digitlab.runs.library import save_run
from digitlab.runs.run_file import read_run
from digitlab.system.assets import DEFAULT_MODEL, model_path
from digitlab.system.errors import DigitLabError
from digitlab.system.settings import Settings
from digitlab.system.signals import Escalation, Interruption, end_at_once, handled
from digitlab.system.storage import atomic_write
from digitlab.words.numbers import percent

_log = logging.getLogger(__name__)

Found = TypeVar("Found", bound=QWidget)

_EPOCHS: Final = 2
_PATIENCE_S: Final = 300.0
"""How long nothing at all may change; how long a step takes depends on what else the machine does."""

_QUIET_S: Final = 1.5
"""From then on without a change, work in the background has ended."""
_POLL_MS: Final = 10
_RECORDED: Final = ("tutorial", "fast")
_STYLES: Final = 4
"""Handwriting styles of each digit that are kept in My digits."""

_REPLAYED: Final = {
    "showInspect": "replay",
    "showLearning": "learning",
    "showRuns": "runs",
    "showEvaluate": "mistakes",
    "showMyDigits": "my-digits",
}
"""The tabs that show a recorded run, and the names of their pictures."""

_SIZES: Final = ((1280, 800), (1920, 1080))


def run_demo(out: Path, as_json: bool) -> int:
    """Draw, train, open every tab and save pictures.

    Args:
        out: Folder for the pictures; created if missing.
        as_json: Whether to write JSON objects instead of text.

    Returns:
        The exit code: 0.

    Raises:
        DigitLabError: If the folder is not writable, or a step does not get on.
        Interruption: At a signal.
    """
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "wayland;xcb;offscreen")  # the first one that has a display
    asked: list[int] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _own_folders(folder),
        handled(Escalation(asked.append, end_at_once).handle),
    ):
        return _run_demo(out, asked, as_json=as_json)


@contextmanager
def _own_folders(folder: str) -> Iterator[None]:
    """Keep the demo's runs, digits and datasets separate from the user's."""
    before = {name: os.environ.get(name) for name in ("DIGITLAB_DATA", "DIGITLAB_HOME")}
    os.environ.update(dict.fromkeys(before, folder))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _keep_recorded_runs() -> None:
    """Add two shipped runs to the list of runs, to compare with."""
    for name in _RECORDED:
        run = read_run(model_path(name))
        if run is not None:
            save_run(run, read_model(model_path(name)), datetime.now(UTC))


def _run_demo(out: Path, asked: list[int], *, as_json: bool) -> int:
    _keep_recorded_runs()
    prepare_process()
    app = make_application()
    window = make_window(app, Settings(colour_scheme=str(ColourScheme.LIGHT), data_source="builtin"))
    demo = _Demo(app, window, out, asked, as_json=as_json)
    try:
        window.resize(*_SIZES[0])
        window.show()
        start_up(window, None)
        demo.draw_all_digits()
        demo.train()
        demo.picture_panels()
        demo.picture_comparison()
        demo.picture_replay()
    finally:
        window.stop_workers()
        window.deleteLater()
    demo.report({"pictures": [str(path) for path in demo.pictures]}, f"{len(demo.pictures)} pictures are in {out}.")
    return 0


class _Demo:
    """Drives the window."""

    def __init__(self, app: QApplication, window: MainWindow, out: Path, asked: list[int], *, as_json: bool) -> None:
        self.pictures: list[Path] = []
        self._app = app
        self._window = window
        self._session = window.session
        self._out = out
        self._asked = asked  # the signals that ask the demo to end
        self._state: tuple[object, ...] = ()
        self._changed_s = 0.0
        self._as_json = as_json

    def report(self, facts: dict[str, Any], text: str) -> None:
        """Write one line on standard output."""
        if self._as_json:
            write_json(facts)
        else:
            write_line(text)

    def draw_all_digits(self) -> None:
        """Draw each digit with the mouse, stroke by stroke, and report the verdict."""
        correct = 0
        for digit in range(CLASS_COUNT):
            self._clear()
            self._draw(builtin_drawing(digit, builtin_styles(digit)[0]))
            self._wait(self._is_answered, "The drawing was not classified in time.")
            verdict = self._window.draw.verdict
            correct += verdict.digit_text == str(digit)
            facts = {"drawn": digit, "verdict": verdict.digit_text, "text": verdict.verdict_text}
            self.report(facts, f"Drew a {digit}: {verdict.digit_text}, {verdict.verdict_text}")
        self.report(
            {"right": correct, "drawn": CLASS_COUNT}, f"{correct} of {CLASS_COUNT} drawings were classified correctly."
        )

    def train(self) -> None:
        """Train for two short epochs on the built-in digits through the panel's widgets."""
        window = self._window
        window.actions_by_name["showTrain"].trigger()
        self._choose("recipeBox", "Tutorial")
        self._choose("dataBox", "Built-in")
        self._type("epochsField", str(_EPOCHS))
        self._type("learningRateField", "0.05")
        button = self._find(QPushButton, "trainButton")
        self._wait(button.isEnabled, "The Train button stayed disabled.")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self._wait(lambda: self._has_trained(150), "Training did not start.")
        self._picture("train-live")
        self._wait(lambda: not self._session.training_state.is_busy, "Training did not end.")
        run = self._session.run
        if run is None or len(run.epochs) != _EPOCHS:
            raise DigitLabError("The demo's run did not finish its epochs.", expected=window.messages.text)
        for epoch in run.epochs:
            facts = {"epoch": epoch.epoch, "loss": epoch.loss, "val_accuracy": epoch.val_accuracy}
            self.report(
                facts, f"Epoch {epoch.epoch}: {percent(epoch.val_accuracy)} of the test digits classified correctly."
            )

    def _has_trained(self, steps: int) -> bool:
        """Return whether the training is past a step, or has ended."""
        run = self._session.run if self._session.training_state.is_busy else None
        return not self._session.training_state.is_busy or (run is not None and run.is_running and run.step > steps)

    def _open_shipped(self, name: str) -> None:
        """Open a shipped network with its run from the menu."""
        before = self._session.run
        self._window.actions_by_name[shipped_action(name)].trigger()
        self._wait(lambda: self._session.run is not before, "The shipped network did not open.")

    def picture_comparison(self) -> None:
        """Save the curves of two recipes for the same network in one plot, in both themes."""
        window = self._window
        self._open_shipped("fast")
        window.controllers.files.compare_with(model_path("tutorial"), shipped_title("tutorial"))
        self._wait(lambda: self._session.compared_run is not None, "The comparison was not shown.")
        window.actions_by_name["showTrain"].trigger()
        width, height = _SIZES[0]
        window.resize(width, height)
        for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
            theme.apply_scheme(self._app, scheme)
            self._rest(300)
            self._picture(f"comparison-{scheme}-{width}x{height}")

    def picture_replay(self) -> None:
        """Go back through the tutorial's recorded run and save what the tabs show, in both themes."""
        window, session = self._window, self._session
        self._open_shipped("tutorial")
        window.controllers.files.stop_comparing()
        window.controllers.runs.plot(run.path for run in session.kept.runs)
        mine = [
            replace(builtin_drawing(digit, style), label=digit)
            for digit in range(CLASS_COUNT)
            for style in builtin_styles(digit)[:_STYLES]
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "mine.jsonl"
            write_drawings(path, mine)
            window.controllers.my_digits.import_files([path])
            self._wait(lambda: len(session.mine.digits) > 0, "No digits were kept.")
        self._drag_to_epoch(0.1)
        QTest.mouseClick(self._find(QToolButton, "pinButton"), Qt.MouseButton.LeftButton)
        self._drag_to_epoch(0.5)
        window.actions_by_name["showEvaluate"].trigger()
        # The recipe of the tutorial's run uses MNIST, which may have to be downloaded.
        self._choose("evaluationDataBox", "Built-in")
        before = session.evaluation.result
        QTest.mouseClick(self._find(QPushButton, "evaluateButton"), Qt.MouseButton.LeftButton)
        self._wait(
            lambda: session.evaluation.result is not before and session.evaluation.task is Task.NONE,
            "The snapshot was not evaluated in time.",
        )
        for panel in ("showLearning", "showMyDigits"):
            window.actions_by_name[panel].trigger()
            self._settle()
        self._close_message()
        window.resize(*_SIZES[0])
        for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
            theme.apply_scheme(self._app, scheme)
            for panel, name in _REPLAYED.items():
                window.actions_by_name[panel].trigger()
                self._rest(300)
                self._picture(f"{name}-{scheme}-{_SIZES[0][0]}x{_SIZES[0][1]}")

    def _close_message(self) -> None:
        button = self._window.findChild(QToolButton, "messageClose")
        if button is not None and button.isVisible():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _drag_to_epoch(self, epoch: float) -> None:
        """Drag the time slider to the first snapshot at or after an epoch."""
        session, slider = self._session, self._find(TimeSlider, "timeSlider")
        snapshots = snapshots_of(session.run, session.newest)
        index = next(index for index, snapshot in enumerate(snapshots) if snapshot.epoch >= epoch)
        middle = slider.height() // 2
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(slider.value())), middle))
        QTest.mouseMove(slider, QPoint(round(slider.x_of(index)), middle))
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
        self._wait(self._is_answered, "An earlier snapshot did not classify the drawing in time.")

    def picture_panels(self) -> None:
        """Save the main tabs in both themes and two sizes, with the shipped network and a drawing."""
        window = self._window
        self._open_shipped(DEFAULT_MODEL)
        self._clear()
        self._draw(builtin_drawing(5, builtin_styles(5)[0]))
        self._wait(self._is_answered, "The drawing was not classified in time.")
        self.evaluate()
        for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
            theme.apply_scheme(self._app, scheme)
            for width, height in _SIZES:
                window.resize(width, height)
                for panel in ("showInspect", "showNetwork", "showTrain", "showEvaluate"):
                    window.actions_by_name[panel].trigger()
                    self._rest(300)
                    self._picture(f"{panel.removeprefix('show').lower()}-{scheme}-{width}x{height}")
                    if panel == "showInspect":
                        self._picture_receptive_field(f"pointing-{scheme}-{width}x{height}")

    def evaluate(self) -> None:
        """Evaluate the network on screen on the built-in test digits through the panel's widgets."""
        self._window.actions_by_name["showEvaluate"].trigger()
        self._choose("evaluationDataBox", "Built-in")
        QTest.mouseClick(self._find(QPushButton, "evaluateButton"), Qt.MouseButton.LeftButton)
        self._wait(self._is_evaluated, "The network was not evaluated in time.")
        result = self._session.evaluation.result
        assert result is not None
        accuracy, error = result.metrics.accuracy, result.metrics.calibration_error
        facts = {"judged_on": result.data.title, "accuracy": accuracy, "calibration_error": error}
        self.report(facts, f"{percent(accuracy)} classified correctly: {result.data.title}.")

    def _picture_receptive_field(self, name: str) -> None:
        """Hover over a tile in the middle of the network, which shows its receptive field."""
        network = self._find(QWidget, "networkView")
        QTest.mouseMove(network, QPoint(network.width() // 2, network.height() // 3))
        self._rest(300)
        self._picture(name)
        QTest.mouseMove(network, QPoint(1, 1))

    def _clear(self) -> None:
        self._window.actions_by_name["clear"].trigger()

    def _draw(self, drawing: Drawing) -> None:
        canvas = self._window.draw.canvas
        side = min(canvas.width(), canvas.height())
        left, top = (canvas.width() - side) / 2, (canvas.height() - side) / 2
        for stroke in drawing.strokes:
            points = [QPoint(round(left + x * side), round(top + y * side)) for x, y in stroke.points[:, :2]]
            QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[0])
            for point in points[1:]:
                QTest.mouseMove(canvas, point)
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[-1])

    def _is_answered(self) -> bool:
        view = self._session.view
        session = self._session
        return view is not None and view.sketch is session.sketch and view.inspection.snapshot is session.snapshot

    def _is_evaluated(self) -> bool:
        result = self._session.evaluation.result
        return result is not None and result.is_whole

    def _choose(self, name: str, start: str) -> None:
        box = self._find(QComboBox, name)
        box.setFocus()
        QTest.keyClicks(box, start)

    def _type(self, name: str, text: str) -> None:
        field = self._find(QWidget, name)
        editor = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
        if not isinstance(editor, QLineEdit):
            raise DigitLabError(f"The field {name} does not accept text.")
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)

    def _find(self, kind: type[Found], name: str) -> Found:
        def find() -> Found | None:
            found = self._window.findChild(kind, name)
            return found if isinstance(found, kind) else None

        self._wait(lambda: find() is not None, f"The window has no {name}.")
        found = find()
        assert found is not None
        return found

    def _picture(self, name: str) -> None:
        path = self._out / f"{name}.png"
        pixmap = self._window.grab()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        pixmap.save(buffer, "PNG")
        with atomic_write(path) as file:
            file.write(buffer.data().data())
        self.pictures.append(path)

    def _rest(self, duration_ms: int) -> None:
        end_s = time.monotonic() + duration_ms / 1000
        self._wait(lambda: time.monotonic() >= end_s, "The clock stands still.")

    def _settle(self) -> None:
        """Wait until the work in the background has ended."""
        self._changed_s = time.monotonic()
        self._wait(lambda: time.monotonic() - self._changed_s >= _QUIET_S, "The work in the background did not end.")

    def _wait(self, is_done: Callable[[], bool], error: str) -> None:
        """Run the event loop until a condition holds, for as long as anything changes.

        Raises:
            DigitLabError: If nothing changes for a long time.
            Interruption: At a signal.
        """
        self._changed_s = time.monotonic()
        loop = QEventLoop()
        polls = QTimer()
        polls.timeout.connect(lambda: loop.quit() if is_done() or self._asked or self._is_stuck() else None)
        polls.start(_POLL_MS)
        loop.exec()
        polls.stop()
        if self._asked:
            raise Interruption(self._asked[0])
        if not is_done():
            _log.error("%s The window: %s Its threads:\n%s", error, self._state, "\n".join(_stacks()))
            raise DigitLabError(error, expected=self._window.messages.text, remedy="For details, see the log.")

    def _is_stuck(self) -> bool:
        """Note whether anything has changed; return whether nothing has for too long."""
        session, now_s = self._session, time.monotonic()
        state = (
            session.training_state,
            session.activity,
            session.run.step if session.run is not None else None,
            self._window.messages.text,
            len(session.kept.runs),
            len(session.mine.digits),
            len(sys.modules),  # grows while TensorFlow is loaded
            *(id(value) for value in (session.view, session.evaluation, session.learning, session.mine)),
        )
        if state != self._state:
            self._state, self._changed_s = state, now_s
        return now_s - self._changed_s > _PATIENCE_S


def _stacks() -> Iterator[str]:
    """Yield what each thread is doing."""
    frames = sys._current_frames()
    for thread in threading.enumerate():
        if thread.ident in frames:
            yield f"{thread.name}: {' | '.join(traceback.format_stack(frames[thread.ident]))}"
