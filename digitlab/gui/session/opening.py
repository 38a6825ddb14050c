"""Opening a network or a run: the single code path for menus, lists, drops and the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from digitlab.data.builtin import BUILTIN_NAME
from digitlab.data.files.mnist import MNIST_NAME, find_mnist
from digitlab.data.sources import DataSource
from digitlab.gui.session.names import file_title
from digitlab.model.files.network_file import read_model
from digitlab.runs.kept import RUN_SUFFIX
from digitlab.runs.run_file import read_run

if TYPE_CHECKING:
    from pathlib import Path

    from digitlab.gui.messages import Messages
    from digitlab.gui.session.session import Session
    from digitlab.model.snapshot import Snapshot
    from digitlab.runs.run import Run
    from digitlab.training.events import TrainingStarted

_SOURCES: Final = {MNIST_NAME: DataSource.MNIST, BUILTIN_NAME: DataSource.BUILTIN}
"""The datasets that can be found by the name stored in a run; files cannot."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedFile:
    """The contents of a file.

    Attributes:
        snapshot: The network.
        run: The run that produced it, or None if the file does not contain it.
        name: The name of the run, or of the file.
        kept_path: The file, if it is one of the kept runs; else None.
        file: The file, if it is not one of the kept runs; else None.
        source: The dataset of the run, if that is known and on this computer; else None.
    """

    snapshot: Snapshot
    run: Run | None
    name: str
    kept_path: Path | None = None
    file: Path | None = None
    source: DataSource | None = None


def read_network(path: Path) -> OpenedFile:
    """Read a network, with its run if included, from a file that is not in the list of runs; thread-safe.

    Raises:
        DigitLabError: If it cannot be read.
    """
    if path.name.lower().endswith(RUN_SUFFIX):
        from digitlab.runs.reader import read_stored_run

        stored = read_stored_run(path)
        return OpenedFile(
            stored.snapshot, stored.run, stored.summary.name, file=path, source=_source_here(stored.run.started)
        )
    snapshot, run = read_model(path), read_run(path)
    source = None if run is None else _source_here(run.started)
    return OpenedFile(snapshot, run, file_title(path), file=path, source=source)


def read_kept_run(path: Path) -> OpenedFile:
    """Read a run from the list with all its snapshots; thread-safe.

    Raises:
        RunNotFoundError: If the file no longer exists.
        DigitLabError: If it cannot be read.
    """
    from digitlab.runs.reader import read_stored_run

    stored = read_stored_run(path)
    source = _source_here(stored.run.started)
    return OpenedFile(stored.snapshot, stored.run, stored.summary.name, path, source=source)


def source_of(started: TrainingStarted) -> DataSource | None:
    """Return the dataset that a run was trained on, or None if it was a file."""
    return _SOURCES.get(started.dataset_name)


def _source_here(started: TrainingStarted) -> DataSource | None:
    """Return the dataset that a run was trained on, if that is known and on this computer; not in the GUI thread."""
    source = source_of(started)
    return None if source is DataSource.MNIST and find_mnist() is None else source


class Opening:
    """Opens what was read from files, and keeps track of the file of each kept run.

    Args:
        session: The open network, run and drawing.
        messages: Shows why something cannot be opened.
    """

    def __init__(self, session: Session, messages: Messages) -> None:
        """Create an opener that has opened nothing yet."""
        self._session = session
        self._messages = messages
        self._paths: WeakKeyDictionary[Run, Path] = WeakKeyDictionary()

    def path_of(self, run: Run | None) -> Path | None:
        """Return the file of a kept run, or None if it is not in the list of runs."""
        return None if run is None else self._paths.get(run)

    def set_path(self, run: Run, path: Path) -> None:
        """Remember the file of a kept run."""
        self._paths[run] = path

    def open(self, opened: OpenedFile, *, is_at_start: bool = False) -> bool:
        """Show a network, its run and its recipe; does nothing during training but show a message.

        Without a run, only the layers of the recipe change. The run's dataset is selected if it is on this computer;
        otherwise the current one stays.

        Args:
            opened: What to open.
            is_at_start: Whether DigitLab opens it by itself as it starts.

        Returns:
            Whether it was opened; if not, a message shows why.
        """
        session, run = self._session, opened.run
        if session.training_state.is_busy:
            self._messages.show_info("Training is in progress.", "Stop it first, then open the other network.")
            return False
        self._show(opened, is_at_start=is_at_start)
        if run is None:
            session.recipe = replace(session.recipe, spec=opened.snapshot.spec)
            return True
        recipe = replace(session.recipe, spec=run.started.spec, config=run.started.config)
        session.recipe = recipe if opened.source is None else replace(recipe, source=str(opened.source))
        return True

    def add_run(self, opened: OpenedFile, shown: Snapshot) -> None:
        """Show the run of the network opened at start-up, unless something else is open by now.

        The recipe stays.

        Args:
            opened: The network and its run.
            shown: The network as it was opened at start-up.
        """
        session = self._session
        if not session.training_state.is_busy and session.run is None and session.newest is shown:
            self._show(opened, is_at_start=True)

    def _show(self, opened: OpenedFile, *, is_at_start: bool) -> None:
        # First, so that the file is known when the session announces the run.
        if opened.run is not None and opened.kept_path is not None:
            self.set_path(opened.run, opened.kept_path)
        session = self._session
        session.open_network(opened.snapshot, opened.run, opened.name, opened.file, is_at_start=is_at_start)
