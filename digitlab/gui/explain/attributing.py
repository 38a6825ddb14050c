"""Computes the maps that the page Why asks for: the large one in the GUI thread if it is quick, others in a thread."""

import math
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal

from digitlab.attribution.methods import METHODS
from digitlab.attribution.result import Attribution, MethodId
from digitlab.gui.explain.why.question import Answer, Inquiry, Task
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.widgets.throttle import Throttle
from digitlab.model.spec import ModelSpec

QUICK_S: Final = 0.006
"""Up to this duration, a map is computed in the GUI thread, as the network itself is; see ``draw.answering``."""

_REST_MS: Final = 250
"""Without another drawing for so long, the other maps are computed to their ends."""

_MEMORY: Final = 0.8
"""Weight of the past in the running mean of the duration of a method."""


class AttributionController(QObject):
    """Answers inquiries; of those that wait, only the newest.

    The map that is shown large comes first. It is not given up for a newer drawing before it could be shown, so that
    slow methods follow the pen too; a method that begins with a rough map refines it until a newer drawing waits. Of
    the other maps those that are live follow the pen as far as there is time, the one that waits longest first; the
    rest are computed, and all refined, once the pen rests.

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
        self._complete: set[MethodId] = set()
        self._asked: Inquiry | None = None
        self._following: Request[None] | None = None  # it follows the pen
        self._others: Request[None] | None = None
        self._seconds: dict[MethodId, float] = {}
        self._spec: ModelSpec | None = None
        self._rest = Throttle(self._ask_others, _REST_MS, self, restarts=True)
        self._desk = Desk("attribution", messages, self, is_background=True)

    def ask(self, inquiry: Inquiry | None) -> None:
        """Compute maps; None cancels those that are being computed."""
        self._newest += 1
        self._complete.clear()
        before, self._asked = self._asked, inquiry
        self._rest.cancel()
        self._cancel(is_all=not _continues(before, inquiry))
        if inquiry is None or not inquiry.tasks:
            return
        self._take_spec(inquiry.inspection.snapshot.spec)
        large = inquiry.tasks[0]
        live = [task for task in inquiry.tasks[1:] if METHODS[task.method].is_live]
        live.sort(key=lambda task: self._shown.get(task.method, 0))
        if self._seconds.get(large.method, math.inf) <= QUICK_S:
            begun = time.perf_counter()
            found = _answer(inquiry, large)
            self._take(self._newest, found, time.perf_counter() - begun)
            tasks = tuple(live)
        else:
            # Together: by itself, the next large map would always come before the others.
            tasks = (large, *live)
        if tasks:
            self._following = self._hand_over(inquiry, tasks, is_rough_enough=True)
        if len(inquiry.tasks) > 1:
            self._rest.request()

    def _cancel(self, *, is_all: bool) -> None:
        """Cancel what a newer drawing makes useless; what is begun may still be shown, unless all is cancelled."""
        if self._others is not None:
            self._others.cancel()
        if self._following is not None and is_all:
            self._following.cancel()
        elif self._following is not None:
            self._following.cancel_unless_begun()

    def _ask_others(self) -> None:
        """Compute what is missing of the maps that are not shown large, the quick ones first."""
        inquiry = self._asked
        if inquiry is not None:
            tasks = [task for task in inquiry.tasks[1:] if task.method not in self._complete]
            tasks.sort(key=lambda task: self._seconds.get(task.method, 0.0))
            self._others = self._hand_over(inquiry, tuple(tasks))

    def _hand_over(self, inquiry: Inquiry, tasks: tuple[Task, ...], *, is_rough_enough: bool = False) -> Request[None]:
        number = self._newest
        return self._desk.ask(
            lambda request: _work(request, inquiry, tasks, is_rough_enough, lambda: number != self._newest),
            progress=lambda report: self._deliver(number, report),
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
        method, is_rough = answer.task.method, answer.attribution.is_rough
        if not is_rough and answer.inquiry.inspection.snapshot.spec == self._spec:
            past = self._seconds.get(method, math.inf)
            self._seconds[method] = seconds if math.isinf(past) else _MEMORY * past + (1 - _MEMORY) * seconds
        if number == self._newest and not is_rough:
            self._complete.add(method)
        elif number == self._newest and method in self._complete:
            return
        if number >= self._shown.get(method, 0):
            self._shown[method] = number
            self.answered.emit(answer)


def _work(
    request: Request[None],
    inquiry: Inquiry,
    tasks: tuple[Task, ...],
    is_rough_enough: bool,
    is_outdated: Callable[[], bool],
) -> None:
    """Compute maps one after the other, in the thread; once a newer inquiry waits, only the first beside the large one.

    Args:
        request: Whose job it is.
        inquiry: What is asked.
        tasks: The maps, the large one first if it is among them.
        is_rough_enough: Whether a rough map is enough of those that are not large.
        is_outdated: Whether a newer inquiry waits.
    """
    others = 0
    for task in tasks:
        is_large = task is inquiry.tasks[0]
        others += not is_large
        if others > 1 and is_outdated():
            return
        shown: list[Attribution] = []

        def show_rough(rough: Attribution, task: Task = task, shown: list[Attribution] = shown) -> None:
            shown.append(rough)
            request.report((Answer(inquiry, task, rough), 0.0))

        def is_cancelled(shown: list[Attribution] = shown, is_enough: bool = is_rough_enough and not is_large) -> bool:
            return request.is_cancelled or (bool(shown) and (is_enough or is_outdated()))

        tells = is_large and not METHODS[task.method].is_live
        begun = time.perf_counter()
        found = task.attribute(inquiry.inspection, request.report if tells else _tell_nobody, show_rough, is_cancelled)
        if request.is_cancelled:
            return
        if found is not None:
            request.report((Answer(inquiry, task, found), time.perf_counter() - begun))


def _tell_nobody(report: object) -> None:
    """Report no progress of a map that is quick or not shown large."""


def _answer(inquiry: Inquiry, task: Task) -> Answer:
    attribution = task.attribute(inquiry.inspection, _tell_nobody, _tell_nobody, lambda: False)
    assert attribution is not None  # nothing cancels it
    return Answer(inquiry, task, attribution)


def _continues(before: Inquiry | None, after: Inquiry | None) -> bool:
    """Return whether the same map is shown large, for another drawing."""
    if before is None or after is None or not before.tasks or not after.tasks:
        return False
    first, second = before.tasks[0], after.tasks[0]
    settings = ((task.method, task.patch, task.layer) for task in (first, second))
    return len(set(settings)) == 1 and before.inspection.snapshot is after.inspection.snapshot
