"""The value that is explained, before the last change of the drawing: what the person checks a map with. Without Qt."""

from typing import Final

from digitlab.gui.explain.why.question import Answer

_PAUSE_S: Final = 0.6
"""What is drawn after such a pause is another change; a stroke of the pen is one, and so is one of the eraser."""


class ValueBefore:
    """Remembers the value before the last change, as long as the same value of the same network is explained."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._answer: Answer | None = None
        self._changed_s = 0.0
        self._before: float | None = None

    def take(self, answer: Answer, now_s: float) -> float | None:
        """Return the value before the last change; None before there is one.

        Args:
            answer: What is shown next.
            now_s: The time of a clock.
        """
        last, self._answer = self._answer, answer
        if last is None or last.task.target != answer.task.target or _snapshot(last) is not _snapshot(answer):
            self._before = None
        elif last.inquiry.inspection is not answer.inquiry.inspection:
            if now_s - self._changed_s > _PAUSE_S:
                self._before = last.value
        else:
            return self._before
        self._changed_s = now_s
        return self._before


def _snapshot(answer: Answer) -> object:
    return answer.inquiry.inspection.snapshot
