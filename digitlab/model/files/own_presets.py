"""Presets that the user saved: one JSON file for each, in a folder of its own."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from digitlab.model.files.network_file import spec_from_json, spec_to_json
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.limits import parse_json
from digitlab.system.reading import Format, read_bytes, refusing, shown_name
from digitlab.system.storage import atomic_write, personal_folder

LONGEST_NAME: Final = 60
"""Characters of the name of a preset."""

MOST_PRESETS: Final = 100
"""More files in the folder are not read."""

_VERSION: Final = 1
_FORMAT: Final = Format(
    "a preset",
    frozenset(Kind),  # what else it may be does not matter: it is in the folder of presets
    2**18,
    "is no preset that this version of DigitLab can read",
    "Presets are saved in the Network tab.",
    remedy="It is left out of the list. Delete the file, or move it away.",
    too_large="It is left out of the list. Delete the file, or move it away.",
)


@dataclass(frozen=True, slots=True)
class OwnPresets:
    """What is in the folder.

    Attributes:
        paths: The file of each preset by its name, in alphabetical order.
        specs: The presets in the same order.
        refused: Why other files were left out, a sentence or two for each.
    """

    paths: dict[str, Path]
    specs: tuple[ModelSpec, ...]
    refused: tuple[str, ...]


def presets_folder() -> Path:
    """Return the folder of the presets; it may not exist."""
    return personal_folder() / "presets"


def read_presets(folder: Path) -> OwnPresets:
    """Read all presets of a folder; files that are none are left out."""
    found: dict[str, tuple[Path, ModelSpec]] = {}
    refused = []
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    for path in files[:MOST_PRESETS]:
        try:
            spec = read_preset(path)
            found.setdefault(spec.name, (path, spec))
        except DigitLabError as error:
            refused.append(str(error))
    if len(files) > MOST_PRESETS:
        refused.append(f"There are {len(files):,} presets; the first {MOST_PRESETS} are listed.")
    names = sorted(found, key=str.casefold)
    paths = {name: found[name][0] for name in names}
    return OwnPresets(paths, tuple(found[name][1] for name in names), tuple(refused))


def save_preset(folder: Path, spec: ModelSpec) -> None:
    """Save a network under its name, in place of the preset that has this name.

    Raises:
        DigitLabError: If it cannot be written.
    """
    known = read_presets(folder)
    if spec.name not in known.paths and len(known.paths) >= MOST_PRESETS:
        raise DigitLabError(f"There are {MOST_PRESETS} presets already.", remedy="Delete one first.")
    text = json.dumps({"digitlab_preset": _VERSION, "spec": spec_to_json(spec)}, indent=1)
    with atomic_write(known.paths.get(spec.name, folder / _file_name(spec.name)), is_private=True) as file:
        file.write(text.encode())


def delete_preset(folder: Path, name: str) -> None:
    """Delete the preset with a name, if there is one.

    Raises:
        DigitLabError: If it cannot be deleted.
    """
    path = read_presets(folder).paths.get(name)
    if path is None:
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DigitLabError(f"{shown_name(path)} could not be deleted: {reason}.") from error


def read_preset(path: Path) -> ModelSpec:
    """Read one preset.

    Raises:
        DigitLabError: If it is missing, damaged, malicious or from a newer version of DigitLab.
    """
    content = read_bytes(path, _FORMAT)
    with refusing(path, _FORMAT, content):
        value: Any = parse_json(content)
        if value["digitlab_preset"] != _VERSION:
            raise ValueError(value["digitlab_preset"])
        spec = spec_from_json(value["spec"], path)
        name = " ".join(spec.name.split())[:LONGEST_NAME]
        if not name:
            raise ValueError(name)
        return replace(spec, name=name)


def _file_name(name: str) -> str:
    """Return a file name for any name: what is readable of it, and a part of its hash."""
    readable = re.sub("[^a-z0-9]+", "-", name.casefold()).strip("-")[:40]
    return f"{readable or 'preset'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.json"
