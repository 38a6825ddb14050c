"""The network that would be trained next, changed by a lesson: what it costs is what Keras says."""

import pytest

from digitlab.lessons.expression import parse
from digitlab.lessons.mistakes import MistakeError
from digitlab.lessons.planning import PlanNetwork, read_plan
from digitlab.lessons.scene import SceneError
from digitlab.model.build import build_keras_model

PLANS = ("none", "conv1, filters, 64", "conv1, stride, 2, padding, same", "pool1, kind, average", "conv2, size, 3")


def of(scene, text):
    return parse(text).value(scene)


@pytest.mark.parametrize("text", PLANS)
def test_a_planned_network_costs_what_keras_says(scene, text):
    planned = read_plan(text).apply(scene)
    model = build_keras_model(planned.recipe)
    assert of(planned, "planned_parameters()") == model.count_params()
    for name, layer in zip(planned.recipe.layer_names, model.layers, strict=True):
        assert of(planned, f"planned_parameters({name})") == layer.count_params()
        assert of(planned, f"planned_shape({name})") == tuple(layer.output.shape[1:])
    assert of(planned, "planned_rows(conv1)") == model.layers[0].output.shape[1]
    assert planned.snapshot is scene.snapshot  # the network on screen stays


def test_a_plan_starts_from_the_network_on_screen(scene):
    twice = read_plan("conv2, size, 3").apply(read_plan("conv1, stride, 2").apply(scene))
    assert twice.recipe == read_plan("conv2, size, 3").apply(scene).recipe
    assert read_plan("none").apply(twice).recipe == scene.spec


def test_products_are_counted_by_places_filters_and_weights(scene):
    planned = read_plan("conv1, stride, 2").apply(scene)
    assert of(planned, "planned_multiply_adds(conv1)") == 12 * 12 * 32 * 5 * 5
    assert of(planned, "planned_multiply_adds(pool1)") == 0


@pytest.mark.parametrize("text", ["conv1", "conv1, stride", "conv1, speed, 2", "3, stride, 2", "", "conv1 stride 2"])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(MistakeError):
        read_plan(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("conv9, stride, 2", "no layer conv9"),
        ("input, stride, 2", "The input has no settings"),
        ("flatten, stride, 2", "flatten has no setting stride"),
        ("pool1, filters, 2", "pool1 has no setting filters. Expected|pool1 has no setting filters"),
        ("conv1, stride, 99", '"99" is no value for conv1 stride'),
        ("conv1, stride, -1", '"-1" is no value'),
        ("conv1, padding, some", '"some" is no value for conv1 padding'),
        ("conv1, size, 27", "cannot be built"),
    ],
)
def test_what_cannot_be_planned_is_said(scene, text, reason):
    with pytest.raises(SceneError, match=reason):
        read_plan(text).apply(scene)


def test_the_input_is_not_planned(scene):
    with pytest.raises(SceneError, match="not planned"):
        of(scene, "planned_rows(input)")
    with pytest.raises(SceneError, match="in Network has no layer conv9"):
        of(scene, "planned_rows(conv9)")
    assert PlanNetwork().apply(scene).recipe == scene.spec
