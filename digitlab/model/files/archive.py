"""The container of DigitLab's files: a zip, validated before any of its content is used."""

import io
import json
import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.system.errors import DigitLabError
from digitlab.system.storage import atomic_write

MAXIMUM_FILE_BYTES: Final = 512 * 2**20
"""Larger than any run that DigitLab writes; keeps a malicious file from exhausting the memory."""

MAXIMUM_MEMBER_BYTES: Final = 512 * 2**20
"""The same limit for the unpacked size of a member."""

_SMALLEST_FLOAT_BYTES: Final = 2
_LARGEST_FLOAT_BYTES: Final = 4
"""Weights are stored as float16 or float32."""

_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    tokenize.TokenError,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What the zip, npy and decompression modules raise for invalid content."""

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


def read_archive(path: Path, wanted: tuple[str, ...], required: tuple[str, ...]) -> dict[str, bytes]:
    """Read named members of a zip; everything else in it is ignored.

    Args:
        path: The file.
        wanted: Names of the members to read where they exist.
        required: Names that must exist.

    Returns:
        The members' contents by name.

    Raises:
        DigitLabError: If the file is missing, too large, damaged or lacks a required member.
    """
    try:
        if path.stat().st_size > MAXIMUM_FILE_BYTES:
            raise DigitLabError(
                f"{path.name} is larger than {MAXIMUM_FILE_BYTES // 2**20} MB.",
                expected="DigitLab files are smaller.",
            )
        with zipfile.ZipFile(path) as archive:
            present = set(archive.namelist())
            missing = [name for name in required if name not in present]
            if missing:
                raise DigitLabError(
                    f"{path.name} does not contain {missing[0]}.", expected="Expected a file saved by DigitLab."
                )
            return {name: _read_member(archive, name, path) for name in wanted if name in present}
    except _DAMAGE as error:
        raise damaged(path) from error
    except MemoryError as error:
        raise _too_little_memory(path) from error
    except OSError as error:
        raise DigitLabError(
            f"{path.name} could not be read: {error.strerror or type(error).__name__}.",
            remedy="Check that the file exists and that you have permission to read it.",
        ) from error


def damaged(path: Path) -> DigitLabError:
    """Return the error for a file that is not a complete DigitLab file."""
    return DigitLabError(
        f"{path.name} is damaged or not a DigitLab file.",
        expected="Expected a complete .digitlab file.",
        remedy="Copy or download it again, or open another one.",
    )


def _too_little_memory(path: Path) -> DigitLabError:
    return DigitLabError(
        f"There is not enough memory to open {path.name}.", remedy="Close other programs and try again."
    )


def _read_member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    if archive.getinfo(name).file_size > MAXIMUM_MEMBER_BYTES:
        raise DigitLabError(f"{name} in {path.name} is too large.", expected="DigitLab files are smaller.")
    with archive.open(name) as member:
        # The size in the directory may be wrong; never unpack more than the limit.
        content = member.read(MAXIMUM_MEMBER_BYTES + 1)
    if len(content) > MAXIMUM_MEMBER_BYTES:
        raise damaged(path)
    return content


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """Return a member that must be a JSON object.

    Raises:
        DigitLabError: If it is not a JSON object.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise damaged(path) from error
    if not isinstance(value, dict):
        raise damaged(path)
    return value


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as an uncompressed npz; the archive around it compresses."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack_arrays(content: bytes, shapes: Mapping[str, tuple[int, ...]], path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of an npz after checking each against the shape it must have.

    The shape is read from the array's header, before its data, so that a malicious file cannot exhaust the memory, even
    if its arrays are compressed twice.

    Args:
        content: The npz.
        shapes: The arrays to read and their shapes.
        path: The file it came from, for messages.

    Raises:
        DigitLabError: If an array is missing, misshapen, not of a float type, or not finite.
    """
    if sum(math.prod(shape) for shape in shapes.values()) * _SMALLEST_FLOAT_BYTES > len(content):
        raise damaged(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            return {name: _unpack_array(members, name, shape, path) for name, shape in shapes.items()}
    except (*_DAMAGE, OSError) as error:
        raise damaged(path) from error
    except MemoryError as error:
        raise _too_little_memory(path) from error


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    try:
        shape, _, dtype = read(file)
    except MemoryError as error:  # what Python's parser raises for deeply nested text
        raise ValueError("header") from error
    return shape, dtype


def _unpack_array(members: zipfile.ZipFile, name: str, shape: tuple[int, ...], path: Path) -> NDArray[Any]:
    with members.open(f"{name}.npy") as file:
        found, dtype = _read_header(file)
    if dtype.kind != "f" or dtype.itemsize > _LARGEST_FLOAT_BYTES:
        raise damaged(path)
    if found != shape:
        raise DigitLabError(
            f"{path.name} is inconsistent: {name} has the shape {found}.", expected=f"Its network needs {shape}."
        )
    with members.open(f"{name}.npy") as file:
        array: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
    if not np.isfinite(array).all():
        raise DigitLabError(f"{path.name} contains weights that are not finite numbers.", remedy="Open another file.")
    return array
