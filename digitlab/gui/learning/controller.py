"""Measuring how layers learn, moment by moment, while somebody looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Slot

from digitlab.gui.messages import Messages
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.order import coarse_to_fine
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Columns, Learning, Updates
from digitlab.insight.learning import SnapshotStatistics, learning_layers, measure, probe_images
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.system.work import NewestRequestWorker, yield_to_window
from digitlab.training.events import UpdatesMeasured

MOST_COLUMNS: Final = 120
"""Moments laid side by side: on a small screen each is three pixels wide."""

_TELL_PERIOD_MS: Final = 250
"""New columns are shown four times a second: each time the histograms are laid side by side anew, 1 ms a layer."""


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """What is to be measured, the most urgent first."""

    number: int
    snapshots: tuple[Snapshot, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    number: int
    snapshot: Snapshot
    stats: SnapshotStatistics


class LearningController(QObject):
    """Keeps ``session.learning`` up with the run and with the moment on screen while the panel is in sight.

    A snapshot is measured once, in a thread of its own; the moment on screen comes first, then moments spread evenly
    over the run, ever closer together.
    """

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread; nothing is measured before ``watch``."""
        super().__init__(parent)
        self._session = session
        self._messages = messages
        self._is_watched = False
        self._is_closed = False
        self._is_broken = False
        self._measured: dict[int, tuple[Snapshot, SnapshotStatistics]] = {}  # by identity: snapshots never change
        self._shown: tuple[int, Snapshot, SnapshotStatistics] | None = None  # with the number of its request
        self._columns: tuple[Snapshot, ...] = ()
        self._told = Columns((), (), ())
        self._wanted: frozenset[int] = frozenset()  # by identity: what the thread was asked for last
        self._first: int | None = None  # the one for the screen, if it is among these
        self._updates = _UpdateTable()
        self._number = 0
        self._images: NDArray[np.uint8] | None = None  # of the thread
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TELL_PERIOD_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._failures = Mailbox(self)
        self._failures.arrived.connect(self._on_failures_arrived)
        self._worker = NewestRequestWorker("learning", self._measure, self._failures.post)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.run_changed.connect(self._on_session_run_changed)
        session.run_advanced.connect(self._on_session_run_advanced)

    @Slot(bool)
    def watch(self, is_watched: bool) -> None:
        """Measure while somebody looks, and rest while nobody does; what was measured stays."""
        self._is_watched = is_watched
        if is_watched:
            self._refresh()
            self._tell_columns()
        else:
            self._number += 1  # the thread gives up what waits
            self._wanted = frozenset()

    def close(self, timeout_s: float) -> bool:
        """Give up and end the thread; returns whether it has ended."""
        self._is_closed = True
        return self._worker.close(timeout_s)

    # In the GUI thread

    def _run(self) -> Run | None:
        """Return the run that the network on screen belongs to, if it has moments."""
        run = self._session.run
        belongs = run is not None and len(run.snapshots) > 0 and self._session.has_snapshot(self._session.snapshot)
        return run if belongs else None

    def _refresh(self) -> None:
        """Ask for what is not measured yet."""
        run, snapshot = self._run(), self._session.snapshot
        self._columns = (snapshot,) if run is None else evenly(run.snapshots, MOST_COLUMNS)
        alive = {id(column) for column in (*self._columns, snapshot)}
        self._measured = {key: entry for key, entry in self._measured.items() if key in alive}
        urgent = [snapshot, *(self._columns[index] for index in coarse_to_fine(len(self._columns)))]
        missing = {id(wanted): wanted for wanted in urgent if id(wanted) not in self._measured}
        known = self._measured.get(id(snapshot))
        first = id(snapshot) if known is None else None
        if missing and not self._is_broken and (frozenset(missing) != self._wanted or first != self._first):
            self._number += 1
            self._wanted, self._first = frozenset(missing), first
            self._worker.request(_Request(self._number, tuple(missing.values())))
        if known is not None:
            self._shown = (self._number, *known)
        elif self._shown is not None and self._shown[1].spec != snapshot.spec:
            self._shown = None

    def _tell_columns(self) -> None:
        """Show as many columns as are measured."""
        found = [self._measured.get(id(snapshot)) for snapshot in self._columns]
        self._told = Columns(
            tuple(snapshot.step for snapshot in self._columns),
            tuple(snapshot.epoch for snapshot in self._columns),
            tuple(None if entry is None else entry[1] for entry in found),
        )
        run = self._run()
        self._updates.follow(run, len(learning_layers(self._session.snapshot.spec)))
        self._tell()

    def _tell(self) -> None:
        """Show the moment on screen beside the columns told last."""
        shown = None if self._shown is None else self._shown[2]
        spec, is_of_run = self._session.snapshot.spec, self._run() is not None
        self._session.learning = Learning(spec, self._told, shown, self._updates.updates, is_of_run, self._is_broken)

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        if not self._is_watched:
            return
        before, count = self._columns, len(self._columns)
        self._refresh()
        if len(self._columns) != count or any(a is not b for a, b in zip(self._columns, before, strict=True)):
            self._tell_columns()
        else:
            self._tell()

    @Slot()
    def _on_session_run_changed(self) -> None:
        self._is_broken = False
        if self._is_watched:
            self._refresh()
            self._tell_columns()

    @Slot()
    def _on_session_run_advanced(self) -> None:
        if self._is_watched and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._is_watched:
            self._refresh()
            self._tell_columns()

    @Slot(object)
    def _on_mail_arrived(self, measured: _Measured) -> None:
        snapshot = measured.snapshot
        self._measured[id(snapshot)] = (snapshot, measured.stats)
        self._wanted -= {id(snapshot)}
        self._first = None if self._first == id(snapshot) else self._first
        if not self._is_watched:
            return
        is_newer = self._shown is None or measured.number > self._shown[0]
        is_urgent = snapshot is self._session.snapshot or all(snapshot is not column for column in self._columns)
        if is_urgent and is_newer and snapshot.spec == self._session.snapshot.spec:
            self._shown = (measured.number, snapshot, measured.stats)
            self._tell()
        if not self._timer.isActive():
            self._timer.start()

    @Slot(object)
    def _on_failures_arrived(self, error: Exception) -> None:
        # The same question would fail again and again; another run may do better, and is asked all that is missing.
        self._is_broken = True
        self._wanted = frozenset()
        if self._is_watched:
            self._tell_columns()
        self._messages.show_error(error)

    # In the thread

    def _measure(self, request: _Request) -> None:
        if self._images is None:
            yield_to_window()
            self._images = probe_images()
        for snapshot in request.snapshots:
            stats = measure(snapshot, self._images, lambda: self._is_closed)
            if stats is not None:
                self._mail.post(_Measured(request.number, snapshot, stats))
            # Only between two snapshots: what is begun for the screen is finished, however fast the slider moves.
            if request.number != self._number or self._is_closed:
                return


