"""Principal component analysis: the plane in which the activations of many images differ most."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.system.errors import DigitLabError

Points = NDArray[np.float32]
"""Positions on a map, shape (n, 2)."""

_SPARE_AXES: Final = 10
"""Axes iterated beside the wanted ones: the more, the fewer iterations."""

_MOST_ITERATIONS: Final = 200
_TOLERANCE: Final = 1e-5
"""Of the sine of the angle by which the wanted axes turn in one iteration."""

_LARGEST: Final = 1e15
"""Size of an activation from which sums of squares overflow in float32; networks that learn stay far below."""

_TINY: Final = np.float32(1e-20)
"""Keeps axes along which the images do not differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A linear projection to a few axes.

    Attributes:
        mean: The mean of the images it was fitted to, shape (values,), float32; it is projected to zero.
        axes: Orthonormal columns, shape (values, axes), float32.
        share: The share of the variance of these images that the axes keep, 0..1.
    """

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    share: float

    def project(self, features: NDArray[np.float32]) -> Points:
        """Return the positions of images, shape (..., axes), given their activations, shape (..., values)."""
        return np.asarray((features - self.mean) @ self.axes, np.float32)


def fit_plane(features: NDArray[np.float32], count: int = 2) -> Plane:
    """Fit the principal axes of some images.

    The method is orthogonal iteration with some spare axes, whose principal axes are found exactly (Golub and Van Loan
    2013, "Matrix computations", section 8.2.4).

    Args:
        features: Shape (n, values), n at least 1.
        count: Number of axes.

    Returns:
        The axes with the most variance, the first with the most. The largest component of each is positive. Axes in
        which the images do not differ are zero if there are fewer values than axes.

    Raises:
        DigitLabError: If an activation is not a finite number, or huge.
    """
    if not (np.abs(features) < _LARGEST).all():
        raise DigitLabError(
            "The activations of this network are huge or not finite numbers.",
            remedy="The training diverged. Show an earlier snapshot, or train with a smaller learning rate.",
        )
    mean = features.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = features - mean
    total = float(np.square(centred, dtype=np.float64).sum())
    wanted = min(count, features.shape[1])
    axes, variances = _principal_axes(centred, wanted)
    axes *= np.where(axes[np.abs(axes).argmax(axis=0), np.arange(wanted)] < 0, -1, 1)
    padded = np.zeros((features.shape[1], count), np.float32)
    padded[:, :wanted] = axes
    return Plane(mean, padded, float(min(variances.sum() / total, 1.0)) if total > 0 else 0.0)


def aligned(plane: Plane, points: Points, reference: Points) -> Plane:
    """Turn or mirror the axes of a plane so that its points lie close to those of another map of the same images.

    Distances on the map do not change. It is the orthogonal Procrustes problem (Schönemann 1966, Psychometrika 31, 1).

    Args:
        plane: The plane.
        points: Some images in this plane, shape (n, axes).
        reference: The same images on the other map, same shape.
    """
    left, _, right = np.linalg.svd(points.T.astype(np.float64) @ reference.astype(np.float64))
    return replace(plane, axes=(plane.axes @ (left @ right)).astype(np.float32))


def _principal_axes(centred: NDArray[np.float32], count: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return orthonormal axes, shape (values, count), and the sum of squares along each."""
    width = centred.shape[1]
    block = np.random.default_rng(0).standard_normal((width, min(count + _SPARE_AXES, width)))
    axes = np.linalg.qr(block)[0].astype(np.float32)
    before = axes[:, :count]
    for _ in range(_MOST_ITERATIONS):
        along = centred @ axes
        axes = np.linalg.qr(centred.T @ along + _TINY * axes)[0]
        sums, turn = np.linalg.eigh(_squares(centred @ axes))
        axes = axes @ turn[:, ::-1].astype(np.float32)
        found = axes[:, :count]
        if np.linalg.norm(found - before @ (before.T @ found)) < _TOLERANCE * count:
            break
        before = found
    return axes[:, :count].copy(), np.maximum(sums[::-1][:count], 0.0)


def _squares(along: NDArray[np.float32]) -> NDArray[np.float64]:
    exact = along.astype(np.float64)
    return exact.T @ exact
