"""Hostile networks, runs, own digits and settings."""

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from tests.fuzz import seeds
from tests.fuzz.cases import Case, of_bytes
from tests.fuzz.hostile_data import many_members, zipped


def _network(**members: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(seeds.networks()[1])) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**contents, **{name.replace("_", "."): content for name, content in members.items()}})


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
    return zipped({"model.json": json.dumps(description).encode(), "weights.npz": buffer.getvalue()})


NETWORKS: Final = (
    of_bytes("networks", "millions of lists", lambda: _network(model_json=b"[" + b"[]," * 20_000_000 + b"0]")),
    of_bytes("networks", "millions of lists in the run", lambda: _network(run_json=b"[" + b"[]," * 20_000_000 + b"0]")),
    of_bytes("networks", "half a million objects", lambda: _network(model_json=b"[" + b'{"":0},' * 490_000 + b"0]")),
    of_bytes("networks", "deep brackets", lambda: _network(model_json=b"[" * 1_000_000)),
    of_bytes("networks", "half a gigabyte of weights", lambda: _network(weights_npz=bytes(2**29))),
    of_bytes("networks", "20 million weights of zero", _huge_weights),
    of_bytes("networks", "a step of 32 bits", lambda: _described(step=2**31)),
    of_bytes("networks", "a step of 400 digits", lambda: _described(step=10**400)),
    of_bytes("networks", "an epoch of 400 digits", lambda: _described(epoch=10**400)),
    of_bytes("networks", "truth as step", lambda: _described(step=True)),
    of_bytes("networks", "forty thousand members", lambda: many_members(40_000)),
    of_bytes(
        "networks", "a name with markup and escapes", lambda: _named("<img src='/dev/ptmx'>\x1b[2J\n"), is_good=True
    ),
)


def _named(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(seeds.networks()[1])) as archive:
        description = json.loads(archive.read("model.json"))
    description["spec"]["name"] = name
    return _network(model_json=json.dumps(description).encode())


def _run(*statements: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(seeds.runs()[0])
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute("PRAGMA writable_schema = ON")
            database.execute("BEGIN")
            for statement in statements:
                database.execute(statement)
            database.execute("COMMIT")

    return make


_ENDLESS: Final = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i"
_ROWS: Final = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) INSERT INTO"

RUNS: Final = (
    Case("runs", "an endless view", _run("DROP TABLE epochs", f"CREATE VIEW epochs AS {_ENDLESS} AS epoch, i FROM n")),
    Case(
        "runs",
        "an endless view of batches",
        _run(
            "DROP TABLE batches",
            f"CREATE VIEW batches AS {_ENDLESS} AS first, zeroblob(400) AS losses, zeroblob(400) AS accuracies FROM n",
        ),
    ),
    Case(
        "runs",
        "a view of gigabytes",
        _run(
            "DROP TABLE newest",
            "CREATE VIEW newest AS SELECT 3 AS step, zeroblob(1000000000) AS weights, 1 AS iterations, NULL AS slots",
        ),
    ),
    Case(
        "runs",
        "a generated column of a gigabyte",
        _run("ALTER TABLE run ADD COLUMN more AS (hex(zeroblob(500000000)))"),
    ),
    Case(
        "runs",
        "a generated column in the place of a name",
        _run(
            "CREATE TABLE other (id INTEGER, created TEXT, started TEXT, seconds REAL, ending TEXT, error TEXT, "
            "name TEXT AS (hex(zeroblob(400000000))))",
            "INSERT INTO other SELECT id, created, started, seconds, ending, error FROM run",
            "DROP TABLE run",
            "ALTER TABLE other RENAME TO run",
        ),
    ),
    Case("runs", "a trigger", _run("CREATE TRIGGER t AFTER UPDATE ON run BEGIN DELETE FROM batches; END")),
    Case("runs", "a virtual table", _run("CREATE VIRTUAL TABLE v USING fts5(x)")),
    Case("runs", "an index of an expression", _run("CREATE INDEX i ON epochs (abs(loss))")),
    Case(
        "runs",
        "a million epochs",
        _run(f"{_ROWS.format(1_000_000)} epochs SELECT i + 9, 1, 1.0, 0.5, 1.0, 0.5, 1.0 FROM n"),
    ),
    Case(
        "runs",
        "a million batches",
        _run("DELETE FROM batches", f"{_ROWS.format(1_000_000)} batches SELECT i, x'00000000', x'00000000' FROM n"),
    ),
    Case("runs", "a million empty batches", _run(f"{_ROWS.format(1_000_000)} batches SELECT i + 60, x'', x'' FROM n")),
    Case("runs", "a million updates", _run(f"{_ROWS.format(1_000_000)} updates SELECT i + 100, '[0.1, 0.1]' FROM n")),
    Case(
        "runs",
        "a hundred thousand snapshots",
        _run(f"{_ROWS.format(100_000)} snapshots SELECT i + 100, zeroblob(1684) FROM n"),
        is_good=True,  # each is of no size that a snapshot of this network has
    ),
    Case("runs", "ten thousand tables", _run(*(f"CREATE TABLE t{number} (x)" for number in range(10_000)))),
    Case("runs", "a definition of a megabyte", _run("CREATE TABLE long (x DEFAULT '" + "x" * 1_000_000 + "')")),
    Case(
        "runs",
        "millions of lists as settings",
        _run("UPDATE run SET started = '[' || replace(hex(zeroblob(160000)), '00', '[],') || '0]'"),
    ),
    Case("runs", "a name of a hundred megabytes", _run("UPDATE run SET name = hex(zeroblob(50000000))"), is_good=True),
    Case(
        "runs",
        "losses of a hundred megabytes",
        _run("UPDATE batches SET losses = zeroblob(100000000), accuracies = zeroblob(100000000)"),
    ),
    Case(
        "runs",
        "a step of 63 bits",
        _run("UPDATE snapshots SET step = 9223372036854775807 WHERE step = (SELECT max(step) FROM snapshots)"),
    ),
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


def _unsigned_row() -> bytes:
    """Return damaged own digits of which a row has a number of 64 bits."""
    content = bytearray(seeds.own_digits()[0])
    size = int.from_bytes(content[16:18], "big")
    leaf = next(start for start in range(3 * size, len(content), size) if content[start] == 0x0D)  # after both roots
    place = leaf + int.from_bytes(content[leaf + 8 : leaf + 10], "big")
    while content[place] >= 0x80:  # the length of the row
        place += 1
    content[place + 1 : place + 10] = b"\xff" * 9
    content[2 * size] = 0  # the root of the other table
    return bytes(content)


OTHERS: Final = (
    of_bytes("own digits", "a row with a number of 64 bits", _unsigned_row, is_good=True),
    of_bytes("own digits", "an empty file", lambda: b"", is_good=True),
    of_bytes(
        "own digits",
        "a definition that is no text",
        lambda: seeds.own_digits()[0].replace(b"TABLE d", b"T\xffBLE d"),
        is_good=True,
    ),
    of_bytes("runs", "a definition that is no text", lambda: seeds.runs()[0].replace(b"TABLE e", b"T\xffBLE e")),
    of_bytes("own digits", "another database", lambda: seeds.runs()[0], is_good=True),
    of_bytes("settings", "deep brackets", lambda: b"[" * 900_000, is_good=True),
    of_bytes("settings", "half a million lists", lambda: b"[" + b"[]," * 300_000 + b"0]", is_good=True),
    Case("settings", "a device without an end", lambda path: path.symlink_to("/dev/zero"), is_good=True),
    Case("settings", "a pipe", lambda path: os.mkfifo(path), is_good=True),
)
