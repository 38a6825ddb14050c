"""Computes what the page Looks for asks: in one thread the image that forms, in another the test images."""

import time
from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QObject, Signal, SignalInstance

from digitlab.attribution.preferred import AscentStep, ascend, excitation
from digitlab.attribution.strongest import StrongestSearch
from digitlab.data.held_out import HeldOutSet, Stamp, load_held_out, stamp_of
from digitlab.gui.explain.seeks.wanted import Ascent, Found, Search
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError

_FRAME_S: Final = 1 / 30
"""Least time between two steps that are shown."""

_FIRST_IMAGES: Final = 100
"""The strongest of so many test images are shown at once."""

_FOUND_PERIOD_S: Final = 0.25
"""Time after which those of more test images are shown."""

_KEPT_SEARCHES: Final = 8
"""Networks and snapshots whose search is kept: less than 1 MB each."""


class SeekingController(QObject):
    """Forms an image and finds test images; only the newest of each.

    Signals:
        formed: The image after another step; carries an ``AscentStep``.
        ended: It took its last step.
        refused: It cannot form; carries why.
        found: Carries ``Found``: first of some test images, at last of all.
        missing: The test images cannot be found; carries why.
    """

    formed = Signal(object)
    ended = Signal()
    refused = Signal(str)
    found = Signal(object)
    missing = Signal(str)

    def __init__(self, messages: Messages, parent: QObject) -> None:
        """Start the threads."""
        super().__init__(parent)
        self._forming: Request[None] | None = None
        self._searching: Request[None] | None = None
        self._data: tuple[str, Stamp, HeldOutSet] | None = None
        self._kept: OrderedDict[Snapshot, StrongestSearch] = OrderedDict()
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
                failed=lambda error: self._fail(self._searches, self.missing, error),
                progress=self.found.emit,
            )

    def close(self, timeout_s: float) -> bool:
        """Cancel, and end the threads; returns whether they have ended."""
        self.form(None)
        self.search(None)
        closed = [desk.close(timeout_s) for desk in (self._ascents, self._searches)]
        return all(closed)

    def _search(self, request: Request[None], search: Search) -> None:
        """Look at all test images, in the thread; one pass serves all units of a network."""
        data = self._load(search.source, request)
        strongest = self._search_of(search.snapshot, data)
        shown_s = 0.0
        while not strongest.is_complete:
            if request.is_cancelled:
                return
            strongest.look_further()
            now = time.perf_counter()
            if strongest.seen >= _FIRST_IMAGES and now - shown_s >= _FOUND_PERIOD_S and not strongest.is_complete:
                shown_s = now
                request.report(_found(search, data, strongest))
        request.report(_found(search, data, strongest))

    def _search_of(self, snapshot: Snapshot, data: HeldOutSet) -> StrongestSearch:
        """Return the search of a network, which may have been begun for another unit."""
        snapshot.spec.check_data(data.digits)
        found = self._kept.setdefault(snapshot, StrongestSearch(snapshot, data.digits.images))
        self._kept.move_to_end(snapshot)
        while len(self._kept) > _KEPT_SEARCHES:
            self._kept.popitem(last=False)
        return found

    def _load(self, source: str, request: Request[None]) -> HeldOutSet:
        stamp = stamp_of(source)
        if self._data is None or self._data[:2] != (source, stamp):
            self._kept.clear()
            data = load_held_out(
                source, download=False, progress=lambda *_: None, cancelled=lambda: request.is_cancelled
            )
            self._data = (source, stamp, data)
        return self._data[2]

    @staticmethod
    def _fail(desk: Desk, told: SignalInstance, error: Exception) -> None:
        if isinstance(error, DigitLabError):
            told.emit(str(error))
        else:
            desk.show_error(error)


def _found(search: Search, data: HeldOutSet, strongest: StrongestSearch) -> Found:
    images = strongest.found(search.place.layer, search.place.unit[-1])
    return Found(search, data, images, strongest.seen)


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
