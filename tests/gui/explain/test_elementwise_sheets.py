"""The sheets of layers that compute each value from the one at the same place."""

import numpy as np
import pytest

from digitlab.gui.explain.sheets.choosing import sheet_of
from digitlab.gui.explain.sheets.sheet import Curve, Matrix, Options, Sign
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place, Step
from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Activation
from digitlab.model.layers import ActivationLayer, BatchNormalization, Conv2D, Dense, Dropout, Flatten
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot, small_dataset

IMAGE = small_dataset().test.images[0]


def test_the_sheet_shows_each_step_with_its_number():
    image = np.zeros((28, 28), np.uint8)
    image[3, 4] = 204
    spec = ModelSpec("", (BatchNormalization(epsilon=0.01),))
    snapshot = Snapshot.of(spec, [np.array([value]) for value in (2.0, -0.5, 0.2, 0.08)])
    sheet = sheet_of(inspect(snapshot, image), Place(0, (3, 4, 0)), Options())
    table = sheet.blocks[0]
    assert isinstance(table, Matrix)
    assert table.values[0].round(6).tolist() == [[0.0, 0.8], [0.2, 0.6], [0.3, 2.0], [2.0, 4.0], [-0.5, 3.5]]
    assert [table.name((0, row, 1)) for row in (1, 3)] == ["− mean 0.200 gives 0.600", "× gamma 2.00 gives 4.00"]
    assert table.name((0, 0, 1)) == "input · row 3, column 4 = 0.800"
    assert table.target((0, 0, 1)) == Place(-1, (3, 4, 0))


@pytest.mark.parametrize("function", [one for one in Activation if ACTIVATIONS[one].is_elementwise])
def test_an_activation_of_its_own_shows_its_curve_with_the_value(function: Activation):
    spec = ModelSpec("", (Conv2D(2, 3, activation=Activation.LINEAR), ActivationLayer(function)))
    inspection = inspect(random_snapshot(spec, 1), IMAGE)
    unit = tuple(int(index) for index in np.unravel_index(inspection.activations[1].argmin(), (26, 26, 2)))
    before, after = float(inspection.activations[1][unit]), float(inspection.activations[2][unit])
    sheet = sheet_of(inspection, Place(1, unit), Options())
    first, sign, second = sheet.blocks[:3]
    assert isinstance(first, Matrix)
    assert isinstance(second, Matrix)
    assert (first.values.item(), second.values.item()) == (before, after)
    assert first.target((0, 0, 0)) == Place(0, unit)
    curves = [block for block in sheet.blocks if isinstance(block, Curve)]
    if function is Activation.LINEAR:
        assert sign == Sign("→", "unchanged")
        assert not curves
    else:
        assert sign == Sign("→", ACTIVATIONS[function].name)
        assert [(curve.title, curve.at, curve.value) for curve in curves] == [
            (ACTIVATIONS[function].name, before, after)
        ]
    assert sheet.note == ACTIVATIONS[function].explanation


def test_dropout_passes_its_value_on_and_says_what_it_does_in_training():
    spec = ModelSpec("", (Flatten(), Dropout(0.25)))
    inspection = inspect(Snapshot.of(spec, []), IMAGE)
    index = int(inspection.activations[1].argmax())
    sheet = sheet_of(inspection, Place(1, (index,)), Options())
    first, sign, second = sheet.blocks
    assert isinstance(first, Matrix)
    assert isinstance(second, Matrix)
    assert first.values == second.values == inspection.activations[1][index]
    assert sign == Sign("→", "unchanged")
    assert "each training step sets a random share" in sheet.note


def test_a_softmax_of_its_own_at_the_end_has_the_sheets_of_logit_output_and_loss():
    layers = (Flatten(), Dense(10, Activation.LINEAR), ActivationLayer(Activation.SOFTMAX))
    inspection = inspect(random_snapshot(ModelSpec("", layers)), IMAGE)
    logit = float(inspection.activations[2][4])
    first, sign, second = sheet_of(inspection, Place(2, (4,)), Options()).blocks
    assert isinstance(first, Matrix)
    assert isinstance(second, Matrix)
    assert (first.values.item(), second.values.item()) == (logit, logit)
    assert sign == Sign("→", "unchanged")
    output = sheet_of(inspection, Place(2, (4,), Step.OUTPUT), Options())
    assert output.title == "softmax · digit 4"
    cost = sheet_of(inspection, Place(2, (4,), Step.COST), Options())
    assert cost.result.startswith("If 4 is true: ")
