"""Opening the network and the data named on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitlab.commands.terminal import ProgressBar, show_left_out
from digitlab.data.dataset import Dataset
from digitlab.data.files.drawings_file import LeftOut
from digitlab.data.held_out import HeldOutSet, load_held_out
from digitlab.data.sources import DataSource, load_dataset
from digitlab.model.files.network_file import read_model
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system import assets
from digitlab.system.errors import DigitLabError
from digitlab.system.reading import FileMissingError


def open_model(name: str) -> Snapshot:
    """Open a shipped network by name, or any network by its file.

    The name of a shipped network takes precedence over a file with that name; ``./name`` means the file.

    Raises:
        DigitLabError: If neither exists, or the file cannot be read.
    """
    names = assets.shipped_model_names()
    if name in names:
        return read_model(assets.model_path(name))
    try:
        return read_model(Path(name))
    except FileMissingError as error:
        raise DigitLabError(
            f"There is no model {name}.",
            expected=f"Expected a .digitlab file or one of the shipped models: {', '.join(names) or 'none'}.",
        ) from error


def preset(name: str) -> ModelSpec:
    """Return a preset by its name.

    Raises:
        DigitLabError: If there is none.
    """
    if name not in PRESETS:
        raise DigitLabError(f"There is no preset {name}.", expected=f"Expected one of: {', '.join(PRESETS)}.")
    return PRESETS[name]


def open_dataset(source: str) -> Dataset:
    """Load a dataset, with progress on a terminal; MNIST is downloaded if it is missing.

    Raises:
        DigitLabError: If it cannot be loaded; for MNIST with the three alternatives.
    """
    with _loading(source) as progress:
        return load_dataset(source, download=True, progress=progress.show, cancelled=lambda: False)


def open_held_out(source: str, *, is_strict: bool) -> HeldOutSet:
    """Load evaluation data, with progress on a terminal; MNIST is downloaded if it is missing.

    Args:
        source: As in ``load_held_out``.
        is_strict: Whether a file of drawings is refused if a line is no drawing, instead of leaving that line out.

    Raises:
        DigitLabError: As in ``open_dataset``.
    """
    with _loading(source) as progress:

        def tell(left_out: LeftOut) -> None:
            progress.clear()
            show_left_out(left_out)

        return load_held_out(
            source,
            download=True,
            progress=progress.show,
            cancelled=lambda: False,
            left_out=None if is_strict else tell,
        )


@contextmanager
def _loading(source: str) -> Iterator[ProgressBar]:
    progress = ProgressBar()
    try:
        yield progress
    except DigitLabError as error:
        if source != DataSource.MNIST:
            raise
        raise DigitLabError(
            error.happened,
            expected=error.expected,
            remedy="Try again, use a file that you have with --data FILE, "
            "or use the built-in digits with --data builtin.",
        ) from error
    finally:
        progress.clear()
