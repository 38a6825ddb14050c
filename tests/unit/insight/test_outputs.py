"""The last steps and the three losses, against Keras and by hand."""

import numpy as np
import pytest

from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.outputs import costs, output_steps
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.spec import Loss, ModelSpec
from digitlab.training.to_keras import keras_loss
from tests.helpers.networks import random_snapshot

_DRAWING = np.random.default_rng(5).integers(0, 256, (28, 28)).astype(np.uint8)


def _inspection(spec: ModelSpec, scale: float = 1.0) -> Inspection:
    return inspect(random_snapshot(spec, 3, scale), _DRAWING)


@pytest.mark.parametrize("loss", Loss)
@pytest.mark.parametrize("spec", [TUTORIAL, PEN], ids=["tutorial", "pen"])
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_every_cost_equals_keras(loss: Loss, spec: ModelSpec, scale: float):
    inspection = _inspection(spec.with_loss(loss), scale)
    outputs = inspection.activations[-1]
    for trained, cost in costs(inspection).items():
        function = keras_loss(trained)
        for true in range(len(outputs)):
            target = np.eye(len(outputs), dtype=np.float32)[true]
            wanted = float(function(target[np.newaxis], outputs[np.newaxis]))
            assert cost[true] == pytest.approx(wanted, rel=1e-4, abs=1e-5)


def test_the_steps_of_a_softmax_lead_to_the_outputs():
    steps = output_steps(_inspection(TUTORIAL))
    assert steps.total is not None
    np.testing.assert_allclose(steps.powers / steps.total, steps.outputs, rtol=1e-5)
    assert steps.powers.max() == 1
    np.testing.assert_allclose(np.exp(steps.logits) / np.exp(steps.logits).sum(), steps.outputs, rtol=1e-5)


def test_the_steps_of_a_sigmoid_lead_to_the_outputs():
    steps = output_steps(_inspection(TUTORIAL.with_loss(Loss.SIGMOID_CROSS_ENTROPY)))
    assert steps.total is None
    np.testing.assert_allclose(1 / (1 + steps.powers), steps.outputs, rtol=1e-5)


def test_a_sure_answer_costs_nothing_if_it_is_true():
    outputs = np.zeros(10)
    outputs[7] = 1
    from types import SimpleNamespace

    cost = costs(SimpleNamespace(activations=(outputs,)))  # type: ignore[arg-type]
    assert cost[Loss.EUCLIDEAN][7] == 0
    assert cost[Loss.EUCLIDEAN][3] == 1  # half of 1² for the missing 3 and 1² for the wrong 7
    assert cost[Loss.SOFTMAX_CROSS_ENTROPY][3] == pytest.approx(-np.log(1e-7))
    assert cost[Loss.SOFTMAX_CROSS_ENTROPY][7] == pytest.approx(0, abs=1e-6)
