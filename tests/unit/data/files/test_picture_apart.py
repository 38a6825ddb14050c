"""HEIC, AVIF, SVG and PDF files are read, and bad ones refused in a sentence."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.files import picture_apart
from digitlab.data.files.picture_file import decode_image, read_image
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from tests.helpers.pictures import PDF_WITH_PASSWORD, SEVENS, SVG, avif, encoded, heic, seven


@pytest.mark.parametrize("name", SEVENS)
def test_a_seven_is_the_same_digit_in_every_format(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(SEVENS[name]())
    pixels = read_image(tmp_path / name)
    assert pixels.dtype == np.uint8
    assert pixels.shape[0] / pixels.shape[1] == pytest.approx(4 / 3, abs=0.01)
    one, other = (digit_from_image(levels).image.astype(float) for levels in (pixels, np.asarray(seven())))
    # Its centre may be rounded to the next row.
    assert max(np.corrcoef(np.roll(one, by, 0).ravel(), other.ravel())[0, 1] for by in (-1, 0, 1)) > 0.9


@pytest.mark.parametrize("encode", [heic, avif])
def test_a_photo_is_upright(encode: object) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("L", (64, 32), 255)
    picture.paste(0, (0, 0, 32, 32))
    pixels = decode_image(encode(picture, exif=exif.tobytes()), "photo")  # type: ignore[operator]
    assert pixels.shape == (64, 32)
    assert pixels[8].max() < 20
    assert pixels[-8].min() > 235


def test_light_ink_without_a_background_gets_a_dark_one() -> None:
    pixels = decode_image(SVG.replace(b"#202830", b"white"), "seven.svg")
    assert pixels[0, 0] == 0
    assert pixels.max() == 255


def test_a_vector_drawing_of_any_size_is_rendered_at_the_size_that_is_kept() -> None:
    tiny = SVG.replace(b'width="30" height="40"', b'viewBox="0 0 30 40" width="3" height="4"')
    huge = SVG.replace(b'width="30" height="40"', b'viewBox="0 0 30 40" width="3e6" height="4e6"')
    assert decode_image(tiny, "a.svg").shape == decode_image(huge, "a.svg").shape == (1024, 768)


@pytest.mark.parametrize("name", ["seven.heic", "seven.avif", "seven.pdf", "seven.svg"])
def test_half_a_file_is_refused(name: str) -> None:
    content = SEVENS[name]()
    with pytest.raises(DigitLabError, match=f"{name} could not be read as a picture") as caught:
        decode_image(content[: len(content) // 3], name)
    assert "HEIC, AVIF, SVG or PDF" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PDF_WITH_PASSWORD, "has a password"),
        (SVG.replace(b"<path", b'<image xlink:href="/dev/zero"/><path'), "refers to another file"),
        (SVG.replace(b"<path", b"<image href = 'other.png' /><path"), "refers to another file"),
        (SVG.replace(b"<path", b'<image href="&#47;dev/zero"/><path'), "refers to another file"),
        (SVG + b" " * picture_apart.MAX_SVG_BYTES, "is larger than 8 MB"),
    ],
    ids=["password", "device", "file", "escaped", "large"],
)
def test_what_cannot_be_shown_is_named(content: bytes, words: str) -> None:
    with pytest.raises(DigitLabError, match=f"seven {words}") as caught:
        decode_image(content, "seven")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "part", [b'<a href="https://example.org"/>', b'<use href="#a"/>', b'<image href="data:image/png;base64,"/>']
)
def test_links_and_embedded_parts_are_no_other_files(part: bytes) -> None:
    assert decode_image(SVG.replace(b"<path", part + b"<path"), "seven.svg").min() < 100


@pytest.mark.parametrize(("kind", "encode"), [(Kind.HEIF, heic), (Kind.AVIF, avif)])
def test_too_many_pixels_are_refused_before_they_are_decoded(
    kind: Kind, encode: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_apart, "MAX_PIXELS", 120 * 160 - 1)
    with pytest.raises(DigitLabError, match="photo has 120 x 160 pixels"):
        picture_apart._decoded(kind, encode(seven()), "photo")  # type: ignore[operator]


def test_only_the_first_page_is_read() -> None:
    content = encoded(seven(), "PDF", save_all=True, append_images=[Image.new("L", (120, 160), 0)])
    assert decode_image(content, "scan.pdf")[0, 0] > 200
