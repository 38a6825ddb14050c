"""A cache of evaluation results by snapshot and data, limited by memory."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from weakref import ref

from digitlab.data.held_out import HeldOutSet
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.gui.session.values import EditEffect, EvaluationResult
from digitlab.model.snapshot import Snapshot

BUDGET_BYTES: Final = 64 * 2**20
"""About 200 snapshots evaluated on 10,000 images each, or 1,000 on 2,000."""

_Key = tuple[ref[Snapshot], ref[HeldOutSet]]


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A result without references to its snapshot and data, which would keep weights and images in memory."""

    metrics: Metrics
    predictions: Predictions
    duration_s: float
    accuracies: dict[int, float] = field(default_factory=dict)  # by number of images

    def accuracy_of_first(self, count: int) -> float:
        """Return the accuracy on the first ``count`` images, computed once."""
        if count not in self.accuracies:
            self.accuracies[count] = self.predictions.accuracy_of_first(count)
        return self.accuracies[count]

    @property
    def nbytes(self) -> int:
        return self.predictions.nbytes + self.metrics.nbytes


class ResultCache:
    """The result on the most images for each snapshot and data; the least recently used ones are dropped first."""

    def __init__(self, budget: int = BUDGET_BYTES) -> None:
        """Create an empty cache.

        Args:
            budget: Memory for the results, in bytes; the newest result is kept even if it is larger.
        """
        self._budget = budget
        # Weak references to live objects are equal if they refer to the same object.
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._nbytes = 0

    def __len__(self) -> int:
        """Return the number of results."""
        return len(self._kept)

    def add(self, result: EvaluationResult) -> None:
        """Add a result, unless there is one on more images."""
        key = (ref(result.snapshot), ref(result.data))
        known = self.find(result.snapshot, result.data)
        if known is not None and len(known.predictions) > len(result.predictions):
            return
        self._drop(key)
        kept = _Kept(result.metrics, result.predictions, result.duration_s)
        self._kept[key] = kept
        self._nbytes += kept.nbytes
        while self._nbytes > self._budget and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def find(self, snapshot: Snapshot, data: HeldOutSet) -> EvaluationResult | None:
        """Return the result for a snapshot and data, or None."""
        kept = self._find(snapshot, data)
        return (
            None if kept is None else EvaluationResult(snapshot, data, kept.metrics, kept.predictions, kept.duration_s)
        )

    def accuracies(
        self, snapshots: Iterable[Snapshot], data: HeldOutSet, least: int
    ) -> tuple[tuple[float | None, ...], int]:
        """Return comparable accuracies; takes a fraction of a millisecond for a hundred snapshots.

        Args:
            snapshots: The networks.
            data: The data they were evaluated on.
            least: Results on fewer images than this, if the data have as many, count as unknown.

        Returns:
            The accuracy of each, 0..1, None where it is unknown, and the number of images they were computed on: the
            same first images for all snapshots, so that they are comparable; 0 if none is known.
        """
        least = min(least, len(data.digits))
        found = [self._find(snapshot, data) for snapshot in snapshots]
        enough = [kept if kept is not None and len(kept.predictions) >= least else None for kept in found]
        count = min((len(kept.predictions) for kept in enough if kept is not None), default=0)
        return tuple(None if kept is None else kept.accuracy_of_first(count) for kept in enough), count

    def effect(self, snapshot: Snapshot, data: HeldOutSet, most: int) -> EditEffect:
        """Return the accuracy of a network and of the one it was edited from, on the same images, if it is known.

        Args:
            snapshot: The network, edited or not.
            data: The data.
            most: The maximum number of images.
        """
        (before, after), count = self.accuracies((snapshot.original, snapshot), data, least=1)
        return EditEffect(snapshot, data.title, before, after, count, min(len(data.digits), most))

    def _find(self, snapshot: Snapshot, data: HeldOutSet) -> _Kept | None:
        key = (ref(snapshot), ref(data))
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def _drop(self, key: _Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._nbytes -= kept.nbytes
