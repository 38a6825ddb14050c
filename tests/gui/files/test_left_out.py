"""Lines of drawings that are left out are told wherever drawings are read in the window."""

from dataclasses import replace

from PySide6.QtCore import QMimeData, QUrl

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.files.drawing_line import to_line
from digitlab.training.events import TrainingEnded
from digitlab.training.recipes import RECIPES
from tests.helpers.desks import settle

TEXT = "1 of the 3 lines of mine.jsonl is left out: line 2 is not JSON."


def drawings(folder):
    path = folder / "mine.jsonl"
    lines = [to_line(builtin_drawing(digit, builtin_styles(digit)[0])) for digit in (3, 4)]
    path.write_text(f"{lines[0]}bad\n{lines[1]}")
    return path


def test_a_dropped_file_says_what_was_left_out(qtbot, window, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(drawings(tmp_path)))])
    window.controllers.files.open_mime(mime)
    settle(qtbot, window.controllers.files.desk)
    assert window.session.sketch.drawing.label == 3
    assert TEXT in window.messages.text


def test_drawings_to_train_on_say_what_was_left_out(qtbot, window, tmp_path):
    window.controllers.files.learn_from([drawings(tmp_path)])
    settle(qtbot, window.controllers.files.desk)
    assert "2 labelled digits" in window.messages.text
    assert TEXT in window.messages.text


def test_an_import_says_what_was_left_out(qtbot, window, tmp_path):
    window.controllers.my_digits.import_files([drawings(tmp_path)])
    qtbot.waitUntil(lambda: "Imported 2 digits" in window.messages.text)
    assert TEXT in window.messages.text


def test_an_evaluation_says_what_was_left_out(qtbot, window, tmp_path):
    window.controllers.evaluation.choose_source(str(drawings(tmp_path)))
    window.controllers.evaluation.evaluate()
    qtbot.waitUntil(lambda: TEXT in window.messages.text)


def test_a_training_says_what_was_left_out(qtbot, window, tmp_path, monkeypatch):
    monkeypatch.setattr("digitlab.training.runtime.load_tensorflow", lambda: 0.1)
    monkeypatch.setattr("digitlab.training.trainer.train", lambda request, control, publish: publish(TrainingEnded()))
    recipe = RECIPES["pen"]
    window.session.recipe = replace(
        window.session.recipe, spec=recipe.spec, config=recipe.config, drawings=(str(drawings(tmp_path)),)
    )
    window.controllers.training.train()
    qtbot.waitUntil(lambda: TEXT in window.messages.text)
