"""What is read for the files that the user opens; all functions are jobs for the file thread."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitlab.data.drawing.sketch import Picture
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import LeftOut
from digitlab.data.sources import load_drawings
from digitlab.gui.session.kept_runs import with_run_name
from digitlab.model.files.network_file import FILE_SUFFIX
from digitlab.runs.kept import RUN_SUFFIX
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run
from digitlab.system.errors import DigitLabError


@dataclass(frozen=True, slots=True, eq=False)
class TestImage:
    """An image of a test set.

    Attributes:
        dataset_name: The display name of the dataset.
        picture: The image, its position in the test set, and its label.
    """

    dataset_name: str
    picture: Picture


@dataclass(frozen=True, slots=True, eq=False)
class ReadDrawings:
    """What was read from files of drawings.

    Attributes:
        drawings: The drawings of all files, at least one.
        left_out: The lines that were left out, as text; empty if there were none.
    """

    drawings: tuple[Drawing, ...]
    left_out: str


def read_drawings(paths: Sequence[Path]) -> ReadDrawings:
    """Read files of drawings; lines that are no drawings are left out.

    Raises:
        DigitLabError: If a file cannot be read or contains no drawing.
    """
    left_out: list[LeftOut] = []
    drawings = load_drawings(paths, left_out.append)
    return ReadDrawings(drawings, " ".join(one.text for one in left_out))


def brings_network(path: Path) -> bool:
    """Return whether a file is opened as a network or a run, by its name."""
    return path.name.lower().endswith((FILE_SUFFIX, RUN_SUFFIX))


def kept_path(path: Path) -> Path | None:
    """Return the path of a file as in the list of runs, or None if it is in another folder."""
    from digitlab.runs.library import runs_folder  # SQLite takes 10 ms to import

    folder, resolved = runs_folder(), Path(os.path.realpath(path))  # Path.resolve raises RuntimeError for loops
    return folder / resolved.name if resolved.parent == folder.resolve() else None


def read_curves(path: Path, name: str) -> Run:
    """Read the run of a network file, or of the list of runs, without its snapshots.

    Args:
        path: The file.
        name: Its display name.

    Raises:
        DigitLabError: If it cannot be read or has no run.
    """
    if path.name.lower().endswith(RUN_SUFFIX):
        from digitlab.runs.reader import read_stored_run

        try:
            return read_stored_run(path, with_snapshots=False).run
        except DigitLabError as error:
            raise with_run_name(error, path, name) from error
    run = read_run(path, with_snapshots=False)
    if run is None:
        raise DigitLabError(
            f"{path.name} contains a network, but not its training run.",
            remedy="Choose a network that was saved with its run.",
        )
    return run
