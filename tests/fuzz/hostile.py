"""Hostile files and those that once failed, each made by a few lines."""

import gzip
import io
import json
import os
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from tests.fuzz import seeds
from tests.fuzz.limits import Outcome, outcome_of
from tests.fuzz.readers import READERS

_BY_NAME: Final = {reader.name: reader for reader in READERS}


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile file.

    Attributes:
        reader: The name of the reader it is for.
        name: What is wrong with it.
        make: Makes the file.
        is_good: Whether it must be read: it only looks hostile.
    """

    reader: str
    name: str
    make: Callable[[Path], object]
    is_good: bool = False

    @property
    def file_name(self) -> str:
        """The name under which it is given to the reader."""
        return _BY_NAME[self.reader].file_name

    def read(self, path: Path) -> object:
        """Read it."""
        return _BY_NAME[self.reader].read(path)


def _bytes(reader: str, name: str, content: Callable[[], bytes], *, is_good: bool = False) -> Case:
    return Case(reader, name, lambda path: path.write_bytes(content()), is_good)


# Pictures


def png(width: int, height: int, depth: int, colour: int, level: int = 0) -> bytes:
    """Return a PNG of one colour, compressed as well as possible, without holding its pixels in memory."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"\0" + bytes([level]) * ((width * channels * depth + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    palette = [(b"PLTE", bytes(range(48)))] if colour == 3 else []
    chunks = [(b"IHDR", header), *palette, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(part).to_bytes(4, "big") + kind + part + zlib.crc32(kind + part).to_bytes(4, "big") for kind, part in chunks
    )


def _picture(kind: str, size: tuple[int, int], mode: str = "L", **options: object) -> Callable[[], bytes]:
    def content() -> bytes:
        buffer = io.BytesIO()
        Image.new(mode, size, 200 if mode in ("L", "P") else None).save(buffer, kind, **options)
        return buffer.getvalue()

    return content


def _many_scans() -> bytes:
    """Return a progressive JPEG whose last scan is repeated thousands of times."""
    buffer = io.BytesIO()
    Image.new("RGB", (5000, 5000)).save(buffer, "JPEG", progressive=True, quality=10)
    content = buffer.getvalue()
    start = content.rindex(b"\xff\xda")
    return content[:-2] + content[start:-2] * 3000 + content[-2:]


PICTURES: Final = (
    _bytes("pictures", "64 million transparent pixels", lambda: png(8000, 8000, 8, 6)),
    _bytes("pictures", "64 million coloured pixels of 16 bits", lambda: png(8000, 8000, 16, 2)),
    _bytes("pictures", "64 million grey pixels", lambda: png(8000, 8000, 8, 0), is_good=True),
    _bytes("pictures", "40 million coloured pixels", lambda: png(8000, 5000, 8, 2), is_good=True),
    _bytes("pictures", "a palette of 64 million pixels", lambda: png(8000, 8000, 4, 3), is_good=True),
    _bytes("pictures", "one row of 60 million pixels", lambda: png(60_000_000, 1, 8, 0)),
    _bytes("pictures", "billions of pixels", lambda: png(2**31 - 1, 1, 8, 0)[:60] + png(1, 1, 8, 0)[60:]),
    _bytes("pictures", "a photo of 50 million pixels", _picture("JPEG", (8160, 6120), "RGB"), is_good=True),
    _bytes("pictures", "a progressive photo", _picture("JPEG", (5000, 4000), "RGB", progressive=True), is_good=True),
    _bytes("pictures", "a progressive bomb", _picture("JPEG", (8000, 8000), "CMYK", progressive=True)),
    _bytes("pictures", "three thousand scans", _many_scans),
    _bytes("pictures", "a WebP of 64 million pixels", _picture("WEBP", (8000, 8000), "RGB", lossless=True)),
    _bytes("pictures", "a WebP screenshot", _picture("WEBP", (3840, 2160), "RGB"), is_good=True),
    _bytes("pictures", "a GIF of 64 million pixels", _picture("GIF", (8000, 8000), "P")),
    _bytes("pictures", "a TIFF in one strip", _picture("TIFF", (8000, 8000), "RGB", compression="tiff_adobe_deflate")),
    _bytes("pictures", "a TIFF of floats", _picture("TIFF", (6000, 6000), "F", compression="tiff_lzw")),
    _bytes("pictures", "a plain text of 9 million pixels", lambda: b"P2 3000 3000 9\n" + b"1 " * 9_000_000),
    _bytes("pictures", "a long text chunk", lambda: _png_with_text(2**29)),
)


