"""The one door for bytes from outside: only regular files, within limits; every failure is one sentence.

A path from outside may lead to a pipe that blocks its reader for ever, a device without an end, or a file that was
made to exhaust the memory. A reader takes its bytes from ``opened`` or ``read_bytes``, or does its work within
``refusing``; any failure there becomes one sentence about the file, with the details in the log.
"""

import errno
import io
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import READABLE, Kind, recognise
from digitlab.system.limits import BUFFER_BYTES, DIRECTORY_BYTES, GuardedFile, zip_of
from digitlab.system.visible import visible

_log = logging.getLogger(__name__)

_LONGEST_NAME: Final = 80
"""Characters of a name that are shown in a sentence."""

_HEAD_BYTES: Final = 1 << 16
"""How much of a refused file is read to recognise what it is."""

_FLAGS: Final = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
"""Never wait for the other end of a pipe, and never become the process of a terminal."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a reader can read, and what it says of a file that it cannot read.

    Attributes:
        wanted: Name with its article: "a picture".
        kinds: The kinds of file that the reader reads; see ``digitlab.system.kinds``.
        maximum_bytes: Limit on the size of a file.
        damaged: What is said of a file that is of this format or of none that is known: "is damaged or incomplete".
        expected: What is expected instead.
        remedy: What to do about a damaged file.
        too_large: What to do about a file above the limit.
        instead: What to do about a file that DigitLab cannot read at all; if empty, what is said of its kind, which may
            name formats that only other commands take.
        error: The type of the error for a damaged file.
    """

    wanted: str
    kinds: frozenset[Kind]
    maximum_bytes: int
    damaged: str
    expected: str
    remedy: str = "Copy or download it again, or open another one."
    too_large: str = "Open a smaller file."
    instead: str = ""
    error: type[DigitLabError] = DigitLabError

    def refusal(self, name: str, kind: Kind | None = None) -> DigitLabError:
        """Return the error for a file that cannot be read.

        Args:
            name: Its name.
            kind: What it is by its content, or None if that is unknown.
        """
        if kind is None or kind in self.kinds:
            return self.error(f"{name} {self.damaged}.", expected=self.expected, remedy=self.remedy)
        if kind.is_readable:
            return self.error(f"{name} is {kind.label}, not {self.wanted}.", expected=self.expected, remedy=kind.remedy)
        expected, remedy = (self.expected, self.instead) if self.instead else (READABLE, kind.remedy)
        return self.error(f"{name} is {kind.label}, which DigitLab cannot read.", expected=expected, remedy=remedy)


class FileMissingError(DigitLabError):
    """There is no file at a path."""


def path_of(text: str | Path) -> Path:
    """Return the path of a text from outside; ``~`` and ``~user`` are replaced by the folders of users that exist."""
    return Path(os.path.expanduser(text))  # Path.expanduser raises RuntimeError for unknown users


def shown_name(path: Path) -> str:
    """Return a file's name as sentences show it: shortened if it is very long, control characters escaped."""
    name = visible(path.name or str(path))
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def is_folder(path: Path) -> bool:
    """Return whether a path from outside leads to a folder; never raises, unlike ``Path.is_dir`` for long names."""
    return os.path.isdir(path)


def check_file(path: Path, *, may_be_missing: bool = False) -> None:
    """Check that a path leads to a regular file, without opening it.

    Args:
        path: The path; links are followed.
        may_be_missing: Whether it is fine if there is nothing.

    Raises:
        FileMissingError: If there is nothing.
        DigitLabError: If it leads to a folder, a pipe or a device, or cannot be examined.
    """
    try:
        _check_mode(path, path.stat().st_mode)
    except (OSError, ValueError) as error:
        if not (may_be_missing and isinstance(error, FileNotFoundError)):
            raise _unreadable(path, error) from error


@contextmanager
def opened(path: Path, form: Format) -> Iterator[io.BufferedReader]:
    """Open a file from outside for reading; the block that reads it is guarded as by ``refusing``.

    Args:
        path: The path; links are followed.
        form: What the block can read.

    Yields:
        The file, which can be read and searched. It gives at most ``form.maximum_bytes``.

    Raises:
        FileMissingError: If there is no such file.
        DigitLabError: If it is not a regular file, too large, may not be read, or the block cannot read it.
    """
    with refusing(path, form), _raw(path) as raw:
        too_large = _too_large(shown_name(path), form)
        if os.fstat(raw.fileno()).st_size > form.maximum_bytes:
            raise too_large
        # Parts of a zip are read twice.
        yield io.BufferedReader(GuardedFile(raw, form.maximum_bytes + DIRECTORY_BYTES, too_large), BUFFER_BYTES)


