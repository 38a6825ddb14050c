"""Room for words that change often: Qt lays out and paints all around a label, up to the window, with each of them."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class StillRoom(QWidget):
    """Holds a label, without a layout that would ask for room anew with each of its words.

    Args:
        label: The label; its size policy and its limits hold for the room.
    """

    def __init__(self, label: QLabel) -> None:
        """Take the label in."""
        super().__init__()
        self._label = label
        label.setParent(self)
        self.setSizePolicy(label.sizePolicy())
        self.setMinimumHeight(label.minimumHeight())
        self.setMaximumHeight(label.maximumHeight())

    def sizeHint(self) -> QSize:
        """Return the room that the label would like."""
        return self._label.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the room that the label needs."""
        return self._label.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the label all of it."""
        super().resizeEvent(event)
        self._label.resize(event.size())
