"""Reading within limits: files and zips with a budget, packed data that are no bomb, and JSON.

A few kilobytes of brackets can become gigabytes of objects.
"""

import errno
import io
import json
import os
import re
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    import zipfile

    from _typeshed import WriteableBuffer

DIRECTORY_BYTES: Final = 1 << 20
"""Limit on the directory of a zip, which is read as a whole: about 10,000 members."""

BUFFER_BYTES: Final = 1 << 16

_PART_BYTES: Final = 1 << 20

_HARMLESS_BYTES: Final = 32 * 2**20
_MOST_PACKED: Final = 100
"""Data above a size must not be packed more tightly than this."""

MAXIMUM_DEPTH: Final = 50
"""Limit on brackets within brackets; our own files have up to five."""

MAXIMUM_VALUES: Final = 500_000
"""Limit on the values in a text. Each takes up to 250 bytes of memory."""

_HARMLESS_JSON_BYTES: Final = 16_384
"""Texts up to this size, such as most drawings, are not checked: they take a few megabytes at most."""

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string; it need not end, so that the time stays linear in the length."""
_BRACKET: Final = re.compile(rb"[\[\]{}]")


class GuardedFile(io.RawIOBase):
    """A binary file that gives at most a number of bytes in total, however large it is or becomes.

    Attributes:
        budget: How many more bytes may be read.
    """

    def __init__(self, file: IO[bytes] | io.FileIO, budget: int, too_large: Exception) -> None:
        """Read from a file.

        Args:
            file: The file; the caller closes it.
            budget: How many bytes may be read.
            too_large: Raised when more are read.
        """
        super().__init__()
        self._file: Any = file
        self._too_large = too_large
        self.budget = budget

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: what is read twice counts twice."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place; returns it."""
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        """Return the present place."""
        return int(self._file.tell())

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read into a buffer; returns the number of bytes."""
        count = self._file.readinto(buffer)
        if count is None:  # a file of the system that waits for news
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        self.budget -= count
        if self.budget < 0:
            raise self._too_large
        return int(count)


def zip_of(file: IO[bytes] | io.FileIO) -> "zipfile.ZipFile":
    """Open a zip whose directory is not too large to be read as a whole.

    Args:
        file: A file that can be searched; one of ``opened`` keeps its budget.

    Raises:
        ValueError: If its directory is too large.
        zipfile.BadZipFile: If it is not a zip.
    """
    import zipfile  # here: most commands need no zip, and it takes 10 ms

    inner = GuardedFile(file, DIRECTORY_BYTES, _no_zip())
    archive = zipfile.ZipFile(io.BufferedReader(inner, BUFFER_BYTES))
    inner.budget = 1 << 62  # from here on, the limits of the file itself count
    return archive


def read_at_most(file: IO[bytes], count: int) -> bytearray:
    """Read a number of bytes, or all if there are fewer; memory is taken only as they arrive."""
    content = bytearray()
    while len(content) < count and (part := file.read(min(_PART_BYTES, count - len(content)))):
        content += part
    return content


def check_packing(unpacked: int, packed: int) -> None:
    """Check that data are not packed as only a bomb is.

    Args:
        unpacked: Size in bytes that is stated for the unpacked data.
        packed: Size of the packed data.

    Raises:
        ValueError: If they are: images and trained weights shrink to a tenth at best, zeros to a thousandth.
    """
    if unpacked > _HARMLESS_BYTES and unpacked > _MOST_PACKED * packed:
        raise ValueError("packed")


def _no_zip() -> ValueError:
    return ValueError("the directory of the zip is too large")


def parse_json(content: bytes | bytearray) -> Any:
    """Return the value of a JSON text, after its depth and the number of its values were checked.

    Args:
        content: UTF-8, perhaps with a byte order mark. The caller limits its size.

    Raises:
        ValueError: If it is not JSON (``NaN`` and ``Infinity`` are not), or has too many values.
    """
    if len(content) > _HARMLESS_JSON_BYTES:
        _check_json(content)
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("depth") from error


def _check_json(content: bytes | bytearray) -> None:
    bare = _STRING.sub(b"", content)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > MAXIMUM_VALUES:
        raise ValueError("values")
    depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAXIMUM_DEPTH:
            raise ValueError("depth")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
