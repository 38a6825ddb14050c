"""Layers as JSON text, for the clipboard: written by DigitLab, but read as strictly as any file."""

import json
from pathlib import Path
from typing import Final

from digitlab.model.files.network_file import layer_from_json, layer_to_json
from digitlab.model.layer import Layer
from digitlab.model.spec import MAXIMUM_LAYERS
from digitlab.system.kinds import Kind
from digitlab.system.limits import parse_json
from digitlab.system.reading import Format, check_size, refusing

_FORMAT: Final = Format(
    "layers",
    frozenset(Kind),  # what else it may be does not matter: it is on the clipboard as layers
    2**18,
    "holds no layers that this version of DigitLab can read",
    "Layers are copied in the Network tab.",
    remedy="Copy them again.",
    too_large="Copy fewer layers.",
)
_NAME: Final = Path("The clipboard")
_VERSION: Final = 1


def layers_to_text(layers: tuple[Layer, ...]) -> bytes:
    """Return layers as JSON text in UTF-8."""
    return json.dumps({"digitlab": _VERSION, "layers": [layer_to_json(layer) for layer in layers]}, indent=1).encode()


def layers_from_text(text: bytes) -> tuple[Layer, ...]:
    """Return the layers of a text.

    Raises:
        DigitLabError: If it is too large, no JSON, or has anything but layers with valid hyperparameters.
    """
    with refusing(_NAME, _FORMAT, text):
        check_size(text, str(_NAME), _FORMAT)
        value = parse_json(text)
        layers = value["layers"]
        if value["digitlab"] != _VERSION or not 1 <= len(layers) <= MAXIMUM_LAYERS:
            raise ValueError(value["digitlab"])
        return tuple(layer_from_json(layer) for layer in layers)
