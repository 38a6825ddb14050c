"""Opening and saving, from menus, drops, the clipboard and the command line; files are read and written in a thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QImage, QImageWriter

from digitlab.data.dataset import Dataset
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.files.drawings_file import is_drawings_file, write_drawings
from digitlab.data.files.picture_file import decode_image, read_image
from digitlab.data.sources import load_dataset
from digitlab.gui.files.jobs import ReadDrawings, TestImage, kept_path, read_curves, read_drawings
from digitlab.gui.files.several import SeveralFiles, Way, read_by
from digitlab.gui.messages import Messages, Option, ShownError
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.opening import Opening, read_network
from digitlab.gui.session.session import Session
from digitlab.lessons.reading.reader import is_lesson_file, read_lesson
from digitlab.model.files.network_file import FILE_SUFFIX, write_model
from digitlab.runs.kept import RUN_SUFFIX
from digitlab.runs.run import NamedRun, Run
from digitlab.runs.run_file import has_run, write_run
from digitlab.system.assets import DEFAULT_MODEL, model_path, shipped_model_names
from digitlab.system.errors import DigitLabError
from digitlab.system.reading import is_folder
from digitlab.system.settings import Settings, save_settings
from digitlab.system.storage import atomic_write
from digitlab.training.as_code import write_code
from digitlab.words.names import one_line
from digitlab.words.numbers import count

_log = logging.getLogger(__name__)

DATASET_SUFFIXES: Final = (".npz",)
PICTURE_SUFFIXES: Final = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm"),
    *(".heic", ".heif", ".avif", ".svg", ".svgz", ".pdf"),
)


class FileController(QObject):
    """Opens and saves the files that the user chooses.

    Signals:
        kept_run_requested: A file from the list of runs is to be opened; carries its path.
        shipped_runs_found: ``find_shipped_runs`` is done; carries the names of the shipped models that have a run.
        lesson_opened: A lesson was opened; carries the ``Lesson``.
        another_place_requested: What could not be saved is to be saved elsewhere; carries the path and the function
            that writes it to a path.

    Attributes:
        desk: Reads and writes files.
    """

    kept_run_requested = Signal(object)
    shipped_runs_found = Signal(object)
    lesson_opened = Signal(object)
    another_place_requested = Signal(object, object)

    def __init__(
        self, session: Session, editor: SketchEditor, opening: Opening, messages: Messages, parent: QObject
    ) -> None:
        """Start the file thread."""
        super().__init__(parent)
        self._session = session
        self._editor = editor
        self._opening = opening
        self._messages = messages
        self.desk = Desk("files", messages, self)
        self._dataset: tuple[str, Dataset] | None = None
        self._digit_index = -1
        self._save_error = ShownError(messages)
        self._comparison: Request[Run] | None = None
        self._settings_request: Request[None] | None = None
        self._random = np.random.default_rng()
        session.network_chosen.connect(self.desk.withdraw_error)

    # Commands

    def open_path(self, path: Path) -> None:
        """Open a file according to its type: a network, a run, a drawing, a dataset, a lesson, or else a picture."""
        # Quiet: the run that follows is opened by another desk, and may fail there.
        is_quiet = path.name.lower().endswith(RUN_SUFFIX)
        self.desk.ask(lambda _: read_by(self._way(path)), then=lambda read: read.take(), is_quiet=is_quiet)

    def _way(self, path: Path) -> Way:
        """Return how a file is opened; not in the GUI thread, as its drive may not respond."""
        name = path.name.lower()
        if name.endswith(RUN_SUFFIX):
            return Way("network", lambda: kept_path(path), partial(self._open_run, path))
        if name.endswith(FILE_SUFFIX):
            return Way("network", lambda: read_network(path), self._opening.open)
        if is_lesson_file(path):
            return Way("lesson", lambda: read_lesson(path), self.lesson_opened.emit)
        if is_drawings_file(path):
            return Way("drawing", lambda: read_drawings((path,)), partial(self._show_drawing, path.name))
        if name.endswith(DATASET_SUFFIXES) or is_folder(path):
            return Way("dataset", lambda: self._load(str(path)), partial(self._take_dataset, path))
        return Way(
            "drawing",
            lambda: Sketch(picture=Picture(read_image(path), path.name)),
            partial(self._editor.replace, text=f"opening {path.name}"),
        )

    def open_shipped(self, name: str) -> None:
        """Open a shipped network with its run.

        Args:
            name: One of ``shipped_model_names``.
        """
        self.open_path(model_path(name))

    def begin(self) -> None:
        """Show the run of the network opened at start-up, unless something else is open by then."""
        shown = self._session.newest
        self.desk.ask(
            lambda _: read_network(model_path(DEFAULT_MODEL)),
            then=lambda opened: self._opening.add_run(opened, shown),
            is_quiet=True,
        )

    def open_mime(self, mime: QMimeData | None) -> bool:
        """Open dropped or pasted data.

        Args:
            mime: The data; None if there is none, as Qt says of an empty clipboard on some systems.

        Returns:
            Whether the data could be opened.
        """
        if mime is None:
            return False
        urls = mime.urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if len(urls) > 1 and paths:
            SeveralFiles(paths, len(urls) - len(paths), self._way, self.desk, self._messages)
            return True
        if paths:
            self.open_path(paths[0])
            return True
        if mime.hasImage():
            self._open_image_data(mime.imageData())
            return True
        return False

    def learn_from(self, paths: Sequence[Path]) -> None:
        """Read files of drawings, and add them to the data of the recipe."""
        chosen = tuple(paths)
        self.desk.ask(lambda _: read_drawings(chosen), then=partial(self._take_drawings, chosen))

    @Slot(object, str)
    def compare_with(self, path: Path, name: str) -> None:
        """Show the curves of a file beside those of the run.

        Args:
            path: A network file with its run.
            name: Its display name.
        """
        self._cancel_comparison()
        self._comparison = self.desk.ask(lambda _: read_curves(path, name), then=partial(self._show_comparison, name))

    @Slot()
    def stop_comparing(self) -> None:
        """End the comparison, even if its file is still being read."""
        self._cancel_comparison()
        self._session.compared_run = None

    def find_shipped_runs(self) -> None:
        """Find the shipped models that can be compared with."""
        self.desk.ask(
            lambda _: tuple(name for name in shipped_model_names() if has_run(model_path(name))),
            then=self.shipped_runs_found.emit,
            is_quiet=True,
        )

    def save_network(self, path: Path) -> None:
        """Save the network on screen, with its run if it belongs to the run on screen and is not edited."""
        snapshot, run = self._session.snapshot, self._session.run
        if run is None or run.step == 0 or snapshot.is_edited or not self._session.has_snapshot(snapshot):
            self.save(path, partial(write_model, snapshot=snapshot))
        else:
            copied = run.copy()  # a training may add to the run while the thread writes
            self.save(path, partial(write_run, snapshot=snapshot, run=copied))

    def save_drawing(self, path: Path) -> None:
        """Save the strokes on the canvas."""
        drawing = self._session.sketch.drawing
        self.save(path, partial(write_drawings, drawings=[drawing]))

    def save_code(self, path: Path) -> None:
        """Save the recipe as Keras code: a script, or a notebook if the path says so."""
        recipe = self._session.recipe
        self.save(path, partial(write_code, spec=recipe.spec, config=recipe.config, source=recipe.source))

    def save_bytes(self, path: Path, contents: bytes) -> None:
        """Save the contents of a file."""
        self.save(path, partial(_write_bytes, contents=contents))

    @Slot(int)
    def show_test_digit(self, step: int) -> None:
        """Put an image of the recipe's test set on the canvas.

        Args:
            step: 1 for the next, -1 for the previous, 0 for a random one.
        """
        source = self._session.recipe.source
        self.desk.ask(lambda _: self._test_image(source, step), then=self._show_test_image)

    def save_settings(self, settings: Settings) -> None:
        """Save the settings while the window is open; if that fails, it is logged, as it will be tried again."""
        self._settings_request = self.desk.ask(lambda _: save_settings(settings), failed=_log_unsaved, is_quiet=True)

    def close(self, timeout_s: float) -> bool:
        """Finish writing and end the thread; returns whether it has ended."""
        if self._settings_request is not None:
            self._settings_request.cancel()  # the window has saved newer ones
        return self.desk.close(timeout_s)

    # In the file thread

    def _load(self, source: str) -> Dataset:
        """Return a dataset; the last one is cached."""
        if self._dataset is None or self._dataset[0] != source:
            self._dataset = None
            loaded = load_dataset(source, download=False, progress=lambda *_: None, cancelled=lambda: False)
            self._dataset = (source, loaded)
        return self._dataset[1]

    def _test_image(self, source: str, step: int) -> TestImage:
        dataset = self._load(source)
        digits = dataset.test
        if not len(digits):
            raise DigitLabError("The dataset has no test images.", remedy="Choose another dataset.")
        index = self._digit_index + step if step else int(self._random.integers(len(digits)))
        self._digit_index = index = index % len(digits)
        name = f"test image {index + 1:,} of {len(digits):,}"
        return TestImage(dataset.name, Picture(digits.images[index], name, int(digits.labels[index]), is_input=True))

    # In the GUI thread

    def _open_run(self, path: Path, kept_path: Path | None) -> None:
        if kept_path is None:
            self._open_network(path)
        else:
            self.kept_run_requested.emit(kept_path)

    def _open_network(self, path: Path) -> None:
        self.desk.ask(lambda _: read_network(path), then=self._opening.open)

    def _open_image_data(self, data: object) -> None:
        image = data if isinstance(data, QImage) else QImage()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if image.isNull() or not QImageWriter(buffer, b"png").write(image):
            self._messages.show_info("The clipboard's picture could not be read.", "Save it as a file and open that.")
            return
        content = bytes(buffer.data().data())
        self.desk.ask(
            lambda _: Sketch(picture=Picture(decode_image(content, "The picture"), "picture")),
            then=partial(self._editor.replace, text="pasting"),
        )

    def _show_drawing(self, name: str, read: ReadDrawings) -> None:
        self._editor.replace(Sketch(scaled_to(read.drawings[0])), f"opening {name}")
        if len(read.drawings) > 1 or read.left_out:
            first = f"It is the first of {len(read.drawings):,} in {name}." if len(read.drawings) > 1 else ""
            self._messages.show_info("The drawing is on the canvas.", f"{first} {read.left_out}".strip())

    def _take_dataset(self, path: Path, dataset: Dataset) -> None:
        self._session.recipe = replace(self._session.recipe, source=str(path))
        sizes = f"{len(dataset.train):,} training and {len(dataset.test):,} test images"
        self._messages.show_info(f"{path.name} is ready to train on: {sizes}.")

    def _take_drawings(self, paths: tuple[Path, ...], read: ReadDrawings) -> None:
        drawings = read.drawings
        self._session.recipe = replace(self._session.recipe, drawings=tuple(str(path) for path in paths))
        labelled = sum(drawing.label is not None for drawing in drawings)
        own = "" if labelled else "As no drawing has a label, DigitLab's own handwriting is used for the digits."
        files = f"{paths[0].name} is" if len(paths) == 1 else f"{len(paths)} files are"
        digits, others = count(labelled, "labelled digit"), count(len(drawings) - labelled, "drawing")
        self._messages.show_info(
            f"{files} ready to train on: {digits}, {others} without a label.",
            f"{own} {read.left_out}".strip(),
        )

    def _cancel_comparison(self) -> None:
        if self._comparison is not None:
            self._comparison.cancel()
            self._comparison = None

    def _show_comparison(self, name: str, run: Run) -> None:
        self._session.compared_run = NamedRun(name, run)

    def _show_test_image(self, image: TestImage) -> None:
        self._editor.replace(Sketch(picture=image.picture), "showing a test image")
        self._messages.note(f"{one_line(image.dataset_name)}: {one_line(image.picture.name)}")

    def save(self, path: Path, write: Callable[[Path], None]) -> None:
        """Write something to a file; if that fails, it stays in memory for another attempt.

        Args:
            path: The file.
            write: Called with the path, in the file thread.
        """
        self.desk.ask(
            lambda _: write(path),
            then=lambda _: self._show_saved(path),
            # Not by the desk, which withdraws its error when another file is opened: this one stays until it is saved.
            failed=partial(self._show_save_error, path, write),
        )

    def _show_saved(self, path: Path) -> None:
        self._save_error.withdraw()
        self._messages.show_info(f"Saved as {path.name}.", str(path.parent))

    def _show_save_error(self, path: Path, write: Callable[[Path], None], error: Exception) -> None:
        again = Option("Try again", partial(self.save, path, write))
        elsewhere = Option("Save it elsewhere…", partial(self.another_place_requested.emit, path, write))
        self._save_error.show(error, (again, elsewhere))


def _write_bytes(path: Path, contents: bytes) -> None:
    with atomic_write(path) as file:
        file.write(contents)


def _log_unsaved(error: Exception) -> None:
    _log.warning("The settings could not be saved: %s", error)
