"""The snapshots of a run in order, as the time slider shows them. No widgets."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from digitlab.words.numbers import epoch_number

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot
    from digitlab.runs.run import Run


_ROUNDING: Final = 1e-6
"""Rounding error of an epoch computed from steps."""

_LABEL_PX: Final = 44
"""Minimum distance between two epoch labels below the slider."""


def snapshots_of(run: Run | None, newest: Snapshot) -> tuple[Snapshot, ...]:
    """Return the snapshots of the slider, oldest first; the newest is always the last.

    Args:
        run: The run on screen, or None.
        newest: The newest snapshot of the run, or the one that was opened.
    """
    if run is None or not run.started.spec.has_weights_like(newest.spec):
        return (newest,)
    return (*run.snapshots[: bisect_left(run.snapshots, newest.step, key=_step)], newest)


def _step(snapshot: Snapshot) -> int:
    return snapshot.step


def index_of(snapshots: Sequence[Snapshot], step: int) -> int:
    """Return the index of the snapshot at a step, or of the first one after it."""
    return min(bisect_left(snapshots, step, key=_step), len(snapshots) - 1)


def position_of(snapshots: Sequence[Snapshot], snapshot: Snapshot | None) -> int | None:
    """Return the index of a snapshot, or None if it is not one of them; another run may have one at the same step.

    An edited snapshot is where its original is.
    """
    if snapshot is None:
        return None
    index = index_of(snapshots, snapshot.step)
    return index if snapshots[index] is snapshot.original else None


@dataclass(frozen=True, slots=True)
class Mark:
    """An epoch label below the slider.

    Attributes:
        index: The first snapshot at or after the epoch.
        text: The number of the epoch.
    """

    index: int
    text: str


def epoch_marks(snapshots: Sequence[Snapshot], width_px: float) -> list[Mark]:
    """Choose the epoch labels below a slider: its start, and as many whole epochs as fit.

    The snapshots are spaced evenly, so the first epoch, with its many snapshots, has more space than later ones.

    Args:
        snapshots: The snapshots, oldest first.
        width_px: Distance from the first to the last, in pixels.
    """
    if len(snapshots) < 2:
        return []
    spacing = _LABEL_PX * (len(snapshots) - 1) / width_px
    begun = [math.floor(snapshot.epoch + _ROUNDING) for snapshot in snapshots]
    whole = [Mark(index, f"{begun[index]}") for index in range(1, len(snapshots)) if begun[index] > begun[index - 1]]
    marks = [Mark(0, epoch_number(snapshots[0].epoch))]
    for mark in whole:
        is_last = mark is whole[-1]
        # The last one is always shown, unless it would touch the first.
        if is_last and len(marks) > 1 and mark.index - marks[-1].index < spacing:
            marks.pop()
        if mark.index - marks[-1].index >= spacing:
            marks.append(mark)
    return marks
