"""The formatters of numbers; above all, that a value is not written as 0 % or 100 % if it is not exactly that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.model.snapshot import Snapshot
from digitlab.words.numbers import (
    count,
    duration,
    epoch,
    epoch_label,
    epoch_number,
    epoch_text,
    exact_number,
    exact_percent,
    fraction,
    loss,
    number,
    percent,
    percent_range,
    points,
    probability,
    size,
    speed,
    times,
)
from tests.helpers.networks import small_spec

NAN, INF = float("nan"), float("inf")
VALUES = (0.0, 1e-9, 0.00004, 0.0005, 0.5, 0.9995, 0.99996, 1.0, NAN, INF, -INF)
"""One table for all formatters: the bounds of a share, values close to them, and values that are not finite."""

TABLE = {
    percent: "0 %, <0.01 %, <0.01 %, 0.1 %, 50.0 %, 99.95 %, >99.99 %, 100 %, not a number, ∞ %, −∞ %",
    lambda share: percent(share, of=50): "0 %, <1 %, <1 %, <1 %, 50 %, >99 %, >99 %, 100 %, not a number, ∞ %, −∞ %",
    lambda share: percent(share, of=10_000): (
        "0 %, <0.01 %, <0.01 %, 0.05 %, 50.00 %, 99.95 %, >99.99 %, 100 %, not a number, ∞ %, −∞ %"
    ),
    lambda share: percent(share, decimals=0): (
        "0 %, <1 %, <1 %, <1 %, 50 %, >99 %, >99 %, 100 %, not a number, ∞ %, −∞ %"
    ),
    points: (
        "0 points, <0.01 points, <0.01 points, 0.1 points, 50.0 points, 99.95 points, >99.99 points, 100 points, "
        "not a number, ∞, −∞"
    ),
    number: "0, 1.00e−9, 4.00e−5, 0.000500, 0.500, 1.00, 1.00, 1.00, not a number, ∞, −∞",
    lambda value: number(value, 2): "0, 1.0e−9, 4.0e−5, 0.00050, 0.50, 1.0, 1.0, 1.0, not a number, ∞, −∞",
    loss: "0, 1.00e−9, 4.00e−5, 0.0005, 0.5000, 0.9995, 1.0000, 1.0000, not a number, ∞, −∞",
    fraction: "0, 1/1,000,000,000, 1/20,000, 1/2,000, 50.0 %, 99.95 %, >99.99 %, 100 %, not a number, ∞, −∞",
    duration: "0 s, <0.1 s, <0.1 s, <0.1 s, 0.5 s, 1 s, 1 s, 1 s, not a number, ∞ s, −∞ s",
    lambda value: speed(value).removesuffix(" images/s"): "0, 1e−9, 4e−5, 0.0005, 0.5, 1, 1, 1, not a number, ∞, −∞",
    epoch_number: "0, 1e−9, 4e−5, 0.0005, 0.5, 1, 1, 1, not a number, ∞, −∞",
}


@pytest.mark.parametrize(("write", "texts"), TABLE.items())
def test_only_exact_bounds_are_written_as_bounds(write, texts):
    assert [write(value) for value in VALUES] == texts.split(", ")


SHARES = st.floats(0, 1, exclude_min=True, exclude_max=True)


@given(SHARES, st.integers(1, 1_000_000), st.integers(0, 3))
def test_a_share_between_0_and_1_is_never_written_as_either(share, of, decimals):
    for text in (percent(share), percent(share, of), percent(share, decimals=decimals)):
        assert float(text.strip("<> %")) not in (0.0, 100.0) or text[0] in "<>"
    assert text.endswith(" %")


@given(SHARES)
def test_a_percentage_is_accurate_to_its_last_digit(share):
    text = percent(share).removesuffix(" %")
    shown = float(text.lstrip("<>")) / 100
    match text[0]:
        case "<":
            assert 0 < share < shown
        case ">":
            assert shown < share < 1
        case _:
            step = 10.0 ** -(2 + len(text.partition(".")[2]))
            assert abs(shown - share) <= 0.5001 * step


@given(st.floats(-1e300, 1e300), st.integers(1, 8))
def test_a_number_reads_back_to_its_significant_digits(value, digits):
    text = number(value, digits)
    assert "-" not in text
    assert float(text.replace("−", "-").replace(",", "")) == pytest.approx(value, rel=0.5001 * 10.0 ** (1 - digits))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.8345, "1.83"),
        (9.996, "10.0"),
        (-0.02, "−0.0200"),
        (123.4, "123"),
        (1234.5, "1,234"),
        (999_999.9, "1,000,000"),
        (2.5e9, "2.50e9"),
        (-1.234e-7, "−1.23e−7"),
    ],
)
def test_numbers_have_three_significant_digits_and_a_typographic_minus_sign(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.9806, "98.1 %"),
        (0.9994, "99.9 %"),
        (0.99968, "99.97 %"),
        (0.99999, ">99.99 %"),
        (0.0004, "0.04 %"),
        (0.00001, "<0.01 %"),
        (1.8, "180.0 %"),
        (1.0000001, "100 %"),
    ],
)
def test_shares_have_one_decimal_or_as_many_as_they_need(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("right", "number", "text"),
    [
        (1, 3, "33 %"),
        (13, 15, "87 %"),
        (98, 99, "99 %"),
        (0, 15, "0 %"),
        (15, 15, "100 %"),
        (199, 200, "99.5 %"),
        (1, 1999, "0.1 %"),
        (1998, 1999, "99.9 %"),
        (9814, 10_000, "98.14 %"),
        (59_999, 60_000, ">99.99 %"),
    ],
)
def test_shares_have_no_more_decimals_than_their_count_supports(right, number, text):
    assert percent(right / number, number) == text


def test_exact_percentages_are_not_rounded():
    assert [exact_percent(share) for share in (0, 0.02, 0.975, 0.9999, 1)] == [
        "0 %",
        "2 %",
        "97.5 %",
        "99.99 %",
        "100 %",
    ]
    assert [exact_number(value) for value in (0.01, -2.5, 1e-6, 3e12)] == ["0.01", "−2.5", "1e−6", "3e12"]


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((0.85, 0.9), "85 to 90 %"),
        ((0.2, 0.8), "20 to 80 %"),
        ((0.9889, 0.9931), "98.9 to 99.3 %"),
        ((0.9996, 1.0), "99.96 to 100 %"),
        ((0.99998, 1.0), ">99.99 to 100 %"),
        ((0.0, 0.0004), "0 to 0.04 %"),
    ],
)
def test_intervals_have_enough_decimals_to_distinguish_their_ends(ends, text):
    assert percent_range(*ends) == text


def test_differences_of_shares_are_points():
    assert points(0.0651) == "6.5 points"
    assert points(-0.0651) == "−6.5 points"


def test_small_ratios_are_fractions_of_one():
    assert [fraction(ratio) for ratio in (1e-3, 0.05, 0.0013, 0.8)] == ["1/1,000", "1/20", "1/800", "80.0 %"]


def test_losses_have_four_decimals():
    assert [loss(value) for value in (0.07314, 2.30259, 1234.5)] == ["0.0731", "2.3026", "1,234"]


def test_counts():
    assert [count(number, "bias", "biases") for number in (0, 1, 2)] == ["0 biases", "1 bias", "2 biases"]
    assert (count(1, "epoch"), count(0, "epoch"), count(1200, "digit")) == ("1 epoch", "0 epochs", "1,200 digits")
    assert (times(1), times(0), times(1200)) == ("once", "0 times", "1,200 times")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0.4 s"),
        (5, "5 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (41, "41 s"),
        (161, "2 min 41 s"),
        (4320, "1 h 12 min"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_speeds_and_sizes():
    assert [speed(value) for value in (2314.0, 87.4, 0.5)] == ["2,310 images/s", "87 images/s", "0.5 images/s"]
    assert [size(value) for value in (40, 73_728, 1_200_000)] == ["40 B", "73.7 kB", "1.2 MB"]


def test_epochs():
    assert epoch_label(Snapshot(small_spec(), ())) == "untrained"
    assert epoch_label(Snapshot(small_spec(), (), step=7, epoch=0.25)) == "epoch 0.25"
    assert epoch_text(0.00167) == "epoch 0.002"
    assert epoch_text(10.0) == "epoch 10"
    assert (epoch(0), epoch(7)) == ("the start", "epoch 7")
    assert [epoch_number(value) for value in (0, 0.041, 1 / 12, 2.3, 7, 100)] == [
        "0",
        "0.04",
        "0.08",
        "2.3",
        "7",
        "100",
    ]


@given(st.floats(0, 1000) | st.sampled_from([0.03, 1 / 12, 0.995, 2.5, 7.0]))
def test_the_same_epoch_reads_the_same_everywhere(value):
    in_text, in_sentence = epoch_text(value), epoch(value)
    assert in_text == f"epoch {epoch_number(value)}"
    assert in_sentence == ("the start" if value == 0 else in_text)


@pytest.mark.parametrize(
    ("output", "text"),
    [(1.0, ">99.99 %"), (0.99996, ">99.99 %"), (0.983, "98.3 %"), (1e-9, "<0.01 %"), (0.0, "<0.01 %")],
)
def test_a_probability_of_a_network_never_reads_as_certain(output, text):
    assert probability(output) == text


def test_a_probability_in_little_space_never_reads_as_certain():
    assert [probability(output, decimals=0) for output in (1.0, 0.984, 0.0)] == [">99 %", "98 %", "<1 %"]


def test_an_output_that_is_not_a_number_says_so():
    assert probability(float("nan")) == "not a number"
