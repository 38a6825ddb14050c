"""The backward pass: TensorFlow's GradientTape as an oracle, and gradients worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.insight.backward import BACKWARD, Target, gradients, gradients_of
from digitlab.insight.forward import network_input, run_layers
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place, Step
from digitlab.model.layer import Activation, GlobalPooling, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from tests.helpers.gradients import assert_equal_gradients, tape_gradients
from tests.helpers.networks import random_snapshot, small_dataset, specs


def _drawn(seed: int) -> np.ndarray:
    """Return a drawing of the built-in digits, or noise, as 28x28 pixels."""
    rng = np.random.default_rng(seed)
    if rng.random() < 0.3:
        return rng.integers(0, 256, (28, 28)).astype(np.uint8)
    digit = int(rng.integers(10))
    return Sketch(builtin_drawing(digit, builtin_styles(digit)[0])).steps().image


def _random_target(spec: ModelSpec, rng: np.random.Generator) -> Target:
    """Return a unit of any layer, or a difference of two logits."""
    if spec.classifies and rng.random() < 0.3:
        digit, rival = rng.choice(10, 2, replace=False).tolist()
        return Target.difference(spec, digit, rival)
    layer = int(rng.integers(len(spec.layers)))
    unit = tuple(int(rng.integers(length)) for length in spec.shapes[layer + 1])
    is_output = layer == len(spec.layers) - 1 and rng.random() < 0.5
    return Target.at(spec, Place(layer, unit, Step.OUTPUT if is_output else Step.VALUE))


@settings(max_examples=300)
@given(specs(), st.integers(0, 2**31))
def test_gradients_of_any_network_and_target_equal_tensorflow(spec: ModelSpec, seed: int):
    snapshot, rng = random_snapshot(spec, seed), np.random.default_rng(seed)
    inspection, target = inspect(snapshot, _drawn(seed)), _random_target(spec, rng)
    assert_equal_gradients(gradients(inspection, target), tape_gradients(inspection, target))


@pytest.mark.parametrize("name", PRESETS)
def test_gradients_of_every_preset_equal_tensorflow(name: str):
    spec, rng = PRESETS[name], np.random.default_rng(1)
    snapshot = random_snapshot(spec, seed=2)
    for image in small_dataset().test.images[:3]:
        inspection, target = inspect(snapshot, image), _random_target(spec, rng)
        assert_equal_gradients(gradients(inspection, target), tape_gradients(inspection, target))


@pytest.mark.parametrize("kind", [*map(Pooling2D, [2] * 3, Pooling), *map(GlobalPooling2D, GlobalPooling)])
@pytest.mark.parametrize("levels", [1, 2, 3], ids=["all equal", "two values", "three values"])
def test_ties_and_zeros_under_a_pooling_are_resolved_as_by_tensorflow(kind: Pooling2D | GlobalPooling2D, levels: int):
    spec = ModelSpec("", (kind, Flatten(), Dense(3)))
    snapshot = random_snapshot(spec, seed=1)
    image = (np.random.default_rng(levels).integers(0, levels, (28, 28)) * 100).astype(np.uint8)
    inspection, target = inspect(snapshot, image), Target(2, ((0,), (2,)), (1.0, -0.5))
    assert_equal_gradients(gradients(inspection, target), tape_gradients(inspection, target))


@given(specs(), st.integers(0, 2**31))
@settings(max_examples=25)
def test_a_batch_gives_the_gradients_of_each_of_its_examples(spec: ModelSpec, seed: int):
    snapshot, target = random_snapshot(spec, seed), _random_target(spec, np.random.default_rng(seed))
    images = np.stack([_drawn(seed + nth) for nth in range(3)])
    activations, sums = [network_input(images)], []
    for before, after in run_layers(snapshot, activations[0]):
        sums.append(before)
        activations.append(after)
    together = gradients_of(snapshot, activations, sums, target)
    for nth, image in enumerate(images):
        alone = gradients(inspect(snapshot, image), target)
        for batch, one in zip(together, alone, strict=True):
            np.testing.assert_allclose(batch[nth], one, rtol=1e-4, atol=1e-4 * max(1.0, float(np.abs(one).max())))


def test_the_gradient_of_a_linear_model_is_its_weights():
    snapshot = random_snapshot(ModelSpec("", (Flatten(), Dense(10, Activation.SOFTMAX))), seed=4)
    kernel, _ = snapshot.weights[1]
    inspection = inspect(snapshot, _drawn(5))
    of_logit = gradients(inspection, Target.logit(snapshot.spec, 7))
    assert [gradient.shape for gradient in of_logit] == [(28, 28, 1), (784,)]
    assert np.array_equal(of_logit[0].reshape(-1), kernel[:, 7])
    of_difference = gradients(inspection, Target.difference(snapshot.spec, 4, 9))
    assert np.array_equal(of_difference[0].reshape(-1), kernel[:, 4] - kernel[:, 9])


def test_a_convolution_and_a_relu_worked_by_hand():
    kernel = np.array([[1, 2], [3, -4]], np.float32)[:, :, np.newaxis, np.newaxis]
    snapshot = Snapshot.of(ModelSpec("", (Conv2D(1, 2, strides=2),)), [kernel, np.array([0.5])])
    image = np.zeros((28, 28), np.uint8)
    image[3, 3] = 255  # under the -4 of the second window of the second row: -3.5, which ReLU cuts off
    inspection = inspect(snapshot, image)
    cut_off = Target(0, ((1, 1, 0),))
    assert not gradients(inspection, cut_off)[0].any()
    before = gradients(inspection, Target(0, ((1, 1, 0),), of_sums=True))
    passed = gradients(inspection, Target(0, ((1, 2, 0),)))
    assert len(before) == 1
    assert before[0][2:4, 2:4, 0].tolist() == passed[0][2:4, 4:6, 0].tolist() == [[1, 2], [3, -4]]
    assert np.count_nonzero(before[0]) == np.count_nonzero(passed[0]) == 4
    assert passed[1][1, 2, 0] == np.abs(passed[1]).sum() == 1


def test_the_gradient_of_a_whole_map_is_the_mean_of_its_units():
    snapshot = random_snapshot(ModelSpec("", (Conv2D(3, 5), Pooling2D(6))), seed=4)
    inspection = inspect(snapshot, _drawn(3))
    whole = Target.whole_map(snapshot.spec, 1, 2)
    assert float(whole.value(inspection.activations[2])) == pytest.approx(inspection.activations[2][:, :, 2].mean())
    units = [Target(1, ((row, column, 2),)) for row in range(4) for column in range(4)]
    mean = np.mean([gradients(inspection, unit)[0] for unit in units], axis=0)
    np.testing.assert_allclose(gradients(inspection, whole)[0], mean, atol=1e-6)


def test_a_pixel_depends_on_itself_alone():
    inspection = inspect(random_snapshot(TUTORIAL), _drawn(3))
    (gradient,) = gradients(inspection, Target.at(TUTORIAL, Place(-1, (4, 5, 0))))
    assert gradient[4, 5, 0] == gradient.sum() == 1


def test_places_name_logits_outputs_and_activations():
    last = len(TUTORIAL.layers) - 1
    assert Target.at(TUTORIAL, Place(last, (4,))) == Target.logit(TUTORIAL, 4)
    assert Target.at(TUTORIAL, Place(last, (4,), Step.OUTPUT)) == Target(last, ((4,),))
    assert Target.at(TUTORIAL, Place(1, (2, 3, 4))) == Target(1, ((2, 3, 4),))
    with pytest.raises(DigitLabError, match="Choose the output or the logit"):
        Target.at(TUTORIAL, Place(last, (4,), Step.COST))


def test_overflowing_weights_give_no_warning():
    inspection = inspect(random_snapshot(TUTORIAL, scale=1e25), np.full((28, 28), 255, np.uint8))
    assert gradients(inspection, Target.logit(TUTORIAL, 3))[0].shape == (28, 28, 1)


def test_a_layer_type_without_an_entry_gets_a_clear_answer(monkeypatch: pytest.MonkeyPatch):
    inspection = inspect(random_snapshot(TUTORIAL), _drawn(3))
    monkeypatch.delitem(BACKWARD, Pooling2D)
    with pytest.raises(DigitLabError, match=r"The layer pool1 \(max pool 2 × 2\) has no gradient"):
        gradients(inspection, Target.logit(TUTORIAL, 3))
    assert gradients(inspection, Target(0, ((0, 0, 0),), of_sums=True))[
        0
    ].any()  # the layers before need no entry of it
