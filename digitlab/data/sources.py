"""The sources of datasets: MNIST, the built-in digits, or a file."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final

from digitlab.data.builtin import BUILTIN_NAME, builtin_dataset
from digitlab.data.dataset import Dataset
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.download import download_mnist
from digitlab.data.files.drawings_file import TellLeftOut, read_drawings
from digitlab.data.files.mnist import MNIST_NAME, find_mnist, read_mnist
from digitlab.system import storage
from digitlab.system.errors import DigitLabError
from digitlab.system.reading import is_folder, path_of

Progress = Callable[[str, float], None]
"""Called with the present task and the completed share, 0..1."""


class DataSource(StrEnum):
    """The named sources; any other text is the path of a file or folder."""

    MNIST = "mnist"
    BUILTIN = "builtin"


MY_DIGITS: Final = "mine"
"""The source of the user's own digits, for evaluation only; see ``digitlab.data.mine.store``."""


class DatasetMissingError(DigitLabError):
    """MNIST is not on this computer, and its download was not allowed."""

    def __init__(self, folder: Path) -> None:
        """Create the error with the three alternatives.

        Args:
            folder: The folder that was searched first.
        """
        super().__init__(
            f"MNIST is not on this computer: it is not in {folder}.",
            expected="It can be downloaded once (11 MB).",
            remedy="Download it, choose a file that contains MNIST, or use the built-in digits.",
        )


def load_dataset(
    source: DataSource | str | Path, *, download: bool, progress: Progress, cancelled: Callable[[], bool]
) -> Dataset:
    """Load a dataset.

    Args:
        source: ``mnist``, ``builtin``, or the path of an ``.npz`` file or of a folder with MNIST.
        download: Whether MNIST may be downloaded if it is not on this computer. Nothing else uses the network.
        progress: Called in this thread.
        cancelled: Polled during a download; true cancels it.

    Returns:
        The dataset.

    Raises:
        DatasetMissingError: If MNIST is not on this computer and ``download`` is false.
        DownloadCancelledError: If the download was cancelled.
        DigitLabError: If the download fails, or a file cannot be read or does not contain digits.
    """
    if source == DataSource.BUILTIN:
        progress(f"Generating the {BUILTIN_NAME.lower()}", 0.0)
        dataset = builtin_dataset()
    else:
        path = _mnist_path(download, progress, cancelled) if source == DataSource.MNIST else _chosen_path(source)
        progress(f"Reading {path.name}", 0.0)
        dataset = read_mnist(path)
    progress(f"{dataset.name} is ready", 1.0)
    return dataset


def load_drawings(paths: Iterable[Path], left_out: TellLeftOut | None = None) -> tuple[Drawing, ...]:
    """Read files of drawings to train on.

    Args:
        paths: Files of drawings (``.jsonl``, ``.jsonl.gz``, ``.ndjson``).
        left_out: Called for each file with lines that are left out; None refuses such a file.

    Returns:
        The drawings of all files, for ``Dataset.drawings``.

    Raises:
        DigitLabError: If a file cannot be read or contains no drawings; the message names the file.
    """
    return tuple(drawing for path in paths for drawing in read_drawings(path, left_out))


def _mnist_path(download: bool, progress: Progress, cancelled: Callable[[], bool]) -> Path:
    path = find_mnist()
    if path is not None:
        return path
    if not download:
        raise DatasetMissingError(storage.dataset_folders()[0])
    return download_mnist(lambda share: progress(f"Downloading {MNIST_NAME}", share), cancelled)


def _chosen_path(source: str | Path) -> Path:
    path = path_of(source)
    if not is_folder(path):
        return path
    found = find_mnist(path)
    if found is None:
        raise DigitLabError(
            f"There is no MNIST in the folder {path}.",
            expected="Expected mnist.npz or the four compressed IDX files.",
            remedy="Choose another folder or file, or use the built-in digits.",
        )
    return found
