"""Computes what the page Looks for asks: in one thread the image that forms, in another the test images."""

import time
from typing import Final

from PySide6.QtCore import QObject, Signal, SignalInstance

from digitlab.attribution.preferred import AscentStep, ascend, excitation
from digitlab.attribution.strongest import strongest_images
from digitlab.data.held_out import HeldOutSet, Stamp, load_held_out, stamp_of
from digitlab.gui.explain.seeks.wanted import Ascent, Found, Search
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.system.errors import DigitLabError

_FRAME_S: Final = 1 / 30
"""Least time between two steps that are shown."""


class SeekingController(QObject):
    """Forms an image and finds test images; only the newest of each.

    Signals:
        formed: The image after another step; carries an ``AscentStep``.
        ended: It took its last step.
        refused: It cannot form; carries why.
        found: Carries ``Found``.
        searched: Which share of the test images was looked at, 0..1.
        missing: The test images cannot be found; carries why.
    """

    formed = Signal(object)
    ended = Signal()
    refused = Signal(str)
    found = Signal(object)
    searched = Signal(float)
    missing = Signal(str)

    def __init__(self, messages: Messages, parent: QObject) -> None:
        """Start the threads."""
        super().__init__(parent)
        self._forming: Request[None] | None = None
        self._searching: Request[Found | None] | None = None
        self._data: tuple[str, Stamp, HeldOutSet] | None = None
        self._ascents = Desk("ascent", messages, self, is_background=True)
        self._searches = Desk("strongest", messages, self, is_background=True)

    def form(self, ascent: Ascent | None) -> None:
        """Form an image; None cancels."""
        if self._forming is not None:
            self._forming.cancel()
        if ascent is not None:
            self._forming = self._ascents.ask(
                lambda request: _form(request, ascent),
                then=lambda _: self.ended.emit(),
                failed=lambda error: self._fail(self._ascents, self.refused, error),
                progress=self.formed.emit,
            )

    def search(self, search: Search | None) -> None:
        """Find test images; None cancels."""
        if self._searching is not None:
            self._searching.cancel()
        if search is not None:
            self._searching = self._searches.ask(
                lambda request: self._search(request, search),
                then=self._take,
                failed=lambda error: self._fail(self._searches, self.missing, error),
                progress=self.searched.emit,
            )

    def close(self, timeout_s: float) -> bool:
        """Cancel, and end the threads; returns whether they have ended."""
        self.form(None)
        self.search(None)
        closed = [desk.close(timeout_s) for desk in (self._ascents, self._searches)]
        return all(closed)

    def _search(self, request: Request[Found | None], search: Search) -> Found | None:
        """Look at all test images, in the thread."""
        data = self._load(search.source, request)
        place = search.place
        images = strongest_images(
            search.snapshot,
            data.digits.images,
            place.layer,
            place.unit[-1],
            progress=request.report,
            is_cancelled=lambda: request.is_cancelled,
        )
        return None if images is None else Found(search, data, images)

    def _load(self, source: str, request: Request[Found | None]) -> HeldOutSet:
        stamp = stamp_of(source)
        if self._data is None or self._data[:2] != (source, stamp):
            data = load_held_out(
                source, download=False, progress=lambda *_: None, cancelled=lambda: request.is_cancelled
            )
            self._data = (source, stamp, data)
        return self._data[2]

    def _take(self, found: Found | None) -> None:
        if found is not None:
            self.found.emit(found)

    @staticmethod
    def _fail(desk: Desk, told: SignalInstance, error: Exception) -> None:
        if isinstance(error, DigitLabError):
            told.emit(str(error))
        else:
            desk.show_error(error)


def _form(request: Request[None], ascent: Ascent) -> None:
    """Form an image, in the thread."""
    target = excitation(ascent.snapshot.spec, ascent.place)
    shown_s = 0.0
    for step in ascend(ascent.snapshot, target, ascent.start, ascent.seed):
        if request.is_cancelled:
            return
        now = time.perf_counter()
        if now - shown_s >= _FRAME_S or _is_last(step):
            shown_s = now
            request.report(step)


def _is_last(step: AscentStep) -> bool:
    return step.share >= 1.0
