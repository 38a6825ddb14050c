"""Reading picture files, within limits on their size: common formats with Pillow, others in a process of their own."""

import io
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PpmImagePlugin import PpmImageFile

from digitlab.data.files.grey_levels import MAX_PIXELS, check_pixels, grey_levels, too_many_pixels
from digitlab.data.files.picture_apart import OPENERS, decode_apart
from digitlab.system.kinds import Kind
from digitlab.system.log import stderr_in_log
from digitlab.system.reading import Format, check_size, kind_of_content, read_bytes, refusing, shown_name

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""Limit on the file's size, above that of any phone's photo."""

MAX_MEMORY: Final = 160 * 1024 * 1024
"""Limit on the memory, in bytes, that decoding may take. A photo is decoded at a fraction of its size; the limit leaves
40 million coloured pixels of a PNG, more than any screen has."""

_MAX_SCANS: Final = 64
"""Limit on the scans of a JPEG, each of which passes over the whole picture; cameras write up to about ten."""

_MAX_TEXT_PIXELS: Final = 2_000_000
"""Limit on the pixels of a PNM file that is a text of numbers, of which Pillow decodes four million a second."""

FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
"""Formats that Pillow decodes in this process; others, such as EPS, would start external programs."""

_PICTURES: Final = Format(
    "a picture",
    frozenset({Kind.PICTURE, *OPENERS}),
    MAX_FILE_BYTES,
    "could not be read as a picture",
    "Expected a complete PNG, JPEG, BMP, GIF, TIFF, WebP, PNM, HEIC, AVIF, SVG or PDF file.",
    "Open it in a picture viewer; if that fails too, the file is damaged or has another format.",
    "Crop it to the digit or reduce its size, then open it again.",
)


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a picture file as grey levels.

    Args:
        path: A PNG, JPEG, BMP, GIF, TIFF, WebP, PNM, HEIC, AVIF, SVG or PDF file.

    Returns:
        Shape (height, width), uint8, upright as its EXIF data says.

    Raises:
        DigitLabError: If the file cannot be read, is too large, or is not a complete picture.
    """
    return decode_image(read_bytes(path, _PICTURES), shown_name(path))


def decode_image(content: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a picture as grey levels; of an animation, the first frame; of a document, the first page.

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
        kind = kind_of_content(content)
        if kind in OPENERS:
            return decode_apart(kind, content, name)
        warnings.simplefilter("ignore")  # about invalid metadata, and about sizes, which are checked here
        # libtiff prints what is wrong with a file, in any number of lines.
        with stderr_in_log() if content[:2] in (b"II", b"MM") else nullcontext(), _opened(content, name) as picture:
            _check_size(picture, name)
            return grey_levels(picture, name)


def _opened(content: bytes, name: str) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise too_many_pixels(name, "far too many", MAX_PIXELS) from error
    if isinstance(picture, JpegImageFile) and content.count(b"\xff\xda") > _MAX_SCANS:
        raise ValueError("scans")
    return picture


def _check_size(picture: Image.Image, name: str) -> None:
    """Reject a picture that is too large by its header, before it is decoded."""
    is_text = isinstance(picture, PpmImageFile) and picture.tile[0].codec_name == "ppm_plain"
    most = min(_MAX_TEXT_PIXELS if is_text else MAX_PIXELS, MAX_MEMORY // _bytes_per_pixel(picture))
    check_pixels(picture, name, most)


def _bytes_per_pixel(picture: Image.Image) -> int:
    """Return the memory that decoding takes per pixel, including what the format's decoder keeps besides the pixels."""
    if isinstance(picture, JpegImageFile):
        # Decoded at a reduced size; but a progressive one keeps the coefficients of all scans, two bytes per component.
        return 2 * len(picture.getbands()) if picture.info.get("progressive") else 1
    pixel = 1 if picture.mode in ("1", "L", "P") else 2 if picture.mode.startswith("I;16") else 4
    return pixel * {"WEBP": 4, "TIFF": 2}.get(picture.format or "", 1)
