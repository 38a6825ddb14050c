"""The lens against Keras on every layer, and against convolutions worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.insight.lens import Inspection, inspect
from digitlab.model.build import build_keras_model
from digitlab.model.layer import Activation, GlobalPooling, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import PEN, PRESETS, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec
from tests.helpers.networks import keras_model_of, random_snapshot, small_dataset, specs

TOLERANCE = 1e-5


def _keras_activations(model, image: np.ndarray) -> list[np.ndarray]:
    """Return the output of every layer of a Keras model for one image."""
    output = image[np.newaxis, :, :, np.newaxis].astype(np.float32) / np.float32(255)
    outputs = []
    for layer in model.layers:
        output = layer(output)
        outputs.append(np.asarray(output)[0])
    return outputs


def _assert_equal(inspection: Inspection, outputs: list[np.ndarray]) -> None:
    assert len(inspection.activations) == len(outputs) + 1
    for ours, keras in zip(inspection.activations[1:], outputs, strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, keras, rtol=0, atol=TOLERANCE * max(1.0, float(np.abs(keras).max())))


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("loss", Loss)
def test_every_layer_of_every_preset_equals_keras(name: str, loss: Loss):
    spec = PRESETS[name].with_loss(loss)
    model = build_keras_model(spec, seed=5)
    assert model.count_params() == spec.total_parameters
    assert [layer.__class__.__name__ for layer in model.layers] == [row.type_name for row in spec.summary()]
    assert [tuple(layer.output.shape[1:]) for layer in model.layers] == [row.output_shape for row in spec.summary()]
    snapshot = Snapshot.of(spec, model.get_weights())
    for image in small_dataset().test.images[:3]:
        _assert_equal(inspect(snapshot, image), _keras_activations(model, image))


@settings(max_examples=40)
@given(specs(), st.integers(0, 2**31))
def test_every_layer_of_any_network_equals_keras(spec: ModelSpec, seed: int):
    snapshot = random_snapshot(spec, seed)
    model = keras_model_of(snapshot)
    assert all(np.array_equal(ours, keras) for ours, keras in zip(snapshot.arrays, model.get_weights(), strict=True))
    image = np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)
    _assert_equal(inspect(snapshot, image), _keras_activations(model, image))


def _with_kernel(layer: Conv2D, kernel: list[list[float]], bias: float) -> Snapshot:
    weights = np.array(kernel, np.float32)[:, :, np.newaxis, np.newaxis]
    return Snapshot.of(ModelSpec("", (layer,)), [weights, np.array([bias], np.float32)])


def test_a_convolution_worked_by_hand():
    image = np.zeros((28, 28), np.uint8)
    image[0:2, 0:3] = [[255, 51, 0], [102, 0, 204]]  # 1, 0.2, 0; 0.4, 0, 0.8
    layer = Conv2D(1, 2, activation=Activation.RELU)
    inspection = inspect(_with_kernel(layer, [[1, 2], [3, -4]], 0.5), image)
    # 1*1 + 2*0.2 + 3*0.4 - 4*0 + 0.5 = 3.1;  0.2 + 0 + 0 - 3.2 + 0.5 = -2.5, which ReLU cuts off.
    assert inspection.sums[0][0, 0, 0] == pytest.approx(3.1)
    assert inspection.sums[0][0, 1, 0] == pytest.approx(-2.5)
    assert inspection.activations[1][0, :2, 0] == pytest.approx([3.1, 0.0])


def test_same_padding_adds_the_odd_zero_at_the_end():
    image = np.zeros((28, 28), np.uint8)
    image[27, 27] = 255
    layer = Conv2D(1, 2, padding=Padding.SAME, activation=Activation.LINEAR)
    sums = inspect(_with_kernel(layer, [[1, 2], [3, 4]], 0.0), image).sums[0][:, :, 0]
    assert sums.shape == (28, 28)
    # The last pixel meets the kernel's first weight at its own place and its last one a row and column before.
    assert sums[26:, 26:].tolist() == [[4, 3], [2, 1]]


def test_a_stride_skips_places():
    image = np.arange(784, dtype=np.uint16).reshape(28, 28) % 251
    layer = Conv2D(1, 1, strides=3, activation=Activation.LINEAR)
    activations = inspect(_with_kernel(layer, [[255]], 0.0), image.astype(np.uint8)).activations[1]
    np.testing.assert_allclose(activations[:, :, 0], image[::3, ::3], atol=1e-4)


@pytest.mark.parametrize(("kind", "wanted"), [(Pooling.MAX, 0.8), (Pooling.AVERAGE, 0.35), (Pooling.NORM, 0.84**0.5)])
def test_pooling_worked_by_hand(kind: Pooling, wanted: float):
    image = np.zeros((28, 28), np.uint8)
    image[2:4, 0:2] = [[51, 204], [0, 102]]
    pooled = inspect(Snapshot.of(ModelSpec("", (Pooling2D(2, kind),)), []), image).activations[1]
    assert pooled.shape == (14, 14, 1)
    assert pooled[1, 0, 0] == pytest.approx(wanted)
    assert np.count_nonzero(pooled) == 1


@pytest.mark.parametrize(("kind", "wanted"), [(GlobalPooling.MAX, 0.8), (GlobalPooling.AVERAGE, 1.4 / 784)])
def test_global_pooling_worked_by_hand(kind: GlobalPooling, wanted: float):
    image = np.zeros((28, 28), np.uint8)
    image[2:4, 0:2] = [[51, 204], [0, 102]]
    pooled = inspect(Snapshot.of(ModelSpec("", (GlobalPooling2D(kind),)), []), image).activations[1]
    assert pooled.tolist() == [pytest.approx(wanted)]


def test_softmax_sums_to_one_and_survives_large_sums():
    spec = ModelSpec("", (Flatten(), Dense(10, Activation.SOFTMAX)))
    kernel, bias = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
    bias[3] = 1000
    outputs = inspect(Snapshot.of(spec, [kernel, bias]), np.zeros((28, 28), np.uint8)).probabilities
    assert outputs is not None
    assert outputs.tolist() == np.eye(10)[3].tolist()


def test_sigmoid_does_not_overflow():
    spec = ModelSpec("", (Flatten(), Dense(10, Activation.SIGMOID)))
    bias = np.array([-1e4, 1e4] * 5, np.float32)
    outputs = inspect(Snapshot.of(spec, [np.zeros((784, 10)), bias]), np.zeros((28, 28), np.uint8)).probabilities
    assert outputs is not None
    assert outputs.tolist() == [0.0, 1.0] * 5


def test_overflowing_weights_give_no_warning():
    snapshot = random_snapshot(TUTORIAL, scale=1e25)
    outputs = inspect(snapshot, np.full((28, 28), 255, np.uint8)).probabilities
    assert outputs is not None
    assert not np.isfinite(outputs).all()


def test_a_blank_image_is_recognised():
    snapshot = random_snapshot(TUTORIAL)
    image = np.zeros((28, 28), np.uint8)
    assert inspect(snapshot, image).is_blank
    image[14, 14] = 1
    assert not inspect(snapshot, image).is_blank


def test_feature_maps_are_no_probabilities():
    assert inspect(random_snapshot(PRESETS["one-conv"]), np.zeros((28, 28), np.uint8)).probabilities is None


def test_eleven_outputs_give_ten_probabilities():
    inspection = inspect(random_snapshot(PEN), np.full((28, 28), 255, np.uint8))
    outputs, probabilities = inspection.outputs, inspection.probabilities
    assert outputs is not None
    assert outputs.shape == (11,)
    assert probabilities is not None
    np.testing.assert_allclose(probabilities, outputs[:10] / outputs[:10].sum(), rtol=1e-5)


def test_ten_outputs_are_the_probabilities():
    inspection = inspect(random_snapshot(TUTORIAL), np.full((28, 28), 255, np.uint8))
    assert inspection.outputs is inspection.probabilities
