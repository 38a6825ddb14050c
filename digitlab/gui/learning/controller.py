"""Measures the layers of a run's snapshots while the Learning panel is visible."""

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.session.session import Session
from digitlab.gui.session.survey import Survey
from digitlab.gui.session.values import Columns, Learning, Updates
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.learning import SnapshotStatistics, learning_layers, measure, probe_images
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.runs.run import Run
from digitlab.training.events import UpdatesMeasured

MOST_COLUMNS: Final = 120
"""Maximum number of columns: on a small screen each is three pixels wide."""

_COLUMNS_PERIOD_MS: Final = 250
"""New columns are shown four times a second: each time all histograms are aligned again, which takes 1 ms a layer."""


class LearningController(QObject):
    """Keeps ``session.learning`` up to date with the run and the snapshot on screen while the panel is visible.

    Each snapshot is measured once: the one on screen first, then snapshots spread evenly over the run, from coarse to
    fine.

    Attributes:
        desk: The thread that measures.
    """

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread; nothing is measured before ``watch``."""
        super().__init__(parent)
        self._session = session
        self._statistics: WeakKeyDictionary[Snapshot, SnapshotStatistics] = WeakKeyDictionary()
        self._shown: tuple[ModelSpec, SnapshotStatistics] | None = None
        self._shown_snapshots: tuple[Snapshot, ...] = ()  # those of the columns shown last
        self._columns = Columns((), (), ())
        self._updates = _UpdateTable()
        self._images: NDArray[np.uint8] | None = None  # used only by the thread
        self._throttle = Throttle(self._show_columns, _COLUMNS_PERIOD_MS, self)
        self.desk = Desk("learning", messages, self, is_background=True)
        self._survey = Survey(
            session,
            self.desk,
            self,
            wanted=lambda: self._survey.screen_first(self._snapshots()),
            job_for=self._job_for,
            take=self._take,
            failed=self._fail,
        )
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.run_changed.connect(self._on_session_run_changed)
        session.run_advanced.connect(self._throttle.request)

    @Slot(bool)
    def watch(self, is_watched: bool) -> None:
        """Measure while the panel is visible; measurements are kept."""
        self._survey.watch(is_watched)
        self._show_columns()

    def close(self, timeout_s: float) -> bool:
        """Cancel the work and end the thread; returns whether it has ended."""
        self._survey.close()
        return self.desk.close(timeout_s)

    # What to measure

    def _run(self) -> Run | None:
        """Return the run that the network on screen belongs to, if it has snapshots."""
        run = self._session.run
        belongs = run is not None and len(run.snapshots) > 0 and self._session.has_snapshot(self._session.snapshot)
        return run if belongs else None

    def _snapshots(self) -> tuple[Snapshot, ...]:
        """Return the snapshots of the columns."""
        run = self._run()
        return (self._session.snapshot,) if run is None else evenly(run.snapshots, MOST_COLUMNS)

    def _job_for(self, snapshot: Snapshot) -> Callable[[Request[Any]], SnapshotStatistics | None] | None:
        return None if snapshot in self._statistics else partial(self._measure, snapshot)

    def _measure(self, snapshot: Snapshot, request: Request[Any]) -> SnapshotStatistics | None:
        """Measure a snapshot, in the thread."""
        if self._images is None or self._images.shape[1] != snapshot.spec.side:
            self._images = probe_images(snapshot.spec.side)
        return measure(snapshot, self._images, lambda: request.is_cancelled)

    # Display

    def _take(self, snapshot: Snapshot, statistics: SnapshotStatistics) -> None:
        self._statistics[snapshot] = statistics
        if not self._survey.is_watched:
            return
        screen = self._session.snapshot
        # While the slider moves, show the snapshots it passes, even those that have no column.
        is_passed = all(snapshot is not column for column in self._snapshots()) and screen not in self._statistics
        if snapshot is screen or (is_passed and snapshot.spec == screen.spec):
            self._shown = snapshot.spec, statistics
            self._show()
        self._throttle.request()

    def _fail(self, error: Exception) -> None:
        self.desk.show_error(error)
        self._show_columns()

    @Slot()
    def _show_columns(self) -> None:
        """Show the columns measured so far."""
        if not self._survey.is_watched:
            return
        self._shown_snapshots = snapshots = self._snapshots()
        self._columns = Columns(
            tuple(snapshot.step for snapshot in snapshots),
            tuple(snapshot.epoch for snapshot in snapshots),
            tuple(self._statistics.get(snapshot) for snapshot in snapshots),
        )
        self._updates.follow(self._run(), len(learning_layers(self._session.snapshot.spec)))
        self._show()

    def _show(self) -> None:
        """Show the snapshot on screen, with the columns shown last."""
        snapshot, is_of_run = self._session.snapshot, self._run() is not None
        known = self._statistics.get(snapshot)
        if known is not None:
            self._shown = snapshot.spec, known
        elif self._shown is not None and self._shown[0] != snapshot.spec:
            self._shown = None
        shown = None if self._shown is None else self._shown[1]
        self._session.learning = Learning(
            snapshot.spec, self._columns, shown, self._updates.updates, is_of_run, self._survey.is_broken
        )

    @Slot()
    def _on_session_run_changed(self) -> None:
        # A hidden panel shows no columns of the new run, but must not keep the snapshots of the one before in memory.
        self._shown_snapshots = ()
        self._updates.follow(None, 0)
        self._show_columns()

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        if self._survey.is_watched:
            before, now = self._shown_snapshots, self._snapshots()
            is_same = len(before) == len(now) and all(map(operator.is_, before, now))
            (self._show if is_same else self._show_columns)()


class _UpdateTable:
    """The measured updates of a run as arrays that grow with it."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._length = 0
        self.updates = _no_updates(0)

    def follow(self, run: Run | None, layers: int) -> None:
        """Add the updates that a run has measured since the last call.

        Args:
            run: The run, or None for no updates.
            layers: Number of layers with weights; updates for another number of layers are skipped.
        """
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
    """Return at most ``most`` snapshots, spread evenly, and the last one.

    Every second, fourth, eighth one and so on, so that earlier choices stay the same when a run grows.

    Args:
        snapshots: All of them, oldest first; at least one.
        most: The maximum number to return, besides the last.
    """
    stride = 1
    while len(snapshots) > stride * most:
        stride *= 2
    chosen = list(snapshots[::stride])
    if chosen[-1] is not snapshots[-1]:
        chosen.append(snapshots[-1])
    return tuple(chosen)
