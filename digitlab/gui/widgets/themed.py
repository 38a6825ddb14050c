"""Widgets whose icons, words or cached pictures depend on the theme's colours and fonts."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object  # a second class of Qt among the bases would be a second widget

_RESTYLING: Final = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)


class Themed(_Widget):
    """Has a widget restyle itself when the colours or the font change. Stands first among the bases.

    Example:
        class Buttons(Themed, QWidget):
            def __init__(self) -> None:
                super().__init__()
                self._play = QToolButton(self)
                self.follow_theme()

            def restyle(self) -> None:
                self._play.setIcon(theme.icon("play", self.palette()))
    """

    _follows_theme = False

    def follow_theme(self) -> None:
        """Restyle now and whenever the theme changes; call it when everything that ``restyle`` needs is there."""
        self._follows_theme = True
        self.restyle()

    def restyle(self) -> None:
        """Take over the colours and fonts of now."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Restyle, if the widget is complete."""
        super().changeEvent(event)
        if self._follows_theme and event.type() in _RESTYLING:
            self.restyle()
