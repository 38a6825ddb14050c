"""What networks cost, against cases worked by hand and against perturbation of every pixel."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from digitlab.insight.costs import (
    Shares,
    Sight,
    cost_shares,
    inference_bytes,
    left_out,
    sights,
    training_bytes,
)
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import specs


def test_receptive_fields_and_steps_of_the_tutorial():
    """A 5 x 5 kernel, then each pooling doubles the step; the second kernel spans 4 steps of 2 pixels more."""
    fields = [Sight((5, 5), (1, 1)), Sight((6, 6), (2, 2)), Sight((14, 14), (2, 2)), Sight((16, 16), (4, 4))]
    assert sights(TUTORIAL) == (*fields, None, None)


def test_a_list_sees_everything():
    assert sights(ModelSpec("", (Conv2D(4, 3), GlobalPooling2D(), Dense(10)))) == (Sight((3, 3), (1, 1)), None, None)


@settings(max_examples=60, deadline=None)
@given(specs())
def test_fields_and_steps_are_those_of_the_pixels_that_a_value_depends_on(spec: ModelSpec):
    """Of neighbours far from the border, wherever a network has them, and no border of maps is left out before."""
    for index, seen in enumerate(sights(spec)):
        shape = spec.shapes[index + 1]
        if seen is None or any(left_out(spec, before) != (0, 0) for before in range(index)):
            continue
        for axis in range(2):
            fields = []
            for place in range(shape[axis]):
                unit = [0, 0, 0]
                unit[axis] = place
                fields.append(spec.receptive_field(index, tuple(unit))[axis])
            inner = [(one.start, one.stop) for one in fields if one.start > 0 and one.stop < 28]
            for one, other in itertools.pairwise(inner):
                assert other[0] - one[0] == seen.step[axis]
            assert all(stop - start == seen.field[axis] for start, stop in inner)


@settings(max_examples=60, deadline=None)
@given(specs())
def test_what_is_left_out_is_what_no_window_covers(spec: ModelSpec):
    for index, layer in enumerate(spec.layers):
        if layer.window is None:
            assert left_out(spec, index) == (0, 0)
            continue
        for axis in range(2):
            covered = np.zeros(spec.shapes[index][axis], dtype=bool)
            for place in range(spec.shapes[index + 1][axis]):
                covered[layer.sources_along(axis, place, spec.shapes[index])] = True
            last = np.flatnonzero(covered)[-1] + 1
            assert left_out(spec, index)[axis] == len(covered) - last


def test_a_pooling_of_two_leaves_out_the_last_row_and_column_of_eleven():
    """28 - 18 + 1 = 11 rows; five windows of two cover ten of them."""
    spec = ModelSpec("", (Conv2D(2, 18), Pooling2D(2), Flatten(), Dense(10)))
    assert [left_out(spec, index) for index in range(4)] == [(0, 0), (1, 1), (0, 0), (0, 0)]


def test_memory_of_the_tutorial():
    """Predicting: all weights, the first maps and the pooled ones. Training: a batch and weights, with gradients."""
    assert inference_bytes(TUTORIAL) == 4 * (62_346 + 24 * 24 * 32 + 12 * 12 * 32)
    numbers = 28 * 28 + 24 * 24 * 32 + 12 * 12 * 32 + 8 * 8 * 64 + 4 * 4 * 64 + 1024 + 10
    assert training_bytes(TUTORIAL, 100, 0) == 4 * (100 * 2 * numbers + 2 * 62_346)
    assert training_bytes(TUTORIAL, 1, 2) - training_bytes(TUTORIAL, 1, 0) == 4 * 2 * 62_346


def test_where_the_costs_of_the_tutorial_are():
    """Of 62,346 parameters, 832 and 51,264 are in the convolutions, 10,250 in the dense layer."""
    shares = cost_shares(TUTORIAL)
    assert shares.parameters == Shares(52_096 / 62_346, 10_250 / 62_346)
    assert shares.multiply_adds.convolutions == pytest.approx((460_800 + 3_276_800) / (460_800 + 3_276_800 + 10_240))
    numbers = 28 * 28 + 24 * 24 * 32 + 12 * 12 * 32 + 8 * 8 * 64 + 4 * 4 * 64 + 1024 + 10
    assert shares.memory.convolutions == pytest.approx((24 * 24 * 32 + 8 * 8 * 64) / numbers)


def test_in_the_pen_network_the_parameters_are_in_the_dense_layers():
    assert cost_shares(PEN).parameters.dense > 0.5


def test_a_network_without_weights_has_no_shares():
    shares = cost_shares(ModelSpec("", (Pooling2D(2), Flatten())))
    assert shares.parameters == shares.multiply_adds == Shares(0.0, 0.0)
