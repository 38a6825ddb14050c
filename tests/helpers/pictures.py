"""Pictures of a 7 in the formats that are decoded in a process of their own."""

import gzip
import io
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw

SVG: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="40">'
    b'<path d="M6 7h18L12 34" fill="none" stroke="#202830" stroke-width="3"/></svg>'
)


def seven() -> Image.Image:
    """Return a 7 of 120 x 160 pixels, dark on light."""
    picture = Image.new("L", (120, 160), 235)
    ImageDraw.Draw(picture).line([(25, 28), (95, 28), (48, 136)], fill=30, width=12, joint="curve")
    return picture


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as a file of a format of Pillow's."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def heic(picture: Image.Image, **options: object) -> bytes:
    """Return a picture as a HEIC file."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    return encoded(picture.convert("RGB"), "HEIF", quality=50, **options)


def avif(picture: Image.Image, **options: object) -> bytes:
    """Return a picture as an AVIF file."""
    return encoded(picture.convert("RGB"), "AVIF", quality=60, speed=10, **options)


SEVENS: Final[dict[str, Callable[[], bytes]]] = {
    "seven.heic": lambda: heic(seven()),
    "seven.avif": lambda: avif(seven()),
    "seven.pdf": lambda: encoded(seven(), "PDF"),
    "seven.svg": lambda: SVG,
    "seven.svgz": lambda: gzip.compress(SVG),
}
"""By the file's name: makes it."""

PDF_WITH_PASSWORD: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj "
    b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"AB" * 32 + b">/U<" + b"CD" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<AB><AB>]>>\n%%EOF\n"
)
"""The start of a document for which no password is right."""
