"""Training images that went through simulated photos and scans."""

import numpy as np
import photos
import pytest
import simulations

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.dataset import DigitSet
from digitlab.data.drawing.distortions import KINDS, STRENGTHS
from digitlab.data.drawing.photographs import PHOTO_KINDS
from digitlab.data.drawing.pictures import digit_from_image
from tests.helpers.networks import random_snapshot, small_spec


@pytest.fixture
def sevens():
    """Twelve images of a thick 7."""
    image = np.zeros((28, 28), dtype=np.uint8)
    image[5:8, 8:20] = image[8:23, 16:19] = 255
    return DigitSet(np.repeat(image[None], 12, axis=0), np.full(12, 7, dtype=np.uint8))


@pytest.fixture
def few(monkeypatch):
    """Make eight photos and four scans only."""
    monkeypatch.setattr(photos, "PHOTOS", 8)
    monkeypatch.setattr(photos, "SCANS", 4)


def test_pictures_show_the_digit_and_depend_on_the_seed_alone(sevens, few):
    seen = photos.seen_in_pictures(sevens, 1)
    assert 0 < len(seen) <= 12
    assert set(seen.labels.tolist()) == {7}
    assert (seen.images.mean(axis=(1, 2)) > 255 * 0.03).all()
    np.testing.assert_array_equal(seen.images, photos.seen_in_pictures(sevens, 1).images)
    assert not np.array_equal(seen.images[0], photos.seen_in_pictures(sevens, 2).images[0])


def test_a_scan_fills_its_16_pixels(sevens):
    scan = photos.shrunk(sevens.images[0])
    assert scan.shape == (16, 16)
    assert scan.any(axis=1).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_scan_reads_like_the_digit_in_either_polarity(sevens, seed):
    seen = photos.scanned(sevens.images[0], np.random.default_rng(seed)).astype(float)
    large = digit_from_image(np.kron(sevens.images[0], np.ones((4, 4), dtype=np.uint8))).image.astype(float)
    assert np.corrcoef(seen.ravel(), large.ravel())[0, 1] > 0.9


def test_every_kind_and_strength_is_simulated(sevens, monkeypatch):
    monkeypatch.setattr(simulations, "SAMPLE", 2)
    found = simulations.simulate({"one": random_snapshot(small_spec())}, sevens)["one"]
    assert len(found) == len(PHOTO_KINDS) + len(KINDS) + 3
    assert {len(row) for row in found.values()} == {1, len(STRENGTHS)}
    assert all(0 <= accuracy <= 1 for row in found.values() for accuracy in row)


def test_the_drawn_half_of_the_sample_has_the_labels_of_its_drawings(sevens, monkeypatch):
    labels: list[int] = []

    def draw(digit, rng):
        labels.append(digit)
        return builtin_drawing(digit, builtin_styles(digit)[0])

    monkeypatch.setattr(simulations, "random_drawing", draw)
    monkeypatch.setattr(simulations, "SAMPLE", 300)  # more than a byte counts
    many = DigitSet(np.repeat(sevens.images, 30, axis=0), np.repeat(sevens.labels, 30))
    images, found = simulations.sample(many)
    assert found[:300].tolist() == [7] * 300
    assert found[300:].tolist() == labels
    assert set(labels) == set(range(10))
    assert len(images) == 600
