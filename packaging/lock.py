"""Write the lock files in packaging/locks, with the hash of every file that may be downloaded: ``make lock``.

Versions that a lock file already names stay. To raise them all: ``make lock ARGS=--upgrade``; one:
``make lock ARGS="--upgrade-package keras"``. Every argument goes to ``uv pip compile``.
"""

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_FOLDER: Final = _ROOT / "packaging" / "locks"

HELD_BACK: Final = ("PySide6-Essentials==6.11.3",)
"""6.12.0 aborts the interpreter on Python 3.11 (see pyproject.toml); one version on every Python keeps what is painted
in the tests alike."""

_EDITABLE_INSTALLS: Final = "editables"
"""Which hatchling asks for when it builds an editable install."""


def requirements() -> dict[str, list[str]]:
    """Return what each lock file is made from: one for running DigitLab, and one for each extra, without DigitLab."""
    values = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, build = values["project"], values["build-system"]
    return {
        "run": [*project["dependencies"], *build["requires"], _EDITABLE_INSTALLS],
        **project["optional-dependencies"],
    }


def main(options: Sequence[str]) -> None:
    """Write all of them; packages that several need have the version of the first."""
    versions: list[str] = []
    for name, needed in requirements().items():
        file = _FOLDER / f"{name}.txt"
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        # The header names the command; the address of the package index is each computer's own matter.
        command += ["--generate-hashes", "--no-annotate", "--custom-compile-command", "make lock"]
        command += [*versions, *options, "--output-file", str(file), "-"]
        lines = [*needed, *(HELD_BACK if name == "run" else ())]
        subprocess.run(command, input="\n".join(lines), text=True, check=True, stdout=subprocess.DEVNULL, cwd=_ROOT)
        versions += ["--constraints", str(file)]


if __name__ == "__main__":
    main(sys.argv[1:])
