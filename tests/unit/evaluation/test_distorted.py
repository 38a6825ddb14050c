"""The accuracy on distorted digits."""

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.dataset import DigitSet
from digitlab.data.drawing.distortions import KINDS, STRENGTHS
from digitlab.data.drawing.photographs import PHOTO_KINDS
from digitlab.data.drawing.raster import render_many
from digitlab.evaluation import distorted
from digitlab.evaluation.distorted import COLUMNS, EMPTY_ROWS, DistortedDigits, DistortedRow, Score
from digitlab.evaluation.reliability import wilson_interval


@pytest.fixture(scope="module")
def drawings():
    return tuple(builtin_drawing(digit, builtin_styles(digit)[0]) for digit in (1, 3, 7))


@pytest.fixture(scope="module")
def digits(drawings):
    return DigitSet(render_many(drawings), np.array([1, 3, 7], np.uint8))


def nearest(digits):
    """Return a classifier that answers with the most similar of the digits."""

    def classify(images):
        known = digits.images.reshape(len(digits), -1).astype(float)
        likeness = images.reshape(len(images), -1).astype(float) @ (known / np.linalg.norm(known, axis=1)[:, None]).T
        return np.eye(10)[digits.labels[likeness.argmax(axis=1)]]

    return classify


def all_rows(digits, classify, is_cancelled=lambda: False):
    return list(digits.evaluate(classify, lambda share: None, is_cancelled))


def test_every_kind_is_evaluated_at_every_strength_cell_by_cell(digits):
    shares = []
    steps = list(DistortedDigits(digits).evaluate(nearest(digits), shares.append, lambda: False))
    assert len(steps) == (len(KINDS) + len(PHOTO_KINDS)) * (1 + len(STRENGTHS))
    assert shares == sorted(shares)
    assert [sum(len(row.scores) for row in rows) for rows in steps] == list(range(1, len(steps) + 1))
    assert [row.kind for row in steps[-1]] == [row.kind for row in EMPTY_ROWS]
    for row in steps[-1]:
        assert len(row.scores) == len(COLUMNS)
        assert row.scores[0] == Score(3, 3)  # undistorted
        assert row.is_photo is (row.kind.name in PHOTO_KINDS)


def test_what_a_classifier_does_not_withstand_is_seen(digits):
    rows = {row.kind.name: row for row in all_rows(DistortedDigits(digits), nearest(digits))[-1]}
    assert rows["faint"].scores[-1].correct == 3  # likeness does not depend on brightness
    assert min(row.scores[-1].correct for row in rows.values()) < 3


def test_a_second_network_is_evaluated_on_the_same_photos_without_making_them_again(digits, drawings, monkeypatch):
    made = []
    photograph = distorted.photographed
    monkeypatch.setattr(distorted, "photographed", lambda *args: made.append(args) or photograph(*args))
    sample = DistortedDigits(digits, drawings)
    first = all_rows(sample, nearest(digits))[-1]
    number = len(made)
    assert number == 3 * (1 + len(PHOTO_KINDS) * len(STRENGTHS))
    assert all_rows(sample, nearest(digits))[-1] == first
    assert len(made) == number
    assert made[0][0] in drawings


def test_cancelling_ends_it_and_keeps_what_is_known(digits):
    calls = []

    def classify(images):
        calls.append(images)
        return None if len(calls) > 5 else nearest(digits)(images)

    rows = all_rows(DistortedDigits(digits), classify)[-1]
    assert sum(len(row.scores) for row in rows) == 6  # five answers, one of which is for two kinds


def test_photos_are_cancelled_between_two_chunks(digits):
    steps = all_rows(DistortedDigits(digits), nearest(digits), lambda: True)
    assert len(steps) == len(KINDS) * len(COLUMNS)


def test_no_more_digits_are_used_than_stated(digits, monkeypatch):
    monkeypatch.setattr(distorted, "INPUT_COUNT", 2)
    monkeypatch.setattr(distorted, "PHOTO_COUNT", 1)
    counts = {row.is_photo: row.scores[0].count for row in all_rows(DistortedDigits(digits), nearest(digits))[-1]}
    assert counts == {False: 2, True: 1}


def test_a_score_has_an_accuracy_with_an_interval():
    assert Score(95, 100).accuracy == 0.95
    assert Score(95, 100).interval == wilson_interval(0.95, 100)
    assert DistortedRow(KINDS["blur"]).scores == ()
