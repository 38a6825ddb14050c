"""What was open last time: opened again after the start, as far as it is there, and remembered at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.files.mnist import find_mnist
from digitlab.data.sources import DataSource
from digitlab.gui.files.controller import FileController
from digitlab.gui.files.jobs import brings_network, kept_path
from digitlab.gui.messages import Messages
from digitlab.gui.session.kept_runs import with_run_name
from digitlab.gui.session.opening import OpenedFile, Opening, read_kept_run, read_network
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe
from digitlab.runs.kept import RUN_SUFFIX
from digitlab.system.assets import DEFAULT_MODEL, model_path, shipped_model_names
from digitlab.system.errors import DigitLabError
from digitlab.system.reading import check_file, is_folder
from digitlab.system.settings import Settings
from digitlab.words.lists import listed
from digitlab.words.names import one_line

_RUN: Final = "the run that was open"
"""What a run is called that cannot be read; users do not see the names of the files of runs."""

_SOURCES: Final = (*DataSource, "mine", "")
"""Data without a path."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What is still there of what was open last time.

    Attributes:
        settings: The settings, without the files that are not there any more.
        missing: Their names.
        network: The network, or None if the default one stays open.
        error: Why the network cannot be read, or None.
        default_source: The dataset if none was chosen or it is not there any more; else empty.
    """

    settings: Settings
    missing: tuple[str, ...]
    network: OpenedFile | None
    error: DigitLabError | None
    default_source: str


class Restart(QObject):
    """Opens again what was open last time, unless something else is open by then.

    Signals:
        recipe_found: Data of the recipe are there; carries the ``Recipe`` with them.
        held_out_found: The data that networks were evaluated on are there; carries the path.
    """

    recipe_found = Signal(object)
    held_out_found = Signal(str)

    def __init__(
        self, session: Session, files: FileController, opening: Opening, messages: Messages, parent: QObject
    ) -> None:
        """Remember the network that the window starts with; ``begin`` looks for the files."""
        super().__init__(parent)
        self._session = session
        self._files = files
        self._opening = opening
        self._messages = messages
        self._shown = session.newest
        self._is_done = False
        self._replaced = ""  # the network of last time, until that of the file the user named is open
        session.network_opened.connect(self._on_network_opened)

    def begin(self, settings: Settings, file: Path | None = None) -> None:
        """Look for the files of last time, in the thread for files, and open those that are there.

        If that fails, perhaps because a drive does not answer, they stay remembered.

        Args:
            settings: The settings of last time.
            file: The file that the user named to open; if it brings a network, that of last time is not opened.
        """
        wanted = settings
        if file is not None and brings_network(file):
            wanted = replace(settings, network="")
            self._replaced = settings.network
        then = partial(self._restore, self._session.recipe)
        self._files.desk.ask(lambda _: _find(wanted), then=then, is_quiet=True)

    def show_default_run(self) -> None:
        """Show the run of the default network, unless another network is open or about to be opened."""
        if self._is_default_shown:
            self._files.begin()

    @property
    def _is_default_shown(self) -> bool:
        return self._session.newest is self._shown and self._session.run is None

    def remembered(self, settings: Settings) -> Settings:
        """Return the settings with what is open now; what was not looked for yet stays."""
        if not self._is_done:
            return settings
        session = self._session
        held_out = session.evaluation.source
        return replace(
            settings,
            data_source=session.recipe.source,
            drawings=session.recipe.drawings,
            held_out="" if held_out in _SOURCES else held_out,
            network=_network_text(session) or self._replaced,
        )

    @Slot()
    def _on_network_opened(self) -> None:
        """Forget the network of last time, unless the default one opened because the file could not be read."""
        if self._session.open_file != model_path(DEFAULT_MODEL):
            self._replaced = ""

    def _restore(self, recipe: Recipe, found: _Found) -> None:
        """Open what was found.

        Args:
            recipe: The recipe when the search began; another one by now is the user's.
            found: What is still there.
        """
        session, settings = self._session, found.settings
        is_untouched = session.recipe is recipe
        if is_untouched and found.default_source:
            self.recipe_found.emit(replace(recipe, source=found.default_source))
        if found.network is not None and self._is_default_shown:
            self._opening.open(found.network, is_at_start=True)
        if is_untouched:
            source = settings.data_source if settings.data_source not in _SOURCES else session.recipe.source
            self.recipe_found.emit(replace(session.recipe, source=source, drawings=settings.drawings))
        if settings.held_out:
            self.held_out_found.emit(settings.held_out)
        self._is_done = True
        if found.missing:
            self._messages.show_error(_gone(found.missing))
        elif found.error is not None:
            self._messages.show_error(found.error)


def _find(settings: Settings) -> _Found:
    """Look for the files of the settings, and read the network; not in the GUI thread."""
    network = _network_path(settings.network)
    source = [] if settings.data_source in _SOURCES else [settings.data_source]
    held_out = [settings.held_out] if settings.held_out else []
    paths = [Path(text) for text in (*source, *settings.drawings, *held_out)]
    missing = [path for path in (*paths, *([] if network is None else [network])) if not _is_there(path)]
    left = replace(
        settings,
        data_source=settings.data_source if Path(settings.data_source) not in missing else "",
        drawings=tuple(text for text in settings.drawings if Path(text) not in missing),
        held_out=settings.held_out if Path(settings.held_out) not in missing else "",
    )
    names = tuple(_RUN if path.name.endswith(RUN_SUFFIX) else path.name for path in dict.fromkeys(missing))
    opened, error = None, None
    if network is not None and network not in missing:
        kept = kept_path(network)
        try:
            opened = read_network(network) if kept is None else read_kept_run(kept)
        except DigitLabError as failure:
            error = failure if kept is None else with_run_name(failure, kept, _RUN)
    return _Found(left, names, opened, error, "" if left.data_source else _default_source())


def _default_source() -> str:
    """Return MNIST if it is on this computer, else the built-in digits."""
    return str(DataSource.MNIST if find_mnist() is not None else DataSource.BUILTIN)


def _is_there(path: Path) -> bool:
    """Return whether there is a regular file, or a folder, as a dataset may be."""
    try:
        check_file(path)
    except DigitLabError:
        return is_folder(path)
    return True


def _network_path(text: str) -> Path | None:
    """Return the file of a network in the settings; None for the default network."""
    if not text:
        return None
    return model_path(text) if text in shipped_model_names() else Path(text)


def _network_text(session: Session) -> str:
    """Return the open network for the settings: a shipped one by its name, as its file is elsewhere after an update.

    It is empty for the default network, for one that is not in a file or whose run was deleted, and during a training:
    at the next start a message offers to resume that.
    """
    path, kept = session.open_file, session.kept
    is_deleted = kept.open is not None and all(run.path != kept.open for run in kept.runs)
    if path is None or is_deleted or session.training_state.is_busy:
        return ""
    if path == model_path(path.stem):
        return "" if path.stem == DEFAULT_MODEL else path.stem
    return str(path.absolute())


def _gone(names: Sequence[str]) -> DigitLabError:
    return DigitLabError(
        f"No longer there: {listed(one_line(name) for name in names)}.",
        expected="Everything else that was open last time is open again.",
        remedy="If something was moved, open it from its new folder.",
    )
