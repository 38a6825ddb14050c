"""Hostile pictures: bombs, and large pictures that are good."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Final

from PIL import Image

from tests.fuzz.cases import of_bytes
from tests.helpers.pictures import PDF_WITH_PASSWORD, SEVENS


def png(width: int, height: int, depth: int, colour: int, level: int = 0) -> bytes:
    """Return a PNG of one colour, compressed as well as possible, without holding its pixels in memory."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"\0" + bytes([level]) * ((width * channels * depth + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    palette = [(b"PLTE", bytes(range(48)))] if colour == 3 else []
    chunks = [(b"IHDR", header), *palette, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(part).to_bytes(4, "big") + kind + part + zlib.crc32(kind + part).to_bytes(4, "big") for kind, part in chunks
    )


def _with_width(content: bytes, width: int) -> bytes:
    header = b"IHDR" + width.to_bytes(4, "big") + content[20:29]
    return content[:12] + header + zlib.crc32(header).to_bytes(4, "big") + content[33:]


def _picture(kind: str, size: tuple[int, int], mode: str = "L", **options: object) -> Callable[[], bytes]:
    def content() -> bytes:
        buffer = io.BytesIO()
        Image.new(mode, size, 200 if mode in ("L", "P") else None).save(buffer, kind, **options)
        return buffer.getvalue()

    return content


def _many_scans() -> bytes:
    """Return a progressive JPEG whose last scan is repeated thousands of times."""
    buffer = io.BytesIO()
    Image.new("RGB", (5000, 5000)).save(buffer, "JPEG", progressive=True, quality=10)
    content = buffer.getvalue()
    start = content.rindex(b"\xff\xda")
    return content[:-2] + content[start:-2] * 3000 + content[-2:]


PICTURES: Final = (
    of_bytes("pictures", "64 million transparent pixels", lambda: png(8000, 8000, 8, 6)),
    of_bytes("pictures", "64 million coloured pixels of 16 bits", lambda: png(8000, 8000, 16, 2)),
    of_bytes("pictures", "64 million grey pixels", lambda: png(8000, 8000, 8, 0), is_good=True),
    of_bytes("pictures", "40 million coloured pixels", lambda: png(8000, 5000, 8, 2), is_good=True),
    of_bytes("pictures", "a palette of 64 million pixels", lambda: png(8000, 8000, 4, 3), is_good=True),
    of_bytes("pictures", "one row of 60 million pixels", lambda: png(60_000_000, 1, 8, 0), is_good=True),
    of_bytes("pictures", "billions of pixels", lambda: _with_width(png(1, 1, 8, 0), 2**31 - 1)),
    of_bytes("pictures", "a photo of 50 million pixels", _picture("JPEG", (8160, 6120), "RGB"), is_good=True),
    of_bytes("pictures", "a progressive photo", _picture("JPEG", (5000, 4000), "RGB", progressive=True), is_good=True),
    of_bytes("pictures", "a progressive bomb", _picture("JPEG", (8000, 8000), "CMYK", progressive=True)),
    of_bytes("pictures", "three thousand scans", _many_scans),
    of_bytes("pictures", "a WebP of 64 million pixels", _picture("WEBP", (8000, 8000), "RGB", lossless=True)),
    of_bytes("pictures", "a WebP screenshot", _picture("WEBP", (3840, 2160), "RGB"), is_good=True),
    of_bytes("pictures", "a GIF of 64 million pixels", _picture("GIF", (8000, 8000), "P"), is_good=True),
    of_bytes(
        "pictures", "a TIFF in one strip", _picture("TIFF", (8000, 8000), "RGB", compression="tiff_adobe_deflate")
    ),
    of_bytes("pictures", "a TIFF of floats", _picture("TIFF", (6000, 6000), "F", compression="tiff_lzw")),
    of_bytes("pictures", "a plain text of 9 million pixels", lambda: b"P2 3000 3000 9\n" + b"1 " * 9_000_000),
    of_bytes("pictures", "an AVIF of a billion pixels", lambda: _with_ispe(SEVENS["seven.avif"](), 40_000)),
    of_bytes("pictures", "a HEIC of a billion pixels", lambda: _with_ispe(SEVENS["seven.heic"](), 40_000)),
    of_bytes("pictures", "an SVG of a billion entities", lambda: _svg_of_entities()),
    of_bytes("pictures", "an SVG of a billion shapes", lambda: _svg_of_uses()),
    of_bytes("pictures", "an SVG in a million groups", lambda: _svg(b"<g>" * 1_000_000)),
    of_bytes("pictures", "an SVG with a device", lambda: _svg(b'<image href="/dev/zero" width="9" height="9"/>')),
    of_bytes("pictures", "a PDF of a billion forms", lambda: _pdf_of_forms()),
    of_bytes("pictures", "a PDF with a password", lambda: PDF_WITH_PASSWORD),
    of_bytes("pictures", "a long text chunk", lambda: _png_with_text(2**29)),
)


def _with_ispe(content: bytes, side: int) -> bytes:
    """Return a HEIF or AVIF file that announces a square."""
    start = content.index(b"ispe") + 8
    return content[:start] + side.to_bytes(4, "big") * 2 + content[start + 8 :]


def _svg(inside: bytes, before: bytes = b"") -> bytes:
    return before + b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">' + inside + b"</svg>"


def _svg_of_entities() -> bytes:
    entities = b"".join(b'<!ENTITY e%d "%b">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10))
    return _svg(b"<text>&e9;</text>", b'<!DOCTYPE svg [<!ENTITY e0 "7">' + entities + b"]>")


def _svg_of_uses() -> bytes:
    groups = (b'<g id="g%d">%b</g>' % (level, b'<use href="#g%d"/>' % (level - 1) * 10) for level in range(1, 10))
    return _svg(b'<rect id="g0" width="99" height="99" opacity=".5"/>' + b"".join(groups))


def _pdf_of_forms() -> bytes:
    """Return a page with a form that contains ten forms, which contain ten each, and so on."""
    head = (
        b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</F %d 0 R>>>>/Length %d>>stream\n"
    )
    bodies = [(level + 5, b"0 0 99 99 re f" if level == 9 else b"/F Do " * 10) for level in range(10)]
    forms = b"".join(head % (at, at + 1, len(body)) + body + b"\nendstream endobj\n" for at, body in bodies)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>endobj"
        b" 4 0 obj<</Length 5>>stream\n/F Do\nendstream endobj\n" + forms + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _png_with_text(size: int) -> bytes:
    packer = zlib.compressobj(9)
    text = b"".join([*(packer.compress(bytes(2**20)) for _ in range(size >> 20)), packer.flush()])
    part = b"Comment\0\0" + text
    chunk = len(part).to_bytes(4, "big") + b"zTXt" + part + zlib.crc32(b"zTXt" + part).to_bytes(4, "big")
    content = png(20, 20, 8, 0)
    return content[:33] + chunk + content[33:]
