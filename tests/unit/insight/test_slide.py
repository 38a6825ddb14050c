"""Sliding windows: Keras and sums worked by hand as oracles."""

from itertools import product

import keras
import numpy as np
import pytest

from digitlab.insight.lens import inspect
from digitlab.insight.path import path_through
from digitlab.insight.place import Place
from digitlab.insight.slide import (
    Slide,
    contributions,
    slide_of,
    slide_over,
    sliding_filter,
    sliding_layers,
    sliding_place,
    strongest_input,
)
from digitlab.model.layer import Activation, Padding, Pooling, Window
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import keras_model_of, random_snapshot, small_dataset

SETTINGS = 500


def random_settings(seed: int):
    """Yield input, kernel, strides and padding of settings that give an output."""
    rng = np.random.default_rng(seed)
    found = 0
    while found < SETTINGS:
        height, width, *size = (int(side) for side in rng.integers(1, (15, 15, 8, 8)))
        strides = tuple(int(step) for step in rng.integers(1, 5, 2))
        padding = (Padding.VALID, Padding.SAME)[int(rng.integers(2))]
        if padding is Padding.VALID and (size[0] > height or size[1] > width):
            continue
        found += 1
        inputs = rng.normal(size=(height, width)).astype(np.float32)
        yield inputs, rng.normal(size=size).astype(np.float32), strides, padding


def by_keras(inputs, kernel, strides, padding):
    """Return what Keras' Conv2D gives for one input and one filter."""
    outputs = keras.ops.conv(inputs[None, :, :, None], kernel[:, :, None, None], strides=strides, padding=str(padding))
    return np.asarray(outputs)[0, :, :, 0]


def by_hand(inputs, kernel, strides, padding, *, is_flipped):
    """Return the sums of the definition, one multiplication after the other."""
    (tall, wide), (down, right) = kernel.shape, strides
    axes = list(zip(Window.of(kernel.shape, strides, padding).axes, inputs.shape, strict=True))
    above, left = (span.padding_before(length) for span, length in axes)
    rows, columns = (span.output_length(length) for span, length in axes)
    outputs = np.zeros((rows, columns))
    for row, column, u, v in product(range(rows), range(columns), range(tall), range(wide)):
        y, x = row * down - above + u, column * right - left + v
        if 0 <= y < inputs.shape[0] and 0 <= x < inputs.shape[1]:
            weight = kernel[tall - 1 - u, wide - 1 - v] if is_flipped else kernel[u, v]
            outputs[row, column] += float(inputs[y, x]) * float(weight)
    return outputs


def test_five_hundred_random_settings_equal_keras():
    paddings = set()
    for inputs, kernel, strides, padding in random_settings(seed=1):
        slide = slide_over(inputs, kernel, strides, padding)
        wanted = by_keras(inputs, kernel, strides, padding)
        assert slide.shape == wanted.shape
        np.testing.assert_allclose(slide.outputs, wanted, rtol=1e-5, atol=1e-5)
        skips, sticks_out = strides[0] > len(kernel), len(kernel) > len(inputs)
        paddings.add((padding, skips, sticks_out, len(inputs) == 1, kernel.shape[0] == kernel.shape[1]))
    assert len(paddings) > 12  # rare cases were among them


def test_every_position_of_random_settings_sums_to_its_output():
    for inputs, kernel, strides, padding in list(random_settings(seed=2))[:60]:
        for is_flipped in (False, True):
            slide = slide_over(inputs, kernel, strides, padding, is_flipped=is_flipped)
            wanted = by_hand(inputs, kernel, strides, padding, is_flipped=is_flipped)
            np.testing.assert_allclose(slide.outputs, wanted, rtol=1e-5, atol=1e-5)
            for row, column in np.ndindex(slide.shape):
                at = slide.at(row, column)
                assert at.products is not None
                assert at.part == pytest.approx(wanted[row, column], rel=1e-5, abs=1e-5)
                assert float(at.products.sum()) == pytest.approx(at.part, rel=1e-4, abs=1e-5)


