"""Lists in sentences: none, one, two and many."""

import pytest

from digitlab.words.lists import listed


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ((), ""),
        (("conv1",), "conv1"),
        (("conv1", "conv2"), "conv1 and conv2"),
        (("conv1", "conv2", "dense"), "conv1, conv2 and dense"),
        (("a", "b", "c", "d"), "a, b, c and d"),
    ],
)
def test_names_are_listed_as_a_sentence_does(names, text):
    assert listed(names) == text
    assert listed(iter(names)) == text
