"""Repairs of broken networks: each gives a network that can be built, and the obvious one comes first."""

from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitlab.model.layers import LAYER_TYPES, Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import TUTORIAL
from digitlab.model.repairs import repairs
from digitlab.model.spec import MAXIMUM_LAYERS, ModelSpec


@st.composite
def layers(draw):
    """Draw any layer with any allowed values, mostly near the usual ones."""
    layer = draw(st.sampled_from(sorted(LAYER_TYPES.values(), key=lambda kind: kind.__name__))).usual()
    for parameter in layer.HYPERPARAMETERS:
        skipped = draw(st.one_of(st.integers(0, 8), st.integers(0, 400)))
        for value in islice(parameter.near(getattr(layer, parameter.name)), skipped, skipped + 1):
            layer = layer.changed(**{parameter.name: value})
    return layer


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(layers(), max_size=12))
def test_every_repair_gives_a_network_that_can_be_built(parts):
    spec = ModelSpec("Random", tuple(parts))
    found = repairs(spec)
    assert bool(found) == (spec.building_problem() is not None)
    for repair in found:
        assert repair.spec.building_problem() is None, repair.text
        assert repair.spec.layers
        assert repair.text[0].isupper()


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((Conv2D(8, 5), Pooling2D(8), Conv2D(8, 5)), "Set size to 3"),
        ((Conv2D(8, 5), Dense(10)), "Insert flatten before"),
        ((Flatten(), Conv2D(8, 5)), "Move before flatten"),
        ((), "Add conv 3 × 3 × 32"),
        ((Flatten(), Dense(10_000), Dense(10_000)), "Set units of dense2 to 625"),
        ((Conv2D(1, 3),) + (Conv2D(1, 1),) * MAXIMUM_LAYERS, "Remove the last 1"),
    ],
)
def test_the_nearest_repair_comes_first(parts, text):
    assert repairs(ModelSpec("", parts))[0].text == text


def test_a_dense_layer_on_maps_can_also_get_global_pooling():
    found = repairs(ModelSpec("", (Conv2D(8, 5), Dense(10))))
    assert [type(repair.spec.layers[1]) for repair in found[:2]] == [Flatten, GlobalPooling2D]
    assert len(found) == 3


def test_a_repair_says_that_it_repairs_more():
    spec = ModelSpec("", (Conv2D(8, 5), Pooling2D(8), Conv2D(8, 5), Dense(5)))
    assert repairs(spec)[0].text == "Set size to 3, and repair 1 more"
    assert repairs(spec)[0].spec.layers[3] == Flatten()


def test_a_network_that_can_be_built_has_no_repairs():
    assert repairs(TUTORIAL) == ()
