"""MNIST on this computer: finding and reading Keras's ``mnist.npz`` or the four original IDX files.

Any other ``.npz`` file with the same four arrays can be read as well.
"""

import gzip
import math
import os
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import Dataset, DigitSet
from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.files.npy import read_array
from digitlab.system import storage
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.limits import check_packing, read_at_most, zip_of
from digitlab.system.reading import Format, is_folder, opened, refuse_other_kinds, shown_name

MNIST_NAME: Final = "MNIST"

NPZ_NAME: Final = "mnist.npz"
"""The name of Keras's file."""

MAX_DIGITS: Final = 1_000_000
"""Limit on the digits in a file: 784 MB of images, more than the 814,255 characters of EMNIST."""

_IMAGE_MAGIC: Final = 0x00000803
_LABEL_MAGIC: Final = 0x00000801
"""First four bytes of IDX files: unsigned bytes with three dimensions or one (yann.lecun.com/exdb/mnist)."""


_NPZ: Final = Format(
    "a dataset",
    frozenset({Kind.ARRAYS}),
    2 * 2**30,
    "is damaged or incomplete",
    "Expected mnist.npz (x_train, y_train, x_test, y_test), or a folder with the four compressed IDX files of MNIST.",
    "Get the file again, choose another one, or use the built-in digits.",
)

_DOWNLOADED: Final = replace(
    _NPZ, remedy="Delete it, and DigitLab downloads it again; or choose another file, or use the built-in digits."
)
"""For the file that DigitLab downloads itself; it never advises to delete a file of the user's."""

_IDX: Final = Format(
    "a compressed IDX file of MNIST",
    frozenset({Kind.IDX, Kind.GZIP}),
    MAX_DIGITS * IMAGE_SIDE**2,
    "is damaged or incomplete",
    "Expected the four compressed IDX files of MNIST.",
    "Get the file again, choose another folder, or use the built-in digits.",
)


class _IdxNames(NamedTuple):
    images: str
    labels: str


