"""The file of the user's own digits, as its jobs leave it."""

import shutil
import sys

import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.opening import my_digits_path
from digitlab.data.mine.store import read_kept
from digitlab.gui.mydigits.jobs import MyDigitsFile
from digitlab.gui.session.desk import Request
from digitlab.gui.session.own_digits import OwnDigitsChange


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))


def new_request():
    return Request(lambda deliver: deliver(), None, lambda error: None, None)


def test_a_job_that_was_given_up_leaves_the_changes_to_the_next_one():
    file, given_up = MyDigitsFile(lambda aside: None), new_request()
    given_up.cancel()
    kept = KeptDigit.of(builtin_drawing(7, builtin_styles(7)[0]), 7)
    file.write(OwnDigitsChange((), (kept,), "keeping a digit"), None, given_up)
    assert file.waiting_count == 1
    assert read_kept(my_digits_path()) == ()
    file.write_waiting(new_request())
    assert file.waiting_count == 0
    assert [drawing.label for drawing in read_kept(my_digits_path())] == [7]
    file.close(new_request())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses to delete an open file")
def test_a_change_after_the_file_was_deleted_is_saved_with_the_digits_before_it(tmp_path):
    file = MyDigitsFile(lambda set_aside: None)
    before, after = (KeptDigit.of(builtin_drawing(digit, builtin_styles(digit)[0]), digit) for digit in (3, 8))
    file.write(OwnDigitsChange((), (before,), "keeping a 3"), None, new_request())
    shutil.rmtree(tmp_path)
    file.write(OwnDigitsChange((), (after,), "keeping an 8"), None, new_request())
    assert [drawing.label for drawing in read_kept(my_digits_path())] == [3, 8]
    file.close(new_request())
