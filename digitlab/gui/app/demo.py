"""The demo: drives the real window through its widgets and saves a picture of every panel.

It is also the smoke test of packaged builds.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from digitlab.commands.terminal import write_json, write_line
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.files.drawings_file import write_drawings
from digitlab.gui import theme
from digitlab.gui.actions import shipped_action
from digitlab.gui.app.application import make_application, make_window, prepare_process, start_up
from digitlab.gui.app.demo_explain import picture_explanations
from digitlab.gui.app.demo_lessons import picture_lessons
from digitlab.gui.app.driver import Driver
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
from digitlab.system.signals import Escalation, end_at_once, handled
from digitlab.system.storage import check_writable
from digitlab.words.numbers import percent

_EPOCHS: Final = 2
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

_REST_MS: Final = 120
"""How long what is shown at once, without work in the background, is waited for."""

_SIZES: Final = ((1280, 800), (1920, 1080))


def run_demo(out: Path, as_json: bool) -> int:
    """Draw, train, open every tab and save pictures.

    Args:
        out: Folder for the pictures; created if missing.
        as_json: Whether to write JSON objects instead of text.

    Returns:
        The exit code: 0.

    Raises:
        DigitLabError: If the folder is not writable, or a step makes no progress.
        Interruption: At a signal.
    """
    _check_folder(out)
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "wayland;xcb;offscreen")  # the first one that has a display
    asked: list[int] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _own_folders(folder),
        handled(Escalation(asked.append, end_at_once).handle),
    ):
        return _run_demo(out, asked, as_json=as_json)


def _check_folder(out: Path) -> None:
    """Check that pictures can be written to a folder, or that it can be created, before long work for them.

    Raises:
        DigitLabError: If they cannot.
    """
    there = next(place for place in (out, *out.absolute().parents) if os.path.exists(place))
    if not there.is_dir():
        raise DigitLabError(
            f"{there} is a file.", expected="The pictures go to a folder.", remedy="Choose another folder with --out."
        )
    check_writable(out / "picture.png")


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
    window = make_window(app, Settings(colour_scheme=str(ColourScheme.LIGHT), data_source="builtin", lessons="offered"))
    driver = Driver(window, out, asked)
    demo = _Demo(app, window, driver, as_json=as_json)
    try:
        window.resize(*_SIZES[0])
        window.show()
        start_up(window, None)
        demo.draw_all_digits()
        demo.train()
        demo.picture_panels()
        demo.picture_comparison()
        demo.picture_replay()
        picture_explanations(window, driver, app)
        picture_lessons(window, driver, app)
    finally:
        window.stop_workers()
        window.deleteLater()
    demo.report({"pictures": [str(path) for path in driver.pictures]}, f"{len(driver.pictures)} pictures are in {out}.")
    return 0


class _Demo:
    """What the demo shows, one part after the other."""

    def __init__(self, app: QApplication, window: MainWindow, driver: Driver, *, as_json: bool) -> None:
        self._app = app
        self._window = window
        self._session = window.session
        self._driver = driver
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
            self._driver.clear()
            self._driver.draw(builtin_drawing(digit, builtin_styles(digit)[0]))
            self._driver.wait(self._is_answered, "The drawing was not classified in time.")
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
        self._driver.choose("recipeBox", "Tutorial")
        self._driver.choose("dataBox", "Built-in")
        self._driver.type_text("epochsField", str(_EPOCHS))
        self._driver.type_text("learningRateField", "0.05")
        button = self._driver.find(QPushButton, "trainButton")
        self._driver.wait(button.isEnabled, "The Train button stayed disabled.")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self._driver.wait(lambda: self._has_trained(150), "Training did not start.")
        self._driver.picture("train-live")
        self._driver.wait(lambda: not self._session.training_state.is_busy, "Training did not end.")
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
        self._driver.wait(lambda: self._session.run is not before, "The shipped network did not open.")

    def picture_comparison(self) -> None:
        """Save the curves of two recipes for the same network in one plot, in both themes."""
        window = self._window
        self._open_shipped("fast")
        window.controllers.files.compare_with(model_path("tutorial"), shipped_title("tutorial"))
        self._driver.wait(lambda: self._session.compared_run is not None, "The comparison was not shown.")
        window.actions_by_name["showTrain"].trigger()
        width, height = _SIZES[0]
        window.resize(width, height)
        for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
            theme.apply_scheme(self._app, scheme)
            self._driver.rest(300)
            self._driver.picture(f"comparison-{scheme}-{width}x{height}")

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
            self._driver.wait(lambda: len(session.mine.digits) > 0, "No digits were kept.")
        self._drag_to_epoch(0.1)
        QTest.mouseClick(self._driver.find(QToolButton, "pinButton"), Qt.MouseButton.LeftButton)
        self._drag_to_epoch(0.5)
        window.actions_by_name["showEvaluate"].trigger()
        # The recipe of the tutorial's run uses MNIST, which may have to be downloaded.
        self._driver.choose("evaluationDataBox", "Built-in")
        before = session.evaluation.result
        QTest.mouseClick(self._driver.find(QPushButton, "evaluateButton"), Qt.MouseButton.LeftButton)
        self._driver.wait(
            lambda: session.evaluation.result is not before and session.evaluation.task is Task.NONE,
            "The snapshot was not evaluated in time.",
        )
        for panel in ("showLearning", "showMyDigits"):
            window.actions_by_name[panel].trigger()
            self._driver.settle()
        self._close_message()
        window.resize(*_SIZES[0])
        for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
            theme.apply_scheme(self._app, scheme)
            for panel, name in _REPLAYED.items():
                window.actions_by_name[panel].trigger()
                self._driver.rest(300)
                self._driver.picture(f"{name}-{scheme}-{_SIZES[0][0]}x{_SIZES[0][1]}")

    def _close_message(self) -> None:
        button = self._window.findChild(QToolButton, "messageClose")
        if button is not None and button.isVisible():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _drag_to_epoch(self, epoch: float) -> None:
        """Drag the time slider to the first snapshot at or after an epoch."""
        session, slider = self._session, self._driver.find(TimeSlider, "timeSlider")
        snapshots = snapshots_of(session.run, session.newest)
        index = next(index for index, snapshot in enumerate(snapshots) if snapshot.epoch >= epoch)
        middle = slider.height() // 2
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(slider.value())), middle))
        QTest.mouseMove(slider, QPoint(round(slider.x_of(index)), middle))
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
        self._driver.wait(self._is_answered, "An earlier snapshot did not classify the drawing in time.")

    def picture_panels(self) -> None:
        """Save the main tabs in both themes and two sizes, with the shipped network and a drawing."""
        window = self._window
        self._open_shipped(DEFAULT_MODEL)
        self._driver.clear()
        self._driver.draw(builtin_drawing(5, builtin_styles(5)[0]))
        self._driver.wait(self._is_answered, "The drawing was not classified in time.")
        self.evaluate()
        for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
            theme.apply_scheme(self._app, scheme)
            for width, height in _SIZES:
                window.resize(width, height)
                for panel in ("showInspect", "showNetwork", "showTrain", "showEvaluate"):
                    window.actions_by_name[panel].trigger()
                    self._driver.rest(_REST_MS)
                    self._driver.picture(f"{panel.removeprefix('show').lower()}-{scheme}-{width}x{height}")
                    if panel == "showInspect":
                        self._picture_receptive_field(f"pointing-{scheme}-{width}x{height}")

    def evaluate(self) -> None:
        """Evaluate the network on screen on the built-in test digits through the panel's widgets."""
        self._window.actions_by_name["showEvaluate"].trigger()
        self._driver.choose("evaluationDataBox", "Built-in")
        QTest.mouseClick(self._driver.find(QPushButton, "evaluateButton"), Qt.MouseButton.LeftButton)
        self._driver.wait(self._is_evaluated, "The network was not evaluated in time.")
        result = self._session.evaluation.result
        assert result is not None
        accuracy, error = result.metrics.accuracy, result.metrics.calibration_error
        facts = {"judged_on": result.data.title, "accuracy": accuracy, "calibration_error": error}
        self.report(facts, f"{percent(accuracy)} classified correctly: {result.data.title}.")

    def _picture_receptive_field(self, name: str) -> None:
        """Hover over a tile in the middle of the network, which shows its receptive field."""
        network = self._driver.find(QWidget, "networkView")
        QTest.mouseMove(network, QPoint(network.width() // 2, network.height() // 3))
        self._driver.rest(_REST_MS)
        self._driver.picture(name)
        QTest.mouseMove(network, QPoint(1, 1))

    def _is_answered(self) -> bool:
        view = self._session.view
        session = self._session
        return view is not None and view.sketch is session.sketch and view.inspection.snapshot is session.snapshot

    def _is_evaluated(self) -> bool:
        result = self._session.evaluation.result
        return result is not None and result.is_whole
