"""Verdicts as text."""

import pytest

from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.words.verdict import verdict_text


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        ((4, 7), "several digits: 4 and 7"),
        ((1, 2, 3), "several digits: 1, 2 and 3"),
        ((0,) * 4, "several digits: 0, 0, 0 and 0"),
    ],
)
def test_several_digits_are_listed(digits, text):
    assert verdict_text(Verdict(VerdictKind.SEVERAL, digits, None, 1.0)) == text


def test_more_digits_than_are_read():
    assert verdict_text(Verdict(VerdictKind.MANY, (), None, 0.0)) == "several digits, more than I read"
