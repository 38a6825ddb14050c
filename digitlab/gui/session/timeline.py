"""The moments of a run in a row, as the time slider counts them. No widgets."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from digitlab.words.numbers import epoch_figure

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot
    from digitlab.runs.run import Run


_ROUNDING: Final = 1e-6
"""Error of an epoch that was computed from steps."""

_LABEL_PX: Final = 44
"""Least distance between two epochs that are written below the slider."""


def snapshots_of(run: Run | None, newest: Snapshot) -> tuple[Snapshot, ...]:
    """Return the moments to go through, oldest first; the newest is always the last.

    Args:
        run: The run on screen, or None.
        newest: What the training has come to, or what was opened.
    """
    if run is None or not _is_of(run, newest):
        return (newest,)
    return (*run.snapshots[: bisect_left(run.snapshots, newest.step, key=_step)], newest)


def _is_of(run: Run, snapshot: Snapshot) -> bool:
    spec = run.started.spec
    return spec is snapshot.spec or spec.weight_shapes == snapshot.spec.weight_shapes


def _step(snapshot: Snapshot) -> int:
    return snapshot.step


def index_of(snapshots: Sequence[Snapshot], step: int) -> int:
    """Return where a step stands: at its moment, or at the first one after it."""
    return min(bisect_left(snapshots, step, key=_step), len(snapshots) - 1)


def place_of(snapshots: Sequence[Snapshot], snapshot: Snapshot | None) -> int | None:
    """Return where a moment stands, or None if it is not one of them: another run may have one of the same step."""
    if snapshot is None:
        return None
    index = index_of(snapshots, snapshot.step)
    return index if snapshots[index] is snapshot else None


@dataclass(frozen=True, slots=True)
class Mark:
    """An epoch below the slider.

    Attributes:
        index: The first moment at or after it.
        text: Its number.
    """

    index: int
    text: str


def epoch_marks(snapshots: Sequence[Snapshot], width_px: float) -> list[Mark]:
    """Choose the epochs to write below a slider, so that they do not touch: where it begins, and whole ones.

    The moments stand evenly, so the first epoch, with its many moments, has more room than later ones.

    Args:
        snapshots: The moments, oldest first.
        width_px: Pixels from the first to the last.
    """
    if len(snapshots) < 2:
        return []
    room = _LABEL_PX * (len(snapshots) - 1) / width_px
    begun = [math.floor(snapshot.epoch + _ROUNDING) for snapshot in snapshots]
    whole = [Mark(index, f"{begun[index]}") for index in range(1, len(snapshots)) if begun[index] > begun[index - 1]]
    marks = [Mark(0, epoch_figure(snapshots[0].epoch))]
    for mark in whole:
        is_last = mark is whole[-1]
        # The last one is written in any case, if it does not touch the first.
        if is_last and len(marks) > 1 and mark.index - marks[-1].index < room:
            marks.pop()
        if mark.index - marks[-1].index >= room:
            marks.append(mark)
    return marks
