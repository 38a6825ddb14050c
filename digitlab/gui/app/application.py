"""The application: what is created once, the order of start-up, and shutdown."""

import logging
import math
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QCoreApplication, QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from digitlab.commands.terminal import show_error
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.sources import DataSource
from digitlab.gui import theme
from digitlab.gui.app.ending import WakeUp, close_when_asked
from digitlab.gui.app.imports import read_no_sources
from digitlab.gui.app.start import Start
from digitlab.gui.main_window import MainWindow
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe
from digitlab.model.files.network_file import read_model
from digitlab.system.assets import DEFAULT_MODEL, icon_path, model_path
from digitlab.system.errors import DigitLabError
from digitlab.system.settings import Settings, load_settings
from digitlab.system.signals import Escalation, end_at_once, handled

_log = logging.getLogger(__name__)

APPLICATION_ID: Final = "io.github.digitlab.DigitLab"
"""The name shared by desktop entry, icons, metainfo and window."""

_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")

_SCALE: Final = "QT_SCALE_FACTOR"

_EXIT_WITHOUT_WINDOW: Final = 2
"""The exit code when Qt cannot make a window, as after wrong input."""

_SAMPLE_DIGIT: Final = 5

_SWITCH_INTERVAL_S: Final = 0.0005
"""How long a thread may hold the GIL while the window waits; Python's default of 5 ms causes noticeable delays."""


def make_application() -> QApplication:
    """Return the QApplication, named and styled; an existing one is reused.

    Raises:
        DigitLabError: If there is no display; Qt itself would end the process.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        raise DigitLabError(
            "There is no display for the window.",
            remedy="Start it on a desktop, or save screenshots of it: digitlab demo.",
        )
    _ignore_impossible_scale()
    existing = QApplication.instance()
    # The style as an argument: `setStyle` would make PySide create all of QStyle's types before the window is painted.
    app = existing if isinstance(existing, QApplication) else QApplication([*sys.argv[:1], "-style", "Fusion"])
    _keep_all_moves()
    app.setApplicationName("DigitLab")
    app.setApplicationDisplayName("DigitLab")
    app.setOrganizationName("DigitLab")
    QGuiApplication.setDesktopFileName(APPLICATION_ID)
    app.setWindowIcon(QIcon(str(icon_path("digitlab"))))
    return app


def _keep_all_moves() -> None:
    """Have Qt deliver every move of mouse, finger and pen, so that fast strokes keep their shape.

    On X11, Qt otherwise drops all moves but the last that waited while the window was busy: of 200 in 0.3 s, two came.
    Its plugin for X11 turns that on when the application is created (measured with Qt 6.11), so this comes afterwards.
    """
    for attribute in (
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
        Qt.ApplicationAttribute.AA_CompressTabletEvents,
    ):
        QCoreApplication.setAttribute(attribute, False)


def _ignore_impossible_scale() -> None:
    """Ignore the user's scale if it is not a number: Qt takes "nan" as one and ends in a segmentation fault."""
    with suppress(ValueError):  # Qt itself ignores other texts
        if math.isnan(float(os.environ.get(_SCALE, "1"))):
            del os.environ[_SCALE]


def prepare_process() -> None:
    """Switch threads often enough for the window, import without reading sources, and log Qt's messages."""
    read_no_sources()
    os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"  # the user's environment may choose another for other programs
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }
    qt_log = logging.getLogger("qt")

    def log(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        del context
        qt_log.log(levels.get(kind, logging.WARNING), "%s", text)
        if kind is QtMsgType.QtFatalMsg:
            # Qt would now abort the process without a word: it cannot reach the display, for example.
            reason = text.strip().partition("\n")[0]
            show_error(DigitLabError("The window cannot be opened.", expected=reason, remedy="Check the display."))
            os._exit(_EXIT_WITHOUT_WINDOW)

    qInstallMessageHandler(log)


def make_window(app: QApplication, settings: Settings) -> MainWindow:
    """Return the window with the shipped network and a sample digit; nothing is loaded in the background yet."""
    theme.apply_scheme(app, theme.scheme_of(settings.colour_scheme))
    session = Session(read_model(model_path(DEFAULT_MODEL)), Recipe(source=_source(settings)))
    window = MainWindow(session, settings)
    sample = builtin_drawing(_SAMPLE_DIGIT, builtin_styles(_SAMPLE_DIGIT)[0])
    session.sketch = Sketch(drawing=sample, is_sample=True)
    return window


def start_up(window: MainWindow, file: Path | None) -> None:
    """Start the deferred part of the start-up; the window must be on screen.

    Args:
        window: The window.
        file: A file to open, or None for what was open last time.
    """
    window.place_dock()
    Start(window, file)


def open_window(file: Path | None) -> int:
    """Open the window and run it until it is closed.

    Args:
        file: A file to open, or None.

    Returns:
        The exit code.
    """
    # Until the event loop runs, a signal only wakes it; it then closes the window, which exists.
    with WakeUp() as wake_up, handled(Escalation(lambda _: None, end_at_once).handle):
        prepare_process()
        app = make_application()
        problems: list[DigitLabError] = []
        window = make_window(app, load_settings(problems.append))
        app.styleHints().colorSchemeChanged.connect(window.features.follow_system_colours)
        _show_unexpected_errors(window)
        close_when_asked(app, window, wake_up)
        window.show()
        for problem in problems:
            window.messages.show_error(problem)
        start_up(window, file)
        return app.exec()


def _source(settings: Settings) -> str:
    """Return the dataset until `Restart` has looked for files, whose drive may not respond."""
    return settings.data_source if settings.data_source in tuple(DataSource) else str(DataSource.BUILTIN)


def _show_unexpected_errors(window: MainWindow) -> None:
    """Log and show every uncaught error, instead of exiting or failing silently."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _log.critical("Unexpected error.", exc_info=(kind, error, trace))
        if isinstance(error, Exception):
            window.messages.show_error(error)

    sys.excepthook = show
