"""Scales, ticks and targets of the painted charts."""

import numpy as np
import pytest

from digitlab.gui.charts.scales import (
    SnapshotScale,
    Targets,
    ValueScale,
    accuracy_scale,
    epoch_scale,
    log_scale,
    percent_scale,
)


def texts(scale, length_px=400):
    return [tick.text for tick in scale.ticks(length_px)]


def test_snapshots_are_spaced_evenly_and_steps_between_them_interpolated():
    scale = SnapshotScale((0, 10, 110, 1110), (0.0, 0.1, 1.1, 11.1))
    steps, places = (0, 10, 60, 110, 9_999), [1 / 8, 3 / 8, 4 / 8, 5 / 8, 7 / 8]
    assert [scale.place(step) for step in steps] == pytest.approx(places)
    assert scale.places(steps).tolist() == pytest.approx(places)


def test_as_many_epochs_are_labelled_as_fit():
    scale = SnapshotScale((0, 10, 110, 1110), (0.0, 0.1, 1.1, 11.1))
    assert texts(scale, 60) == ["epoch 0", "11.1"]
    assert texts(scale, 400) == ["epoch 0", "0.1", "1.1", "11.1"]
    assert texts(SnapshotScale((10,), (0.1,))) == []


def test_a_column_is_pointed_at_from_edge_to_edge():
    columns = Targets.columns(4)
    assert [columns.at(place) for place in (-0.1, 0.3, 0.99, 1.0)] == [0, 1, 3, 3]


def test_each_place_points_at_the_nearest_point():
    targets = Targets.nearest([0.0, 0.2, 1.0])
    assert [targets.at(place) for place in (0.0, 0.09, 0.11, 0.59, 0.61, 1.0)] == [0, 0, 1, 1, 2, 2]
    assert Targets.nearest(()).at(0.5) is None


def test_nothing_is_pointed_at_between_targets():
    targets = Targets(np.array([0.1, 0.5]), np.array([0.2, 0.6]))
    assert [targets.at(place) for place in (0.0, 0.15, 0.3, 0.6, 0.7)] == [None, 0, None, 1, None]


def test_the_beginning_of_a_run_has_more_space():
    scale = epoch_scale(10.0, 4)
    assert scale.places([0.0, 2.5, 10.0]).tolist() == pytest.approx([0.0, 0.5, 1.0])
    assert texts(scale) == ["0", "0.5", "1", "2", "5", "10"]
    assert texts(epoch_scale(10.0, 3)) == ["0", "1", "2", "5", "10"]


def test_a_tenfold_reduction_of_errors_has_equal_space():
    scale = accuracy_scale(0.9985)
    assert scale.high == 0.999
    assert scale.places([0.0, 0.9, 0.99, 0.999]).tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert texts(scale)[-2:] == ["99.8 %", "99.9 %"]
    assert accuracy_scale(0.3).high == 0.9


def test_powers_of_ten_are_spaced_evenly():
    scale = log_scale(-5, 7, lambda power: f"1e{power}")
    assert scale.places([1e-5, 10.0, 1e7]).tolist() == pytest.approx([0, 0.5, 1])
    assert texts(scale) == ["1e-5", "1e-2", "1e1", "1e4", "1e7"]


def test_shares_are_labelled_in_percent():
    assert texts(percent_scale(4)) == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert texts(ValueScale(0.0, 1.0)) == []
