"""Which preset an edited network is."""

from dataclasses import replace

import pytest

from digitlab.model.presets import EDITED_NAME, PRESETS, TUTORIAL, named_anew, preset_of
from digitlab.model.spec import Loss


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("loss", Loss)
def test_a_preset_is_known_with_any_loss(name, loss):
    assert preset_of(PRESETS[name].with_loss(loss)) == name


def test_an_edited_network_is_no_preset_and_edited_back_it_is_one_again():
    first = TUTORIAL.layers[0]
    edited = named_anew(TUTORIAL.with_layer(0, replace(first, filters=16)))
    assert preset_of(edited) is None
    assert edited.name == EDITED_NAME
    assert named_anew(edited.with_layer(0, first)) == TUTORIAL
