"""A session with a shipped network, and the whole window, for tests of panels and controllers."""

from functools import partialmethod

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from digitlab.gui import theme
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe
from digitlab.model.files.network_file import read_model
from digitlab.runs.run import Run
from digitlab.system.assets import model_path
from digitlab.system.settings import Settings
from tests.helpers.runs import advance, make_started

WAIT_MS = 120_000
"""A busy machine may be slow; pytest-qt times out after 5 s."""


class PatientBot(QtBot):
    """A qtbot with a long timeout."""

    waitUntil = partialmethod(QtBot.waitUntil, timeout=WAIT_MS)
    waitSignal = partialmethod(QtBot.waitSignal, timeout=WAIT_MS)
    waitExposed = partialmethod(QtBot.waitExposed, timeout=WAIT_MS)


@pytest.fixture
def qtbot(qapp, request):
    """Drives the window as the user does."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _clean_screen(qapp):
    """Start in light colours, and leave no widget behind that a later theme change would have to restyle.

    pytest-qt only schedules the deletion of widgets; it happens in the next event loop, which may be some tests later.
    A button that a test leaves pressed is released (Qt's double click leaves one): later tests would drag, not point.
    """
    theme.apply_scheme(qapp, theme.ColourScheme.LIGHT)
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
        floor = QWidget()
        for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            QTest.mouseRelease(floor, button)


@pytest.fixture(scope="session")
def tutorial():
    """The shipped network of the tutorial."""
    return read_model(model_path("tutorial"))


@pytest.fixture
def session(qapp, tutorial):
    """A session with the tutorial's network and an empty canvas."""
    return Session(tutorial, Recipe())


@pytest.fixture
def make_run():
    """Return a function that creates a run of some steps."""

    def make(steps=0, **started):
        return advance(Run(make_started(**started)), steps)

    return make


@pytest.fixture
def window(qtbot):
    """The whole window on screen, with its workers, which end with the test."""
    from digitlab.gui.app.application import make_window

    window = make_window(QApplication.instance(), Settings(colour_scheme="light", data_source="builtin"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window
