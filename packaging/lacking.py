"""Which packages an environment lacks to be used with this checkout: ``python packaging/lacking.py SET...``.

A set is ``run``, the dependencies in pyproject.toml, or one of the extras there. Prints the packages that are missing,
not completely installed, or of a version that does not fit; the exit code is 1 if there are any.
"""

import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]


def lacking_packages(names: Sequence[str]) -> Iterator[str]:
    """Yield what is lacking of some requirements, and of the requirements of these."""
    from packaging.requirements import Requirement

    waiting, seen = [Requirement(name) for name in names], set()
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(str(requirement))
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:
            yield requirement.name
            continue
        # Without a list of its files, it was being installed or removed when that was interrupted.
        if package.files is None or not requirement.specifier.contains(package.version, prereleases=True):
            yield requirement.name
        waiting += [Requirement(line) for line in package.requires or ()]


def main(sets: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = {"run": project["dependencies"], **project["optional-dependencies"]}
    names = [project["name"], *(name for one in sets for name in known[one])]
    try:
        lacking = sorted(set(lacking_packages(names)))
    except ModuleNotFoundError:  # of packaging, one of the first to be installed
        lacking = ["almost all packages"]
    print(", ".join(lacking))
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
