"""All hostile files and those that once failed, each made by a few lines."""

import os
from typing import Final

from tests.fuzz.cases import Case
from tests.fuzz.hostile_data import DATASETS, DRAWINGS
from tests.fuzz.hostile_lessons import LESSONS
from tests.fuzz.hostile_networks import NETWORKS, OTHERS, RUNS
from tests.fuzz.hostile_pictures import PICTURES
from tests.fuzz.readers import READERS

SPECIAL: Final = tuple(
    Case(reader.name, name, make)
    for reader in READERS
    if reader.name not in ("settings", "IDX")
    for name, make in (
        ("a pipe", lambda path: os.mkfifo(path)),
        ("a device without an end", lambda path: path.symlink_to("/dev/zero")),
        ("a folder", lambda path: path.mkdir()),
        ("a link to itself", lambda path: path.symlink_to(path)),
    )
)


CASES: Final = (*PICTURES, *DATASETS, *DRAWINGS, *LESSONS, *NETWORKS, *RUNS, *OTHERS, *SPECIAL)
