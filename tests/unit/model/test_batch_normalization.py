"""Batch normalisation: its weights, its arithmetic, and what the rest of the network makes of it."""

import numpy as np
import pytest

from digitlab.cli import main
from digitlab.insight.learning import measure, probe_images
from digitlab.insight.lens import inspect
from digitlab.insight.unit import explain_unit
from digitlab.model.build import build_keras_model
from digitlab.model.edits import Edits, Noise, Unit, Weight
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.layer import Activation
from digitlab.model.layers import ActivationLayer, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Pooling2D
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.words.places import worked_line
from tests.helpers.networks import random_snapshot, small_dataset

NORMALISED = ModelSpec(
    "Normalised",
    (
        Conv2D(3, 5, activation=Activation.LINEAR),
        BatchNormalization(),
        ActivationLayer(Activation.RELU),
        Pooling2D(4),
        Flatten(),
        BatchNormalization(momentum=0.9),
        Dropout(0.25),
        Dense(10, Activation.SOFTMAX),
    ),
)
IMAGE = small_dataset().test.images[0]


def _by_hand(gamma: float, beta: float, mean: float, variance: float) -> Snapshot:
    spec = ModelSpec("", (BatchNormalization(epsilon=0.01),))
    return Snapshot.of(spec, [np.array([value]) for value in (gamma, beta, mean, variance)])


def test_shapes_and_parameters_are_those_of_keras():
    model = build_keras_model(NORMALISED)
    rows = NORMALISED.summary()
    assert [layer.__class__.__name__ for layer in model.layers] == [row.type_name for row in rows]
    assert [layer.count_params() for layer in model.layers] == [row.parameters for row in rows]
    assert model.count_params() == NORMALISED.total_parameters
    assert sum(np.prod(one.shape) for one in model.trainable_weights) == NORMALISED.trainable_parameters
    assert [one.shape for one in model.weights] == [
        shape for shapes in NORMALISED.weight_shapes for shape in shapes.values()
    ]
    assert [one.name for one in model.layers[1].weights] == list(NORMALISED.weight_shapes[1])
    assert [one.name for one in model.layers[1].trainable_weights] == list(NORMALISED.trainable_shapes[1])
    assert rows[1].parameter_sum == "2 × 3 trained + 2 × 3 measured"
    assert rows[1].parameters == 12
    # 78 of the convolution, 6 and 216 of the normalisations, 1,090 of the dense layer.
    assert NORMALISED.parameter_sum == "1,390 trained + 222 measured"
    assert rows[1].multiply_adds == 24 * 24 * 3
    assert {**BatchNormalization().keras_arguments} == {
        name: model.layers[1].get_config()[name] for name in ("momentum", "epsilon")
    }


def test_a_value_worked_by_hand():
    image = np.zeros((28, 28), np.uint8)
    image[3, 4] = 204  # 0.8
    snapshot = _by_hand(gamma=2.0, beta=-0.5, mean=0.2, variance=0.08)
    inspection = inspect(snapshot, image)
    # (0.8 - 0.2) / sqrt(0.08 + 0.01) x 2 - 0.5 = 0.6 / 0.3 x 2 - 0.5 = 3.5
    assert inspection.activations[1][3, 4, 0] == pytest.approx(3.5)
    explained = explain_unit(inspection, 0, (3, 4, 0))
    assert explained.scaling is not None
    assert explained.scaling.steps(0.8) == pytest.approx((0.6, 2.0, 4.0, 3.5))
    assert worked_line(explained, snapshot.spec.layers[0]) == "(0.800 − 0.200) ÷ 0.300 × 2.00 − 0.500 = 3.50"


def test_a_negative_variance_from_a_file_gives_no_exception():
    snapshot = _by_hand(1.0, 0.0, 0.0, -5.0)
    inspection = inspect(snapshot, IMAGE)
    assert np.isnan(inspection.activations[1]).all()
    assert np.isnan(explain_unit(inspection, 0, (3, 4, 0)).sum)


def test_a_channel_can_be_off_and_its_numbers_set_by_hand():
    original = random_snapshot(NORMALISED)
    edits = Edits().with_off([Unit(1, 2)]).with_weights({Weight(1, 0, (0,)): 1.5, Weight(1, 1, (1,)): -0.25})
    assert edits.fits(NORMALISED)
    edited = edits.applied_to(original)
    assert (edited.weights[1][0][0], edited.weights[1][1][1]) == (1.5, -0.25)
    assert all(np.array_equal(*pair) for pair in zip(edited.weights[1][2:], original.weights[1][2:], strict=True))
    activations = inspect(edited, IMAGE).activations
    assert not activations[2][..., 2].any()
    assert not activations[4][..., 2].any()
    assert [np.flatnonzero(edited.off_units(layer)).tolist() for layer in range(5)] == [[], [2], [2], [2], []]


def test_a_filter_that_is_off_is_a_constant_after_the_normalisation():
    edited = Edits().with_off([Unit(0, 1)]).applied_to(random_snapshot(NORMALISED))
    activations = inspect(edited, IMAGE).activations
    assert not activations[1][..., 1].any()
    assert len(np.unique(activations[2][..., 1])) == 1
    assert [np.flatnonzero(edited.off_units(layer)).tolist() for layer in range(3)] == [[1], [], []]


@pytest.mark.parametrize("edits", [Edits(noise=Noise(0.5)), Edits(bits=2)])
def test_noise_and_rounding_change_kernels_alone(edits: Edits):
    original = random_snapshot(NORMALISED)
    edited = edits.applied_to(original)
    assert not np.array_equal(edited.weights[0][0], original.weights[0][0])
    assert all(one is other for one, other in zip(edited.weights[1], original.weights[1], strict=True))


def test_health_covers_its_channels_after_the_function_that_follows():
    original = random_snapshot(NORMALISED)
    arrays = list(original.arrays)
    arrays[3] = np.array([0.0, -1e3, 0.0], np.float32)  # beta of the first normalisation
    measured = measure(Snapshot.of(NORMALISED, arrays), probe_images()[:5])
    assert measured is not None
    convolution, normalisation, flat, dense = measured.layers
    assert normalisation.dead is not None
    assert normalisation.dead.tolist() == [False, True, False]
    assert convolution.dead is flat.dead is dense.dead is None
    assert normalisation.weights.counts.sum() == 3
    moved = list(arrays)
    moved[4] = moved[4] + 1  # the moving mean is not learned
    again = measure(Snapshot.of(NORMALISED, moved), probe_images()[:5])
    assert again is not None
    assert again.layers[1].fingerprint == normalisation.fingerprint


def test_files_keep_it_with_its_averages(tmp_path, capsys):
    snapshot = random_snapshot(NORMALISED)
    path = tmp_path / "normalised.digitlab"
    write_model(path, snapshot)
    opened = read_model(path)
    assert opened.spec == NORMALISED
    assert all(np.array_equal(*pair) for pair in zip(opened.arrays, snapshot.arrays, strict=True))
    assert main(["summary", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "2 × 3 trained + 2 × 3 measured" in printed
    assert NORMALISED.parameter_sum in printed
