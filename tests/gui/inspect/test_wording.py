"""The names of units, and how their values are computed. Without Qt."""

import numpy as np
import pytest

from digitlab.data.classes import DIGITS
from digitlab.gui.inspect.columns import BARS, ColumnKind, Spot, columns_of
from digitlab.gui.inspect.links import links_of
from digitlab.gui.inspect.unit.unit_facts import mapped, weights_of
from digitlab.gui.inspect.wording import readout, title, worked_sum
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place, Step
from digitlab.model.layer import Activation, GlobalPooling, Pooling
from digitlab.model.layers import (
    ActivationLayer,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
)
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import number
from tests.helpers.networks import random_snapshot


@pytest.mark.parametrize(("spec", "count"), [(TUTORIAL, 10), (PEN, 11)])
def test_outputs_are_named_after_their_digits(spec: ModelSpec, count: int):
    sums, outputs = (column for column in columns_of(spec) if column.kind in BARS)
    names = [*(f"digit {digit}" for digit in range(10)), "no digit"][:count]
    assert [title(outputs, channel) for channel in range(outputs.count)] == [f"softmax · {name}" for name in names]
    assert [title(sums, channel) for channel in range(sums.count)] == [f"{sums.name} · {name}" for name in names]


def test_hidden_units_are_not_named_after_digits():
    layers = (Flatten(), Dense(11, Activation.RELU), Dense(10, Activation.SOFTMAX))
    hidden = next(column for column in columns_of(ModelSpec("", layers)) if column.kind in BARS)
    assert title(hidden, 10) == "dense1 · unit 10"
    assert title(hidden, 4) == "dense1 · unit 4"


def test_a_softmax_of_its_own_stands_below_the_sums_that_it_is_applied_to():
    layers = (
        *(Conv2D(2, 5, activation=Activation.LINEAR), BatchNormalization(), ActivationLayer(Activation.TANH)),
        *(Flatten(), Dense(10), ActivationLayer(Activation.SOFTMAX)),
    )
    spec = ModelSpec("", layers)
    inspection = inspect(random_snapshot(spec, 2), np.full((28, 28), 200, np.uint8))
    columns = columns_of(spec)
    assert [(column.kind, column.name, column.layer) for column in columns[2:]] == [
        (ColumnKind.MAPS, "norm", 1),
        (ColumnKind.MAPS, "activation1", 2),
        (ColumnKind.LIST, "flatten", 3),
        (ColumnKind.SUMS, "dense", 4),
        (ColumnKind.OUTPUTS, "softmax", 5),
    ]
    sums, outputs = columns[5:]
    assert (outputs.parent, outputs.classes, sums.classes, sums.is_output) == (5, DIGITS, DIGITS, False)
    assert title(sums, 4) == "dense · digit 4"
    assert outputs.place(Spot(6, 4)) == Place(5, (4,), Step.OUTPUT)
    sum_text = number(float(inspection.sums[5][4]))
    assert readout(inspection, columns, Spot(6, 4)).endswith(f"from the sum {sum_text}")
    assert worked_sum(inspection, outputs, Spot(6, 4)).startswith(f"{sum_text} → softmax → ")
    links = links_of(inspection, columns, Spot(6, 4))
    assert links is not None
    assert (links.parent, len(links.channels)) == (5, 10)
    assert readout(inspection, columns, Spot(3, 1, 2, 3)).startswith("activation1 · map 1 · row 2, column 3 = ")


def test_values_passed_on_in_a_list_say_where_they_come_from():
    spec = ModelSpec("", (Flatten(), Dense(12, Activation.RELU), Dropout(0.5), Dense(10)))
    inspection = inspect(random_snapshot(spec, 2), np.full((28, 28), 200, np.uint8))
    columns = columns_of(spec)
    at = next(nth for nth, column in enumerate(columns) if column.name == "dropout")
    assert columns[at].note == "in training only"
    assert readout(inspection, columns, Spot(at, 3)).endswith("; from ReLU · unit 3")


def test_pooled_values_say_how_they_are_pooled():
    image = np.zeros((28, 28), np.uint8)
    image[0, 0:2] = [3 * 51, 4 * 51]  # 0.6 and 0.8
    for kind, words in (
        (Pooling.MAX, "largest of 4 values = 0.800"),
        (Pooling.AVERAGE, "mean of 4 values = 0.350"),
        (Pooling.NORM, "L2 norm of 4 values = 1.00"),
    ):
        inspection = inspect(random_snapshot(ModelSpec("", (Pooling2D(2, kind),))), image)
        columns = columns_of(inspection.snapshot.spec)
        assert worked_sum(inspection, columns[1], Spot(1, 0, 0, 0)) == words
    for kind, words in (
        (GlobalPooling.MAX, "largest of 784 values = 0.800"),
        (GlobalPooling.AVERAGE, "mean of 784 values = 0.00179"),
    ):
        inspection = inspect(random_snapshot(ModelSpec("", (GlobalPooling2D(kind),))), image)
        columns = columns_of(inspection.snapshot.spec)
        assert worked_sum(inspection, columns[1], Spot(1, 0)) == words


def test_a_globally_pooled_value_comes_from_the_whole_of_its_map():
    spec = ModelSpec("", (Conv2D(3, 5), GlobalPooling2D(), Dense(10, Activation.SOFTMAX)))
    inspection = inspect(random_snapshot(spec), np.full((28, 28), 200, np.uint8))
    columns = columns_of(spec)
    assert (columns[2].kind, columns[2].name, columns[2].note) == (ColumnKind.LIST, "globalpool", "average of each map")
    spot = Spot(2, 1)
    text = readout(inspection, columns, spot)
    assert text.startswith("globalpool · number 1 = ")
    assert text.endswith("; receptive field: the whole drawing")
    links = links_of(inspection, columns, spot)
    assert links is not None
    assert (links.channels.tolist(), links.strengths) == ([1], None)
    assert (links.window, links.field) == ((slice(0, 24), slice(0, 24)), (slice(0, 28), slice(0, 28)))
    assert mapped(inspection, columns, spot) is None
    tiles = weights_of(inspection, columns, spot, products=False)
    assert tiles is not None
    assert np.array_equal(tiles.values[0], inspection.activations[1][:, :, 1])