def test_a_convolution_and_a_cross_correlation_worked_by_hand():
    inputs = np.zeros((3, 3), np.float32)
    inputs[1, 1] = 1
    kernel = np.arange(1, 10, dtype=np.float32).reshape(3, 3)
    # A single 1 copies the kernel when it is flipped, and its rotation when it is not.
    assert slide_over(inputs, kernel, 1, Padding.SAME, is_flipped=True).outputs.tolist() == kernel.tolist()
    assert slide_over(inputs, kernel, 1, Padding.SAME).outputs.tolist() == kernel[::-1, ::-1].tolist()


def test_skipped_inputs_are_those_that_change_no_output():
    for inputs, kernel, strides, padding in list(random_settings(seed=3))[:120]:
        ones = np.ones_like(kernel)
        slide = slide_over(inputs, ones, strides, padding)
        for row, column in np.ndindex(inputs.shape):
            changed = inputs.copy()
            changed[row, column] += 10
            is_used = bool((np.abs(slide_over(changed, ones, strides, padding).outputs - slide.outputs) > 1).any())
            assert slide.skipped[row, column] == (not is_used)


def test_padding_is_what_the_windows_reach_beyond_the_input():
    for inputs, kernel, strides, padding in random_settings(seed=4):
        slide = slide_over(inputs, kernel, strides, padding)
        last = slide.corner(*(length - 1 for length in slide.shape))
        for axis in (0, 1):
            assert slide.corner(0, 0)[axis] == -slide.before[axis]
            reached = last[axis] + kernel.shape[axis] - inputs.shape[axis]
            assert slide.after[axis] == max(reached, 0) if padding is Padding.SAME else slide.after[axis] == 0


