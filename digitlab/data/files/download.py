"""Fetching MNIST once, with progress, a way to cancel, and a checksum."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digitlab.data.files.mnist import NPZ_NAME
from digitlab.system import storage
from digitlab.system.errors import DigitLabError

if TYPE_CHECKING:
    import http.client

MNIST_ADDRESS: Final = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
"""Where Keras fetches MNIST from (keras/src/datasets/mnist.py, Keras 3.15)."""

MNIST_SHA256: Final = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""The checksum that Keras asks of it (the same place)."""

MNIST_BYTES: Final = 11_490_434
"""The size of the file; the progress is measured by it."""

TIMEOUT_S: Final = 15.0
"""How long to wait for the server's next answer: long enough for a slow line, short enough to wait for."""

CHUNK_BYTES: Final = 1 << 16
"""Bytes between two looks at whether to cancel: 0.1 s on a line of 5 Mbit/s."""


class DownloadCancelledError(DigitLabError):
    """The person cancelled the download; nothing was kept."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The download of MNIST was cancelled.", remedy="Nothing was kept; you can start it again.")


def download_mnist(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> Path:
    """Fetch ``mnist.npz`` into the folder with DigitLab's datasets.

    The address and the checksum are those of ``keras.datasets.mnist``, but the file is not fetched by
    ``keras.utils.get_file``: that can neither be cancelled nor given a timeout, reports its progress only on a
    terminal, and leaves a half-written file under the final name if the process dies. Here the file appears only when
    it is whole and its checksum is right.

    Args:
        progress: Called with the share that has arrived, 0..1, ascending.
        cancelled: Asked before every piece; true ends the download.

    Returns:
        The file.

    Raises:
        DownloadCancelledError: If ``cancelled`` said so.
        DigitLabError: If there is no connection, the server does not answer, the file is not what was expected, or it
            cannot be written.
    """
    path = storage.data_folder() / NPZ_NAME
    import hashlib  # here, as below: most starts need none of this

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
    # Imported here: most starts need no network, and these take a tenth of the time to the window.
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
            expected="This needs a connection to the internet, once.",
            remedy="Try the download again, choose a file with MNIST, or use the built-in digits.",
        ) from error


def _check_whole(answer: "http.client.HTTPResponse") -> None:
    """Notice a connection that ended early; reading in pieces takes it for the end of the file."""
    if answer.length:
        message = "the connection broke off"
        raise ConnectionError(message)


def _unexpected() -> DigitLabError:
    return DigitLabError(
        "What was downloaded is not MNIST: its checksum is wrong.",
        expected=f"Expected the SHA-256 {MNIST_SHA256}.",
        remedy="Nothing was kept. Try the download again, choose a file with MNIST, or use the built-in digits.",
    )
