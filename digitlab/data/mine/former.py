"""Own digits that earlier versions kept beside the datasets."""

import shutil
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from digitlab.data.mine.opening import FILE_NAME
from digitlab.data.mine.rows import rows_of
from digitlab.system import storage
from digitlab.system.database import open_existing


def former_path() -> Path | None:
    """Return the file in which earlier versions kept own digits, beside the datasets; None if there is none."""
    folder = storage.former_folder()
    return None if folder is None or not (folder / FILE_NAME).is_file() else (folder / FILE_NAME).absolute()


def rows_in(path: Path) -> list[tuple[int, object, str, str]]:
    """Return the rows of another file, read from a copy: SQLite may have to write beside a file to read it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
        with closing(open_existing(copy, can_write=True)) as database:
            return [
                (number, label, line.decode(errors="replace"), kept_at.decode(errors="replace"))
                for number, label, line, kept_at in rows_of(database)
            ]
