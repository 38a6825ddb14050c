"""Every layer type has an entry in each table, and declares what the rest of DigitLab relies on."""

from dataclasses import fields

import pytest

from digitlab.insight.backward import BACKWARD
from digitlab.insight.forward import FORWARD
from digitlab.model.hyperparameters import Choice
from digitlab.model.layer import Layer
from digitlab.model.layers import LAYER_TYPES
from digitlab.system.assets import icon_path
from tests.structure import ALL

EVERY = pytest.mark.parametrize("kind", LAYER_TYPES.values(), ids=list(LAYER_TYPES))


def test_every_layer_type_has_both_passes():
    assert set(FORWARD) == set(BACKWARD) == set(LAYER_TYPES.values())


@EVERY
def test_every_layer_type_declares_its_texts(kind):
    assert kind.stem.isidentifier()
    assert kind.explanation.endswith(".")
    assert kind.unit_word in {"filter", "map", "unit"}


@EVERY
def test_every_layer_type_has_an_icon_and_usual_values(kind):
    assert icon_path(kind.icon).is_file()
    assert kind.icon != Layer.icon
    assert type(kind.usual()) is kind


@EVERY
def test_every_field_is_a_hyperparameter_with_limits(kind):
    assert sorted(parameter.name for parameter in kind.HYPERPARAMETERS) == sorted(field.name for field in fields(kind))
    for parameter in kind.HYPERPARAMETERS:
        assert not (isinstance(parameter, Choice) and len(parameter.options) < 2)
        assert parameter.tooltip.endswith(".")


def test_only_the_tables_and_the_presets_import_the_layer_types():
    """Everything else relies on what a layer declares, so that a new type needs no other change."""
    own = {kind.__module__ for kind in LAYER_TYPES.values()} - {"digitlab.model.layers"}
    assert {entry.source for entry in ALL if entry.module in own} == {"digitlab.model.layers"}
    knowing = {entry.source for entry in ALL if entry.module == "digitlab.model.layers"}
    passes = {"digitlab.insight.forward", "digitlab.insight.backward"}
    tables = {f"digitlab.model.{name}" for name in ("files.network_file", "presets", "drafting.candidates")}
    plans = {"digitlab.lessons.planning"}  # which lists the names of all settings in an error
    assert knowing == {*passes, *tables, *plans}
