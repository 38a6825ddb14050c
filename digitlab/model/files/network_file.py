"""Reading and writing ``.digitlab`` files: a network, its weights and, if it was trained, the run."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from digitlab.data.classes import DIGITS, Classes
from digitlab.data.digit import IMAGE_SIDE, LEAST_SIDE, MOST_SIDE
from digitlab.model.files.archive import Archive, damaged, opened_archive, pack_arrays, write_archive
from digitlab.model.layer import Layer
from digitlab.model.layers import LAYER_TYPES
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import MAXIMUM_LAYERS, Loss, ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.system.reading import shown_name

FILE_SUFFIX: Final = ".digitlab"
FORMAT_VERSION: Final = 2
"""The format of networks that the first version of DigitLab cannot read; all others are written as format 1."""

_FIRST_FORMAT: Final[Mapping[str, frozenset[str]]] = {
    "conv2d": frozenset({"filters", "kernel_size", "stride", "padding", "activation"}),
    "pooling2d": frozenset({"size", "kind"}),
    "globalpooling2d": frozenset({"kind"}),
    "flatten": frozenset(),
    "dense": frozenset({"units", "activation"}),
}
"""The layers of format 1 with their hyperparameters, which each file gives; pairs were one number then."""

_FIRST_ACTIVATIONS: Final = frozenset({"linear", "relu", "sigmoid", "softmax"})
"""The activations of format 1."""

_FIRST_NAMES: Final = {"strides": "stride"}
"""The names of format 1 for hyperparameters that have another one now; files keep them."""

_MODEL: Final = "model.json"
_WEIGHTS: Final = "weights.npz"
_MAXIMUM_MODEL_BYTES: Final = 2**18
"""Limit on the description of a network: a network of 200 layers would take a quarter of it."""

_MAXIMUM_NAME: Final = 100
_MAXIMUM_EPOCH: Final = 1e9

MAXIMUM_STEP: Final = 2**31 - 1
"""Largest number of batches before a snapshot; Qt's numbers have 32 bits."""


def write_model(path: Path, snapshot: Snapshot, extra: Mapping[str, bytes] | None = None) -> None:
    """Save a network with its weights.

    Args:
        path: The file; replaced only when the new one is complete.
        snapshot: What to save.
        extra: Further members of the archive, by name.

    Raises:
        DigitLabError: If it cannot be written.
    """
    spec = spec_to_json(snapshot.spec)
    is_first = all(map(_is_of_first_format, spec["layers"])) and not {"classes", "side"} & spec.keys()
    description = {
        "format": 1 if is_first else FORMAT_VERSION,
        "spec": spec,
        "step": snapshot.step,
        "epoch": snapshot.epoch,
    }
    members = {
        _MODEL: json.dumps(description, indent=1).encode(),
        _WEIGHTS: pack_arrays(dict(zip(array_names(snapshot.spec), snapshot.arrays, strict=True))),
    }
    write_archive(path, {**members, **(extra or {})})


def read_model(path: Path) -> Snapshot:
    """Open a network with its weights.

    Raises:
        DigitLabError: If the file is missing, damaged, malicious or from a newer version of DigitLab.
    """
    with opened_archive(path) as archive:
        description = archive.read_json(_MODEL, _MAXIMUM_MODEL_BYTES)
        if description.get("format") not in range(1, FORMAT_VERSION + 1):
            raise DigitLabError(
                f"{shown_name(path)} has a format that this version of DigitLab cannot read.",
                remedy="Install the newest version of DigitLab.",
            )
        spec = spec_from_json(description.get("spec"), path)
        step, epoch = description.get("step", 0), description.get("epoch", 0.0)
        is_valid = type(step) is int and 0 <= step <= MAXIMUM_STEP and isinstance(epoch, int | float)
        if not (is_valid and 0 <= epoch <= _MAXIMUM_EPOCH):
            raise damaged(path)
        return Snapshot.of(spec, _read_weights(archive, spec), step, float(epoch))


def array_names(spec: ModelSpec) -> list[str]:
    """Return the names of a network's weights in files, in Keras' order, for example ``conv1.kernel``."""
    return [
        f"{name}.{weight}"
        for name, shapes in zip(spec.layer_names, spec.weight_shapes, strict=True)
        for weight in shapes
    ]


