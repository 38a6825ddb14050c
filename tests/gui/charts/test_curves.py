"""The data of the plots."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.gui.charts.curves import ACCURACY, LOSS, Thinning, curves_of, envelope, reading_at, trailing_mean
from digitlab.gui.charts.ranges import accuracy_range, log_ticks, loss_range, nice_ceiling, with_margin
from digitlab.runs.run import Run, Series
from tests.helpers.runs import make_started

numbers = st.lists(st.floats(0, 100), min_size=1, max_size=300)


@given(numbers, st.integers(1, 40))
def test_thinning_keeps_the_minimum_and_maximum_of_every_bin(values, bin_size):
    values = np.array(values)
    index, y = envelope(values, 0, len(values), bin_size)
    if bin_size <= 2:
        assert np.array_equal(y, values)
        return
    assert len(y) == 2 * -(-len(values) // bin_size)
    for number, start in enumerate(range(0, len(values), bin_size)):
        part = values[start : start + bin_size]
        assert y[2 * number] == part.min()
        assert y[2 * number + 1] == part.max()
        assert start <= index[2 * number] < start + len(part)


@given(numbers, st.integers(1, 50))
def test_trailing_mean_is_the_mean_of_the_last_values(values, window):
    values = np.array(values)
    means = trailing_mean(values, np.arange(len(values)), window)
    expected = [values[max(index - window + 1, 0) : index + 1].mean() for index in range(len(values))]
    assert means == pytest.approx(np.array(expected), abs=1e-9)


def test_curves_contain_the_numbers_of_the_run(make_run):
    run = make_run(50)
    curves = curves_of(run, LOSS, (0, 0.1), 1000)
    assert np.array_equal(curves.batch_y, run.losses.values)
    assert np.array_equal(curves.batch_x, np.arange(1, run.step + 1) / run.started.steps_per_epoch)
    assert curves.smooth_y == pytest.approx(run.losses.values.cumsum() / np.arange(1, 51))


def test_sixty_thousand_batches_become_two_points_per_pixel_with_all_extremes():
    run = Run(make_started(epochs=100))
    run.losses = run.accuracies = Series(np.random.default_rng(1).random(60_000))
    thinning = Thinning.of(steps_per_epoch=600, epochs_shown=100, width_px=500)
    assert (thinning.bin_size, thinning.window) == (120, 600)
    curves = curves_of(run, LOSS, (0, 100), 500)
    assert len(curves.batch_y) == 1000
    assert curves.batch_y.min() == run.losses.values.min()
    assert curves.batch_y.max() == run.losses.values.max()


def test_a_part_of_a_run_is_thinned_at_the_same_places_and_reaches_beyond_both_edges(make_run):
    run = make_run(6000)
    whole = curves_of(run, LOSS, (0, 4), 300)
    part = curves_of(run, LOSS, (3.01, 7.01), 300)
    assert part.batch_x[0] < 3.01
    assert part.batch_x[-1] > 7.01
    assert part.smooth_x[0] < 3.01
    assert part.smooth_x[-1] > 7.01
    both = np.isin(whole.batch_x, part.batch_x)
    assert both.sum() > 50
    assert np.isin(whole.batch_x[both], part.batch_x).all()
    assert np.isin(whole.batch_y[both], part.batch_y).all()


def test_a_reading_has_the_batch_its_epoch_so_far_and_the_validation_after_it(make_run):
    run = make_run(700)
    ended = reading_at(run, LOSS, 0.5)
    assert (ended.step, ended.epoch) == (300, 1)
    assert ended.batch == run.losses.values[299]
    assert ended.training == run.epochs[0].loss
    assert ended.validation == run.epochs[0].val_loss
    going_on = reading_at(run, ACCURACY, 9.0)
    assert (going_on.step, going_on.epoch) == (700, 2)
    assert going_on.training == pytest.approx(run.accuracies.values[600:].mean())
    assert going_on.validation is None
    assert reading_at(make_run(0), LOSS, 0.5) is None


@given(st.floats(1e-9, 1e12))
def test_nice_ceiling_is_round_and_never_far_above(value):
    assert value * (1 - 1e-8) <= nice_ceiling(value) <= value * 1.51


def test_ranges_do_not_change_with_small_changes_of_the_data():
    assert loss_range(0.1, 2.31, is_log=False) == loss_range(0.05, 2.36, is_log=False) == (0.0, 2.5)
    assert accuracy_range(0.09) == (0.0, 1.0)
    assert accuracy_range(0.93) == pytest.approx((0.92, 1.0))
    low, high = loss_range(0.013, 2.3, is_log=True)
    assert low <= 0.013 < 2.3 <= high


def test_ranges_accept_losses_of_zero_and_of_a_diverged_run():
    low, high = loss_range(0.0, 0.0, is_log=True)
    assert 0 < low < high
    assert loss_range(0.0, 0.0, is_log=False) == (0.0, 1.0)
    assert loss_range(2.3, 3e30, is_log=False)[1] >= 3e30


@pytest.mark.parametrize(("low", "high"), [(0.01, 3.0), (0.2, 0.4), (1e-7, 1e12), (1e-7, 1e30)])
def test_log_ticks_lie_within_the_range_and_are_not_too_many(low, high):
    ticks = log_ticks(low, high, 10)
    assert 1 <= len(ticks) <= 10
    assert all(low * (1 - 1e-9) <= tick <= high * (1 + 1e-9) for tick in ticks)


def test_the_axis_has_space_for_marks_but_starts_at_zero():
    assert with_margin(0.0, 2.0, is_log=False) == pytest.approx((0, 2.06))
    assert with_margin(0.9, 1.0, is_log=False) == pytest.approx((0.897, 1.003))
    assert with_margin(0.01, 10.0, is_log=True) == pytest.approx((-2.09, 1.09))
