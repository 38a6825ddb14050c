"""Filling in fields with the keyboard, and reading their problems."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton


def field(panel, name):
    """Return a line edit of a panel by its objectName."""
    return panel.findChild(QLineEdit, name)


def type_into(qtbot, edit, text):
    """Replace the text of a line edit, key by key."""
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def choose(qtbot, box, text):
    """Choose an entry of a box."""
    target = box.findText(text)
    assert target >= 0, f"{text} is not in the list"
    box.setFocus()
    while box.currentIndex() != target:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < target else Qt.Key.Key_Up)


def problems(panel):
    """Return the sentences at invalid fields."""
    return [label.text() for label in panel.findChildren(QLabel) if label.property("problem") and label.isVisible()]


def assert_every_field_tells_what_it_is(panel):
    """Assert that each field and button has an object name, an accessible name, a tooltip and a help text."""
    for widget in (*panel.findChildren(QLineEdit), *panel.findChildren(QComboBox), *panel.findChildren(QPushButton)):
        assert widget.objectName(), widget
        assert widget.accessibleName(), widget.objectName()
        assert widget.toolTip(), widget.objectName()
        assert widget.whatsThis(), widget.objectName()


def tab_order(panel):
    """Return the object names of the widgets that the Tab key reaches within a panel, in order."""
    stops = {Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.WheelFocus}
    names = []
    widget = panel.nextInFocusChain()
    while widget is not panel:
        if widget.focusPolicy() in stops and panel.isAncestorOf(widget) and widget.isVisibleTo(panel):
            names.append(widget.objectName())
        widget = widget.nextInFocusChain()
    return names
