"""Which preset an edited network equals."""

from dataclasses import replace

import pytest

from digitlab.model.presets import EDITED_NAME, PRESETS, TUTORIAL, preset_of, with_preset_name
from digitlab.model.spec import Loss


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("loss", Loss)
def test_a_preset_is_recognised_with_any_loss(name, loss):
    assert preset_of(PRESETS[name].with_loss(loss)) == name


def test_an_edited_network_is_not_a_preset_until_it_is_edited_back():
    first = TUTORIAL.layers[0]
    edited = with_preset_name(TUTORIAL.with_layer(0, replace(first, filters=16)))
    assert preset_of(edited) is None
    assert edited.name == EDITED_NAME
    assert with_preset_name(edited.with_layer(0, first)) == TUTORIAL