def _png_with_text(size: int) -> bytes:
    packer = zlib.compressobj(9)
    text = b"".join([*(packer.compress(bytes(2**20)) for _ in range(size >> 20)), packer.flush()])
    part = b"Comment\0\0" + text
    chunk = len(part).to_bytes(4, "big") + b"zTXt" + part + zlib.crc32(b"zTXt" + part).to_bytes(4, "big")
    content = png(20, 20, 8, 0)
    return content[:33] + chunk + content[33:]


# Datasets


def npy(header: bytes, data: bytes = b"") -> bytes:
    """Return an array with any text as its header."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def _header(shape: str, descr: str = "'|u1'") -> bytes:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".encode()


def npz(**members: bytes) -> bytes:
    """Return an npz of the good arrays and of given members."""
    good = {f"{axis}_{part}": None for axis in "xy" for part in ("train", "test")}
    with zipfile.ZipFile(io.BytesIO(seeds.datasets()[0])) as archive:
        contents = {name: members.get(name) or archive.read(f"{name}.npy") for name in good}
    return _zipped({f"{name}.npy": content for name, content in contents.items()})


def _zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _zeros_npz() -> bytes:
    """Return a small npz of a million black images."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for part, count in (("train", 1_000_000), ("test", 1)):
            with archive.open(f"x_{part}.npy", "w", force_zip64=True) as file:
                file.write(npy(_header(f"({count}, 28, 28)")))
                for _ in range(count // 1000):
                    file.write(bytes(784_000))
                file.write(bytes(784 * (count % 1000)))
            archive.writestr(f"y_{part}.npy", npy(_header(f"({count},)"), bytes(count)))
    return buffer.getvalue()


HEADERS: Final = {
    "a negative length": _header("(-1,)"),
    "negative lengths": _header("(-1, 28, 28)"),
    "a wide type": _header("(1000000, 784)", "'<U2000'"),
    "a void type": _header("(1000000,)", "'V2147483647'"),
    "a type of types": _header("(9,)", "[('a', '<i8', (1000000,))]"),
    "objects": _header("(3, 28, 28)", "'|O'"),
    "an unknown type": _header("(3, 28, 28)", "'|Q9'"),
    "a number as type": _header("(3, 28, 28)", "5"),
    "a text as shape": _header("'abc'"),
    "floats as shape": _header("(3.0, 28, 28)"),
    "truth as shape": _header("(True, 28, 28)"),
    "a huge shape": _header("(99999999999999999999, 28, 28)"),
    "a shape of many numbers": _header("(" + "1, " * 2900 + ")"),
    "an open string": b"{'''",
    "an open bracket": b"{'descr': '|u1', 'shape': (3, 28, 28",
    "deep brackets": b"(" * 9000,
    "many signs": b"-" * 9000,
    "bytes that are no text": b"\xff" * 64,
    "a NUL": b"{'descr': '|u1'\0, 'fortran_order': False, 'shape': (3,)}",
    "a call": b"__import__('os').system('true')",
    "an unhashable key": b"{{}: 1}",
    "another encoding": b"# -*- coding: undefined -*-\n{}",
}

DATASETS: Final = (
    *(_bytes("datasets", f"npy header: {name}", lambda h=header: npz(x_train=npy(h))) for name, header in HEADERS.items()),
    *(
        _bytes("datasets", f"npy header of labels: {name}", lambda h=header: npz(y_train=npy(h, bytes(64))))
        for name, header in HEADERS.items()
    ),
    _bytes("datasets", "a future npy version", lambda: npz(x_train=b"\x93NUMPY\x09\x00" + bytes(100))),
    _bytes("datasets", "a long npy header", lambda: npz(x_train=b"\x93NUMPY\x02\x00\xff\xff\xff\x7f" + b" " * 10**6)),
    _bytes("datasets", "a million black images", _zeros_npz),
    _bytes("datasets", "a broken LZMA member", lambda: _broken_lzma()),
    _bytes("datasets", "two hundred thousand members", lambda: _many_members(200_000)),
    _bytes("datasets", "an encrypted member", lambda: _with_flag(npz(), 1)),
    _bytes("IDX", "a billion images", lambda: gzip.compress(struct.pack(">4I", 0x803, 10**9, 28, 28))),
    _bytes("IDX", "a million black images", lambda: _black_idx(1_000_000)),
    _bytes("IDX", "no images", lambda: gzip.compress(struct.pack(">4I", 0x803, 0, 28, 28))),
)


def _broken_lzma() -> bytes:
    with zipfile.ZipFile(io.BytesIO(seeds.datasets()[0])) as archive:
        content = bytearray(_zipped({name: archive.read(name) for name in archive.namelist()}, zipfile.ZIP_LZMA))
    place = content.index(b".npy") + 10
    content[place : place + 20] = b"\xff" * 20
    return bytes(content)


def _many_members(count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number:x}", b"")
    return buffer.getvalue()


def _with_flag(content: bytes, flag: int) -> bytes:
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(mark) + offset] |= flag
    return bytes(changed)


