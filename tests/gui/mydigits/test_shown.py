"""Which of the user's own digits are shown, and with which text."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.evaluation.prediction_cache import UNKNOWN
from digitlab.gui.mydigits.shown import Filter, ShownDigits
from digitlab.gui.widgets.gallery.tile import Badge

LABELS = np.array([1, 7, 7, 2], np.int8)
ANSWERS = np.array([1, 1, 7, UNKNOWN], np.int8)


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        (Filter(), [0, 1, 2, 3]),
        (Filter(digit=7), [1, 2]),
        (Filter(only_wrong=True), [1]),
        (Filter(answer=1), [0, 1]),
        (Filter(digit=7, answer=1), [1]),
        (Filter(digit=2, only_wrong=True), []),
    ],
)
def test_a_filter_selects_by_label_and_answer(chosen, rows):
    assert chosen.rows(LABELS, ANSWERS).tolist() == rows


def kept(label):
    digit = KeptDigit.of(builtin_drawing(label, builtin_styles(label)[0]), label)
    return replace(digit, kept_at=datetime(2026, 5, 4, 9, 30, tzinfo=UTC))


def test_items_are_made_of_the_rows_shown():
    digits = tuple(kept(int(label)) for label in LABELS)
    shown = ShownDigits(digits, ANSWERS, np.array([3, 1, 0]))
    unknown, wrong, correct = (shown.item(place) for place in range(3))
    assert [item.label for item in (unknown, wrong, correct)] == ["2", "7", "1"]
    assert [item.badge for item in (unknown, wrong, correct)] == [Badge.NONE, Badge.WRONG, Badge.CORRECT]
    assert wrong.wrong_answer == "1"
    assert wrong.pixels == digits[1].image.tobytes()
    assert unknown.text == "2, not classified yet"
    assert correct.text == "1, classified correctly"
    local = datetime(2026, 5, 4, 9, 30, tzinfo=UTC).astimezone()
    assert wrong.tooltip == f"7, classified as 1\nkept {local:%Y-%m-%d %H:%M}"
