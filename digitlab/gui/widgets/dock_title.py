"""The title bar of a dock: its title, a button to float or dock it, and one to close it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.themed import Themed

_BUTTON_PX: Final = 24
_EDGE_PX: Final = 5
TITLE_PX: Final = _BUTTON_PX + 2 * _EDGE_PX


class DockTitle(Themed, QWidget):
    """The title with buttons to float or dock the dock and to close it."""

    def __init__(
        self,
        dock: QDockWidget,
        title: str,
        buttons: tuple[tuple[str, str], tuple[str, str]],
        float_or_dock: Callable[[], None],
    ) -> None:
        """Create the title bar of a dock.

        Args:
            dock: The dock.
            title: Its title.
            buttons: Object name and tooltip of the button that floats it, and of the one that closes it.
            float_or_dock: A slot that floats or docks it.
        """
        super().__init__(dock)
        self._owner = dock
        self._float = QToolButton(self)
        self._close = QToolButton(self)
        describe(self._float, buttons[0][0], "Float", buttons[0][1])
        describe(self._close, buttons[1][0], "Close", buttons[1][1])
        row = QHBoxLayout(self)
        # A dock takes the height of its title from the size hint, not from the size limits.
        row.setContentsMargins(theme.SPACE_L, _EDGE_PX, theme.SPACE_S, _EDGE_PX)
        row.setSpacing(theme.SPACE_XS)
        label = Label(title)
        label.setFont(theme.title_font(label.font()))
        row.addWidget(label, 1)
        for button in (self._float, self._close):
            button.setProperty("bare", True)
            button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
            button.setIconSize(QSize(14, 14))
            row.addWidget(button)
        self._float.clicked.connect(float_or_dock)
        self._close.clicked.connect(dock.close)
        dock.topLevelChanged.connect(self._on_top_level_changed)
        self.follow_theme()

    @Slot(bool)
    def _on_top_level_changed(self, is_floating: bool) -> None:
        self._float.setAccessibleName("Dock" if is_floating else "Float")
        self.restyle()

    def restyle(self) -> None:
        """Redraw the icons in the theme's colours."""
        self._float.setIcon(theme.icon("dock" if self._owner.isFloating() else "float", self.palette()))
        self._close.setIcon(theme.icon("close", self.palette()))
