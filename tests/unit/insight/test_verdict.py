"""The verdict at its thresholds."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.insight.lens import inspect
from digitlab.insight.verdict import (
    BETWEEN_FROM,
    CONFIDENT_FROM,
    DIGIT_FROM,
    POSSIBLE_FROM,
    PROBABLE_FROM,
    Verdict,
    VerdictKind,
)
from digitlab.model.presets import PEN, PRESETS, TUTORIAL
from digitlab.system.errors import DigitLabError
from digitlab.words.verdict import verdict_text
from tests.helpers.networks import random_snapshot


def _outputs(first: float, second: float, *, digit: int = 4, runner_up: int = 9) -> np.ndarray:
    """Return ten outputs that sum to 1: two given ones, and the rest equal."""
    outputs = np.full(10, (1 - first - second) / 8)
    outputs[digit], outputs[runner_up] = first, second
    return outputs


def _with_no_digit(share: float, digits: np.ndarray) -> np.ndarray:
    """Return eleven outputs: the ten scaled to what the eleventh leaves."""
    return np.append(digits * (1 - share), share)


@pytest.mark.parametrize(
    ("first", "second", "kind", "text"),
    [
        (CONFIDENT_FROM, 0.05, VerdictKind.CONFIDENT, "confident"),
        (CONFIDENT_FROM - 0.001, 0.05, VerdictKind.PROBABLE, "probably a 4"),
        (PROBABLE_FROM, 0.1, VerdictKind.PROBABLE, "probably a 4"),
        (PROBABLE_FROM - 0.001, 0.1, VerdictKind.UNCERTAIN, "uncertain"),
        (0.5, BETWEEN_FROM - 0.5, VerdictKind.BETWEEN, "between 4 and 9"),
        (0.5, BETWEEN_FROM - 0.501, VerdictKind.PROBABLE, "probably a 4"),
        (0.6, 0.301, VerdictKind.BETWEEN, "between 4 and 9"),
        (0.6, 0.299, VerdictKind.PROBABLE, "probably a 4"),
        (0.4, 0.36, VerdictKind.BETWEEN, "between 4 and 9"),
        (0.38, 0.36, VerdictKind.UNCERTAIN, "uncertain"),
        (0.2, 0.1, VerdictKind.UNCERTAIN, "uncertain"),
    ],
)
def test_the_verdict_changes_at_the_thresholds(first: float, second: float, kind: VerdictKind, text: str):
    verdict = Verdict.of(_outputs(first, second))
    assert (verdict.kind, verdict_text(verdict)) == (kind, text)
    assert verdict.digit == 4
    assert verdict.runner_up == 9
    assert verdict.digit_score == pytest.approx(first)


@pytest.mark.parametrize(
    ("no_digit", "kind", "text", "digit"),
    [
        (0.05, VerdictKind.CONFIDENT, "confident", 4),
        (0.2, VerdictKind.PROBABLE, "probably a 4", 4),
        (1 - DIGIT_FROM - 1e-6, VerdictKind.UNCERTAIN, "uncertain", 4),
        (1 - DIGIT_FROM + 1e-6, VerdictKind.POSSIBLE, "possibly a 4", 4),
        (1 - POSSIBLE_FROM - 1e-6, VerdictKind.POSSIBLE, "possibly a 4", 4),
        (1 - POSSIBLE_FROM + 1e-6, VerdictKind.NO_DIGIT, "not a digit", None),
        (1.0, VerdictKind.NO_DIGIT, "not a digit", None),
    ],
)
def test_the_eleventh_output_sets_the_digit_score(no_digit, kind, text, digit):
    verdict = Verdict.of(_with_no_digit(no_digit, _outputs(0.98, 0.01)))
    assert (verdict.kind, verdict_text(verdict), verdict.digit) == (kind, text, digit)
    assert verdict.digit_score == pytest.approx(1 - no_digit)


def test_two_digits_compete_beside_a_small_eleventh_output():
    verdict = Verdict.of(_with_no_digit(0.1, _outputs(0.5, 0.45)))
    assert verdict_text(verdict) == "between 4 and 9"


def test_eight_takes_its_own_article():
    assert verdict_text(Verdict.of(_outputs(0.7, 0.1, digit=8))) == "probably an 8"
    assert verdict_text(Verdict.of(_with_no_digit(0.6, _outputs(0.98, 0.0, digit=8)))) == "possibly an 8"


def test_several_digits_are_named_from_left_to_right():
    assert verdict_text(Verdict(VerdictKind.SEVERAL, (4, 7), None, 0.1)) == "several digits: 4 and 7"
    verdict = Verdict(VerdictKind.SEVERAL, (4, 7, 0), None, 0.1)
    assert verdict_text(verdict) == "several digits: 4, 7 and 0"
    assert verdict.digit is None


def test_sigmoid_outputs_above_one_are_scaled_down():
    outputs = np.zeros(10)
    outputs[[4, 9]] = 0.99, 0.95
    verdict = Verdict.of(outputs)
    assert verdict.kind is VerdictKind.BETWEEN
    assert verdict.digit_score == pytest.approx(0.99 / 1.94)


def test_an_eleventh_sigmoid_output_is_not_scaled():
    outputs = np.zeros(11)
    outputs[[4, 10]] = 0.95, 0.7
    verdict = Verdict.of(outputs)
    assert verdict.kind is VerdictKind.POSSIBLE
    assert verdict.digit_score == pytest.approx(0.3)


def test_small_sigmoid_outputs_stay_small():
    verdict = Verdict.of(np.full(10, 0.02) + np.eye(10)[3] * 0.1)
    assert verdict.kind is VerdictKind.UNCERTAIN
    assert verdict.digit == 3
    assert verdict.digit_score == pytest.approx(0.12)


@pytest.mark.parametrize("count", [10, 11])
def test_outputs_that_are_not_finite_give_no_digit(count: int):
    assert Verdict.of([np.nan] * count) == Verdict(VerdictKind.UNCERTAIN, (), None, 0.0)


@pytest.mark.parametrize("count", [9, 12])
def test_other_than_ten_or_eleven_outputs_are_refused(count: int):
    with pytest.raises(DigitLabError, match=rf"\({count},\)"):
        Verdict.of(np.full(count, 1 / count))


@given(st.lists(st.floats(0, 1), min_size=10, max_size=11))
@example([0.0] * 7 + [float(np.nextafter(1, 0)), 1.0, 1.0])  # equal after scaling
def test_any_outputs_give_a_verdict_within_its_ranges(outputs: list[float]):
    verdict = Verdict.of(outputs)
    assert 0.0 <= verdict.digit_score <= 1.0
    assert verdict_text(verdict)
    assert (verdict.digit is None) == (verdict.kind is VerdictKind.NO_DIGIT)
    if verdict.digit is not None:
        assert outputs[verdict.digit] == max(outputs[:10])
        assert verdict.runner_up != verdict.digit


@pytest.mark.parametrize("spec", [TUTORIAL, PEN], ids=["ten outputs", "eleven outputs"])
def test_blank_images_and_plain_shapes_need_no_network(spec):
    snapshot = random_snapshot(spec)
    blank = Verdict.of_inspection(inspect(snapshot, np.zeros((28, 28), np.uint8)))
    assert blank == Verdict(VerdictKind.EMPTY, (), None, 0.0)
    assert verdict_text(blank) == "Draw a digit"
    dot = Verdict.of_inspection(inspect(snapshot, render(Drawing((Stroke.of([[5, 5]]),)))))
    assert dot == Verdict(VerdictKind.NO_DIGIT, (), None, 0.0)


def test_a_network_of_feature_maps_gets_no_verdict():
    image = np.full((28, 28), 255, np.uint8)
    assert Verdict.of_inspection(inspect(random_snapshot(PRESETS["one-conv"]), image)) is None
