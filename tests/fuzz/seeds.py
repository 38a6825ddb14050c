"""Small good files of every format, made by the code that writes them."""

import gzip
import io
import json
import struct
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import write_drawings
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.store import MyDigits
from digitlab.lessons.reading.shipped import shipped_lessons
from digitlab.model.files.network_file import write_model
from digitlab.model.files.own_presets import save_preset
from digitlab.model.layer import GlobalPooling, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, GlobalPooling2D, Pooling2D
from digitlab.model.spec import ModelSpec
from digitlab.runs.changes import RunChanges, RunProgress
from digitlab.runs.kept import RunEnding
from digitlab.runs.run_file import write_run
from digitlab.runs.writer import RunWriter
from digitlab.system.settings import Settings
from tests.helpers.networks import random_snapshot, small_spec
from tests.helpers.pictures import SEVENS
from tests.helpers.trainings import NOW, run_of, snapshot_and_state, started_training

QUICK_DRAW = b'{"word":"7","recognized":true,"drawing":[[[0,200,90],[0,0,255]],[[40,160],[120,118],[0,9]]]}\n'
_POOLED = ModelSpec("Pooled", (Conv2D(2, 5), Pooling2D(2, Pooling.NORM), GlobalPooling2D(GlobalPooling.MAX), Dense(10)))
_UNEVEN = ModelSpec(
    "Uneven",
    (
        Conv2D(2, (7, 3), (2, 1), use_bias=False, l2=0.1),
        Pooling2D(3, strides=2, padding=Padding.SAME),
        GlobalPooling2D(),
        Dense(10),
    ),
)
LEVELS = np.arange(28 * 28, dtype=np.uint32).reshape(28, 28).astype(np.uint8)


@cache
def pictures() -> list[bytes]:
    """Return pictures in every format and several modes."""
    grey = Image.fromarray(LEVELS)
    colour = Image.merge("RGBA", (grey, grey.rotate(90), grey, grey.rotate(180)))
    kinds = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
    found = [_encoded(grey, kind) for kind in kinds]
    found += [_encoded(colour, kind) for kind in ("PNG", "TIFF", "WEBP")]
    found += [_encoded(colour.convert("RGB"), "JPEG", progressive=True), _encoded(grey.convert("1"), "TIFF")]
    found += [_encoded(grey, "TIFF", compression=name) for name in ("tiff_lzw", "tiff_adobe_deflate", "jpeg")]
    found += [_encoded(colour.convert("RGB").quantize(16), kind) for kind in ("PNG", "GIF", "BMP")]
    found.append(_encoded(Image.fromarray(LEVELS.astype(np.uint16) * 256), "PNG"))
    found.append(_encoded(Image.fromarray(LEVELS.astype(np.float32)), "TIFF"))
    found += [make() for make in SEVENS.values()]
    return [*found, b"P2 3 2 255\n0 1 2\n3 4 255\n", b"P3 1 1 255\n1 2 3\n", b"P1 2 2\n0 1\n1 0\n"]


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def datasets() -> list[bytes]:
    """Return small datasets as npz, compressed and not, with labels of several types."""
    found = []
    for save, dtype in ((np.savez, np.uint8), (np.savez_compressed, np.int64), (np.savez_compressed, ">i4")):
        buffer = io.BytesIO()
        images = np.stack([LEVELS, LEVELS.T, LEVELS])
        labels = np.array([1, 2, 3], dtype=dtype)
        save(buffer, x_train=images, y_train=labels, x_test=images[:1], y_test=labels[:1])
        found.append(buffer.getvalue())
    return found


@cache
def idx_images() -> list[bytes]:
    """Return a compressed IDX file of two images."""
    return [gzip.compress(struct.pack(">4I", 0x803, 2, 28, 28) + LEVELS.tobytes() * 2, mtime=0)]


@cache
def idx_labels() -> bytes:
    """Return the labels of ``idx_images``."""
    return gzip.compress(struct.pack(">2I", 0x801, 2) + bytes([3, 4]), mtime=0)


@cache
def drawings() -> list[bytes]:
    """Return files of drawings."""
    several = _digits(10)
    extra = {"label": None, "strokes": [[[0, 1, 0.5], [3, 2, 0.7]]], "writer": 3}
    return [
        _written("a.jsonl", lambda path: write_drawings(path, several)),
        (json.dumps(extra) + "\n").encode(),
        QUICK_DRAW,
    ]


@cache
def packed_drawings() -> list[bytes]:
    """Return compressed files of drawings."""
    return [gzip.compress(content, mtime=0) for content in drawings()]


@cache
def networks() -> list[bytes]:
    """Return networks: a small one, one with its run, and one of the other layer types."""
    started = started_training()
    run = run_of(started)
    return [
        _written("a.digitlab", lambda path: write_model(path, random_snapshot(small_spec()))),
        _written("a.digitlab", lambda path: write_run(path, snapshot_and_state(started, 3)[0], run)),
        _written("a.digitlab", lambda path: write_model(path, random_snapshot(_POOLED))),
        _written("a.digitlab", lambda path: write_model(path, random_snapshot(_UNEVEN))),
    ]


@cache
def presets() -> list[bytes]:
    """Return own presets."""
    with tempfile.TemporaryDirectory(prefix="digitlab-fuzz-") as folder:
        for spec in (_POOLED, _UNEVEN):
            save_preset(Path(folder), spec)
        return [path.read_bytes() for path in sorted(Path(folder).iterdir())]


def runs() -> list[bytes]:
    """Return a finished run."""

    def write(path: Path) -> None:
        started = started_training()
        run = run_of(started)
        writer = RunWriter(path, "Small", started, NOW)
        newest = snapshot_and_state(started, run.step)
        writer.write(RunChanges.of(run, RunProgress(), *newest))
        writer.end(RunEnding.FINISHED)
        writer.close()

    return [_written("a.digitlab-run", write)]


@cache
def own_digits() -> list[bytes]:
    """Return a file of own digits."""

    def write(path: Path) -> None:
        digits = MyDigits(path)
        some = _digits(4)
        digits.exchange((), [KeptDigit.of(one, index, render(one)) for index, one in enumerate(some)])
        digits.save_draft(some[0])
        digits.close()

    return [_written("my.sqlite3", write)]


@cache
def settings() -> list[bytes]:
    """Return settings."""
    return [json.dumps(asdict(Settings(colour_scheme="dark", last_folder="/tmp")), indent=1).encode()]


def _digits(count: int) -> list[Drawing]:
    return [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(count)]


def _written(name: str, write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="digitlab-fuzz-") as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def lesson_texts() -> list[bytes]:
    """Return the texts of shipped lessons, the one of ``lesson_data`` first."""
    return [lesson.path.read_bytes() for lesson in shipped_lessons()[:3]]


def lesson_data() -> list[bytes]:
    """Return the data of a shipped lesson."""
    return [shipped_lessons()[0].path.with_suffix(".yaml").read_bytes()]
