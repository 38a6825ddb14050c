"""What can be added at a place: fitting layers first, each with values that suit, the others with their reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.model.build import build_keras_model
from digitlab.model.drafting.candidates import candidates, with_candidate
from digitlab.model.layer import Activation, Padding
from digitlab.model.layers import LAYER_TYPES, Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import PEN, PRESETS, TUTORIAL
from digitlab.model.spec import Loss, ModelSpec
from tests.helpers.networks import specs


def of_type(spec, index, kind):
    """Return the candidate of a type at a place."""
    return next(one for one in candidates(spec, index) if type(one.layer) is kind)


@given(specs(), st.data())
def test_every_type_is_offered_and_those_without_a_reason_can_be_built(spec, data):
    index = data.draw(st.integers(0, len(spec.layers)))
    found = candidates(spec, index)
    assert {type(one.layer) for one in found} == set(LAYER_TYPES.values())
    assert [bool(one.reason) for one in found] == sorted(bool(one.reason) for one in found)
    for one in found:
        problem = with_candidate(spec, index, one.layer).building_problem()
        if not one.reason:
            assert problem is None


def test_a_convolution_is_like_the_one_before():
    assert of_type(TUTORIAL, 3, Conv2D).layer == Conv2D(64, 5)
    assert of_type(TUTORIAL, 0, Conv2D).layer.filters == 32


def test_what_follows_still_fits():
    """A second 5 x 5 would leave 4 x 4 maps, too small for what follows: it keeps their size instead."""
    spec = ModelSpec("", (Conv2D(4, 5), Pooling2D(3), Conv2D(4, 5), Pooling2D(4), Flatten(), Dense(10)))
    found = of_type(spec, 3, Conv2D)
    assert not found.reason
    assert found.layer.padding is Padding.SAME


@pytest.mark.parametrize(("index", "kind"), [(6, Conv2D), (5, Conv2D), (3, Flatten), (2, Dense)])
def test_what_does_not_fit_comes_last_with_its_reason(index, kind):
    found = of_type(TUTORIAL, index, kind)
    assert found.reason.endswith(".")
    assert candidates(TUTORIAL, index)[0].reason == ""


def test_a_hidden_layer_is_not_like_the_outputs():
    found = of_type(TUTORIAL, 5, Dense)
    assert found.layer == Dense(128, Activation.RELU)
    assert of_type(PEN, 7, Dense).layer == PEN.layers[6]


@pytest.mark.parametrize("loss", Loss)
def test_a_network_without_outputs_gets_ten_of_the_kind_of_its_loss(loss):
    spec = ModelSpec("", (*PRESETS["two-conv"].layers, Flatten()), loss)
    found = of_type(spec, len(spec.layers), Dense)
    assert found.layer == Dense(10, loss.output_activation)
    assert with_candidate(spec, len(spec.layers), found.layer).training_problem() is None


def test_a_list_is_not_flattened_again():
    found = of_type(TUTORIAL, 5, Flatten)
    assert "change nothing" in found.reason


def test_behind_a_layer_that_does_not_fit_nothing_is_known():
    spec = ModelSpec("", (Conv2D(4, 5), Dense(10), Dense(10)))
    assert all("dense1 before it" in one.reason for one in candidates(spec, 2))
    assert any(not one.reason for one in candidates(ModelSpec("", ()), 0))


def test_an_inserted_layer_is_built_by_keras():
    for index in range(len(TUTORIAL.layers) + 1):
        for one in candidates(TUTORIAL, index):
            if not one.reason:
                spec = with_candidate(TUTORIAL, index, one.layer)
                assert build_keras_model(spec).output_shape[1:] == spec.shapes[-1]
                break
