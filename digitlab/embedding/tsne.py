"""t-SNE by openTSNE, which is optional: neighbours in the hidden layer become neighbours on the map.

openTSNE was chosen over scikit-learn and umap-learn because it reports its progress, can be cancelled, and shows the
map as it forms. It needs SciPy and scikit-learn (about 210 MB together), umap-learn numba and LLVM as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.embedding.plane import Plane, Points
from digitlab.system.errors import DependencyError, DigitLabError

LEAST_DIGITS: Final = 10

AXES: Final = 50
"""The activations are reduced to so many principal axes first, as van der Maaten and Hinton (2008, JMLR 9, 2579) do."""

_PERPLEXITY: Final = 30
_NEIGHBOURS: Final = 5
_REPORT_EVERY: Final = 10
_EXAGGERATED: Final = 250
_ITERATIONS: Final = 500
_START_SPREAD: Final = 1e-4
"""Standard deviation of the first positions, in units of the map, as openTSNE recommends."""


class MissingLibraryError(DependencyError):
    """The library that computes t-SNE is not installed."""

    def __init__(self) -> None:
        """Create the error."""
        super().__init__(
            "t-SNE needs the package openTSNE, which is not installed.",
            remedy="Install it with: pip install openTSNE",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Places a further image among images whose positions are known, by its neighbours in the hidden layer.

    Attributes:
        plane: The principal axes in which distances are measured.
        reduced: The known images along these axes, shape (n, axes), float32.
        points: Their positions on the map, shape (n, 2).
    """

    plane: Plane
    reduced: NDArray[np.float32]
    points: Points

    def place(self, features: NDArray[np.float32]) -> Points:
        """Return the position of one image: the mean of its five nearest neighbours' positions.

        The weights are the inverse squared distances (Shepard 1968, ACM '68, 517), so that one of the known images is
        placed exactly where it is.

        Args:
            features: Its activations, shape (values,).
        """
        squares = np.square(self.reduced - self.plane.project(features)).sum(axis=1)
        nearest = np.argsort(squares, kind="stable")[:_NEIGHBOURS]
        tiny = np.float32(1e-9) * max(float(squares.mean()), 1e-30)
        weights = 1 / np.maximum(squares[nearest], tiny)
        return np.asarray(weights @ self.points[nearest] / weights.sum(), np.float32)


def embed(
    reduced: NDArray[np.float32],
    start: Points,
    report: Callable[[float, Points], object] = lambda share, points: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Points | None:
    """Compute a t-SNE map.

    Args:
        reduced: The images along their principal axes, shape (n, axes), n at least 10.
        start: Positions to start from, shape (n, 2), which fix how the map is turned; their scale does not matter.
        report: Called every ten iterations with the completed share, 0..1, and the positions so far.
        is_cancelled: Asked every ten iterations.

    Returns:
        The positions, shape (n, 2), or None if cancelled.

    Raises:
        MissingLibraryError: If openTSNE is not installed.
        DigitLabError: If there are too few images.
    """
    if len(reduced) < LEAST_DIGITS:
        raise DigitLabError(f"t-SNE needs at least {LEAST_DIGITS} digits.", remedy="Choose PCA, or other data.")
    tsne = require()
    rounds = 0

    def on_iterations(iteration: int, error: float, embedding: NDArray[np.float64]) -> bool:
        nonlocal rounds
        del iteration, error
        rounds += 1
        share = min(rounds * _REPORT_EVERY / (_EXAGGERATED + _ITERATIONS), 1.0)
        report(share, np.array(embedding, np.float32))
        return is_cancelled()

    if is_cancelled():
        return None
    embedding = tsne(
        perplexity=min(_PERPLEXITY, (len(reduced) - 1) / 3),
        early_exaggeration_iter=_EXAGGERATED,
        n_iter=_ITERATIONS,
        initialization=_scaled(start),
        neighbors="exact",
        negative_gradient_method="bh",
        n_jobs=1,  # the window needs the other cores
        random_state=0,
        callbacks=on_iterations,
        callbacks_every_iters=_REPORT_EVERY,
    ).fit(reduced)
    return None if is_cancelled() else np.array(embedding, np.float32)


def require() -> Any:
    """Import the library and return its class ``TSNE``: about a second at the first time.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    try:
        from openTSNE import TSNE
    except ImportError as error:
        raise MissingLibraryError from error
    return TSNE


def _scaled(start: Points) -> NDArray[np.float64]:
    """Return the positions with the spread that t-SNE starts from; equal ones are moved apart a little."""
    spread = float(start[:, 0].std()) or 1.0
    noise = np.random.default_rng(0).standard_normal(start.shape)
    return (start / spread + 1e-3 * noise).astype(np.float64) * _START_SPREAD
