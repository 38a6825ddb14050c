"""Runs the network on screen on the sketch, in the GUI thread or in a worker."""

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from digitlab.data.drawing.distortions import Distortion
from digitlab.data.drawing.preprocessing import Preprocessing
from digitlab.data.drawing.raster import RasterSteps
from digitlab.data.drawing.side_by_side import Pieces
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import View
from digitlab.insight.lens import inspect
from digitlab.insight.several import verdict_for
from digitlab.model.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUICK_S: Final = 0.006
"""Up to this duration, inference runs in the GUI thread. Measured with the tutorial network: 2 ms there,
5 to 15 ms through the worker, whose computation competes with the window's painting for the GIL.
"""

_MEMORY: Final = 0.8
"""Weight of the past in the running mean of the inference time."""


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    number: int
    sketch: Sketch
    preprocessing: Preprocessing
    distortion: Distortion
    snapshot: Snapshot
    pinned: Snapshot | None

    @property
    def input_key(self) -> tuple[object, ...]:
        """What the network's input depends on."""
        return self.sketch, self.preprocessing, self.distortion, self.snapshot.spec.side

    def pieces(self) -> Pieces:
        """Return the pieces of ink, of which any group is rendered as the network sees it."""
        pieces = self.sketch.pieces(self.preprocessing)
        if not self.distortion.is_on:
            return pieces
        return replace(pieces, render=lambda groups: self.distortion.apply(pieces.render(groups)))


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    number: int
    view: View
    seconds: float


class ViewController(QObject):
    """Keeps ``session.view`` up to date with the pen and the training.

    Fast networks run in the GUI thread; slower ones in a worker thread, where only the newest queued request
    is computed.
    """

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread and follow the session."""
        super().__init__(parent)
        self._session = session
        self._requested = 0
        self._shown = 0
        self._seconds = math.inf
        self._rendered: tuple[tuple[object, ...], RasterSteps, NDArray[np.uint8]] | None = None
        self._desk = Desk("lens", messages, self)
        session.sketch_changed.connect(self.refresh)
        session.preprocessing_changed.connect(self.refresh)
        session.distortion_changed.connect(self.refresh)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.replay_changed.connect(self._on_session_replay_changed)

    @Slot()
    def refresh(self) -> None:
        """Compute the view again."""
        self._requested += 1
        session = self._session
        pinned = session.replay.pinned
        request = _Request(
            self._requested, session.sketch, session.preprocessing, session.distortion, session.snapshot, pinned
        )
        if self._seconds > QUICK_S or request.sketch.picture is not None:
            self._desk.ask(lambda _: self._compute(request), then=self._show, is_newest_only=True)
        else:
            self._show(self._compute(request))

    @Slot(object)
    def set_preprocessing(self, preprocessing: Preprocessing) -> None:
        """Set which preprocessing steps are skipped."""
        self._session.preprocessing = preprocessing

    @Slot(object)
    def set_distortion(self, distortion: Distortion) -> None:
        """Set how the network's input is distorted."""
        self._session.distortion = distortion

    def close(self, timeout_s: float) -> bool:
        """End the thread; returns whether it has ended."""
        return self._desk.close(timeout_s)

    def _compute(self, request: _Request) -> _Result:
        """Compute a view, in the GUI thread or in the worker."""
        begun = time.perf_counter()
        rendered = self._rendered
        if rendered is None or rendered[0] != request.input_key:
            steps = request.sketch.steps(request.preprocessing, request.snapshot.spec.side)
            self._rendered = rendered = (request.input_key, steps, _distorted(steps.image, request.distortion))
        _, steps, image = rendered
        inspection = inspect(request.snapshot, image)
        verdict = verdict_for(inspection, request.pieces)
        pinned = None if request.pinned is None else inspect(request.pinned, image)
        view = View(request.sketch, steps, inspection, verdict, pinned)
        return _Result(request.number, view, time.perf_counter() - begun)

    def _show(self, result: _Result) -> None:
        """Show a result, unless a newer one is already on screen."""
        if result.view.inspection.snapshot.spec == self._session.snapshot.spec:
            is_first = math.isinf(self._seconds)
            self._seconds = result.seconds if is_first else _mean(self._seconds, result.seconds)
        if result.number > self._shown:
            self._shown = result.number
            self._session.view = result.view

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        view = self._session.view
        if view is not None and view.inspection.snapshot.spec != self._session.snapshot.spec:
            self._seconds = math.inf
        self.refresh()

    @Slot()
    def _on_session_replay_changed(self) -> None:
        """Compute the view again if the pinned snapshot changed."""
        shown = None if self._session.view is None else self._session.view.pinned
        if (None if shown is None else shown.snapshot) is not self._session.replay.pinned:
            self.refresh()


def _distorted(image: "NDArray[np.uint8]", distortion: Distortion) -> "NDArray[np.uint8]":
    """Return an image, shape (28, 28), as the network sees it; a blank one stays blank."""
    if not distortion.is_on or not image.any():
        return image
    distorted: NDArray[np.uint8] = distortion.apply(image[None])[0]
    return distorted


def _mean(past: float, now: float) -> float:
    return _MEMORY * past + (1 - _MEMORY) * now
