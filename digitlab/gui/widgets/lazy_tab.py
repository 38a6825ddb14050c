"""A tab whose panel is built on first use."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from digitlab.gui.widgets.throttle import Throttle

Panel = TypeVar("Panel", bound=QWidget)

_AFTER_PAINT_MS: Final = 1
"""Long enough for the window to be painted before."""


class _Holder(QWidget):
    """Holds a panel without a layout: a scroll area would give a layout with wrapping texts its preferred height."""

    def panel(self) -> QWidget | None:
        return next((child for child in self.children() if isinstance(child, QWidget)), None)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size of the panel."""
        panel = self.panel()
        if panel is None:
            return QSize()
        least, hint = panel.minimumSize(), panel.minimumSizeHint()
        return QSize(least.width() or hint.width(), least.height() or hint.height())

    def event(self, event: QEvent) -> bool:
        """Pass on that the smallest size of the panel may have changed."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the panel to the whole widget."""
        super().resizeEvent(event)
        panel = self.panel()
        if panel is not None:
            panel.resize(event.size())


class LazyTab(QScrollArea, Generic[Panel]):
    """Builds its panel right after it is first shown, unless panels are on hold; scrolls if the window is too small.

    Args:
        build: Creates the panel as a child of the given widget: if it were moved to another parent, it would be styled
            again, with all its children.
        is_held: Returns whether panels must not be built yet.
        parent: The widget around it.
    """

    def __init__(self, build: Callable[[QWidget], Panel], is_held: Callable[[], bool], parent: QWidget) -> None:
        """Create a tab without a panel."""
        super().__init__(parent)
        self._build = build
        self._is_held = is_held
        self._building = Throttle(self._on_shown, _AFTER_PAINT_MS, self)
        self._panel: Panel | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def built(self) -> Panel | None:
        """The panel, or None if it is not built yet."""
        return self._panel

    def panel(self) -> Panel:
        """Return the panel, building it if necessary."""
        if self._panel is None:
            holder = _Holder()
            self.setWidget(holder)
            self._panel = self._build(holder)
            self._panel.resize(holder.size())
            self._panel.show()
        return self._panel

    def showEvent(self, event: QShowEvent) -> None:
        """Build the panel after the next paint."""
        super().showEvent(event)
        if self._panel is None:
            self._building.request()

    def _on_shown(self) -> None:
        if not self._is_held():
            self.panel()
