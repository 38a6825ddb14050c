"""Repairs of broken networks: each gives a network that can be built, and the obvious one comes first."""

from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitlab.model.drafting.draft import Draft
from digitlab.model.drafting.repairs import fixes, repairs, training_fixes
from digitlab.model.layers import LAYER_TYPES, Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import TUTORIAL
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


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
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
        ((Conv2D(8, 5), Pooling2D(8), Conv2D(8, 5)), "Set size to 3 × 3"),
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
    assert repairs(spec)[0].text == "Set size to 3 × 3, and repair 1 more"
    assert repairs(spec)[0].spec.layers[3] == Flatten()


def test_a_value_with_which_everything_fits_is_better_than_a_nearer_one():
    first = repairs(TUTORIAL.with_layer(2, Conv2D(64, 28)))[0]
    assert first.spec.building_problem() is None
    sizes = [repair.text for repair in repairs(TUTORIAL.with_layer(2, Conv2D(64, 28))) if "size" in repair.text]
    assert sizes == ["Set size to 11 × 11"]  # 12 x 12 would leave 1 x 1, too small for the pooling


def test_a_network_that_can_be_built_has_no_repairs():
    assert repairs(TUTORIAL) == ()


def test_each_invalid_text_has_a_fix_of_its_own():
    draft = Draft.of(TUTORIAL).with_text(0, "filters", ("999",)).with_text(2, "strides", ("many", "1"))
    found = fixes(draft)
    assert [(index, one.text) for index, (one,) in found.items()] == [
        (0, "Set filters to 256"),
        (2, "Set stride to 1 × 1"),
    ]
    first = found[0][0].draft
    assert first.spec.layers[0].filters == 256
    assert not first.is_valid
    assert fixes(first)[2][0].draft.is_valid


def test_a_text_that_would_not_fit_goes_back_to_the_last_value():
    draft = Draft.of(TUTORIAL).with_text(2, "strides", ("9", "1"))
    assert fixes(draft)[2][0].text == "Set stride to 1 × 1"
    assert fixes(draft)[2][0].draft == Draft.of(TUTORIAL)


def test_a_repair_of_the_network_keeps_invalid_texts_elsewhere():
    spec = ModelSpec("", (Conv2D(8, 5), Dense(10)))
    draft = Draft.of(spec).with_text(0, "filters", ("?",))
    insert = fixes(draft)[1][0].draft
    assert insert.keys == (0, 2, 1)
    assert insert.typed == draft.typed
    assert fixes(Draft.of(TUTORIAL)) == {}
    assert set(fixes(Draft.of(ModelSpec("", ())))) == {-1}


def test_a_network_that_ends_in_maps_gets_outputs_by_a_click():
    draft = Draft.of(ModelSpec("", TUTORIAL.layers[:4]))
    (fix,) = training_fixes(draft)
    assert fix.text == "Add flatten and dense 10, to train it"
    assert fix.draft.spec.layers == TUTORIAL.layers
    (fix,) = training_fixes(Draft.of(ModelSpec("", TUTORIAL.layers[:5])))
    assert fix.text == "Add dense 10, to train it"
    nine = TUTORIAL.with_layer(5, Dense(9))
    (fix,) = training_fixes(Draft.of(nine))
    assert fix.draft.spec.training_problem() is None
    assert training_fixes(Draft.of(TUTORIAL)) == ()
