"""Widgets whose icons, texts or cached pictures depend on the theme's colours and fonts, and on the screen."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object  # at run time, a second Qt base class would be a second widget

_RESTYLING: Final = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange)


class Themed(_Widget):
    """Restyles a widget when its palette, its font or the pixel ratio of its screen changes.

    It must be the first base class.

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
        """Restyle now and on every change; call it when all attributes used by ``restyle`` exist."""
        self._follows_theme = True
        self.restyle()

    def restyle(self) -> None:
        """Apply the current palette and font; the default implementation repaints the widget."""
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Restyle, if ``follow_theme`` was called."""
        super().changeEvent(event)
        if self._follows_theme and event.type() in _RESTYLING:
            self.restyle()
