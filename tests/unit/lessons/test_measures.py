"""What measures say is what Keras computes, or what was counted by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from digitlab.insight.lens import inspect
from digitlab.insight.place import Place
from digitlab.lessons.arrangements import ShowDrawing, ShowEpoch, ShowNetwork, SwitchOff, read_where
from digitlab.lessons.expression import parse
from digitlab.lessons.kinds import Kind, text_of
from digitlab.lessons.measures import MEASURES
from digitlab.lessons.rehearsal import first_scene
from digitlab.lessons.scene import SceneError
from digitlab.model.edits import Edits
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import keras_model_of, random_snapshot

NETWORKS = ("tutorial", "pen")


@pytest.fixture(scope="module", params=NETWORKS)
def both(request):
    """A scene with a network and a drawn 4, and what Keras computes for it, layer by layer."""
    scene = ShowDrawing(4).apply(ShowNetwork(request.param).apply(first_scene()))
    model = keras_model_of(scene.snapshot)
    output = scene.inspection.image[np.newaxis, :, :, np.newaxis].astype(np.float32) / np.float32(255)
    outputs = {"input": output[0]}
    for name, layer in zip(scene.spec.layer_names, model.layers, strict=True):
        output = layer(output)
        outputs[name] = np.asarray(output)[0]
    return scene, model, outputs


def of(scene, text):
    return parse(text).value(scene)


def test_counts_and_shapes_are_those_of_keras(both):
    scene, model, outputs = both
    assert of(scene, "parameters()") == model.count_params()
    for name, layer in zip(scene.spec.layer_names, model.layers, strict=True):
        assert of(scene, f"parameters({name})") == layer.count_params()
        assert of(scene, f"output_shape({name})") == tuple(layer.output.shape[1:])
        assert of(scene, f"units({name})") == outputs[name].size
        arrays = layer.get_weights()
        assert of(scene, f"weights({name})") == (arrays[0].size if arrays else 0)
        assert of(scene, f"biases({name})") == (arrays[1].size if arrays else 0)
    first = model.layers[0]
    assert of(scene, "window(conv1)") == first.kernel_size[0]
    assert of(scene, "stride(conv1)") == first.strides[0]
    assert of(scene, "padding(conv1)") == first.padding
    assert of(scene, "stride(pool1)") == model.layers[1].strides[0]
    rows, columns, maps = first.output.shape[1:]
    assert (of(scene, "rows(conv1)"), of(scene, "columns(conv1)"), of(scene, "maps(conv1)")) == (rows, columns, maps)


def test_values_are_those_of_keras(both):
    scene, _, outputs = both
    conv, last = outputs["conv1"], outputs[scene.spec.layer_names[-1]]
    assert of(scene, "value(conv1, 3, 11, 12)") == pytest.approx(conv[11, 12, 3], abs=1e-5)
    assert of(scene, "value(input, 10, 14)") == pytest.approx(outputs["input"][10, 14, 0])
    assert of(scene, "largest(conv1, 3)") == pytest.approx(conv[:, :, 3].max(), abs=1e-5)
    assert of(scene, "smallest(conv2)") == pytest.approx(outputs["conv2"].min(), abs=1e-5)
    assert of(scene, "mean(conv1, 3)") == pytest.approx(conv[:, :, 3].mean(), abs=1e-5)
    assert of(scene, "share_of_zeros(conv1)") == pytest.approx((conv == 0).mean(), abs=1e-3)
    strongest = int(conv.mean(axis=(0, 1)).argmax())
    assert of(scene, "strongest_map(conv1)") == strongest
    assert of(scene, "weakest_map(conv1)") == int(conv.mean(axis=(0, 1)).argmin())
    row, column = np.unravel_index(conv[:, :, strongest].argmax(), conv.shape[:2])
    assert of(scene, f"strongest_row(conv1, {strongest})") == row
    assert of(scene, f"strongest_column(conv1, {strongest})") == column
    for digit in range(10):
        assert of(scene, f"probability({digit})") == pytest.approx(last[digit], abs=1e-5)
    order = np.argsort(-last[:10])
    assert [of(scene, f"nth_digit({nth})") for nth in range(3)] == order[:3].tolist()
    assert of(scene, "predicted_digit()") == order[0] == 4


def test_weights_are_those_of_keras(both):
    scene, model, _ = both
    kernels = {name: layer.get_weights() for name, layer in zip(scene.spec.layer_names, model.layers, strict=True)}
    assert of(scene, "weight(conv2, 3, 1, 2, 4)") == pytest.approx(kernels["conv2"][0][1, 2, 4, 3])
    last = scene.spec.layer_names[-1]
    assert of(scene, f"weight({last}, 5, 100)") == pytest.approx(kernels[last][0][100, 5])
    with pytest.raises(SceneError, match="no row 99999"):
        of(scene, f"weight({last}, 5, 99999)")


def test_a_weighted_sum_is_its_products_and_its_bias(both):
    scene, model, outputs = both
    kernel, bias = model.layers[0].get_weights()
    patch = outputs["input"][11 : 11 + kernel.shape[0], 12 : 12 + kernel.shape[1], 0]
    products = patch * kernel[:, :, 0, 3]
    assert of(scene, "product(conv1, 3, 11, 12, 2, 1)") == pytest.approx(products[2, 1], abs=1e-6)
    assert of(scene, "weight(conv1, 3, 2, 1)") == pytest.approx(kernel[2, 1, 0, 3])
    assert of(scene, "bias(conv1, 3)") == pytest.approx(bias[3])
    assert of(scene, "weighted_sum(conv1, 3, 11, 12)") == pytest.approx(products.sum() + bias[3], abs=1e-5)
    second, _ = model.layers[scene.spec.layer_names.index("conv2")].get_weights()
    assert of(scene, "weight(conv2, 5, 1, 2, 7)") == pytest.approx(second[1, 2, 7, 5])
    sums = [of(scene, f"weighted_sum(conv1, 3, {row}, {column})") for row in range(24) for column in range(24)]
    smallest = divmod(int(np.argmin(sums)), 24)
    assert (of(scene, "weakest_row(conv1, 3)"), of(scene, "weakest_column(conv1, 3)")) == smallest


def test_logits_and_the_loss_belong_to_the_probabilities(both):
    scene, _, outputs = both
    last = outputs[scene.spec.layer_names[-1]]
    logits = [of(scene, f"logit({digit})") for digit in range(len(last))]
    softmax = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(softmax, last, atol=1e-5)
    assert of(scene, "loss(9)") == pytest.approx(-math.log(last[9]), rel=1e-3)


BY_HAND = {
    "inputs(conv1)": 25,
    "inputs(conv2)": 800,
    "inputs(pool1)": 4,
    "inputs(dense)": 1024,
    "inputs(input)": 0,
    "multiply_adds(conv1)": 24 * 24 * 32 * 25,
    "multiply_adds(dense)": 10 * 1024,
    "multiply_adds(pool1)": 0,
    "receptive_field(conv1)": 5,
    "receptive_field(pool1)": 6,
    "receptive_field(conv2)": 14,
    "shape(1, 2, 3)": (1, 2, 3),
    "weights(conv1) // maps(conv1) + 1": 26,
    "parameters(conv1) - weights(conv1)": 32,
    "rows(input) / 8": 3.5,
    "-maps(conv1)": -32,
    "padding(conv1) == 'valid' and not is_blank()": True,
    "strokes() > 0 or is_off(conv1, 3)": True,
    "is_off(conv1, 3)": False,
    "is_prepared()": True,
    "is_own_run()": False,
    "training()": "idle",
    "epoch()": 10.0,
    "epochs()": 10,
    "chosen_map()": -1,
    "chosen_layer()": "",
}


@pytest.mark.parametrize("text", BY_HAND)
def test_measures_and_arithmetic_of_the_tutorials_network(scene, text):
    assert of(scene, text) == BY_HAND[text]


def test_the_accuracy_of_the_shipped_run_is_what_its_file_says(scene):
    last = scene.run.epochs[-1]
    assert of(scene, "accuracy_after(10)") == last.val_accuracy
    assert of(scene, "loss_after(10)") == last.val_loss


def test_filters_that_are_off_and_earlier_snapshots(scene):
    off = SwitchOff(read_where("conv1, 3, 5")).apply(scene)
    assert of(off, "is_off(conv1, 3) and is_off(conv1, 5) and not is_off(conv1, 4) and is_edited()")
    assert of(off, "largest(conv1, 3)") == 0
    start = ShowEpoch(0).apply(scene)
    assert of(start, "epoch()") == 0
    assert of(start, "probability(5)") < 0.3 < of(scene, "probability(5)")
    assert of(ShowEpoch(None).apply(start), "epoch()") == 10


def test_what_was_chosen_is_named_by_layer_map_row_and_column(scene):
    from dataclasses import replace

    chosen = replace(scene, chosen=Place(0, (4, 5, 6)))
    assert of(chosen, "chosen_layer()") == "conv1"
    assert [of(chosen, f"chosen_{what}()") for what in ("map", "row", "column")] == [6, 4, 5]
    unit = replace(scene, chosen=Place(5, (7,)))
    assert (of(unit, "chosen_layer()"), of(unit, "chosen_map()"), of(unit, "chosen_row()")) == ("dense", 7, -1)


MISSING = {
    "parameters(conv9)": "no layer conv9",
    "value(conv1, 32, 0, 0)": "no map 32",
    "value(conv1, 0, 24, 0)": "no row 24",
    "value(conv1, 3)": "asked for with 1 numbers",
    "value(dense, 10)": "no unit 10",
    "rows(dense)": "has no maps",
    "window(dense)": "has no window",
    "window(input)": "has no window",
    "bias(pool1, 0)": "has no weights",
    "weight(conv1, 0, 5, 0)": "no row 5",
    "product(dense, 0, 0, 0, 0, 0)": "asked for with 3 numbers",
    "product(pool1, 0, 0, 0, 0, 0)": "has no products",
    "probability(10)": "no output 10",
    "accuracy_after(99)": "no epoch 99",
    "is_off(conv1, 99)": "no filter 99",
    "strokes() / (strokes() - strokes())": "divides by zero",
}


@pytest.mark.parametrize("text", MISSING)
def test_what_the_network_does_not_have_is_said(scene, text):
    with pytest.raises(SceneError, match=MISSING[text]):
        of(scene, text)


def test_every_measure_has_an_explanation_and_computes_what_its_kind_says(scene):
    values = {"layer": "conv1", "digit": "5", "epoch": "10", "unit": "3", "filter": "3", "nth": "0", "channel": "0"}
    types = {Kind.SHAPE: tuple, Kind.TEXT: str, Kind.TRUTH: bool, Kind.WHOLE: int}
    for measure in MEASURES.values():
        assert measure.about.endswith(".")
        taken = ", ".join(values.get(name, "2") for name in measure.parameters)
        value = of(scene, f"{measure.name}({taken})")
        assert isinstance(value, types.get(measure.kind, float)), measure.name
        assert text_of(value, measure.kind) or measure.kind is Kind.TEXT


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (62346, Kind.WHOLE, "62,346"),
        (-3, Kind.WHOLE, "−3"),
        (1.834, Kind.NUMBER, "1.83"),
        (10.0, Kind.NUMBER, "10"),
        (-0.02, Kind.NUMBER, "−0.0200"),
        ((24, 24, 32), Kind.SHAPE, "24 × 24 × 32"),
        (0.9801, Kind.SHARE, "98.0 %"),
        (0.99999997, Kind.SHARE, "100 %"),
        (1.0, Kind.PROBABILITY, ">99.99 %"),
        ("explain", Kind.TEXT, "explain"),
    ],
)
def test_values_are_written_as_the_whole_window_writes_them(value, kind, text):
    assert text_of(value, kind) == text


def test_a_window_of_two_sides_has_no_one_side_and_a_filter_may_have_no_bias():
    scene = ShowNetwork("tutorial").apply(first_scene())
    layers = (Conv2D(3, (7, 3), (2, 1), activation=Activation.SIGMOID, use_bias=False), *scene.spec.layers[1:2])
    snapshot = random_snapshot(ModelSpec("Uneven", (*layers, Flatten(), Dense(10, Activation.SOFTMAX))))
    scene = replace(scene, inspection=inspect(snapshot, scene.inspection.image))
    for text, words in (("window(conv1)", "sides of the window of conv1 are 7 and 3"), ("stride(conv1)", "2 and 1")):
        with pytest.raises(SceneError, match=words):
            of(scene, text)
    assert (of(scene, "weights(conv1)"), of(scene, "biases(conv1)"), of(scene, "parameters(conv1)")) == (63, 0, 63)
    assert of(scene, "bias(conv1, 2)") == 0
    assert of(scene, "window(pool1)") == of(scene, "stride(pool1)") == 2
    with pytest.raises(SceneError, match="no bias that could switch"):
        SwitchOff(read_where("conv1, 0")).edits(scene, Edits())
