"""Own digits that earlier versions kept beside the datasets."""

from contextlib import closing
from pathlib import Path

from digitlab.data.mine.opening import FILE_NAME
from digitlab.data.mine.rows import rows_of
from digitlab.system import storage
from digitlab.system.database import copied, open_existing


def former_path() -> Path | None:
    """Return the file in which earlier versions kept own digits, beside the datasets; None if there is none."""
    folder = storage.former_folder()
    return None if folder is None or not (folder / FILE_NAME).is_file() else (folder / FILE_NAME).absolute()


def rows_in(path: Path) -> list[tuple[int, object, str, str]]:
    """Return the rows of another file, read from a copy, as its folder may be read-only."""
    with copied(path) as copy, closing(open_existing(copy, can_write=True)) as database:
        return [
            (number, label, line.decode(errors="replace"), kept_at.decode(errors="replace"))
            for number, label, line, kept_at in rows_of(database)
        ]
