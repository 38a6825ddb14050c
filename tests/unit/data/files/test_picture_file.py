"""Picture files of all kinds are read, and malicious ones rejected."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from digitlab.data.drawing.pictures import decode_image, digit_from_image, read_image
from digitlab.data.files import grey_levels, picture_file
from digitlab.system.errors import DigitLabError

LEVELS = np.array([[0, 100, 255], [30, 60, 90]], dtype=np.uint8)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return the start of a PNG file that announces a size, without any pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\x00" * 100))


def test_grey_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "digit.png"
    path.write_bytes(encoded(Image.fromarray(LEVELS)))
    assert np.array_equal(read_image(path), LEVELS)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF", "PPM"])
def test_lossless_formats_agree(kind: str) -> None:
    assert np.array_equal(decode_image(encoded(Image.fromarray(LEVELS), kind), "digit"), LEVELS)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "LAB", "HSV", "RGBX", "LA", "RGBA"])
def test_black_and_white_survive_in_every_mode(mode: str) -> None:
    black_and_white = Image.fromarray(np.array([[0, 255]], dtype=np.uint8))
    if mode in ("HSV", "RGBX"):
        content = encoded(black_and_white.convert("RGB"))
    elif mode == "LAB":
        lab = Image.new("LAB", (2, 1))
        lab.putdata([(0, 128, 128), (255, 128, 128)])
        content = encoded(lab, "TIFF")
    else:
        picture = (
            black_and_white.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else black_and_white.convert(mode)
        )
        content = encoded(picture, "TIFF")
    pixels = decode_image(content, "digit")
    assert pixels[0, 0] <= 2
    assert pixels[0, 1] >= 253


def test_16_bits_are_scaled_to_8() -> None:
    deep = Image.fromarray(np.array([[0, 32768, 65535]], dtype=np.uint16))
    assert decode_image(encoded(deep), "digit").tolist() == [[0, 127, 255]]


@pytest.mark.parametrize(
    ("kind", "levels", "expected"),
    [
        ("PNG", np.array([[0, 1]], np.uint8), [[0, 255]]),
        ("PNG", np.array([[1, 1]], np.uint8), [[255, 255]]),
        ("PNG", np.array([[0, 0]], np.uint8), [[0, 0]]),
        ("PNG", np.array([[0, 2]], np.uint8), [[0, 2]]),
        ("PNG", np.array([[False, True]]), [[0, 255]]),
        ("PNG", np.array([[[0, 0, 0], [1, 1, 1]]], np.uint8), [[0, 255]]),
        ("PNG", np.array([[0, 1]], np.uint16), [[0, 255]]),
        ("PNG", np.array([[0, 200]], np.uint16), [[0, 200]]),
        ("PNG", np.array([[0, 4095]], np.uint16), [[0, 255]]),
        ("TIFF", np.array([[0, 1]], np.int32), [[0, 255]]),
        ("TIFF", np.array([[-1, 1]], np.int32), [[0, 255]]),
        ("TIFF", np.array([[0, 0.5, 1]], np.float32), [[0, 127, 255]]),
        ("TIFF", np.array([[0, 0.25]], np.float32), [[0, 63]]),
        ("TIFF", np.array([[0, 1.02]], np.float32), [[0, 255]]),  # a little above 1, as after resampling
        ("TIFF", np.array([[0, 0.5, 200]], np.float32), [[0, 0, 200]]),
        ("TIFF", np.array([[-1, 0, 1]], np.float32), [[0, 127, 255]]),
        ("TIFF", np.array([[-3e38, 0, 3e38]], np.float32), [[0, 127, 255]]),
    ],
)
def test_the_range_follows_from_the_mode_and_the_largest_level(
    kind: str, levels: NDArray[np.generic], expected: list[list[int]]
) -> None:
    assert decode_image(encoded(Image.fromarray(levels), kind), "digit").tolist() == expected


@pytest.mark.parametrize("colours", [[0, 0, 0, 1, 1, 1], [0, 0, 0, 255, 255, 255]])
def test_a_palette_of_two_colours_is_black_and_white(colours: list[int]) -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette(colours)
    picture.putdata([0, 1])
    assert decode_image(encoded(picture), "digit").tolist() == [[0, 255]]


def test_an_opaque_mask_with_an_alpha_channel_is_black_and_white() -> None:
    mask = np.array([[[0, 0, 0, 255], [1, 1, 1, 255], [9, 9, 9, 0]]], dtype=np.uint8)
    assert decode_image(encoded(Image.fromarray(mask)), "digit").tolist() == [[0, 255, 255]]


def test_the_noise_of_a_black_photo_is_no_mask() -> None:
    noise = np.random.default_rng(0).integers(0, 2, (64, 64), np.uint8)
    assert decode_image(encoded(Image.fromarray(noise), "JPEG", quality=100), "digit").max() <= 2


@pytest.mark.parametrize("level", [np.nan, np.inf, -np.inf])
def test_levels_that_are_no_finite_numbers_are_refused_in_words(level: float) -> None:
    floats = Image.fromarray(np.array([[0, level, 1]], dtype=np.float32))
    with pytest.raises(
        DigitLabError, match=r"digit.tif has levels that are not a number \(NaN\) or infinite"
    ) as caught:
        decode_image(encoded(floats, "TIFF"), "digit.tif")
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["float01.tif", "mask01.png"])
def test_shared_pictures_with_levels_up_to_1_are_black_and_white(name: str, shared_data: Path) -> None:
    path = shared_data / "hard" / name
    if not path.is_file():
        pytest.skip(f"there is no file {path}")
    assert set(np.unique(read_image(path))) == {0, 255}


@pytest.mark.parametrize(("ink", "background"), [(0, 255), (255, 0)])
def test_transparent_background_contrasts_with_the_ink(ink: int, background: int) -> None:
    picture = Image.fromarray(np.array([[[ink, ink, ink, 255], [90, 90, 90, 0]]], dtype=np.uint8))
    assert decode_image(encoded(picture), "digit").tolist() == [[ink, background]]


def test_transparent_colour_of_a_palette_counts() -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([0, 0, 0, 9, 9, 9])
    picture.putdata([0, 1])
    assert decode_image(encoded(picture, "GIF", transparency=1), "digit").tolist() == [[0, 255]]


def test_animation_gives_its_first_frame() -> None:
    first, second = (Image.fromarray(np.full((2, 2), level, dtype=np.uint8)) for level in (40, 200))
    assert (
        decode_image(encoded(first, "GIF", save_all=True, append_images=[second]), "digit").tolist() == [[40, 40]] * 2
    )


def test_exif_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: rotate by 90 degrees clockwise
    content = encoded(Image.fromarray(LEVELS), "PNG", exif=exif)
    assert np.array_equal(decode_image(content, "digit"), np.rot90(LEVELS, -1))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"This is a text.",
        b"\x89PNG\r\n\x1a\n",
        encoded(Image.fromarray(LEVELS))[:-25],
        encoded(Image.fromarray(np.zeros((64, 64), dtype=np.uint8)), "JPEG")[:-200],
        png_header(100, 100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'",
    ],
    ids=["empty", "text", "signature", "cut png", "cut jpeg", "no pixels", "eps", "svg"],
)
def test_incomplete_picture_is_rejected(content: bytes) -> None:
    with pytest.raises(
        DigitLabError, match=r"digit.png (could not be read as a picture|is an? .*, (which|not))"
    ) as caught:
        decode_image(content, "digit.png")
    assert caught.value.expected
    assert caught.value.remedy


@pytest.mark.parametrize("side", [9_000, 12_000, 20_000, 2**31 - 1])
def test_too_many_pixels_are_rejected_by_the_header(side: int) -> None:
    with pytest.raises(DigitLabError, match=r"digit.png has .* pixels"):
        decode_image(png_header(side, side), "digit.png")


def test_too_large_file_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "digit.png"
    path.write_bytes(encoded(Image.fromarray(LEVELS)))
    monkeypatch.setattr(picture_file, "_PICTURES", replace(picture_file._PICTURES, maximum_bytes=10))
    with pytest.raises(DigitLabError, match=r"digit.png is larger than"):
        read_image(path)


def test_missing_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(DigitLabError, match=r"There is no file digit.png"):
        read_image(tmp_path / "digit.png")


SAMPLES = [
    encoded(Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)), kind)
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "PPM", "WEBP")
]


@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_bytes_give_a_picture_or_our_error(sample: bytes, data: st.DataObject) -> None:
    damaged = bytearray(sample)
    for place in data.draw(st.lists(st.integers(0, len(sample) - 1), max_size=5)):
        damaged[place] = data.draw(st.integers(0, 255))
    try:
        pixels = decode_image(bytes(damaged[: data.draw(st.integers(0, len(sample)))]), "digit")
    except DigitLabError:
        return
    assert pixels.ndim == 2
    assert pixels.dtype == np.uint8


def test_what_libtiff_prints_is_in_the_log_and_not_on_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIGITLAB_STATE", str(tmp_path))
    content = bytearray(encoded(Image.fromarray(np.zeros((40, 40), np.uint8)), "TIFF", compression="tiff_lzw"))
    content[20:40] = b"\xff" * 20
    with pytest.raises(DigitLabError, match=r"digit.tif could not be read as a picture"):
        decode_image(bytes(content), "digit.tif")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA", "I;16", "F", "1"])
def test_a_large_picture_is_reduced_and_looks_the_same(mode: str) -> None:
    levels = np.zeros((100, 60), np.uint8)
    levels[30:70, 20:30] = 255
    small = Image.fromarray(levels).convert("RGBA" if mode == "RGBA" else "L")
    large = small.resize((1500, 2500), Image.Resampling.NEAREST)
    if mode in ("I;16", "F"):
        large = Image.fromarray(np.asarray(large).astype(np.uint16 if mode == "I;16" else np.float32))
    elif mode == "P":
        large = large.convert("RGB").quantize(2)
    else:
        large = large.convert(mode)
    pixels = decode_image(encoded(large, "TIFF" if mode == "F" else "PNG"), "digit")
    assert pixels.shape == (1250, 750)
    assert pixels[800, 300] == 255
    assert pixels[200, 100] == pixels[800, 100] == 0


def test_a_large_photo_is_reduced_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    levels = np.zeros((2400, 4000), np.uint8)
    levels[:, :2000] = 255
    pixels = decode_image(encoded(Image.fromarray(levels), "JPEG", exif=exif), "digit")
    assert max(pixels.shape) < 2 * grey_levels.KEPT_SIDE
    assert pixels.shape[0] > pixels.shape[1]
    assert pixels[100].min() > 250
    assert pixels[-100].max() < 5


def test_a_digit_in_a_large_picture_is_preprocessed_as_in_a_small_one() -> None:
    levels = np.full((300, 300), 255, np.uint8)
    levels[60:240, 130:170] = 0
    levels[60:90, 90:170] = 0
    small = Image.fromarray(levels)
    large = small.resize((3000, 3000), Image.Resampling.NEAREST)
    images = [digit_from_image(decode_image(encoded(one), "digit")).image.astype(int) for one in (small, large)]
    assert np.abs(images[0] - images[1]).max() <= 24  # of 255: at the edges of the strokes
