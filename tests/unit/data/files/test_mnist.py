"""MNIST is found and read in both formats, and damaged files are rejected."""

import gzip
import io
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from digitlab.data.files import mnist
from digitlab.data.files.mnist import IDX_TEST, IDX_TRAIN, find_mnist, read_mnist
from digitlab.system.errors import DigitLabError

SHARED = Path(__file__).parents[5] / "shared" / "data"
IDX_NAMES = (*IDX_TRAIN, *IDX_TEST)


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (5, 28, 28), dtype=np.uint8),
        "y_train": np.array([5, 0, 4, 1, 9], dtype=np.uint8),
        "x_test": rng.integers(0, 256, (2, 28, 28), dtype=np.uint8),
        "y_test": np.array([7, 2], dtype=np.uint8),
    }


def write_npz(path: Path, **changes: np.ndarray | None) -> Path:
    members = {**arrays(), **changes}
    np.savez_compressed(path, **{key: value for key, value in members.items() if value is not None})
    return path


def write_idx(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for (images, labels), part in ((IDX_TRAIN, "train"), (IDX_TEST, "test")):
        x, y = arrays()[f"x_{part}"], arrays()[f"y_{part}"]
        (folder / images).write_bytes(gzip.compress(struct.pack(">4I", 0x803, len(x), 28, 28) + x.tobytes()))
        (folder / labels).write_bytes(gzip.compress(struct.pack(">2I", 0x801, len(y)) + y.tobytes()))
    return folder


def assert_is_the_sample(path: Path) -> None:
    dataset, expected = read_mnist(path), arrays()
    assert np.array_equal(dataset.train.images, expected["x_train"])
    assert np.array_equal(dataset.train.labels, expected["y_train"])
    assert np.array_equal(dataset.test.images, expected["x_test"])
    assert np.array_equal(dataset.test.labels, expected["y_test"])


def test_npz_of_keras_is_read(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "mnist.npz")
    assert_is_the_sample(path)
    assert read_mnist(path).name == "MNIST"


def test_idx_files_are_read(tmp_path: Path) -> None:
    assert_is_the_sample(write_idx(tmp_path / "anywhere"))
    assert read_mnist(tmp_path / "anywhere").name == "MNIST"


def test_own_file_is_named_after_itself_and_may_have_other_whole_numbers_and_orders(tmp_path: Path) -> None:
    changes = {"y_train": arrays()["y_train"].astype(">i8"), "x_test": np.asfortranarray(arrays()["x_test"])}
    path = write_npz(tmp_path / "my digits.npz", **changes)
    assert_is_the_sample(path)
    assert read_mnist(path).name == "my digits"


@pytest.mark.skipif(sys.platform != "linux", reason="XDG_DATA_DIRS")
def test_mnist_is_found_in_a_data_folder_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", f"{tmp_path / 'none'}:{tmp_path / 'share'}")
    folder = tmp_path / "share" / "digitlab"
    folder.mkdir(parents=True)
    assert find_mnist() is None
    (folder / "mnist.npz").touch()
    assert find_mnist() == folder / "mnist.npz"


def test_mnist_is_found_in_the_data_folder_npz_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    assert find_mnist() is None
    write_idx(tmp_path / "mnist")
    assert find_mnist() == tmp_path / "mnist"
    write_idx(tmp_path)
    assert find_mnist() == tmp_path
    write_npz(tmp_path / "mnist.npz")
    assert find_mnist() == tmp_path / "mnist.npz"


def test_folder_without_all_four_files_is_not_mnist(tmp_path: Path) -> None:
    (write_idx(tmp_path) / IDX_TEST.labels).unlink()
    assert find_mnist(tmp_path) is None
    with pytest.raises(DigitLabError, match=f"no file {IDX_TEST.labels}"):
        read_mnist(tmp_path)


def test_missing_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(DigitLabError, match=r"no file my.npz"):
        read_mnist(tmp_path / "my.npz")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"y_test": None}, "y_test is missing"),
        ({"x_train": np.zeros((5, 32, 32), dtype=np.uint8)}, "x_train has the shape"),
        ({"x_train": np.zeros((5, 14, 56), dtype=np.uint8)}, "train: The images have the shape"),
        ({"x_train": np.zeros((5, 784), dtype=np.uint8)}, "train: The images have the shape"),
        ({"x_train": np.zeros((5, 28, 28), dtype=np.float32)}, "x_train has the shape .* float32"),
        ({"x_train": np.zeros((5, 28, 28), dtype=np.int16)}, "train: The images have the type int16"),
        ({"x_train": np.zeros((4, 28, 28), dtype=np.uint8)}, "train: There are 4 images"),
        ({"x_train": np.zeros((5, 28, 28), dtype=object)}, "x_train has the shape .* object"),
        ({"x_train": np.array(3)}, r"x_train has the shape \(\)"),
        ({"y_train": np.array([5, 0, 4, 1, 10])}, "labels that are not"),
        ({"y_train": np.array([5, 0, 4, 1, -1])}, "labels that are not"),
        ({"y_train": np.array([5, 0, 4, 1, 266])}, "labels that are not"),
        ({"y_train": np.zeros(5)}, "y_train has the shape .* float64"),
        ({"y_train": np.eye(5, 10, dtype=np.uint8)}, "train: There are 5 images, but labels of shape"),
        (
            {"x_test": np.zeros((0, 28, 28), dtype=np.uint8), "y_test": np.zeros(0, np.uint8)},
            "test: The file contains no digits",
        ),
    ],
)
def test_npz_with_something_else_is_rejected(tmp_path: Path, changes: dict[str, np.ndarray], reason: str) -> None:
    path = write_npz(tmp_path / "my.npz", **changes)
    with pytest.raises(DigitLabError, match=rf"my\.npz.*{reason}") as caught:
        read_mnist(path)
    assert caught.value.remedy