def _read_weights(archive: Archive, spec: ModelSpec) -> list[NDArray[Any]]:
    """Return the weights of a network in Keras' order, each checked."""
    flat_shapes = [shape for shapes in spec.weight_shapes for shape in shapes.values()]
    return list(archive.read_arrays(_WEIGHTS, dict(zip(array_names(spec), flat_shapes, strict=True))).values())


def spec_to_json(spec: ModelSpec) -> dict[str, Any]:
    """Return a network as JSON, in DigitLab's own layer schema."""
    written: dict[str, Any] = {
        "name": spec.name,
        "loss": spec.loss.value,
        "layers": [layer_to_json(layer) for layer in spec.layers],
    }
    # Format 1 had digits of 28 x 28 pixels only.
    if not spec.classes.are_digits:
        written["classes"] = list(spec.classes.names)
    if spec.side != IMAGE_SIDE:
        written["side"] = spec.side
    return written


def spec_from_json(value: Any, path: Path) -> ModelSpec:
    """Return a network from JSON, after validation.

    Raises:
        DigitLabError: If the value is not a network, has unknown layers or cannot be built.
    """
    try:
        layers = value["layers"]
        if not 1 <= len(layers) <= MAXIMUM_LAYERS:
            raise damaged(path)
        spec = ModelSpec(
            str(value["name"])[:_MAXIMUM_NAME],
            tuple(layer_from_json(layer) for layer in layers),
            Loss(value["loss"]),
            _classes_from_json(value.get("classes")),
            _side_from_json(value.get("side", IMAGE_SIDE)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(path) from error
    problem = spec.building_problem()
    if problem is not None:
        raise DigitLabError(f"{shown_name(path)} contains a network that cannot be built. {problem.reason}")
    return spec


def _classes_from_json(value: Any) -> Classes:
    if value is None:
        return DIGITS
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError("classes")
    try:
        return Classes(tuple(value))
    except DigitLabError as error:
        raise ValueError("classes") from error


def _side_from_json(value: Any) -> int:
    if type(value) is not int or not LEAST_SIDE <= value <= MOST_SIDE:
        raise ValueError("side")
    return value


def layer_to_json(layer: Layer) -> dict[str, Any]:
    """Return one layer, without the usual values of hyperparameters that format 1 did not have."""
    (name,) = (name for name, kind in LAYER_TYPES.items() if kind is type(layer))
    first = _FIRST_FORMAT.get(name)
    values = _values(layer)
    if first is None:
        return {"type": name, **values}
    given = {parameter.name: getattr(layer, parameter.name) for parameter in layer.HYPERPARAMETERS}
    usual = _values(type(layer)(**{name: value for name, value in given.items() if _key(name) in first}))
    return {"type": name, **{key: value for key, value in values.items() if key in first or value != usual[key]}}


def layer_from_json(value: dict[str, Any]) -> Layer:
    """Return one layer; anything unexpected raises ValueError, KeyError or TypeError."""
    kind, first = LAYER_TYPES[value["type"]], _FIRST_FORMAT.get(value["type"], frozenset())
    optional = {field.name for field in fields(kind) if field.default is not MISSING}  # type: ignore[arg-type]
    arguments: dict[str, Any] = {}
    for parameter in kind.HYPERPARAMETERS:
        key = _key(parameter.name)
        if key in value or key in first or parameter.name not in optional:
            arguments[parameter.name] = parameter.read(value[key])
    return kind(**arguments)


def _values(layer: Layer) -> dict[str, Any]:
    """Return all hyperparameters of a layer as JSON, by their names in files."""
    return {
        _key(parameter.name): parameter.write(getattr(layer, parameter.name)) for parameter in layer.HYPERPARAMETERS
    }


def _key(name: str) -> str:
    return _FIRST_NAMES.get(name, name)


def _is_of_first_format(layer: Mapping[str, Any]) -> bool:
    """Return whether the first version of DigitLab can read a layer, written as JSON."""
    known = _FIRST_FORMAT.get(layer["type"])
    return known is not None and all(
        key in known and not isinstance(value, list) and (key != "activation" or value in _FIRST_ACTIVATIONS)
        for key, value in layer.items()
        if key != "type"
    )
