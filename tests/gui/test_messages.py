"""Messages to the user."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from digitlab.gui.messages import MessageBar, Messages, Option
from digitlab.system.errors import DigitLabError


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def test_an_error_is_withdrawn_only_while_it_is_shown(bar):
    messages, error = Messages(bar), DigitLabError("The file is broken.", remedy="Choose another.")
    messages.show_error(error)
    assert bar.text == "The file is broken. Choose another."
    messages.withdraw(error)
    assert bar.text == ""
    messages.show_info("Saved.")
    messages.withdraw(error)
    assert bar.text == "Saved."


def test_an_error_that_an_offer_covers_is_withdrawn_too(bar):
    messages, error = Messages(bar), DigitLabError("The file is broken.")
    messages.show_error(error)
    messages.offer("The run was interrupted.", "It is saved.", ())
    messages.withdraw(error)
    assert bar.text == "The run was interrupted. It is saved."
    bar.dismiss()
    assert bar.text == ""


def buttons(bar):
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {one.text(): one for one in bar.findChildren(QPushButton, "messageOption")}


def test_an_offer_is_shown_again_when_the_message_over_it_is_closed(bar, qtbot):
    messages, taken = Messages(bar), []
    messages.offer("The run was interrupted.", "It is saved.", (Option("Open it", lambda: taken.append(1)),))
    messages.show_info("Your drawing is back.")
    messages.show_info("Saved.")
    assert bar.text == "Saved."
    bar.dismiss()
    assert bar.text == "The run was interrupted. It is saved."
    qtbot.mouseClick(buttons(bar)["Open it"], Qt.MouseButton.LeftButton)
    assert taken == [1]
    assert bar.text == ""


def test_the_message_under_an_offer_is_shown_again_when_an_option_is_chosen(bar, qtbot):
    messages = Messages(bar)
    messages.show_info("Your drawing is back.")
    messages.offer("The run was interrupted.", "", (Option("Not now", lambda: None),))
    assert bar.text == "The run was interrupted."
    qtbot.mouseClick(buttons(bar)["Not now"], Qt.MouseButton.LeftButton)
    assert bar.text == "Your drawing is back."
    assert not buttons(bar)


def test_information_disappears_and_warnings_and_offers_stay(bar, qtbot, monkeypatch):
    # The offscreen pointer is in the corner where the bar is, and the only window has the focus.
    monkeypatch.setattr(bar, "underMouse", lambda: False)
    monkeypatch.setattr(QApplication, "focusWidget", lambda: None)
    messages = Messages(bar)
    bar.findChild(QTimer).setInterval(1)
    messages.show_info("Saved.")
    qtbot.waitUntil(lambda: bar.text == "")
    messages.offer("The run was interrupted.", "", (Option("Not now", lambda: None),))
    messages.show_error(DigitLabError("The file is broken."))
    assert not bar.findChild(QTimer).isActive()
    bar.dismiss()
    assert bar.text == "The run was interrupted."
    assert not bar.findChild(QTimer).isActive()


def test_information_stays_while_the_pointer_is_on_it(bar, qtbot, monkeypatch):
    monkeypatch.setattr(bar, "underMouse", lambda: True)
    Messages(bar).show_info("Saved.")
    with qtbot.waitSignal(bar.findChild(QTimer).timeout):
        bar.findChild(QTimer).setInterval(1)
    assert bar.text == "Saved."
