"""Files and folders that only their owner may read: handwriting, runs, settings and the log.

On Windows the user's folders are private already, so nothing is done there. Files that the user saves elsewhere get
the system's usual permissions.
"""

import logging
import os
import stat
from pathlib import Path
from typing import Final

from digitlab.system.reading import open_regular

_log = logging.getLogger(__name__)

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700

_OF_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> Path:
    """Create a folder of ours that only the user may enter, or close one that exists; returns it.

    Raises:
        OSError: If it cannot be created.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    make_private(folder)
    return folder


def make_private(path: Path) -> None:
    """Take a file's or folder's permissions from others than its owner, if it exists and the user owns it.

    The home folder and folders that everybody may write in, like ``/tmp``, stay as they are.
    """
    if os.name != "posix":
        return
    try:
        status = path.stat()
        is_shared = bool(status.st_mode & stat.S_ISVTX) or path == Path.home()
        if status.st_uid == os.geteuid() and status.st_mode & _OF_OTHERS and not is_shared:
            path.chmod(stat.S_IMODE(status.st_mode) & ~_OF_OTHERS)
    except FileNotFoundError:
        return
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home folder
        _log.warning("Others may be able to read %s: %s", path, error)


def create_private(path: Path) -> None:
    """Create an empty file that only the user may read, or close one that exists.

    Raises:
        OSError: If it cannot be created.
        DigitLabError: If there is something else than a regular file.
    """
    os.close(private_opener(str(path), os.O_WRONLY))
    make_private(path)


def private_opener(path: str, flags: int) -> int:
    """Open a regular file for ``open(..., opener=...)`` so that only the user may read it if it is created."""
    return open_regular(Path(path), flags | os.O_CREAT, FILE_MODE)
