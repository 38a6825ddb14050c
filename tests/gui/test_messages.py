"""Messages to the person."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from digitlab.gui.messages import MessageBar, Messages, WayOn
from digitlab.system.errors import DigitLabError


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def test_an_error_is_taken_back_only_while_it_is_shown(bar):
    messages, error = Messages(bar), DigitLabError("The file is broken.", remedy="Choose another.")
    messages.show_error(error)
    assert bar.text == "The file is broken. Choose another."
    messages.withdraw(error)
    assert bar.text == ""
    messages.show_info("Saved.")
    messages.withdraw(error)
    assert bar.text == "Saved."


def test_an_error_that_an_offer_covers_is_taken_back_too(bar):
    messages, error = Messages(bar), DigitLabError("The file is broken.")
    messages.show_error(error)
    messages.offer("A training was cut off.", "It is kept.", ())
    messages.withdraw(error)
    assert bar.text == "A training was cut off. It is kept."
    bar.dismiss()
    assert bar.text == ""


def ways(bar):
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {one.text(): one for one in bar.findChildren(QPushButton, "messageWayOn")}


def test_an_offer_comes_again_when_what_covered_it_is_closed(bar, qtbot):
    messages, taken = Messages(bar), []
    messages.offer("A training was cut off.", "It is kept.", (WayOn("Open it", lambda: taken.append(1)),))
    messages.show_info("Your drawing is back.")
    messages.show_info("Saved.")
    assert bar.text == "Saved."
    bar.dismiss()
    assert bar.text == "A training was cut off. It is kept."
    qtbot.mouseClick(ways(bar)["Open it"], Qt.MouseButton.LeftButton)
    assert taken == [1]
    assert bar.text == ""


def test_what_an_offer_covers_comes_again_when_it_is_answered(bar, qtbot):
    messages = Messages(bar)
    messages.show_info("Your drawing is back.")
    messages.offer("A training was cut off.", "", (WayOn("Not now", lambda: None),))
    assert bar.text == "A training was cut off."
    qtbot.mouseClick(ways(bar)["Not now"], Qt.MouseButton.LeftButton)
    assert bar.text == "Your drawing is back."
    assert not ways(bar)


def test_news_go_by_themselves_and_warnings_and_offers_stay(bar, qtbot, monkeypatch):
    # On this screen the pointer is in the corner where the bar is, and the only window has the focus.
    monkeypatch.setattr(bar, "underMouse", lambda: False)
    monkeypatch.setattr(QApplication, "focusWidget", lambda: None)
    messages = Messages(bar)
    bar.findChild(QTimer).setInterval(1)
    messages.show_info("Saved.")
    qtbot.waitUntil(lambda: bar.text == "")
    messages.offer("A training was cut off.", "", (WayOn("Not now", lambda: None),))
    messages.show_error(DigitLabError("The file is broken."))
    assert not bar.findChild(QTimer).isActive()
    bar.dismiss()
    assert bar.text == "A training was cut off."
    assert not bar.findChild(QTimer).isActive()


def test_news_stay_while_the_pointer_is_on_them(bar, qtbot, monkeypatch):
    monkeypatch.setattr(bar, "underMouse", lambda: True)
    Messages(bar).show_info("Saved.")
    with qtbot.waitSignal(bar.findChild(QTimer).timeout):
        bar.findChild(QTimer).setInterval(1)
    assert bar.text == "Saved."
