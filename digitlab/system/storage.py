"""Where DigitLab keeps its own files, and how a file is written so that nothing is ever half written."""

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

import platformdirs

from digitlab.system.errors import DigitLabError

APP_NAME: Final = "digitlab"


def data_folder() -> Path:
    """Return the folder with datasets: ``DIGITLAB_DATA`` if set, else the user's data folder. It may not exist."""
    chosen = os.environ.get("DIGITLAB_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def config_folder() -> Path:
    """Return the folder of the settings: ``DIGITLAB_CONFIG`` if set, else the user's one. It may not exist."""
    chosen = os.environ.get("DIGITLAB_CONFIG")
    return Path(chosen) if chosen else Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def state_folder() -> Path:
    """Return the folder of the log: ``DIGITLAB_STATE`` if set, else the user's state folder. It may not exist."""
    chosen = os.environ.get("DIGITLAB_STATE")
    return Path(chosen) if chosen else Path(platformdirs.user_state_dir(APP_NAME, appauthor=False))


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside ``path`` for writing that takes its place when the block ends well.

    If anything fails, the old file stays as it was and the temporary one is removed.

    Args:
        path: The file to write; missing folders above it are made.

    Yields:
        The binary file to write to.

    Raises:
        DigitLabError: If the file cannot be written (read-only folder, full disk, ...).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        # Not by tempfile: its files are readable by their owner alone, and would stay so.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        _remove(temporary)
        raise _cannot_write(path, error) from error
    except BaseException:
        _remove(temporary)
        raise


def _remove(temporary: Path) -> None:
    with suppress(FileNotFoundError):
        temporary.unlink()


def _cannot_write(path: Path, error: OSError) -> DigitLabError:
    reason = error.strerror or type(error).__name__
    return DigitLabError(
        f"{path.name} could not be written: {reason}.",
        remedy=f"Nothing was changed. Check the folder {path.parent}, or save to another place.",
    )


class FileLock:
    """A lock that one window holds at a time and that the system takes from it when its process ends, however it ends.

    Where a file system knows no locks, everybody is given them.

    Attributes:
        is_exclusive: Whether the lock is ours and shuts out others, as the file system knows locks.
    """

    def __init__(self, path: Path) -> None:
        """Name the lock, without taking it.

        Args:
            path: The file it hangs on; made when it is taken, removed when it is given back.
        """
        self._path = path
        self._descriptor: int | None = None
        self.is_exclusive = False

    def acquire(self) -> bool:
        """Take the lock; returns whether it is ours now.

        Raises:
            OSError: If its file cannot be made.
        """
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _lock(descriptor)
                is_exclusive = True
            except OSError as error:
                if error.errno in _HELD_BY_ANOTHER:
                    os.close(descriptor)
                    return False
                is_exclusive = False
            if _is_same_file(self._path, descriptor):
                self._descriptor, self.is_exclusive = descriptor, is_exclusive
                return True
            # Whoever held it gave it back in between: this file is gone, and the next one at its place another lock.
            os.close(descriptor)

    def release(self) -> None:
        """Give the lock back; nothing if it is not ours."""
        if self._descriptor is None:
            return
        with suppress(OSError):  # Windows removes no open file; an empty file that stays does no harm
            self._path.unlink()
        os.close(self._descriptor)
        self._descriptor, self.is_exclusive = None, False


def _is_same_file(path: Path, descriptor: int) -> bool:
    """Return whether an open file is the one that lies at a path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        # Not by lockf: a lock of flock belongs to the open file, so two windows of one process exclude each other too.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD_BY_ANOTHER: Final = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
