"""SQLite files: format, transactions, moving and removing."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest

from digitlab.system.database import (
    FileFormat,
    ForeignFileError,
    is_damaged,
    limited_work,
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_pipe_beside_a_file_is_refused_because_sqlite_would_wait_for_it(path, ending):
    os.mkfifo(path.with_name(path.name + ending))
    for open_it in (open_or_create, partial(open_existing, can_write=False)):
        with pytest.raises(DigitLabError, match=f"{ending} is a pipe, not a file"):
            open_it(path)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON one BEGIN DELETE FROM one; END",
        "CREATE TABLE more (x)",
        "CREATE INDEX more ON one (number)",
        "ALTER TABLE one ADD COLUMN more AS (zeroblob(1000000000))",
    ],
)
def test_a_file_that_defines_anything_else_is_foreign(path, statement):
    with closing(open_or_create(path)) as database:
        database.execute(statement)
    with closing(open_existing(path, can_write=False)) as database, pytest.raises(ForeignFileError):
        FORMAT.check(database, "a", "Wait.")


def test_a_foreign_file_cannot_be_changed_and_runs_nothing_of_its_own(path):
    with closing(open_existing(path, can_write=False)) as database:
        assert database.execute("PRAGMA query_only").fetchone() == (1,)
        assert database.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert database.execute("PRAGMA cell_size_check").fetchone() == (1,)


def test_endless_work_is_interrupted_and_counts_as_damage(path):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with closing(open_existing(path, can_write=False)) as database:
        with pytest.raises(sqlite3.OperationalError) as caught, limited_work(database, 100_000):
            database.execute(endless).fetchone()
        assert is_damaged(caught.value)
        assert numbers(database) == []  # afterwards there is no limit
