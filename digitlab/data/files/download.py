"""Downloading MNIST, with progress, cancellation and a checksum."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digitlab.data.files.mnist import NPZ_NAME
from digitlab.system import storage
from digitlab.system.errors import DigitLabError

if TYPE_CHECKING:
    import http.client

MNIST_ADDRESS: Final = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
"""The address from which Keras downloads MNIST (keras/src/datasets/mnist.py, Keras 3.15)."""

MNIST_SHA256: Final = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""The checksum that Keras expects (same source)."""

MNIST_BYTES: Final = 11_490_434
"""The size of the file, for the progress."""

TIMEOUT_S: Final = 15.0
"""How long to wait for the server: long enough for a slow connection, short enough for the user to wait."""

CHUNK_BYTES: Final = 1 << 16
"""Bytes between two checks for cancellation: 0.1 s at 5 Mbit/s."""


class DownloadCancelledError(DigitLabError):
    """The user cancelled the download; nothing was saved."""

    def __init__(self) -> None:
        """Create the error."""
        super().__init__("The download of MNIST was cancelled.", remedy="Nothing was saved; you can start it again.")


def download_mnist(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> Path:
    """Download ``mnist.npz`` into the folder of DigitLab's datasets.

    The address and the checksum are those of ``keras.datasets.mnist``, but the file is not downloaded with
    ``keras.utils.get_file``: that can neither be cancelled nor given a timeout, reports its progress only on a
    terminal, and leaves an incomplete file under the final name if the process dies. Here the file only appears when it
    is complete and its checksum is correct.

    Args:
        progress: Called with the downloaded share, 0..1, ascending.
        cancelled: Polled before every chunk; true cancels the download.

    Returns:
        The file.

    Raises:
        DownloadCancelledError: If it was cancelled.
        DigitLabError: If there is no connection, the server does not answer, the file is not the expected one, or it
            cannot be written.
    """
    path = storage.download_folder() / NPZ_NAME
    import hashlib  # here, as below: most starts do not need it

    digest = hashlib.sha256()
    arrived = 0
    progress(0.0)
    with storage.atomic_write(path) as file:
        for chunk in _chunks(MNIST_ADDRESS):
            if cancelled():
                raise DownloadCancelledError
            file.write(chunk)
            digest.update(chunk)
            arrived += len(chunk)
            if arrived > MNIST_BYTES:
                raise _unexpected()
            progress(arrived / MNIST_BYTES)
        if digest.hexdigest() != MNIST_SHA256:
            raise _unexpected()
    return path


def _chunks(address: str) -> Iterator[bytes]:
    # Imported here: most starts need no network, and these imports would take a tenth of the start-up time.
    import http.client
    import urllib.request

    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:
            while chunk := answer.read(CHUNK_BYTES):
                yield chunk
            _check_whole(answer)
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        reason = getattr(error, "reason", None) or error
        raise DigitLabError(
            f"MNIST could not be downloaded: {getattr(reason, 'strerror', None) or reason}.",
            expected="The download needs an internet connection.",
            remedy="Try the download again, choose a file that contains MNIST, or use the built-in digits.",
        ) from error


def _check_whole(answer: "http.client.HTTPResponse") -> None:
    """Raise an error if the connection ended early, which reading in chunks takes for the end of the file."""
    if answer.length:
        message = "the connection was lost"
        raise ConnectionError(message)


def _unexpected() -> DigitLabError:
    return DigitLabError(
        "The downloaded file is not MNIST: its checksum is wrong.",
        expected=f"Expected the SHA-256 {MNIST_SHA256}.",
        remedy="Nothing was saved. Try again, choose a file that contains MNIST, or use the built-in digits.",
    )
