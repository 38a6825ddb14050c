"""The image that excites a unit most, as it forms: regularised gradient ascent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.attribution.passes import slopes_at
from digitlab.data.drawing.sampling import blurred
from digitlab.insight.backward import Target
from digitlab.insight.forward import Array
from digitlab.insight.place import Place, Step, has_output_step
from digitlab.model.layer import Activation
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec

ASCENT_STEPS: Final = 100
"""Steps until the image hardly changes."""

_RATE: Final = 0.1
"""Mean change of a pixel in the first step, of 0..1; it falls to ``_LAST_RATE`` of that."""

_LAST_RATE: Final = 0.3

_DECAY: Final = 0.3
"""Strength of the L2 decay relative to the gradient (Simonyan et al. 2014, "Deep inside convolutional networks",
section 2): ink that does not help fades."""

_VARIATION: Final = 0.3
"""Strength of the total variation relative to the gradient (Mahendran and Vedaldi 2015, "Understanding deep image
representations by inverting them", section 3.2): neighbouring pixels become alike."""

_SMALLEST_DIFFERENCE: Final = 0.05
"""Differences between neighbouring pixels that are smaller count less in the total variation: it stays smooth."""

_BLUR_PX: Final = 2.0
"""Blur of the gradient in the first step, for a unit that sees the whole image; it falls to ``_LAST_BLUR`` of that. So
coarse shapes form before fine ones (Øygard 2015, "Visualizing GoogLeNet classes")."""

_LAST_BLUR: Final = 0.15

_JITTER_PX: Final = 1
"""Largest random shift of the image, for units that see at least half of its side (Mordvintsev et al. 2015,
"Inceptionism"): what excites the unit at one exact place alone does not form."""

_NOISE: Final = 0.1
"""Largest value of the noise at the start."""


@dataclass(frozen=True, slots=True, eq=False)
class AscentStep:
    """The image after some steps.

    Attributes:
        image: Shape (side, side), float32, 0..1; 0 is background.
        value: The target for this image.
        share: The completed share of the steps, 0..1.
    """

    image: NDArray[np.float32]
    value: float
    share: float


def excitation(spec: ModelSpec, place: Place) -> Target:
    """Return what to raise so that a unit gets excited.

    It is what the unit's activation function is applied to, as a rule its weighted sum, which has a gradient where the
    activation is 0 and has none; but the output itself where that is meant, which is also raised by lowering the other
    outputs.

    Args:
        spec: The network.
        place: The unit; for a filter, the unit in the middle of its map shows the patch that it looks for.
    """
    is_output = place.step is not Step.VALUE and has_output_step(spec)
    described = None if place.layer < 0 else spec.layers[place.layer]
    has_sum = described is not None and (described.has_kernel or described.activation is not Activation.LINEAR)
    return Target(place.layer, (place.unit,), of_sums=has_sum and not is_output)


def ascend(
    snapshot: Snapshot, target: Target, start: NDArray[np.uint8] | None = None, seed: int = 0
) -> Iterator[AscentStep]:
    """Change an image, step by step, so that a target rises.

    The gradient and two regularisers, weighed to be of the same size in every network, are added to the image; see the
    constants above. Measured by looking: without them noise excites the unit as much, with them the shipped networks
    show digits, strokes and corners.

    Args:
        snapshot: The network and its weights.
        target: What should rise; see ``excitation``.
        start: The first image, shape (side, side), uint8; None for noise.
        seed: Which noise and which shifts.

    Yields:
        The first image and the one after each step, ``ASCENT_STEPS`` + 1 in all. Stop asking to cancel.

    Raises:
        DigitLabError: If a layer on the way has no backward pass.
    """
    rng = np.random.default_rng(seed)
    seen = _seen(snapshot.spec, target)
    side = max(int(seen.any(axis=axis).sum()) for axis in range(2)) / snapshot.spec.side
    jitter = _JITTER_PX if side >= 1 / 2 else 0
    noise = rng.random(seen.shape) * _NOISE * seen
    image = np.asarray(noise if start is None else start / 255, dtype=np.float32)
    for step in range(ASCENT_STEPS + 1):
        share = step / ASCENT_STEPS
        shifts = ((0, 0), tuple(rng.integers(-jitter, jitter + 1, 2).tolist()))
        moved = np.stack([np.roll(image, shift, (0, 1)) for shift in shifts])
        values, slopes = slopes_at(snapshot, moved[..., np.newaxis], target)
        yield AscentStep(image, float(values[0]), share)
        blur_px = _BLUR_PX * side * (1 - (1 - _LAST_BLUR) * share)
        change = _upwards(slopes[..., 0], shifts, seen, blur_px)
        change -= np.float32(_DECAY) * image + np.float32(_VARIATION * side) * _variation_slope(image)
        rate = np.float32(_RATE * (1 - (1 - _LAST_RATE) * share))
        image = np.clip(image + rate * change * seen, np.float32(0), np.float32(1))


def _seen(spec: ModelSpec, target: Target) -> NDArray[np.bool_]:
    """Return the pixels that a target depends on, shape (side, side)."""
    seen = np.zeros(spec.input_shape[:2], dtype=np.bool_)
    for unit in target.units:
        seen[np.ix_(*spec.receptive_pixels(target.layer, unit))] = True
    return seen


def _upwards(slopes: Array, shifts: Sequence[tuple[int, ...]], seen: NDArray[np.bool_], blur_px: float) -> Array:
    """Return the direction in which shifted images rise, blurred: root mean square 1 over the pixels seen, or zeros."""
    back = [np.roll(slope, (-down, -right), (0, 1)) for slope, (down, right) in zip(slopes, shifts, strict=True)]
    together = np.nan_to_num(np.sum(back, axis=0))
    smooth = blurred(together[np.newaxis], blur_px)[0] * seen
    size = np.sqrt(np.square(smooth[seen], dtype=np.float64).mean()) if seen.any() else 0.0
    return np.asarray(smooth / np.float32(size)) if size > 0 else smooth


def _variation_slope(image: Array) -> Array:
    """Return the gradient of the total variation of an image, by forward differences."""
    to_right, to_below = np.diff(image, axis=1, append=image[:, -1:]), np.diff(image, axis=0, append=image[-1:])
    length = np.sqrt(np.square(to_right) + np.square(to_below) + np.float32(_SMALLEST_DIFFERENCE**2))
    right, down = to_right / length, to_below / length
    return np.asarray(np.roll(right, 1, axis=1) - right + np.roll(down, 1, axis=0) - down)
