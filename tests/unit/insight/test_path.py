"""A path leads from a pixel to the answer, each place computed from the one before."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.insight.forward import FORWARD
from digitlab.insight.lens import inspect
from digitlab.insight.path import path_through, steps_of
from digitlab.insight.place import Place, Step
from digitlab.insight.unit import explain_unit, source_of
from digitlab.model.layer import Padding
from digitlab.model.layers import Conv2D
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import keras_model_of, random_snapshot, specs

_DRAWING = np.random.default_rng(5).integers(0, 256, (28, 28)).astype(np.uint8)


@st.composite
def _places(draw: st.DrawFn) -> tuple[ModelSpec, Place]:
    spec = draw(specs())
    layer, step = draw(st.sampled_from(steps_of(spec)))
    unit = tuple(draw(st.integers(0, length - 1)) for length in spec.shapes[layer + 1])
    return spec, Place(layer, unit, step)


@given(_places(), st.integers(0, 2**16))
def test_every_place_of_a_path_is_computed_from_the_one_before(chosen: tuple[ModelSpec, Place], seed: int):
    spec, place = chosen
    inspection = inspect(random_snapshot(spec, seed), _DRAWING)
    path = path_through(inspection, place)
    assert place in path
    assert [(one.layer, one.step) for one in path] == list(steps_of(spec))
    for one in path:
        assert one.within(spec) == one
    below = path[: path.index(place) + 1]
    for source, user in itertools.pairwise(below):
        if user.step is Step.VALUE:
            box = spec.sources(user.layer, user.unit)
            if all(part.start < part.stop for part in box):  # a stride can skip so far that a window sees nothing
                assert all(part.start <= index < part.stop for part, index in zip(box, source.unit, strict=True))


def test_going_down_and_up_again_keeps_the_path():
    inspection = inspect(random_snapshot(TUTORIAL), _DRAWING)
    path = path_through(inspection, Place(5, (3,), Step.OUTPUT))
    for place in reversed(path):
        assert path_through(inspection, place, path) == path


@given(_places(), _places())
def test_a_path_through_another_network_is_not_kept(chosen: tuple[ModelSpec, Place], other: tuple[ModelSpec, Place]):
    before = path_through(inspect(random_snapshot(other[0]), _DRAWING), other[1])
    path = path_through(inspect(random_snapshot(chosen[0]), _DRAWING), chosen[1], before)
    assert all(one.within(chosen[0]) == one for one in path)


def test_a_place_that_another_network_lacks_becomes_the_nearest_one():
    wanted = Place(5, (9,), Step.COST)
    small = PRESETS["one-conv"]
    place = wanted.within(small)
    assert place.step is Step.VALUE
    assert len(place.unit) == len(small.shapes[place.layer + 1])
    assert wanted.within(TUTORIAL) == wanted


def test_the_source_of_a_padding_cell_is_nowhere():
    spec = ModelSpec("", (Conv2D(1, 3, padding=Padding.SAME),))
    assert source_of(spec, 0, (0, 0, 0), (0, 0, 0)) is None
    assert source_of(spec, 0, (0, 0, 0), (1, 2, 0)) == (0, 1, 0)
    assert source_of(spec, 0, (27, 27, 0), (2, 1, 0)) is None
    assert source_of(spec, 0, (27, 27, 0), (0, 0, 0)) == (26, 26, 0)


@settings(max_examples=300)
@given(_places(), st.integers(0, 2**16))
def test_the_worked_sum_and_its_sources_equal_keras(chosen: tuple[ModelSpec, Place], seed: int):
    spec, place = chosen
    if place.layer < 0:
        place = Place(0, tuple(length // 2 for length in spec.shapes[1]))
    snapshot = random_snapshot(spec, seed)
    drawing = np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)
    inspection = inspect(snapshot, drawing)
    explained = explain_unit(inspection, place.layer, place.unit)
    output = drawing[np.newaxis, :, :, np.newaxis].astype(np.float32) / np.float32(255)
    for layer in keras_model_of(snapshot).layers[: place.layer + 1]:
        inputs, output = output, np.asarray(layer(output))
    assert explained.activation == pytest.approx(float(output[0][place.unit]), rel=1e-5, abs=1e-6)
    for cell in np.ndindex(explained.inputs.shape):
        source = source_of(spec, place.layer, place.unit, cell)
        wanted = 0.0 if source is None else float(np.asarray(inputs)[0][source])
        assert float(explained.inputs[cell]) == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@settings(max_examples=300)
@given(_places(), st.integers(0, 2**16))
def test_the_receptive_field_is_the_set_of_pixels_that_change_the_unit(chosen: tuple[ModelSpec, Place], seed: int):
    """A pixel that is not a number makes every unit that it reaches not a number, whatever the weights."""
    spec, place = chosen
    if place.layer < 0:
        return
    snapshot = random_snapshot(spec, seed)
    rows, cols = spec.receptive_pixels(place.layer, place.unit)
    changed = np.zeros((28, 28), dtype=bool)
    images = np.tile(_DRAWING.astype(np.float32)[np.newaxis, :, :, np.newaxis] / 255, (784, 1, 1, 1))
    images.reshape(784, 784)[np.arange(784), np.arange(784)] = np.nan
    activations, values = images, images
    with np.errstate(invalid="ignore"):
        for layer, weights in zip(spec.layers[: place.layer + 1], snapshot.weights, strict=False):
            values, activations = FORWARD[type(layer)](layer, activations, weights)
    del activations
    changed.flat = np.isnan(values[(slice(None), *place.unit)])
    seen = np.zeros((28, 28), dtype=bool)
    seen[np.ix_(rows, cols)] = True
    np.testing.assert_array_equal(changed, seen)
    field = spec.receptive_field(place.layer, place.unit)
    for part, pixels in zip(field, (rows, cols), strict=True):
        if len(rows) and len(cols):
            assert (part.start, part.stop) == (pixels[0], pixels[-1] + 1)
        else:
            assert part.start >= part.stop