def _black_idx(count: int) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9) as file:
        file.write(struct.pack(">4I", 0x803, count, 28, 28))
        for _ in range(count // 1000):
            file.write(bytes(784_000))
    return buffer.getvalue()


# Drawings


def _line(strokes: str, label: str = "3") -> bytes:
    return f'{{"label": {label}, "strokes": {strokes}}}\n'.encode()


_GOOD: Final = _line("[[[1, 2], [3, 4]]]")


def _packed(part: bytes, times: int) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9) as file:
        for _ in range(times):
            file.write(part)
    return buffer.getvalue()


DRAWINGS: Final = (
    _bytes("drawings", "a number of 400 digits", lambda: _GOOD + _line(f"[[[{'1' * 400}, 2]]]"), is_good=True),
    _bytes("drawings", "a number of 5000 digits", lambda: _GOOD + _line(f"[[[{'1' * 5000}, 2]]]"), is_good=True),
    _bytes("drawings", "a label of 400 digits", lambda: _GOOD + _line("[]", "1" * 400), is_good=True),
    _bytes("drawings", "half a surrogate", lambda: _GOOD + b'{"a": "\\ud800", "strokes": []}\n', is_good=True),
    _bytes("drawings", "a million lists in a line", lambda: _line("[" + "[]," * 1_300_000 + "[]]")),
    _bytes("drawings", "half a million objects in a line", lambda: b"[" + b'{"":0},' * 590_000 + b"0]\n"),
    _bytes("drawings", "deep brackets", lambda: b"[" * 4_000_000),
    _bytes("drawings", "open strings", lambda: b'{"\\"' * 1_000_000),
    _bytes("drawings", "a line without end", lambda: b" " * 9_000_000),
    _bytes("packed drawings", "a gigabyte of blanks", lambda: _packed(b" " * 2**20, 1024)),
    _bytes("packed drawings", "millions of empty lines", lambda: _packed(b"\n" * 2**20, 200)),
    _bytes("packed drawings", "millions of bad lines", lambda: _packed(b"x\n" * 2**19, 200)),
    _bytes("packed drawings", "millions of blank drawings", lambda: _packed(b'{"strokes":[]}\n' * 2**16, 200)),
    _bytes("packed drawings", "millions of points", lambda: _packed(_line("[[" + "[0,0]," * 90_000 + "[1,1]]]"), 400)),
)


# Networks


def _network(**members: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(seeds.networks()[1])) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return _zipped({**contents, **{name.replace("_", "."): content for name, content in members.items()}})


def _described(**changes: object) -> bytes:
    with zipfile.ZipFile(io.BytesIO(seeds.networks()[1])) as archive:
        description = json.loads(archive.read("model.json"))
    return _network(model_json=json.dumps({**description, **changes}).encode())


