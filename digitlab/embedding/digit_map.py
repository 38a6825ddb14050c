"""A map of labelled digits, which can place a further drawing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.classes import Classes
from digitlab.data.dataset import DigitSet
from digitlab.embedding import tsne
from digitlab.embedding.hidden import Hidden, digits_at_most, run_hidden
from digitlab.embedding.plane import Plane, Points, aligned, fit_plane
from digitlab.embedding.tsne import Neighbours
from digitlab.model.outputs import class_probabilities, of_classes
from digitlab.model.snapshot import Snapshot
from digitlab.system.work import run_parallel

STAGES: Final = (200, 1_000)
"""Digits after which a map is ready, before the last. The first takes about 0.1 s with the tutorial network; it is the
same on every machine, as it fixes the directions."""

_STEP: Final = 100
"""Digits between two reports of progress."""

_PREPARING: Final = 0.2
"""The part of the work for t-SNE that computes the hidden layer."""


class MapMethod(StrEnum):
    """How positions are found."""

    PCA = "PCA"
    TSNE = "t-SNE"


@dataclass(frozen=True, slots=True, eq=False)
class DigitMap:
    """Digits in two dimensions.

    Attributes:
        method: How the positions were found.
        indices: Index of each digit in its set, shape (n,), int32.
        labels: The true digits, shape (n,), uint8.
        outputs: The outputs of the network for each, shape (n, class_count), or (n, 0) without outputs; float32.
        points: The positions, shape (n, 2), float32; y points up.
        plane: The principal plane of the digits, turned to the map that it follows.
        classes: What the labels stand for.
        neighbours: Places a drawing on a map that is no projection; None for PCA.
    """

    method: MapMethod
    indices: NDArray[np.int32]
    labels: NDArray[np.uint8]
    outputs: NDArray[np.float32]
    points: Points
    plane: Plane
    classes: Classes
    neighbours: Neighbours | None = None

    def __len__(self) -> int:
        """Return the number of digits."""
        return len(self.labels)

    def place(self, features: NDArray[np.float32]) -> Points:
        """Return the position of one image, shape (2,), given its activations in the hidden layer, shape (values,).

        By PCA it is its projection; by t-SNE it lies among its neighbours.
        """
        return self.plane.project(features) if self.neighbours is None else self.neighbours.place(features)

    def place_all(self, features: NDArray[np.float32]) -> Points:
        """Return the positions of some images, shape (n, 2), given their activations, shape (n, values)."""
        places = [self.place(row) for row in features]
        return np.array(places, np.float32).reshape(-1, 2)

    def prediction(self, row: int) -> tuple[int, float] | None:
        """Return the predicted digit and its confidence for one of the digits; None without outputs."""
        if not self.outputs.shape[1]:
            return None
        count = len(self.classes)
        shares = class_probabilities(self.outputs[row : row + 1], count)[0]
        best = int(of_classes(self.outputs[row], count).argmax())
        return best, float(shares[best])


class MapMaker:
    """Computes the hidden layer for a sample of digits, and maps of them.

    The sample is drawn at random, always in the same order, so that maps of several snapshots have the same digits.

    Args:
        snapshot: The network and its weights.
        digits: The labelled digits.
        reference: A map by PCA of another snapshot for the same digits, whose directions this one follows, or None.
    """

    def __init__(self, snapshot: Snapshot, digits: DigitSet, reference: DigitMap | None = None) -> None:
        """Draw the sample."""
        self._snapshot = snapshot
        self._digits = digits
        self._reference = reference
        order = np.random.default_rng(0).permutation(len(digits))
        self._order: NDArray[np.int32] = order[: digits_at_most(snapshot.spec)].astype(np.int32)
        self._parts: list[Hidden] = []

    def by_pca(
        self,
        report: Callable[[float], object] = lambda share: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[DigitMap]:
        """Yield maps of more and more digits, the last of the whole sample; fewer if cancelled.

        Args:
            report: Called with the completed share, 0..1.
            is_cancelled: Asked before each batch.

        Raises:
            DigitLabError: If an activation is not a finite number.
        """
        total = len(self._order)
        for stage in (*(stage for stage in STAGES if stage < total), total):
            done = sum(len(part.features) for part in self._parts)
            for start in range(done, stage, _STEP):
                part = self._order[start : min(start + _STEP, stage)]
                hidden = self._run(part, is_cancelled)
                if hidden is None:
                    return
                self._parts.append(hidden)
                report(min(start + _STEP, stage) / total)
            found = self._map()
            self._reference = self._reference or found
            yield found

    def by_tsne(
        self,
        report: Callable[[float, DigitMap | None], object] = lambda share, found: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> DigitMap | None:
        """Return the map by t-SNE; None if cancelled.

        Args:
            report: Called with the completed share, 0..1, and the map as it forms; None before its first iteration.
            is_cancelled: Asked every few iterations.

        Raises:
            MissingLibraryError: If openTSNE is not installed.
            DigitLabError: If there are too few digits, or an activation is not a finite number.
        """
        tsne.require()
        maps = list(self.by_pca(lambda share: report(_PREPARING * share, None), is_cancelled))
        if not maps or len(maps[-1]) < len(self._order):
            return None
        flat = maps[-1]
        features = self._features()
        plane = fit_plane(features, min(tsne.AXES, features.shape[1]))
        reduced = plane.project(features)

        def make(points: Points) -> DigitMap:
            return replace(flat, method=MapMethod.TSNE, points=points, neighbours=Neighbours(plane, reduced, points))

        def forming(share: float, points: Points) -> None:
            report(_PREPARING + (1 - _PREPARING) * share, make(points))

        points = tsne.embed(reduced, flat.points, forming, is_cancelled)
        return None if points is None else make(points)

    def _run(self, rows: NDArray[np.int32], is_cancelled: Callable[[], bool]) -> Hidden | None:
        """Return what the network computes for some digits, in two threads; None if cancelled."""
        images, middle = self._digits.images[rows], (len(rows) + 1) // 2
        halves = run_parallel(
            [partial(run_hidden, self._snapshot, part, is_cancelled) for part in (images[:middle], images[middle:])]
        )
        return _joined([half for half in halves if half is not None]) if all(halves) else None

    def _features(self) -> NDArray[np.float32]:
        if len(self._parts) > 1:
            self._parts = [_joined(self._parts)]
        return self._parts[0].features

    def _map(self) -> DigitMap:
        features = self._features()
        plane = fit_plane(features)
        if self._reference is not None:
            common = min(len(features), len(self._reference))
            plane = aligned(plane, plane.project(features[:common]), self._reference.points[:common])
        rows = self._order[: len(features)]
        return DigitMap(
            MapMethod.PCA,
            rows,
            self._digits.labels[rows],
            self._parts[0].outputs,
            plane.project(features),
            plane,
            self._digits.classes,
        )


def _joined(parts: list[Hidden]) -> Hidden:
    return Hidden(np.concatenate([part.features for part in parts]), np.concatenate([part.outputs for part in parts]))
