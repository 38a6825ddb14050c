"""SQLite files: format, transactions, moving and removing."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from digitlab.system.database import (
    FileFormat,
    ForeignFileError,
    is_damaged,
    move,
    open_existing,
    open_or_create,
    remove,
    transaction,
)
from digitlab.system.errors import DigitLabError

FORMAT = FileFormat(0x41424344, version=3, tables="CREATE TABLE one (number INTEGER PRIMARY KEY);")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a b#.sqlite3"
    with closing(open_or_create(path)) as database:
        database.executescript(FORMAT.script)
    return path


def numbers(database):
    return [number for (number,) in database.execute("SELECT number FROM one")]


def test_files_of_this_digitlab_a_newer_one_and_other_programs_are_distinguished(path):
    with closing(open_existing(path, can_write=False)) as database:
        FORMAT.check(database, "a", "Wait.")
        with pytest.raises(DigitLabError, match="newer DigitLab"):
            replace(FORMAT, version=2).check(database, "a", "Wait.")
        with pytest.raises(ForeignFileError) as caught:
            replace(FORMAT, application_id=1).check(database, "a", "Wait.")
    assert is_damaged(caught.value)


def test_a_transaction_is_written_completely_or_not_at_all(path):
    with closing(open_existing(path, can_write=True)) as database:
        with transaction(database):
            database.execute("INSERT INTO one VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError), transaction(database):
            database.executemany("INSERT INTO one VALUES (?)", [(2,), (1,)])
        assert numbers(database) == [1]


def test_damage_is_distinguished_from_temporary_errors(path, tmp_path):
    with closing(open_existing(path, can_write=False)) as database:
        with pytest.raises(sqlite3.Error) as read_only:
            database.execute("INSERT INTO one VALUES (1)")
        with pytest.raises(sqlite3.Error) as missing:
            database.execute("SELECT * FROM two")
    with pytest.raises(sqlite3.Error) as gone:
        open_existing(tmp_path / "none", can_write=True)
    assert [is_damaged(one.value) for one in (read_only, missing, gone)] == [False, True, False]
    assert not is_damaged(OSError())


def test_the_log_is_moved_and_removed_with_its_file(path, tmp_path):
    path.with_name(path.name + "-wal").write_bytes(b"log")
    target = move(path, tmp_path / "b.sqlite3")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b.sqlite3", "b.sqlite3-wal"]
    with pytest.raises(FileNotFoundError):
        move(path, target)
    remove(target)
    assert list(tmp_path.iterdir()) == []
    remove(target)
