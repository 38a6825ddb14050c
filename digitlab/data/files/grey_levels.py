"""Opened pictures of any mode and range as grey levels from 0 to 255, upright and reduced if they are large."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from digitlab.system.errors import DigitLabError

MAX_PIXELS: Final = 64_000_000
"""Limit on the pixels of a picture; phones' photos have up to 50 million."""

KEPT_SIDE: Final = 1024
"""Larger pictures are reduced by a whole factor, to at least this many pixels along the longer side: twice the side to
which every picture is shrunk to find the digit."""

_ORIENTATION: Final = 0x0112
"""The tag of EXIF data that says how the camera was held."""

_STRIP_PIXELS: Final = 1_000_000
"""Pixels that are converted at a time."""

_WHITE: Final = 255.0


def check_pixels(picture: Image.Image, name: str, most: int) -> None:
    """Check the size of a picture, before it is decoded.

    Args:
        picture: An opened picture.
        name: Its name in error messages.
        most: How many pixels it may have.

    Raises:
        DigitLabError: If it has more.
    """
    if picture.width * picture.height > most:
        raise too_many_pixels(name, f"{picture.width} x {picture.height}", most)


def too_many_pixels(name: str, size: str, most: int) -> DigitLabError:
    """Return the error for a picture of a size, in words, that has more pixels than it may have."""
    return DigitLabError(
        f"{name} has {size} pixels.",
        expected=f"Expected at most {most // 1_000_000} million.",
        remedy="Crop it to the digit or reduce its size, then open it again.",
    )


def grey_levels(picture: Image.Image, name: str) -> NDArray[np.uint8]:
    """Return the grey levels of a picture.

    Args:
        picture: An opened picture of any mode; its size has been checked.
        name: Its name in error messages.

    Returns:
        Shape (height, width), uint8, upright as its EXIF data says. Transparent areas get a background that contrasts
        with the rest. Levels up to 1, as of masks and of pictures that were made for computing, are spread to 0..255,
        and so are levels beyond 0..255.

    Raises:
        DigitLabError: If a level is not a finite number.
    """
    small = _upright(picture, name)
    if small.mode == "F":
        return _spread(np.asarray(small, dtype=np.float64))
    if small.mode == "RGBA":
        return _composited(small)
    # A photo's levels are 0 and 1 by chance: of the dark.
    return np.array(small) if isinstance(picture, JpegImageFile) else _spread_mask(np.array(small))


def _upright(picture: Image.Image, name: str) -> Image.Image:
    """Return a picture in a mode that keeps its levels (F, RGBA or L), upright, and reduced if it is large."""
    factor = max(1, max(picture.size) // KEPT_SIDE)
    orientation = picture.getexif().get(_ORIENTATION)
    if factor > 1 and isinstance(picture, JpegImageFile):
        picture.draft("L", (picture.width // factor, picture.height // factor))
        factor = max(1, max(picture.size) // KEPT_SIDE)
    small = _reduced(picture, factor, name)
    if orientation is not None:
        small.getexif()[_ORIENTATION] = orientation
    return ImageOps.exif_transpose(small)


def _reduced(picture: Image.Image, factor: int, name: str) -> Image.Image:
    """Convert a picture in strips, so that the converted pixels need little memory, and reduce each by the factor."""
    width, height = picture.size
    strip_height = factor * max(1, _STRIP_PIXELS // (factor * width))
    strips = [
        _converted(picture.crop((0, top, width, min(top + strip_height, height))), name).reduce(factor)
        for top in range(0, height, strip_height)
    ]
    whole = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _converted(picture: Image.Image, name: str) -> Image.Image:
    if picture.mode == "F" or picture.mode.startswith("I"):
        levels = np.asarray(picture, dtype=np.float32)
        if not np.isfinite(levels).all():
            raise DigitLabError(
                f"{name} has levels that are not a number (NaN) or infinite.",
                expected="Expected finite levels.",
                remedy="Replace them, for example with numpy.nan_to_num, save the picture, then open it again.",
            )
        return Image.fromarray(levels)
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    # Other colour modes are converted to RGB first; Pillow cannot convert all of them to L directly.
    return (picture if picture.mode in ("L", "RGB") else picture.convert("RGB")).convert("L")


def _spread(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Scale levels of a range of their own (up to 1, 12 or 16 bits, negative) to 0..255."""
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)  # the sums of a reduction may have been too large
    low, high = float(values.min()), float(values.max())
    if low >= 0.0 and high <= _WHITE:
        # Resampling makes levels up to 1 exceed it a little; 8-bit levels below 2 would be black anyway.
        return (values * (_WHITE / max(1.0, high) if high < 2.0 else 1.0)).astype(np.uint8)
    # Halved first, because the difference of two floats may exceed the largest float.
    return ((values / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) * _WHITE).astype(np.uint8)


def _spread_mask(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Make the 1 of a mask of 0 and 1 white."""
    return levels * np.uint8(_WHITE) if levels.max() == 1 else levels


def _composited(picture: Image.Image) -> NDArray[np.uint8]:
    """Composite a transparent picture on white if its visible part is dark, else on black."""
    opacity = np.asarray(picture.getchannel("A"), dtype=np.float32) / np.float32(_WHITE)
    grey = np.asarray(picture.convert("RGB").convert("L"))
    # What nobody can see, and ink of one level that is almost black, make no mask.
    seen = grey[opacity > 0.0]
    if seen.size and seen.max() == 1 and seen.min() == 0:
        grey = np.minimum(grey, 1) * np.uint8(_WHITE)
    levels = grey.astype(np.float32)
    visible = float(opacity.sum())
    mean = float((levels * opacity).sum()) / visible if visible > 0.0 else 0.0
    background = np.float32(_WHITE if mean < 128.0 else 0.0)
    composited = np.rint(levels * opacity + background * (np.float32(1.0) - opacity))
    return np.asarray(composited, dtype=np.uint8)
