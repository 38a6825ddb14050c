"""Data to evaluate a network on: labelled digits, usually held out of training, and possibly non-digits."""

from collections.abc import Callable, Sequence
from contextlib import suppress
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
from digitlab.data.files.drawing_line import LINE_EXAMPLE
from digitlab.data.files.drawings_file import TellLeftOut, is_drawings_file, read_drawings
from digitlab.data.mine.opening import my_digits_path
from digitlab.data.mine.store import read_kept
from digitlab.data.sources import MY_DIGITS, DataSource, Progress, load_dataset
from digitlab.system.errors import DigitLabError
from digitlab.system.reading import path_of

_DRAWINGS_PER_BATCH: Final = 250
"""Drawings rendered between two checks for cancellation: about a tenth of a second."""

Stamp = tuple[tuple[int, int], ...]
"""Modification time in nanoseconds and size of each file that the data come from."""


def has_parts(source: str | Path) -> bool:
    """Return whether the data of a source are divided into test and training digits."""
    return source != MY_DIGITS and not is_drawings_file(source)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class HeldOutSet:
    """Images to evaluate a network on.

    It supports weak references, so that a cache of results does not keep the images in memory.

    Attributes:
        source: Its source, as in ``load_held_out``.
        name: Its name on screen.
        digits: The labelled digits, at least one.
        others: Images that are not digits, shape (m, 28, 28), uint8; usually empty.
        part: The part of the dataset; networks are never trained on the test digits.
        drawings: The drawings of the digits, in their order; empty if there are only images.
        is_on_canvas: Whether the drawings have the coordinates of the canvas; else their unit is arbitrary.
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
        """The name, with the part if the data are divided into parts."""
        return self.name if self.drawings else f"{self.name}, {self.part} digits"

    def sketch(self, index: int) -> Sketch:
        """Return one of the digits as a sketch for the canvas.

        Args:
            index: Index of the digit.
        """
        if self.drawings:
            drawing = self.drawings[index]
            return Sketch(drawing if self.is_on_canvas else scaled_to(drawing))
        name = f"{self.part} image {index + 1:,} of {len(self.digits):,}"
        picture = Picture(self.digits.images[index], name, int(self.digits.labels[index]), is_input=True)
        return Sketch(picture=picture)


class LoadingCancelledError(DigitLabError):
    """Loading was cancelled."""

    def __init__(self) -> None:
        """Create the error; it needs no remedy."""
        super().__init__("Reading the drawings was cancelled.")


def stamp_of(source: str | Path) -> Stamp:
    """Return a value that changes whenever the data of a source change, so that unchanged data need not be read again.

    Args:
        source: As in ``load_held_out``. The built-in digits and MNIST never change.
    """
    if source in tuple(DataSource):
        return ()
    path = my_digits_path() if source == MY_DIGITS else path_of(source)
    # SQLite writes changes to the write-ahead log first.
    found = []
    for place in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError, ValueError):  # reading it says what is wrong
            entry = place.stat()
            found.append((entry.st_mtime_ns, entry.st_size))
    return tuple(found)


def load_held_out(
    source: str | Path,
    part: Part = Part.TEST,
    *,
    download: bool,
    progress: Progress,
    cancelled: Callable[[], bool],
    left_out: TellLeftOut | None = None,
) -> HeldOutSet:
    """Load the digits of a dataset, the drawings of a file, or the user's own digits.

    Drawings are preprocessed to 28x28 pixels as on the canvas. Drawings without a label count as non-digits.

    Args:
        source: As in ``load_dataset``, the path of a ``.jsonl``, ``.jsonl.gz`` or ``.ndjson`` file, or ``MY_DIGITS``.
        part: The part of a dataset.
        download: Whether MNIST may be downloaded if it is not on this computer.
        progress: Called in this thread.
        cancelled: Polled from time to time; true cancels the loading.
        left_out: Called if lines of a file of drawings are left out; None refuses such a file.

    Returns:
        The images.

    Raises:
        LoadingCancelledError: If it was cancelled while drawings were read.
        DigitLabError: As in ``load_dataset``; also if there are no such digits or no labelled drawings.
    """
    if source == MY_DIGITS:
        return _own_set(progress, cancelled)
    if is_drawings_file(source):
        return _drawn_set(source, progress, cancelled, left_out)
    dataset = load_dataset(source, download=download, progress=progress, cancelled=cancelled)
    digits = dataset.test if part is Part.TEST else dataset.train
    if not len(digits):
        raise DigitLabError(f"The dataset has no {part} images.", remedy="Choose another dataset.")
    return HeldOutSet(str(source), dataset.name, digits, np.empty((0, *digits.images.shape[1:]), dtype=np.uint8), part)


def _own_set(progress: Progress, cancelled: Callable[[], bool]) -> HeldOutSet:
    task = "Reading your digits"
    progress(task, 0.0)
    drawings = read_kept(my_digits_path())
    if not drawings:
        raise DigitLabError(
            "You have not kept any digits of your own yet.",
            remedy="Draw a digit and keep it under My digits, or choose other data.",
        )
    images = _rendered(drawings, task, progress, cancelled)
    labels = np.array([drawing.label for drawing in drawings], dtype=np.uint8)
    return HeldOutSet(
        MY_DIGITS, "My digits", DigitSet(images, labels), images[:0], drawings=drawings, is_on_canvas=True
    )


def _drawn_set(
    source: str | Path, progress: Progress, cancelled: Callable[[], bool], left_out: TellLeftOut | None
) -> HeldOutSet:
    path = path_of(source)
    task = f"Reading {path.name}"
    progress(task, 0.0)
    drawings = read_drawings(path, left_out)
    if all(drawing.label is None for drawing in drawings):
        raise DigitLabError(
            f"No drawing in {path.name} has a label, so there are no correct answers to compare with.",
            expected=f"Expected lines like {LINE_EXAMPLE}.",
        )
    images = _rendered(drawings, task, progress, cancelled)
    is_digit = np.array([drawing.label is not None for drawing in drawings])
    labels = np.array([drawing.label for drawing in drawings if drawing.label is not None], dtype=np.uint8)
    labelled = tuple(drawing for drawing in drawings if drawing.label is not None)
    return HeldOutSet(str(source), path.name, DigitSet(images[is_digit], labels), images[~is_digit], drawings=labelled)


def _rendered(
    drawings: Sequence[Drawing], task: str, progress: Progress, cancelled: Callable[[], bool]
) -> NDArray[np.uint8]:
    rendered = []
    for start in range(0, len(drawings), _DRAWINGS_PER_BATCH):
        if cancelled():
            raise LoadingCancelledError
        rendered.append(render_many(drawings[start : start + _DRAWINGS_PER_BATCH]))
        progress(task, min(start + _DRAWINGS_PER_BATCH, len(drawings)) / len(drawings))
    return np.concatenate(rendered)
