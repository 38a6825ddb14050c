"""Histograms against counts worked by hand, and against counting again in wider bins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitlab.insight.histogram import HALF_BINS, Histogram, merged, side_by_side

VALUES = arrays(np.float32, st.integers(1, 30), elements=st.floats(-1000, 1000, width=32, allow_subnormal=False))


def of(*values: float) -> Histogram:
    return Histogram.of(np.array(values, dtype=np.float32))


def test_counts_worked_by_hand():
    # The largest is 0.75: the limit is 1, a bin is 1/128 wide, and 0.5 begins the 64th bin above zero.
    histogram = of(0.5, 0.5039, 0.75, -0.001, 0.0, 0.0)
    assert histogram.exponent == 0
    assert {bin_: count for bin_, count in enumerate(histogram.counts) if count} == {127: 1, 128: 2, 192: 2, 224: 1}
    assert (histogram.low, histogram.high) == pytest.approx((-0.001, 0.75))
    assert (histogram.zeros, histogram.broken, histogram.total) == (2, 0, 6)


def test_the_limit_is_the_next_power_of_two_above_the_largest_size():
    assert of(1.0).exponent == 1
    assert of(-1.0, 0.1).exponent == 1
    assert of(0.2).exponent == -2


def test_values_that_are_not_finite_are_counted_separately():
    histogram = of(0.5, np.nan, np.inf, -np.inf)
    assert (histogram.broken, histogram.total, histogram.low, histogram.high) == (3, 1, 0.5, 0.5)


@pytest.mark.parametrize("values", [(), (np.nan, np.inf), (0.0, 0.0)])
def test_values_without_a_range_are_no_error(values):
    histogram = of(*values)
    assert (histogram.low, histogram.high) == (0.0, 0.0)
    assert histogram.total == (2 if 0.0 in values else 0)


@settings(max_examples=40)
@given(VALUES, VALUES)
def test_merging_the_histograms_of_parts_gives_that_of_the_whole(first, second):
    whole = Histogram.of(np.concatenate([first, second]))
    parts = merged([Histogram.of(first), Histogram.of(second)])
    np.testing.assert_array_equal(parts.counts, whole.counts)
    assert (parts.exponent, parts.low, parts.high, parts.zeros) == (whole.exponent, whole.low, whole.high, whole.zeros)


@settings(max_examples=40)
@given(VALUES, st.integers(0, 12))
def test_widening_equals_counting_again_in_wider_bins(values, doublings):
    histogram = Histogram.of(values)
    limit = 2.0 ** (histogram.exponent + doublings)
    edges = np.linspace(-limit, limit, 2 * HALF_BINS + 1)
    np.testing.assert_array_equal(
        histogram.widened(histogram.exponent + doublings), np.histogram(values.astype(np.float64), edges)[0]
    )


def test_side_by_side_covers_the_values_of_all_histograms():
    table = side_by_side([of(0.1, 0.1, 0.1, 0.9), None, of(-3.0, 3.0)], most_rows=256)
    assert table is not None
    # The second needs a limit of 4, so a row is 1/32: from -96 rows below zero to the row that begins with 96.
    assert (table.low, table.step, len(table.shares)) == (-3.0, 1 / 32, 193)
    assert table.high == 3.0 + 1 / 32
    assert table.shares[96 + 3, 0] == 0.75
    assert table.shares[96 + 28, 0] == 0.25
    assert np.isnan(table.shares[:, 1]).all()
    assert (table.shares[0, 2], table.shares[-1, 2]) == (0.5, 0.5)


@settings(max_examples=40)
@given(VALUES, VALUES, st.integers(2, 40))
def test_side_by_side_keeps_every_value_in_few_rows(first, second, most_rows):
    table = side_by_side([Histogram.of(first), Histogram.of(second)], most_rows)
    assert table is not None
    assert len(table.shares) <= most_rows
    np.testing.assert_allclose(table.shares.sum(axis=0), 1, rtol=1e-5)
    assert table.low <= min(first.min(), second.min())
    assert table.high >= max(first.max(), second.max())


def test_no_histograms_give_no_table():
    assert side_by_side([None, of(np.nan)], most_rows=8) is None
