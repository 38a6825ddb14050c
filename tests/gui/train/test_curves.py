"""The numbers behind the plots."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.gui.train.curves import ACCURACY, LOSS, Thinning, curves_of, envelope, reading_at, trailing_mean
from digitlab.gui.train.scale import (
    Scale,
    accuracy_range,
    epoch_ticks,
    linear_ticks,
    log_ticks,
    loss_range,
    nice_ceiling,
)

numbers = st.lists(st.floats(0, 100), min_size=1, max_size=300)


@given(numbers, st.integers(1, 40))
def test_thinning_keeps_least_and_greatest_of_every_bin(values, bin_size):
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


def test_curves_hold_the_runs_own_numbers(make_run):
    run = make_run(50)
    curves = curves_of(run, LOSS, (0, 50), Thinning(1, 1))
    assert np.array_equal(curves.batch_y, run.losses.values)
    assert np.array_equal(curves.batch_x, run.epoch_positions)
    assert curves.smooth_y == pytest.approx(run.losses.values)


def test_sixty_thousand_batches_become_two_points_a_pixel():
    thinning = Thinning.of(steps_per_epoch=600, epochs_shown=100, width_px=500)
    assert thinning.bin_size == 120
    assert thinning.window == 600


def test_reading_tells_the_batch_its_epoch_so_far_and_the_validation_after_it(make_run):
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


def test_ranges_stay_put_while_the_data_move_a_little():
    assert loss_range(0.1, 2.31, is_log=False) == loss_range(0.05, 2.36, is_log=False) == (0.0, 2.5)
    assert accuracy_range(0.09) == (0.0, 1.0)
    assert accuracy_range(0.93) == pytest.approx((0.92, 1.0))
    low, high = loss_range(0.013, 2.3, is_log=True)
    assert low <= 0.013 < 2.3 <= high


def test_ranges_take_losses_of_zero_and_of_a_broken_training():
    low, high = loss_range(0.0, 0.0, is_log=True)
    assert 0 < low < high
    assert loss_range(0.0, 0.0, is_log=False) == (0.0, 1.0)
    assert loss_range(2.3, 3e30, is_log=False)[1] >= 3e30


@pytest.mark.parametrize("low_high", [(0.0, 10.12), (0.0, 1.0), (3.2, 3.4), (0.0, 1000.0), (0.0, 3e30)])
def test_linear_ticks_lie_within_the_range_and_are_not_too_many(low_high):
    low, high = low_high
    ticks = linear_ticks(low, high, 8)
    assert 2 <= len(ticks) <= 9
    assert all(low - 1e-9 <= tick <= high * (1 + 1e-9) for tick in ticks)


def test_epochs_are_whole_until_one_zooms_in():
    assert epoch_ticks(0, 10.12, 20) == [float(epoch) for epoch in range(11)]
    assert epoch_ticks(1, 2, 5) == pytest.approx([1, 1.2, 1.4, 1.6, 1.8, 2])


@pytest.mark.parametrize(("low", "high"), [(0.01, 3.0), (0.2, 0.4), (1e-7, 1e12), (1e-7, 1e30)])
def test_log_ticks_lie_within_the_range_and_are_not_too_many(low, high):
    ticks = log_ticks(low, high, 10)
    assert 1 <= len(ticks) <= 10
    assert all(low * (1 - 1e-9) <= tick <= high * (1 + 1e-9) for tick in ticks)


@pytest.mark.parametrize("is_log", [False, True])
def test_scale_puts_the_ranges_within_the_field_and_back(is_log):
    scale = Scale((2.0, 4.0), (0.1, 10.0), is_log, left=50, top=10, width=200, height=100)
    assert scale.x_px(np.array([2.0, 4.0])) == pytest.approx([50, 250])
    assert scale.x_at(150) == pytest.approx(3.0)
    bottom, top = scale.y_px(np.array([0.1, 10.0]))
    assert 10 < top < 14
    assert 106 < bottom < 110
    middle = 1.0 if is_log else 5.05
    assert scale.y_px(np.array([middle]))[0] == pytest.approx(60)
