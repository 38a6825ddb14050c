"""The built-in digits."""

import numpy as np
import pytest

from digitlab.data.builtin import builtin_dataset, builtin_drawing, builtin_styles, random_drawing
from digitlab.data.drawing.geometry import bounds
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing
from digitlab.system.errors import DigitLabError

ALL_STYLES = [(digit, style) for digit in range(10) for style in builtin_styles(digit)]


def is_on_canvas(drawing: Drawing) -> bool:
    left, top, right, bottom = bounds(drawing) or (0.0, 0.0, 2.0, 2.0)
    return 0.0 <= left <= right <= 1.0 and 0.0 <= top <= bottom <= 1.0


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_has_several_styles(digit: int) -> None:
    assert len(builtin_styles(digit)) >= 4


@pytest.mark.parametrize(("digit", "style"), ALL_STYLES)
def test_style_is_a_labelled_drawing_on_the_canvas(digit: int, style: str) -> None:
    drawing = builtin_drawing(digit, style)
    assert drawing.label == digit
    assert is_on_canvas(drawing)
    assert 0.04 < render(drawing).mean() / 255 < 0.25


def test_styles_look_different() -> None:
    images = [render(builtin_drawing(digit, style)).astype(float) for digit, style in ALL_STYLES]
    for index, image in enumerate(images):
        for other in images[:index]:
            assert np.abs(image - other).sum() / 255 > 4


def test_one_with_base_is_written_in_two_strokes_from_top_to_bottom() -> None:
    stem, base = builtin_drawing(1, "base").strokes
    assert stem.points[-1, 1] > stem.points[0, 1]
    assert base.points[-1, 0] > base.points[0, 0]


def test_the_slash_goes_through_the_zero() -> None:
    for style in ("slashed", "slashed across"):
        ring, slash = (stroke.points[:, :2] for stroke in builtin_drawing(0, style).strokes)
        middle = (ring.min(axis=0) + ring.max(axis=0)) / 2
        assert np.hypot(*(slash - middle).T).min() < 0.1
        assert slash[0, 0] > slash[-1, 0]
        overshoots = slash[-1, 1] > ring[:, 1].max()
        assert overshoots == (style == "slashed across")


@pytest.mark.parametrize("digit", [-1, 10])
def test_number_that_is_not_a_digit_is_rejected(digit: int) -> None:
    with pytest.raises(DigitLabError, match="not a digit"):
        builtin_styles(digit)
    with pytest.raises(DigitLabError, match="not a digit"):
        random_drawing(digit, np.random.default_rng(0))


def test_unknown_style_is_rejected_with_a_list_of_the_known_ones() -> None:
    with pytest.raises(DigitLabError, match="plain, bent"):
        builtin_drawing(1, "gothic")


@pytest.mark.parametrize("digit", range(10))
def test_random_drawings_are_labelled_and_on_the_canvas(digit: int) -> None:
    rng = np.random.default_rng(digit)
    several = [random_drawing(digit, rng) for _ in range(20)]
    assert all(drawing.label == digit and is_on_canvas(drawing) for drawing in several)
    assert len({render(drawing).tobytes() for drawing in several}) == 20


def test_random_drawing_depends_only_on_its_generator() -> None:
    one, other = (random_drawing(5, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(render(one), render(other))


def test_dataset_is_balanced_shuffled_and_of_the_requested_size() -> None:
    dataset = builtin_dataset(train_count=503, test_count=100)
    assert dataset.name == "Built-in digits"
    assert (len(dataset.train), len(dataset.test)) == (503, 100)
    assert set(np.bincount(dataset.train.labels).tolist()) == {50, 51}
    assert np.bincount(dataset.test.labels).tolist() == [10] * 10
    assert len(set(dataset.train.labels[:20].tolist())) > 3


def test_same_seed_gives_the_same_dataset_and_another_seed_another() -> None:
    one, same, other = (builtin_dataset(200, 50, seed) for seed in (3, 3, 4))
    assert np.array_equal(one.train.images, same.train.images)
    assert np.array_equal(one.train.labels, same.train.labels)
    assert np.array_equal(one.test.images, same.test.images)
    assert not np.array_equal(one.train.images, other.train.images)


def test_no_two_digits_are_the_same() -> None:
    dataset = builtin_dataset(1000, 200)
    images = np.concatenate([dataset.train.images, dataset.test.images])
    assert len({image.tobytes() for image in images}) == 1200


def test_a_digit_looks_more_like_its_own_class() -> None:
    """A nearest-mean classifier is crude, but far better than chance only if the labels are correct."""
    dataset = builtin_dataset(2000, 500)
    train = dataset.train.images.reshape(2000, -1) / 255.0
    test = dataset.test.images.reshape(500, -1) / 255.0
    means = np.stack([train[dataset.train.labels == digit].mean(axis=0) for digit in range(10)])
    nearest = ((test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == dataset.test.labels).mean() > 0.7


def test_amount_of_ink_is_about_that_of_mnist() -> None:
    # In MNIST's test digits the mean pixel is 13.25 % of full ink.
    assert builtin_dataset(500, 10).train.images.mean() / 255 == pytest.approx(0.1325, abs=0.015)
