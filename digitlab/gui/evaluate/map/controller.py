"""Has maps of digits computed in a thread; the newest question wins."""

from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from digitlab.data.held_out import HeldOutSet
from digitlab.embedding.digit_map import DigitMap, MapMethod
from digitlab.gui.evaluate.map.job import MapJob
from digitlab.gui.evaluate.map.shown import Question, ShownMap
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError


class MapController(QObject):
    """Answers questions for maps; whole maps are kept for as long as their snapshots.

    The first map of a network fixes the directions: those of its other snapshots are turned to lie on it as well as
    possible, so that points move little from one snapshot to the next.

    Signals:
        mapped: A map is ready, whole or still growing; carries a ``ShownMap``.
        progressed: The completed share of the work, 0..1; None once it has ended.
        failed: The newest map cannot be computed; carries the ``DigitLabError``.
    """

    mapped = Signal(object)
    progressed = Signal(object)
    failed = Signal(object)

    def __init__(self, messages: Messages, parent: QObject) -> None:
        """Start the thread."""
        super().__init__(parent)
        self._asked: Question | None = None
        self._request: Request[ShownMap | None] | None = None
        self._data: HeldOutSet | None = None
        self._spec: ModelSpec | None = None
        self._reference: DigitMap | None = None
        self._kept: WeakKeyDictionary[Snapshot, dict[MapMethod, DigitMap]] = WeakKeyDictionary()
        self.desk = Desk("digit map", messages, self, is_background=True)

    def ask(self, question: Question | None) -> None:
        """Compute a map, unless it is the last one asked for; None cancels."""
        if question == self._asked:
            return
        self._asked = question
        if self._request is not None:
            self._request.cancel()
            self._request = None
        if question is not None:
            self._follow(question)
            self.progressed.emit(0.0)
            kept = self._kept.get(question.snapshot, {}).get(question.method)
            job = MapJob(question, self._reference, kept)
            self._request = self.desk.ask(
                job.work, then=self._take, failed=self._fail, progress=self._on_reported, is_newest_only=True
            )
        else:
            self.progressed.emit(None)

    def close(self, timeout_s: float) -> bool:
        """Cancel the work and end the thread; returns whether it has ended."""
        self.ask(None)
        return self.desk.close(timeout_s)

    def _follow(self, question: Question) -> None:
        """Forget what belongs to other data or another network."""
        spec = question.snapshot.spec
        if question.data is not self._data:
            self._kept.clear()
        if question.data is not self._data or self._spec is None or not spec.has_weights_like(self._spec):
            self._reference = None
        self._data, self._spec = question.data, spec

    def _on_reported(self, report: "ShownMap | float") -> None:
        if isinstance(report, float):
            self.progressed.emit(report)
        else:
            self._show(report)

    def _take(self, shown: ShownMap | None) -> None:
        self._request = None
        if shown is not None:
            maps = self._kept.setdefault(shown.question.snapshot, {})
            maps[shown.found.method] = shown.found
            self._show(shown)
        self.progressed.emit(None)

    def _show(self, shown: ShownMap) -> None:
        if self._reference is None and shown.found.method is MapMethod.PCA:
            self._reference = shown.found
        self.mapped.emit(shown)

    def _fail(self, error: Exception) -> None:
        self._request = None
        self.progressed.emit(None)
        if isinstance(error, DigitLabError):
            self.failed.emit(error)
        else:
            self.desk.show_error(error)
