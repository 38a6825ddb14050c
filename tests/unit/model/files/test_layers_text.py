"""Layers as text: they survive it, and anything else is refused with a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.model.files.layers_text import layers_from_text, layers_to_text
from digitlab.model.layers import LAYER_TYPES
from digitlab.model.presets import PEN
from digitlab.system.errors import DigitLabError


def test_layers_survive_a_text():
    layers = (*PEN.layers, *(kind.usual() for kind in LAYER_TYPES.values()))
    assert layers_from_text(layers_to_text(layers)) == layers


@given(
    st.one_of(st.binary(max_size=300), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
)
def test_anything_else_is_refused(content):
    text = content.encode() if isinstance(content, str) else content
    with pytest.raises(DigitLabError, match="The clipboard"):
        layers_from_text(text)


@given(st.data())
def test_a_changed_byte_gives_valid_layers_or_is_refused(data):
    text = bytearray(layers_to_text(PEN.layers))
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        layers = layers_from_text(bytes(text))
    except DigitLabError:
        return
    assert layers_from_text(layers_to_text(layers)) == layers
