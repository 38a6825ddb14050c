"""``digitlab predict``: classify the digits in images and drawings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitlab.commands.sources import open_model
from digitlab.commands.terminal import show_error, show_left_out, write_json, write_line
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.files.drawings_file import LeftOut, is_drawings_file, read_drawings
from digitlab.data.files.picture_file import read_image
from digitlab.insight.lens import inspect
from digitlab.insight.several import verdict_for
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.words.numbers import probability
from digitlab.words.verdict import verdict_text, with_article


@dataclass(frozen=True, slots=True)
class _Example:
    """One image or drawing to classify.

    Attributes:
        sketch: The image or drawing before preprocessing.
        source: The file.
        index: Its index in the file, from 0.
    """

    sketch: Sketch
    source: str
    index: int

    @property
    def name(self) -> str:
        """Its name in the output."""
        return self.source if self.sketch.picture is not None else f"{self.source}[{self.index}]"


def run(paths: Sequence[str], model: str, *, as_json: bool, is_strict: bool = False) -> int:
    """Classify every image and drawing. A file that cannot be read is reported, and the others are still classified.

    Args:
        paths: Files of images or drawings (``.jsonl``, ``.jsonl.gz``, ``.ndjson``).
        model: Name or file of the network.
        as_json: Whether to write JSON lines.
        is_strict: Whether a file of drawings is refused if a line is no drawing, instead of leaving that line out.

    Returns:
        0, or 2 if a file could not be read.

    Raises:
        DigitLabError: If the model cannot be used.
    """
    snapshot = open_model(model)
    if not snapshot.spec.classifies:
        raise DigitLabError(
            f"The network in {model} ends in feature maps, so it cannot classify digits.",
            remedy="Choose a network that ends in a dense layer of ten or eleven units.",
        )
    unreadable = 0
    for name in paths:
        try:
            examples = _read(name, is_strict=is_strict)
        except DigitLabError as error:
            unreadable += 1
            show_error(error)
            continue
        for example in examples:
            _answer(snapshot, example, as_json=as_json)
    return 2 if unreadable else 0


def _read(name: str, *, is_strict: bool) -> Iterable[_Example]:
    """Read a file completely, but preprocess its drawings one by one."""
    path = Path(name)
    if is_drawings_file(path):
        left_out: list[LeftOut] = []
        drawings = read_drawings(path, None if is_strict else left_out.append)
        for one in left_out:
            show_left_out(one)
        # A line that is left out keeps its index, so that results can be matched with the lines.
        skipped = {place for one in left_out for place in one.places}
        indices = (index for index in count() if index not in skipped)
        return (
            _Example(Sketch(drawing=drawing), name, index) for index, drawing in zip(indices, drawings, strict=False)
        )
    pixels = read_image(path)
    return [_Example(Sketch(picture=Picture(pixels, path.name)), name, 0)]


def _answer(snapshot: Snapshot, example: _Example, *, as_json: bool) -> None:
    spec = snapshot.spec
    inspection = inspect(snapshot, _input(example.sketch, spec.side))
    verdict = verdict_for(inspection, example.sketch.pieces)
    outputs, probabilities = inspection.outputs, inspection.probabilities
    if verdict is None or outputs is None or probabilities is None or not np.isfinite(outputs).all():
        raise DigitLabError(
            "The network's outputs are not finite: its weights are too large.",
            remedy="Choose another model, or train this one again with a lower learning rate.",
        )
    label = example.sketch.label
    if as_json:
        write_json(
            {
                "source": example.source,
                "index": example.index,
                "digit": verdict.digit,
                "digits": list(verdict.digits),
                "probabilities": probabilities.tolist(),
                "is_digit": verdict.digit_score,
                "verdict": "nothing drawn" if inspection.is_blank else _verdict_in_json(verdict),
                "label": label,
            }
        )
        return
    text = "nothing drawn" if inspection.is_blank else verdict_text(verdict, spec.classes)
    answer = " ".join(map(spec.classes.name, verdict.digits)) or "-"
    confidence = "" if verdict.digit is None else f", {probability(float(outputs[verdict.digit]))}"
    label_text = "" if label is None else f" (label: {label})"
    write_line(f"{example.name}: {answer}  {text}{confidence}{label_text}")


def _input(sketch: Sketch, side: int) -> NDArray[np.uint8]:
    """Return the network's input, shape (side, side), uint8."""
    return render(sketch.drawing, side) if sketch.picture is None else sketch.steps(side=side).image


def _verdict_in_json(verdict: Verdict) -> str:
    """Return the verdict as the first version wrote it: scripts compare these values, so they do not change."""
    match verdict.kind:
        case VerdictKind.CONFIDENT:
            return "sure"
        case VerdictKind.UNCERTAIN:
            return "not sure"
        case VerdictKind.POSSIBLE:
            return f"hardly {with_article(verdict.digits[0])}"
        case VerdictKind.NO_DIGIT:
            return "not a digit I know"
    return verdict_text(verdict)
