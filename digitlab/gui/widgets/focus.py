"""Where the keyboard's focus goes in a part of the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def holds(region: QWidget, widget: QWidget | None) -> bool:
    """Return whether a widget is a part of the window or lies in it."""
    return widget is not None and (region is widget or region.isAncestorOf(widget))


def first_stop(region: QWidget) -> QWidget | None:
    """Return the first widget of a region, in the order of the Tab key, that takes the focus; None if there is none."""
    widget: QWidget | None = region
    while widget is not None:
        can_focus = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
        if can_focus and holds(region, widget):
            return widget
        widget = widget.nextInFocusChain()  # a ring through the whole window
        if widget is region:
            return None
    return None
