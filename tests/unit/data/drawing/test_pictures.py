"""Pictures of digits, with any pen on any paper, are preprocessed to the network's input."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digitlab.data.builtin import builtin_drawing
from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.drawing.preprocessing import ALL_STEPS, NO_STEPS, Step
from digitlab.data.drawing.raster import RasterSteps, render, render_steps
from digitlab.data.files.mnist import read_mnist

MNIST_FILE = Path(__file__).parents[5] / "shared" / "data" / "mnist.npz"


def large(image: NDArray[np.uint8], side: int = 280) -> NDArray[np.uint8]:
    """Enlarge an image of a digit, light on dark."""
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))


def three() -> NDArray[np.uint8]:
    """Return a 3 with its bounding box centred, as before the shift by the centre of mass."""
    return render_steps(builtin_drawing(3, "round")).centred


def likeness(image: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the correlation of two images, -1..1."""
    return float(np.corrcoef(image.ravel(), other.ravel())[0, 1])


def assert_blank(steps: RasterSteps) -> None:
    for image, side in (
        (steps.cropped, 28),
        (steps.boxed, 20),
        (steps.centred, 28),
        (steps.image, 28),
    ):
        assert image.shape == (side, side)
        assert not image.any()


def test_dark_square_on_white_fills_the_box_and_is_centred() -> None:
    page = np.full((300, 200), 255, dtype=np.uint8)
    page[40:80, 20:60] = 10
    steps = digit_from_image(page)
    assert (steps.boxed == 255).all()
    # The centre of mass of pixels 4 to 23 is 14.0; a shift by whole pixels cannot bring it closer to 14.5.
    assert steps.image.sum() == 400 * 255
    assert np.abs(np.flatnonzero(steps.image.any(axis=1)).mean() - 14.0) <= 0.5


def test_aspect_ratio_is_kept() -> None:
    page = np.full((300, 200), 255, dtype=np.uint8)
    page[40:120, 20:60] = 10
    rows, columns = (np.flatnonzero(digit_from_image(page).boxed.any(axis=axis)) for axis in (1, 0))
    assert (len(rows), len(columns)) == (20, 10)


def test_polarity_does_not_matter() -> None:
    light_on_dark = large(three())
    assert likeness(digit_from_image(light_on_dark).image, digit_from_image(255 - light_on_dark).image) > 0.999


@pytest.mark.parametrize("side", [40, 64, 280, 1500])
def test_size_does_not_matter(side: int) -> None:
    assert likeness(digit_from_image(255 - large(three(), side)).centred, three()) > 0.95


def test_faint_ink_is_stretched_to_full_contrast() -> None:
    faint = (200 - large(three()) // 5).astype(np.uint8)
    steps = digit_from_image(faint)
    assert steps.image.max() == 255
    assert steps.drawn.max() < 60
    assert likeness(steps.centred, three()) > 0.95


def test_uneven_noisy_background_is_tolerated() -> None:
    rng = np.random.default_rng(0)
    height, width = 420, 600
    down, right = np.mgrid[:height, :width] / width
    background = 120.0 + 90.0 * right - 60.0 * down + 20.0 * right * right
    ink = np.zeros((height, width))
    ink[100:380, 30:310] = large(three()) / 255.0
    photo = np.clip(background * (1.0 - 0.6 * ink) + rng.normal(0.0, 5.0, ink.shape), 0, 255).astype(np.uint8)
    steps = digit_from_image(photo)
    assert likeness(steps.centred, three()) > 0.95
    assert steps.centred[:4].sum() == 0


def test_small_digit_on_a_large_noisy_page_is_found() -> None:
    rng = np.random.default_rng(0)
    page = rng.normal(200.0, 4.0, (900, 700))
    page[700:770, 100:170] -= large(three(), 70) * 0.5
    assert likeness(digit_from_image(np.clip(page, 0, 255).astype(np.uint8)).centred, three()) > 0.9


def test_tight_crop_is_not_taken_for_background() -> None:
    # A ring whose ink covers two thirds of the picture and touches its border.
    down, right = np.mgrid[:200, :200] - 99.5
    distance = np.hypot(down, right)
    crop = np.where((distance < 100) & (distance > 38), 20, 240).astype(np.uint8)
    boxed = digit_from_image(crop).boxed
    assert boxed[10, 10] == boxed[0, 0] == 0
    assert boxed[10, 2] == boxed[2, 10] == 255


def test_tight_crop_of_a_blurred_bar_is_not_blank() -> None:
    """Half ink, and so soft that two classes explain just 85 % of its variance."""
    profile = np.interp(np.arange(56), [0, 4, 24, 32, 52, 55], [255, 255, 0, 0, 255, 255])
    bar = np.tile(profile, (210, 1))
    bar[:8] = bar[-8:] = 255
    boxed = digit_from_image(bar.astype(np.uint8)).boxed
    assert boxed[10].max() == 255
    assert np.flatnonzero(boxed.any(axis=1)).tolist() == list(range(20))


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (28, 28), (200, 300)])
def test_blank_picture_gives_zeros(level: int, shape: tuple[int, int]) -> None:
    assert_blank(digit_from_image(np.full(shape, level, dtype=np.uint8)))


