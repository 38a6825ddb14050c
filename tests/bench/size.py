"""How much an installation takes: the files of all packages that DigitLab needs, told by the packages themselves."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from tests.bench.rows import Row

_LARGEST: Final = 5
_ROOT: Final = Path(__file__).parents[2]
_ALONE: Final = ("tensorflow", "keras")


def needed_packages(names: Iterable[str]) -> dict[str, Distribution]:
    """Return packages with all that they need here, without extras."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in found or (requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # one that no file was installed for
        waiting += [Requirement(line) for line in found[name].requires or ()]
    return found


def size_mb(package: Distribution) -> float:
    """Return what the files of a package take; compiled modules, which Python makes by itself, are not counted."""
    paths = [Path(str(file.locate())) for file in package.files or () if "__pycache__" not in file.parts]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 2**20


def _own_mb() -> float:
    """Return what DigitLab itself takes."""
    files = [path for path in (_ROOT / "digitlab").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sum(path.stat().st_size for path in files) / 2**20


def measure() -> Iterator[Row]:
    """Add up."""
    needs = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    sizes = {name: size_mb(package) for name, package in needed_packages(needs).items()}
    sizes["digitlab itself"] = _own_mb()
    alone = sum(map(size_mb, needed_packages(_ALONE).values()))
    name = f"an installation, {len(sizes)} packages"
    yield Row(name, sum(sizes.values()), "MB", alone, "TensorFlow and Keras with what they need")
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:_LARGEST]
    for name, size in {**dict(largest), "digitlab itself": sizes["digitlab itself"]}.items():
        yield Row(f"  of it {name}", size, "MB")