class _UpdateTable:
    """The measured steps of a run as arrays, which grow with it."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._length = 0
        self.updates = _no_updates(0)

    def follow(self, run: Run | None, layers: int) -> None:
        """Take in what a run has measured since the last time."""
        if run is not self._run or run is None:
            self._run, self._length, self.updates = run, 0, _no_updates(layers)
        if run is None or len(run.updates) == self._length:
            return
        new = run.updates[self._length :]
        self._length += len(new)
        fitting: list[UpdatesMeasured] = [update for update in new if len(update.ratios) == layers]
        if fitting:
            self.updates = Updates(
                np.concatenate([self.updates.steps, [update.step for update in fitting]]),
                np.concatenate([self.updates.ratios, [update.ratios for update in fitting]]),
            )


def _no_updates(layers: int) -> Updates:
    return Updates(np.empty(0, dtype=np.int64), np.empty((0, layers)))


def evenly(snapshots: Sequence[Snapshot], most: int) -> tuple[Snapshot, ...]:
    """Return at most so many snapshots and the last, evenly among all.

    Every second, fourth, eighth one and so on: when a run grows, those taken before are taken again.
    """
    stride = 1
    while len(snapshots) > stride * most:
        stride *= 2
    chosen = list(snapshots[::stride])
    if chosen[-1] is not snapshots[-1]:
        chosen.append(snapshots[-1])
    return tuple(chosen)
