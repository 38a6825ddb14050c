"""The position of a sliding window over time: playing, stepping, and steering by hand."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

SPEEDS: Final = (1, 4, 15, 60)
"""Positions a second."""
DEFAULT_SPEED: Final = 4

_FRAME_MS: Final = 16
_LONGEST_S: Final = 0.25
"""A frame that comes later than this moves the window no further, so that it does not jump after a pause."""
_SLOW: Final = 4
_REST: Final = 0.6
"""Share of the time that the window rests at each position, at slow speeds, so that the numbers can be read."""


class Playback(QObject):
    """Where the window is, and how much of the output is filled.

    Signals:
        moved: The window moved, if only a part of the way to the next position.
        playing_changed: Playing began or ended.
    """

    moved = Signal()
    playing_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        """Create a playback without positions."""
        super().__init__(parent)
        self._count = 0
        self._position = 0
        self._phase = 0.0
        self._filled = 0
        self._speed = DEFAULT_SPEED
        self._is_held = False
        self._since_frame = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._is_playing = False

    @property
    def count(self) -> int:
        """Number of positions."""
        return self._count

    @property
    def position(self) -> int:
        """The position of the window, counted row by row."""
        return self._position

    @property
    def fraction(self) -> float:
        """How far the window is on its way to the next position, 0..1."""
        if self._speed > _SLOW:
            return self._phase
        share = max(self._phase - _REST, 0.0) / (1 - _REST)
        return share * share * (3 - 2 * share)  # it starts and ends slowly

    @property
    def filled(self) -> int:
        """How many outputs are filled, row by row."""
        return self._filled

    @property
    def is_playing(self) -> bool:
        """Whether the window moves by itself, or will when the mouse no longer holds it."""
        return self._is_playing

    @property
    def is_running(self) -> bool:
        """Whether the window moves by itself now."""
        return self._timer.isActive()

    @property
    def speed(self) -> int:
        """Positions a second."""
        return self._speed

    def set_speed(self, speed: int) -> None:
        """Set how many positions are passed a second."""
        self._speed = speed

    def set_count(self, count: int) -> None:
        """Set another number of positions, with all outputs filled and the window at the first position."""
        if count != self._count:
            self._count = self._filled = count
            self._position, self._phase = 0, 0.0
            self.pause()

    def play_or_pause(self) -> None:
        """Play from here, or from the first position if the window is at the last one; or pause."""
        if self._is_playing:
            self.pause()
        elif self._count > 1:
            if self._position == self._count - 1:
                self._position, self._phase = 0, 0.0
            self._filled = self._position + 1
            self._is_playing, self._is_held = True, False  # the mouse may rest on a grid
            self._run()
            self.playing_changed.emit()
            self.moved.emit()

    def pause(self) -> None:
        """Leave the window where it is."""
        self._timer.stop()
        if self._is_playing:
            self._is_playing = False
            self._phase = 0.0
            self.playing_changed.emit()
            self.moved.emit()

    def hold(self) -> None:
        """Stop while the mouse steers the window."""
        self._is_held = True
        self._timer.stop()

    def let_go(self) -> None:
        """Continue, if it was playing."""
        self._is_held = False
        self._run()

    def restart(self) -> None:
        """Go to the first position, with all other outputs empty; it goes on playing."""
        self._position, self._phase, self._filled = 0, 0.0, min(self._count, 1)
        self.moved.emit()

    def fill(self) -> None:
        """Fill all outputs."""
        self._filled = self._count
        self.moved.emit()

    def step(self, count: int) -> None:
        """Pause, and move by some positions."""
        self.pause()
        self.go_to(self._position + count)

    def go_to(self, position: int) -> None:
        """Move the window to a position, limited to those there are, and fill the outputs up to it."""
        position = min(max(position, 0), max(self._count - 1, 0))
        self._filled = max(self._filled, min(position + 1, self._count))
        self._position, self._phase = position, 0.0
        self.moved.emit()

    def advance(self, seconds: float) -> None:
        """Move as far as the window gets in some time; it stops at the last position."""
        phase = self._phase + min(seconds, _LONGEST_S) * self._speed
        passed = int(phase)
        self._position, self._phase = self._position + passed, phase - passed
        is_over = self._position >= self._count - 1
        if is_over:
            self._position, self._phase = max(self._count - 1, 0), 0.0
        self._filled = max(self._filled, min(self._position + 1, self._count))
        self.moved.emit()
        if is_over:
            self.pause()

    def set_visible(self, *, is_visible: bool) -> None:
        """Stop while nobody sees it, and continue afterwards."""
        if is_visible:
            self._run()
        else:
            self._timer.stop()

    def _run(self) -> None:
        if self._is_playing and not self._is_held:
            self._since_frame.start()
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self.advance(self._since_frame.restart() / 1000)
