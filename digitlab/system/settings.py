"""The user's settings, kept between sessions."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from digitlab.system import storage
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.limited_json import parse_json
from digitlab.system.reading import FileMissingError, Format, read_bytes, refusing
from digitlab.system.storage import atomic_write, config_folder

_log = logging.getLogger(__name__)

_FORMAT: Final = Format(
    "the settings of DigitLab",
    frozenset({Kind.JSON}),
    1_000_000,
    "contains no settings",
    "Settings take a few kilobytes of JSON.",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings. All fields are texts with a default.

    Attributes:
        colour_scheme: ``system``, ``light`` or ``dark``.
        data_source: The training dataset: ``builtin``, ``mnist`` or a path; empty if never chosen.
        last_folder: The folder of the last file opened or saved.
        window_geometry: Position and size of the window, as Qt's base64 text.
        window_state: Docks and toolbars, as Qt's base64 text.
        panel: Name of the action that shows the last open panel.
    """

    colour_scheme: str = "system"
    data_source: str = ""
    last_folder: str = ""
    window_geometry: str = ""
    window_state: str = ""
    panel: str = ""


def settings_path() -> Path:
    """Return the settings file; it may not exist."""
    return config_folder() / "settings.json"


def load_settings(report: Callable[[DigitLabError], object] = lambda error: None) -> Settings:
    """Read the settings. For a bad file or value the defaults are used, with a warning in the log.

    A file that cannot be read is moved aside, so that saving does not overwrite it.

    Args:
        report: Called with what the user should know about such a file.
    """
    path = settings_path()
    try:
        content = read_bytes(path, _FORMAT)
        with refusing(path, _FORMAT, content):
            stored: dict[str, Any] = dict(parse_json(content).items())
    except FileMissingError:
        return Settings()
    except DigitLabError as error:
        _log.warning("The settings file %s is ignored: %s", path, error)
        report(_set_aside(path, error))
        return Settings()
    known = {}
    for field in fields(Settings):
        value = stored.get(field.name, field.default)
        if isinstance(value, str):
            known[field.name] = value
        else:
            _log.warning("The setting %s is ignored because it is not a text.", field.name)
    return Settings(**known)


def _set_aside(path: Path, error: DigitLabError) -> DigitLabError:
    """Move a file that cannot be read aside; returns what the user should know."""
    try:
        kept = f"The file is kept as {path.rename(storage.free_aside(path))}."
    except OSError as failure:
        kept = f"{path} could not be moved aside: {failure.strerror or type(failure).__name__}."
    return DigitLabError(
        "Your settings could not be read, so DigitLab starts with the usual ones.", expected=error.happened, remedy=kept
    )


def save_settings(settings: Settings) -> None:
    """Write the settings.

    Raises:
        DigitLabError: If the folder cannot be written.
    """
    with atomic_write(settings_path(), is_private=True) as file:
        file.write(json.dumps(asdict(settings), indent=1).encode())
