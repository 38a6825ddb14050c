"""The file of own digits: it is read back as written, and damage affects nothing else."""

import os
import shutil
import sqlite3
import sys
from datetime import UTC, datetime

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.mine import store as my_digits
from digitlab.data.mine.former import former_path
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.store import MyDigits, read_kept
from digitlab.system.errors import DigitLabError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "my-digits.sqlite3"


@pytest.fixture
def store(path):
    store = MyDigits(path)
    yield store
    store.close()


def drawn(digit):
    return builtin_drawing(digit, builtin_styles(digit)[0])


def kept(*labels):
    return [KeptDigit.of(drawn(label), label) for label in labels]


def everything(store):
    return [digit for read in store.read() for digit in read.digits]


def labels(store):
    return [digit.label for digit in everything(store)]


def points(drawing):
    return [stroke.points.tolist() for stroke in drawing.strokes]


def crash(store):
    """Close a store's files without closing it, like the end of its process."""
    store._database.close()
    os.close(store._lock._descriptor)


def with_rows(path, *rows):
    """Insert rows into the file without the store."""
    with sqlite3.connect(path) as database:
        database.executemany("INSERT INTO digits (id, label, line, kept_at) VALUES (?, ?, ?, ?)", rows)
    database.close()


def test_kept_digits_are_there_at_the_next_start(path, store):
    pressed = Drawing((Stroke.of([[0.1, 0.2, 0.3], [0.4, 0.5, 0.9], [1.4, -0.5, 0.9]]),))  # leaves the canvas
    digit = KeptDigit.of(pressed, 7)
    store.exchange([], [digit])
    again = MyDigits(path)
    (found,) = everything(again)
    again.close()
    assert (found.id, found.label, found.kept_at) == (digit.id, 7, digit.kept_at)
    assert points(found.drawing) == points(pressed)
    np.testing.assert_array_equal(found.image, render(pressed))


def test_digits_are_read_in_the_order_in_which_they_were_kept(store):
    store.exchange([], kept(3, 1, 4))
    store.exchange([], kept(1))
    assert labels(store) == [3, 1, 4, 1]


def test_a_digit_can_be_relabelled_deleted_and_restored(store):
    first, second = kept(4, 9)
    store.exchange([], [first, second])
    store.exchange([first], [first.relabelled(9)])
    assert labels(store) == [9, 9]
    store.exchange([second], [])
    assert labels(store) == [9]
    store.exchange([], [second])
    assert [digit.id for digit in everything(store)] == [first.id, second.id]


def test_a_change_that_would_be_too_large_changes_nothing(store, monkeypatch):
    monkeypatch.setattr(my_digits, "MAXIMUM_DIGITS", 3)
    first, *_ = digits = kept(1, 2)
    store.exchange([], digits)
    with pytest.raises(DigitLabError, match="4 digits of your own") as caught:
        store.exchange([first], kept(3, 4, 5))
    assert "at most 3" in caught.value.expected
    assert labels(store) == [1, 2]


def test_a_draft_is_recovered_once_by_the_next_start(path):
    store = MyDigits(path)
    store.save_draft(drawn(2))
    store.save_draft(drawn(8))
    crash(store)
    after_crash = MyDigits(path)
    assert points(after_crash.recover_draft()) == points(drawn(8))
    assert after_crash.recover_draft() is None
    after_crash.discard_draft()
    after_crash.close()
    later = MyDigits(path)
    assert later.recover_draft() is None
    later.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_recovered_draft_survives_the_next_crash_too(path):
    store = MyDigits(path)
    store.save_draft(drawn(6))
    for _ in range(3):
        crash(store)
        store = MyDigits(path)
        assert points(store.recover_draft()) == points(drawn(6))
    store.close()


def test_a_draft_is_not_recovered_once_it_was_discarded_or_kept(path):
    store = MyDigits(path)
    store.save_draft(drawn(2))
    store.discard_draft()
    store.save_draft(drawn(3))
    store.exchange([], [KeptDigit.of(drawn(3), 3)])
    crash(store)
    later = MyDigits(path)
    assert later.recover_draft() is None
    later.close()


def test_the_draft_of_an_open_window_is_not_recovered(path, store):
    store.save_draft(drawn(2))
    other = MyDigits(path)
    assert other.recover_draft() is None
    other.close()


