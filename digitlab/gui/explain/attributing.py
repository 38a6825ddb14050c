"""Computes the maps that the page Why asks for: the large one in the GUI thread if it is quick, others in a thread."""

import math
import time
from typing import Final

from PySide6.QtCore import QObject, Signal

from digitlab.attribution.result import MethodId
from digitlab.gui.explain.why.question import Answer, Inquiry, Task
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.widgets.throttle import Throttle
from digitlab.model.spec import ModelSpec

QUICK_S: Final = 0.006
"""Up to this duration, a map is computed in the GUI thread, as the network itself is; see ``draw.answering``."""

_REST_MS: Final = 250
"""Without another drawing for so long, the other maps are computed."""

_MEMORY: Final = 0.8
"""Weight of the past in the running mean of the duration of a method."""


class AttributionController(QObject):
    """Answers inquiries; of those that wait, only the newest.

    The map that is shown large is computed to its end even if a newer drawing waits, so that slow methods follow the
    pen too. The other maps wait until the pen rests, so that they do not compete with it.

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
        self._large: Request[None] | None = None
        self._others: Request[None] | None = None
        self._seconds: dict[MethodId, float] = {}
        self._spec: ModelSpec | None = None
        self._rest = Throttle(self._ask_others, _REST_MS, self, restarts=True)
        self._desk = Desk("attribution", messages, self, is_background=True)

    def ask(self, inquiry: Inquiry | None) -> None:
        """Compute maps; None cancels those that are being computed."""
        self._newest += 1
        before, self._asked = self._asked, inquiry
        self._rest.cancel()
        if self._others is not None:
            self._others.cancel()
        if self._large is not None and not _continues(before, inquiry):
            self._large.cancel()
        if inquiry is None or not inquiry.tasks:
            return
        self._take_spec(inquiry.inspection.snapshot.spec)
        large = inquiry.tasks[0]
        if self._seconds.get(large.method, math.inf) <= QUICK_S:
            begun = time.perf_counter()
            found = _answer(inquiry, large)
            self._take(self._newest, found, time.perf_counter() - begun)
        else:
            self._large = self._hand_over(inquiry, (large,), is_newest_only=True)
        if len(inquiry.tasks) > 1:
            self._rest.request()

    def _ask_others(self) -> None:
        """Compute the maps that are not shown large, the quick ones first."""
        inquiry = self._asked
        if inquiry is not None:
            tasks = sorted(inquiry.tasks[1:], key=lambda task: self._seconds.get(task.method, 0.0))
            self._others = self._hand_over(inquiry, tuple(tasks), is_newest_only=False)

    def _hand_over(self, inquiry: Inquiry, tasks: tuple[Task, ...], *, is_newest_only: bool) -> Request[None]:
        number = self._newest
        return self._desk.ask(
            lambda request: _work(request, inquiry, tasks),
            progress=lambda report: self._deliver(number, report),
            is_newest_only=is_newest_only,
        )

    def close(self, timeout_s: float) -> bool:
        """End the thread; returns whether it has ended."""
        self.ask(None)
        return self._desk.close(timeout_s)

    def _take_spec(self, spec: ModelSpec) -> None:
        if spec != self._spec:
            self._spec = spec
            self._seconds.clear()

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


def _work(request: Request[None], inquiry: Inquiry, tasks: tuple[Task, ...]) -> None:
    """Compute maps one after the other, in the thread."""
    for task in tasks:
        progress = request.report if task is inquiry.tasks[0] else _tell_nobody
        begun = time.perf_counter()
        attribution = task.attribute(inquiry.inspection, progress, lambda: request.is_cancelled)
        if attribution is None or request.is_cancelled:
            return
        request.report((Answer(inquiry, task, attribution), time.perf_counter() - begun))


def _tell_nobody(share: float) -> None:
    """Report no progress of a map that is not shown large."""


def _answer(inquiry: Inquiry, task: Task) -> Answer:
    attribution = task.attribute(inquiry.inspection, _tell_nobody, lambda: False)
    assert attribution is not None  # nothing cancels it
    return Answer(inquiry, task, attribution)


def _continues(before: Inquiry | None, after: Inquiry | None) -> bool:
    """Return whether the same map is shown large, for another drawing."""
    if before is None or after is None or not before.tasks or not after.tasks:
        return False
    first, second = before.tasks[0], after.tasks[0]
    settings = ((task.method, task.patch, task.layer) for task in (first, second))
    return len(set(settings)) == 1 and before.inspection.snapshot is after.inspection.snapshot
