"""One function loads every dataset, and the network is used only if it was allowed."""

from pathlib import Path

import numpy as np
import pytest

from digitlab.data import sources
from digitlab.data.dataset import Dataset
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files.drawings_file import write_drawings
from digitlab.data.sources import DatasetMissingError, DataSource, load_dataset, load_drawings
from digitlab.system.errors import DigitLabError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))

    def refuse(*_: object) -> Path:
        pytest.fail("The network was used.")

    monkeypatch.setattr(sources, "download_mnist", refuse)
    return tmp_path


def write_npz(path: Path) -> Path:
    digits, labels = np.zeros((3, 28, 28), dtype=np.uint8), np.array([1, 2, 3], dtype=np.uint8)
    np.savez(path, x_train=digits, y_train=labels, x_test=digits, y_test=labels)
    return path


def load(source: str | Path, *, download: bool = False) -> tuple[Dataset, list[tuple[str, float]]]:
    reported: list[tuple[str, float]] = []
    dataset = load_dataset(
        source, download=download, progress=lambda *report: reported.append(report), cancelled=lambda: False
    )
    return dataset, reported


def test_builtin_digits_need_nothing() -> None:
    dataset, reported = load("builtin")
    assert dataset.name == "Built-in digits"
    assert (len(dataset.train), len(dataset.test)) == (12_000, 2_000)
    assert reported[-1] == ("Built-in digits is ready", 1.0)


def test_mnist_in_the_data_folder_is_read(folder: Path) -> None:
    write_npz(folder / "mnist.npz")
    dataset, reported = load(DataSource.MNIST, download=True)
    assert dataset.name == "MNIST"
    assert reported == [("Reading mnist.npz", 0.0), ("MNIST is ready", 1.0)]


def test_missing_mnist_is_not_downloaded_unasked(folder: Path) -> None:
    with pytest.raises(DatasetMissingError) as caught:
        load("mnist")
    assert str(folder) in caught.value.happened
    for way in ("Download it", "choose a file", "built-in digits"):
        assert way in caught.value.remedy


def test_missing_mnist_is_downloaded_when_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(progress: object, _: object) -> Path:
        assert callable(progress)
        progress(0.5)
        return write_npz(folder / "mnist.npz")

    monkeypatch.setattr(sources, "download_mnist", fetch)
    dataset, reported = load("mnist", download=True)
    assert dataset.name == "MNIST"
    assert reported[0] == ("Downloading MNIST", 0.5)


def test_path_of_an_own_file_is_read(folder: Path) -> None:
    path = write_npz(folder / "mine.npz")
    assert load(path)[0].name == "mine"
    assert load(str(path))[0].name == "mine"


def test_path_of_a_folder_is_searched(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    with pytest.raises(DigitLabError, match="no MNIST in the folder"):
        load(folder / "elsewhere")
    write_npz(folder / "elsewhere" / "mnist.npz")
    assert load(folder / "elsewhere")[0].name == "MNIST"


def test_path_that_does_not_exist_is_rejected(folder: Path) -> None:
    with pytest.raises(DigitLabError, match=r"no file nothing.npz"):
        load(folder / "nothing.npz", download=True)


def test_drawings_of_several_files_are_read_in_turn(folder: Path) -> None:
    stroke = (Stroke.of([[0, 0], [1, 1]]),)
    write_drawings(folder / "digits.jsonl.gz", [Drawing(stroke, 3), Drawing(stroke, 5)])
    write_drawings(folder / "letters.jsonl", [Drawing(stroke)])
    drawings = load_drawings([folder / "digits.jsonl.gz", folder / "letters.jsonl"])
    assert [drawing.label for drawing in drawings] == [3, 5, None]
    assert load_drawings([]) == ()


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_drawings_that_cannot_be_read_name_their_file(content: bytes | None, folder: Path) -> None:
    write_drawings(folder / "good.jsonl", [Drawing((Stroke.of([[0, 0]]),), 1)])
    if content is not None:
        (folder / "bad.jsonl").write_bytes(content)
    with pytest.raises(DigitLabError, match=r"bad\.jsonl"):
        load_drawings([folder / "good.jsonl", folder / "bad.jsonl"])