def test_a_window_that_failed_to_acquire_its_lock_tries_again_with_the_next_stroke(path, store, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(my_digits.storage.os, "open", _no_descriptors)
        with pytest.raises(DigitLabError, match="could not be written"):
            store.save_draft(drawn(3))
    store.save_draft(drawn(3))
    other = MyDigits(path)
    assert other.recover_draft() is None
    other.close()


def _no_descriptors(*arguments):
    raise OSError(24, "Too many open files")


def test_each_start_recovers_the_draft_of_one_crashed_window(path):
    crashed = [MyDigits(path) for _ in range(2)]
    for digit, store in enumerate(crashed):
        store.save_draft(drawn(digit))
    for store in crashed:
        crash(store)
    stores = [MyDigits(path) for _ in range(3)]
    recovered = [store.recover_draft() for store in stores]
    assert [points(drawing) for drawing in recovered[:2]] == [points(drawn(1)), points(drawn(0))]
    assert recovered[2] is None
    for store in stores:
        store.close()


def test_two_windows_add_to_one_set(path, store):
    other = MyDigits(path)
    store.exchange([], kept(1))
    other.exchange([], kept(2))
    store.exchange([], kept(3))
    assert labels(store) == labels(other) == [1, 2, 3]
    other.close()


@pytest.mark.parametrize(
    ("label", "line", "kept_at"),
    [
        (11, '{"strokes": [[[0, 0], [1, 1]]]}', "2026-01-01T00:00:00+00:00"),
        ("three", '{"strokes": [[[0, 0], [1, 1]]]}', "2026-01-01T00:00:00+00:00"),
        (3, "no JSON", "2026-01-01T00:00:00+00:00"),
        (3, b"\xff\xfe", "2026-01-01T00:00:00+00:00"),
        (3, '{"strokes": []}', "2026-01-01T00:00:00+00:00"),
        (3, '{"strokes": [[[0, 1e400]]]}', "2026-01-01T00:00:00+00:00"),
        (3, '{"strokes": [[[0, 0], [1, 1]]]}', "yesterday"),
    ],
)
def test_an_invalid_row_is_counted_and_affects_no_other(path, store, label, line, kept_at):
    store.exchange([], kept(1))
    with_rows(path, (5, label, line, kept_at))
    store.exchange([], kept(2))
    read = list(store.read())
    assert sum(part.unusable_count for part in read) == 1
    assert sorted(labels(store)) == [1, 2]


def test_own_digits_can_be_read_without_write_access(path, store):
    assert read_kept(path.with_name("none.sqlite3")) == ()
    store.exchange([], kept(7, 2))
    assert [drawing.label for drawing in read_kept(path)] == [7, 2]
    assert points(read_kept(path)[0]) == points(drawn(7))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"This is no database. " * 100),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:100] + bytes(8092)),
    ],
    ids=["other file", "cut", "overwritten"],
)
def test_a_damaged_file_is_moved_aside_and_replaced(path, spoil):
    store = MyDigits(path)
    store.exchange([], kept(*range(10)))
    store.close()
    spoil(path)
    damaged = path.read_bytes()
    store = MyDigits(path)
    assert store.set_aside.path.name.startswith(f"my-digits-damaged-{datetime.now(UTC):%Y}")
    assert store.set_aside.path.read_bytes() == damaged
    before = labels(store)
    store.exchange([], kept(4))
    assert labels(store) == [*before, 4]
    store.close()


