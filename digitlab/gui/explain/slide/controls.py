"""The buttons and the speed of a playback."""

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.slide.playback import SPEEDS, Playback
from digitlab.gui.widgets.fields import ChoiceBox, describe, set_tip
from digitlab.gui.widgets.themed import Themed

_PLAY_TIP: Final = "Let the window move by itself; the output fills in (Space)."
_PAUSE_TIP: Final = "Stop the window where it is (Space)."


class PlaybackControls(Themed, QWidget):
    """Restart, step back, play or pause, step forward, and the speed."""

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        """Control a playback."""
        super().__init__(parent)
        self._playback = playback
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_XS)
        self._restart = self._add("slideRestart", "Restart", "Empty the output, and begin at the first position.")
        self._back = self._add("slideBack", "Step back", "Move the window back by one position.")
        self._play = self._add("slidePlay", "Play", _PLAY_TIP)
        self._forward = self._add("slideForward", "Step forward", "Move the window on by one position.")
        self._speed = ChoiceBox()
        describe(self._speed, "slideSpeed", "Speed", "How many positions the window passes in a second.")
        for speed in SPEEDS:
            self._speed.add_choice(f"{speed} a second", speed)
        self._speed.show_choice(playback.speed)
        row.addWidget(self._speed)
        self._restart.clicked.connect(playback.restart)
        self._back.clicked.connect(self._on_back_clicked)
        self._play.clicked.connect(playback.play_or_pause)
        self._forward.clicked.connect(self._on_forward_clicked)
        self._speed.currentIndexChanged.connect(self._on_speed_changed)
        playback.playing_changed.connect(self._on_playing_changed)
        self.follow_theme()

    def _add(self, object_name: str, name: str, tooltip: str) -> QToolButton:
        button = QToolButton(self)
        describe(button, object_name, name, tooltip)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(button)
        return button

    def restyle(self) -> None:
        """Colour the icons."""
        play = "pause" if self._playback.is_playing else "play"
        icons = {self._restart: "reset", self._back: "step-back", self._play: play, self._forward: "step"}
        for button, name in icons.items():
            button.setIcon(theme.icon(name, self.palette()))

    @Slot()
    def _on_playing_changed(self) -> None:
        is_playing = self._playback.is_playing
        self._play.setAccessibleName("Pause" if is_playing else "Play")
        set_tip(self._play, _PAUSE_TIP if is_playing else _PLAY_TIP)
        self.restyle()

    @Slot()
    def _on_back_clicked(self) -> None:
        self._playback.step(-1)

    @Slot()
    def _on_forward_clicked(self) -> None:
        self._playback.step(1)

    @Slot()
    def _on_speed_changed(self) -> None:
        self._playback.set_speed(self._speed.currentData())
