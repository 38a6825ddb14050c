"""Access to the files that DigitLab ships: icons, models and their licences."""

from pathlib import Path
from typing import Final

from digitlab.system.errors import DigitLabError

DEFAULT_MODEL: Final = "pen"
"""The shipped model that is used by default."""

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def resources_folder() -> Path:
    """Return the folder of the shipped resources, in an installation or in a checkout.

    Raises:
        DigitLabError: If there is no such folder.
    """
    for folder in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        if folder.is_dir():
            return folder
    raise DigitLabError(
        "DigitLab's resource files are missing.",
        remedy="Reinstall DigitLab; this copy is incomplete.",
    )


def icon_path(name: str) -> Path:
    """Return the path of a shipped SVG icon, given its name without the suffix."""
    return resources_folder() / "icons" / f"{name}.svg"


def model_path(name: str) -> Path:
    """Return the path of a shipped model, given its name without the suffix."""
    return resources_folder() / "models" / f"{name}.digitlab"


def shipped_model_names() -> tuple[str, ...]:
    """Return the names of the shipped models, sorted."""
    return tuple(sorted(path.stem for path in (resources_folder() / "models").glob("*.digitlab")))
