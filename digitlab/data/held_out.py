"""What a network is judged on: labelled digits it has not learned from, and perhaps images of no digit."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import DigitSet
from digitlab.data.drawings_file import DRAWING_SUFFIXES, read_drawings
from digitlab.data.raster import render_many
from digitlab.data.sources import Progress, load_dataset
from digitlab.errors import DigitLabError

_DRAWINGS_AT_ONCE: Final = 250
"""Drawings rendered between two looks at whether to stop: about a tenth of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutSet:
    """Images to judge a network on.

    Attributes:
        name: What people call it.
        digits: The labelled digits, at least one.
        others: Images of no digit, shape (m, 28, 28), uint8; mostly none.
    """

    name: str
    digits: DigitSet
    others: NDArray[np.uint8]


class LoadingCancelledError(DigitLabError):
    """The person did not want to wait any longer."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("Reading the drawings was stopped.")


def load_held_out(
    source: str | Path, *, download: bool, progress: Progress, cancelled: Callable[[], bool]
) -> HeldOutSet:
    """Load the test digits of a dataset, or all drawings of a file.

    Drawings go the same way to 28x28 as on the canvas. Those without a label count as no digits.

    Args:
        source: As for ``load_dataset``, or the path of a ``.jsonl`` or ``.jsonl.gz`` file.
        download: Whether MNIST may be fetched if it is not on this computer.
        progress: Called from this thread.
        cancelled: Asked now and then; true ends it.

    Returns:
        The images.

    Raises:
        LoadingCancelledError: If ``cancelled`` said so while drawings were read.
        DigitLabError: As ``load_dataset``; also if there are no test digits or no labelled drawings.
    """
    if str(source).endswith(DRAWING_SUFFIXES):
        return _drawn_set(Path(source).expanduser(), progress, cancelled)
    dataset = load_dataset(source, download=download, progress=progress, cancelled=cancelled)
    if not len(dataset.test):
        raise DigitLabError("The dataset has no test images.", remedy="Choose another dataset.")
    return HeldOutSet(dataset.name, dataset.test, np.empty((0, *dataset.test.images.shape[1:]), dtype=np.uint8))


def _drawn_set(path: Path, progress: Progress, cancelled: Callable[[], bool]) -> HeldOutSet:
    words = f"Reading {path.name}"
    progress(words, 0.0)
    drawings = read_drawings(path)
    if all(drawing.label is None for drawing in drawings):
        raise DigitLabError(
            f"No drawing in {path.name} has a label, so nobody can say which answers are right.",
            expected='Expected lines like {"label": 3, "strokes": [[[0.1, 0.2], [0.3, 0.4]]]}.',
        )
    rendered = []
    for start in range(0, len(drawings), _DRAWINGS_AT_ONCE):
        if cancelled():
            raise LoadingCancelledError
        rendered.append(render_many(drawings[start : start + _DRAWINGS_AT_ONCE]))
        progress(words, min(start + _DRAWINGS_AT_ONCE, len(drawings)) / len(drawings))
    images = np.concatenate(rendered)
    is_digit = np.array([drawing.label is not None for drawing in drawings])
    labels = np.array([drawing.label for drawing in drawings if drawing.label is not None], dtype=np.uint8)
    return HeldOutSet(path.name, DigitSet(images[is_digit], labels), images[~is_digit])
