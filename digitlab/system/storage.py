"""DigitLab's folders, atomic writing of files, and file locks."""

import errno
import logging
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

import platformdirs

from digitlab.system.errors import DigitLabError
from digitlab.system.private import FILE_MODE, make_private_folder

_log = logging.getLogger(__name__)

APP_NAME: Final = "digitlab"

_USUAL_MODE: Final = 0o666
"""The permissions of a new file, from which the system takes those of the user's mask."""


def personal_folder() -> Path:
    """Return the folder of own digits and runs: ``DIGITLAB_HOME`` if set, else the user's data folder.

    It may not exist.
    """
    chosen = os.environ.get("DIGITLAB_HOME")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def dataset_folders() -> tuple[Path, ...]:
    """Return the folders with datasets, in the order in which they are searched; some may not exist.

    They are ``DIGITLAB_DATA`` if set, which may be read-only and shared, the user's data folder, and the system's.
    """
    chosen = os.environ.get("DIGITLAB_DATA")
    system = platformdirs.site_data_dir(APP_NAME, appauthor=False, multipath=True).split(os.pathsep)
    folders = [Path(chosen)] if chosen else []
    return tuple(dict.fromkeys([*folders, personal_folder(), *map(Path, system)]))


def download_folder() -> Path:
    """Return the first folder with datasets that can be written, or could be created; else the user's data folder."""
    chosen = dataset_folders()[0]
    existing = next((place for place in (chosen, *chosen.absolute().parents) if place.exists()), chosen)
    return chosen if os.access(existing, os.W_OK) else personal_folder()


def former_folder() -> Path | None:
    """Return the folder in which earlier versions kept own digits and runs, or None if it is still the same.

    They kept them beside the datasets.
    """
    folder = dataset_folders()[0]
    return None if folder.absolute() == personal_folder().absolute() else folder


def config_folder() -> Path:
    """Return the folder of the settings: ``DIGITLAB_CONFIG`` if set, else the user's one. It may not exist."""
    chosen = os.environ.get("DIGITLAB_CONFIG")
    return Path(chosen) if chosen else Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def state_folder() -> Path:
    """Return the folder of the log: ``DIGITLAB_STATE`` if set, else the user's state folder. It may not exist."""
    chosen = os.environ.get("DIGITLAB_STATE")
    return Path(chosen) if chosen else Path(platformdirs.user_state_dir(APP_NAME, appauthor=False))