def read_bytes(path: Path, form: Format) -> bytes:
    """Return the content of a file from outside.

    Raises:
        FileMissingError: If there is no such file.
        DigitLabError: If it is not a regular file, too large, or may not be read.
    """
    with opened(path, form) as file:
        content = file.read(form.maximum_bytes + 1)
        check_size(content, shown_name(path), form)
        return content


def check_size(content: bytes, name: str, form: Format) -> None:
    """Check that a content is not larger than its format allows.

    Raises:
        DigitLabError: If it is.
    """
    if len(content) > form.maximum_bytes:
        raise _too_large(name, form)


@contextmanager
def refusing(path: Path, form: Format, content: bytes | None = None) -> Iterator[None]:
    """Turn any failure of the block that reads a file into the file's own sentence, with the details in the log.

    Args:
        path: The file; with ``content`` only its name is used.
        form: What the block can read.
        content: What the block reads, if it is in memory.

    Raises:
        DigitLabError: If the block fails with any exception.
    """
    name = shown_name(path)
    try:
        yield
    except DigitLabError:
        raise
    except MemoryError as error:
        raise DigitLabError(
            f"There is not enough memory to open {name}.", remedy="Close other programs and try again."
        ) from error
    except Exception as error:
        if content is None and isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise _unreadable(path, error) from error
        _log.info("%s was refused.", name, exc_info=True)
        raise form.refusal(name, kind_of(path) if content is None else kind_of_content(content)) from error


def refuse_other_kinds(path: Path, form: Format) -> None:
    """Refuse a file that is recognised as one of another kind; does nothing if it may be a damaged one of this kind.

    Raises:
        DigitLabError: If it is of another kind.
    """
    kind = kind_of(path)
    if kind is not None and kind not in form.kinds:
        raise form.refusal(shown_name(path), kind)


def kind_of(path: Path) -> Kind | None:
    """Return what a file is by its content; None if that is unknown or it cannot be read."""
    try:
        with _raw(path) as raw:
            return _kind_of(raw)
    except (DigitLabError, OSError):
        return None


def kind_of_content(content: bytes) -> Kind | None:
    """Return what the content of a file is; None if that is unknown."""
    return _kind_of(io.BytesIO(content))


def _kind_of(file: IO[bytes] | io.FileIO) -> Kind | None:
    return recognise(file.read(_HEAD_BYTES) or b"", lambda: zip_of(file))


def open_regular(path: Path, flags: int, mode: int = 0) -> int:
    """Open a regular file without waiting for it; returns its descriptor.

    Args:
        path: The path; links are followed.
        flags: As for ``os.open``.
        mode: The permissions of a file that is created.

    Raises:
        OSError: If it cannot be opened.
        ValueError: If the path contains a NUL character.
        DigitLabError: If it leads to a folder, a pipe or a device.
    """
    with suppress(FileNotFoundError):  # it may be created below
        # First without opening it: opening a device can have effects.
        _check_mode(path, path.stat().st_mode)
    descriptor = os.open(path, flags | _FLAGS, mode)
    try:
        _check_mode(path, os.fstat(descriptor).st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _raw(path: Path) -> io.FileIO:
    try:
        return io.FileIO(open_regular(path, os.O_RDONLY))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _check_mode(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    names = {stat.S_IFDIR: "folder", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
    raise DigitLabError(
        f"{shown_name(path)} is a {names.get(stat.S_IFMT(mode), 'device')}, not a file.",
        remedy="Choose another file, or move this one away.",
    )


def _unreadable(path: Path, error: Exception) -> DigitLabError:
    name = shown_name(path)
    if isinstance(error, FileNotFoundError):
        folder = "the current folder" if path.parent == Path() else path.parent
        return FileMissingError(
            f"There is no file {name} in {folder}.", remedy="Check the path, or choose another file."
        )
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DigitLabError(
        f"{name} could not be read: {reason}.",
        remedy="Check that the file still exists and that you are allowed to read it.",
    )


def _too_large(name: str, form: Format) -> DigitLabError:
    limit = form.maximum_bytes
    size = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit:,} bytes"
    return DigitLabError(f"{name} is larger than {size}.", expected=form.expected, remedy=form.too_large)
