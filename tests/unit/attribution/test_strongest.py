"""The images of a set that excite a unit most, against the lens for each image."""

import numpy as np
import pytest

from digitlab.attribution.strongest import strongest_images
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place
from digitlab.model.layer import Padding
from digitlab.model.layers import Conv2D, Pooling2D
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot, small_dataset

IMAGES = small_dataset().test.images


@pytest.mark.parametrize(("layer", "channel"), [(0, 3), (1, 3), (2, 60), (4, 700), (5, 4)])
def test_they_are_those_with_the_largest_values(layer: int, channel: int):
    snapshot = random_snapshot(TUTORIAL, seed=1)
    found = strongest_images(snapshot, IMAGES, layer, channel)
    assert found is not None
    inspections = [inspect(snapshot, image) for image in IMAGES]
    peaks = np.array([inspection.sums[layer][..., channel].max() for inspection in inspections])
    assert len({exciting.index for exciting in found}) == 9
    np.testing.assert_allclose([peaks[exciting.index] for exciting in found], np.sort(peaks)[::-1][:9], atol=1e-5)
    for exciting in found:
        inspection, place = inspections[exciting.index], exciting.place
        assert (place.layer, place.unit[-1]) == (layer, channel)
        values = inspection.sums[5] if layer == 5 else inspection.activations[layer + 1]
        assert exciting.value == pytest.approx(float(values[place.unit]), abs=1e-5)
        assert exciting.patch == TUTORIAL.receptive_field(layer, place.unit)


def test_a_patch_is_where_the_pattern_is():
    spec = ModelSpec("", (Conv2D(1, 3, 2, Padding.SAME), Pooling2D(2)))
    snapshot = Snapshot.of(spec, [np.ones((3, 3, 1, 1)), np.zeros(1)])
    images = np.zeros((3, 28, 28), np.uint8)
    images[1, 8:11, 20:23] = 255
    images[2, 0, 0] = 100
    found = strongest_images(snapshot, images, 0, 0, count=2)
    assert found is not None
    assert [(one.index, one.place) for one in found] == [(1, Place(0, (4, 10, 0))), (2, Place(0, (0, 0, 0)))]
    assert found[0].patch == (slice(8, 11), slice(20, 23))
    assert found[0].value == pytest.approx(9.0)


def test_fewer_images_than_asked_for_are_all():
    found = strongest_images(random_snapshot(TUTORIAL), IMAGES[:4], 0, 0)
    assert found is not None
    assert sorted(exciting.index for exciting in found) == [0, 1, 2, 3]


def test_it_reports_progress_and_can_be_cancelled():
    shares: list[float] = []
    snapshot = random_snapshot(TUTORIAL)
    assert strongest_images(snapshot, IMAGES, 0, 0, progress=shares.append) is not None
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    shares.clear()
    assert strongest_images(snapshot, IMAGES, 0, 0, progress=shares.append, is_cancelled=lambda: bool(shares)) is None
    assert len(shares) == 1


def test_a_diverged_network_gives_an_answer():
    assert strongest_images(random_snapshot(TUTORIAL, scale=1e25), IMAGES, 5, 3) is not None
