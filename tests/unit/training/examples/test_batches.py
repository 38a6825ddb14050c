"""The batches of a training with augmentation: their mix, their labels, and their reproducibility."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from digitlab.data.builtin import random_drawing
from digitlab.data.digit import NO_DIGIT
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.training.config import Augmentation, TrainingConfig
from digitlab.training.events import OptimizerStart, Origin, TrainingStarted
from digitlab.training.examples.batches import Examples, Kind, batch_position
from tests.helpers.networks import small_dataset
from tests.helpers.trainings import started_training

pytestmark = pytest.mark.usefixtures("few_drawings")

IMAGES: Final = TrainingConfig(batch_size=64, augmentation=Augmentation.IMAGES)
DRAWINGS: Final = TrainingConfig(batch_size=64, augmentation=Augmentation.DRAWINGS)


@pytest.fixture(scope="module")
def drawings() -> tuple[Drawing, ...]:
    """Thirty digits, and ten crosses as non-digits."""
    rng = np.random.default_rng(1)
    digits = [random_drawing(index % 10, rng) for index in range(30)]
    cross = (Stroke.of([[0, 0], [1, 1]]), Stroke.of([[0, 1], [1, 0]]))
    return (*digits, *[Drawing(cross)] * 10)


def _examples(config: TrainingConfig, drawings: tuple[Drawing, ...] = (), spec: ModelSpec = PEN) -> Examples:
    return Examples(small_dataset().train, drawings, spec, config)


def _epoch(examples: Examples, epoch: int = 0) -> tuple[np.ndarray, np.ndarray]:
    batches = [examples.batch(epoch, index) for index in range(examples.batch_count)]
    images, labels = (np.concatenate(each) for each in zip(*batches, strict=True))
    return images, labels


def _digit_counts(labels: np.ndarray) -> list[int]:
    return np.bincount(labels, minlength=10).tolist()


def _is_wide(image: np.ndarray) -> bool:
    height, width = (np.ptp(np.flatnonzero(image.any(axis=axis))) for axis in (1, 0))
    return bool(width > height)


def test_an_epoch_contains_each_image_once():
    examples = _examples(IMAGES)
    assert (examples.count, examples.batch_count) == (330, 6)
    images, labels = _epoch(examples)
    assert len(images) == 330
    assert _digit_counts(labels) == _digit_counts(small_dataset().train.labels)
    assert len(examples.batch(0, 5)[1]) == 330 - 5 * 64


def test_an_epoch_with_drawings_is_mixed_by_the_shares(drawings: tuple[Drawing, ...]):
    examples = _examples(DRAWINGS, drawings)
    assert dict(examples.counts) == {
        Kind.IMAGE: 330,
        Kind.DRAWN_DIGIT: round(330 * 0.64),
        Kind.DRAWN_NO_DIGIT: round(330 * 0.18),
        Kind.GENERATED: round(330 * 0.12),
        Kind.SEVERAL: round(330 * 0.06),
    }
    images, labels = _epoch(examples)
    assert len(images) == len(labels) == examples.count
    assert (labels == NO_DIGIT).sum() == round(330 * 0.18) + round(330 * 0.12) + round(330 * 0.06)
    # Each of the thirty drawn digits comes seven times, one of them eight; each image once.
    rest = np.array(_digit_counts(labels)[:10]) - _digit_counts(small_dataset().train.labels)
    assert rest.sum() == 211
    assert ((rest == 21) | (rest == 22)).all()


@pytest.mark.parametrize("config", [IMAGES, DRAWINGS])
def test_about_half_of_the_images_stay_unchanged(config: TrainingConfig, drawings: tuple[Drawing, ...]):
    known = {image.tobytes() for image in small_dataset().train.images}
    plain = sum(image.tobytes() in known for image in _epoch(_examples(config, drawings))[0])
    assert 0.35 * 330 < plain < 0.65 * 330


def test_without_unlabelled_drawings_their_share_is_generated(drawings: tuple[Drawing, ...]):
    counts = _examples(DRAWINGS, drawings[:30]).counts
    assert Kind.DRAWN_NO_DIGIT not in counts
    assert counts[Kind.GENERATED] == round(330 * 0.30)


def test_a_network_with_ten_outputs_is_trained_on_digits_only(drawings: tuple[Drawing, ...]):
    examples = _examples(DRAWINGS, drawings, TUTORIAL)
    assert set(examples.counts) == {Kind.IMAGE, Kind.DRAWN_DIGIT}
    assert _epoch(examples)[1].max() == 9


def test_without_drawings_the_built_in_digits_are_used():
    images, labels = _epoch(_examples(DRAWINGS))
    assert set(labels.tolist()) == set(range(11))
    assert images.any(axis=(1, 2)).all()


def test_empty_drawings_are_ignored(drawings: tuple[Drawing, ...]):
    blank = (Drawing((), 3), Drawing())
    assert _examples(DRAWINGS, (*blank, *drawings)).counts == _examples(DRAWINGS, drawings).counts
    images, _ = _epoch(_examples(DRAWINGS, (*blank, *drawings)))
    assert images.any(axis=(1, 2)).all()


def test_labels_belong_to_their_drawings():
    """Vertical lines have the label 0 and horizontal ones 1, so that the label follows from the image."""
    lines = (Drawing((Stroke.of([[0, 0], [0, 1]]),), 0), Drawing((Stroke.of([[0, 0], [1, 0]]),), 1))
    train = small_dataset().train
    examples = Examples(train.subset(train.labels == 8), lines, TUTORIAL, DRAWINGS)
    images, labels = _epoch(examples)
    drawn = labels != 8
    assert drawn.sum() == examples.counts[Kind.DRAWN_DIGIT]
    assert [int(_is_wide(image)) for image in images[drawn]] == labels[drawn].tolist()


def test_the_same_seed_gives_the_same_batches_in_any_order(drawings: tuple[Drawing, ...]):
    one, other = (_examples(DRAWINGS, drawings) for _ in range(2))
    first = one.batch(3, 2)
    other.batch(0, 0)
    other.batch(3, 4)
    assert all(np.array_equal(a, b) for a, b in zip(first, other.batch(3, 2), strict=True))


def test_epochs_and_seeds_differ(drawings: tuple[Drawing, ...]):
    examples = _examples(DRAWINGS, drawings)
    other = _examples(replace(DRAWINGS, seed=2), drawings)
    assert not np.array_equal(examples.batch(0, 0)[0], examples.batch(1, 0)[0])
    assert not np.array_equal(examples.batch(0, 0)[0], other.batch(0, 0)[0])


def test_letters_are_also_rotated():
    """Vertical in the file, horizontal in some examples."""
    digit, letter = random_drawing(0, np.random.default_rng(0)), Drawing((Stroke.of([[0, 0], [0, 9]]),))
    train = small_dataset().train
    examples = Examples(train, (digit, letter), PEN, DRAWINGS)
    first, many = 1, 60
    may_turn = np.ones(many, dtype=np.bool_)
    shown = examples._warped_drawings(np.full(many, first), may_turn, np.random.default_rng(0))
    assert 0.1 * many < sum(_is_wide(image) for image in shown) < 0.4 * many
    shown = examples._warped_drawings(np.full(many, first), ~may_turn, np.random.default_rng(0))
    assert not any(_is_wide(image) for image in shown)


def _branch(started: TrainingStarted, batches: int, steps_per_epoch: int = 0) -> TrainingStarted:
    """Return a training that continues from the snapshot after so many batches of another."""
    step = started.first_step + batches
    origin = Origin("Small", step, started.epoch_of(step), OptimizerStart.RESTORED)
    return started_training(steps_per_epoch=steps_per_epoch or started.steps_per_epoch, origin=origin)


def test_repeatedly_continued_trainings_see_the_batches_of_an_uninterrupted_one():
    whole = started_training(steps_per_epoch=7)
    seen, started = [], whole
    for batches in (10, 4, 1, 7, 3):
        seen += [batch_position(started, step) for step in range(batches)]
        started = _branch(started, batches)
    assert seen == [divmod(step, 7) for step in range(25)]
    assert batch_position(started, 0) == (3, 4)


def test_continuing_with_another_batch_size_starts_with_the_next_whole_batch():
    started = _branch(started_training(steps_per_epoch=8), 11, steps_per_epoch=4)
    assert [batch_position(started, step) for step in range(3)] == [(1, 2), (1, 3), (2, 0)]