def test_noise_and_shading_alone_are_blank() -> None:
    rng = np.random.default_rng(0)
    shaded = np.linspace(90.0, 220.0, 400)[:, None] + rng.normal(0.0, 4.0, (400, 300))
    assert_blank(digit_from_image(shaded.astype(np.uint8)))


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (3, 3), (1, 5000), (5000, 2)])
def test_extreme_shapes_are_processed(shape: tuple[int, int]) -> None:
    pixels = np.zeros(shape, dtype=np.uint8)
    pixels[-1, -1] = 255
    steps = digit_from_image(pixels)
    assert steps.image.shape == (28, 28)
    assert steps.image.dtype == np.uint8


def test_picture_like_mnist_stays_unchanged() -> None:
    image = render(builtin_drawing(3, "round"))
    assert np.array_equal(digit_from_image(image).image, image)


def test_28x28_picture_that_is_not_like_mnist_is_processed() -> None:
    corner = np.roll(three(), (-4, -4), axis=(0, 1))
    steps = digit_from_image(corner)
    assert not np.array_equal(steps.image, corner)
    assert likeness(steps.centred, three()) > 0.95


def test_every_step_is_returned() -> None:
    page = np.full((200, 200), 255, dtype=np.uint8)
    page[20:90, 20:90] -= large(three(), 70)
    steps = digit_from_image(page)
    ink = np.argwhere(steps.drawn > 50)
    assert ink.max() < 14
    rows = np.flatnonzero((steps.cropped > 50).any(axis=1))
    assert (rows[0], rows[-1]) == (0, 27)
    assert np.array_equal(np.pad(steps.boxed, 4), steps.centred)
    assert steps.image.sum() == steps.centred.sum()


@pytest.mark.skipif(not MNIST_FILE.is_file(), reason="MNIST is not beside this checkout")
def test_mnist_stays_unchanged_and_survives_a_scan() -> None:
    images = read_mnist(MNIST_FILE).test.images[:50]
    assert all(np.array_equal(digit_from_image(image).image, image) for image in images)
    scans = [likeness(digit_from_image(255 - large(image)).image, image) for image in images]
    # With soft edges the shift by whole pixels is sometimes rounded differently, so some digits move by one.
    assert np.median(scans) > 0.97
    assert min(scans) > 0.6


def test_without_any_step_a_picture_is_only_shrunk() -> None:
    page = np.full((200, 300), 255, dtype=np.uint8)
    page[20:104, 30:114] = 255 - large(three(), 84)
    steps, none = digit_from_image(page), digit_from_image(page, NO_STEPS)
    assert np.array_equal(none.image, steps.drawn)
    assert not np.array_equal(none.image, steps.image)


def test_a_step_that_is_left_out_returns_its_input_for_a_picture() -> None:
    page = np.full((200, 300), 255, dtype=np.uint8)
    page[20:104, 30:114] = 255 - large(three(), 84)
    uncropped, unboxed, unshifted = (
        digit_from_image(page, ALL_STEPS.switched(step)) for step in (Step.CROP, Step.BOX, Step.MASS)
    )
    assert np.array_equal(uncropped.cropped, uncropped.drawn)
    assert uncropped.boxed.shape == (20, 20)
    assert np.array_equal(unboxed.boxed, unboxed.cropped)
    assert np.array_equal(unshifted.image, unshifted.centred)
    assert np.array_equal(digit_from_image(page, ALL_STEPS.switched(Step.PEN)).image, digit_from_image(page).image)


def test_line_below_the_digit_is_left_out_and_kept_as_a_step() -> None:
    page = np.full((140, 140), 255, dtype=np.uint8)
    page[20:104, 30:114] = 255 - large(three(), 84)
    plain = digit_from_image(page)
    page[125:129] = 0
    steps = digit_from_image(page)
    assert plain.left_out is None
    assert np.array_equal(steps.image, plain.image)
    assert steps.left_out is not None
    assert np.flatnonzero((steps.left_out > 50).any(axis=1)).tolist() == [25]
    assert steps.drawn[25].min() > 100


def test_without_cropping_nothing_is_left_out() -> None:
    page = np.full((140, 140), 255, dtype=np.uint8)
    page[20:104, 30:114] = 255 - large(three(), 84)
    page[125:129] = 0
    steps = digit_from_image(page, NO_STEPS)
    assert steps.left_out is None
    assert np.array_equal(steps.image, steps.drawn)
