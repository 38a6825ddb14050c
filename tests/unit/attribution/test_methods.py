"""Every method of attribution on networks whose attributions are known."""

import numpy as np
import pytest

from digitlab.attribution.methods import METHODS, problem_with, two_likeliest
from digitlab.attribution.result import Attribution, MethodId
from digitlab.data.digit import IMAGE_SIDE
from digitlab.insight.backward import BACKWARD, Target
from digitlab.insight.lens import Inspection, inspect
from digitlab.model.files.network_file import read_model
from digitlab.model.layer import Activation, GlobalPooling
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.assets import model_path
from tests.helpers.networks import random_snapshot, small_dataset

EVERY = pytest.mark.parametrize("method", MethodId)
LINEAR = ModelSpec("", (Flatten(), Dense(10, Activation.SOFTMAX)))
RIGHT = np.s_[4:9, 18:23]
"""Where the planted template is in the drawing below."""
NEAR = np.s_[0:13, 14:27]
"""The places of all patches of 5 x 5 pixels that touch it."""


def _explained(method: MethodId, inspection: Inspection, target: Target) -> Attribution:
    found = METHODS[method].attribute(inspection, target, lambda share: None, lambda: False)
    assert found is not None
    assert (found.method, found.target) == (method, target)
    assert (found.values.shape, found.values.dtype) == ((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    return found


def _template_network() -> Snapshot:
    """Return a network whose output 3 looks for a cross of 5 x 5 pixels anywhere, and nothing else."""
    kernel = np.full((5, 5, 1, 1), -1.0)
    kernel[2, :], kernel[:, 2] = 1.0, 1.0
    dense = np.zeros((1, 10))
    dense[0, 3] = 1.0
    layers = (Conv2D(1, 5), GlobalPooling2D(GlobalPooling.MAX), Dense(10, Activation.SOFTMAX))
    return Snapshot.of(ModelSpec("", layers), [kernel, np.array([-8.0]), dense, np.zeros(10)])


def _cross_among_strokes() -> np.ndarray:
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    image[6, 18:23] = image[4:9, 20] = 255
    image[15:26, 4] = image[20, 8:20] = image[3:12, 3] = 255
    return image


def test_every_method_has_its_row():
    assert set(METHODS) == set(MethodId)
    for method in METHODS.values():
        for text in (method.explanation, method.check):
            assert text[0].isupper()
            assert text.endswith(".")
        assert any(year in method.source for year in ("2014", "2016", "2017"))
    assert len({method.name for method in METHODS.values()}) == len(METHODS)


@EVERY
def test_a_planted_template_lights_up_where_it_is(method: MethodId):
    inspection = inspect(_template_network(), _cross_among_strokes())
    values = _explained(method, inspection, Target.logit(inspection.snapshot.spec, 3)).values
    assert values[RIGHT].max() == values.max() > 0
    assert np.abs(values[NEAR]).sum() > 0.99 * np.abs(values).sum()


@pytest.mark.parametrize("method", [MethodId.GRADIENT_TIMES_INPUT, MethodId.INTEGRATED_GRADIENTS, MethodId.CONTRAST])
def test_a_linear_model_gets_its_weights_times_the_ink(method: MethodId):
    snapshot = random_snapshot(LINEAR, seed=2)
    inspection = inspect(snapshot, small_dataset().test.images[0])
    weights = (snapshot.weights[1][0][:, 4] - snapshot.weights[1][0][:, 9]).reshape(IMAGE_SIDE, IMAGE_SIDE)
    values = _explained(method, inspection, Target.difference(LINEAR, 4, 9)).values
    np.testing.assert_allclose(values, weights * inspection.activations[0][..., 0], atol=1e-6)


def test_the_gradient_of_a_linear_model_is_its_weights():
    snapshot = random_snapshot(LINEAR, seed=2)
    inspection = inspect(snapshot, small_dataset().test.images[0])
    values = _explained(MethodId.GRADIENT, inspection, Target.logit(LINEAR, 4)).values
    assert np.array_equal(values.reshape(-1), snapshot.weights[1][0][:, 4])


@pytest.mark.parametrize("method", [key for key in MethodId if key not in (MethodId.GRADIENT, MethodId.GRAD_CAM)])
def test_a_blank_canvas_contributes_nothing(method: MethodId):
    inspection = inspect(random_snapshot(TUTORIAL), np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.uint8))
    found = _explained(method, inspection, Target.difference(TUTORIAL, 4, 9))
    assert not found.values.any()
    assert found.completeness_error in (None, 0.0)


@EVERY
def test_nothing_contributes_to_a_constant(method: MethodId):
    snapshot = random_snapshot(TUTORIAL)
    arrays = [array.copy() for array in snapshot.arrays]
    arrays[-2][:, [4, 9]] = 0.0  # the logits 4 and 9 are their biases
    inspection = inspect(Snapshot.of(TUTORIAL, arrays), small_dataset().test.images[0])
    found = _explained(method, inspection, Target.difference(TUTORIAL, 4, 9))
    assert not found.values.any()
    assert found.completeness_error in (None, 0.0)


@EVERY
def test_a_diverged_network_gives_an_end_and_no_warning(method: MethodId):
    inspection = inspect(random_snapshot(TUTORIAL, scale=1e25), small_dataset().test.images[0])
    _explained(method, inspection, Target.difference(TUTORIAL, 4, 9))


@EVERY
def test_infinite_logits_give_an_end_and_no_warning(method: MethodId):
    arrays = [np.full(array.shape, 1e30, np.float32) for array in random_snapshot(TUTORIAL).arrays]
    inspection = inspect(Snapshot.of(TUTORIAL, arrays), small_dataset().test.images[0])
    for target in (Target.difference(TUTORIAL, 4, 9), Target.logit(TUTORIAL, 4)):
        _explained(method, inspection, target)


def test_what_takes_long_can_be_cancelled_and_reports_its_progress():
    inspection = inspect(read_model(model_path("pen")), small_dataset().test.images[0])
    target = Target.difference(inspection.snapshot.spec, 4, 9)
    for method in (MethodId.OCCLUSION, MethodId.INTEGRATED_GRADIENTS, MethodId.CONTRAST):
        shares: list[float] = []
        assert METHODS[method].attribute(inspection, target, shares.append, lambda: False) is not None
        assert len(shares) > 1
        assert shares[-1] == 1.0
        assert all(0.0 < share <= 1.0 for share in shares)
        seen: list[float] = []
        assert METHODS[method].attribute(inspection, target, seen.append, lambda seen=seen: bool(seen)) is None
        assert len(seen) == 1


def test_problems_are_named_before_anything_is_computed(monkeypatch: pytest.MonkeyPatch):
    logit, first = Target.logit(TUTORIAL, 3), Target(0, ((0, 0, 0),))
    assert [problem_with(method, TUTORIAL, logit) for method in METHODS.values()] == [None] * len(METHODS)
    assert problem_with(METHODS[MethodId.GRAD_CAM], TUTORIAL, first) == "There is no convolution before this value."
    assert problem_with(METHODS[MethodId.CONTRAST], PRESETS["one-conv"], first) is not None
    monkeypatch.delitem(BACKWARD, Conv2D)
    problems = {key: problem_with(method, TUTORIAL, logit) for key, method in METHODS.items()}
    assert problems.pop(MethodId.OCCLUSION) is None
    assert all("has no gradient" in str(problem) for problem in problems.values())


def test_the_two_likeliest_digits_are_those_of_the_largest_bars():
    dense = ModelSpec("", (Flatten(), Dense(11, Activation.SOFTMAX)))
    bias = np.zeros(11)
    bias[[9, 4, 10]] = 3.0, 2.0, 8.0  # "no digit" is not a digit
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    assert two_likeliest(inspect(Snapshot.of(dense, [np.zeros((784, 11)), bias]), image)) == (9, 4)
    assert two_likeliest(inspect(random_snapshot(PRESETS["one-conv"]), image)) is None
