"""What a network is judged on: labelled digits, best those it has not learned from, and perhaps images of no digit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import DigitSet, Part
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import DRAWING_SUFFIXES, read_drawings
from digitlab.data.mine.store import my_digits_path, read_kept
from digitlab.data.sources import MY_DIGITS, DataSource, Progress, load_dataset
from digitlab.system.errors import DigitLabError

_DRAWINGS_PER_BATCH: Final = 250
"""Drawings rendered between two looks at whether to stop: about a tenth of a second."""

Stamp = tuple[tuple[int, int], ...]
"""Time of the last change, in nanoseconds, and size of the files that data come from."""


def has_parts(source: str | Path) -> bool:
    """Return whether data are divided into test and training digits."""
    return source != MY_DIGITS and not str(source).endswith(DRAWING_SUFFIXES)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class HeldOutSet:
    """Images to judge a network on.

    What is known of them can be remembered by a weak reference, which does not keep the images in memory.

    Attributes:
        source: Where it came from, as for ``load_held_out``.
        name: What people call it.
        digits: The labelled digits, at least one.
        others: Images of no digit, shape (m, 28, 28), uint8; mostly none.
        part: Which part of a dataset it is; the test digits are those that no network has learned from.
        drawings: The strokes that the digits were made from, in their order; empty where there were only images.
        is_on_canvas: Whether the drawings are as they lay on the canvas; else their unit is any.
    """

    source: str
    name: str
    digits: DigitSet
    others: NDArray[np.uint8]
    part: Part = Part.TEST
    drawings: tuple[Drawing, ...] = ()
    is_on_canvas: bool = False

    @property
    def title(self) -> str:
        """The name, and the part where there are parts."""
        return self.name if self.drawings else f"{self.name}, {self.part} digits"

    def sketch(self, index: int) -> Sketch:
        """Return one of the digits as it can lie on the canvas.

        Args:
            index: Which of the digits.
        """
        if self.drawings:
            drawing = self.drawings[index]
            return Sketch(drawing if self.is_on_canvas else scaled_to(drawing))
        name = f"{self.part} image {index + 1:,} of {len(self.digits):,}"
        return Sketch(picture=Picture(self.digits.images[index], name, int(self.digits.labels[index])))


class LoadingCancelledError(DigitLabError):
    """The person did not want to wait any longer."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("Reading the drawings was stopped.")


def stamp_of(source: str | Path) -> Stamp:
    """Return what changes when the data do, so that they need not be read again while they are the same.

    Args:
        source: As for ``load_held_out``. Data without a file of their own never change.
    """
    if source in tuple(DataSource):
        return ()
    path = my_digits_path() if source == MY_DIGITS else Path(source).expanduser()
    # SQLite writes changes to a file beside the set first.
    found = [place.stat() for place in (path, path.with_name(path.name + "-wal")) if place.exists()]
    return tuple((entry.st_mtime_ns, entry.st_size) for entry in found)


def load_held_out(
    source: str | Path,
    part: Part = Part.TEST,
    *,
    download: bool,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> HeldOutSet:
    """Load the digits of a dataset, all drawings of a file, or the person's own.

    Drawings go the same way to 28x28 as on the canvas. Those without a label count as no digits.

    Args:
        source: As for ``load_dataset``, the path of a ``.jsonl`` or ``.jsonl.gz`` file, or ``MY_DIGITS``.
        part: Which digits of a dataset.
        download: Whether MNIST may be fetched if it is not on this computer.
        progress: Called from this thread.
        cancelled: Asked now and then; true ends it.

    Returns:
        The images.

    Raises:
        LoadingCancelledError: If ``cancelled`` said so while drawings were read.
        DigitLabError: As ``load_dataset``; also if there are no such digits or no labelled drawings.
    """
    if source == MY_DIGITS:
        return _own_set(progress, cancelled)
    if str(source).endswith(DRAWING_SUFFIXES):
        return _drawn_set(source, progress, cancelled)
    dataset = load_dataset(source, download=download, progress=progress, cancelled=cancelled)
    digits = dataset.test if part is Part.TEST else dataset.train
    if not len(digits):
        raise DigitLabError(f"The dataset has no {part} images.", remedy="Choose another dataset.")
    return HeldOutSet(str(source), dataset.name, digits, np.empty((0, *digits.images.shape[1:]), dtype=np.uint8), part)


def _own_set(progress: Progress, cancelled: Callable[[], bool]) -> HeldOutSet:
    words = "Reading your digits"
    progress(words, 0.0)
    drawings = read_kept(my_digits_path())
    if not drawings:
        raise DigitLabError(
            "You have kept no digits of your own yet.",
            remedy="Draw a digit and keep it under My digits, or choose other data.",
        )
    images = _rendered(drawings, words, progress, cancelled)
    labels = np.array([drawing.label for drawing in drawings], dtype=np.uint8)
    return HeldOutSet(
        MY_DIGITS, "My digits", DigitSet(images, labels), images[:0], drawings=drawings, is_on_canvas=True
    )


def _drawn_set(source: str | Path, progress: Progress, cancelled: Callable[[], bool]) -> HeldOutSet:
    path = Path(source).expanduser()
    words = f"Reading {path.name}"
    progress(words, 0.0)
    drawings = read_drawings(path)
    if all(drawing.label is None for drawing in drawings):
        raise DigitLabError(
            f"No drawing in {path.name} has a label, so nobody can say which answers are right.",
            expected='Expected lines like {"label": 3, "strokes": [[[0.1, 0.2], [0.3, 0.4]]]}.',
        )
    images = _rendered(drawings, words, progress, cancelled)
    is_digit = np.array([drawing.label is not None for drawing in drawings])
    labels = np.array([drawing.label for drawing in drawings if drawing.label is not None], dtype=np.uint8)
    labelled = tuple(drawing for drawing in drawings if drawing.label is not None)
    return HeldOutSet(str(source), path.name, DigitSet(images[is_digit], labels), images[~is_digit], drawings=labelled)


def _rendered(
    drawings: Sequence[Drawing], words: str, progress: Progress, cancelled: Callable[[], bool]
) -> NDArray[np.uint8]:
    rendered = []
    for start in range(0, len(drawings), _DRAWINGS_PER_BATCH):
        if cancelled():
            raise LoadingCancelledError
        rendered.append(render_many(drawings[start : start + _DRAWINGS_PER_BATCH]))
        progress(words, min(start + _DRAWINGS_PER_BATCH, len(drawings)) / len(drawings))
    return np.concatenate(rendered)
