"""Messages to the user."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

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


@pytest.fixture
def tabs(qtbot):
    """Tabs with a table and some fields, at the smallest size that the window supports, and a bar over them."""
    around = QWidget()
    qtbot.addWidget(around)
    column = QVBoxLayout(around)
    tabs = QTabWidget()
    column.addWidget(tabs)
    page = QWidget()
    grid = QGridLayout(page)
    for place in range(16):
        field = QLineEdit(objectName=f"field{place}")
        grid.addWidget(field, place // 4, place % 4)
    tabs.addTab(page, "Train")
    tabs.addTab(QTableWidget(), "Runs")
    bar = MessageBar(around)
    bar.lie_over(tabs)
    around.resize(624, 460)
    around.show()
    qtbot.waitExposed(around)
    qtbot.waitUntil(around.isActiveWindow)
    yield tabs
    around.close()


def bar_over(tabs):
    return tabs.parentWidget().findChild(MessageBar)


LONG = DigitLabError("The learning rate is not a number.", expected="It is above 0.", remedy="Type it again, please.")


def test_a_message_over_the_tabs_moves_nothing_and_leaves_the_tabs_in_sight(tabs):
    before = {one: one.geometry() for one in tabs.findChildren(QWidget)}
    bar = bar_over(tabs)
    Messages(bar).show_error(LONG, (Option("Open it", lambda: None), Option("Not now", lambda: None)))
    QApplication.processEvents()
    assert bar.isVisible()
    assert {one: one.geometry() for one in before} == before
    assert not bar.geometry().intersects(QRect(tabs.tabBar().mapTo(bar.parentWidget(), QPoint()), tabs.tabBar().size()))
    assert tabs.geometry().contains(bar.geometry())
    for label in bar.findChildren(QLabel):
        assert label.heightForWidth(label.width()) <= label.height()
    assert {one.text() for one in buttons(bar).values() if one.visibleRegion().boundingRect() == one.rect()} == {
        "Open it",
        "Not now",
    }


@pytest.mark.parametrize("number", range(16))
def test_a_message_never_covers_the_focused_or_the_invalid_field(tabs, number):
    bar, field = bar_over(tabs), tabs.findChild(QLineEdit, f"field{number}")
    invalid = tabs.findChild(QLineEdit, f"field{15 - number}")
    Messages(bar).show_error(LONG)
    field.setFocus()
    assert not covers(bar, field)
    invalid.setProperty("invalid", True)
    Messages(bar).show_error(LONG)
    assert not covers(bar, field)
    assert not covers(bar, invalid)


def covers(bar, widget):
    return bar.geometry().intersects(QRect(widget.mapTo(bar.parentWidget(), QPoint()), widget.size()))


def test_a_message_follows_the_size_and_stays_over_another_tab(tabs):
    bar = bar_over(tabs)
    Messages(bar).show_error(LONG)
    tabs.setCurrentIndex(1)
    tabs.parentWidget().resize(1400, 900)
    QApplication.processEvents()
    assert bar.geometry().right() > 1400 - 40
    assert bar.visibleRegion().boundingRect() == bar.rect()
