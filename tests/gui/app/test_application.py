"""The application around the window: shutdown and saved settings."""

import os
import sys

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QPushButton, QScrollArea, QWidget

from digitlab.gui import main_window
from digitlab.gui.app.application import make_application, make_window
from digitlab.gui.app.ending import WakeUp, close_when_asked
from digitlab.gui.session.values import TrainingState
from digitlab.system.settings import load_settings
from digitlab.system.signals import ENDING, handled
from tests.helpers.pixels import colour_at


def test_qt_delivers_every_move(qapp):
    make_application()
    attribute = Qt.ApplicationAttribute
    assert not qapp.testAttribute(attribute.AA_CompressHighFrequencyEvents)
    assert not qapp.testAttribute(attribute.AA_CompressTabletEvents)


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals")
@pytest.mark.parametrize("number", ENDING)
def test_a_floating_panel_is_restored_after_a_termination_signal(qtbot, window, number):
    window.findChild(QDockWidget, "drawDock").setFloating(True)
    with WakeUp() as wake_up, handled(lambda _: None):
        close_when_asked(QApplication.instance(), window, wake_up)
        os.kill(os.getpid(), number)
        qtbot.waitUntil(lambda: not window.isVisible())
    again = make_window(QApplication.instance(), load_settings())
    qtbot.addWidget(again)
    again.show()
    qtbot.waitExposed(again)
    dock = again.findChild(QDockWidget, "drawDock")
    assert dock.isFloating()
    assert dock.isVisible()
    again.close()


def test_the_status_bar_shows_the_state_of_training(window):
    activity = window.findChild(QLabel, "activity")
    window.session.training_state = TrainingState.RUNNING
    assert activity.text() == "Training"
    window.session.training_state = TrainingState.PAUSED
    assert activity.text() == "Training is paused"
    window.session.training_state = TrainingState.IDLE
    assert activity.text() == "Ready"


def test_a_note_in_the_status_bar_ends_by_itself(qtbot, window, monkeypatch):
    monkeypatch.setattr(main_window, "_NOTE_MS", 1)
    shown = []
    window.statusBar().messageChanged.connect(shown.append)
    window.messages.note("Something nice happened.")
    qtbot.waitUntil(lambda: shown == ["Something nice happened.", ""])


def test_a_copied_image_is_reported_without_hiding_the_state_of_the_training(qtbot, window):
    qtbot.waitUntil(lambda: window.session.view is not None)
    window.session.training_state = TrainingState.RUNNING
    window.actions_by_name["copyImage"].trigger()
    assert "clipboard" in window.statusBar().currentMessage()
    assert QApplication.clipboard().image().width() == 28
    window.session.training_state = TrainingState.PAUSED
    assert not window.statusBar().currentMessage()
    assert window.findChild(QLabel, "activity").text() == "Training is paused"


def test_a_dropped_link_says_why_it_does_nothing(window):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/seven.png")])
    arguments = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(QDropEvent(QPointF(500, 300), *arguments))
    assert "link" in window.messages.text


def test_the_first_window_fits_on_the_screen(window):
    available = window.screen().availableSize()
    assert window.height() + 30 <= available.height()


@pytest.mark.parametrize("name", ["checked", "primary"])
def test_the_focus_is_visible_on_accented_buttons(qtbot, window, name):
    holder = QWidget()
    qtbot.addWidget(holder)
    button = QPushButton("Train", holder)
    button.setCheckable(True)
    button.setChecked(name == "checked")
    button.setProperty("primary", name == "primary")
    other = QPushButton("Stop", holder)
    other.move(0, 60)
    holder.resize(120, 120)
    holder.show()
    holder.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    before = colour_at(button, QPoint(button.width() // 2, 0))
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert colour_at(button, QPoint(button.width() // 2, 0)) != before


def test_every_tab_stop_in_the_network_panel_is_visible(window):
    window.actions_by_name["showNetwork"].trigger()
    areas = window.panels.network.panel().findChildren(QScrollArea)
    assert areas
    assert all(area.focusPolicy() is Qt.FocusPolicy.NoFocus for area in areas)
