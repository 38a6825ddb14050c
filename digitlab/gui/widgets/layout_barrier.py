"""A container for labels whose text changes often, to avoid a new layout of the window each time."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


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
