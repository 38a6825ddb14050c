"""The effect of each choice of the rasteriser: a network's accuracy on pen digits with and without it.

``python -m tests.bench.raster_choices --drawings FILE [--model NAME] [--every N]``. The network was trained on MNIST's
own images, or on images made with today's choices: what a choice costs here, a training with it may bring back.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

# As the app does, and before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from digitlab.commands.sources import open_model
from digitlab.data.digit import CLASS_COUNT, IMAGE_SIDE
from digitlab.data.drawing.geometry import Frame, scaled_to
from digitlab.data.drawing.ink import Ink, paint
from digitlab.data.drawing.preprocessing import ALL_STEPS, NO_STEPS, Preprocessing, Step
from digitlab.data.drawing.raster import (
    BOX_SIDE,
    MASS_CENTRE,
    PEN_WIDTH,
    mass_shift,
    render_many,
    render_steps,
    shift_limits,
)
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files.drawings_file import read_drawings
from digitlab.insight.batch import answer_all

Images = NDArray[np.uint8]
Points = NDArray[np.float64]

CHUNK: Final = 500
"""Drawings rendered at once: bounds the memory of finer pixels."""

PIECES: Final = 4
"""Pieces that a smoothed segment is cut into."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How drawings are made into images; the defaults are what ``render`` does.

    Attributes:
        pen_width: In pixels.
        length: Extent of the points in pixels; None leaves room for the pen in the box.
        shift: "mass", "whole pixels" or "none".
        mass_centre: Where the centre of mass goes, in pixels.
        finer: Pixels an image's pixel is made of, along each side.
        is_grey: Whether edges are grey.
        is_mean_pressure_nominal: Whether the mean width of each drawing is the nominal one, however hard the hand.
        least_aspect: Digits narrower than this share of their height are widened to it, but not lines.
    """

    pen_width: float = PEN_WIDTH
    length: float | None = None
    shift: str = "mass"
    mass_centre: float = MASS_CENTRE
    finer: int = 1
    is_grey: bool = True
    is_mean_pressure_nominal: bool = False
    least_aspect: float = 0.0

    def render(self, drawings: Sequence[Drawing]) -> Images:
        """Return the images, shape (n, 28, 28), uint8."""
        parts = [drawings[start : start + CHUNK] for start in range(0, len(drawings), CHUNK)]
        return np.concatenate([self._render(part) for part in parts])

    def _render(self, drawings: Sequence[Drawing]) -> Images:
        ink = Ink.of_drawings(drawings)
        low, high = ink.boxes()
        ink = ink.moved(-(low + high) / 2.0)
        extent = high - low
        if self.least_aspect:
            aspect = extent[:, 0] / np.maximum(extent[:, 1], 1e-9)
            is_thin = (aspect < self.least_aspect) & (aspect > 0.1)
            wider = np.where(is_thin, self.least_aspect / np.maximum(aspect, 0.1), 1.0)
            ink = replace(ink, points=ink.points * np.stack([wider, np.ones(len(wider))], axis=1)[ink.owners])
            extent[:, 0] *= wider
        if self.is_mean_pressure_nominal:
            counts = np.maximum(np.bincount(ink.owners, minlength=ink.count), 1)
            mean = np.bincount(ink.owners, ink.thickness, minlength=ink.count) / counts
            ink = replace(ink, thickness=ink.thickness / mean[ink.owners])
        length = BOX_SIDE - self.pen_width - 1.0 if self.length is None else self.length
        scale = length / np.maximum(extent.max(axis=1), 1e-9)
        middle = np.full((ink.count, 2), IMAGE_SIDE / 2.0)
        images = self._paint(ink, scale, middle)
        way = mass_shift(images, shift_limits(images)) + self.mass_centre - MASS_CENTRE
        if self.shift == "mass":
            images = self._paint(ink, scale, middle + way)
        elif self.shift == "whole pixels":
            pixels = np.rint(way).astype(int)
            images = np.stack([np.roll(image, (y, x), (0, 1)) for image, (x, y) in zip(images, pixels, strict=True)])
        return images if self.is_grey else np.where(images > 127, 255, 0).astype(np.uint8)

    def _paint(self, ink: Ink, scale: NDArray[np.float64], middle: Points) -> Images:
        fine = self.finer
        images = paint(ink, scale * fine, middle * fine, self.pen_width * fine, IMAGE_SIDE * fine)
        blocks = images.reshape(len(images), IMAGE_SIDE, fine, IMAGE_SIDE, fine)
        return np.rint(blocks.mean(axis=(2, 4))).astype(np.uint8)


def changed(drawings: Sequence[Drawing], change: Callable[[Points], Points]) -> list[Drawing]:
    """Return the drawings with every stroke's points, shape (n, 3), changed."""
    return [Drawing(tuple(Stroke.of(change(stroke.points)) for stroke in d.strokes), d.label) for d in drawings]


def every(count: int) -> Callable[[Points], Points]:
    """Return what keeps each so many points of a stroke, and its last."""
    return lambda points: np.concatenate([points[:-1:count], points[-1:]])


