"""Labels of plain text and of our own rich text, and a container for labels whose text changes often."""

import html
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from digitlab.words.names import one_line, visible

_MOST: Final = 1_000
"""Maximum length of a label's text, in characters."""


class Label(QLabel):
    """A label of plain text without control characters, as texts contain names from files.

    Qt would take a name with tags for rich text and open the files that these name.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        """Show a text."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text, as one paragraph."""
        super().setText(one_line(text, _MOST))


class RichLabel(QLabel):
    """A label of rich text; what comes from outside must be ``escaped``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty label."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)


def escaped(text: str) -> str:
    """Return plain text for use within rich text, without control characters."""
    return html.escape(visible(text), quote=False)


def menu_text(name: str) -> str:
    """Return a name as the text of a menu entry or a button: an ampersand in it is no shortcut."""
    return one_line(name).replace("&", "&&")


class LayoutBarrier(QWidget):
    """Contains a label without a layout, so that a new text does not cause a layout of everything around it.

    When a label's text changes, Qt lays out and paints everything around it, up to the window.
    """

    def __init__(self, label: QLabel) -> None:
        """Wrap a label.

        Args:
            label: Its size policy and its height limits apply to the barrier.
        """
        super().__init__()
        self._label = label
        label.setParent(self)
        self.setSizePolicy(label.sizePolicy())
        self.setMinimumHeight(label.minimumHeight())
        self.setMaximumHeight(label.maximumHeight())

    def sizeHint(self) -> QSize:
        """Return the label's size hint."""
        return self._label.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the label's minimum size hint."""
        return self._label.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the label to the whole widget."""
        super().resizeEvent(event)
        self._label.resize(event.size())
