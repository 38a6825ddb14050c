"""From the sketch and the snapshot to what is on screen, in the lens' own thread."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot

from digitlab.data.raster import RasterSteps
from digitlab.data.sketch import Sketch
from digitlab.gui.bridge import Mailbox
from digitlab.gui.messages import Messages
from digitlab.gui.session import Session, View
from digitlab.insight.lens import inspect
from digitlab.model.snapshot import Snapshot
from digitlab.work import NewestRequestWorker


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    sketch: Sketch
    snapshot: Snapshot


class ViewController(QObject):
    """Keeps ``session.view`` up with the pen and with the training; the newest request wins."""

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Follow the session."""
        super().__init__(parent)
        self._session = session
        self._messages = messages
        self._rendered: tuple[Sketch, RasterSteps] | None = None
        self._views = Mailbox(self)
        self._views.arrived.connect(self._on_views_arrived)
        self._failures = Mailbox(self)
        self._failures.arrived.connect(self._on_failures_arrived)
        self._lens = NewestRequestWorker("lens", self._answer, self._failures.post)
        session.sketch_changed.connect(self.refresh)
        session.snapshot_changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Ask for what is on screen anew."""
        self._lens.request(_Request(self._session.sketch, self._session.snapshot))

    def close(self, timeout_s: float) -> bool:
        """End the thread; returns whether it has ended."""
        return self._lens.close(timeout_s)

    def _answer(self, request: _Request) -> None:
        """Compute a view. Runs in the lens' thread, which alone touches ``_rendered``."""
        if self._rendered is None or self._rendered[0] is not request.sketch:
            self._rendered = (request.sketch, request.sketch.steps())
        steps = self._rendered[1]
        self._views.post(View(request.sketch, steps, inspect(request.snapshot, steps.image)))

    @Slot(object)
    def _on_views_arrived(self, view: View) -> None:
        self._session.set_view(view)

    @Slot(object)
    def _on_failures_arrived(self, error: Exception) -> None:
        self._messages.tell_error(error)
