"""The snapshots that are kept of a training, within a memory budget."""

import math
from collections.abc import Sequence
from typing import Final

from digitlab.model.snapshot import Snapshot
from digitlab.training.config import MEMORY_BUDGET
from digitlab.training.optimizer_state import OptimizerState

MAXIMUM_STATES: Final = 12
"""Maximum number of optimizer states: each takes up to twice the memory of a snapshot, and few are ever used."""


def index_to_drop(steps: Sequence[int], protected: frozenset[int]) -> int | None:
    """Choose a snapshot to drop, so that the others are dense at the start of the training and sparser later.

    Distance is measured half on a linear, half on a logarithmic axis of steps. The snapshot whose removal leaves the
    smallest gap is dropped.

    Args:
        steps: The snapshots' steps, ascending.
        protected: Steps that must stay, besides the first and the last.

    Returns:
        The index of the step to drop, or None if all must stay.
    """
    if not steps:
        return None
    span = max(steps[-1] - steps[0], 1)
    positions = [(step - steps[0]) / span + math.log1p(step - steps[0]) / math.log1p(span) for step in steps]
    gaps = [
        (positions[index + 1] - positions[index - 1], index)
        for index in range(1, len(steps) - 1)
        if steps[index] not in protected
    ]
    return min(gaps)[1] if gaps else None


class History:
    """A run's kept snapshots, oldest first, and the optimizer states at some of them.

    When they exceed the budget, states are dropped first, then snapshots; the first, the last and the best always stay.
    """

    def __init__(self, budget: int = MEMORY_BUDGET) -> None:
        """Create an empty history.

        Args:
            budget: Memory for weights and optimizer states, in bytes.
        """
        self._budget = budget
        self._snapshots: list[Snapshot] = []
        self._states: dict[int, OptimizerState] = {}
        self._best_step: int | None = None

    def copy(self) -> "History":
        """Return a history that later snapshots do not change; it shares the weights."""
        copied = History(self._budget)
        copied._snapshots = list(self._snapshots)
        copied._states = dict(self._states)
        copied._best_step = self._best_step
        return copied

    @property
    def snapshots(self) -> Sequence[Snapshot]:
        """The snapshots, oldest first, with strictly ascending steps."""
        return self._snapshots

    @property
    def nbytes(self) -> int:
        """Memory of the weights and optimizer states, in bytes."""
        weights = sum(array.nbytes for snapshot in self._snapshots for array in snapshot.arrays)
        return weights + sum(state.nbytes for state in self._states.values())

    @property
    def best_step(self) -> int | None:
        """The step of the best snapshot, or None before ``mark_best``."""
        return self._best_step

    def optimizer_state(self, snapshot: Snapshot) -> OptimizerState | None:
        """Return the optimizer's state at a kept snapshot, or None if it was not kept."""
        return self._states.get(snapshot.step)

    def add(self, snapshot: Snapshot, state: OptimizerState | None = None) -> None:
        """Add a snapshot that is newer than all before; it replaces one of the same step.

        Args:
            snapshot: The snapshot.
            state: The optimizer's state at that step, if it was copied.
        """
        if self._snapshots and self._snapshots[-1].step == snapshot.step:
            self._snapshots.pop()
        self._snapshots.append(snapshot)
        if state is not None:
            self._states[snapshot.step] = state
        self._thin()

    def replace(self, snapshot: Snapshot) -> bool:
        """Replace the snapshot of the same step, for example by the exact one from a file.

        Returns:
            Whether there was a snapshot of that step.
        """
        for index, kept in enumerate(self._snapshots):
            if kept.step == snapshot.step:
                self._snapshots[index] = snapshot
                return True
        return False

    def mark_best(self, step: int) -> None:
        """Set the step of the best snapshot so far, which is always kept."""
        self._best_step = step

    def _thin(self) -> None:
        protected = frozenset(() if self._best_step is None else (self._best_step,))
        while len(self._states) > MAXIMUM_STATES:
            self._drop_state(protected)
        # All snapshots of a run have the same size, so their total needs no summing up each time.
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
