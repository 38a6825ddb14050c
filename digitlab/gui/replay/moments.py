"""The moments of a run in a row, as the time slider counts them. No widgets."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from digitlab.model.snapshot import Snapshot
from digitlab.training.run import Run

_LABEL_PX: Final = 44
"""Least distance between two epochs that are written below the slider."""


def moments_of(run: Run | None, newest: Snapshot) -> tuple[Snapshot, ...]:
    """Return the moments to go through, oldest first; the newest is always the last.

    Args:
        run: The run on screen, or None.
        newest: What the training has come to, or what was opened.
    """
    if run is None or run.started.spec.weight_shapes != newest.spec.weight_shapes:
        return (newest,)
    return (*(kept for kept in run.snapshots if kept.step < newest.step), newest)


def index_of(moments: Sequence[Snapshot], shown: Snapshot) -> int:
    """Return where a snapshot stands: at its step, or at the first moment after it."""
    return min(bisect_left([moment.step for moment in moments], shown.step), len(moments) - 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """A whole epoch below the slider.

    Attributes:
        index: The first moment at or after it.
        text: Its number.
    """

    index: int
    text: str


def epoch_marks(moments: Sequence[Snapshot], width_px: float) -> list[Mark]:
    """Choose the epochs to write below a slider, so that they do not touch.

    The moments stand evenly, so the first epoch, with its many moments, has more room than later ones.

    Args:
        moments: The moments, oldest first.
        width_px: Pixels from the first to the last.
    """
    if len(moments) < 2:
        return []
    each = width_px / (len(moments) - 1)
    marks: list[Mark] = []
    for index, moment in enumerate(moments):
        is_whole = abs(moment.epoch - round(moment.epoch)) < 1e-6
        if is_whole and (not marks or (index - marks[-1].index) * each >= _LABEL_PX):
            marks.append(Mark(index, f"{round(moment.epoch)}"))
    return marks
