"""The lock files: every package with an exact version and hashes, and what pyproject.toml asks for."""

import re
import runpy
import tomllib
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.structure import REPOSITORY

LOCKS: Final = REPOSITORY / "packaging" / "locks"
SOURCE: Final = runpy.run_path(str(REPOSITORY / "packaging" / "lock.py"))
REQUIREMENTS: Final[dict[str, list[str]]] = SOURCE["requirements"]()


def _entries(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Return the packages of a lock file by their name, each with its hashes."""
    lines = [line for line in (LOCKS / f"{name}.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    found = {}
    for entry in re.split(r"(?<!\\)\n", "\n".join(lines)):
        requirement, *hashes = re.split(r"\s*\\\n\s*", entry)
        package = Requirement(requirement)
        found[canonicalize_name(package.name)] = (package, hashes)
    return found


def test_each_set_of_packages_has_a_lock_file():
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {path.stem for path in LOCKS.iterdir()} == set(REQUIREMENTS) == {"run", *extras}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_a_lock_file_has_a_version_that_fits_for_every_requirement(name: str):
    entries = _entries(name)
    for requirement in map(Requirement, REQUIREMENTS[name]):
        package, _ = entries[canonicalize_name(requirement.name)]
        (version,) = package.specifier
        assert requirement.specifier.contains(version.version), f"{requirement}: run make lock"


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_a_lock_file_has_exact_versions_and_hashes_and_names_no_index(name: str):
    for package, hashes in _entries(name).values():
        assert [version.operator for version in package.specifier] == ["=="]
        assert package.url is None
        assert hashes
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes)
    assert "://" not in (LOCKS / f"{name}.txt").read_text("utf-8")


def test_the_lock_files_agree_with_one_another():
    versions: dict[str, set[str]] = {}
    for name in REQUIREMENTS:
        for package, (requirement, _) in _entries(name).items():
            versions.setdefault(package, set()).add(str(requirement.specifier))
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_what_only_runs_digitlab_brings_no_tools_for_tests():
    assert not set(_entries("run")) & {canonicalize_name(Requirement(one).name) for one in REQUIREMENTS["dev"]}


def test_qt_stays_on_the_version_that_works_on_every_python():
    entries = _entries("run")
    assert {str(entries[name][0].specifier) for name in ("pyside6-essentials", "shiboken6")} == {"==6.11.3"}
