"""The verdict at its thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.errors import DigitLabError
from digitlab.insight.verdict import BETWEEN_FROM, PROBABLE_FROM, SURE_FROM, Verdict, VerdictKind


def _outputs(first: float, second: float, *, digit: int = 4, runner_up: int = 9) -> np.ndarray:
    """Return ten outputs that sum to 1, with two given ones and the rest even."""
    outputs = np.full(10, (1 - first - second) / 8)
    outputs[digit], outputs[runner_up] = first, second
    return outputs


def test_a_blank_image_gets_no_digit_however_sure_the_network_is():
    verdict = Verdict.of(_outputs(1.0, 0.0), is_blank=True)
    assert verdict == Verdict(VerdictKind.EMPTY, None, None, 0.0)
    assert verdict.text == "Draw a digit"


@pytest.mark.parametrize(
    ("first", "second", "kind", "text"),
    [
        (SURE_FROM, 0.05, VerdictKind.SURE, "sure"),
        (SURE_FROM - 0.001, 0.05, VerdictKind.PROBABLE, "probably a 4"),
        (PROBABLE_FROM, 0.1, VerdictKind.PROBABLE, "probably a 4"),
        (PROBABLE_FROM - 0.001, 0.1, VerdictKind.UNSURE, "not sure"),
        (0.5, BETWEEN_FROM - 0.5, VerdictKind.BETWEEN, "between 4 and 9"),
        (0.5, BETWEEN_FROM - 0.501, VerdictKind.PROBABLE, "probably a 4"),
        (0.6, 0.301, VerdictKind.BETWEEN, "between 4 and 9"),
        (0.6, 0.299, VerdictKind.PROBABLE, "probably a 4"),
        (0.4, 0.36, VerdictKind.BETWEEN, "between 4 and 9"),
        (0.38, 0.36, VerdictKind.UNSURE, "not sure"),
        (0.1, 0.1, VerdictKind.UNSURE, "not sure"),
    ],
)
def test_words_change_at_the_thresholds(first: float, second: float, kind: VerdictKind, text: str):
    verdict = Verdict.of(_outputs(first, second), is_blank=False)
    assert (verdict.kind, verdict.text) == (kind, text)
    assert (verdict.digit is None) == (kind is VerdictKind.UNSURE)
    assert verdict.is_digit == pytest.approx(first)


def test_eight_takes_its_own_article():
    assert Verdict.of(_outputs(0.7, 0.1, digit=8), is_blank=False).text == "probably an 8"


def test_sigmoid_outputs_above_one_are_scaled_down():
    outputs = np.zeros(10)
    outputs[[4, 9]] = 0.99, 0.95
    verdict = Verdict.of(outputs, is_blank=False)
    assert verdict.kind is VerdictKind.BETWEEN
    assert verdict.is_digit == pytest.approx(0.99 / 1.94)


def test_small_sigmoid_outputs_stay_small():
    verdict = Verdict.of(np.full(10, 0.02) + np.eye(10)[3] * 0.1, is_blank=False)
    assert verdict.kind is VerdictKind.UNSURE
    assert verdict.is_digit == pytest.approx(0.12)


def test_outputs_that_are_no_numbers_give_no_digit():
    assert Verdict.of([np.nan] * 10, is_blank=False) == Verdict(VerdictKind.UNSURE, None, None, 0.0)


def test_other_than_ten_outputs_are_refused():
    with pytest.raises(DigitLabError, match=r"\(9,\)"):
        Verdict.of(np.full(9, 1 / 9), is_blank=False)


@given(st.lists(st.floats(0, 1), min_size=10, max_size=10), st.booleans())
def test_any_outputs_give_a_verdict_within_its_ranges(outputs: list[float], is_blank: bool):
    verdict = Verdict.of(outputs, is_blank=is_blank)
    assert 0.0 <= verdict.is_digit <= 1.0
    assert verdict.text
    if verdict.digit is not None:
        assert outputs[verdict.digit] == max(outputs)
        assert verdict.runner_up != verdict.digit