def test_the_nearest_position_of_its_own_centre_is_itself():
    for inputs, kernel, strides, padding in random_settings(seed=5):
        slide = slide_over(inputs, kernel, strides, padding)
        for row, column in np.ndindex(slide.shape):
            corner = slide.corner(row, column)
            middle = [first + (side - 1) // 2 for first, side in zip(corner, kernel.shape, strict=True)]
            if all(side % 2 for side in kernel.shape):
                assert slide.nearest(*middle) == (row, column)
        assert slide.nearest(-100, 1000) == (0, slide.shape[1] - 1)


@pytest.mark.parametrize("spec", [TUTORIAL, PEN], ids=["tutorial", "pen"])
def test_every_sliding_layer_of_a_network_adds_up_to_keras(spec):
    snapshot = random_snapshot(spec, seed=7)
    inspection = inspect(snapshot, small_dataset().test.images[0])
    output = inspection.activations[0][np.newaxis]
    outputs = []
    for layer in keras_model_of(snapshot).layers:
        output = layer(output)
        outputs.append(np.asarray(output)[0])
    assert sliding_layers(spec)
    for layer in sliding_layers(spec):
        channel = spec.shapes[layer + 1][2] - 1
        slide = slide_of(inspection, layer, channel, input_channel=0)
        np.testing.assert_allclose(slide.outputs, outputs[layer][..., channel], rtol=1e-5, atol=1e-5)
        if spec.layers[layer].has_kernel:
            _assert_adds_up(inspection, layer, channel, slide)


def _assert_adds_up(inspection, layer: int, channel: int, slide: Slide) -> None:
    inputs = inspection.activations[layer]
    weights, biases = inspection.snapshot.weights[layer]
    parts = contributions(inputs, weights[..., channel], slide.window)
    np.testing.assert_allclose(parts.sum(axis=-1) + biases[channel], slide.sums, rtol=1e-4, atol=1e-5)
    for nth in (0, inputs.shape[-1] - 1):
        alone = slide_of(inspection, layer, channel, nth, is_whole=False)
        np.testing.assert_allclose(alone.outputs, parts[..., nth], rtol=1e-5, atol=1e-6)
        whole = slide_of(inspection, layer, channel, nth)
        row, column = (length // 2 for length in whole.shape)
        at = whole.at(row, column)
        assert at.part == pytest.approx(float(parts[row, column, nth]), rel=1e-5, abs=1e-6)
        assert at.part + at.rest + whole.bias == pytest.approx(at.sum, rel=1e-5, abs=1e-6)
        assert at.output == pytest.approx(max(at.sum, 0.0))
    strongest = strongest_input(inspection, layer, channel)
    assert strongest == int(np.abs(parts).sum(axis=(0, 1)).argmax())


@pytest.mark.parametrize("kind", Pooling)
def test_a_pooled_window_has_inputs_and_no_products(kind):
    spec = ModelSpec("", (Pooling2D(3, kind),))
    inspection = inspect(random_snapshot(spec), small_dataset().test.images[0])
    slide = slide_of(inspection, 0, 0)
    assert slide.shape == (9, 9)
    assert slide.skipped[27].all()
    assert slide.skipped[:, 27].all()
    assert not slide.skipped[:27, :27].any()
    at = slide.at(4, 4)
    assert at.products is None
    np.testing.assert_array_equal(at.patch, inspection.activations[0][12:15, 12:15, 0])
    assert at.output == float(inspection.activations[1][4, 4, 0])
    assert slide.pooling is kind


def test_the_place_is_on_the_path_in_the_nearest_sliding_layer_before():
    inspection = inspect(random_snapshot(TUTORIAL, seed=3), small_dataset().test.images[0])
    assert sliding_place(inspection, Place(2, (3, 4, 5))) == Place(2, (3, 4, 5))
    dense = len(TUTORIAL.layers) - 1
    path = path_through(inspection, Place(dense, (3,)))
    before = max(sliding_layers(TUTORIAL))
    assert sliding_place(inspection, Place(dense, (3,))) == next(one for one in path if one.layer == before)
    pixel = sliding_place(inspection, Place(-1, (13, 14, 0)))
    assert pixel is not None
    assert pixel.layer == 0
    rows, columns = TUTORIAL.receptive_field(0, pixel.unit)
    assert rows.start <= 13 < rows.stop
    assert columns.start <= 14 < columns.stop
    answer = sliding_place(inspection, None)
    assert answer is not None
    assert answer.layer == 0
    flat = inspect(random_snapshot(ModelSpec("", (Flatten(), Dense(10)))), small_dataset().test.images[0])
    assert sliding_place(flat, None) is None


def test_the_filter_is_the_one_at_the_place_or_of_the_nearest_convolution_before():
    inspection = inspect(random_snapshot(TUTORIAL, seed=3), small_dataset().test.images[0])
    first, second = (inspection.snapshot.weights[layer][0] for layer in (0, 2))
    np.testing.assert_array_equal(sliding_filter(inspection, Place(0, (3, 4, 6))), first[:, :, 0, 6])
    np.testing.assert_array_equal(sliding_filter(inspection, Place(1, (3, 4, 6))), first[:, :, 0, 6])
    strongest = strongest_input(inspection, 2, 7)
    np.testing.assert_array_equal(sliding_filter(inspection, Place(3, (0, 0, 7))), second[:, :, strongest, 7])
    np.testing.assert_array_equal(sliding_filter(inspection, None), first[:, :, 0, 0])


def test_a_diverged_network_gives_no_warning():
    spec = ModelSpec("", (Conv2D(2, 3, activation=Activation.LINEAR), Conv2D(1, 3)))
    inspection = inspect(random_snapshot(spec, scale=1e30), small_dataset().test.images[0])
    slide = slide_of(inspection, 1, 0, 1)
    slide.at(0, 0)
    assert strongest_input(inspection, 1, 0) in (0, 1)


def test_other_input_maps_that_are_zero_add_exactly_nothing():
    """Rounded to float32, the difference of the sums would be some 1e-8."""
    snapshot = random_snapshot(TUTORIAL, seed=3)
    arrays = [array.copy() for array in snapshot.arrays]
    arrays[2][:, :, 1:] = 0.0
    inspection = inspect(Snapshot.of(TUTORIAL, arrays), small_dataset().test.images[0])
    slide = slide_of(inspection, 2, 7, 0)
    assert {slide.at(row, column).rest for row in range(8) for column in range(8)} == {0.0}
