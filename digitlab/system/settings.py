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
from digitlab.system.limits import parse_json
from digitlab.system.private import make_private
from digitlab.system.reading import FileMissingError, Format, read_bytes, refusing
from digitlab.system.storage import atomic_write, config_folder

_log = logging.getLogger(__name__)

_FORMAT: Final = Format(
    "the settings of DigitLab",
    frozenset(Kind),  # the user did not choose the file, so it does not matter what else it is
    1_000_000,
    "contains no settings",
    "Settings take a few kilobytes of JSON.",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings. All fields are texts or tuples of texts, with a default.

    Attributes:
        colour_scheme: ``system``, ``light`` or ``dark``.
        data_source: The training dataset: ``builtin``, ``mnist`` or a path; empty if never chosen.
        last_folder: The folder of the last file opened or saved.
        window_geometry: Position and size of the window, as Qt's base64 text.
        window_state: Docks and toolbars, as Qt's base64 text.
        panel: Name of the action that shows the last open panel.
        drawings: Paths of the files of drawings to train on.
        held_out: The path of the data that networks are evaluated on; empty for a dataset of DigitLab.
        network: The open network: the name of a shipped one, or a path; empty for the default network.
        lessons: ``shown`` or ``closed``, or ``offered`` if the lessons were never open; empty before the first start.
        lesson: The file of the lesson on screen; empty for the list of lessons.
        lesson_progress: How far each lesson is.
        plotted_runs: File names of the runs that are plotted together; None if there was never a list of runs.
    """

    colour_scheme: str = "system"
    data_source: str = ""
    last_folder: str = ""
    window_geometry: str = ""
    window_state: str = ""
    panel: str = ""
    drawings: tuple[str, ...] = ()
    held_out: str = ""
    network: str = ""
    lessons: str = ""
    lesson: str = ""
    lesson_progress: tuple[str, ...] = ()
    plotted_runs: tuple[str, ...] | None = None


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
    known: dict[str, Any] = {}
    for field in fields(Settings):
        value = stored.get(field.name, field.default)
        if value == field.default:
            continue
        valid = _valid(value, field.default)
        if valid is not None:
            known[field.name] = valid
        else:
            _log.warning("The setting %s is ignored because its type is wrong.", field.name)
    return Settings(**known)


def _valid(value: object, default: object) -> str | tuple[str, ...] | None:
    """Return a stored value as the settings have it, a text if the default is one, or else texts; None if it is not."""
    if isinstance(default, str):
        return value if isinstance(value, str) else None
    is_list = isinstance(value, list) and all(isinstance(text, str) for text in value)
    return tuple(value) if is_list else None  # type: ignore[arg-type]


def _set_aside(path: Path, error: DigitLabError) -> DigitLabError:
    """Move a file that cannot be read aside; returns what the user should know."""
    try:
        aside = path.rename(storage.free_aside(path))
        make_private(aside)
        kept = f"The file is kept as {aside}."
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
