"""``make`` sets up the environment: what is installed when, and what is said if that fails.

The scripts run in a copy of the repository whose ``.venv`` records what pip is asked for, instead of installing it.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.structure import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts need make and bash")

OFFLINE: Final = """\
2026-01-01T00:00:00 WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)': /simple/
2026-01-01T00:00:00 ERROR: Could not find a version that satisfies the requirement keras==3.15.1 (from versions: none)
2026-01-01T00:00:00 ERROR: No matching distribution found for keras==3.15.1
"""

# Python, except that pip's installations are recorded, and end as the test says.
_PYTHON: Final = """#!/usr/bin/env bash
if [ "${{2:-}} ${{3:-}}" != 'pip install' ]; then exec {python} "$@"; fi
echo "$@" >>{calls}
while [ "$1" != --log ]; do shift; done
cat {log} >>"$2"
exit "$(cat {code})"
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the files that set up the environment."""

    folder: Path

    def pip_fails(self, log: str) -> None:
        """Have the next installations fail, with this in pip's log."""
        (self.folder / "log").write_text(log)
        (self.folder / "code").write_text("1")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that a file has."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def set_up(self, *sets: str) -> tuple[list[str], subprocess.CompletedProcess[str]]:
        """Run the script; return what pip was asked for meanwhile, and how the script ended."""
        calls = self.folder / "calls"
        calls.write_text("")
        command = [self.folder / "packaging" / "environment.sh", *sets]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return calls.read_text().splitlines(), done


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    for name in ("packaging/environment.sh", "packaging/find-python.sh", "packaging/lacking.py", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    shutil.copytree(REPOSITORY / "packaging" / "locks", tmp_path / "packaging" / "locks")
    (tmp_path / "log").write_text("")
    (tmp_path / "code").write_text("0")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    files = {name: tmp_path / name for name in ("calls", "log", "code")}
    python.write_text(_PYTHON.format(python=sys.executable, **files))
    python.chmod(0o755)
    return Checkout(tmp_path)


def test_people_who_only_run_it_get_no_tools_for_tests(checkout: Checkout):
    asked, done = checkout.set_up("run")
    assert done.returncode == 0
    assert [("locks/run.txt" in one, "dev" in one, one.endswith("-e .")) for one in asked] == [
        (True, False, False),
        (False, False, True),
    ]


def test_every_download_is_checked_against_a_hash(checkout: Checkout):
    asked, _ = checkout.set_up("run", "dev")
    *locked, itself = asked
    assert len(locked) == 2
    assert all("--require-hashes --only-binary :all:" in one for one in locked)
    assert "--no-deps --no-build-isolation" in itself  # which downloads nothing


def test_what_is_current_is_left_alone(checkout: Checkout):
    checkout.set_up("run", "dev")
    assert checkout.set_up("run", "dev")[0] == []
    assert checkout.set_up("run")[0] == []


def test_a_lint_rule_is_no_update(checkout: Checkout):
    checkout.set_up("run", "dev")
    checkout.edit("pyproject.toml", "max-complexity = 10", "max-complexity = 9")
    assert checkout.set_up("run", "dev")[0] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "installed"),
    [
        ("packaging/locks/dev.txt", "pytest==", "pytest==1!", "locks/dev.txt"),
        ("packaging/locks/run.txt", "keras==", "keras==1!", "locks/run.txt"),
        ("pyproject.toml", 'digitlab = "digitlab.cli:main"', 'digits = "digitlab.cli:main"', "-e ."),
    ],
)
def test_only_what_has_changed_is_installed_again(checkout: Checkout, name: str, old: str, new: str, installed: str):
    checkout.set_up("run", "dev")
    checkout.edit(name, old, new)
    asked, _ = checkout.set_up("run", "dev")
    assert len(asked) == 1
    assert installed in asked[0]


def test_a_working_environment_is_used_when_an_update_fails(checkout: Checkout):
    checkout.set_up("run")
    checkout.edit("packaging/locks/run.txt", "keras==", "keras==1!")
    checkout.pip_fails(OFFLINE)
    for _ in range(2):  # it tries again each time
        asked, done = checkout.set_up("run")
        assert len(asked) == 1
        assert done.returncode == 0
        assert "The package index could not be reached." in done.stderr
        assert "are sufficient, so they are used" in done.stderr
        assert "keras" not in done.stderr  # pip blames the package


def test_an_environment_that_lacks_something_is_not_used(checkout: Checkout):
    checkout.set_up("run")
    checkout.edit("pyproject.toml", '"platformdirs>=4.2"', '"platformdirs>=4.2", "no-such-package>=1", "numpy>=1000"')
    checkout.pip_fails(OFFLINE)
    _, done = checkout.set_up("run")
    assert done.returncode == 1
    assert "The package index could not be reached." in done.stderr
    assert "Missing: no-such-package, numpy. Run make again" in done.stderr


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("1 ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("1 ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "its hash differs"),
        (
            "1 WARNING: connection broken by 'ConnectTimeoutError'\n1 ERROR: No matching",
            "Is this computer online?",
        ),
        ("1 Found\n1 ERROR: No matching distribution found for tensorflow==2.21.0", "found for tensorflow==2.21.0"),
    ],
)
def test_the_true_cause_is_said(checkout: Checkout, log: str, said: str):
    checkout.pip_fails(log)
    _, done = checkout.set_up("run")
    assert said in done.stderr


def test_without_a_supported_python_it_says_what_to_install(checkout: Checkout):
    shutil.rmtree(checkout.folder / ".venv")
    command = [checkout.folder / "packaging" / "environment.sh"]
    environment = {**os.environ, "PYTHON": "/no/such/python"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13, and none was found as /no/such/python" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need no libraries")
@pytest.mark.parametrize("target", ["run", "test"])
def test_system_libraries_are_checked_before_anything_is_downloaded(tmp_path: Path, target: str):
    (tmp_path / "packaging").mkdir()
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name, ends in (("system-libraries.sh", "exit 1"), ("environment.sh", "exit 0")):
        script = tmp_path / "packaging" / name
        script.write_text(f"#!/bin/sh\necho {name}\n{ends}\n")
        script.chmod(0o755)
    done = subprocess.run(["make", "-C", tmp_path, target], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "system-libraries.sh" in done.stdout
    assert "environment.sh" not in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need no libraries")
@pytest.mark.parametrize("user", [0, 1000])
def test_system_packages_are_named_before_they_are_installed_and_only_as_root(tmp_path: Path, user: int):
    for name, text in {
        "packaging/apt-install.sh": 'echo "installed: $*"',
        ".venv/bin/python": '[ -z "$2" ] || echo "$3"',  # every library of the table is missing
        "bin/id": f"echo {user}",
        "bin/apt-get": "",
    }.items():
        script = tmp_path / name
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
    shutil.copy(REPOSITORY / "packaging" / "system-libraries.sh", tmp_path / "packaging")
    done = subprocess.run(
        [tmp_path / "packaging" / "system-libraries.sh", "offscreen"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
    )
    assert done.returncode == 1
    if user == 0:
        announced, installed = done.stdout.splitlines()
        assert "Installing these packages (apt-get install): fonts-dejavu-core libdbus-1-3 libegl1" in announced
        assert installed.startswith("installed: fonts-dejavu-core libdbus-1-3 libegl1")
    else:
        assert done.stdout == ""
        assert "sudo apt-get install fonts-dejavu-core libdbus-1-3 libegl1" in done.stderr
