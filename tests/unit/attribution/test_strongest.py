"""The images of a set that excite a unit most, against the lens for each image."""

import numpy as np
import pytest
from numpy.typing import NDArray

from digitlab.attribution.strongest import Exciting, StrongestSearch
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place
from digitlab.model.layer import Padding
from digitlab.model.layers import Conv2D, Pooling2D
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot, small_dataset

IMAGES = small_dataset().test.images


def searched(snapshot: Snapshot, images: NDArray[np.uint8] = IMAGES, count: int = 9) -> StrongestSearch:
    """Return a search that has looked at all images."""
    search = StrongestSearch(snapshot, images, count)
    while not search.is_complete:
        search.look_further()
    return search


def strongest_images(
    snapshot: Snapshot, images: NDArray[np.uint8], layer: int, channel: int, count: int = 9
) -> tuple[Exciting, ...]:
    return searched(snapshot, images, count).found(layer, channel)


@pytest.mark.parametrize(("layer", "channel"), [(0, 3), (1, 3), (2, 60), (4, 700), (5, 4)])
def test_they_are_those_with_the_largest_values(layer: int, channel: int):
    snapshot = random_snapshot(TUTORIAL, seed=1)
    found = strongest_images(snapshot, IMAGES, layer, channel)
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
    assert [(one.index, one.place) for one in found] == [(1, Place(0, (4, 10, 0))), (2, Place(0, (0, 0, 0)))]
    assert found[0].patch == (slice(8, 11), slice(20, 23))
    assert found[0].value == pytest.approx(9.0)


def test_fewer_images_than_asked_for_are_all():
    found = strongest_images(random_snapshot(TUTORIAL), IMAGES[:4], 0, 0)
    assert sorted(exciting.index for exciting in found) == [0, 1, 2, 3]


def test_the_images_so_far_are_the_strongest_of_the_first_ones():
    snapshot = random_snapshot(TUTORIAL, seed=2)
    search = StrongestSearch(snapshot, IMAGES)
    assert search.found(2, 7) == ()
    seen = []
    while not search.is_complete:
        search.look_further()
        seen.append(search.seen)
        assert search.found(2, 7) == strongest_images(snapshot, IMAGES[: search.seen], 2, 7)
    assert len(seen) > 2
    assert seen[-1] == len(IMAGES)


def test_one_pass_finds_those_of_every_unit():
    snapshot = random_snapshot(TUTORIAL, seed=3)
    search, outputs = searched(snapshot), np.array([inspect(snapshot, image).sums[-1] for image in IMAGES])
    for digit in range(10):
        order = np.argsort(-outputs[:, digit], kind="stable")[:9]
        assert [one.index for one in search.found(5, digit)] == order.tolist()


def test_a_diverged_network_gives_an_answer():
    found = strongest_images(random_snapshot(TUTORIAL, scale=1e25), IMAGES, 5, 3)
    assert len({one.index for one in found}) == 9
