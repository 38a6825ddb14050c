"""Widgets below each other."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Stack(QWidget):
    """Shows widgets below each other, each as high as it must be at the width of the stack.

    When a widget is added, a layout of Qt lays all others out again for each widget around it that has to grow: for
    some dozens of them this takes longer than a frame. Here, the others only move.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty stack."""
        super().__init__(parent)
        self._stacked: tuple[QWidget, ...] = ()

    def stack(self, widgets: Sequence[QWidget]) -> None:
        """Show other widgets.

        Args:
            widgets: Children of the stack, from top to bottom. Those from before that are missing here are removed.
        """
        before, self._stacked = set(self._stacked), tuple(widgets)
        for removed in before.difference(widgets):
            removed.hide()
            removed.setParent(None)
            removed.deleteLater()
        added = [widget for widget in widgets if widget not in before]
        for widget in added:
            widget.ensurePolished()  # so that its size is known
        self._arrange()
        for widget in added:
            widget.show()  # now, so that it can get the focus

    def _arrange(self) -> None:
        top, width = 0, self.width()
        for widget in self._stacked:
            height = widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()
            widget.setGeometry(0, top, width, height)
            top += height
        self.setFixedHeight(top)

    def event(self, event: QEvent) -> bool:
        """Arrange the widgets again when one of them needs another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the widgets for another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()
