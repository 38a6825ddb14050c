"""Keeping one's own digits: the session, the file, and errors."""

import shutil
import sqlite3

import pytest
from PySide6.QtWidgets import QPushButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files.drawings_file import read_drawings, write_drawings
from digitlab.data.mine import opening
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.opening import my_digits_path
from digitlab.data.mine.store import MyDigits, read_kept
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.mydigits.controller import MyDigitsController
from digitlab.gui.session.editor import SketchEditor
from digitlab.system.errors import DigitLabError
from tests.helpers.desks import settle


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A separate data folder for each test."""
    folder = tmp_path / "data"
    monkeypatch.setenv("DIGITLAB_HOME", str(folder))
    return folder


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def editor(session, bar):
    return SketchEditor(session, bar)


@pytest.fixture
def controller(qtbot, session, editor, bar):
    """A controller with its thread, which ends with the test."""
    controller = MyDigitsController(session, editor, Messages(bar), bar)
    yield controller
    assert controller.close(5.0)


def drawn(digit):
    return Drawing(builtin_drawing(digit, builtin_styles(digit)[0]).strokes)


def written(qtbot, labels):
    """Wait until the file holds these digits."""
    qtbot.waitUntil(lambda: [drawing.label for drawing in read_kept(my_digits_path())] == labels)


def shown(session):
    return [digit.label for digit in session.mine.digits]


def test_a_set_that_could_not_be_read_is_read_when_the_panel_is_shown_again(
    qtbot, session, editor, controller, bar, monkeypatch
):
    keep(editor, controller, 7, 7)
    written(qtbot, [7])
    again = MyDigitsController(session, SketchEditor(session, bar), Messages(bar), bar)
    session.mine.show((), None, None)
    load = again._file.load

    def fail(request):
        again._file._store().has_changed_elsewhere()
        raise DigitLabError("The disk is asleep.")

    monkeypatch.setattr(again._file, "load", fail)
    again.load()
    settle(qtbot, again.desk)
    assert "The disk is asleep." in bar.text
    monkeypatch.setattr(again._file, "load", load)
    again.watch(True)
    settle(qtbot, again.desk)
    assert shown(session) == [7]
    assert again.close(5.0)


def keep(editor, controller, digit, label):
    editor.finish(Sketch(drawn(digit)))
    controller.keep_as(label)


def test_a_drawing_is_kept_relabelled_deleted_and_restored(qtbot, session, editor, controller):
    keep(editor, controller, 7, 1)
    assert shown(session) == [1]
    controller.keep_as(7)
    assert shown(session) == [7]
    controller.delete(session.mine.digits)
    assert shown(session) == []
    assert session.mine.undoable.text == "deleting 1 digit"
    controller.undo()
    controller.undo()
    assert shown(session) == [1]
    controller.redo()
    written(qtbot, [7])
    assert shown(session) == [7]


def test_a_kept_drawing_is_recognised_on_the_canvas_after_undo_and_redo(session, editor, controller):
    keep(editor, controller, 7, 7)
    kept = session.mine.digit_on(session.sketch)
    assert kept.label == 7
    editor.clear()
    assert session.mine.digit_on(session.sketch) is None
    editor.undo()
    assert session.mine.digit_on(session.sketch) is kept
    controller.keep_as(7)
    assert len(session.mine.digits) == 1


def test_a_drawing_is_always_either_kept_or_a_draft(monkeypatch, session, editor, controller):
    """One transaction moves a drawing from one table to the other, since a crash may occur at any time."""
    statements = []
    opened = opening._opened

    def traced(path):
        database = opened(path)
        database.set_trace_callback(statements.append)
        return database

    monkeypatch.setattr(opening, "_opened", traced)
    keep(editor, controller, 7, 7)
    controller.undo()
    controller.redo()
    assert controller.close(5.0)
    changes = "\n".join(statements).split("BEGIN IMMEDIATE")[1:]
    tables = [("INTO digits" in change, "INTO drafts" in change) for change in changes]
    assert tables[:4] == [(False, True), (True, False), (False, True), (True, False)]
    assert "FROM drafts" in changes[1]
    assert "FROM digits" in changes[2]


@pytest.mark.parametrize(
    "sketch",
    [
        Sketch(),
        Sketch(drawn(5), is_sample=True),
        Sketch(picture=Picture(drawn(5).strokes[0].points[:, :2] > 0, "photo")),
    ],
    ids=["empty", "sample", "picture"],
)
def test_what_the_person_did_not_draw_is_not_kept(session, controller, sketch):
    session.sketch = sketch
    controller.keep_as(5)
    assert session.mine.digits == ()


def test_the_set_is_loaded_at_the_next_start(qtbot, session, editor, controller, bar):
    for digit in (3, 1, 4):
        keep(editor, controller, digit, digit)
    written(qtbot, [3, 1, 4])
    session.mine.show((), None, None)
    again = MyDigitsController(session, editor, Messages(bar), bar)
    again.begin()
    qtbot.waitUntil(lambda: shown(session) == [3, 1, 4])
    assert again.close(5.0)


def after_a_crash(qtbot, folder, session, controller):
    """Return to the state of the files as a crash now would leave them."""
    settle(qtbot, controller.desk)
    assert list(folder.glob("*.lock")) != []
    left = folder.with_name("left")
    shutil.copytree(folder, left)
    assert controller.close(5.0)
    shutil.rmtree(folder)
    left.rename(folder)


def test_after_a_crash_unkept_strokes_are_restored_to_the_canvas(qtbot, folder, session, editor, controller, bar):
    editor.finish(Sketch(drawn(4)))
    strokes = len(drawn(4).strokes)
    after_a_crash(qtbot, folder, session, controller)
    editor.clear()
    again = MyDigitsController(session, editor, Messages(bar), bar)
    again.begin()
    qtbot.waitUntil(lambda: len(session.sketch.drawing.strokes) == strokes)
    assert "Your drawing was restored" in bar.text
    assert not session.sketch.is_sample
    assert again.close(5.0)


def test_after_a_crash_the_draft_is_offered_if_the_canvas_is_in_use(qtbot, folder, session, editor, controller, bar):
    editor.finish(Sketch(drawn(4)))
    strokes = len(drawn(4).strokes)
    after_a_crash(qtbot, folder, session, controller)
    editor.clear()
    new = Sketch(drawn(1))
    editor.finish(new)
    again = MyDigitsController(session, editor, Messages(bar), bar)
    again.begin()
    qtbot.waitUntil(lambda: "was saved" in bar.text)
    assert session.sketch is new
    bar.findChild(QPushButton, "messageOption").click()
    assert len(session.sketch.drawing.strokes) == strokes
    editor.undo()
    assert session.sketch.drawing is new.drawing
    assert again.close(5.0)


def test_nothing_is_restored_after_a_normal_end(qtbot, session, editor, controller, bar):
    editor.finish(Sketch(drawn(4)))
    assert controller.close(5.0)
    editor.clear()
    again = MyDigitsController(session, editor, Messages(bar), bar)
    again.begin()
    assert again.close(5.0)
    qtbot.waitUntil(lambda: my_digits_path().exists())
    assert session.sketch.is_empty
    assert bar.text == ""


def test_a_sample_or_an_opened_drawing_is_not_a_draft(folder, session, editor, controller):
    session.sketch = Sketch(drawn(5), is_sample=True)
    editor.replace(Sketch(drawn(3)), "opening a file")
    editor.undo()
    assert controller.close(5.0)
    assert not folder.exists()


def test_labelled_drawings_are_imported_once_and_undone_together(qtbot, tmp_path, session, controller, bar):
    path = tmp_path / "mine.jsonl"
    far = Drawing((Stroke.of([[100, 200], [300, 700]]),), 1)
    write_drawings(path, [Drawing(drawn(8).strokes, 8), far, drawn(2)])
    controller.import_files([path])
    qtbot.waitUntil(lambda: bar.text != "")
    assert shown(session) == [8, 1]
    assert bar.text.startswith("Imported 2 digits.")
    assert "1 drawing was skipped because of a missing label" in bar.text
    assert all(0 <= point <= 1 for stroke in session.mine.digits[1].drawing.strokes for point in stroke.points.flat)
    bar.dismiss()
    controller.import_files([path])
    qtbot.waitUntil(lambda: bar.text != "")
    assert "2 drawings were already in the set" in bar.text
    controller.undo()
    assert shown(session) == []
    written(qtbot, [])


def test_an_exported_digit_that_leaves_the_canvas_is_known_when_it_is_imported(
    qtbot, tmp_path, session, editor, controller, bar
):
    editor.finish(Sketch(scaled_to(drawn(6), margin=-0.1)))
    controller.keep_as(6)
    path = tmp_path / "out.jsonl"
    controller.export_to(path)
    qtbot.waitUntil(lambda: "Exported 1 digit" in bar.text)
    bar.dismiss()
    controller.import_files([path])
    qtbot.waitUntil(lambda: bar.text != "")
    assert "1 drawing was already in the set" in bar.text


def test_a_failed_export_can_be_tried_again_or_written_elsewhere(qtbot, tmp_path, session, editor, controller, bar):
    keep(editor, controller, 6, 6)
    blocked = tmp_path / "blocked" / "out.jsonl"
    blocked.parent.write_text("a file where the folder should be")
    controller.export_to(blocked)
    qtbot.waitUntil(lambda: bar.text != "")
    again, elsewhere = bar.findChildren(QPushButton, "messageOption")
    with qtbot.waitSignal(controller.export_requested):
        elsewhere.click()
    controller.export_to(blocked)
    qtbot.waitUntil(lambda: "blocked" in bar.text)
    blocked.parent.unlink()
    blocked.parent.mkdir()
    again, elsewhere = bar.findChildren(QPushButton, "messageOption")
    again.click()
    qtbot.waitUntil(lambda: "Exported 1 digit" in bar.text)
    assert len(read_drawings(blocked)) == 1


def test_the_exported_strokes_are_those_drawn(qtbot, tmp_path, session, editor, controller, bar):
    keep(editor, controller, 6, 6)
    path = tmp_path / "out.jsonl"
    controller.export_to(path)
    qtbot.waitUntil(lambda: "Exported 1 digit" in bar.text)
    (drawing,) = read_drawings(path)
    assert drawing.label == 6
    assert [stroke.points.tolist() for stroke in drawing.strokes] == [
        stroke.points.tolist() for stroke in drawn(6).strokes
    ]


def test_a_file_without_drawings_is_reported_and_changes_nothing(qtbot, tmp_path, session, controller, bar):
    path = tmp_path / "broken.jsonl"
    path.write_text("no drawing")
    controller.import_files([path])
    qtbot.waitUntil(lambda: "broken.jsonl" in bar.text)
    assert session.mine.digits == ()


def options(bar):
    return [button.text() for button in bar.findChildren(QPushButton, "messageOption")]


def press(bar, label):
    next(one for one in bar.findChildren(QPushButton, "messageOption") if one.text() == label).click()


def test_all_that_cannot_be_written_stays_on_screen_and_try_again_writes_all_of_it(
    qtbot, folder, session, editor, controller, bar
):
    folder.write_text("a file where the folder should be")
    for digit in (2, 3, 5):
        editor.finish(Sketch(drawn(digit)))
        controller.keep_as(digit)
        editor.clear()
    controller.relabel(session.mine.digits[:1], 7)
    controller.delete(session.mine.digits[2:])
    controller.undo()
    qtbot.waitUntil(lambda: "6 changes of your own digits could not be saved yet" in bar.text)
    assert "could not be opened" in bar.text
    assert shown(session) == [7, 3, 5]
    assert session.mine.undoable.text.startswith("relabelling")
    assert session.mine.redoable is not None
    press(bar, "Try again")
    assert bar.text == ""
    qtbot.waitUntil(lambda: "6 changes of your own digits could not be saved yet" in bar.text)
    folder.unlink()
    press(bar, "Try again")
    written(qtbot, [7, 3, 5])
    qtbot.waitUntil(lambda: bar.text == "")


def test_what_waits_is_written_with_the_next_change(qtbot, folder, session, editor, controller, bar):
    folder.write_text("a file where the folder should be")
    keep(editor, controller, 2, 2)
    qtbot.waitUntil(lambda: "could not be saved yet" in bar.text)
    folder.unlink()
    keep(editor, controller, 3, 3)
    written(qtbot, [2, 3])
    qtbot.waitUntil(lambda: bar.text == "")


def test_a_lock_of_another_program_is_waited_for_and_its_message_goes(qtbot, monkeypatch, session, editor, bar, folder):
    monkeypatch.setattr("digitlab.gui.mydigits.saving._RETRY_MS", 50)
    controller = MyDigitsController(session, editor, Messages(bar), bar)
    keep(editor, controller, 1, 1)
    written(qtbot, [1])
    other = sqlite3.connect(my_digits_path(), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    editor.finish(Sketch(drawn(2)))
    qtbot.waitUntil(lambda: "database is locked" in bar.text)
    controller.keep_as(2)
    qtbot.waitUntil(lambda: "1 change of your own digits could not be saved yet" in bar.text)
    other.execute("COMMIT")
    other.close()
    qtbot.waitUntil(lambda: bar.text == "")
    written(qtbot, [1, 2])
    assert controller.close(5.0)


def test_the_canvas_keeps_a_collected_digit_until_it_is_saved(qtbot, folder, session, editor, controller, bar):
    folder.write_text("a file where the folder should be")
    editor.finish(Sketch(drawn(4)))
    controller.keep_and_clear(4)
    qtbot.waitUntil(lambda: "could not be saved yet" in bar.text)
    assert not session.sketch.is_empty
    controller.keep_and_clear(9)  # a second Enter must not change the label
    assert shown(session) == [4]
    folder.unlink()
    press(bar, "Try again")
    qtbot.waitUntil(lambda: session.sketch.is_empty)
    written(qtbot, [4])


def test_a_drawing_that_goes_on_while_it_is_saved_is_not_cleared(qtbot, session, editor, controller):
    editor.finish(Sketch(drawn(4)))
    controller.keep_and_clear(4)
    more = Sketch(drawn(7))
    editor.finish(more)
    written(qtbot, [4])
    settle(qtbot, controller.desk)
    assert session.sketch is more


def test_undo_after_collecting_does_not_relabel_the_last_digit(qtbot, session, editor, controller):
    editor.finish(Sketch(drawn(4)))
    controller.keep_and_clear(4)
    qtbot.waitUntil(lambda: session.sketch.is_empty)
    editor.undo()
    assert not session.sketch.is_empty
    controller.keep_and_clear(9)
    settle(qtbot, controller.desk)
    assert shown(session) == [4]


def test_a_change_that_can_never_be_written_is_undone_and_the_others_are_written(
    qtbot, monkeypatch, session, editor, controller, bar
):
    monkeypatch.setattr("digitlab.data.mine.store.MAXIMUM_DIGITS", 2)
    for digit in (1, 2, 3):
        keep(editor, controller, digit, digit)
    controller.relabel(session.mine.digits[:1], 9)
    qtbot.waitUntil(lambda: "You would have 3 digits" in bar.text)
    written(qtbot, [9, 2])
    qtbot.waitUntil(lambda: shown(session) == [9, 2])


def test_unsaved_digits_stay_on_screen_when_the_panel_becomes_visible(qtbot, session, editor, controller, bar):
    keep(editor, controller, 1, 1)
    written(qtbot, [1])
    controller.watch(True)
    other = sqlite3.connect(my_digits_path(), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    keep(editor, controller, 2, 2)
    controller.watch(False)
    controller.watch(True)
    settle(qtbot, controller.desk)
    assert shown(session) == [1, 2]
    other.execute("COMMIT")
    other.close()


def test_digits_that_cannot_be_saved_at_the_end_are_rescued_and_restored_by_the_next_start(
    qtbot, folder, tmp_path, monkeypatch, session, editor, controller, bar
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder.write_text("a file where the folder should be")
    for digit in (2, 3):
        keep(editor, controller, digit, digit)
    controller.delete(session.mine.digits[:1])
    qtbot.waitUntil(lambda: "3 changes" in bar.text)
    assert controller.close(5.0)
    (rescued,) = tmp_path.glob("digitlab-*-own-digits.jsonl")
    assert [drawing.label for drawing in read_drawings(rescued)] == [3]
    folder.unlink()
    session.mine.show((), None, None)
    editor.clear()
    bar.dismiss()
    again = MyDigitsController(session, editor, Messages(bar), bar)
    again.begin()
    qtbot.waitUntil(lambda: "Restored 1 digit of your own that could not be saved last time" in bar.text)
    written(qtbot, [3])
    settle(qtbot, again.desk)
    assert shown(session) == [3]
    assert not rescued.exists()
    assert again.close(5.0)


def test_a_damaged_file_is_set_aside_and_reported(qtbot, folder, session, editor, controller, bar):
    folder.mkdir()
    my_digits_path().write_bytes(b"not a database " * 1000)
    controller.begin()
    qtbot.waitUntil(lambda: "damaged" in bar.text)
    keep(editor, controller, 9, 9)
    written(qtbot, [9])
    assert len(list(folder.glob("my-digits-damaged-*"))) == 1


def test_changes_of_another_window_are_shown_when_the_panel_becomes_visible(qtbot, session, editor, controller):
    keep(editor, controller, 3, 3)
    keep(editor, controller, 4, 4)
    written(qtbot, [3, 4])
    mine = session.mine.digits
    other = MyDigits(my_digits_path())
    other.exchange(mine[:1], [mine[1].relabelled(9), KeptDigit.of(drawn(7), 7)])
    other.close()
    controller.watch(True)
    qtbot.waitUntil(lambda: shown(session) == [9, 7])


def test_a_change_made_while_the_set_is_read_again_is_not_lost(qtbot, session, editor, controller):
    keep(editor, controller, 3, 3)
    written(qtbot, [3])
    other = MyDigits(my_digits_path())
    other.exchange((), [KeptDigit.of(drawn(7), 7)])
    other.close()
    controller.watch(True)
    keep(editor, controller, 4, 4)
    assert shown(session) == [3, 4]
    qtbot.waitUntil(lambda: sorted(shown(session)) == [3, 4, 7])
