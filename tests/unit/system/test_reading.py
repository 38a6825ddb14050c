"""The door for bytes: no pipe, device or endless file gets through, and every failure is one sentence."""

import io
import os
import tokenize
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.limits import zip_of
from digitlab.system.reading import (
    FileMissingError,
    Format,
    check_file,
    opened,
    path_of,
    read_bytes,
    refusing,
    shown_name,
)

FORMAT = Format("a thing", frozenset(), 1000, "is damaged", "Expected a thing.")


def test_a_file_is_read(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "link").symlink_to("a")
    assert read_bytes(tmp_path / "a", FORMAT) == b"content"
    assert read_bytes(tmp_path / "link", FORMAT) == b"content"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
@pytest.mark.parametrize("is_link", [False, True])
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path, is_link: bool):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    if is_link:
        (tmp_path / "link").symlink_to(path)
        path = tmp_path / "link"
    with pytest.raises(DigitLabError, match=f"{path.name} is a pipe, not a file"):
        read_bytes(path, FORMAT)
    with pytest.raises(DigitLabError, match="is a pipe"):
        check_file(path)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/tty", "/dev/ptmx", "/dev/random"])
def test_a_device_behind_a_link_is_refused(tmp_path: Path, device: str):
    if not Path(device).exists():
        pytest.skip(f"needs {device}")
    (tmp_path / "a.npz").symlink_to(device)
    with pytest.raises(DigitLabError, match=r"a\.npz is a device, not a file"):
        read_bytes(tmp_path / "a.npz", FORMAT)


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(DigitLabError, match="is a folder, not a file"):
        read_bytes(tmp_path, FORMAT)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "~nosuchuser/x", "link", "x/y", "\udcff"])
def test_a_name_without_a_file_is_one_sentence(tmp_path: Path, name: str):
    (tmp_path / "link").symlink_to("link")
    (tmp_path / "x").write_bytes(b"")
    for read in (read_bytes, lambda path, form: check_file(path)):
        with pytest.raises(DigitLabError) as caught:
            read(tmp_path / name, FORMAT)
        assert caught.value.remedy
        assert len(str(caught.value)) < 400


def test_a_missing_file_is_told_from_one_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(FileMissingError, match=r"There is no file a\.png in"):
        read_bytes(tmp_path / "a.png", FORMAT)
    check_file(tmp_path / "a.png", may_be_missing=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root can read everything")
def test_a_file_without_permission_is_one_sentence(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "a").chmod(0)
    with pytest.raises(DigitLabError, match="Permission denied"):
        read_bytes(tmp_path / "a", FORMAT)


def test_users_without_a_folder_keep_their_name():
    assert path_of("~nosuchuser/x") == Path("~nosuchuser/x")
    assert path_of("~/x") == Path.home() / "x"


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path):
    with (tmp_path / "a").open("wb") as file:
        file.truncate(10_000_000)
    with pytest.raises(DigitLabError, match="a is larger than 1,000 bytes"):
        read_bytes(tmp_path / "a", FORMAT)
    with pytest.raises(DigitLabError, match="a is larger than 1 MB"):
        read_bytes(tmp_path / "a", replace(FORMAT, maximum_bytes=2**20))


def test_a_file_that_grows_is_refused_at_the_limit(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"x")

    def read_while_it_grows() -> None:
        with opened(tmp_path / "a", FORMAT) as file:
            (tmp_path / "a").write_bytes(b"x" * 3_000_000)
            while file.read(100):
                pass

    with pytest.raises(DigitLabError, match="larger than"):
        read_while_it_grows()


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs /proc")
def test_a_file_of_the_system_that_states_no_size_is_read_within_the_limit():
    assert read_bytes(Path("/proc/self/status"), replace(FORMAT, maximum_bytes=10**5)).startswith(b"Name:")
    with pytest.raises(DigitLabError, match="larger than"):
        read_bytes(Path("/proc/self/status"), replace(FORMAT, maximum_bytes=10))


@pytest.mark.parametrize(
    "failure",
    [
        tokenize.TokenError("x"),
        SyntaxError("x"),
        TypeError("x"),
        OverflowError("x"),
        RecursionError("x"),
        UnicodeDecodeError("utf-8", b"", 0, 1, "x"),
        OSError("no number: a library says that the content is damaged"),
        zipfile.BadZipFile("x"),
        AssertionError("x"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_any_failure_of_a_reader_is_the_files_own_sentence_and_in_the_log(tmp_path: Path, failure, caplog):
    (tmp_path / "a").write_bytes(b"\xfe\xff\0\1")
    caplog.set_level("INFO")
    with (
        pytest.raises(DigitLabError, match=r"a is damaged\. Expected a thing\.") as caught,
        refusing(tmp_path / "a", FORMAT),
    ):
        raise failure
    assert caught.value.__cause__ is failure
    assert type(failure).__name__ in caplog.text


def test_too_little_memory_is_not_called_damage(tmp_path: Path):
    with pytest.raises(DigitLabError, match="not enough memory to open a"), refusing(tmp_path / "a", FORMAT):
        raise MemoryError


def test_an_error_of_the_disk_is_not_called_damage(tmp_path: Path):
    with (
        pytest.raises(DigitLabError, match="a could not be read: Input/output error"),
        refusing(tmp_path / "a", FORMAT),
    ):
        raise OSError(5, "Input/output error")


def test_our_own_errors_and_an_interruption_pass(tmp_path: Path):
    for error in (DigitLabError("Ours."), KeyboardInterrupt()):
        with pytest.raises(type(error)), refusing(tmp_path / "a", FORMAT):
            raise error


def test_content_without_a_file_is_recognised():
    with (
        pytest.raises(DigitLabError, match=r"The picture is an empty file"),
        refusing(Path("The picture"), FORMAT, b""),
    ):
        raise ValueError


def test_a_zip_with_an_endless_directory_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(25_000):
            archive.writestr(f"{number:050}", b"")
    with pytest.raises(ValueError, match="directory"):
        zip_of(content)


def test_a_good_file_of_another_kind_is_not_called_damaged(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    foreign = pytest.raises(DigitLabError, match=r"a is an HDF5 file.*DigitLab opens networks")
    with foreign as caught, refusing(tmp_path / "a", FORMAT):
        raise ValueError
    assert "damaged" not in str(caught.value)
    with (
        pytest.raises(DigitLabError, match="a is damaged"),
        refusing(tmp_path / "a", replace(FORMAT, kinds={Kind.HDF5})),
    ):
        raise ValueError


def test_long_names_are_shortened():
    assert shown_name(Path("x" * 79)) == "x" * 79
    assert shown_name(Path("x" * 300)) == "x" * 79 + "…"


def test_a_missing_file_of_the_current_folder_is_not_looked_for_in_two_dots(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileMissingError, match=r"There is no file a\.png in the current folder\."):
        read_bytes(Path("a.png"), FORMAT)
