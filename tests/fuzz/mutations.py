"""Changing good files at random: bytes anywhere, and the content of containers, headers and tables."""

import gzip
import io
import random
import re
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

_NUMBERS: Final = (
    b"0", b"-1", b"1", b"2147483648", b"4294967296", b"9223372036854775808", b"1" * 400, b"1e308", b"1e999", b"-0.0",
    b"1e-400", b"null", b"true", b'""', b'"1"', b"[]", b"{}", b"NaN", b"Infinity", b"1000000", b"65536", b"255",
)  # fmt: skip
"""What numbers in texts are replaced by."""

_TOKEN: Final = re.compile(rb"-?\d+(?:\.\d+)?(?:e-?\d+)?|true|false|null|True|False|\"[^\"]*\"|'[^']*'")
_HEADERS: Final = (
    b"\x93NUMPY",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"IHDR",
    b"SQLite format 3\0",
)
_INTERESTING: Final = (0, 1, 2, 4, 8, 16, 32, 64, 127, 128, 255)
_VALUES: Final = (None, 0, -1, 2**31, 2**63 - 1, -(2**63), 1e308, float("inf"), "", "x" * 5000, b"", bytes(5000), "\0")


def mutated(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    """Return a changed copy of a file.

    Args:
        content: A good file, or one that was changed already.
        others: Further files of the format, from which parts are taken.
        random_: The source of randomness.
    """
    for _ in range(random_.choice((1, 1, 1, 2, 3, 8))):
        content = _changed(content, others, random_)
    return content


def _changed(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    if random_.random() < 0.6:
        inner = _changed_within(content, others, random_)
        if inner is not None:
            return inner
    return random_.choice(_OF_BYTES)(content, others, random_)


def _changed_within(content: bytes, others: list[bytes], random_: random.Random) -> bytes | None:
    """Change what is inside of a container; None if it is none, or damaged already."""
    with suppress(Exception):
        if content.startswith(b"PK\x03\x04"):
            return _in_zip(content, others, random_)
        if content.startswith(b"\x1f\x8b"):
            return gzip.compress(_changed(gzip.decompress(content), others, random_), mtime=0)
        if content.startswith(b"SQLite format 3\0"):
            return _in_tables(content, random_)
        if content.startswith(b"\x93NUMPY"):
            return _in_npy_header(content, random_)
        if content.startswith(b"\x89PNG"):
            return _in_png(content, random_)
        if content[:1] in b"{[":
            return _in_text(content, random_)
    return None


def _in_zip(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = random_.choice(list(members))
    match random_.randrange(8):
        case 0:
            del members[name]
        case 1:
            members[name] = random_.choice(list(members.values()))
        case _:
            members[name] = _changed(members[name], others, random_)
    buffer = io.BytesIO()
    method = random_.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for each, member in members.items():
            archive.writestr(each, member)
    return buffer.getvalue()


def _in_text(content: bytes, random_: random.Random) -> bytes:
    tokens = list(_TOKEN.finditer(content))
    token = random_.choice(tokens)
    return content[: token.start()] + random_.choice(_NUMBERS) + content[token.end() :]


def _in_npy_header(content: bytes, random_: random.Random) -> bytes:
    length = int.from_bytes(content[8:10], "little")
    header = content[10 : 10 + length]
    types = (b"'<f8'", b"'|O'", b"'<U99999'", b"'V65535'", b"'<c16'", b"'|b1'", b"'<M8[s]'", b"(", b"-" * 99, b"'''")
    token = random_.choice(list(_TOKEN.finditer(header)))
    header = header[: token.start()] + random_.choice(_NUMBERS + types) + header[token.end() :]
    return content[:8] + len(header).to_bytes(2, "little") + header + content[10 + length :]


def _in_png(content: bytes, random_: random.Random) -> bytes:
    """Change a chunk and correct its checksum."""
    chunks, place = [], 8
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        chunks.append([content[place + 4 : place + 8], content[place + 8 : place + 8 + length]])
        place += 12 + length
    chunk = random_.choice(chunks)
    if chunk[0] == b"IDAT" and random_.random() < 0.5:
        chunk[1] = zlib.compress(_flipped(zlib.decompress(chunk[1]), [], random_))
    else:
        chunk[1] = random_.choice((_flipped, _cut, _grown))(chunk[1] or b"\0", [], random_)
    packed = (
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in chunks
    )
    return content[:8] + b"".join(packed)


def _in_tables(content: bytes, random_: random.Random) -> bytes:
    with tempfile.TemporaryDirectory(prefix="digitlab-fuzz-") as folder:
        path = Path(folder) / "a"
        path.write_bytes(content)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA ignore_check_constraints = ON")
            database.execute("PRAGMA synchronous = OFF")
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            table = random_.choice(tables)
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            where = f"WHERE rowid = (SELECT rowid FROM {table} ORDER BY random() LIMIT 1)"
            column = random_.choice(columns)
            match random_.randrange(5):
                case 0:
                    database.execute(f"DELETE FROM {table} {where}")
                case 1:
                    old = database.execute(f"SELECT {column} FROM {table} {where}").fetchone()[0]
                    old = old.encode() if isinstance(old, str) else old
                    text = _in_text(old, random_) if isinstance(old, bytes) and old[:1] in (b"{", b"[") else None
                    database.execute(f"UPDATE {table} SET {column} = ? {where}", (text and text.decode(),))
                case 2:
                    database.execute(f"UPDATE {table} SET {column} = zeroblob(length({column}) + 1) {where}")
                case _:
                    database.execute(f"UPDATE {table} SET {column} = ? {where}", (random_.choice(_VALUES),))
        return path.read_bytes()


def _flipped(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(random_.choice((1, 1, 2, 4, 16))):
        place = random_.randrange(len(changed))
        if random_.random() < 0.5:
            changed[place] ^= 1 << random_.randrange(8)
        else:
            changed[place] = random_.choice(_INTERESTING)
    return bytes(changed)


def _cut(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    start, stop = sorted(random_.randrange(len(content) + 1) for _ in range(2))
    return content[:start] if random_.random() < 0.5 else content[:start] + content[stop:]


def _grown(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    start, stop = sorted(random_.randrange(len(content) + 1) for _ in range(2))
    part = content[start:stop][:1000] * random_.choice((1, 2, 50))
    return content[:stop] + part + content[stop:]


def _spliced(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    other = random_.choice(others) if others else content
    return content[: random_.randrange(len(content) + 1)] + other[random_.randrange(len(other) + 1) :]


def _at_a_header(content: bytes, others: list[bytes], random_: random.Random) -> bytes:
    """Change some of the first bytes, or those after one of the marks of the format."""
    starts = [0] + [place for mark in _HEADERS if (place := content.find(mark)) >= 0]
    start = random_.choice(starts)
    changed = bytearray(content or b"\0")
    for _ in range(random_.choice((1, 2, 4))):
        place = min(start + random_.randrange(120), len(changed) - 1)
        changed[place] = random_.choice(_INTERESTING) if random_.random() < 0.7 else random_.randrange(256)
    return bytes(changed)


_OF_BYTES: Final = (_flipped, _flipped, _cut, _grown, _spliced, _at_a_header, _at_a_header)