@contextmanager
def atomic_write(path: Path, *, is_private: bool = False) -> Iterator[IO[bytes]]:
    """Write a file so that it is either written completely or not changed at all.

    The block writes to a temporary file beside ``path``, which replaces it when the block ends without an error. A link
    stays, and the file that it points to is written.

    Args:
        path: The file to write; missing parent folders are created.
        is_private: Whether only the user may read it and enter its folder, which is DigitLab's.

    Yields:
        The binary file to write to.

    Raises:
        DigitLabError: If the file cannot be written (read-only folder, full disk, ...), or is a device or a pipe.
    """
    try:
        if is_private:
            make_private_folder(path.parent)
        target = _target(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary, descriptor = _create_beside(target, FILE_MODE if is_private else _USUAL_MODE)
        if target.exists() and not is_private:
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        _remove(temporary)
        raise _cannot_write(path, error) from error
    except BaseException:
        _remove(temporary)
        raise


def check_writable(path: Path) -> None:
    """Check that ``atomic_write`` can write a file, without changing anything, before long work for it.

    Raises:
        DigitLabError: If it cannot.
    """
    try:
        target = _target(path)
        folder = next(folder for folder in target.parents if folder.exists())
        temporary, descriptor = _create_beside(folder / target.name)
        os.close(descriptor)
        temporary.unlink()
    except OSError as error:
        raise _cannot_write(path, error) from error


def _target(path: Path) -> Path:
    """Return the file that a path means, which is another one if it is a link.

    Raises:
        DigitLabError: If it is not an ordinary file: devices and pipes are not replaced.
        OSError: If it cannot be examined.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return Path(os.path.realpath(path))
    if stat.S_ISDIR(status.st_mode):
        raise DigitLabError(f"{path} is a folder.", remedy="Add a file name to it.")
    if not stat.S_ISREG(status.st_mode):
        raise _not_a_file(path, "a device, a pipe or a socket")
    if any(_is_open_on(descriptor, status) for descriptor in (1, 2)):
        raise _not_a_file(path, "where the output of this program goes")
    return Path(os.path.realpath(path))


def _not_a_file(path: Path, what: str) -> DigitLabError:
    return DigitLabError(
        f"{path} is {what}, so it cannot be written as a file.",
        remedy="Nothing was changed. Choose the name of a file.",
    )


def _is_open_on(descriptor: int, status: os.stat_result) -> bool:
    """Return whether a descriptor of this process is open on a file; replacing the file would lose what follows."""
    try:
        return os.path.samestat(os.fstat(descriptor), status)
    except OSError:  # closed
        return False


def _create_beside(target: Path, mode: int = _USUAL_MODE) -> tuple[Path, int]:
    """Create a temporary file in the folder of a file; returns its path and its descriptor."""
    temporary = target.with_name(f".digitlab-{secrets.token_hex(8)}")  # not longer than the name that is chosen may be
    # Not with tempfile, whose files are readable by their owner only and would stay so.
    return temporary, os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)


def _remove(temporary: Path) -> None:
    with suppress(FileNotFoundError):
        temporary.unlink()


def _cannot_write(path: Path, error: OSError) -> DigitLabError:
    reason = error.strerror or type(error).__name__
    return DigitLabError(
        f"{path.name} could not be written: {reason}.",
        remedy=f"Nothing was changed. Check the folder {path.parent}, or save in another folder.",
    )


def free_aside(path: Path) -> Path:
    """Return a free path beside a damaged file, to move it to."""
    stem = f"{path.stem}-damaged-{datetime.now(UTC):%Y-%m-%d}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(place for name in names if not (place := path.with_name(name + path.suffix)).exists())


class FileLock:
    """A lock that one window holds at a time; the operating system releases it when the process ends, even by a crash.

    On a file system without locks, every attempt to acquire it succeeds; so it does if its file is a folder.

    Attributes:
        is_exclusive: Whether we hold the lock and the file system guarantees that nobody else does.
    """

    def __init__(self, path: Path) -> None:
        """Create the lock without acquiring it.

        Args:
            path: The lock file, created by ``acquire`` and removed by ``release``.
        """
        self._path = path
        self._descriptor: int | None = None
        self.is_exclusive = False

    def acquire(self) -> bool:
        """Try to acquire the lock; returns whether we hold it now.

        Raises:
            OSError: If its file cannot be created.
        """
        if self._path.is_dir():
            _log.warning("The folder %s is in the place of a lock.", self._path)
            self.is_exclusive = False
            return True
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, FILE_MODE)
            try:
                _lock(descriptor)
                is_exclusive = True
            except OSError as error:
                if error.errno in _HELD_BY_ANOTHER:
                    os.close(descriptor)
                    return False
                is_exclusive = False
            if is_same_file(self._path, os.fstat(descriptor)):
                self._descriptor, self.is_exclusive = descriptor, is_exclusive
                return True
            # The previous holder has removed this file in the meantime; a new file at the path is another lock.
            os.close(descriptor)

    def release(self) -> None:
        """Release the lock; no effect if we do not hold it."""
        if self._descriptor is None:
            return
        with suppress(OSError):  # Windows cannot remove an open file; an empty file left behind does no harm
            self._path.unlink()
        os.close(self._descriptor)
        self._descriptor, self.is_exclusive = None, False


def is_same_file(path: Path, status: os.stat_result) -> bool:
    """Return whether an open file is still the one at its path.

    Args:
        path: Where it was opened.
        status: Its status; what was deleted or moved can be written without an error, and is lost.
    """
    try:
        return os.path.samestat(status, path.stat())
    except (FileNotFoundError, NotADirectoryError):
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        # Not with lockf: a lock by flock belongs to the open file, so two windows of one process also exclude each
        # other.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD_BY_ANOTHER: Final = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
