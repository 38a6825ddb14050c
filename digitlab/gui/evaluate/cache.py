"""What judging has brought so far, remembered for the moments of a run, within a budget of memory."""

import weakref
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from digitlab.data.held_out import HeldOutSet
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.gui.session.values import EvaluationResult
from digitlab.model.snapshot import Snapshot

BUDGET_BYTES: Final = 64 * 2**20
"""Some 200 moments judged on 10,000 images each, or 1,000 on 2,000."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A result without its snapshot and its data: neither weights nor images may stay in memory for it."""

    snapshot: weakref.ref[Snapshot]
    data: weakref.ref[HeldOutSet]
    metrics: Metrics
    predictions: Predictions
    duration_s: float
    accuracies: dict[int, float] = field(default_factory=dict)  # by how many images they are of

    def accuracy_of_first(self, count: int) -> float:
        """Return the share of right answers among the first so many images; counted once."""
        if count not in self.accuracies:
            self.accuracies[count] = self.predictions.accuracy_of_first(count)
        return self.accuracies[count]

    @property
    def nbytes(self) -> int:
        return self.predictions.nbytes + self.metrics.nbytes


class ResultCache:
    """The best result for each snapshot and data; those not looked at for long go first."""

    def __init__(self, budget: int = BUDGET_BYTES) -> None:
        """Begin empty.

        Args:
            budget: Memory for the results, in bytes.
        """
        self._budget = budget
        self._kept: OrderedDict[tuple[int, int], _Kept] = OrderedDict()
        self._nbytes = 0

    def __len__(self) -> int:
        """Return the number of results."""
        return len(self._kept)

    def add(self, result: EvaluationResult) -> None:
        """Remember a result, unless one on more images is known."""
        key = (id(result.snapshot), id(result.data))
        known = self.find(result.snapshot, result.data)
        if known is not None and len(known.predictions) > len(result.predictions):
            return
        self._drop(key)
        snapshot, data = weakref.ref(result.snapshot), weakref.ref(result.data)
        kept = _Kept(snapshot, data, result.metrics, result.predictions, result.duration_s)
        self._kept[key] = kept
        self._nbytes += kept.nbytes
        while self._nbytes > self._budget and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def find(self, snapshot: Snapshot, data: HeldOutSet) -> EvaluationResult | None:
        """Return what is known of a snapshot on some data."""
        kept = self._find(snapshot, data)
        return (
            None if kept is None else EvaluationResult(snapshot, data, kept.metrics, kept.predictions, kept.duration_s)
        )

    def accuracies(
        self, snapshots: Iterable[Snapshot], data: HeldOutSet, least: int
    ) -> tuple[tuple[float | None, ...], int]:
        """Return how right networks were, in a fraction of a millisecond for a hundred of them.

        Args:
            snapshots: The networks.
            data: What they were judged on.
            least: On how many images, if there are as many; what is known of fewer counts as unknown.

        Returns:
            The share of right answers of each, 0..1, None where it is unknown, and among how many images: the first
            ones are the same for every network, and only so can they be compared. 0 where nothing is known.
        """
        least = min(least, len(data.digits))
        found = [self._find(snapshot, data) for snapshot in snapshots]
        enough = [kept if kept is not None and len(kept.predictions) >= least else None for kept in found]
        count = min((len(kept.predictions) for kept in enough if kept is not None), default=0)
        return tuple(None if kept is None else kept.accuracy_of_first(count) for kept in enough), count

    def _find(self, snapshot: Snapshot, data: HeldOutSet) -> _Kept | None:
        key = (id(snapshot), id(data))
        kept = self._kept.get(key)
        # The number of what is gone may be another's now.
        if kept is None or kept.snapshot() is not snapshot or kept.data() is not data:
            return None
        self._kept.move_to_end(key)
        return kept

    def _drop(self, key: tuple[int, int]) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._nbytes -= kept.nbytes
