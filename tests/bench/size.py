"""The size of an installation: the files of all packages that DigitLab needs, from the packages' metadata."""

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
    """Return packages with all their dependencies, without extras."""
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
            continue  # a package without installed files
        waiting += [Requirement(line) for line in found[name].requires or ()]
    return found


def size_mb(package: Distribution) -> float:
    """Return the size of a package's files, without compiled modules, which Python creates by itself."""
    paths = [Path(str(file.locate())) for file in package.files or () if "__pycache__" not in file.parts]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 2**20


def _own_mb() -> float:
    """Return the size of DigitLab itself."""
    files = [path for path in (_ROOT / "digitlab").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sum(path.stat().st_size for path in files) / 2**20


def measure() -> Iterator[Row]:
    """Add up the sizes."""
    needs = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    sizes = {name: size_mb(package) for name, package in needed_packages(needs).items()}
    sizes["digitlab itself"] = _own_mb()
    alone = sum(map(size_mb, needed_packages(_ALONE).values()))
    name = f"an installation, {len(sizes)} packages"
    yield Row(name, sum(sizes.values()), "MB", alone, "TensorFlow and Keras with what they need")
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:_LARGEST]
    for name, size in {**dict(largest), "digitlab itself": sizes["digitlab itself"]}.items():
        yield Row(f"  of it {name}", size, "MB")
