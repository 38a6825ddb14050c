"""Hostile datasets and drawings."""

import gzip
import io
import struct
import zipfile
from typing import Final

from tests.fuzz import seeds
from tests.fuzz.cases import of_bytes


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
    return zipped({f"{name}.npy": content for name, content in contents.items()})


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _zeros_npz() -> bytes:
    """Return a small npz of black images."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for part, count in (("train", 300_000), ("test", 1)):
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
    *(
        of_bytes("datasets", f"npy header: {name}", lambda h=header: npz(x_train=npy(h)))
        for name, header in HEADERS.items()
    ),
    *(
        of_bytes("datasets", f"npy header of labels: {name}", lambda h=header: npz(y_train=npy(h, bytes(64))))
        for name, header in HEADERS.items()
    ),
    of_bytes("datasets", "a future npy version", lambda: npz(x_train=b"\x93NUMPY\x09\x00" + bytes(100))),
    of_bytes("datasets", "a long npy header", lambda: npz(x_train=b"\x93NUMPY\x02\x00\xff\xff\xff\x7f" + b" " * 10**6)),
    of_bytes("datasets", "three hundred thousand black images", _zeros_npz),
    of_bytes("datasets", "a broken LZMA member", lambda: _broken_lzma()),
    of_bytes("datasets", "forty thousand members", lambda: many_members(40_000)),
    of_bytes("datasets", "an encrypted member", lambda: _with_flag(npz(), 1)),
    of_bytes("IDX", "a billion images", lambda: gzip.compress(struct.pack(">4I", 0x803, 10**9, 28, 28))),
    of_bytes("IDX", "two hundred thousand black images", lambda: _black_idx(200_000)),
    of_bytes("IDX", "no images", lambda: gzip.compress(struct.pack(">4I", 0x803, 0, 28, 28))),
)


def _broken_lzma() -> bytes:
    with zipfile.ZipFile(io.BytesIO(seeds.datasets()[0])) as archive:
        content = bytearray(zipped({name: archive.read(name) for name in archive.namelist()}, zipfile.ZIP_LZMA))
    place = content.index(b".npy") + 10
    content[place : place + 20] = b"\xff" * 20
    return bytes(content)


def many_members(count: int) -> bytes:
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
    of_bytes("drawings", "a number of 400 digits", lambda: _GOOD + _line(f"[[[{'1' * 400}, 2]]]"), is_good=True),
    of_bytes("drawings", "a number of 5000 digits", lambda: _GOOD + _line(f"[[[{'1' * 5000}, 2]]]"), is_good=True),
    of_bytes("drawings", "a label of 400 digits", lambda: _GOOD + _line("[]", "1" * 400), is_good=True),
    of_bytes("drawings", "half a surrogate", lambda: _GOOD + b'{"a": "\\ud800", "strokes": []}\n', is_good=True),
    of_bytes("drawings", "a million lists in a line", lambda: _line("[" + "[]," * 1_300_000 + "[]]")),
    of_bytes("drawings", "half a million objects in a line", lambda: b"[" + b'{"":0},' * 590_000 + b"0]\n"),
    of_bytes("drawings", "deep brackets", lambda: b"[" * 4_000_000),
    of_bytes("drawings", "open strings", lambda: b'{"\\"' * 1_000_000),
    of_bytes("drawings", "a line without end", lambda: b" " * 9_000_000),
    of_bytes(
        "packed drawings",
        "millions of points of Quick, Draw!",
        lambda: _packed(b'{"\\u0064rawing": [[[0%b], [0%b]]]}\n' % ((b",0" * 90_000,) * 2), 300),
    ),
    of_bytes("packed drawings", "hundreds of megabytes of blanks", lambda: _packed(b" " * 2**20, 300)),
    of_bytes("packed drawings", "millions of empty lines", lambda: _packed(b"\n" * 2**20, 200)),
    of_bytes("packed drawings", "millions of bad lines", lambda: _packed(b"x\n" * 2**19, 200)),
    of_bytes("packed drawings", "millions of blank drawings", lambda: _packed(b'{"strokes":[]}\n' * 2**16, 200)),
    of_bytes(
        "packed drawings", "millions of points", lambda: _packed(_line("[[" + "[0,0]," * 90_000 + "[1,1]]]"), 400)
    ),
)
