"""File dialogs; the tests choose the files instead of the system's dialogs."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.files.drawings_file import read_drawings, write_drawings
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.presets import PRESETS
from digitlab.system.assets import model_path
from digitlab.training.as_code import notebook_of, script_of


@pytest.fixture
def answer(monkeypatch):
    """Choose a path in the next dialogs, or cancel them with an empty text."""

    def set_answer(path):
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_, **__: (str(path), ""))

    return set_answer


def test_a_network_is_saved_with_its_suffix_and_opened_again(qtbot, window, answer, tmp_path):
    answer(tmp_path / "mine")
    window.actions_by_name["saveNetwork"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "mine.digitlab").exists())
    assert read_model(tmp_path / "mine.digitlab").spec == window.session.snapshot.spec
    before = window.session.snapshot
    answer(tmp_path / "mine.digitlab")
    window.actions_by_name["open"].trigger()
    qtbot.waitUntil(lambda: window.session.snapshot is not before)
    assert window.settings().last_folder == str(tmp_path)


def test_a_drawing_is_saved_with_its_suffix(qtbot, window, answer, tmp_path):
    window.editor.replace(Sketch(builtin_drawing(2, builtin_styles(2)[0])), "test")
    answer(tmp_path / "two")
    window.actions_by_name["saveDrawing"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "two.jsonl").exists())
    assert len(read_drawings(tmp_path / "two.jsonl")) == 1


def test_the_recipe_is_saved_as_a_script_or_as_a_notebook(qtbot, window, monkeypatch, tmp_path):
    recipe = window.session.recipe
    (tmp_path / "class").mkdir()
    script, notebook = tmp_path / "mine.py", tmp_path / "class" / "tutorial.ipynb"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), "Keras script (*.py)"))
    window.actions_by_name["saveCode"].trigger()
    qtbot.waitUntil(script.exists)
    assert script.read_text(encoding="utf-8") == script_of(recipe.spec, recipe.config, recipe.source)

    def choose(parent, title, path, kinds):
        proposed = Path(path)
        assert proposed.name == "tutorial.py"
        return str(proposed), "Jupyter notebook (*.ipynb)"

    window.controllers.dialogs.folder = str(tmp_path / "class")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.actions_by_name["saveCode"].trigger()
    qtbot.waitUntil(notebook.exists)
    assert notebook.read_text(encoding="utf-8") == notebook_of(recipe.spec, recipe.config, recipe.source)


def test_a_network_without_outputs_cannot_be_saved_as_code(window):
    assert window.actions_by_name["saveCode"].isEnabled()
    window.session.recipe = replace(window.session.recipe, spec=PRESETS["one-conv"])
    assert not window.actions_by_name["saveCode"].isEnabled()


def test_an_empty_canvas_cannot_be_saved_as_a_drawing(qtbot, window, answer, tmp_path):
    window.editor.clear()
    answer(tmp_path / "nothing")
    assert not window.actions_by_name["saveDrawing"].isEnabled()
    window.controllers.dialogs.save_drawing()
    assert "no strokes" in window.messages.text
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_dialog_changes_nothing(qtbot, window, answer):
    answer("")
    before = window.session.snapshot, window.session.sketch
    for name in ("open", "saveNetwork"):
        window.actions_by_name[name].trigger()
    assert (window.session.snapshot, window.session.sketch) == before
    assert window.messages.text == ""


def test_files_of_drawings_are_chosen_to_train_on(qtbot, window, tmp_path, monkeypatch):
    paths = [tmp_path / "mine.jsonl", tmp_path / "others.jsonl.gz"]
    write_drawings(paths[0], [builtin_drawing(2, builtin_styles(2)[0])] * 3)
    write_drawings(paths[1], [replace(builtin_drawing(2, builtin_styles(2)[0]), label=None)])
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: ([str(path) for path in paths], ""))
    window.panels.train.panel().drawing_files_requested.emit()
    qtbot.waitUntil(lambda: window.session.recipe.drawings == tuple(str(path) for path in paths))
    assert "2 files are ready to train on: 3 labelled digits, 1 drawing without a label." in window.messages.text
    paths[1].write_text("not a drawing")
    window.messages.dismiss()
    window.controllers.training.drawing_files_requested.emit()
    qtbot.waitUntil(lambda: "others.jsonl.gz" in window.messages.text)
    assert len(window.session.recipe.drawings) == 2


def test_a_run_in_a_file_is_chosen_to_compare_with(qtbot, window, answer, tmp_path):
    path = tmp_path / "mine.digitlab"
    shutil.copyfile(model_path("tutorial"), path)
    answer(path)
    panel = window.panels.train.panel()
    panel.comparison_file_requested.emit()
    qtbot.waitUntil(lambda: window.session.compared_run is not None)
    compared = window.session.compared_run
    assert (compared.name, compared.run.step, compared.run.snapshots) == ("mine", 6000, [])
    panel.comparison_ended.emit()
    assert window.session.compared_run is None
    write_model(path, window.session.snapshot)
    panel.compare_requested.emit(path, "mine")
    qtbot.waitUntil(lambda: "not its training run" in window.messages.text)
    assert window.session.compared_run is None


def test_a_comparison_hidden_while_its_file_is_read_stays_hidden(qtbot, window):
    window.controllers.files.compare_with(model_path("tutorial"), "Tutorial")
    window.controllers.files.stop_comparing()
    with qtbot.waitSignal(window.controllers.files.shipped_runs_found) as found:
        window.controllers.files.find_shipped_runs()
    assert "tutorial" in found.args[0]
    assert window.session.compared_run is None
