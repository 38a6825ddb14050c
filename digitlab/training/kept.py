"""The trainings that are kept by themselves: the last one, and the one before."""

import logging
from pathlib import Path
from typing import Final

from digitlab.errors import DigitLabError
from digitlab.model.snapshot import Snapshot
from digitlab.storage import data_folder
from digitlab.training.run import Run
from digitlab.training.run_files import read_run, write_run

_log = logging.getLogger(__name__)

LAST_TRAINING: Final = "last-training.digitlab"
"""Every training that ends is kept here until the next one ends, so that nothing is lost by forgetting to save."""

EARLIER_TRAINING: Final = "earlier-training.digitlab"
"""The one before, unless it was shorter than an epoch: one begun by mistake must not push a good one out."""


def last_training_path() -> Path:
    """Return the file of the last training; it may not exist."""
    return data_folder() / LAST_TRAINING


def earlier_training_path() -> Path:
    """Return the file of the training before the last; it may not exist."""
    return data_folder() / EARLIER_TRAINING


def keep_training(snapshot: Snapshot, run: Run) -> None:
    """Keep a training as the last one.

    Args:
        snapshot: The network it ended with.
        run: The training, with at least one snapshot.

    Raises:
        DigitLabError: If it cannot be written.
    """
    _make_room()
    write_run(last_training_path(), snapshot, run)


def _make_room() -> None:
    """Keep the last training as the earlier one, if it is worth keeping.

    Raises:
        DigitLabError: If it cannot be moved.
    """
    path = last_training_path()
    try:
        earlier = read_run(path) if path.exists() else None
        if earlier is not None and earlier.epochs:
            path.replace(earlier_training_path())
    except DigitLabError as error:
        _log.warning("The file of the last training is no good and is replaced: %s", error)
    except OSError as error:
        raise DigitLabError(
            f"{path.name} could not be moved: {error.strerror or type(error).__name__}.",
            remedy=f"Check the folder {path.parent}.",
        ) from error
