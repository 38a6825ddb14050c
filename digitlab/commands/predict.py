"""``digitlab predict``: which digits are on images and in drawings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.commands.sources import open_model
from digitlab.commands.terminal import tell_error, write_json, write_line
from digitlab.data.drawings_file import read_drawings
from digitlab.data.images import digit_from_image
from digitlab.data.picture_file import read_image
from digitlab.data.raster import render
from digitlab.errors import DigitLabError
from digitlab.insight.lens import inspect
from digitlab.insight.verdict import Verdict
from digitlab.model.snapshot import Snapshot

DRAWINGS_SUFFIXES: Final = (".jsonl", ".jsonl.gz")

Example = tuple[NDArray[np.uint8], int | None]
"""A 28x28 image as the network takes it, and the digit it was meant to be, if known."""


def run(paths: Sequence[str], model: str, *, as_json: bool) -> int:
    """Answer every image and drawing. A file that cannot be read is reported, and the others are answered.

    Args:
        paths: Images, or drawings (``.jsonl``, ``.jsonl.gz``).
        model: Name or file of the network.
        as_json: Whether to write JSON lines.

    Returns:
        0, or 2 if a file could not be read.

    Raises:
        DigitLabError: If the model cannot be used.
    """
    snapshot = open_model(model)
    if not snapshot.spec.classifies:
        raise DigitLabError(
            f"The network in {model} ends in feature maps and gives no answers.",
            remedy="Choose a network with ten outputs.",
        )
    unreadable = 0
    for name in paths:
        path = Path(name)
        try:
            examples = _read(path)
        except DigitLabError as error:
            unreadable += 1
            tell_error(error)
            continue
        for index, (image, label) in enumerate(examples):
            _answer(snapshot, image, _Place(name, index, label, _holds_drawings(path)), as_json=as_json)
    return 2 if unreadable else 0


def _holds_drawings(path: Path) -> bool:
    return path.name.lower().endswith(DRAWINGS_SUFFIXES)


def _read(path: Path) -> Iterable[Example]:
    """Read a file at once and render its digits one by one."""
    if _holds_drawings(path):
        drawings = read_drawings(path)
        return ((render(drawing), drawing.label) for drawing in drawings)
    return [(digit_from_image(read_image(path)).image, None)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an image came from."""

    source: str
    index: int
    label: int | None
    is_drawing: bool


def _answer(snapshot: Snapshot, image: NDArray[np.uint8], place: _Place, *, as_json: bool) -> None:
    inspection = inspect(snapshot, image)
    outputs = inspection.probabilities
    if outputs is None or not np.isfinite(outputs).all():
        raise DigitLabError(
            "The network's outputs are no numbers: its weights are too large to compute with.",
            remedy="Choose another model, or train this one again with a lower learning rate.",
        )
    verdict = Verdict.of(outputs, is_blank=inspection.is_blank)
    if as_json:
        write_json(
            {
                "source": place.source,
                "index": place.index,
                "digit": verdict.digit,
                "probabilities": [float(output) for output in outputs],
                "is_digit": verdict.is_digit,
                "label": place.label,
            }
        )
        return
    name = f"{place.source}[{place.index}]" if place.is_drawing else place.source
    digit = "-" if verdict.digit is None else verdict.digit
    words = "nothing drawn" if inspection.is_blank else f"{verdict.text}, {verdict.is_digit:.1%}"
    meant = "" if place.label is None else f" (meant: {place.label})"
    write_line(f"{name}: {digit}  {words}{meant}")