def smoothed(points: Points) -> Points:
    """Return a curve through the points.

    Catmull and Rom, "A class of local interpolating splines", Computer Aided Geometric Design (1974), 317-326.
    """
    moved = np.concatenate([[True], (np.diff(points[:, :2], axis=0) != 0.0).any(axis=1)])
    points = points[moved]
    if len(points) < 3:
        return points
    ends = 2.0 * points[0] - points[1], 2.0 * points[-1] - points[-2]
    p = np.concatenate([ends[:1], points, ends[1:]])
    a, b, c, d = p[:-3], p[1:-2], p[2:-1], p[3:]
    t = (np.arange(PIECES) / PIECES)[:, None, None]
    curve = b + 0.5 * t * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a)))
    return np.concatenate([curve.transpose(1, 0, 2).reshape(-1, 3), points[-1:]])


def on_screen(drawing: Drawing, side: int) -> Drawing:
    """Return the drawing so many pixels high or wide, as a mouse gives it: in whole pixels."""
    small = scaled_to(drawing, Frame(0.0, 0.0, float(side)), margin=0.0)
    return Drawing(
        tuple(Stroke.of(np.column_stack([np.rint(s.points[:, :2]), s.points[:, 2]])) for s in small.strokes),
        drawing.label,
    )


def pressed(end: float, middle: float) -> Callable[[Points], Points]:
    """Return what gives strokes a made-up pressure: one at the ends, another from a sixth to five sixths."""

    def press(points: Points) -> Points:
        share = np.linspace(0.0, 1.0, len(points))
        inside = np.minimum(1.0, 6.0 * np.minimum(share, 1.0 - share))
        return np.column_stack([points[:, :2], end + (middle - end) * inside])

    return press


def variants(drawings: Sequence[Drawing]) -> Iterator[tuple[str, Callable[[], Images]]]:
    """Return names and what makes the images, today's first."""
    now, even = Choices(), Choices(is_mean_pressure_nominal=True)
    yield "as it is", lambda: render_many(drawings)
    yield from (
        (f"{what} left out", lambda p=preprocessing: _with_steps(drawings, p))
        for what, preprocessing in [
            *((step.name.lower(), ALL_STEPS.switched(step)) for step in Step),
            ("all steps", NO_STEPS),
        ]
    )
    choices = {
        **{f"pen {width} px": replace(now, pen_width=width) for width in (1.6, 1.8, 2.0, 2.4, 2.6, 2.8, 3.0)},
        **{f"points {length} px long": replace(now, length=length) for length in (15.0, 16.0, 17.8, 20.0)},
        "mass shifted by whole pixels": replace(now, shift="whole pixels"),
        "mass at 14.0": replace(now, mass_centre=14.0),
        "4 x 4 finer pixels": replace(now, finer=4),
        "no grey edges": replace(now, is_grey=False),
        **{f"at least {aspect} as wide as high": replace(now, least_aspect=aspect) for aspect in (0.3, 0.4)},
    }
    for name, choice in choices.items():
        yield name, lambda c=choice: c.render(drawings)
    yield "every point, smoothed", lambda: now.render(changed(drawings, smoothed))
    for count, name in ((2, "2nd"), (4, "4th"), (8, "8th")):
        some = changed(drawings, every(count))
        yield f"every {name} point", lambda d=some: now.render(d)
        yield f"every {name} point, smoothed", lambda d=some: now.render(changed(d, smoothed))
    for side in (12, 24, 48):
        small = [on_screen(drawing, side) for drawing in drawings]
        yield f"{side} px on the screen", lambda d=small: now.render(d)
        yield f"{side} px on the screen, smoothed", lambda d=small: now.render(changed(d, smoothed))
    for hand, end, middle in (("light", 0.02, 0.15), ("usual", 0.1, 0.5), ("hard", 0.4, 0.95)):
        by_hand = changed(drawings, pressed(end, middle))
        yield f"{hand} hand", lambda d=by_hand: now.render(d)
        yield (
            f"{hand} hand, mean width nominal",
            lambda d=by_hand: even.render(d),
        )


def _with_steps(drawings: Sequence[Drawing], preprocessing: Preprocessing) -> Images:
    points = np.concatenate([stroke.points[:, :2] for drawing in drawings for stroke in drawing.strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    frame = Frame(*(float(at) for at in low), float((high - low).max()))
    return np.stack([render_steps(drawing, frame, preprocessing).image for drawing in drawings])


def main() -> int:
    """Measure and print a table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.raster_choices", description=__doc__)
    parser.add_argument("--drawings", type=Path, required=True, metavar="FILE", help="labelled drawings")
    parser.add_argument("--model", default="tutorial", help="the network that reads them (%(default)s)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take one drawing of N (%(default)s)")
    parser.add_argument("--only", default="", metavar="WORDS", help="measure what has these words in its name")
    chosen = parser.parse_args()
    snapshot = open_model(chosen.model)
    drawings = [drawing for drawing in read_drawings(chosen.drawings)[:: chosen.every] if drawing.label is not None]
    labels = np.array([drawing.label for drawing in drawings])
    today = None
    print(f"{'':34}{'right':>8}{'change':>8}{'ink':>8}")
    for name, made in variants(drawings):
        if today is not None and chosen.only not in name:
            continue
        images = made()
        answers = answer_all(snapshot, images)
        assert answers is not None
        right = 100.0 * float(np.mean(answers.outputs[:, :CLASS_COUNT].argmax(axis=1) == labels))
        today = right if today is None else today
        print(f"{name:34}{right:8.2f}{right - today:+8.2f}{images.mean() / 2.55:8.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
