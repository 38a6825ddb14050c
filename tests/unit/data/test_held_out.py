"""Images to judge on: the test digits of datasets, and files of drawings."""

import json

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawings_file import write_drawings
from digitlab.data.held_out import LoadingCancelledError, load_held_out
from digitlab.data.raster import render
from digitlab.data.strokes import Drawing
from digitlab.errors import DigitLabError


def load(source, cancelled=lambda: False, progress=lambda words, share: None):
    return load_held_out(source, download=False, progress=progress, cancelled=cancelled)


def drawn(digit, label):
    return Drawing(builtin_drawing(digit, builtin_styles(digit)[0]).strokes, label)


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.jsonl.gz"])
def test_drawings_go_the_way_of_the_canvas(tmp_path, name):
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


def test_the_test_digits_of_a_dataset_are_taken(tmp_path):
    path = tmp_path / "digits.npz"
    test = np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28)
    np.savez(path, x_train=test[:1], y_train=np.uint8([5]), x_test=test, y_test=np.uint8([1, 2, 3]))
    held_out = load(path)
    assert held_out.digits.labels.tolist() == [1, 2, 3]
    np.testing.assert_array_equal(held_out.digits.images, test)
    assert held_out.others.shape == (0, 28, 28)


def test_a_file_without_labels_is_told(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"strokes": [[[0, 0], [1, 1]]]}) + "\n")
    with pytest.raises(DigitLabError, match="has a label"):
        load(path)


def test_reading_drawings_can_be_cancelled(tmp_path):
    path = tmp_path / "mine.jsonl"
    write_drawings(path, [drawn(7, 7)])
    with pytest.raises(LoadingCancelledError):
        load(path, cancelled=lambda: True)
