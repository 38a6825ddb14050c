"""The dock with the lessons: beside the window, or in a small window behind a tab of the drawing panel."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow

from digitlab.gui.lessons.panel import LessonsPanel
from digitlab.gui.widgets.dock_title import DockTitle

_TITLE: Final = "Lessons"
_USUAL_PX: Final = 320
_LEAST_PX: Final = 232
_ROOMY_PX: Final = 1200
"""In a narrower window, the lessons share the place of the drawing panel, so that the tabs keep theirs."""


class LessonsDock(QDockWidget):
    """The lessons; they can be moved to another side, floated and closed.

    Signals:
        closed: The person closed it.

    Attributes:
        panel: The lessons.
    """

    closed = Signal()

    def __init__(self, panel: LessonsPanel, drawing: QDockWidget, window: QMainWindow) -> None:
        """Create the dock without a place; see ``place``.

        Args:
            panel: The lessons.
            drawing: The dock of the drawing panel.
            window: The window.
        """
        super().__init__(_TITLE, window)
        self._window = window
        self._drawing = drawing
        self.panel = panel
        self.setObjectName("lessonsDock")
        names = (
            ("floatLessonsButton", "Show the lessons in a window of their own, or dock them."),
            ("closeLessonsButton", "Close the lessons; Help > Lessons shows them again, where you left."),
        )
        self.setTitleBarWidget(DockTitle(self, _TITLE, names, self.float_or_dock))
        self.setWidget(panel)
        panel.setMinimumWidth(_LEAST_PX)
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)

    def place(self) -> None:
        """Dock the lessons on the right, or in a small window with the drawing panel, and show them."""
        self._dock()
        self.bring_up()

    def _dock(self) -> None:
        self.setFloating(False)
        if self._window.width() < _ROOMY_PX:
            self._window.tabifyDockWidget(self._drawing, self)
        else:
            self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self)
            self._window.resizeDocks([self], [_USUAL_PX], Qt.Orientation.Horizontal)
        self.show()
        self.raise_()

    def follow_window(self) -> None:
        """Take the usual place in a window of another size, unless the user chose another one."""
        if self.isHidden() or self.isFloating():
            return
        is_behind = self._drawing in self._window.tabifiedDockWidgets(self)
        is_right = self._window.dockWidgetArea(self) == Qt.DockWidgetArea.RightDockWidgetArea and not is_behind
        if (is_right and self._window.width() < _ROOMY_PX) or (is_behind and self._window.width() >= _ROOMY_PX):
            self._dock()

    def bring_up(self) -> None:
        """Show the lessons in front of other docks, and move the keyboard's focus there."""
        self.show()
        self.raise_()
        self.panel.take_focus()

    @Slot()
    def float_or_dock(self) -> None:
        """Show the lessons in a window of their own, or dock them."""
        self.setFloating(not self.isFloating())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the lessons are left."""
        super().closeEvent(event)
        self.closed.emit()
