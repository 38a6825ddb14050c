"""DigitLab's window, opened as the program opens it, and what a person does in it: for the subjects that need one."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from digitlab.data.builtin import builtin_dataset
from digitlab.gui.app.application import make_application, make_window, prepare_process, start_up
from digitlab.gui.main_window import MainWindow
from digitlab.gui.replay.slider import TimeSlider
from digitlab.gui.session.values import TrainingState
from digitlab.system.settings import Settings
from digitlab.training.config import TrainingConfig

WIDTH: Final = 1280
HEIGHT: Final = 800
FRAME_MS: Final = 1000 / 60
TIMEOUT_MS: Final = 240_000
_POLL_MS: Final = 2
_SLIDER_Y: Final = 15
_REPEATS: Final = 5
"""The built-in digits are 12,000; repeated they are as many as MNIST has."""


def open_window(*, begins: bool = True) -> MainWindow:
    """Return the window as the program opens it, shown.

    Args:
        begins: Whether it also begins what goes on behind it; if not, no TensorFlow is loaded.
    """
    prepare_process()
    app = make_application()
    window = make_window(app, Settings(colour_scheme="light", data_source="builtin"))
    window.resize(WIDTH, HEIGHT)
    window.show()
    if begins:
        start_up(window, None)
    return window


def wait(is_done: Callable[[], bool], timeout_ms: int = TIMEOUT_MS) -> None:
    """Let the event loop run until something is so; raises TimeoutError if it never is."""
    loop, polls = QEventLoop(), QTimer()
    polls.timeout.connect(lambda: loop.quit() if is_done() else None)
    polls.start(_POLL_MS)
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    limit.start(timeout_ms)
    loop.exec()
    if not is_done():
        raise TimeoutError("The window did not get there.")


def rest(duration_ms: int) -> None:
    """Let the event loop run for some time."""
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()


def has_tensorflow(window: MainWindow) -> bool:
    """Return whether TensorFlow is loaded, and the window knows it."""
    is_loaded = window.features.has_controllers and window.controllers.training._jobs.is_loaded
    return is_loaded and not window.session.activity


def wait_for_tensorflow(window: MainWindow) -> None:
    """Wait until TensorFlow is there."""
    wait(lambda: has_tensorflow(window))


def start_training(window: MainWindow, config: TrainingConfig, source: str = "builtin") -> None:
    """Begin a training and wait until some batches are done, or all of a short one."""
    before = window.session.run
    window.controllers.training.set_recipe(replace(window.session.recipe, config=config, source=source))
    window.controllers.training.train()
    session = window.session
    wait(
        lambda: (
            session.run is not None
            and session.run is not before
            and (session.run.step > 5 or not session.run.is_running)
        )
    )


def wait_for_end(window: MainWindow) -> None:
    """Wait until nothing is trained."""
    wait(lambda: window.session.training_state is TrainingState.IDLE)


def stop_training(window: MainWindow) -> None:
    """End the training."""
    window.controllers.training.stop()
    wait_for_end(window)


def write_sixty_thousand(folder: Path) -> Path:
    """Write a dataset of MNIST's size, the built-in digits repeated, as a file in Keras' own form; return its path."""
    dataset = builtin_dataset()
    train, test = dataset.train, dataset.test
    path = folder / "sixty-thousand.npz"
    np.savez(
        path,
        x_train=np.tile(train.images, (_REPEATS, 1, 1)),
        y_train=np.tile(train.labels, _REPEATS),
        x_test=np.tile(test.images, (_REPEATS, 1, 1)),
        y_test=np.tile(test.labels, _REPEATS),
    )
    return path


def place_on_slider(slider: TimeSlider, index: int) -> QPoint:
    """Return the position of a snapshot on the slider."""
    return QPoint(round(slider.x_of(index)), _SLIDER_Y)


def point_of_stroke(canvas: QWidget, index: int) -> QPoint:
    """Return the place of a pen that goes round and round."""
    angle, radius = index * 0.12, 0.3 * min(canvas.width(), canvas.height())
    return canvas.rect().center() + QPoint(round(radius * np.cos(angle)), round(radius * np.sin(0.8 * angle)))


def draw_stroke(window: MainWindow, first: int, count: int) -> None:
    """Draw a stroke with the mouse."""
    canvas, left = window.draw.canvas, Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=point_of_stroke(canvas, first))
    for index in range(first + 1, first + count):
        QTest.mouseMove(canvas, point_of_stroke(canvas, index))
    QTest.mouseRelease(canvas, left, pos=point_of_stroke(canvas, first + count))


def painted_widget(window: MainWindow, name: str) -> QWidget:
    """Return the widget of some name that is painted: of one that scrolls, its viewport."""
    widget = window.findChild(QWidget, name)
    if widget is None:
        raise LookupError(f"There is no widget {name}.")
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


class Painted(QObject):
    """Waits until some widgets were painted.

    Args:
        widgets: All of which must be painted.
        is_done: What else must be so.
    """

    def __init__(self, widgets: list[QWidget], is_done: Callable[[], bool] = lambda: True) -> None:
        """Watch them."""
        super().__init__()
        self._widgets = widgets
        self._is_done = is_done
        self._missing: set[QObject] = set()
        self._loop = QEventLoop()
        self._checks = QTimer()
        self._checks.timeout.connect(self._check)
        for widget in widgets:
            widget.installEventFilter(self)

    def after(self, action: Callable[[], object], patience_s: float = 5.0) -> float:
        """Return how long it took from an action until all was painted, in ms."""
        begun = time.perf_counter()
        self._missing = set(self._widgets)
        action()
        limit = QTimer()
        limit.setSingleShot(True)
        limit.timeout.connect(self._loop.quit)
        limit.start(round(1000 * patience_s))
        self._checks.start(0)
        self._loop.exec()
        self._checks.stop()
        if self._missing:
            raise TimeoutError(f"never painted: {[one.objectName() for one in self._missing]}")
        return 1000 * (time.perf_counter() - begun)

    def _check(self) -> None:
        if not self._missing and self._is_done():
            self._loop.quit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that a widget is painted; what checks comes after the painting."""
        if event.type() is QEvent.Type.Paint:
            self._missing.discard(watched)
        return False


def say(words: str) -> None:
    """Tell how far it is."""
    print(f"  {words}", file=sys.stderr, flush=True)
