"""Computes the maps that the page Why asks for, in the GUI thread if they are quick, otherwise in a thread."""

import math
import time
from typing import Final

from PySide6.QtCore import QObject, Signal

from digitlab.attribution.methods import METHODS
from digitlab.attribution.result import MethodId
from digitlab.gui.explain.why.question import Answer, Inquiry, Task
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.model.spec import ModelSpec

QUICK_S: Final = 0.006
"""Up to this duration, a map is computed in the GUI thread, as the network itself is; see ``draw.answering``."""

_MEMORY: Final = 0.8
"""Weight of the past in the running mean of the duration of a method."""


class AttributionController(QObject):
    """Answers inquiries; of those that wait, only the newest.

    The map that is shown large is computed to its end even if a newer drawing waits, so that slow methods follow the
    pen; the other maps give way to a newer inquiry.

    Signals:
        answered: A map is computed; carries an ``Answer``, never older than the last one of its method.
        progressed: How much of the map shown large is computed, 0..1, while a thread computes it.
    """

    answered = Signal(object)
    progressed = Signal(float)

    def __init__(self, messages: Messages, parent: QObject) -> None:
        """Start the thread."""
        super().__init__(parent)
        self._newest = 0
        self._shown: dict[MethodId, int] = {}
        self._asked: Inquiry | None = None
        self._request: Request[None] | None = None
        self._seconds: dict[MethodId, float] = {}
        self._spec: ModelSpec | None = None
        self._desk = Desk("attribution", messages, self, is_background=True)

    def ask(self, inquiry: Inquiry | None) -> None:
        """Compute maps; None cancels those that are being computed."""
        self._newest += 1
        before, self._asked = self._asked, inquiry
        if self._request is not None and not _continues(before, inquiry):
            self._request.cancel()
        if inquiry is None:
            return
        self._take_spec(inquiry.inspection.snapshot.spec)
        number = self._newest
        slow = []
        for task in inquiry.tasks:
            if self._is_quick(task):
                begun = time.perf_counter()
                found = _answer(inquiry, task)
                self._take(number, found, time.perf_counter() - begun)
            else:
                slow.append(task)
        if slow:
            self._request = self._desk.ask(
                lambda request: self._work(request, inquiry, slow, number),
                progress=lambda report: self._deliver(number, report),
                is_newest_only=True,
            )

    def close(self, timeout_s: float) -> bool:
        """End the thread; returns whether it has ended."""
        self.ask(None)
        return self._desk.close(timeout_s)

    def _take_spec(self, spec: ModelSpec) -> None:
        if spec != self._spec:
            self._spec = spec
            self._seconds.clear()

    def _is_quick(self, task: Task) -> bool:
        return METHODS[task.method].is_live and self._seconds.get(task.method, math.inf) <= QUICK_S

    def _work(self, request: Request[None], inquiry: Inquiry, tasks: list[Task], number: int) -> None:
        """Compute maps one after the other, in the thread."""
        for task in tasks:
            is_large = task is inquiry.tasks[0]

            def is_cancelled(*, may_give_way: bool = not is_large) -> bool:
                return request.is_cancelled or (may_give_way and number != self._newest)

            def report(share: float, *, is_shown: bool = is_large) -> None:
                if is_shown:
                    request.report(share)

            if is_cancelled():
                return
            begun = time.perf_counter()
            attribution = task.attribute(inquiry.inspection, report, is_cancelled)
            if attribution is None:
                return
            request.report((Answer(inquiry, task, attribution), time.perf_counter() - begun))

    def _deliver(self, number: int, report: "tuple[Answer, float] | float") -> None:
        if isinstance(report, float):
            self.progressed.emit(report)
        else:
            self._take(number, *report)

    def _take(self, number: int, answer: Answer, seconds: float) -> None:
        method = answer.task.method
        if answer.inquiry.inspection.snapshot.spec == self._spec:
            past = self._seconds.get(method, math.inf)
            self._seconds[method] = seconds if math.isinf(past) else _MEMORY * past + (1 - _MEMORY) * seconds
        if number >= self._shown.get(method, 0):
            self._shown[method] = number
            self.answered.emit(answer)


def _answer(inquiry: Inquiry, task: Task) -> Answer:
    attribution = task.attribute(inquiry.inspection, lambda share: None, lambda: False)
    assert attribution is not None  # nothing cancels it
    return Answer(inquiry, task, attribution)


def _continues(before: Inquiry | None, after: Inquiry | None) -> bool:
    """Return whether the same map is shown large, for another drawing."""
    if before is None or after is None or not before.tasks or not after.tasks:
        return False
    first, second = before.tasks[0], after.tasks[0]
    settings = ((task.method, task.patch, task.layer) for task in (first, second))
    return len(set(settings)) == 1 and before.inspection.snapshot is after.inspection.snapshot