IDX_TRAIN: Final = _IdxNames("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
IDX_TEST: Final = _IdxNames("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")


def find_mnist(folder: Path | None = None) -> Path | None:
    """Search for MNIST.

    Args:
        folder: The folder to search for ``mnist.npz`` and, like its subfolder ``mnist``, for the IDX files. None
            searches the folders of DigitLab's datasets.

    Returns:
        The file or the folder with the IDX files, for ``read_mnist``; None if not found.
    """
    folders = storage.dataset_folders() if folder is None else (folder,)
    return next((found for place in folders if (found := _mnist_in(place)) is not None), None)


def _mnist_in(folder: Path) -> Path | None:
    if os.path.isfile(folder / NPZ_NAME):
        return folder / NPZ_NAME
    for place in (folder, folder / "mnist"):
        if all(os.path.isfile(place / name) for name in (*IDX_TRAIN, *IDX_TEST)):
            return place
    return None


def read_mnist(path: Path) -> Dataset:
    """Read MNIST, or other digits in the same format.

    Args:
        path: A folder with the four IDX files, or an ``.npz`` file with ``x_train``, ``y_train``, ``x_test`` and
            ``y_test``: images of shape (n, 28, 28), uint8, and labels of shape (n,), whole numbers 0..9.

    Returns:
        The dataset, named "MNIST" or, if the file has another name, after the file.

    Raises:
        DigitLabError: If something is missing, damaged, or has the wrong shape or type; the message names the file.
    """
    if is_folder(path):
        return Dataset(MNIST_NAME, _read_idx(path, IDX_TRAIN), _read_idx(path, IDX_TEST))
    is_downloaded = path == storage.download_folder() / NPZ_NAME
    with opened(path, _DOWNLOADED if is_downloaded else _NPZ) as file, zip_of(file) as archive:
        train, test = (_npz_digits(archive, path, part) for part in ("train", "test"))
    return Dataset(MNIST_NAME if path.name == NPZ_NAME else path.stem, train, test)


def _npz_digits(archive: zipfile.ZipFile, path: Path, part: str) -> DigitSet:
    images, labels = (_npz_array(archive, path, f"{axis}_{part}") for axis in "xy")
    if not np.issubdtype(labels.dtype, np.integer) or (labels.size and not 0 <= labels.min() <= labels.max() <= 9):
        raise _wrong(path, f"y_{part} contains labels that are not whole numbers from 0 to 9")
    return _digit_set(images, labels.astype(np.uint8), f"{shown_name(path)}, {part}")


def _npz_array(archive: zipfile.ZipFile, path: Path, key: str) -> NDArray[np.generic]:
    """Read an array, checking its header first, so that a malicious header cannot allocate too much memory."""
    if f"{key}.npy" not in archive.namelist():
        refuse_other_kinds(path, _NPZ)
        raise _wrong(path, f"{key} is missing")

    def check(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        is_small = shape and shape[0] <= MAX_DIGITS and math.prod(shape[1:]) <= IMAGE_SIDE**2
        is_small = is_small and math.prod(shape) * dtype.itemsize <= MAX_DIGITS * IMAGE_SIDE**2
        if not (is_small and np.issubdtype(dtype, np.integer)):
            raise _wrong(path, f"{key} has the shape {shape} and the type {dtype}")

    packed = archive.getinfo(f"{key}.npy")
    check_packing(packed.file_size, packed.compress_size)
    with archive.open(packed) as file:
        return read_array(file, check)


def _read_idx(folder: Path, names: _IdxNames) -> DigitSet:
    images = _idx_array(folder / names.images, _IMAGE_MAGIC, (IMAGE_SIDE, IMAGE_SIDE))
    labels = _idx_array(folder / names.labels, _LABEL_MAGIC, ())
    return _digit_set(images, labels, f"{names.images} and {names.labels}")


def _idx_array(path: Path, magic: int, item_shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read an IDX file: a big-endian header (magic, count, shape of an item), then bytes."""
    header = struct.Struct(f">{2 + len(item_shape)}I")
    with opened(path, _IDX) as raw, gzip.GzipFile(fileobj=raw) as file:
        found_magic, count, *found_shape = header.unpack(file.read(header.size))
        if found_magic != magic or tuple(found_shape) != item_shape or count > MAX_DIGITS:
            raise _wrong(path, "its header is not that of an IDX file with 28x28 images or with labels")
        size = count * math.prod(item_shape)
        check_packing(size, path.stat().st_size)
        content = read_at_most(cast(IO[bytes], file), size + 1)
    if len(content) != size:
        raise _wrong(path, f"its header announces {count:,} entries, but the file contains a different number")
    array = np.frombuffer(content, dtype=np.uint8)
    array.flags.writeable = False
    return array.reshape(count, *item_shape)


def _digit_set(images: NDArray[np.generic], labels: NDArray[np.uint8], where: str) -> DigitSet:
    try:
        digits = DigitSet(images.astype(np.uint8, casting="equiv", copy=False), labels)
    except (DigitLabError, TypeError) as error:
        reason = error.happened if isinstance(error, DigitLabError) else f"The images have the type {images.dtype}."
        raise DigitLabError(
            f"{where}: {reason}",
            expected=_EXPECTED,
            remedy=_OTHER,
        ) from error
    if digits.side != IMAGE_SIDE:
        raise DigitLabError(f"{where}: The images have the shape {images.shape}.", expected=_EXPECTED, remedy=_OTHER)
    if len(digits) == 0:
        raise DigitLabError(f"{where}: The file contains no digits.", remedy="Choose another file.")
    return digits


_EXPECTED: Final = "Expected images of shape (n, 28, 28), uint8, and one label from 0 to 9 for each."
_OTHER: Final = "Choose another file, or use the built-in digits."


def _wrong(path: Path, what: str) -> DigitLabError:
    return DigitLabError(
        f"{shown_name(path)} does not contain digits in the format of MNIST: {what}.",
        expected="Expected mnist.npz (x_train, y_train, x_test, y_test), or the four IDX files of MNIST.",
        remedy="Choose another file, or use the built-in digits.",
    )
