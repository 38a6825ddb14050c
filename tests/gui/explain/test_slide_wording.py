"""The size of the output as a formula: what is written is true, and Keras agrees."""

import math
import re

import keras
import numpy as np
import pytest

from digitlab.gui.explain.slide.wording import border_text, position_text, size_formula, size_text
from digitlab.insight.lens import inspect
from digitlab.insight.slide import slide_of, slide_over
from digitlab.model.layer import Padding, Pooling, Span, Window
from digitlab.model.layers import Conv2D, Pooling2D
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec


@pytest.mark.parametrize(
    ("window", "text"),
    [
        (Span(5, 1, Padding.VALID), "(28 − 5) / 1 + 1 = 24"),
        (Span(5, 2, Padding.VALID), "⌊(28 − 5) / 2⌋ + 1 = 12"),
        (Span(4, 2, Padding.VALID), "(28 − 4) / 2 + 1 = 13"),
        (Span(5, 2, Padding.SAME), "28 / 2 = 14"),
        (Span(5, 3, Padding.SAME), "⌈28 / 3⌉ = 10"),
    ],
)
def test_the_formula_has_the_numbers_in_it(window, text):
    assert size_formula(window, 28) == text


def value_of(formula: str) -> float:
    """Work a formula out, with the brackets that round."""
    code = formula.replace("−", "-").replace("⌊", "math.floor(").replace("⌈", "math.ceil(")
    return eval(re.sub("[⌋⌉]", ")", code), {"math": math})


def test_five_hundred_formulas_are_true_and_agree_with_keras():
    rng = np.random.default_rng(0)
    for _ in range(500):
        size, stride, length = int(rng.integers(1, 8)), int(rng.integers(1, 5)), int(rng.integers(1, 29))
        padding = Padding.SAME if size > length else (Padding.VALID, Padding.SAME)[int(rng.integers(2))]
        window = Span(size, stride, padding)
        formula, _, result = size_formula(window, length).rpartition(" = ")
        layer = keras.layers.Conv2D(1, size, strides=stride, padding=str(padding))
        assert layer.compute_output_shape((None, length, length, 1))[1] == int(result) == value_of(formula)


def test_the_sides_of_an_input_that_is_not_square_have_a_formula_each():
    assert size_text(Window.of(3, 1, Padding.VALID), (5, 8)) == (
        "Output height (5 − 3) / 1 + 1 = 3, width (8 − 3) / 1 + 1 = 6"
    )
    assert size_text(Window.of(3, 1, Padding.VALID), (5, 5)) == "Output size (5 − 3) / 1 + 1 = 3"
    uneven = Window.of((7, 3), (2, 1), Padding.SAME)
    assert size_text(uneven, (28, 28)) == "Output height 28 / 2 = 14, width 28 / 1 = 28"


def slide(side, size, stride, padding):
    return slide_over(np.ones((side, side), np.float32), np.ones((size, size), np.float32), stride, padding)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((7, 3, 1, Padding.VALID), ""),
        ((7, 3, 1, Padding.SAME), "1 line of zeros on each side"),
        ((28, 5, 2, Padding.SAME), "zeros added: 1 above, 2 below, 1 left and 2 right"),
        ((8, 3, 2, Padding.VALID), "15 inputs under no window"),
        ((9, 1, 3, Padding.SAME), "72 inputs under no window"),
    ],
)
def test_the_border_is_said_in_words(arguments, text):
    assert border_text(slide(*arguments)) == text


def test_a_position_is_explained_in_one_line():
    image = np.full((28, 28), 255, np.uint8)
    weights = np.full((2, 2, 1, 1), 0.5, np.float32)
    spec = ModelSpec("", (Conv2D(1, 2),))
    inspection = inspect(Snapshot.of(spec, [weights, np.array([-3], np.float32)]), image)
    whole, alone = (slide_of(inspection, 0, 0, is_whole=is_whole) for is_whole in (True, False))
    assert position_text(whole, 3, 7) == "row 3, column 7: 4 products = 2.00, − 3.00 bias = −1.00 → ReLU → 0"
    assert position_text(alone, 3, 7) == "row 3, column 7: 4 products = 2.00"
    weights = np.ones((1, 1, 2, 1), np.float32)
    spec = ModelSpec("", (Conv2D(2, 1), Conv2D(1, 1)))
    arrays = [np.ones((1, 1, 1, 2), np.float32), np.zeros(2, np.float32), weights, np.zeros(1, np.float32)]
    deep = slide_of(inspect(Snapshot.of(spec, arrays), image), 1, 0)
    assert (
        position_text(deep, 0, 0)
        == "row 0, column 0: 1 product = 1.00, + 1.00 from 1 other input map, + 0 bias = 2.00 → ReLU → 2.00"
    )


def test_a_pooled_position_is_explained_in_one_line():
    image = np.zeros((28, 28), np.uint8)
    image[0, 0] = 255
    for kind, text in ((Pooling.MAX, "largest of 4 inputs = 1.00"), (Pooling.AVERAGE, "mean of 4 inputs = 0.250")):
        pooled = slide_of(inspect(Snapshot.of(ModelSpec("", (Pooling2D(2, kind),)), []), image), 0, 0)
        assert position_text(pooled, 0, 0) == f"row 0, column 0: {text}"


def test_the_padding_of_a_pooling_is_empty_and_not_counted():
    image = np.zeros((28, 28), np.uint8)
    image[27, 27] = 255
    spec = ModelSpec("", (Pooling2D((3, 5), Pooling.AVERAGE, (3, 5), Padding.SAME),))
    pooled = slide_of(inspect(Snapshot.of(spec, []), image), 0, 0)
    assert border_text(pooled) == "1 line of empty cells on each side"
    assert position_text(pooled, 9, 5) == "row 9, column 5: mean of 8 inputs = 0.125"
    assert position_text(pooled, 5, 2) == "row 5, column 2: mean of 15 inputs = 0"


def test_a_filter_without_a_bias_adds_none():
    image = np.full((28, 28), 255, np.uint8)
    spec = ModelSpec("", (Conv2D(2, 1, use_bias=False), Conv2D(1, 1, use_bias=False)))
    inspection = inspect(Snapshot.of(spec, [np.ones(shape) for shape in ((1, 1, 1, 2), (1, 1, 2, 1))]), image)
    deep = slide_of(inspection, 1, 0)
    assert (
        position_text(deep, 0, 0)
        == "row 0, column 0: 1 product = 1.00, + 1.00 from 1 other input map = 2.00 → ReLU → 2.00"
    )
