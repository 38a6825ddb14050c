"""Labels whose text changes often, without a new layout of the window each time."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class LayoutBarrier(QWidget):
    """Holds a label without a layout of its own, so that a new text does not lay out everything around it.

    Qt reacts to a label's new text by laying out and painting all that surrounds it, up to the window.
    """

    def __init__(self, label: QLabel) -> None:
        """Take in a label.

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
        """Give the label the whole size."""
        super().resizeEvent(event)
        self._label.resize(event.size())
