"""Losses with outputs of an activation that does not belong to them: what is trained is what is on screen."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.model.layer import Activation
from digitlab.model.loss_pairs import is_odd, odd_pair
from digitlab.model.presets import PEN, PRESETS, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec
from digitlab.training.events import SnapshotTaken
from digitlab.training.to_keras import keras_loss, outputs_for_loss
from tests.helpers.networks import keras_model_of, random_snapshot, small_spec

PAIRS = pytest.mark.parametrize(
    ("loss", "activation"), [(loss, activation) for loss in Loss for activation in Activation]
)
TARGETS = np.eye(10, dtype=np.float32)[[3, 1, 4, 1, 5, 9, 2, 6]]


def with_pair(spec: ModelSpec, loss: Loss, activation: Activation) -> ModelSpec:
    """Return a network with a loss and an activation of its outputs."""
    last = replace(spec.layers[-1], activation=activation)
    return replace(spec, loss=loss).with_layer(len(spec.layers) - 1, last)


def loss_of_graph(spec: ModelSpec, snapshot: Snapshot, images: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the loss as training computes it, in a graph, and the outputs."""
    import tensorflow as tf

    model, function = keras_model_of(snapshot), keras_loss(spec.loss)

    @tf.function
    def compute(inputs):
        outputs = model(inputs, training=True)
        return function(TARGETS, outputs_for_loss(spec, outputs)), outputs

    loss, outputs = compute(images)
    return float(loss), outputs.numpy()


@PAIRS
def test_the_loss_is_that_of_the_outputs(loss, activation):
    """Keras itself is the oracle, which sees plain numbers and cannot look behind the activation."""
    spec = with_pair(small_spec(), loss, activation)
    images = np.random.default_rng(0).random((8, 28, 28, 1), dtype=np.float32)
    ours, outputs = loss_of_graph(spec, random_snapshot(spec, scale=2.0), images)
    taken = outputs if loss is Loss.EUCLIDEAN else np.maximum(outputs, 1e-7)
    assert ours == pytest.approx(float(keras_loss(loss)(TARGETS, taken)), rel=1e-4)


@PAIRS
def test_an_odd_pair_says_what_happens_and_can_be_trained(loss, activation):
    spec = with_pair(TUTORIAL, loss, activation)
    is_fitting = activation is loss.output_activation
    assert is_odd(spec) is not is_fitting
    assert odd_pair(spec) == "" if is_fitting else odd_pair(spec).endswith(".")
    assert spec.training_problem() is None
    assert spec.with_loss(loss) == TUTORIAL.with_loss(loss)
    is_probability = activation in (Activation.SOFTMAX, Activation.SIGMOID)
    assert spec.classifies is is_probability
    assert ("no probabilities" in odd_pair(spec)) is not is_probability


def test_feature_maps_have_no_pair_and_ten_of_them_are_no_outputs():
    assert not is_odd(PRESETS["two-conv"])
    assert odd_pair(with_pair(PEN, Loss.SOFTMAX_CROSS_ENTROPY, Activation.SIGMOID))
    assert not is_odd(ModelSpec("", ()))


@pytest.mark.parametrize(
    ("loss", "activation"),
    [
        (Loss.SOFTMAX_CROSS_ENTROPY, Activation.SIGMOID),
        (Loss.SOFTMAX_CROSS_ENTROPY, Activation.LINEAR),
        (Loss.SIGMOID_CROSS_ENTROPY, Activation.SOFTMAX),
        (Loss.EUCLIDEAN, Activation.LINEAR),
    ],
)
def test_an_odd_pair_is_trained_to_the_end(run_training, loss, activation):
    spec = with_pair(small_spec(), loss, activation)
    last = [event for event in run_training(spec=spec, epochs=2) if isinstance(event, SnapshotTaken)][-1]
    assert all(np.isfinite(array).all() for array in last.snapshot.arrays)
    before = [event for event in run_training(spec=spec, epochs=1) if isinstance(event, SnapshotTaken)][-1]
    assert any((one != two).any() for one, two in zip(last.snapshot.arrays, before.snapshot.arrays, strict=True))
