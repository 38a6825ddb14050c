"""Reading picture files with Pillow, within limits on their size."""

import io
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.reading import Format, check_size, read_bytes, refusing, shown_name

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""Limit on the file's size, above that of any phone's photo."""

MAX_PIXELS: Final = 64_000_000
"""Limit on the pixels of a picture; phones' photos have up to 50 million, which take 200 MB of memory."""

FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
"""Formats that are decoded in this process; others, such as EPS, would start external programs."""

_PICTURES: Final = Format(
    "a picture",
    frozenset({Kind.PICTURE}),
    MAX_FILE_BYTES,
    "could not be read as a picture",
    "Expected a complete PNG, JPEG, BMP, GIF, TIFF, WebP or PNM file.",
    "Open it in a picture viewer; if that fails too, the file is damaged or has another format.",
    "Crop it to the digit or reduce its size, then open it again.",
)


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a picture file as grey levels.

    Args:
        path: A PNG, JPEG, BMP, GIF, TIFF, WebP or PNM file.

    Returns:
        Shape (height, width), uint8, upright as its EXIF data says.

    Raises:
        DigitLabError: If the file cannot be read, is too large, or is not a complete picture.
    """
    return decode_image(read_bytes(path, _PICTURES), shown_name(path))


def decode_image(content: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a picture as grey levels; of an animation, the first frame.

    Args:
        content: The content of the file or the clipboard.
        name: Its name in error messages.

    Returns:
        Shape (height, width), uint8, upright. Transparent areas get a background that contrasts with the rest.

    Raises:
        DigitLabError: If it is too large, or not a complete picture.
    """
    check_size(content, name, _PICTURES)
    with refusing(Path(name), _PICTURES, content), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about invalid metadata, which is not used
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                _check_size(picture.width, picture.height, name)
                return _grey(ImageOps.exif_transpose(picture))
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise _too_many_pixels(name, "far too many") from error


def _check_size(width: int, height: int, name: str) -> None:
    """Reject a picture that is too large by its header, before it is decoded."""
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name, f"{width} x {height}")


def _too_many_pixels(name: str, size: str) -> DigitLabError:
    return DigitLabError(
        f"{name} has {size} pixels.",
        expected=f"Expected at most {MAX_PIXELS // 1_000_000} million.",
        remedy="Crop it to the digit or reduce its size, then open it again.",
    )


def _grey(picture: Image.Image) -> NDArray[np.uint8]:
    if picture.mode == "F" or picture.mode.startswith("I"):
        return _stretched(np.asarray(picture, dtype=np.float64))
    if picture.has_transparency_data:
        return _composited(picture.convert("RGBA"))
    # Other colour modes are converted to RGB first; Pillow cannot convert all of them to L directly.
    grey = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    return np.array(grey.convert("L"))


def _stretched(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Scale levels of any range (12 or 16 bits, floats) to 0..255."""
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if low >= 0.0 and high <= 255.0:
        return values.astype(np.uint8)
    # Halved first, because the difference of two floats may exceed the largest float.
    return ((values / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) * 255.0).astype(np.uint8)


def _composited(picture: Image.Image) -> NDArray[np.uint8]:
    """Composite a transparent picture on white if its visible part is dark, else on black."""
    levels = np.asarray(picture.convert("RGB").convert("L"), dtype=np.float64)
    opacity = np.asarray(picture.getchannel("A"), dtype=np.float64) / 255.0
    visible = float(opacity.sum())
    mean = float((levels * opacity).sum()) / visible if visible > 0.0 else 0.0
    background = 255.0 if mean < 128.0 else 0.0
    return np.rint(levels * opacity + background * (1.0 - opacity)).astype(np.uint8)
