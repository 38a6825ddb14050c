"""The job of the map's thread: the map of one snapshot, with partial results."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from digitlab.embedding.digit_map import DigitMap, MapMaker, MapMethod
from digitlab.embedding.hidden import run_hidden
from digitlab.gui.evaluate.map.shown import Question, ShownMap
from digitlab.gui.session.desk import Request

_REST_S: Final = 0.2
"""A snapshot must be on screen for this long before more than the first digits are mapped."""

_MOST_OWN: Final = 300
"""Own digits on a map: the newest."""


@dataclass(frozen=True, slots=True, eq=False)
class MapJob:
    """The map that answers a question.

    Attributes:
        question: The question.
        reference: The map whose directions it follows, or None.
        kept: The whole map of the test digits, if it is known.
    """

    question: Question
    reference: DigitMap | None
    kept: DigitMap | None

    def work(self, request: Request[Any]) -> ShownMap | None:
        """Return the whole map, or None if cancelled; the share of the work and maps so far are reported.

        Raises:
            DigitLabError: As in ``MapMaker``.
        """
        if self.kept is not None:
            return self._with_own(self.kept, request)
        self.question.snapshot.spec.check_data(self.question.data.digits)
        maker = MapMaker(self.question.snapshot, self.question.data.digits, self.reference)
        if self.question.method is MapMethod.TSNE:
            found = maker.by_tsne(partial(self._report, request), lambda: request.is_cancelled)
            return None if found is None else self._with_own(found, request)
        shown = None
        for found in maker.by_pca(request.report, lambda: request.is_cancelled):
            if shown is None:
                request.report(ShownMap(self.question, found, (), found.points[:0]))
                if request.wait_for_cancel(_REST_S):
                    return None
            shown = self._with_own(found, request)
            if shown is None:
                return None
            request.report(shown)
        return None if request.is_cancelled else shown

    def _report(self, request: Request[Any], share: float, found: DigitMap | None) -> None:
        request.report(share)
        if found is not None:
            request.report(ShownMap(self.question, found, (), found.points[:0]))

    def _with_own(self, found: DigitMap, request: Request[Any]) -> ShownMap | None:
        """Return a map with the own digits on it; None if cancelled."""
        own = self.question.own[-_MOST_OWN:]
        side = self.question.snapshot.spec.side
        images = np.array([digit.image for digit in own], np.uint8).reshape(-1, side, side)
        hidden = run_hidden(self.question.snapshot, images, lambda: request.is_cancelled)
        return None if hidden is None else ShownMap(self.question, found, own, found.place_all(hidden.features))
