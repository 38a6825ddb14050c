"""Pictures that are decoded in a process of their own: HEIC, AVIF, SVG and the first page of a PDF.

Their decoders are large and not written for hostile files. What reads them, and why that:

- HEIC, the format of phones: pillow-heif (libheif, libde265). Its sister without an encoder, pi-heif, had its last
  version in June 2026. The wheel contains x265 under the GPL, so bundles leave it out.
- AVIF: Pillow itself, in its wheels since 11.3.
- PDF: pypdfium2 (PDFium, as in Chrome; Apache and BSD licences, 4 MB). PyMuPDF has the AGPL; Poppler and Ghostscript
  are programs to be installed.
- SVG: resvg-py (resvg, in Rust; MIT licence, 1.4 MB). Qt's reader knows SVG Tiny only, and ``digitlab predict`` works
  without Qt; CairoSVG needs Cairo installed.

Not read: JPEG 2000, JPEG XL, raw photos, Photoshop and PostScript, in which hardly anyone has a digit.
"""

import io
import json
import re
import sys
import warnings
import zlib
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitlab.data.files.apart import MEMORY_BYTES, DeadlineError, limit_this_process, run_apart
from digitlab.data.files.grey_levels import KEPT_SIDE, MAX_PIXELS, check_pixels, grey_levels
from digitlab.system.errors import DigitLabError, dependency_error
from digitlab.system.kinds import TO_PNG, Kind

MAX_SVG_BYTES: Final = 8 * 1024 * 1024
"""Limit on the text of an SVG, of which a tree is built."""

_GZIP: Final = b"\x1f\x8b"

_PASSWORD: Final = 4
"""PDFium's error for a document with a password (FPDF_ERR_PASSWORD in fpdfview.h)."""

_OTHER_FILE: Final = re.compile(r"""\bhref\s*=\s*["'](?!\s*(?:\#|data:|https?:|mailto:))""", re.IGNORECASE)
"""A reference to another file, which resvg would open. Links to the web it would not."""


def decode_apart(kind: Kind, content: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a picture in a process of its own.

    Args:
        kind: A key of ``OPENERS``.
        content: The content of the file.
        name: Its name in error messages.

    Returns:
        Shape (height, width), uint8, as of ``grey_levels``.

    Raises:
        DigitLabError: If it is too large, takes too long, or what reads it is missing.
        Exception: If it cannot be decoded.
    """
    try:
        output = run_apart(__name__, [kind.name, name], content)
    except DeadlineError as error:
        raise DigitLabError(f"{name} takes too long to decode.", remedy=TO_PNG) from error
    head, _, levels = output.partition(b"\n")
    answer = json.loads(head)
    if "shape" not in answer:
        raise DigitLabError(answer["happened"], expected=answer["expected"], remedy=answer["remedy"])
    return np.frombuffer(levels, dtype=np.uint8).reshape(answer["shape"]).copy()


def main(arguments: Sequence[str]) -> None:
    """Decode standard input, in the other process.

    Writes a line of JSON to standard output: the shape, with the levels after it, or the sentences of a refusal.
    """
    limit_this_process()
    name = arguments[1]
    try:
        levels = _decoded(Kind[arguments[0]], sys.stdin.buffer.read(), name)
    except MemoryError:
        error = DigitLabError(f"{name} takes more than {MEMORY_BYTES >> 30} GB of memory to decode.", remedy=TO_PNG)
    except DigitLabError as refusal:
        error = refusal
    else:
        sys.stdout.buffer.write(json.dumps({"shape": levels.shape}).encode() + b"\n" + levels.tobytes())
        return
    answer = {"happened": error.happened, "expected": error.expected, "remedy": error.remedy}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _decoded(kind: Kind, content: bytes, name: str) -> NDArray[np.uint8]:
    warnings.simplefilter("ignore")  # about invalid metadata, and about sizes, which are checked here
    try:
        picture = OPENERS[kind](content, name)
    except ImportError as error:
        if kind is Kind.HEIF and getattr(sys, "frozen", False):
            raise DigitLabError(f"{name} is {kind.label}, which this copy cannot read.", remedy=TO_PNG) from error
        raise dependency_error(error) or error from error
    with picture:
        check_pixels(picture, name, MAX_PIXELS)
        return grey_levels(picture, name)


def _heif(content: bytes, _: str) -> Image.Image:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    return Image.open(io.BytesIO(content), formats=("HEIF",))


def _avif(content: bytes, name: str) -> Image.Image:
    from PIL import features

    if not features.check("avif"):
        raise DigitLabError(f"{name} is {Kind.AVIF.label}, which this computer's Pillow cannot read.", remedy=TO_PNG)
    return Image.open(io.BytesIO(content), formats=("AVIF",))


def _pdf(content: bytes, name: str) -> Image.Image:
    import pypdfium2

    try:
        page = pypdfium2.PdfDocument(content)[0]
    except pypdfium2.PdfiumError as error:
        if error.err_code != _PASSWORD:
            raise
        raise DigitLabError(f"{name} has a password.", remedy="Save it without one, or take a screenshot.") from error
    picture: Image.Image = page.render(scale=KEPT_SIDE / max(page.get_size()), grayscale=True).to_pil()
    return picture


def _svg(content: bytes, name: str) -> Image.Image:
    import resvg_py

    if content[:2] == _GZIP:  # .svgz
        content = zlib.decompressobj(wbits=31).decompress(content, MAX_SVG_BYTES + 1)
    if len(content) > MAX_SVG_BYTES:
        raise DigitLabError(f"{name} is larger than {MAX_SVG_BYTES >> 20} MB.", remedy=TO_PNG)
    text = content.decode("utf-8-sig")
    if _OTHER_FILE.search(text):
        raise DigitLabError(f"{name} refers to another file.", expected="Expected one SVG file.", remedy=TO_PNG)
    # Both sides: it fits into them, keeping its aspect ratio.
    content = resvg_py.svg_to_bytes(svg_string=text, width=KEPT_SIDE, height=KEPT_SIDE)
    return Image.open(io.BytesIO(content), formats=("PNG",))


OPENERS: Final[dict[Kind, Callable[[bytes, str], Image.Image]]] = {
    Kind.HEIF: _heif,
    Kind.AVIF: _avif,
    Kind.PDF: _pdf,
    Kind.SVG: _svg,
}
"""What opens a picture of each kind, perhaps without decoding it yet."""


if __name__ == "__main__":
    main(sys.argv[1:])
