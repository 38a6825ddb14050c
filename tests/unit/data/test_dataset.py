"""Labelled images and their classes."""

import numpy as np
import pytest

from digitlab.data.classes import DIGITS, Classes
from digitlab.data.dataset import Dataset, DigitSet
from digitlab.system.errors import DigitLabError

LETTERS = Classes(("A", "B", "ankle boot"))


def images(count=3, side=28, **changes):
    return DigitSet(np.zeros((count, side, side), np.uint8), np.arange(count, dtype=np.uint8), **changes)


def test_classes_have_names_symbols_and_a_word_for_what_they_are():
    assert (DIGITS.noun, DIGITS.name(3), DIGITS.symbol(3), DIGITS.shown(3), DIGITS.name(10)) == (
        *("digit", "3", "3", "digit 3", "no digit"),
    )
    assert (LETTERS.noun, LETTERS.name(2), LETTERS.symbol(2), LETTERS.shown(2)) == (
        "class",
        *["ankle boot", "2"],
        "ankle boot",
    )
    assert (LETTERS.name(3), LETTERS.symbol(3)) == ("no class", "–")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("A",), "There is 1 class."),
        (tuple(str(nth) for nth in range(65)), "There are 65 classes."),
        (("A", "B", "A"), "Two classes have the name “A”."),
        (("A", ""), "A class has the name “”."),
        (("A", "B\n"), "A class has the name"),
        (("A", "x" * 41), "A class has the name"),
    ],
)
def test_odd_names_are_refused(names, reason):
    with pytest.raises(DigitLabError, match=reason):
        Classes(names)


def test_images_are_square_of_8_to_64_pixels_and_labels_are_of_the_classes():
    assert images(side=32, classes=LETTERS).side == 32
    assert images(classes=LETTERS).subset(slice(1, 3)).classes is LETTERS
    for side in (7, 65):
        with pytest.raises(DigitLabError, match="shape"):
            images(side=side)
    with pytest.raises(DigitLabError, match="Some labels are not classes"):
        images(count=4, classes=LETTERS)


def test_both_parts_have_the_same_side_and_classes():
    assert Dataset("", images(), images()).classes is DIGITS
    for other in (images(side=32), images(classes=LETTERS)):
        with pytest.raises(DigitLabError, match="differ in size or in their classes"):
            Dataset("", images(), other)
