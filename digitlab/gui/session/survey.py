"""Measuring the snapshots of a run in the background: one at a time, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.gui.session.order import coarse_to_fine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digitlab.gui.session.desk import Desk, Request
    from digitlab.gui.session.session import Session
    from digitlab.model.snapshot import Snapshot

Value = TypeVar("Value")


@dataclass(slots=True, eq=False)
class _Measurement(Generic[Value]):
    """A job for one snapshot.

    Attributes:
        snapshot: What it measures.
        job: The function that measures, in the thread.
        request: The request to the desk, once it is made.
        has_value: Whether a first value has arrived.
    """

    snapshot: Snapshot
    job: Callable[[Request[Any]], Value | None]
    request: Request[Any] | None = None
    has_value: bool = False


class Survey(QObject, Generic[Value]):
    """Measures snapshots one at a time on a desk, and chooses the next one whenever the thread is free.

    So nothing queues up: however fast the time slider moves, the snapshot then on screen comes next. A measurement
    that is no longer needed is cancelled: at once if no other is needed, else after its first value, since any value is
    better than none while the slider moves. ``take`` stores the values, in any form.

    After an error nothing more is measured until another run or network is open, or ``retry``: the same measurement
    would fail again and again.

    Args:
        session: Its run and the snapshot on screen are followed.
        desk: Runs the measurements.
        parent: The owner.
        wanted: Returns the snapshots to measure, the most urgent first; some may be measured already.
        job_for: Returns the job that measures what is missing of a snapshot, or None if nothing is. The job receives
            its request, to report partial values and to check for cancellation; if cancelled, it may return None.
        take: Called with a snapshot and each value that its job reports or returns.
        failed: Called with the exception of a job, instead of showing it.

    Signals:
        target_changed: Another snapshot is being measured, or none.
        measured: The job for a snapshot, which is passed along, has ended without an error.
    """

    target_changed = Signal()
    measured = Signal(object)

    def __init__(
        self,
        session: Session,
        desk: Desk,
        parent: QObject,
        *,
        wanted: Callable[[], Iterable[Snapshot]],
        job_for: Callable[[Snapshot], Callable[[Request[Any]], Value | None] | None],
        take: Callable[[Snapshot, Value], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Follow the session; nothing is measured before ``watch(True)``."""
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._wanted = wanted
        self._job_for = job_for
        self._take = take
        self._failed = failed or desk.show_error
        self._is_watched = False
        self._is_broken = False
        self._current: _Measurement[Value] | None = None
        self._was_screen = False
        session.snapshot_changed.connect(self.refresh)
        session.run_advanced.connect(self.refresh)
        session.run_changed.connect(self.retry)
        session.network_opened.connect(self.retry)

    @property
    def is_watched(self) -> bool:
        """Whether snapshots are to be measured."""
        return self._is_watched

    @property
    def is_busy(self) -> bool:
        """Whether a snapshot is being measured."""
        return self._current is not None

    @property
    def is_broken(self) -> bool:
        """Whether a measurement failed, so that nothing more is measured for now."""
        return self._is_broken

    def watch(self, is_watched: bool) -> None:
        """Start measuring, or stop after the current measurement."""
        self._is_watched = is_watched
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Measure the most urgent snapshot, after the first value of the current measurement."""
        current, wanted = self._current, self._most_urgent()
        if wanted is current:
            return
        is_useful = wanted is not None or not self._is_watched
        if current is None or current.has_value or not is_useful:
            self._switch_to(wanted)

    @Slot()
    def retry(self) -> None:
        """Measure again after an error."""
        self._is_broken = False
        self.refresh()

    def restart(self) -> None:
        """Cancel the current measurement and start with the most urgent snapshot."""
        self._is_broken = False
        self._drop()
        self._switch_to(self._most_urgent())

    def cancel(self) -> None:
        """Cancel the current measurement and drop its remaining values."""
        if self._current is not None:
            self._switch_to(None)

    def close(self) -> None:
        """Cancel the current measurement and start no other, without emitting a signal."""
        self._is_watched = False
        self._drop()

    def screen_first(self, snapshots: Sequence[Snapshot]) -> Iterator[Snapshot]:
        """Yield the snapshot on screen, then others from coarse to fine.

        While training keeps replacing the one on screen, it gets only every other measurement.

        Args:
            snapshots: The others, oldest first.
        """
        session = self._session
        is_screen_last = self._was_screen and session.training_state.is_busy and session.replay.is_following
        if not is_screen_last:
            yield session.snapshot
        for index in coarse_to_fine(len(snapshots)):
            yield snapshots[index]
        if is_screen_last:
            yield session.snapshot

    def _most_urgent(self) -> _Measurement[Value] | None:
        """Return the current measurement if its snapshot is the most urgent one, else a new one."""
        if not self._is_watched or self._is_broken:
            return None
        for snapshot in self._wanted():
            if self._current is not None and snapshot is self._current.snapshot:
                return self._current
            job = self._job_for(snapshot)
            if job is not None:
                return _Measurement(snapshot, job)
        return None

    def _switch_to(self, measurement: _Measurement[Value] | None) -> None:
        """Replace the current measurement with another one, or with none."""
        self._drop()
        self._current = measurement
        if measurement is not None:
            self._was_screen = measurement.snapshot is self._session.snapshot
            measurement.request = self._desk.ask(
                measurement.job,
                then=lambda value: self._on_measured(measurement, value),
                failed=self._on_failed,
                progress=lambda value: self._on_reported(measurement, value),
            )
        self.target_changed.emit()

    def _drop(self) -> None:
        current, self._current = self._current, None
        if current is not None and current.request is not None:
            current.request.cancel()
            # Its callbacks refer to the measurement: without this the weights would stay until a garbage collection.
            current.request = None

    def _on_reported(self, measurement: _Measurement[Value], value: Any) -> None:
        measurement.has_value = True
        self._take(measurement.snapshot, value)
        self.refresh()

    def _on_measured(self, measurement: _Measurement[Value], value: Value | None) -> None:
        measurement.has_value = True
        if value is not None:
            self._take(measurement.snapshot, value)
        if self._current is not measurement:
            return  # ``take`` cancelled it
        self._drop()
        self.measured.emit(measurement.snapshot)
        if not self.is_busy:
            self._switch_to(self._most_urgent())

    def _on_failed(self, error: Exception) -> None:
        self._is_broken = True
        self._drop()
        self._failed(error)
        self.target_changed.emit()
