"""The files of the packaging agree with one another and with the package."""

import configparser
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final

import pytest

import digitlab
from digitlab.system.assets import icon_path
from tests.structure import REPOSITORY

PACKAGING: Final = REPOSITORY / "packaging"
APP_ID: Final = "io.github.digitlab.DigitLab"
SVG: Final = "{http://www.w3.org/2000/svg}"

needs_bash = pytest.mark.skipif(sys.platform == "win32", reason="the scripts need make and bash")

ACTION_ICONS: Final = sorted({path.stem for path in icon_path("pen").parent.glob("*.svg")} - {"digitlab"})


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))


def test_the_broken_pyside_is_excluded(project: dict[str, Any]):
    (requirement,) = (r for r in project["project"]["dependencies"] if r.startswith("PySide6"))
    assert requirement.startswith("PySide6-Essentials")
    assert "!=6.12.0" in requirement


def test_versions_agree(project: dict[str, Any]):
    assert project["project"]["version"] == digitlab.__version__
    newest = ET.parse(PACKAGING / f"{APP_ID}.metainfo.xml").find("releases/release")
    assert newest is not None
    assert newest.get("version") == digitlab.__version__
    assert digitlab.__version__ in (REPOSITORY / "CHANGELOG.md").read_text("utf-8")


def test_one_id_everywhere():
    metainfo = ET.parse(PACKAGING / f"{APP_ID}.metainfo.xml")
    assert metainfo.findtext("id") == APP_ID
    assert metainfo.findtext("launchable") == f"{APP_ID}.desktop"
    assert metainfo.findtext("icon") == APP_ID
    entry = configparser.RawConfigParser()
    entry.read(PACKAGING / f"{APP_ID}.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["icon"] == APP_ID
    assert f"id={APP_ID}\n" in (PACKAGING / "install-desktop.sh").read_text("utf-8")
    assert f'"{APP_ID}"' in (PACKAGING / "digitlab.spec").read_text("utf-8")


def test_the_window_has_the_same_id():
    sources = [path.read_text("utf-8") for path in (REPOSITORY / "digitlab" / "gui").rglob("*.py")]
    assert any("setDesktopFileName(" in source for source in sources)
    assert any(f'"{APP_ID}"' in source for source in sources)


def test_the_source_distribution_has_all_that_its_own_tests_need(project: dict[str, Any]):
    included = set(project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    built = {line.strip("/") for line in (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()}
    assert {path.name for path in REPOSITORY.iterdir()} - built - {".git", "PKG-INFO"} == included


@needs_bash
def test_the_desktop_entry_is_installed_and_removed_again(tmp_path: Path):
    script = PACKAGING / "install-desktop.sh"
    command = "/opt/a place/$digits/100%/digitlab"
    subprocess.run([script, "--prefix", tmp_path, "--exec", command], check=True, capture_output=True)
    installed = {
        f"applications/{APP_ID}.desktop",
        f"metainfo/{APP_ID}.metainfo.xml",
        f"icons/hicolor/scalable/apps/{APP_ID}.svg",
        f"mime/packages/{APP_ID}.xml",
    }
    share = tmp_path / "share"
    assert all((share / name).is_file() for name in installed)
    entry = (share / "applications" / f"{APP_ID}.desktop").read_text("utf-8")
    assert 'Exec="/opt/a place/\\\\$digits/100%%/digitlab" %f\n' in entry
    subprocess.run([script, "--prefix", tmp_path, "--remove"], check=True, capture_output=True)
    assert not any((share / name).exists() for name in installed)


@needs_bash
def test_make_lists_every_target():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    listed = subprocess.run(["make", "-C", REPOSITORY, "help"], check=True, capture_output=True, text=True).stdout
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert {"setup", "run", "test", "check", "bench", "wheel", "clean"} <= set(phony.split())
    for target in phony.split():
        assert f"make {target} " in listed


def test_continuous_integration_runs_the_tests_of_the_readme():
    steps = (REPOSITORY / ".ci" / "run").read_text("utf-8")
    assert "\nmake test\nmake check\n" in steps


@pytest.mark.parametrize("name", ACTION_ICONS)
def test_an_action_icon_has_the_colour_of_the_theme(name: str):
    root = ET.parse(icon_path(name)).getroot()
    assert root.get("viewBox") == "0 0 20 20"
    colours = {element.get(key) for element in root.iter() for key in ("stroke", "fill")} - {None, "none"}
    assert colours == {"currentColor"}


def test_the_app_icon_uses_only_what_qt_can_render():
    tags = {element.tag.removeprefix(SVG) for element in ET.parse(icon_path("digitlab")).iter()}
    assert tags <= {"svg", "title", "defs", "linearGradient", "stop", "rect", "path", "g"}
