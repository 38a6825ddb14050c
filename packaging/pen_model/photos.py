"""Training images that went through a photo or a small scan, so that the network knows what preprocessing leaves."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitlab.data.dataset import DigitSet
from digitlab.data.drawing.photographs import PHOTO_KINDS, photographed_with, read_back
from digitlab.data.drawing.pictures import digit_from_image

PHOTOS: Final = 9_000
SCANS: Final = 3_000
"""Images of each kind, made from different digits."""

SCAN_SIDE: Final = 16
_INK_FROM: Final = 110
_FAULTS: Final = 3
"""Largest number of things wrong with one photo."""

_STRONGEST: Final = 0.65
"""Beyond it, many photos show no digit any more."""

_BLANK_BELOW: Final = 0.03
"""Share of ink, of the brightest possible, below which preprocessing has lost the digit."""


def seen_in_pictures(digits: DigitSet, seed: int) -> DigitSet:
    """Return digits as the network sees them in photos with a few things wrong, and in scans of 16x16 pixels.

    Args:
        digits: Images as in MNIST, at least ``PHOTOS + SCANS``.
        seed: Chooses the digits and what is wrong.

    Returns:
        At most ``PHOTOS + SCANS`` digits; those of which nothing is left are not among them.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(digits))[: PHOTOS + SCANS]
    images = np.stack(
        [
            _in_a_photo(digits.images[index], rng) if number < PHOTOS else scanned(digits.images[index], rng)
            for number, index in enumerate(chosen)
        ]
    )
    is_seen = images.mean(axis=(1, 2)) > 255.0 * _BLANK_BELOW
    return DigitSet(images[is_seen], digits.labels[chosen][is_seen])


def scanned(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return what the network sees of a digit that was cropped and shrunk to 16x16 pixels, as in postal scans.

    At random it is dark on light or light on dark, and grey or black and white.
    """
    scan = shrunk(image)
    if rng.random() < 0.5:
        scan = np.where(scan > _INK_FROM, np.uint8(255), np.uint8(0))
    return digit_from_image(255 - scan if rng.random() < 0.5 else scan).image


def shrunk(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the digit of an image of shape (28, 28), scaled to fill 16x16 pixels."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    digit = Image.fromarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = SCAN_SIDE / max(digit.size)
    size = (max(round(digit.width * scale), 1), max(round(digit.height * scale), 1))
    frame = Image.new("L", (SCAN_SIDE, SCAN_SIDE))
    frame.paste(digit.resize(size, Image.Resampling.BOX), ((SCAN_SIDE - size[0]) // 2, (SCAN_SIDE - size[1]) // 2))
    return np.asarray(frame)


def _in_a_photo(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    kinds = rng.choice(list(PHOTO_KINDS), rng.integers(_FAULTS + 1), replace=False)
    strengths = {str(kind): float(rng.uniform(0.0, _STRONGEST)) for kind in kinds}
    return read_back(photographed_with(image, strengths, rng))
