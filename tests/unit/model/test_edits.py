"""Edits against their definitions and against Keras: what is off gives 0, and what is undone leaves no trace."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.insight.lens import inspect
from digitlab.model.edits import BIT_CHOICES, FULL_BITS, Edits, Noise, Unit, Weight, can_be_off, rounded
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec
from tests.helpers.networks import keras_model_of, random_snapshot, small_dataset, specs

LAYERS = [index for index, layer in enumerate(TUTORIAL.layers) if layer.learns]
IMAGE = small_dataset().test.images[0]


@st.composite
def edits_of(draw: st.DrawFn, spec: ModelSpec) -> Edits:
    """Draw some edits of a network, made one after the other."""
    edits = Edits()
    places = [(index, shapes) for index, shapes in enumerate(spec.weight_shapes) if shapes]
    for _ in range(draw(st.integers(0, 4)) if places else 0):
        layer, shapes = draw(st.sampled_from(places))
        kernel, *others = list(shapes)
        units = shapes[kernel][-1]
        unit = Unit(layer, draw(st.integers(0, units - 1)))
        ways = ["off", "on", "only"] if can_be_off(spec, layer) else []
        match draw(st.sampled_from([*ways, "kernel", *("bias" for _ in others[:1]), "noise", "bits"])):
            case "off" | "on" as way:
                edits = edits.with_off([unit], is_off=way == "off")
            case "only":
                edits = edits.keeping_only(unit, units)
            case "kernel" | "bias" as name:
                index = tuple(
                    draw(st.integers(0, length - 1)) for length in shapes[others[0] if name == "bias" else kernel]
                )
                value = draw(st.floats(-2, 2, width=32))
                edits = edits.with_weights({Weight(layer, int(name == "bias"), index): value})
            case "noise":
                noise = Noise(draw(st.floats(0.01, 1.0)), draw(st.integers(0, 9)), draw(st.sampled_from([None, layer])))
                edits = Edits(edits.off, edits.weights, noise, edits.bits)
            case _:
                edits = Edits(edits.off, edits.weights, edits.noise, draw(st.sampled_from(BIT_CHOICES)))
    return edits


@given(st.data(), specs(), st.integers(0, 9))
def test_an_edited_network_is_an_ordinary_snapshot_that_refers_to_its_original(
    data: st.DataObject, spec: ModelSpec, seed: int
):
    original = random_snapshot(spec, seed)
    before = [array.copy() for array in original.arrays]
    edits = data.draw(edits_of(spec))
    assert edits.fits(spec)
    edited = edits.applied_to(original)
    assert all(np.array_equal(now, then) for now, then in zip(original.arrays, before, strict=True))
    assert [array.shape for array in edited.arrays] == [array.shape for array in original.arrays]
    assert all(array.dtype == np.float32 and not array.flags.writeable for array in edited.arrays)
    assert edited.is_edited is not edits.is_empty
    assert edited.original is original
    assert (edited.step, edited.epoch, edited.spec) == (original.step, original.epoch, original.spec)


@given(st.data(), specs(), st.integers(0, 9))
def test_edits_replace_earlier_ones_and_none_give_the_original(data: st.DataObject, spec: ModelSpec, seed: int):
    original = random_snapshot(spec, seed)
    first, second = data.draw(edits_of(spec)), data.draw(edits_of(spec))
    edited = first.applied_to(original)
    assert Edits().applied_to(edited) is original
    again, direct = second.applied_to(edited), second.applied_to(original)
    assert again.original is original
    assert all(np.array_equal(one, other) for one, other in zip(again.arrays, direct.arrays, strict=True))


@given(st.data(), specs())
def test_what_is_undone_step_by_step_leaves_no_trace(data: st.DataObject, spec: ModelSpec):
    original = random_snapshot(spec)
    edits = data.draw(edits_of(spec))
    unit_weights = {Unit(weight.layer, weight.at[-1]) for weight in edits.weights}
    undone = edits.with_off(edits.off, is_off=False)
    for unit in unit_weights:
        undone = undone.without_weights(unit)
    assert Edits(undone.off, undone.weights).applied_to(original) is original


def test_layers_that_are_not_edited_share_their_arrays():
    original = random_snapshot(TUTORIAL)
    edited = Edits().with_off([Unit(2, 5)]).applied_to(original)
    assert all(one is other for one, other in zip(edited.weights[0], original.weights[0], strict=True))
    assert all(one is other for one, other in zip(edited.weights[5], original.weights[5], strict=True))
    changed = edited.weights[2][0] != original.weights[2][0]
    assert set(np.argwhere(changed)[:, -1]) == {5}


@pytest.mark.parametrize("activation", Activation)
@pytest.mark.parametrize("is_dense", [False, True])
def test_what_is_off_gives_exactly_0_in_the_lens_and_in_keras(activation: Activation, is_dense: bool):
    layers = [Conv2D(4, 5, 2, activation=activation), Pooling2D(2), Flatten(), Dense(6, activation), Dense(10)]
    spec = ModelSpec("Every activation", tuple(layers)).with_loss(Loss.SOFTMAX_CROSS_ENTROPY)
    layer, unit = (3, 4) if is_dense else (0, 2)
    edited = Edits().with_off([Unit(layer, unit)]).applied_to(random_snapshot(spec, 3))
    inspection = inspect(edited, IMAGE)
    output = IMAGE[np.newaxis, :, :, np.newaxis] / np.float32(255)
    for index, keras_layer in enumerate(keras_model_of(edited).layers):
        output = keras_layer(output)
        np.testing.assert_allclose(inspection.activations[index + 1], np.asarray(output)[0], atol=1e-5)
        if index == layer:
            assert not np.asarray(output)[..., unit].any()
    assert not inspection.activations[layer + 1][..., unit].any()
    assert inspection.activations[layer + 1].any()
    assert list(np.flatnonzero(edited.off_units(layer))) == [unit]
    # So is the pooled map, but no value of the list: its channels are others.
    assert list(np.flatnonzero(edited.off_units(1))) == ([] if is_dense else [unit])
    assert not edited.off_units(2).any()


@pytest.mark.parametrize("loss", Loss)
def test_an_output_can_be_off_too(loss: Loss):
    edited = Edits().with_off([Unit(5, 9)]).applied_to(random_snapshot(TUTORIAL.with_loss(loss)))
    outputs = inspect(edited, IMAGE).outputs
    assert outputs is not None
    assert outputs[9] == 0.0
    assert np.count_nonzero(outputs) == 9
    assert list(np.flatnonzero(edited.off_units(5))) == [9]


@pytest.mark.parametrize("activation", Activation)
def test_without_a_bias_only_a_unit_whose_function_keeps_0_can_be_off(activation: Activation):
    spec = ModelSpec("", (Conv2D(4, 5, 2, activation=activation, use_bias=False), Flatten(), Dense(10)))
    original, edits = random_snapshot(spec), Edits().with_off([Unit(0, 2)])
    makes_something_of_0 = activation in (Activation.SIGMOID, Activation.SOFTMAX)
    assert can_be_off(spec, 0) is edits.fits(spec) is not makes_something_of_0
    edited = edits.applied_to(original)
    assert inspect(edited, IMAGE).activations[1][..., 2].any() == makes_something_of_0
    assert list(np.flatnonzero(edited.off_units(0))) == ([] if makes_something_of_0 else [2])


def test_softmax_outputs_cannot_all_be_off():
    edited = Edits().with_off(Unit(5, index) for index in range(10)).applied_to(random_snapshot(TUTORIAL))
    outputs = inspect(edited, IMAGE).outputs
    np.testing.assert_allclose(outputs, 0.1, rtol=1e-6)
    assert not edited.off_units(5).any()


@settings(max_examples=20)
@given(st.data(), specs(classifying=True))
def test_what_is_off_is_recognised_after_saving(tmp_path_factory, data: st.DataObject, spec: ModelSpec):
    original = random_snapshot(spec)
    learning = [index for index, one in enumerate(spec.layers) if one.learns and can_be_off(spec, index)]
    if not learning:
        return
    layer = data.draw(st.sampled_from(learning))
    units = spec.shapes[layer + 1][-1]
    off = data.draw(st.sets(st.integers(0, units - 1), max_size=units - 1))
    edited = Edits().with_off(Unit(layer, unit) for unit in off).applied_to(original)
    path = tmp_path_factory.mktemp("saved") / "edited.digitlab"
    write_model(path, edited)
    reopened = read_model(path)
    assert set(np.flatnonzero(reopened.off_units(layer))) == off
    assert not reopened.is_edited


def test_a_trained_network_has_nothing_off():
    original = random_snapshot(TUTORIAL)
    assert not any(original.off_units(layer).any() for layer in range(-1, len(TUTORIAL.layers)))


def test_a_filter_without_kernel_is_off_only_if_its_bias_gives_0():
    def snapshot(activation: Activation, bias: float) -> Snapshot:
        spec = ModelSpec("One", (Conv2D(2, 3, activation=activation),))
        kernel = np.ones((3, 3, 1, 2))
        kernel[..., 1] = 0
        return Snapshot.of(spec, [kernel, np.array([0.0, bias])])

    for activation, bias, is_off in (
        (Activation.RELU, 0.0, True),
        (Activation.RELU, -0.5, True),
        (Activation.RELU, 0.5, False),
        (Activation.LINEAR, 0.0, True),
        (Activation.LINEAR, -0.5, False),
        (Activation.LEAKY_RELU, -0.5, False),
        (Activation.TANH, 0.0, True),
        (Activation.GELU, 0.0, True),
        (Activation.GELU, -0.5, False),
        (Activation.SIGMOID, 0.0, False),
        (Activation.SIGMOID, -10_000.0, True),
    ):
        assert list(snapshot(activation, bias).off_units(0)) == [False, is_off], (activation, bias)


def test_keeping_only_one_filter_switches_off_the_others_of_its_layer():
    edited = (
        Edits().with_off([Unit(0, 3), Unit(2, 1)]).keeping_only(Unit(0, 3), 32).applied_to(random_snapshot(TUTORIAL))
    )
    assert list(np.flatnonzero(~edited.off_units(0))) == [3]
    assert list(np.flatnonzero(edited.off_units(2))) == [1]


def test_a_weight_set_by_hand_has_that_value_under_noise_and_rounding():
    kernel, bias = Weight(2, 0, (4, 0, 31, 63)), Weight(2, 1, (63,))
    edits = Edits(noise=Noise(0.5, 3), bits=3).with_weights({kernel: 0.123, bias: -0.5})
    edited = edits.applied_to(random_snapshot(TUTORIAL))
    assert edited.weights[2][0][4, 0, 31, 63] == np.float32(0.123)
    assert edited.weights[2][1][63] == np.float32(-0.5)
    assert list(edits.without_weights(Unit(2, 63)).weights) == []
    assert len(edits.without_weights(Unit(2, 62)).weights) == 2


def test_a_unit_has_its_weights_again_when_it_is_switched_on():
    original = random_snapshot(TUTORIAL)
    edits = Edits().with_weights({Weight(0, 0, (0, 0, 0, 3)): 2.0}).with_off([Unit(0, 3)])
    assert not edits.applied_to(original).weights[0][0][..., 3].any()
    on = edits.with_off([Unit(0, 3)], is_off=False).applied_to(original)
    assert on.weights[0][0][0, 0, 0, 3] == 2.0
    assert np.array_equal(on.weights[0][0][1:], original.weights[0][0][1:])


def test_noise_has_its_strength_and_is_the_same_for_a_seed():
    original = random_snapshot(TUTORIAL)
    kernel = original.weights[2][0]
    noise = Edits(noise=Noise(0.25, 7)).applied_to(original).weights[2][0] - kernel
    # 51,200 draws: the standard error of the deviation is 0.3 %.
    assert float(noise.std()) == pytest.approx(0.25 * float(kernel.std()), rel=0.02)
    assert abs(float(noise.mean())) < 0.01 * float(kernel.std())
    alone = Edits(noise=Noise(0.25, 7, layer=2)).applied_to(original)
    np.testing.assert_array_equal(alone.weights[2][0] - kernel, noise)
    assert alone.weights[0][0] is original.weights[0][0]
    other = Edits(noise=Noise(0.25, 8)).applied_to(original).weights[2][0]
    assert not np.allclose(other - kernel, noise)


def test_noise_leaves_biases_and_what_is_off_alone():
    original = random_snapshot(TUTORIAL)
    off = Edits().with_off([Unit(0, 3)]).applied_to(original)
    saved = Snapshot.of(TUTORIAL, off.arrays)
    noisy = Edits(noise=Noise(0.5)).applied_to(saved)
    assert list(np.flatnonzero(noisy.off_units(0))) == [3]
    assert np.array_equal(noisy.weights[0][1], saved.weights[0][1])


@given(st.integers(2, 8), st.integers(0, 99))
def test_rounding_leaves_few_values_at_equal_distances_and_is_off_by_half_a_step(bits: int, seed: int):
    kernel = np.random.default_rng(seed).normal(size=(3, 3, 2, 4)).astype(np.float32)
    found = rounded(kernel, bits)
    step = np.abs(kernel).max() / (2 ** (bits - 1) - 1)
    assert len(np.unique(found)) <= 2**bits - 1
    np.testing.assert_allclose(found / step, np.rint(found / step), atol=1e-4)
    assert np.abs(found - kernel).max() <= step / 2 * (1 + 1e-5)
    assert np.array_equal(rounded(-kernel, bits), -found)


def test_rounding_to_one_bit_leaves_two_values():
    # Worked by hand: the mean of 1, 3, 2 and 2 is 2.
    assert rounded(np.array([1, -3, 2, -2], np.float32), 1).tolist() == [2, -2, 2, -2]


@pytest.mark.parametrize("bits", BIT_CHOICES)
def test_rounding_nothing_gives_nothing(bits: int):
    assert not rounded(np.zeros((3, 3, 1, 2), np.float32), bits).any()


def test_32_bits_change_nothing():
    original = random_snapshot(TUTORIAL)
    assert Edits(bits=FULL_BITS).applied_to(original) is original


def test_edits_fit_only_networks_that_have_what_they_edit():
    kernel = Weight(2, 0, (4, 4, 31, 63))
    for edits in (Edits().with_off([Unit(2, 63)]), Edits().with_weights({kernel: 1.0}), Edits(noise=Noise(0.5, 0, 2))):
        assert edits.fits(TUTORIAL)
        assert not edits.fits(ModelSpec("First", TUTORIAL.layers[:2]))
    narrow = TUTORIAL.with_layer(2, Conv2D(32, 5))
    assert not Edits().with_off([Unit(2, 63)]).fits(narrow)
    assert not Edits().with_weights({kernel: 1.0}).fits(narrow)
    assert Edits(bits=3).fits(narrow)
    assert not Edits(noise=Noise(0.5, 0, 1)).fits(TUTORIAL)  # a pooling has no kernel
