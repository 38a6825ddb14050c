"""A tab whose panel is built on first use."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digitlab.gui.widgets.throttle import Throttle

Panel = TypeVar("Panel", bound=QWidget)

_AFTER_PAINT_MS: Final = 1
"""Long enough for the window to be painted before."""


class LazyTab(QWidget, Generic[Panel]):
    """Builds its panel right after it is first shown, unless panels are on hold.

    Args:
        build: Creates the panel as a child of the tab: a widget moved to another parent is styled again, with all its
            children.
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
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def built(self) -> Panel | None:
        """The panel, or None if it is not built yet."""
        return self._panel

    def panel(self) -> Panel:
        """Return the panel, building it if necessary."""
        if self._panel is None:
            self._panel = self._build(self)
            self._layout.addWidget(self._panel)
        return self._panel

    def showEvent(self, event: QShowEvent) -> None:
        """Build the panel after the next paint."""
        super().showEvent(event)
        if self._panel is None:
            self._building.request()

    def _on_shown(self) -> None:
        if not self._is_held():
            self.panel()