def test_a_database_of_another_program_is_moved_aside(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE bookmarks (title TEXT)")
    database.close()
    store = MyDigits(path)
    assert store.set_aside is not None
    assert labels(store) == []
    store.close()


def test_a_file_of_a_newer_digitlab_is_not_changed(path):
    MyDigits(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(DigitLabError, match="newer DigitLab"):
        MyDigits(path)
    assert list(path.parent.glob("*damaged*")) == []


def test_a_folder_that_cannot_be_created_is_reported(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DigitLabError, match="could not be opened"):
        MyDigits(tmp_path / "file" / "my-digits.sqlite3")


def kept_before(folder, *digits):
    """Keep digits where an earlier version did, in a window that is still open."""
    store = MyDigits(folder / "my-digits.sqlite3")
    store.exchange([], kept(*digits))
    return store


def test_digits_beside_the_datasets_are_copied_once(tmp_path, path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "class"))
    monkeypatch.setenv("DIGITLAB_HOME", str(path.parent))
    assert former_path() is None
    kept_before(tmp_path / "class", 4, 2).close()
    store = MyDigits(path)
    store.exchange([], kept(7))
    assert store.import_once(former_path()) == 2
    assert sorted(labels(store)) == [2, 4, 7]
    store.exchange(next(store.read()).digits, [])
    assert store.import_once(former_path()) == 0
    assert labels(store) == []
    store.close()
    assert len(read_kept(former_path())) == 2


def test_digits_that_an_earlier_version_has_open_are_copied_with_its_log(tmp_path, store):
    other = kept_before(tmp_path / "class", 4)
    assert store.import_once(tmp_path / "class" / "my-digits.sqlite3") == 1
    assert labels(store) == [4]
    other.close()


def test_digits_that_cannot_be_copied_change_nothing_and_are_tried_again(tmp_path, store):
    before = tmp_path / "my-digits.sqlite3"
    before.write_bytes(b"no database " * 1000)
    with pytest.raises(DigitLabError, match="could not be written"):
        store.import_once(before)
    before.unlink()
    kept_before(tmp_path, 5).close()
    assert store.import_once(before) == 1


def test_an_empty_file_is_told_from_a_new_one(path):
    path.parent.mkdir()
    path.touch()
    store = MyDigits(path)
    assert store.set_aside.was_empty
    assert store.set_aside.path.exists()
    assert store.set_aside.recovered_count == 0
    store.exchange([], kept(4))
    store.close()
    again = MyDigits(path)
    assert again.set_aside is None
    assert labels(again) == [4]
    again.close()


def test_a_window_that_creates_the_file_never_shows_another_window_an_empty_one(path, monkeypatch):
    stores = []
    connect = sqlite3.connect

    def second_window(target, **options):
        if not stores:
            stores.append(None)
            stores[0] = MyDigits(path)
        return connect(target, **options)

    monkeypatch.setattr(sqlite3, "connect", second_window)
    store = MyDigits(path)
    assert store.set_aside is None
    assert stores[0].set_aside is None
    stores[0].exchange([], kept(1))
    assert labels(store) == [1]
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []
    for one in (store, stores[0]):
        one.close()


def long_drawing(seed, points=180):
    """Return a drawing whose line takes several kilobytes, as a real one does, so that it needs more than one page."""
    places = np.random.default_rng(seed).random((points, 2)).round(4)
    return Drawing((Stroke.of(places),))


def thirty(path):
    """Keep thirty digits and a draft, and close the file as a crash would."""
    store = MyDigits(path)
    digits = [KeptDigit.of(long_drawing(number), number % 10) for number in range(30)]
    for digit in digits:
        store.exchange([], [digit])
    store.save_draft(long_drawing(99))
    crash(store)
    return digits


def read_whole(store):
    return {digit.id: (digit.label, points(digit.drawing)) for part in store.read() for digit in part.digits}


@pytest.mark.parametrize("spoiled", range(0, 40, 3))
def test_one_damaged_page_costs_no_more_than_its_digits(path, spoiled):
    kept_before = {digit.id: (digit.label, points(digit.drawing)) for digit in thirty(path)}
    content = bytearray(path.read_bytes())
    page = spoiled % (len(content) // 4096)
    content[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    store = MyDigits(path)
    found = read_whole(store)
    assert len(found) >= 26
    assert found.items() <= kept_before.items()
    if store.set_aside is not None:
        assert store.set_aside.recovered_count == len(found)
    store.close()


def test_a_shortened_file_keeps_the_digits_before_the_cut(path):
    kept_before = {digit.id: (digit.label, points(digit.drawing)) for digit in thirty(path)}
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 + 1000])
    store = MyDigits(path)
    found = read_whole(store)
    assert 10 <= len(found) < 30
    assert found.items() <= kept_before.items()
    store.close()


def test_deleted_digits_do_not_come_back_from_a_damaged_file(path):
    digits = thirty(path)
    store = MyDigits(path)
    store.exchange(digits[5:], [])
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:8192] = bytes(4096)
    path.write_bytes(content)
    store = MyDigits(path)
    assert store.set_aside is not None
    assert read_whole(store).keys() <= {digit.id for digit in digits[:5]}
    store.close()


def test_what_a_crash_left_in_the_log_is_recovered_too(path, tmp_path):
    digits = thirty(path)
    store = MyDigits(path)
    new = KeptDigit.of(long_drawing(77), 7)
    store.exchange([], [new])
    left = tmp_path / "left" / path.name
    shutil.copytree(path.parent, left.parent)
    store.close()
    content = bytearray(left.read_bytes())
    content[3 * 4096 : 4 * 4096] = bytes(4096)
    left.write_bytes(content)
    store = MyDigits(left)
    assert new.id in read_whole(store)
    assert len(read_whole(store)) >= len(digits) - 3
    store.close()


def test_a_draft_survives_damage_to_the_digits(path):
    thirty(path)
    content = bytearray(path.read_bytes())
    content[3 * 4096 : 6 * 4096] = bytes(3 * 4096)
    path.write_bytes(content)
    store = MyDigits(path)
    assert points(store.recover_draft()) == points(long_drawing(99))
    store.close()


def test_a_draft_survives_a_folder_in_the_place_of_a_lock(path):
    crashed = MyDigits(path)
    crashed.save_draft(drawn(3))
    crash(crashed)
    for lock in path.parent.glob("*.lock"):
        lock.unlink()
        (lock / "inside").mkdir(parents=True)
    store = MyDigits(path)
    assert points(store.recover_draft()) == points(drawn(3))
    store.save_draft(drawn(4))
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses to delete an open file")
def test_a_file_that_was_deleted_while_it_was_open_is_written_again_as_it_was(path, store):
    store.exchange([], kept(3, 1))
    store.save_draft(drawn(5))
    assert store.is_in_place()
    shutil.rmtree(path.parent)
    assert not store.is_in_place()
    store.put_back()
    again = MyDigits(path)
    assert labels(again) == [3, 1]
    assert again.recover_draft() is None
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses to delete an open file")
def test_a_file_that_is_there_again_is_not_replaced_by_one_that_was_deleted(path, store):
    store.exchange([], kept(3))
    shutil.rmtree(path.parent)
    other = MyDigits(path)
    other.exchange([], kept(8))
    store.put_back()
    assert labels(other) == [8]
    other.close()
