"""The image that excites a unit most, against networks whose preferred image is known."""

import numpy as np
import pytest

from digitlab.attribution.preferred import ASCENT_STEPS, ascend, excitation
from digitlab.insight.backward import Target
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place, Step
from digitlab.model.files.network_file import read_model
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.assets import model_path
from tests.helpers.networks import random_snapshot, small_dataset

LAST = len(TUTORIAL.layers) - 1
CORNER = np.array([[1, 1, 1, -1, -1], [1, 1, 1, -1, -1], [1, 1, 1, -1, -1], *[[-1] * 5] * 2], np.float32)


@pytest.mark.parametrize("name", ["tutorial", "pen"])
@pytest.mark.parametrize("start", [None, 0], ids=["from noise", "from a drawing"])
def test_the_shipped_networks_see_each_digit_in_its_preferred_image(name: str, start: int | None):
    snapshot = read_model(model_path(name))
    first = None if start is None else small_dataset().test.images[start]
    for digit in range(10):
        *_, last = ascend(snapshot, Target.logit(snapshot.spec, digit), first)
        outputs = inspect(snapshot, np.rint(last.image * 255).astype(np.uint8)).outputs
        assert outputs is not None
        assert outputs.argmax() == digit
        assert outputs[digit] > 0.95


def test_each_step_comes_with_its_value_and_share():
    snapshot = random_snapshot(TUTORIAL, seed=1)
    target = Target.logit(TUTORIAL, 3)
    steps = list(ascend(snapshot, target))
    assert len(steps) == ASCENT_STEPS + 1
    assert (steps[0].share, steps[-1].share) == (0.0, 1.0)
    assert steps[-1].value > steps[10].value > steps[0].value
    for step in steps[::25]:
        assert (step.image.shape, step.image.dtype) == ((28, 28), np.float32)
        assert 0.0 <= step.image.min() <= step.image.max() <= 1.0
        rounded = inspect(snapshot, np.rint(step.image * 255).astype(np.uint8))
        assert step.value == pytest.approx(float(rounded.sums[-1][3]), abs=0.05)


def test_a_filter_wants_the_pattern_of_its_weights_and_nothing_elsewhere():
    spec = ModelSpec("", (Conv2D(1, 5),))
    snapshot = Snapshot.of(spec, [CORNER[:, :, np.newaxis, np.newaxis], np.array([-3.0])])
    *_, last = ascend(snapshot, excitation(spec, Place(0, (12, 12, 0))))
    patch = last.image[12:17, 12:17]
    assert np.array_equal(patch > 0.5, CORNER > 0)
    assert last.image.sum() == pytest.approx(patch.sum())


def test_it_starts_with_the_drawing_and_keeps_what_the_unit_does_not_see():
    spec = ModelSpec("", (Conv2D(1, 5),))
    snapshot, drawing = random_snapshot(spec, seed=2), small_dataset().test.images[0]
    first, *_, last = ascend(snapshot, excitation(spec, Place(0, (12, 12, 0))), drawing)
    np.testing.assert_allclose(first.image, drawing / 255, atol=1e-6)
    changed = last.image != first.image
    assert changed[12:17, 12:17].any()
    changed[12:17, 12:17] = False
    assert not changed.any()


def test_the_same_seed_gives_the_same_image():
    snapshot, target = random_snapshot(TUTORIAL), Target.logit(TUTORIAL, 3)
    images = [list(ascend(snapshot, target, seed=seed))[-1].image for seed in (1, 1, 2)]
    assert np.array_equal(images[0], images[1])
    assert not np.array_equal(images[0], images[2])


def test_a_silent_unit_is_excited_by_its_sum_and_an_output_by_itself():
    assert excitation(TUTORIAL, Place(0, (3, 4, 5))) == Target(0, ((3, 4, 5),), of_sums=True)
    assert excitation(TUTORIAL, Place(1, (3, 4, 5))) == Target(1, ((3, 4, 5),))
    assert excitation(TUTORIAL, Place(LAST, (4,))) == Target.logit(TUTORIAL, 4)
    assert excitation(TUTORIAL, Place(LAST, (4,), Step.OUTPUT)) == Target(LAST, ((4,),))


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_without_a_gradient_the_ink_fades(value: float):
    spec = ModelSpec("", (Flatten(), Dense(10, Activation.SOFTMAX)))
    snapshot = Snapshot.of(spec, [np.full((784, 10), value), np.zeros(10)])
    first, *_, last = ascend(snapshot, Target.logit(spec, 3), small_dataset().test.images[0])
    assert np.isfinite(last.image).all()
    assert last.image.sum() < first.image.sum()
