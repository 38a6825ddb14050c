"""Files are recognised by their content, whatever their name."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from digitlab.system.assets import model_path
from digitlab.system.kinds import Kind
from digitlab.system.reading import kind_of
from tests.fuzz import seeds
from tests.helpers.foreign import FOREIGN, IDX
from tests.helpers.pictures import SEVENS


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_program_is_recognised(tmp_path: Path, name: str):
    content, kind = FOREIGN[name]
    (tmp_path / "unnamed").write_bytes(content)
    assert kind_of(tmp_path / "unnamed") is kind


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: seeds.pictures()[: -len(SEVENS) - 3], Kind.PICTURE),
        (lambda: [SEVENS["seven.heic"]()], Kind.HEIF),
        (lambda: [SEVENS["seven.avif"]()], Kind.AVIF),
        (lambda: [SEVENS["seven.pdf"]()], Kind.PDF),
        (lambda: [SEVENS["seven.svg"](), SEVENS["seven.svgz"]()], Kind.SVG),
        (lambda: [b'<?xml version="1.0"?>\n<!-- a -->\n<!-- b --><svg xmlns="http://www.w3.org/2000/svg"/>'], Kind.SVG),
        (lambda: [b'<!DOCTYPE svg PUBLIC "x" "y" [<!ENTITY ns "z">\n]>\n<svg:svg/>'], Kind.SVG),
        (lambda: [b"<!-- a -->" * 5_000], Kind.TEXT),
        (seeds.datasets, Kind.ARRAYS),
        (seeds.idx_images, Kind.IDX),
        (lambda: [IDX], Kind.IDX),
        (seeds.drawings, Kind.DRAWINGS),
        (seeds.packed_drawings, Kind.DRAWINGS),
        (seeds.networks, Kind.NETWORK),
        (seeds.runs, Kind.RUN),
        (seeds.own_digits, Kind.OWN_DIGITS),
        (lambda: [model_path("pen").read_bytes()], Kind.NETWORK),
        (lambda: [b""], Kind.EMPTY),
    ],
)
def test_our_own_files_are_recognised(tmp_path: Path, make, kind: Kind):
    for content in make():
        (tmp_path / "unnamed").write_bytes(content)
        assert kind_of(tmp_path / "unnamed") is kind, content[:40]


@pytest.mark.parametrize("content", [b"\xfe\xff\0\1", b"PK\x03\x04 not a zip", b"\x1f\x8b not gzip", b"\0" * 50])
def test_what_is_unknown_or_damaged_is_not_guessed(tmp_path: Path, content: bytes):
    (tmp_path / "unnamed").write_bytes(content)
    assert kind_of(tmp_path / "unnamed") is None


def test_a_database_without_our_mark_is_not_ours(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "other.digitlab-run")) as database:
        database.execute("CREATE TABLE run (id)")
    assert kind_of(tmp_path / "other.digitlab-run") is Kind.SQLITE


def test_a_zip_with_a_directory_that_is_too_large_is_not_listed(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a", "w") as archive:
        for number in range(25_000):
            archive.writestr(f"{number:050}", b"")
    assert kind_of(tmp_path / "a") is None


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_that_do_no_harm(kind: Kind):
    assert kind.label.startswith(("a ", "an ", "DigitLab's "))
    assert kind.remedy.endswith(".")
    assert "elete" not in kind.remedy
    assert "damaged" not in kind.label + kind.remedy
