"""Asking for files: the dialogs themselves are the system's and are answered here in its place."""

import pytest
from PySide6.QtWidgets import QFileDialog

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawings_file import read_drawings
from digitlab.data.sketch import Sketch
from digitlab.model.files import read_model


@pytest.fixture
def answer(monkeypatch):
    """Answer the next dialogs with a path, or cancel them with an empty text."""

    def set_answer(path):
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_, **__: (str(path), ""))

    return set_answer


def test_a_network_is_saved_with_its_ending_and_opened_again(qtbot, window, answer, tmp_path):
    answer(tmp_path / "mine")
    window.actions_by_name["saveNetwork"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "mine.digitlab").exists())
    assert read_model(tmp_path / "mine.digitlab").spec == window.session.snapshot.spec
    before = window.session.snapshot
    answer(tmp_path / "mine.digitlab")
    window.actions_by_name["open"].trigger()
    qtbot.waitUntil(lambda: window.session.snapshot is not before)
    assert window.settings().last_folder == str(tmp_path)


def test_a_drawing_is_saved_with_its_ending(qtbot, window, answer, tmp_path):
    window.editor.replace(Sketch(builtin_drawing(2, builtin_styles(2)[0])), "test")
    answer(tmp_path / "two")
    window.actions_by_name["saveDrawing"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "two.jsonl").exists())
    assert len(read_drawings(tmp_path / "two.jsonl")) == 1


def test_an_empty_canvas_cannot_be_saved_as_a_drawing(qtbot, window, answer, tmp_path):
    window.editor.clear()
    answer(tmp_path / "nothing")
    window.actions_by_name["saveDrawing"].trigger()
    assert "no strokes" in window._bar.text
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_dialog_changes_nothing(qtbot, window, answer):
    answer("")
    before = window.session.snapshot, window.session.sketch
    for name in ("open", "saveNetwork"):
        window.actions_by_name[name].trigger()
    assert (window.session.snapshot, window.session.sketch) == before
    assert window._bar.text == ""
