"""Moving through the snapshots of a run: choosing one, playback, following the newest, and pinning."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from digitlab.gui.session.session import Session
from digitlab.gui.session.timeline import index_of, snapshots_of
from digitlab.gui.session.values import Replay
from digitlab.model.snapshot import Snapshot

_PLAY_PERIOD_MS: Final = 80
"""A hundred snapshots take eight seconds: slow enough to see filters form."""


class ReplayController(QObject):
    """Chooses the snapshot on screen."""

    def __init__(self, session: Session, parent: QObject) -> None:
        """Follow the session."""
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setInterval(_PLAY_PERIOD_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        session.replay_changed.connect(self._on_session_replay_changed)

    # Commands

    @Slot(int)
    def show_index(self, index: int) -> None:
        """Show a snapshot; if it is the last one, follow the training.

        Args:
            index: Its index in ``snapshots_of``, limited to the valid range.
        """
        snapshots = self._snapshots
        index = min(max(index, 0), len(snapshots) - 1)
        is_last = index == len(snapshots) - 1
        self._change(is_following=is_last)
        if snapshots[index] is not self._session.snapshot.original:
            self._session.show(snapshots[index])

    @Slot(int)
    def step_by(self, count: int) -> None:
        """Go forward by some snapshots, or back if the number is negative."""
        self.show_index(self._index + count)

    @Slot(int)
    def show_step(self, step: int) -> None:
        """Show the snapshot nearest to a training step."""
        snapshots = self._snapshots
        self.show_index(min(range(len(snapshots)), key=lambda index: abs(snapshots[index].step - step)))

    @Slot()
    def show_newest(self) -> None:
        """Show the newest snapshot, and follow the training."""
        self.show_index(len(self._snapshots) - 1)

    @Slot()
    def play_or_pause(self) -> None:
        """Play back the run, from the beginning if the last snapshot is on screen, or pause playback."""
        is_playing = not self._session.replay.is_playing and len(self._snapshots) > 1
        if is_playing and self._index == len(self._snapshots) - 1:
            self.show_index(0)
        self._change(is_playing=is_playing)

    @Slot()
    def pin_or_unpin(self) -> None:
        """Pin the snapshot on screen for comparison, or unpin it."""
        is_pinned = self._session.replay.pinned is not None
        self._change(pinned=None if is_pinned else self._session.snapshot)

    @Slot()
    def swap(self) -> None:
        """Swap the pinned snapshot and the one on screen."""
        pinned, shown = self._session.replay.pinned, self._session.snapshot
        if pinned is not None:
            self._change(pinned=shown, is_following=pinned.original is self._session.newest, is_playing=False)
            self._session.show_unchanged(pinned)

    # Playback and following

    @property
    def _snapshots(self) -> tuple[Snapshot, ...]:
        return snapshots_of(self._session.run, self._session.newest)

    @property
    def _index(self) -> int:
        return index_of(self._snapshots, self._session.snapshot.step)

    def _change(self, **changes: object) -> None:
        self._session.replay = replace(self._session.replay, **changes)  # type: ignore[arg-type]

    @Slot()
    def _on_session_replay_changed(self) -> None:
        replay: Replay = self._session.replay
        if replay.is_playing and not self._timer.isActive():
            self._timer.start()
        elif not replay.is_playing:
            self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self.step_by(1)
        if self._index == len(self._snapshots) - 1:
            self._change(is_playing=False)
