"""Evaluation data: the test digits of datasets, and files of drawings."""

import json

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.dataset import Part
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files.drawings_file import write_drawings
from digitlab.data.held_out import LoadingCancelledError, has_parts, load_held_out, stamp_of
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.opening import my_digits_path
from digitlab.data.mine.store import MyDigits
from digitlab.data.sources import MY_DIGITS
from digitlab.system.errors import DigitLabError


def load(source, cancelled=lambda: False, progress=lambda task, share: None):
    return load_held_out(source, download=False, progress=progress, cancelled=cancelled)


def drawn(digit, label):
    return Drawing(builtin_drawing(digit, builtin_styles(digit)[0]).strokes, label)


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.jsonl.gz", "MINE.JSONL.GZ"])
def test_drawings_are_preprocessed_as_on_the_canvas(tmp_path, name):
    path = tmp_path / name
    drawings = [drawn(7, 7), drawn(3, None), drawn(1, 1)]
    write_drawings(path, drawings)
    shares = []
    held_out = load(path, progress=lambda words, share: shares.append(share))
    assert held_out.name == name
    assert held_out.digits.labels.tolist() == [7, 1]
    np.testing.assert_array_equal(held_out.digits.images, [render(drawings[0]), render(drawings[2])])
    np.testing.assert_array_equal(held_out.others, [render(drawings[1])])
    assert shares == [0.0, 1.0]


def test_the_test_digits_of_a_dataset_are_the_default(tmp_path):
    path = tmp_path / "digits.npz"
    test = np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28)
    np.savez(path, x_train=test[:1], y_train=np.uint8([5]), x_test=test, y_test=np.uint8([1, 2, 3]))
    held_out = load(path)
    assert held_out.digits.labels.tolist() == [1, 2, 3]
    np.testing.assert_array_equal(held_out.digits.images, test)
    assert held_out.others.shape == (0, 28, 28)


def test_a_file_without_labels_is_reported(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"strokes": [[[0, 0], [1, 1]]]}) + "\n")
    with pytest.raises(DigitLabError, match="has a label"):
        load(path)


def test_reading_drawings_can_be_cancelled(tmp_path):
    path = tmp_path / "mine.jsonl"
    write_drawings(path, [drawn(7, 7)])
    with pytest.raises(LoadingCancelledError):
        load(path, cancelled=lambda: True)


def test_the_training_digits_are_loaded_on_request(tmp_path):
    path = tmp_path / "digits.npz"
    images = np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28)
    np.savez(path, x_train=images, y_train=np.uint8([1, 2, 3]), x_test=images[:1], y_test=np.uint8([5]))
    held_out = load_held_out(
        path, Part.TRAINING, download=False, progress=lambda task, share: None, cancelled=lambda: False
    )
    assert held_out.digits.labels.tolist() == [1, 2, 3]
    assert held_out.title == "digits, training digits"
    picture = held_out.sketch(1).picture
    np.testing.assert_array_equal(picture.pixels, images[1])
    assert (picture.name, picture.label) == ("training image 2 of 3", 2)


def test_a_drawing_of_a_file_becomes_a_sketch_of_strokes(tmp_path):
    path = tmp_path / "mine.jsonl"
    large = Drawing((Stroke.of([[0, 0], [300, 900]]),), 1)
    write_drawings(path, [drawn(3, None), large])
    held_out = load(path)
    assert held_out.title == "mine.jsonl"
    sketch = held_out.sketch(0)
    assert (sketch.picture, sketch.label) == (None, 1)
    points = sketch.drawing.strokes[0].points
    assert points[:, :2].min() >= 0
    assert points[:, :2].max() <= 1
    np.testing.assert_array_equal(render(sketch.drawing), held_out.digits.images[0])


def test_own_digits_are_loaded_as_they_were_drawn(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    assert stamp_of(MY_DIGITS) == ()
    with pytest.raises(DigitLabError, match="not kept any digits of your own"):
        load(MY_DIGITS)
    kept = KeptDigit.of(drawn(7, None), 7)
    mine = MyDigits(my_digits_path())
    mine.exchange([], [kept])
    held_out, stamp = load(MY_DIGITS), stamp_of(MY_DIGITS)
    assert held_out.digits.labels.tolist() == [7]
    np.testing.assert_array_equal(held_out.digits.images[0], kept.image)
    assert held_out.sketch(0).drawing.strokes[0].points.tolist() == kept.drawing.strokes[0].points.tolist()
    mine.exchange([kept], [KeptDigit.of(drawn(1, None), 1)])
    assert stamp_of(MY_DIGITS) != stamp
    mine.close()


@pytest.mark.parametrize(
    ("source", "parts"), [("mnist", True), ("builtin", True), ("x.npz", True), (MY_DIGITS, False), ("x.jsonl", False)]
)
def test_only_datasets_have_parts(source, parts):
    assert has_parts(source) is parts
