"""Every reader of files from outside, with the seeds of its format."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.drawing.raster import render_many
from digitlab.data.files.drawings_file import read_drawings
from digitlab.data.files.mnist import IDX_TEST, IDX_TRAIN, read_mnist
from digitlab.data.files.picture_file import read_image
from digitlab.data.mine.store import MyDigits, read_kept
from digitlab.lessons.reading.reader import examine
from digitlab.lessons.rehearsal import rehearse
from digitlab.model.files.network_file import read_model
from digitlab.model.files.own_presets import read_preset
from digitlab.runs.reader import read_stored_run, read_summary
from digitlab.runs.run_file import read_run
from digitlab.system.errors import DigitLabError
from digitlab.system.settings import load_settings
from tests.fuzz import seeds


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, with what it reads.

    Attributes:
        name: Its name in the report.
        file_name: The name under which a file is given to it.
        read: Reads a file, and does with it what the program would do next.
        seeds: Makes good files.
    """

    name: str
    file_name: str
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]


def _read_picture(path: Path) -> object:
    return digit_from_image(read_image(path)).image.sum()


def _read_idx(path: Path) -> object:
    folder = path.parent
    for name in (IDX_TEST.images, IDX_TRAIN.images):
        if name != path.name:
            (folder / name).write_bytes(seeds.idx_images()[0])
    for name in (IDX_TEST.labels, IDX_TRAIN.labels):
        (folder / name).write_bytes(seeds.idx_labels())
    return len(read_mnist(folder).train)


def _read_drawings(path: Path) -> object:
    return render_many(read_drawings(path, lambda _: None)[:100]).sum()


def _read_network(path: Path) -> object:
    return read_model(path).step, read_run(path)


def _read_stored_run(path: Path) -> object:
    read_summary(path)
    return read_stored_run(path).summary.step


def _read_own_digits(path: Path) -> object:
    with suppress(DigitLabError):
        read_kept(path)
    digits = MyDigits(path)  # a damaged file is replaced by what can be recovered
    digits.recover_draft()
    found = [read.unusable_count for read in digits.read()]
    digits.close()
    return found


def _read_lesson(path: Path) -> object:
    return len(rehearse(examine(path).lesson))


def _read_lesson_data(path: Path) -> object:
    path.with_suffix(".md").write_bytes(seeds.lesson_texts()[0])
    return _read_lesson(path)


def _read_settings(path: Path) -> object:
    os.environ["DIGITLAB_CONFIG"] = str(path.parent)
    return load_settings()


READERS: Final = (
    Reader("pictures", "a.png", _read_picture, seeds.pictures),
    Reader("datasets", "a.npz", lambda path: len(read_mnist(path).train), seeds.datasets),
    Reader("IDX", IDX_TRAIN.images, _read_idx, seeds.idx_images),
    Reader("drawings", "a.jsonl", _read_drawings, seeds.drawings),
    Reader("packed drawings", "a.jsonl.gz", _read_drawings, seeds.packed_drawings),
    Reader("networks", "a.digitlab", _read_network, seeds.networks),
    Reader("presets", "a.json", lambda path: read_preset(path).total_parameters, seeds.presets),
    Reader("runs", "a.digitlab-run", _read_stored_run, seeds.runs),
    Reader("own digits", "my-digits.sqlite3", _read_own_digits, seeds.own_digits),
    Reader("lesson texts", "a.md", _read_lesson, seeds.lesson_texts),
    Reader("lesson data", "a.yaml", _read_lesson_data, seeds.lesson_data),
    Reader("settings", "settings.json", _read_settings, seeds.settings),
)
