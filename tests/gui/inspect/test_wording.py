"""The names of units. Without Qt."""

import pytest

from digitlab.gui.inspect.columns import BARS, columns_of
from digitlab.gui.inspect.wording import title
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.spec import ModelSpec


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
