"""Opening and saving: one door for menus, drops and the clipboard. Files are read and written in their own thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QImage, QImageWriter

from digitlab.data.dataset import Dataset
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.files.drawings_file import DRAWING_SUFFIXES, read_drawings, write_drawings
from digitlab.data.files.picture_file import decode_image, read_image
from digitlab.data.sources import load_dataset, load_drawings
from digitlab.gui.messages import Messages
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.kept_runs import with_run_name
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.model.files.network_file import FILE_SUFFIX, read_model, write_model
from digitlab.model.snapshot import Snapshot
from digitlab.runs.kept import RUN_SUFFIX
from digitlab.runs.run import NamedRun, Run
from digitlab.runs.run_file import has_run, read_run, write_run
from digitlab.system.assets import DEFAULT_MODEL, model_path, shipped_model_names
from digitlab.system.errors import DigitLabError
from digitlab.system.work import Worker
from digitlab.words.numbers import count

_log = logging.getLogger(__name__)

DATASET_SUFFIXES: Final = (".npz",)
PICTURE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")


@dataclass(frozen=True, slots=True, eq=False)
class _OpenedModel:
    name: str
    snapshot: Snapshot
    run: Run | None
    in_place_of: Snapshot | None = None  # shown in its place alone, and the recipe stays


@dataclass(frozen=True, slots=True, eq=False)
class _OpenedSketch:
    sketch: Sketch
    what: str
    remark: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _OpenedDataset:
    path: Path
    dataset: Dataset


@dataclass(frozen=True, slots=True, eq=False)
class _OpenedDrawings:
    paths: tuple[Path, ...]
    digit_count: int
    other_count: int


@dataclass(frozen=True, slots=True, eq=False)
class _OpenedComparison:
    command: int
    compared: NamedRun


@dataclass(frozen=True, slots=True, eq=False)
class _FoundRuns:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Saved:
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class _TestDigit:
    dataset_name: str
    picture: Picture


class FileController(QObject):
    """Opens and saves what the person names.

    Signals:
        shipped_runs_found: Answers ``find_shipped_runs``; carries the names of the shipped models that have a run.
    """

    shipped_runs_found = Signal(object)

    def __init__(self, session: Session, editor: SketchEditor, messages: Messages, parent: QObject) -> None:
        """Start the thread for files."""
        super().__init__(parent)
        self._session = session
        self._editor = editor
        self._messages = messages
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._worker = Worker("files", self._mail.post)
        self._dataset: tuple[str, Dataset] | None = None
        self._digit_index = -1
        self._comparison_wish = 0
        self._told: Exception | None = None
        self._random = np.random.default_rng()
        session.newest_changed.connect(self._withdraw)

    # Wishes

    def open_path(self, path: Path) -> None:
        """Open a file by what it is: a network, a drawing, a dataset, or else a picture."""
        name = path.name.lower()
        if name.endswith((FILE_SUFFIX, RUN_SUFFIX)):
            self._submit(lambda: self._open_model(path))
        elif name.endswith(DRAWING_SUFFIXES):
            self._submit(lambda: self._open_drawing(path))
        elif name.endswith(DATASET_SUFFIXES) or path.is_dir():
            self._submit(lambda: self._open_dataset(path))
        else:
            self._submit(lambda: self._open_picture(path))

    def open_shipped(self, name: str) -> None:
        """Open a network that DigitLab brings along, with the run that made it.

        Args:
            name: One of ``shipped_model_names``.
        """
        self.open_path(model_path(name))

    def begin(self) -> None:
        """Show the curves of the run that made the network of the start, unless something else is open by then.

        The recipe stays as it is.
        """
        shown = self._session.snapshot
        self._submit(lambda: replace(self._open_model(model_path(DEFAULT_MODEL)), in_place_of=shown))

    def open_mime(self, mime: QMimeData) -> bool:
        """Open what was dropped or pasted.

        Returns:
            Whether there was anything to open.
        """
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if paths:
            self.open_path(paths[0])
            if len(paths) > 1:
                self._messages.show_info(f"Opened {paths[0].name}.", "DigitLab opens one file at a time.")
            return True
        if mime.hasImage():
            self._open_image_data(mime.imageData())
            return True
        return False

    def learn_from(self, paths: Sequence[Path]) -> None:
        """Read files of drawings and let the next training learn from them too."""
        chosen = tuple(paths)
        self._submit(lambda: self._open_drawings(chosen))

    @Slot(object, str)
    def compare_with(self, path: Path, name: str) -> None:
        """Show the curves in a file beside those of the run.

        Args:
            path: A network with the run that made it.
            name: What people call it.
        """
        self._comparison_wish += 1
        command = self._comparison_wish
        self._submit(lambda: _OpenedComparison(command, NamedRun(name, self._read_curves(path, name))))

    @Slot()
    def stop_comparing(self) -> None:
        """Show the run alone, whatever is still being read."""
        self._comparison_wish += 1
        self._session.compared_run = None

    def find_shipped_runs(self) -> None:
        """Look which shipped models can be compared with."""
        self._submit(lambda: _FoundRuns(tuple(name for name in shipped_model_names() if has_run(model_path(name)))))

    def save_network(self, path: Path) -> None:
        """Save the network on screen, with its run if the run made it."""
        snapshot, run = self._session.snapshot, self._session.run
        with_run = run is not None and self._session.has_snapshot(snapshot) and run.step > 0
        self._submit(lambda: self._save_network(path, snapshot, run if with_run else None))

    def save_drawing(self, path: Path) -> None:
        """Save the strokes on the canvas."""
        drawing = self._session.sketch.drawing
        self._submit(lambda: self._save(path, lambda: write_drawings(path, [drawing])))

    @Slot(int)
    def show_test_digit(self, step: int) -> None:
        """Put an image of the recipe's test set on the canvas.

        Args:
            step: 1 for the next, -1 for the one before, 0 for a random one.
        """
        source = self._session.recipe.source
        self._submit(lambda: self._test_digit(source, step))

    def close(self, timeout_s: float) -> bool:
        """Finish writing and end the thread; returns whether it has ended."""
        return self._worker.close(timeout_s)

    # In the thread for files

    def _submit(self, job: Callable[[], object]) -> None:
        self._worker.submit(lambda: self._mail.post(job()))

    def _open_model(self, path: Path) -> _OpenedModel:
        if path.name.lower().endswith(RUN_SUFFIX):
            from digitlab.runs.reader import read_stored_run

            stored = read_stored_run(path)
            return _OpenedModel(path.name, stored.snapshot, stored.run)
        return _OpenedModel(path.name, read_model(path), read_run(path))

    def _open_drawing(self, path: Path) -> _OpenedSketch:
        drawings = read_drawings(path)
        more = f"It is the first of {len(drawings):,} in the file." if len(drawings) > 1 else ""
        return _OpenedSketch(Sketch(scaled_to(drawings[0])), f"opening {path.name}", more)

    def _open_drawings(self, paths: tuple[Path, ...]) -> _OpenedDrawings:
        drawings = load_drawings(paths)
        digit_count = sum(drawing.label is not None for drawing in drawings)
        return _OpenedDrawings(paths, digit_count, len(drawings) - digit_count)

    def _read_curves(self, path: Path, name: str) -> Run:
        if path.name.lower().endswith(RUN_SUFFIX):
            from digitlab.runs.reader import read_stored_run

            try:
                return read_stored_run(path, with_snapshots=False).run
            except DigitLabError as error:
                raise with_run_name(error, path, name) from error
        run = read_run(path, with_snapshots=False)
        if run is None:
            raise DigitLabError(
                f"{path.name} holds a network, but not the training that made it.",
                remedy="Choose a network that was saved together with its training.",
            )
        return run

    def _open_picture(self, path: Path) -> _OpenedSketch:
        return _OpenedSketch(Sketch(picture=Picture(read_image(path), path.name)), f"opening {path.name}")

    def _open_dataset(self, path: Path) -> _OpenedDataset:
        return _OpenedDataset(path, self._load(str(path)))

    def _open_image_data(self, data: object) -> None:
        image = data if isinstance(data, QImage) else QImage()
        buffer = QBuffer(self)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if image.isNull() or not QImageWriter(buffer, b"png").write(image):
            self._messages.show_info("The clipboard's picture could not be read.", "Save it as a file and open that.")
            return
        content = bytes(buffer.data().data())
        self._submit(
            lambda: _OpenedSketch(Sketch(picture=Picture(decode_image(content, "The picture"), "picture")), "pasting")
        )

    def _save_network(self, path: Path, snapshot: Snapshot, run: Run | None) -> _Saved:
        if run is None:
            return self._save(path, lambda: write_model(path, snapshot))
        return self._save(path, lambda: write_run(path, snapshot, run))

    def _save(self, path: Path, write: Callable[[], None]) -> _Saved:
        write()
        return _Saved(path)

    def _load(self, source: str) -> Dataset:
        if self._dataset is None or self._dataset[0] != source:
            self._dataset = None
            loaded = load_dataset(source, download=False, progress=lambda *_: None, cancelled=lambda: False)
            self._dataset = (source, loaded)
        return self._dataset[1]

    def _test_digit(self, source: str, step: int) -> _TestDigit:
        dataset = self._load(source)
        digits = dataset.test
        if not len(digits):
            raise DigitLabError("The dataset has no test images.", remedy="Choose another dataset.")
        index = self._digit_index + step if step else int(self._random.integers(len(digits)))
        self._digit_index = index = index % len(digits)
        name = f"test image {index + 1:,} of {len(digits):,}"
        return _TestDigit(dataset.name, Picture(digits.images[index], name, int(digits.labels[index])))

    # In the GUI thread

    @Slot(object)
    def _on_mail_arrived(self, mail: object) -> None:
        if isinstance(mail, _OpenedSketch | _OpenedDataset | _OpenedDrawings | _OpenedComparison | _Saved):
            self._withdraw()
        match mail:
            case _OpenedModel():
                self._show_model(mail)
            case _OpenedSketch(sketch, what, remark):
                self._editor.replace(sketch, what)
                if remark:
                    self._messages.show_info("The drawing is on the canvas.", remark)
            case _OpenedDataset(path, dataset):
                self._session.recipe = replace(self._session.recipe, source=str(path))
                sizes = f"{len(dataset.train):,} training and {len(dataset.test):,} test images"
                self._messages.show_info(f"{path.name} is ready to train on: {sizes}.")
            case _OpenedDrawings() | _OpenedComparison() | _FoundRuns():
                self._serve_training(mail)
            case _Saved(path):
                self._messages.show_info(f"Saved as {path.name}.", str(path.parent))
            case _TestDigit(dataset_name, picture):
                self._editor.replace(Sketch(picture=picture), "showing a test image")
                self._session.activity = f"{dataset_name}: {picture.name}"
            case Exception():
                self._told = mail
                self._messages.show_error(mail)

    @Slot()
    def _withdraw(self) -> None:
        """Take back what could not be opened last: something else is open now."""
        if self._told is not None:
            self._messages.withdraw(self._told)
            self._told = None

    def _serve_training(self, mail: _OpenedDrawings | _OpenedComparison | _FoundRuns) -> None:
        match mail:
            case _OpenedDrawings():
                self._show_drawings(mail)
            case _OpenedComparison(command, compared):
                if command == self._comparison_wish:
                    self._session.compared_run = compared
            case _FoundRuns(names):
                self.shipped_runs_found.emit(names)

    def _show_drawings(self, opened: _OpenedDrawings) -> None:
        names = tuple(str(path) for path in opened.paths)
        self._session.recipe = replace(self._session.recipe, drawings=names)
        what = f"{opened.paths[0].name} is" if len(names) == 1 else f"{len(names)} files are"
        digits, others = count(opened.digit_count, "labelled digit"), count(opened.other_count, "drawing")
        self._messages.show_info(
            f"{what} ready to train on: {digits}, {others} without a label.",
            "" if opened.digit_count else "The digits in strokes are DigitLab's own, as none of these has a label.",
        )

    def _show_model(self, opened: _OpenedModel) -> None:
        session, is_idle = self._session, self._session.training_state is TrainingState.IDLE
        if opened.in_place_of is not None:
            if is_idle and session.run is None and session.newest is opened.in_place_of:
                session.open_network(opened.snapshot, opened.run)
            return
        if not is_idle:
            self._messages.show_info("A training is going on.", "Stop it first; then open the network.")
            return
        session.open_network(opened.snapshot, opened.run)
        recipe = replace(self._session.recipe, spec=opened.snapshot.spec)
        self._session.recipe = replace(recipe, config=opened.run.started.config) if opened.run else recipe
