"""The errors that DigitLab raises on purpose and shows to the user."""

import re
import shlex
import sys
from typing import Final

_DISTRIBUTIONS: Final = {
    "PIL": "pillow",
    "PySide6": "PySide6-Essentials",
    "pillow_heif": "pillow-heif",
    "resvg_py": "resvg-py",
    "shiboken6": "PySide6-Essentials",
    "yaml": "PyYAML",
}
"""The names under which packages are installed, where these differ from those under which they are imported."""


class DigitLabError(Exception):
    """A failure that the user can understand and act on.

    Args:
        happened: What happened, in one sentence.
        expected: What was expected instead; empty if obvious.
        remedy: What the user can do now; empty if there is nothing to do.
    """

    def __init__(self, happened: str, *, expected: str = "", remedy: str = "") -> None:
        """Store the three sentences, joined as the exception's text."""
        self.happened = happened
        self.expected = expected
        self.remedy = remedy
        super().__init__(" ".join(part for part in (happened, expected, remedy) if part))


class DependencyError(DigitLabError):
    """A package is missing or cannot be loaded."""


def dependency_error(error: BaseException, package: str = "") -> DependencyError | None:
    """Return the error to show for the failed import of a package.

    Args:
        error: What the import raised.
        package: The package that was imported; empty to take what the error names.

    Returns:
        None if it is none of a package, but a bug in DigitLab.
    """
    found = (error.name or "").partition(".")[0] if isinstance(error, ImportError) else ""
    if found == "digitlab" or (not package and not isinstance(error, ImportError)):
        return None
    if isinstance(error, ModuleNotFoundError) and found:
        return DependencyError(f"The package {found} is missing.", remedy=_remedy(found))
    name = package or found
    what = f"The package {name}" if name else "A package"
    return DependencyError(f"{what} cannot be loaded: {_reason(error)}.", remedy=_remedy(name, "--force-reinstall"))


def _reason(error: BaseException) -> str:
    """Return the line of an error's text that says why; TensorFlow puts a whole traceback into it."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith((" ", "Traceback"))]
    return lines[0].strip().removesuffix(".") if lines else type(error).__name__


def _remedy(package: str, *options: str) -> str:
    if getattr(sys, "frozen", False):
        return "Reinstall DigitLab; this copy is incomplete."
    command = [sys.executable, "-m", "pip", "install", *options, _requirement(package)]
    return f"Install it: {shlex.join(command)}"


def _requirement(package: str) -> str:
    """Return a package with the versions that DigitLab needs, or all of DigitLab if the package is unknown."""
    from importlib import metadata

    distribution = _DISTRIBUTIONS.get(package, package) or "digitlab"
    try:
        requirements = metadata.requires("digitlab") or []
    except metadata.PackageNotFoundError:
        return distribution
    for requirement in requirements:
        wanted = requirement.partition(";")[0].strip()
        if re.split(r"[^\w.-]", wanted)[0].lower() == distribution.lower():
            return wanted
    return distribution
