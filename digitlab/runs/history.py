"""The moments of a training that are kept, within a budget of memory."""

import math
from collections.abc import Sequence
from typing import Final

from digitlab.model.snapshot import Snapshot
from digitlab.training.config import MEMORY_BUDGET
from digitlab.training.optimizer_state import OptimizerState

MAXIMUM_STATES: Final = 12
"""How many states of the optimizer are kept: one takes up to twice the memory of a snapshot, and few are ever used."""


def index_to_drop(steps: Sequence[int], protected: frozenset[int]) -> int | None:
    """Choose which of some moments to drop, so that those left lie dense at the beginning and sparser later.

    Half of the measure is the logarithm of the step, half the step itself: whoever leaves the smallest gap goes.

    Args:
        steps: The moments, rising.
        protected: Those that must stay, besides the first and the last.

    Returns:
        The index of the one to drop, or None if none may go.
    """
    if not steps:
        return None
    whole = max(steps[-1] - steps[0], 1)
    places = [(step - steps[0]) / whole + math.log1p(step - steps[0]) / math.log1p(whole) for step in steps]
    gaps = [
        (places[index + 1] - places[index - 1], index)
        for index in range(1, len(steps) - 1)
        if steps[index] not in protected
    ]
    return min(gaps)[1] if gaps else None


class History:
    """A run's kept snapshots, oldest first, and the optimizer's states at some of them.

    When they would take more than the budget, states go first, then snapshots; never the first, the last and the best.
    """

    def __init__(self, budget: int = MEMORY_BUDGET) -> None:
        """Begin empty.

        Args:
            budget: Memory for weights and states, in bytes.
        """
        self._budget = budget
        self._snapshots: list[Snapshot] = []
        self._states: dict[int, OptimizerState] = {}
        self._best_step: int | None = None

    @property
    def snapshots(self) -> Sequence[Snapshot]:
        """The snapshots, oldest first; steps rise strictly."""
        return self._snapshots

    @property
    def nbytes(self) -> int:
        """Memory that weights and states take, in bytes."""
        weights = sum(array.nbytes for snapshot in self._snapshots for array in snapshot.arrays)
        return weights + sum(state.nbytes for state in self._states.values())

    @property
    def best_step(self) -> int | None:
        """The step of the best snapshot, or None while nobody has said which that is."""
        return self._best_step

    def optimizer_state(self, snapshot: Snapshot) -> OptimizerState | None:
        """Return the optimizer's state at a kept snapshot, if it was kept."""
        return self._states.get(snapshot.step)

    def add(self, snapshot: Snapshot, state: OptimizerState | None = None) -> None:
        """Keep a snapshot newer than all before; one at the step of the last takes its place.

        Args:
            snapshot: The snapshot.
            state: The optimizer's state at it, if it was copied.
        """
        if self._snapshots and self._snapshots[-1].step == snapshot.step:
            self._snapshots.pop()
        self._snapshots.append(snapshot)
        if state is not None:
            self._states[snapshot.step] = state
        self._thin()

    def replace(self, snapshot: Snapshot) -> bool:
        """Put a snapshot in the place of the one of the same step, as when a file holds it more exactly.

        Returns:
            Whether there was one.
        """
        for index, kept in enumerate(self._snapshots):
            if kept.step == snapshot.step:
                self._snapshots[index] = snapshot
                return True
        return False

    def mark_best(self, step: int) -> None:
        """Say which snapshot is the best so far; it stays."""
        self._best_step = step

    def _thin(self) -> None:
        protected = frozenset(() if self._best_step is None else (self._best_step,))
        while len(self._states) > MAXIMUM_STATES:
            self._drop_state(protected)
        # Snapshots of one run are all of one size, so the sum is not taken anew each time.
        each = sum(array.nbytes for array in self._snapshots[-1].arrays)
        states = sum(state.nbytes for state in self._states.values())
        while len(self._snapshots) * each + states > self._budget:
            if self._drop_state(protected):
                states = sum(state.nbytes for state in self._states.values())
                continue
            index = index_to_drop([snapshot.step for snapshot in self._snapshots], protected)
            if index is None:
                return
            state = self._states.pop(self._snapshots.pop(index).step, None)
            states -= 0 if state is None else state.nbytes

    def _drop_state(self, protected: frozenset[int]) -> bool:
        steps = sorted(self._states)
        index = index_to_drop(steps, protected)
        if index is None:
            return False
        del self._states[steps[index]]
        return True