def header_only(shape: tuple[int, ...]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("shape", "reason"),
    [((10**12, 28, 28), "has the shape"), ((10**6, 28, 28), "damaged"), ((-1, 28, 28), "my.npz")],
)
def test_header_with_a_wrong_size_is_rejected(tmp_path: Path, shape: tuple[int, ...], reason: str) -> None:
    path = write_npz(tmp_path / "my.npz", x_train=None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x_train.npy", header_only(shape))
    with pytest.raises(DigitLabError, match=reason):
        read_mnist(path)


@pytest.mark.parametrize("damage", ["text", "empty", "cut", "flipped"])
def test_damaged_npz_is_rejected(tmp_path: Path, damage: str) -> None:
    path = write_npz(tmp_path / "my.npz")
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    damaged = {"text": b"hello", "empty": b"", "cut": bytes(content[:-300]), "flipped": bytes(content)}
    path.write_bytes(damaged[damage])
    with pytest.raises(DigitLabError, match=r"my.npz is (damaged|a text|an empty file)"):
        read_mnist(path)


@pytest.mark.parametrize("name", IDX_NAMES)
@pytest.mark.parametrize("end", [0, 15, -4])
def test_truncated_idx_is_rejected_by_name(tmp_path: Path, name: str, end: int) -> None:
    path = write_idx(tmp_path) / name
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(DigitLabError, match=f"{name} is (damaged|an empty file)"):
        read_mnist(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (IDX_TRAIN.images, struct.pack(">4I", 0x801, 5, 28, 28) + bytes(5 * 784), "header"),
        (IDX_TRAIN.images, struct.pack(">4I", 0x803, 5, 14, 56) + bytes(5 * 784), "header"),
        (IDX_TRAIN.images, struct.pack(">4I", 0x803, 2**32 - 1, 28, 28), "header"),
        (IDX_TRAIN.images, struct.pack(">4I", 0x803, 5, 28, 28) + bytes(5 * 784 - 1), "announces 5 entries"),
        (IDX_TRAIN.images, struct.pack(">4I", 0x803, 5, 28, 28) + bytes(5 * 784 + 1), "announces 5 entries"),
        (IDX_TRAIN.images, struct.pack(">4I", 0x803, 4, 28, 28) + bytes(4 * 784), "There are 4 images"),
        (IDX_TEST.labels, struct.pack(">2I", 0x801, 2) + bytes([3, 10]), "not digits"),
        (IDX_TEST.labels, b"\x00\x00", "damaged"),
    ],
)
def test_wrong_idx_is_rejected_by_name(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (write_idx(tmp_path) / name).write_bytes(gzip.compress(content))
    with pytest.raises(DigitLabError, match=f"{name}.*{reason}"):
        read_mnist(tmp_path)


def test_too_many_digits_are_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "MAX_DIGITS", 4)
    with pytest.raises(DigitLabError, match="x_train has the shape"):
        read_mnist(write_npz(tmp_path / "mnist.npz"))


@pytest.mark.skipif(not (SHARED / "mnist.npz").is_file(), reason="MNIST is not beside this checkout")
def test_both_forms_of_the_real_mnist_agree() -> None:
    npz, idx = read_mnist(SHARED / "mnist.npz"), read_mnist(SHARED / "mnist")
    assert (len(npz.train), len(npz.test)) == (60_000, 10_000)
    assert npz.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    for one, other in ((npz.train, idx.train), (npz.test, idx.test)):
        assert np.array_equal(one.images, other.images)
        assert np.array_equal(one.labels, other.labels)


def test_only_the_downloaded_file_may_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    content = write_npz(tmp_path / "mnist.npz").read_bytes()
    for path, may_be_deleted in ((tmp_path / "mnist.npz", True), (tmp_path / "mine.npz", False)):
        path.write_bytes(content[:-300])
        with pytest.raises(DigitLabError, match=f"{path.name} is damaged") as caught:
            read_mnist(path)
        assert ("Delete it" in caught.value.remedy) == may_be_deleted


def test_images_of_a_wide_type_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mnist, "MAX_DIGITS", 5)
    path = write_npz(tmp_path / "my.npz", x_train=np.zeros((5, 28, 28), np.int64))
    with pytest.raises(DigitLabError, match=r"x_train has the shape .* int64"):
        read_mnist(path)