def _huge_weights() -> bytes:
    """Return a network of 20 million weights that are all zero."""
    layers = [{"type": "flatten"}, {"type": "dense", "units": 10_000, "activation": "relu"}]
    layers += [{"type": "dense", "units": 1_100, "activation": "relu"}]
    with zipfile.ZipFile(io.BytesIO(seeds.networks()[0])) as archive:
        description = json.loads(archive.read("model.json"))
    description["spec"]["layers"] = layers
    shapes = {"dense1.kernel": (784, 10_000), "dense1.bias": (10_000,), "dense2.kernel": (10_000, 1_100)}
    arrays = {name: np.zeros(shape, np.float32) for name, shape in {**shapes, "dense2.bias": (1_100,)}.items()}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return _zipped({"model.json": json.dumps(description).encode(), "weights.npz": buffer.getvalue()})


NETWORKS: Final = (
    _bytes("networks", "millions of lists", lambda: _network(model_json=b"[" + b"[]," * 50_000_000 + b"0]")),
    _bytes("networks", "millions of lists in the run", lambda: _network(run_json=b"[" + b"[]," * 50_000_000 + b"0]")),
    _bytes("networks", "half a million objects", lambda: _network(model_json=b"[" + b'{"":0},' * 490_000 + b"0]")),
    _bytes("networks", "deep brackets", lambda: _network(model_json=b"[" * 1_000_000)),
    _bytes("networks", "a gigabyte of weights", lambda: _network(weights_npz=bytes(2**30))),
    _bytes("networks", "20 million weights of zero", _huge_weights),
    _bytes("networks", "a step of 32 bits", lambda: _described(step=2**31)),
    _bytes("networks", "a step of 400 digits", lambda: _described(step=10**400)),
    _bytes("networks", "an epoch of 400 digits", lambda: _described(epoch=10**400)),
    _bytes("networks", "truth as step", lambda: _described(step=True)),
    _bytes("networks", "two hundred thousand members", lambda: _many_members(200_000)),
    _bytes("networks", "a name with markup and escapes", lambda: _named("<img src='/dev/ptmx'>\x1b[2J\n"), is_good=True),
)


def _named(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(seeds.networks()[1])) as archive:
        description = json.loads(archive.read("model.json"))
    description["spec"]["name"] = name
    return _network(model_json=json.dumps(description).encode())


# Runs


def _run(*statements: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(seeds.runs()[0])
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute("PRAGMA writable_schema = ON")
            for statement in statements:
                database.execute(statement)

    return make


_ENDLESS: Final = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i"
_ROWS: Final = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) INSERT INTO"

