"""The last resort for what could not be saved elsewhere: the system's temporary folder, where the next start looks."""

import os
import secrets
import stat
import tempfile
import zlib
from pathlib import Path
from typing import Final

from digitlab.system.storage import personal_folder

RESCUED_RUN: Final = "run.digitlab"
RESCUED_DIGITS: Final = "own-digits.jsonl"


def rescue_path(name: str) -> Path:
    """Return a new path in the system's temporary folder.

    Args:
        name: What is rescued, with the suffix of its format.
    """
    return Path(tempfile.gettempdir()) / f"{_prefix()}{secrets.token_hex(4)}-{name}"


def rescued_files(name: str) -> tuple[Path, ...]:
    """Return the user's files that were rescued under a name, and belong to the present data folder."""
    found = sorted(Path(tempfile.gettempdir()).glob(f"{_prefix()}*-{name}"))
    return tuple(path for path in found if _is_ours(path))


def _prefix() -> str:
    # Several users and portable installations share the temporary folder.
    return f"digitlab-{zlib.crc32(str(personal_folder().absolute()).encode()):08x}-"


def _is_ours(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and (os.name != "posix" or status.st_uid == os.geteuid())
