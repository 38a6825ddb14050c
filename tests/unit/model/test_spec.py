"""Shapes, costs and receptive fields, against the tutorial's table and against brute force."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.data.classes import DIGITS, Classes
from digitlab.data.dataset import DigitSet
from digitlab.insight.lens import inspect
from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Activation, GlobalPooling, Layer, Padding, Pooling, UnbuildableError
from digitlab.model.layers import Conv2D, Dense, Elementwise, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import PRESETS, TUTORIAL, preset_of
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec
from digitlab.system.errors import DigitLabError
from tests.helpers.networks import specs

# The tutorial's table: layer, output, parameters.
TUTORIAL_TABLE = [
    ("conv1", "Conv2D", (24, 24, 32), 832),
    ("pool1", "MaxPooling2D", (12, 12, 32), 0),
    ("conv2", "Conv2D", (8, 8, 64), 51_264),
    ("pool2", "MaxPooling2D", (4, 4, 64), 0),
    ("flatten", "Flatten", (1024,), 0),
    ("dense", "Dense", (10,), 10_250),
]


def test_the_tutorial_network_has_the_tutorials_table():
    rows = [(row.name, row.type_name, row.output_shape, row.parameters) for row in TUTORIAL.summary()]
    assert rows == TUTORIAL_TABLE


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("one-conv", 832),
        ("two-conv", 52_096),
        ("tutorial", 62_346),
        ("lenet-5", 156 + 2_416 + 48_120 + 10_164 + 850),
        ("mlp", 785 * 512 + 513 * 10),
        ("modern", 9 * (16 + 16 * 24 + 24 * 32 + 32 * 32 + 32 * 24) + 4 * (16 + 24 + 32 + 32 + 24) + 25 * 10),
    ],
)
def test_presets_have_the_known_parameters(name: str, parameters: int):
    assert PRESETS[name].total_parameters == parameters


@pytest.mark.parametrize("spec", PRESETS.values(), ids=PRESETS)
def test_parameter_sums_equal_the_number_of_parameters(spec: ModelSpec):
    for row in spec.summary():
        written = re.sub("[a-z,]", "", row.parameter_sum).replace("×", "*")  # "2 × 3 trained + 2 × 3 measured"
        assert eval(written or "0") == row.parameters


def test_costs_of_the_tutorial_network():
    conv1, _, conv2, _, _, dense = TUTORIAL.summary()
    # One multiply-add for each weight at each position: 24 * 24 positions * 32 filters * 25 weights, and so on.
    assert conv1.multiply_adds == 24 * 24 * 32 * 25
    assert conv2.multiply_adds == 8 * 8 * 64 * 25 * 32
    assert dense.multiply_adds == 1024 * 10
    assert conv1.activation_bytes == 24 * 24 * 32 * 4
    numbers = 28 * 28 + 24 * 24 * 32 + 12 * 12 * 32 + 8 * 8 * 64 + 4 * 4 * 64 + 1024 + 10
    assert TUTORIAL.activation_bytes == 4 * numbers


@pytest.mark.parametrize(
    ("length", "size", "stride", "padding", "output"),
    [
        (28, 5, 1, Padding.VALID, 24),
        (28, 28, 1, Padding.VALID, 1),
        (28, 5, 2, Padding.VALID, 12),
        (28, 5, 1, Padding.SAME, 28),
        (28, 5, 3, Padding.SAME, 10),
        (7, 2, 4, Padding.SAME, 2),
    ],
)
def test_window_positions(length: int, size: int, stride: int, padding: Padding, output: int):
    layer = Conv2D(1, size, stride, padding)
    assert layer.output_shape((length, length, 1)) == (output, output, 1)


@pytest.mark.parametrize(
    ("layers", "index", "field", "words"),
    [
        ((Pooling2D(2), Conv2D(1, 15)), 1, "kernel_size", "15 × 15 does not fit into 14 × 14"),
        ((Conv2D(1, 28), Pooling2D(2)), 1, "size", "2 × 2 does not fit into 1 × 1"),
        ((Pooling2D((4, 1)), Conv2D(1, (8, 3))), 1, "kernel_size", "8 × 3 does not fit into 7 × 28"),
        ((Dense(10),), 0, "", "needs a flat list"),
        ((Flatten(), Conv2D(1, 1)), 1, "", "needs maps"),
        ((Flatten(), Pooling2D(2)), 1, "", "needs maps"),
        ((GlobalPooling2D(), GlobalPooling2D()), 1, "", "needs maps"),
        ((Flatten(), Dense(10_000), Dense(10_000)), -1, "", "107,"),
    ],
)
def test_a_network_that_cannot_be_built_names_the_field(layers, index, field, words):
    spec = ModelSpec("Wrong", layers)
    problem = spec.building_problem()
    assert problem is not None
    assert (problem.layer, problem.field) == (index, field)
    assert words in problem.reason
    assert spec.training_problem() == problem


def test_one_number_stands_for_both_as_in_keras():
    layer = Conv2D(filters=32, kernel_size=5)
    assert (layer.kernel_size, layer.strides) == ((5, 5), (1, 1))
    assert layer == Conv2D(32, (5, 5), (1, 1)) == Conv2D(32, 5, strides=1)
    assert Pooling2D(3) == Pooling2D((3, 3), strides=3) == Pooling2D(3, strides=(3, 3))
    assert Pooling2D(3, strides=2).strides == (2, 2)


def test_uneven_windows_have_shapes_titles_and_costs():
    layers = (
        Conv2D(32, (7, 3), (2, 1), Padding.SAME),
        Pooling2D(3, Pooling.AVERAGE, 2),
        Conv2D(64, (5, 3), use_bias=False),
        Pooling2D((2, 3), padding=Padding.SAME),
        Flatten(),
        Dense(10, use_bias=False),
    )
    rows = ModelSpec("Uneven", layers).summary()
    assert [(row.title, row.output_shape) for row in rows] == [
        ("conv 7 × 3 × 32", (14, 28, 32)),
        ("average pool 3 × 3", (6, 13, 32)),
        ("conv 5 × 3 × 64", (2, 11, 64)),
        ("max pool 2 × 3", (1, 4, 64)),
        ("flatten", (256,)),
        ("dense 10", (10,)),
    ]
    sums = ["(7 × 3 × 1 + 1) × 32", "", "5 × 3 × 32 × 64", "", "", "256 × 10"]
    assert [row.parameter_sum for row in rows] == sums
    assert [row.parameters for row in rows] == [704, 0, 30_720, 0, 0, 2560]
    assert [row.multiply_adds for row in rows] == [14 * 28 * 32 * 21, 0, 2 * 11 * 64 * 15 * 32, 0, 0, 2560]


def test_adjacent_windows_stay_adjacent_unless_their_stride_is_changed():
    assert Pooling2D(2).changed(size=(3, 4)) == Pooling2D((3, 4))
    assert Pooling2D(2).changed(kind=Pooling.NORM) == Pooling2D(2, Pooling.NORM)
    assert Pooling2D(3, strides=2).changed(size=(4, 4)) == Pooling2D(4, strides=2)
    assert Pooling2D(2).changed(size=(3, 3), strides=(2, 2)) == Pooling2D(3, strides=2)


def test_a_network_that_cannot_be_built_has_no_shapes():
    with pytest.raises(UnbuildableError):
        _ = ModelSpec("Wrong", (Dense(10),)).shapes


def test_only_outputs_from_0_to_1_classify():
    assert TUTORIAL.classifies
    assert not PRESETS["two-conv"].classifies
    assert not ModelSpec("", ()).classifies
    assert not ModelSpec("", (Flatten(), Dense(9, Activation.SOFTMAX))).classifies
    assert not ModelSpec("", (Flatten(), Dense(10, Activation.RELU))).classifies
    problem = PRESETS["two-conv"].training_problem()
    assert problem is not None
    assert "feature maps" in problem.reason


@pytest.mark.parametrize("loss", Loss)
def test_a_loss_sets_the_last_activation(loss: Loss):
    last = TUTORIAL.with_loss(loss).layers[-1]
    wanted = Activation.SIGMOID if loss is Loss.SIGMOID_CROSS_ENTROPY else Activation.SOFTMAX
    assert isinstance(last, Dense)
    assert last.activation is wanted


def test_names_are_unique_and_numbered():
    spec = ModelSpec("", (Conv2D(1, 3), Conv2D(1, 3), Flatten(), Dense(5), Dense(10)))
    assert spec.layer_names == ("conv1", "conv2", "flatten", "dense1", "dense2")


def test_the_other_poolings_have_shapes_names_and_no_parameters():
    layers = (Conv2D(6, 5), Pooling2D(3, Pooling.NORM), GlobalPooling2D(GlobalPooling.MAX), Dense(10))
    rows = [(row.name, row.type_name, row.title, row.output_shape) for row in ModelSpec("", layers).summary()]
    assert rows[1:3] == [
        ("pool1", "L2NormPooling2D", "L2 norm pool 3 × 3", (8, 8, 6)),
        ("globalpool", "GlobalMaxPooling2D", "global max pool", (6,)),
    ]
    assert [row.parameters for row in ModelSpec("", layers).summary()] == [156, 0, 0, 70]
    assert ModelSpec("", (GlobalPooling2D(),)).summary()[0].type_name == "GlobalAveragePooling2D"


def test_only_sums_without_an_activation_can_be_negative_and_their_norm_cannot():
    linear = Conv2D(2, 3, activation=Activation.LINEAR)
    signed = ModelSpec("", (linear, Pooling2D(2), Pooling2D(2, Pooling.NORM), GlobalPooling2D(), Dense(10)))
    assert [signed.is_signed(layer) for layer in range(-1, 5)] == [False, True, True, False, False, True]
    assert ModelSpec("", (linear, GlobalPooling2D())).is_signed(1)
    assert not ModelSpec("", (Conv2D(2, 3), GlobalPooling2D())).is_signed(1)


def test_a_globally_pooled_unit_depends_on_the_whole_of_its_map_alone():
    spec = ModelSpec("", (Conv2D(4, 5), GlobalPooling2D(), Dense(10)))
    assert spec.sources(1, (2,)) == (slice(0, 24), slice(0, 24), slice(2, 3))
    assert spec.receptive_field(1, (2,)) == (slice(0, 28), slice(0, 28))
    strided = ModelSpec("", (Conv2D(4, 5, strides=4), Pooling2D(5), GlobalPooling2D()))
    assert strided.receptive_field(2, (0,)) == (slice(0, 21), slice(0, 21))


def test_receptive_fields_of_the_tutorial_network():
    # Conv 5, pool 2, conv 5, pool 2: 5, 6, 6 + 4 * 2, 14 + 2.
    assert TUTORIAL.receptive_field(0, (0, 0, 7)) == (slice(0, 5), slice(0, 5))
    assert TUTORIAL.receptive_field(1, (11, 0, 0)) == (slice(22, 28), slice(0, 6))
    assert TUTORIAL.receptive_field(2, (7, 1, 0)) == (slice(14, 28), slice(2, 16))
    assert TUTORIAL.receptive_field(3, (3, 0, 63)) == (slice(12, 28), slice(0, 16))
    assert TUTORIAL.receptive_field(4, (1023,)) == TUTORIAL.receptive_field(3, (3, 3, 63))
    assert TUTORIAL.receptive_field(5, (0,)) == (slice(0, 28), slice(0, 28))
    assert TUTORIAL.receptive_field(-1, (3, 4, 0)) == (slice(3, 4), slice(4, 5))


def _reacting_pixels(spec: ModelSpec, layer: int, unit: tuple[int, ...]) -> np.ndarray:
    """Return which input pixels raise a unit from 0, by setting one at a time in a network of positive weights."""
    arrays = [
        np.full(shape, 0.5 if name in ("kernel", "gamma") else 0.0, np.float32)
        for shapes in spec.weight_shapes
        for name, shape in shapes.items()
    ]
    snapshot = Snapshot.of(spec, arrays)
    image = np.zeros((28, 28), np.uint8)
    reacting = np.zeros((28, 28), dtype=bool)
    for row, column in np.ndindex(28, 28):
        image[row, column] = 255
        reacting[row, column] = inspect(snapshot, image).activations[layer + 1][unit] > 0
        image[row, column] = 0
    return reacting


def _propagating(layer: Layer) -> Layer:
    """Return a layer of the same receptive fields that raises its output from 0 where its input rises from 0."""
    if isinstance(layer, Conv2D):
        return layer.changed(filters=1, activation=Activation.LINEAR)
    return layer if ACTIVATIONS[layer.activation].keeps_zero else layer.changed(activation=Activation.TANH)


@st.composite
def _spec_with_unit(draw: st.DrawFn) -> tuple[ModelSpec, int, tuple[int, ...]]:
    """Draw a network whose activations propagate every change, and one unit of it."""
    drawn = draw(specs())
    in_maps = itertools.takewhile(lambda layer: isinstance(layer, Conv2D | Pooling2D | Elementwise), drawn.layers)
    layers = tuple(_propagating(layer) for layer in in_maps) or (Conv2D(1, 3),)
    pooled = tuple(layer for layer in drawn.layers if isinstance(layer, GlobalPooling2D))
    spec = ModelSpec("Positive", (*layers, *pooled))
    if pooled:
        return spec, len(layers), (0,)
    rows, columns, _ = spec.shapes[-1]
    return spec, len(layers) - 1, (draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1)), 0)


@settings(max_examples=20)
@given(_spec_with_unit())
def test_a_unit_responds_to_its_receptive_field_alone(drawn: tuple[ModelSpec, int, tuple[int, ...]]):
    spec, layer, unit = drawn
    rows, columns = spec.receptive_field(layer, unit)
    reacting = _reacting_pixels(spec, layer, unit)
    outside = reacting.copy()
    outside[rows, columns] = False
    assert not outside.any(), "a pixel outside the field changes the unit"
    # With strides larger than windows a field has gaps; its border pixels still matter.
    assert reacting[rows.start].any()
    assert reacting[rows.stop - 1].any()
    assert reacting[:, columns.start].any()
    assert reacting[:, columns.stop - 1].any()


@given(specs())
def test_a_unit_is_computed_from_its_sources_alone(spec: ModelSpec):
    shapes = spec.shapes
    for index, shape in enumerate(shapes[1:]):
        first = tuple(0 for _ in shape)
        last = tuple(length - 1 for length in shape)
        for unit in (first, last):
            box = spec.sources(index, unit)
            assert len(box) == len(shapes[index])
            for run, length in zip(box, shapes[index], strict=True):
                assert 0 <= run.start < run.stop <= length


def test_the_input_is_one_grey_image():
    assert TUTORIAL.input_shape == (28, 28, 1)


LETTERS = Classes(tuple("ABCDE"))


def test_a_network_is_fitted_to_other_classes_and_another_size():
    fitted = TUTORIAL.fitted_to(LETTERS, 32)
    assert fitted.input_shape == (32, 32, 1)
    assert fitted.shapes[-1] == (5,)
    assert (fitted.class_count, fitted.classifies, fitted.training_problem()) == (5, True, None)
    assert fitted.layers[:-1] == TUTORIAL.layers[:-1]
    assert fitted.fitted_to(DIGITS, 28) == TUTORIAL
    assert TUTORIAL.fitted_to(DIGITS, 28) is TUTORIAL
    assert PRESETS["pen"].fitted_to(DIGITS, 32).has_no_digit_output
    assert preset_of(fitted) == "tutorial"


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_is_fitted_and_keeps_its_name(name):
    fitted = PRESETS[name].fitted_to(LETTERS, 32)
    assert fitted.building_problem() is None
    assert fitted.class_count == (5 if PRESETS[name].class_count else 0)
    assert not fitted.has_no_digit_output
    assert preset_of(fitted) == name


def test_data_of_other_classes_or_another_size_are_refused():
    digits = DigitSet(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))
    TUTORIAL.check_data(digits)
    reason = "for 5 classes in images of 28 x 28 pixels, but the data are 10 digits of 28 x 28"
    with pytest.raises(DigitLabError, match=reason):
        TUTORIAL.fitted_to(LETTERS, 28).check_data(digits)
    with pytest.raises(DigitLabError, match="for digits in images of 32 x 32 pixels"):
        TUTORIAL.fitted_to(DIGITS, 32).check_data(digits)


def test_eleven_classes_are_not_ten_digits_and_no_digit():
    eleven = PRESETS["pen"].fitted_to(Classes(tuple(map(str, range(11)))), 28)
    assert (eleven.class_count, eleven.has_no_digit_output) == (11, False)
    assert PRESETS["pen"].has_no_digit_output
    assert replace(PRESETS["pen"], classes=LETTERS).output_count == 0
    problem = replace(TUTORIAL, classes=LETTERS).training_problem()
    assert problem is not None
    assert problem.reason == "The last layer has 10 outputs; training on 5 classes needs 5."


def test_a_network_too_deep_for_small_images_is_not_buildable_but_keeps_its_layers():
    small = TUTORIAL.fitted_to(LETTERS, 8)
    assert small.building_problem() is not None
    assert small.layers == TUTORIAL.layers