RUNS: Final = (
    Case("runs", "an endless view", _run("DROP TABLE epochs", f"CREATE VIEW epochs AS {_ENDLESS} AS epoch, i FROM n")),
    Case("runs", "an endless view of batches", _run("DROP TABLE batches", f"CREATE VIEW batches AS {_ENDLESS} AS first, zeroblob(400) AS losses, zeroblob(400) AS accuracies FROM n")),
    Case("runs", "a view of gigabytes", _run("DROP TABLE newest", "CREATE VIEW newest AS SELECT 3 AS step, zeroblob(1000000000) AS weights, 1 AS iterations, NULL AS slots")),
    Case("runs", "a generated column of a gigabyte", _run("ALTER TABLE run ADD COLUMN more AS (hex(zeroblob(500000000)))")),
    Case("runs", "a generated column in the place of a name", _run(
        "CREATE TABLE other (id INTEGER, created TEXT, started TEXT, seconds REAL, ending TEXT, error TEXT, name TEXT AS (hex(zeroblob(400000000))))",
        "INSERT INTO other SELECT id, created, started, seconds, ending, error FROM run", "DROP TABLE run", "ALTER TABLE other RENAME TO run")),
    Case("runs", "a trigger", _run("CREATE TRIGGER t AFTER UPDATE ON run BEGIN DELETE FROM batches; END")),
    Case("runs", "a virtual table", _run("CREATE VIRTUAL TABLE v USING fts5(x)")),
    Case("runs", "an index of an expression", _run("CREATE INDEX i ON epochs (abs(loss))")),
    Case("runs", "a million epochs", _run(f"{_ROWS.format(1_000_000)} epochs SELECT i + 9, 1, 1.0, 0.5, 1.0, 0.5, 1.0 FROM n")),
    Case("runs", "a million batches", _run("DELETE FROM batches", f"{_ROWS.format(1_000_000)} batches SELECT i, x'00000000', x'00000000' FROM n")),
    Case("runs", "a million empty batches", _run(f"{_ROWS.format(1_000_000)} batches SELECT i + 60, x'', x'' FROM n")),
    Case("runs", "a million updates", _run(f"{_ROWS.format(1_000_000)} updates SELECT i + 100, '[0.1, 0.1]' FROM n")),
    Case("runs", "a hundred thousand snapshots", _run(f"{_ROWS.format(100_000)} snapshots SELECT i + 100, zeroblob(1684) FROM n")),
    Case("runs", "twenty thousand tables", _run(*(f"CREATE TABLE t{number} (x)" for number in range(20_000)))),
    Case("runs", "a definition of a megabyte", _run("CREATE TABLE long (x DEFAULT '" + "x" * 1_000_000 + "')")),
    Case("runs", "millions of lists as settings", _run("UPDATE run SET started = '[' || replace(hex(zeroblob(160000)), '00', '[],') || '0]'")),
    Case("runs", "a name of a hundred megabytes", _run("UPDATE run SET name = hex(zeroblob(50000000))")),
    Case("runs", "losses of a hundred megabytes", _run("UPDATE batches SET losses = zeroblob(100000000), accuracies = zeroblob(100000000)")),
    Case("runs", "a step of 63 bits", _run("UPDATE snapshots SET step = 9223372036854775807 WHERE step = (SELECT max(step) FROM snapshots)")),
    Case("runs", "a text as step", _run("UPDATE newest SET step = 'x'")),
    Case("runs", "an infinite time", _run("UPDATE run SET seconds = 9e999")),
    Case("runs", "pages used twice", lambda path: path.write_bytes(_doubled_pages())),
)


def _doubled_pages() -> bytes:
    """Return a run in which one table has the pages of another."""
    content = bytearray(seeds.runs()[0])
    first, second = content.index(b"\x05CREATE TABLE snapshots"[1:]), content.index(b"CREATE TABLE states")
    content[first - 1] = content[second - 1]
    return bytes(content)


# Own digits and settings

OTHERS: Final = (
    _bytes("own digits", "an empty file", lambda: b""),
    _bytes("own digits", "another database", lambda: seeds.runs()[0]),
    _bytes("settings", "deep brackets", lambda: b"[" * 900_000, is_good=True),
    _bytes("settings", "half a million lists", lambda: b"[" + b"[]," * 300_000 + b"0]", is_good=True),
    Case("settings", "a device without an end", lambda path: path.symlink_to("/dev/zero"), is_good=True),
    Case("settings", "a pipe", lambda path: os.mkfifo(path), is_good=True),
)

SPECIAL: Final = tuple(
    Case(reader.name, name, make)
    for reader in READERS
    if reader.name not in ("settings", "IDX")
    for name, make in (
        ("a pipe", lambda path: os.mkfifo(path)),
        ("a device without an end", lambda path: path.symlink_to("/dev/zero")),
        ("a folder", lambda path: path.mkdir()),
        ("a link to itself", lambda path: path.symlink_to(path)),
    )
)

def outcome_of_case(case: Case, folder: Path) -> Outcome:
    """Make a file in an empty folder, read it in a process of its own, and remove the folder."""
    folder.mkdir()
    try:
        case.make(folder / case.file_name)
        return outcome_of(case.read, folder / case.file_name)
    finally:
        shutil.rmtree(folder)


CASES: Final = (*PICTURES, *DATASETS, *DRAWINGS, *NETWORKS, *RUNS, *OTHERS, *SPECIAL)
