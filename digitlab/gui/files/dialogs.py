"""Asking for a file: what to open, and where to save."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from digitlab.data.files.drawings_file import DRAWING_SUFFIXES
from digitlab.gui.files.controller import DATASET_SUFFIXES, PICTURE_SUFFIXES, FileController
from digitlab.gui.messages import Messages
from digitlab.gui.session.session import Session
from digitlab.model.files.network_file import FILE_SUFFIX
from digitlab.runs.kept import RUN_SUFFIX


def _kind(name: str, suffixes: tuple[str, ...]) -> str:
    return f"{name} ({' '.join(f'*{suffix}' for suffix in suffixes)})"


_NETWORKS: Final = _kind("Networks", (FILE_SUFFIX,))
_TRAININGS: Final = _kind("Trainings", (FILE_SUFFIX, RUN_SUFFIX))
_DRAWINGS: Final = _kind("Drawings", DRAWING_SUFFIXES)
_DATASETS: Final = _kind("Datasets", DATASET_SUFFIXES)
_ALL: Final = "All files (*)"
_EVERYTHING: Final = ";;".join(
    (
        _kind(
            "Everything DigitLab opens",
            (FILE_SUFFIX, RUN_SUFFIX, *PICTURE_SUFFIXES, *DRAWING_SUFFIXES, *DATASET_SUFFIXES),
        ),
        _NETWORKS,
        _kind("Pictures", PICTURE_SUFFIXES),
        _DRAWINGS,
        _DATASETS,
        _ALL,
    )
)


class FileDialogs(QObject):
    """Asks for files and hands them to the controller.

    Args:
        session: What is open.
        files: Opens and saves.
        messages: Speaks to the person.
        folder: Where to begin; empty for the system's choice.
        window: The window the dialogs stand before.

    Signals:
        held_out_chosen: A dataset or drawings to judge networks on; carries the path.
        export_chosen: Where to write a kept run; carries its file and the path.
        my_digits_chosen: Files of drawings to take into the person's own digits; carries their paths.
        my_export_chosen: Where to write the person's own digits; carries the path.
    """

    held_out_chosen = Signal(str)
    export_chosen = Signal(object, object)
    my_digits_chosen = Signal(object)
    my_export_chosen = Signal(object)

    def __init__(
        self, session: Session, files: FileController, messages: Messages, folder: str, window: QWidget
    ) -> None:
        """Remember the folder."""
        super().__init__(window)
        self._session = session
        self._files = files
        self._messages = messages
        self._window = window
        self.folder = folder

    @Slot()
    def open(self) -> None:
        """Ask for a file and open it."""
        self._open("Open", _EVERYTHING)

    @Slot()
    def open_dataset(self) -> None:
        """Ask for a dataset and train on it next."""
        self._open("Choose a dataset", f"{_DATASETS};;{_ALL}")

    @Slot()
    def choose_drawings(self) -> None:
        """Ask for files of drawings and learn from them too in the next training."""
        kinds = f"{_DRAWINGS};;{_ALL}"
        names, _ = QFileDialog.getOpenFileNames(self._window, "Choose drawings to learn from", self.folder, kinds)
        if names:
            self.folder = str(Path(names[0]).parent)
            self._files.learn_from([Path(name) for name in names])

    @Slot()
    def choose_comparison(self) -> None:
        """Ask for a network and show its curves beside those of the run."""
        kinds = f"{_TRAININGS};;{_ALL}"
        name, _ = QFileDialog.getOpenFileName(self._window, "Choose a training to compare with", self.folder, kinds)
        if name:
            self.folder = str(Path(name).parent)
            self._files.compare_with(Path(name), Path(name).stem)

    @Slot()
    def choose_held_out(self) -> None:
        """Ask for a dataset, or for drawings with labels, and judge networks on it next."""
        kinds = f"{_kind('Datasets and drawings', (*DATASET_SUFFIXES, *DRAWING_SUFFIXES))};;{_ALL}"
        name, _ = QFileDialog.getOpenFileName(self._window, "Choose what to judge on", self.folder, kinds)
        if name:
            self.folder = str(Path(name).parent)
            self.held_out_chosen.emit(name)

    @Slot()
    def choose_my_digits(self) -> None:
        """Ask for files of drawings and take their digits into the person's own."""
        kinds = f"{_DRAWINGS};;{_ALL}"
        names, _ = QFileDialog.getOpenFileNames(self._window, "Import drawings", self.folder, kinds)
        if names:
            self.folder = str(Path(names[0]).parent)
            self.my_digits_chosen.emit([Path(name) for name in names])

    @Slot()
    def export_my_digits(self) -> None:
        """Ask where to write the person's own digits."""
        path = self._ask_where("Export your own digits", "my-digits", DRAWING_SUFFIXES, _DRAWINGS)
        if path is not None:
            self.my_export_chosen.emit(path)

    @Slot()
    def paste(self) -> None:
        """Open what is in the clipboard."""
        if not self._files.open_mime(QGuiApplication.clipboard().mimeData()):
            self._messages.show_info("There is no picture in the clipboard.", "Copy a picture, then paste it here.")

    @Slot()
    def save_network(self) -> None:
        """Ask where to save the network."""
        path = self._ask_where("Save the network", "my-network", (FILE_SUFFIX,), _NETWORKS)
        if path is not None:
            self._files.save_network(path)

    @Slot(object, str)
    def choose_export(self, run: Path, name: str) -> None:
        """Ask where to write a kept run for others."""
        stem = "".join(letter for letter in name if letter.isalnum() or letter in " -_.").strip() or "training"
        path = self._ask_where("Export the training", stem, (FILE_SUFFIX,), _NETWORKS)
        if path is not None:
            self.export_chosen.emit(run, path)

    @Slot()
    def save_drawing(self) -> None:
        """Ask where to save the strokes."""
        if self._session.sketch.drawing.is_empty:
            self._messages.show_info("There are no strokes to save.", "Draw a digit first.")
            return
        path = self._ask_where("Save the drawing", "my-digit", DRAWING_SUFFIXES, _DRAWINGS)
        if path is not None:
            self._files.save_drawing(path)

    def _open(self, title: str, kinds: str) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, title, self.folder, kinds)
        if name:
            self.folder = str(Path(name).parent)
            self._files.open_path(Path(name))

    def _ask_where(self, title: str, stem: str, suffixes: tuple[str, ...], kinds: str) -> Path | None:
        proposed = Path(self.folder or Path.home()) / f"{stem}{suffixes[0]}"
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(proposed), kinds)
        if not name:
            return None
        path = Path(name if name.endswith(suffixes) else f"{name}{suffixes[0]}")
        self.folder = str(path.parent)
        return path
