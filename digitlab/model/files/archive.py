"""The container of DigitLab's files: a zip, validated before any of its content is used."""

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.files.npy import read_array
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.limits import check_packing, parse_json, read_at_most, zip_of
from digitlab.system.reading import Format, opened, refuse_other_kinds, shown_name
from digitlab.system.storage import atomic_write

MAXIMUM_FILE_BYTES: Final = 512 * 2**20
"""Larger than any run that DigitLab writes; keeps a malicious file from exhausting the memory."""

MAXIMUM_MEMBER_BYTES: Final = 512 * 2**20
"""The same limit for the unpacked size of a member."""

_SMALLEST_FLOAT_BYTES: Final = 2
_LARGEST_FLOAT_BYTES: Final = 4
"""Weights are stored as float16 or float32."""

_OVERHEAD_BYTES: Final = 2**20
"""What names and headers of arrays take at most."""

_NETWORKS: Final = Format(
    "a network of DigitLab",
    frozenset({Kind.NETWORK}),
    MAXIMUM_FILE_BYTES,
    "is damaged or not a DigitLab file",
    "Expected a complete .digitlab file.",
)

_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""A fixed time stamp, so that the same content gives the same file."""


def write_archive(path: Path, members: Mapping[str, bytes]) -> None:
    """Write members into a zip that replaces ``path`` only when it is complete.

    Raises:
        DigitLabError: If it cannot be written; the old file is then unchanged.
    """
    with atomic_write(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)


class Archive:
    """An open zip; members are read one by one, each within a limit.

    Attributes:
        names: The names of its members.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        """Wrap an open zip of a file."""
        self._path = path
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def read_json(self, name: str, maximum_bytes: int) -> dict[str, Any]:
        """Return a member that must be a JSON object.

        Args:
            name: The member.
            maximum_bytes: Limit on its text.

        Raises:
            DigitLabError: If it is missing, too large or not a JSON object.
        """
        value = parse_json(self._read(name, maximum_bytes))
        if not isinstance(value, dict):
            raise damaged(self._path)
        return value

    def read_arrays(self, name: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, NDArray[Any]]:
        """Return the arrays of a member that is an npz, after checking each against the shape it must have.

        The shape is read from the array's header, before its data, so that a malicious file cannot exhaust the memory,
        even if its arrays are compressed twice.

        Args:
            name: The member.
            shapes: The arrays to read and their shapes.

        Raises:
            DigitLabError: If an array is missing, misshapen, not of a float type, or not finite.
        """
        numbers = sum(math.prod(shape) for shape in shapes.values())
        content = self._read(name, numbers * _LARGEST_FLOAT_BYTES + _OVERHEAD_BYTES)
        if numbers * _SMALLEST_FLOAT_BYTES > len(content):
            raise damaged(self._path)
        with zip_of(io.BytesIO(content)) as members:
            return {key: _unpack_array(members, key, shape, self._path) for key, shape in shapes.items()}

    def _read(self, name: str, limit: int) -> bytearray:
        if name not in self.names:
            refuse_other_kinds(self._path, _NETWORKS)
            raise DigitLabError(
                f"{shown_name(self._path)} {_NETWORKS.damaged}: it does not contain {name}.",
                expected=_NETWORKS.expected,
                remedy=_NETWORKS.remedy,
            )
        limit = min(limit, MAXIMUM_MEMBER_BYTES)
        packed = self._archive.getinfo(name)
        if packed.file_size > limit:
            raise DigitLabError(
                f"{name} in {shown_name(self._path)} is too large.", expected="DigitLab files are smaller."
            )
        check_packing(packed.file_size, packed.compress_size)
        with self._archive.open(packed) as member:
            # The size in the directory may be wrong; never unpack more than the limit.
            content = read_at_most(member, limit + 1)
        if len(content) > limit:
            raise damaged(self._path)
        return content


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Open a zip; any failure in the block is an error of the file.

    Raises:
        DigitLabError: If the file is missing, too large or damaged.
    """
    with opened(path, _NETWORKS) as file, zip_of(file) as archive:
        yield Archive(path, archive)


def damaged(path: Path) -> DigitLabError:
    """Return the error for a file that is not a complete DigitLab file."""
    return _NETWORKS.refusal(shown_name(path))


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as an uncompressed npz; the archive around it compresses."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpack_array(members: zipfile.ZipFile, name: str, shape: tuple[int, ...], path: Path) -> NDArray[Any]:
    def check(found: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        if dtype.kind != "f" or dtype.itemsize > _LARGEST_FLOAT_BYTES:
            raise damaged(path)
        if found != shape:
            raise DigitLabError(
                f"{shown_name(path)} is inconsistent: {name} has the shape {found}.",
                expected=f"Its network needs {shape}.",
            )

    with members.open(f"{name}.npy") as file:
        array = read_array(file, check)
    if not np.isfinite(array).all():
        raise DigitLabError(
            f"{shown_name(path)} contains weights that are not finite numbers.", remedy="Open another file."
        )
    return array
