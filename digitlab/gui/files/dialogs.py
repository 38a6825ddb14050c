"""File dialogs: what to open, and where to save."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from digitlab.data.files.drawings_file import DRAWING_SUFFIXES
from digitlab.gui.files.controller import DATASET_SUFFIXES, PICTURE_SUFFIXES, FileController
from digitlab.gui.messages import Messages
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.picture import PICTURE_KINDS, Picture, picture_suffix
from digitlab.lessons.reading.reader import LESSON_SUFFIXES
from digitlab.model.files.network_file import FILE_SUFFIX
from digitlab.runs.kept import RUN_SUFFIX
from digitlab.training.as_code import NOTEBOOK_SUFFIX, SCRIPT_SUFFIX
from digitlab.words.names import one_line


def _kind(name: str, suffixes: tuple[str, ...]) -> str:
    return f"{name} ({' '.join(f'*{suffix}' for suffix in suffixes)})"


_NETWORKS: Final = _kind("Networks", (FILE_SUFFIX,))
_TRAININGS: Final = _kind("Trainings", (FILE_SUFFIX, RUN_SUFFIX))
_DRAWINGS: Final = _kind("Drawings", DRAWING_SUFFIXES)
_DATASETS: Final = _kind("Datasets", DATASET_SUFFIXES)
_CODE: Final = f"{_kind('Keras script', (SCRIPT_SUFFIX,))};;{_kind('Jupyter notebook', (NOTEBOOK_SUFFIX,))}"
_PICTURES: Final = ";;".join(_kind(name, (suffix,)) for name, suffix in PICTURE_KINDS)
_PICTURE_SUFFIXES: Final = tuple(suffix for _, suffix in PICTURE_KINDS)
_CODE_SUFFIXES: Final = (SCRIPT_SUFFIX, NOTEBOOK_SUFFIX)
_ALL: Final = "All files (*)"
_EVERYTHING: Final = ";;".join(
    (
        _kind(
            "All supported files",
            (FILE_SUFFIX, RUN_SUFFIX, *PICTURE_SUFFIXES, *DRAWING_SUFFIXES, *DATASET_SUFFIXES, *LESSON_SUFFIXES),
        ),
        _NETWORKS,
        _kind("Pictures", PICTURE_SUFFIXES),
        _DRAWINGS,
        _DATASETS,
        _kind("Lessons", LESSON_SUFFIXES),
        _ALL,
    )
)


def _stem_of(name: str) -> str:
    """Return the name of a file for a network or run."""
    return "".join(letter for letter in name if letter.isalnum() or letter in " -_.").strip() or "run"


class FileDialogs(QObject):
    """Shows file dialogs and hands the chosen files to the controllers.

    Args:
        session: The open network, run and drawing.
        files: Opens and saves files.
        messages: Shows messages to the user.
        folder: Where the first dialog starts; empty for the system's default.
        window: The window that the dialogs belong to.

    Signals:
        held_out_chosen: A dataset or drawings to evaluate networks on; carries the path.
        export_chosen: A file for a kept run; carries the run's file and the path.
        my_digits_chosen: Files of drawings to import into My digits; carries their paths.
        my_export_chosen: A file for My digits; carries the path.
    """

    held_out_chosen = Signal(str)
    export_chosen = Signal(object, object)
    my_digits_chosen = Signal(object)
    my_export_chosen = Signal(object)

    def __init__(
        self, session: Session, files: FileController, messages: Messages, folder: str, window: QWidget
    ) -> None:
        """Create the dialogs; nothing is shown yet."""
        super().__init__(window)
        self._session = session
        self._files = files
        self._messages = messages
        self._window = window
        self.folder = folder

    @Slot()
    def open(self) -> None:
        """Let the user choose a file, and open it."""
        self._open("Open", _EVERYTHING)

    @Slot()
    def open_dataset(self) -> None:
        """Let the user choose a dataset for the recipe."""
        self._open("Choose a dataset", f"{_DATASETS};;{_ALL}")

    @Slot()
    def choose_drawings(self) -> None:
        """Let the user choose files of drawings to add to the data of the recipe."""
        paths = self._ask_for_drawings("Choose drawings to train on")
        if paths:
            self._files.learn_from(paths)

    @Slot()
    def choose_comparison(self) -> None:
        """Let the user choose a network, and show its curves beside those of the run."""
        kinds = f"{_TRAININGS};;{_ALL}"
        path = self._ask_for("Choose a run to compare with", kinds)
        if path is not None:
            self._files.compare_with(path, path.stem)

    @Slot()
    def choose_held_out(self) -> None:
        """Let the user choose a dataset, or labelled drawings, to evaluate networks on."""
        kinds = f"{_kind('Datasets and drawings', (*DATASET_SUFFIXES, *DRAWING_SUFFIXES))};;{_ALL}"
        path = self._ask_for("Choose data to evaluate on", kinds)
        if path is not None:
            self.held_out_chosen.emit(str(path))

    @Slot()
    def choose_my_digits(self) -> None:
        """Let the user choose files of drawings to import into My digits."""
        paths = self._ask_for_drawings("Import drawings")
        if paths:
            self.my_digits_chosen.emit(paths)

    @Slot()
    def export_my_digits(self) -> None:
        """Let the user choose a file to export My digits to."""
        path = self._ask_where("Export my digits", "my-digits", DRAWING_SUFFIXES, _DRAWINGS)
        if path is not None:
            self.my_export_chosen.emit(path)

    @Slot()
    def paste(self) -> None:
        """Open the contents of the clipboard."""
        if not self._files.open_mime(QGuiApplication.clipboard().mimeData()):
            self._messages.show_info("There is no picture in the clipboard.", "Copy a picture, then paste it here.")

    @Slot()
    def save_network(self) -> None:
        """Let the user choose where to save the network."""
        session = self._session
        stem = _stem_of(session.network_name) if session.snapshot.is_edited else "my-network"
        path = self._ask_where("Save the network", stem, (FILE_SUFFIX,), _NETWORKS)
        if path is not None:
            self._files.save_network(path)

    @Slot()
    def save_code(self) -> None:
        """Let the user choose where to save the experiment as Keras code, a script or a notebook."""
        stem = _stem_of(self._session.recipe.spec.name).lower().replace(" ", "-")
        path = self._ask_where("Save as Keras code", stem, _CODE_SUFFIXES, _CODE)
        if path is not None:
            self._files.save_code(path)

    @Slot(object)
    def save_picture(self, picture: Picture) -> None:
        """Let the user choose where to save a picture, as SVG, PDF or PNG."""
        stem = _stem_of(picture.name).lower().replace(" ", "-")
        path = self._ask_where(f"Save the picture of {one_line(picture.name)}", stem, _PICTURE_SUFFIXES, _PICTURES)
        if path is not None:
            self._files.save_bytes(path, picture.as_file(picture_suffix(path)))

    @Slot(object, object)
    def save_elsewhere(self, path: Path, write: Callable[[Path], None]) -> None:
        """Let the user choose another place for what could not be saved.

        Args:
            path: Where it could not be saved.
            write: Writes it to a path.
        """
        suffix = "".join(path.suffixes[-2:]) if path.name.endswith(".gz") else path.suffix
        kinds = {FILE_SUFFIX: _NETWORKS, **dict.fromkeys(_CODE_SUFFIXES, _CODE)}.get(suffix, _DRAWINGS)
        kinds = _PICTURES if suffix in _PICTURE_SUFFIXES else kinds
        place = self._ask_where("Save it elsewhere", path.name.removesuffix(suffix), (suffix,), kinds)
        if place is not None:
            self._files.save(place, write)

    @Slot(object, str)
    def choose_export(self, run: Path, name: str) -> None:
        """Let the user choose a file to export a kept run to."""
        path = self._ask_where("Export the run", _stem_of(name), (FILE_SUFFIX,), _NETWORKS)
        if path is not None:
            self.export_chosen.emit(run, path)

    @Slot()
    def save_drawing(self) -> None:
        """Let the user choose where to save the strokes."""
        if self._session.sketch.drawing.is_empty:
            self._messages.show_info("There are no strokes to save.", "Draw a digit first.")
            return
        path = self._ask_where("Save the drawing", "my-digit", DRAWING_SUFFIXES, _DRAWINGS)
        if path is not None:
            self._files.save_drawing(path)

    def _open(self, title: str, kinds: str) -> None:
        path = self._ask_for(title, kinds)
        if path is not None:
            self._files.open_path(path)

    def _ask_for(self, title: str, kinds: str) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._window, title, self.folder, kinds)
        if not name:
            return None
        self.folder = str(Path(name).parent)
        return Path(name)

    def _ask_for_drawings(self, title: str) -> list[Path]:
        names, _ = QFileDialog.getOpenFileNames(self._window, title, self.folder, f"{_DRAWINGS};;{_ALL}")
        if names:
            self.folder = str(Path(names[0]).parent)
        return [Path(name) for name in names]

    def _ask_where(self, title: str, stem: str, suffixes: tuple[str, ...], kinds: str) -> Path | None:
        proposed = Path(self.folder or Path.home()) / f"{stem}{suffixes[0]}"
        name, kind = QFileDialog.getSaveFileName(self._window, title, str(proposed), kinds)
        if not name:
            return None
        # The chosen kind counts if the name was left without a suffix, or with that of the proposal.
        chosen = next((suffix for suffix in suffixes if f"*{suffix}" in kind), suffixes[0])
        if chosen != suffixes[0] and name == str(proposed):
            name = name.removesuffix(suffixes[0])
        path = Path(name if name.endswith(suffixes) else f"{name}{chosen}")
        self.folder = str(path.parent)
        return path
