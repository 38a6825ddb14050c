"""Reading arrays in NumPy's format, each checked by its header before its data are read."""

import math
from collections.abc import Callable
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from digitlab.system.limits import read_at_most

Check = Callable[[tuple[int, ...], np.dtype[Any]], None]
"""Raises an error if an array of this shape and type is not wanted."""


def read_array(file: IO[bytes], check: Check) -> NDArray[Any]:
    """Read an array; call it within ``digitlab.system.reading.refusing``, because a malformed one raises anything.

    Args:
        file: The file; need not be searchable.
        check: Called with shape and type before the data are read; it must limit their size.

    Returns:
        The array, read-only.

    Raises:
        ValueError: If the array is malformed or not complete.
    """
    shape, is_fortran, dtype = _read_header(file)
    check(shape, dtype)
    if dtype.hasobject or not all(type(length) is int and length >= 0 for length in shape):
        raise ValueError("header")
    size = math.prod(shape) * dtype.itemsize
    content = read_at_most(file, size)
    if len(content) != size:
        raise EOFError
    array = np.frombuffer(content, dtype)
    array.flags.writeable = False
    return array.reshape(shape, order="F" if is_fortran else "C")


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy_format.read_magic(file)
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    try:
        shape, is_fortran, dtype = read(file)
    except MemoryError as error:  # what Python's parser raises for deeply nested text
        raise ValueError("header") from error
    return shape, is_fortran, dtype
