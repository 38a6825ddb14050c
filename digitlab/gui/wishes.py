"""What each action of menus and keys does, as one table."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWhatsThis

from digitlab.errors import DigitLabError
from digitlab.gui.values import TrainingState

if TYPE_CHECKING:
    from digitlab.gui.main_window import MainWindow


def _clear(window: "MainWindow") -> None:
    """Empty the canvas, and take the pen: there is nothing left to erase."""
    window.editor.clear()
    window.actions_by_name["pen"].trigger()


def _copy_image(window: "MainWindow") -> None:
    from digitlab.gui.pixels import grey_image

    view = window.session.view
    if view is not None:
        QGuiApplication.clipboard().setImage(grey_image(view.steps.image))
        window.tell_activity("The 28 × 28 image is in the clipboard")


def _train_or_pause(window: "MainWindow") -> None:
    panels = window.panels
    if panels.network.built is not None:
        panels.network.built.apply_now()
    panel = panels.train.panel()
    if window.session.training_state is TrainingState.IDLE and panel.problem:
        panels.setCurrentWidget(panels.train)
        window.messages.tell_error(DigitLabError(panel.problem))
    else:
        window.controllers.training.train_or_pause()


def _evaluate(window: "MainWindow") -> None:
    window.panels.setCurrentWidget(window.panels.evaluate)
    window.controllers.evaluation.judge()


def _show_keyboard(window: "MainWindow") -> None:
    from digitlab.gui.help import keyboard_dialog

    keyboard_dialog(window).show()


def _open_log(window: "MainWindow") -> None:
    del window
    from digitlab.gui.help import open_log_folder

    open_log_folder()


def _show_about(window: "MainWindow") -> None:
    from digitlab.gui.help import about_text

    window.messages.tell(*about_text())


WISHES: Final[dict[str, Callable[["MainWindow"], object]]] = {
    "open": lambda window: window.controllers.dialogs.open(),
    "paste": lambda window: window.controllers.dialogs.paste(),
    "saveNetwork": lambda window: window.controllers.dialogs.save_network(),
    "saveDrawing": lambda window: window.controllers.dialogs.save_drawing(),
    "openLast": lambda window: window.controllers.runs.open_last(),
    "openEarlier": lambda window: window.controllers.runs.open_earlier(),
    "quit": lambda window: window.close(),
    "undo": lambda window: window.editor.undo(),
    "redo": lambda window: window.editor.stack.redo(),
    "clear": _clear,
    "copyImage": _copy_image,
    "fullScreen": lambda window: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
    "train": _train_or_pause,
    "stop": lambda window: window.controllers.training.stop(),
    "reset": lambda window: window.controllers.training.reset(),
    "newSeed": lambda window: window.controllers.training.new_seed(),
    "evaluate": _evaluate,
    "testDigit": lambda window: window.controllers.files.show_test_digit(0),
    "play": lambda window: window.controllers.replay.play_or_pause(),
    "earlier": lambda window: window.controllers.replay.step_by(-1),
    "later": lambda window: window.controllers.replay.step_by(1),
    "newest": lambda window: window.controllers.replay.show_newest(),
    "pin": lambda window: window.controllers.replay.pin_or_unpin(),
    "swap": lambda window: window.controllers.replay.swap(),
    "goOn": lambda window: window.controllers.training.go_on(),
    "whatsThis": lambda window: QWhatsThis.enterWhatsThisMode(),
    "keyboard": _show_keyboard,
    "openLog": _open_log,
    "about": _show_about,
}
"""By the names of the actions. The controllers are made when the first wish needs them, at the latest."""
