"""The findings about a training: a sentence and a health rating for each."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.gui.learning.wording import findings, layer_title, typical_updates
from digitlab.gui.session.values import Columns, Learning, Updates
from digitlab.insight.health import Health
from digitlab.insight.histogram import Histogram
from digitlab.insight.learning import LayerStatistics, SnapshotStatistics
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import epoch, fraction, number, percent

SPEC = ModelSpec("Two", (Conv2D(32, 5), Flatten(), Dense(20, Activation.RELU), Dense(10, Activation.SOFTMAX)))
NO_UPDATES = Updates(np.empty(0, dtype=np.int64), np.empty((0, 3)))
ONES = Histogram.of(np.ones(4, dtype=np.float32))
BROKEN = Histogram.of(np.full(4, np.nan, dtype=np.float32))


def layer(dead: int | None, units: int, fingerprint: int = 1) -> LayerStatistics:
    return LayerStatistics(ONES, ONES, None if dead is None else np.arange(units) < dead, fingerprint)


def stats(
    step: int = 50, dead: tuple[int, int] = (0, 0), fingerprints: tuple[int, int, int] = (1, 2, 3)
) -> SnapshotStatistics:
    layers = (
        layer(dead[0], 32, fingerprints[0]),
        layer(dead[1], 20, fingerprints[1]),
        layer(None, 10, fingerprints[2]),
    )
    return SnapshotStatistics(step, step / 100, layers)


def learning(
    shown: SnapshotStatistics, *before: SnapshotStatistics, updates: Updates = NO_UPDATES, is_of_run: bool = False
) -> Learning:
    measured = (*before, shown)
    steps, epochs = tuple(stats.step for stats in measured), tuple(stats.epoch for stats in measured)
    return Learning(SPEC, Columns(steps, epochs, measured), shown, updates, is_of_run)


def constant(*ratios: float) -> Updates:
    return Updates(np.arange(1, 101), np.tile(np.array(ratios), (100, 1)))


def said(of: Learning) -> list[tuple[Health, str]]:
    return [(finding.health, finding.sentence) for finding in findings(of, of.shown.step)]


def test_layers_without_dead_units_share_a_sentence():
    assert said(learning(stats())) == [(Health.HEALTHY, "Conv 1 and Dense 1: no dead units.")]


@pytest.mark.parametrize(
    ("dead", "sentences"),
    [
        ((3, 2, 1), []),
        ((0, 2, 1), ["Conv 1: no dead filters."]),
        ((0, 0, 1), ["Conv 1 and Dense 1: no dead units."]),
        ((0, 0, 0), ["Conv 1, Dense 1 and Dense 2: no dead units."]),
    ],
)
def test_none_one_two_or_many_layers_without_dead_units_share_a_sentence(dead, sentences):
    relu = Dense(20, Activation.RELU)
    spec = ModelSpec("Three", (Conv2D(32, 5), Flatten(), relu, relu, Dense(10, Activation.SOFTMAX)))
    layers = (layer(dead[0], 32), layer(dead[1], 20), layer(dead[2], 20), layer(None, 10))
    shown = SnapshotStatistics(50, 0.5, layers)
    updates = Updates(np.empty(0, np.int64), np.empty((0, 4)))
    of = Learning(spec, Columns((50,), (0.5,), (shown,)), shown, updates, is_of_run=False)
    assert [sentence for _, sentence in said(of) if "no dead" in sentence] == sentences


@pytest.mark.parametrize(
    ("values", "text"),
    [([np.nan], "1 weight is infinite or not a number."), ([np.nan] * 2, "2 weights are infinite or not a number.")],
)
def test_one_broken_weight_and_several(values, text):
    broken = Histogram.of(np.array([1.0, *values], np.float32))
    layers = (LayerStatistics(broken, ONES, None, 1), layer(None, 20), layer(None, 10))
    assert text in said(learning(SnapshotStatistics(50, 0.5, layers)))[0][1]


@pytest.mark.parametrize(("units", "text"), [(1, "its only filter is dead."), (2, "all 2 filters are dead.")])
def test_the_only_unit_of_a_layer_and_several(units, text):
    spec = ModelSpec("One", (Conv2D(units, 5), Flatten(), Dense(10, Activation.SOFTMAX)))
    shown = SnapshotStatistics(50, 0.5, (layer(units, units), layer(None, 10)))
    updates = Updates(np.empty(0, np.int64), np.empty((0, 2)))
    assert text in said(Learning(spec, Columns((50,), (0.5,), (shown,)), shown, updates, is_of_run=False))[0][1]


def test_dead_units_are_counted_the_worst_layer_first():
    assert said(learning(stats(dead=(3, 20)))) == [
        (
            Health.UNHEALTHY,
            "Dense 1: all 20 units are dead. The layer passes on no signal; restart with a lower learning rate.",
        ),
        (Health.HEALTHY, "Conv 1: 3 of 32 filters dead. A few are normal."),
    ]


def test_a_layer_whose_weights_do_not_change_is_reported_with_the_epoch():
    first = stats(0, fingerprints=(9, 2, 3))
    second, third = stats(40), stats(60, fingerprints=(1, 7, 8))
    (finding, *_) = findings(learning(third, first, second), 60)
    assert finding.health is Health.UNHEALTHY
    assert finding.sentence == "Conv 1: weights unchanged since epoch 0.4. The layer no longer learns."


def test_a_layer_that_changes_is_not_reported_as_unchanged():
    snapshots = [stats(step, fingerprints=(step, step, step)) for step in (0, 10, 20)]
    assert not any("unchanged" in sentence for _, sentence in said(learning(snapshots[2], *snapshots[:2])))


def test_weights_that_are_not_numbers_are_reported():
    good = stats()
    broken = replace(good, layers=(replace(good.layers[0], weights=BROKEN), *good.layers[1:]))
    health, sentence = said(learning(broken))[0]
    assert health is Health.UNHEALTHY
    assert sentence.startswith("Conv 1: 4 weights are infinite or not a number.")


@pytest.mark.parametrize(
    ("ratios", "health", "sentence"),
    [
        ((1e-3, 1e-3, 1e-3), Health.HEALTHY, "Update ratio 1/1,000: about right."),
        (
            (2e-3, 1e-3, 5e-4),
            Health.HEALTHY,
            "Update ratio 1/2,000 to 1/500: about right.",
        ),
        (
            (1e-3, 0.06, 1e-3),
            Health.UNHEALTHY,
            "Dense 1: large updates, 1/20 of the weights. Lower the learning rate.",
        ),
        ((1e-3, 1e-3, 0.0), Health.UNHEALTHY, "Dense 2: the updates are zero, because the gradient is zero."),
        (
            (float("nan"), 1e-3, 1e-3),
            Health.UNHEALTHY,
            "Conv 1: the update ratio is not finite.",
        ),
    ],
)
def test_update_ratios_are_rated(ratios, health, sentence):
    assert (health, sentence) in said(learning(stats(), updates=constant(*ratios), is_of_run=True))


@pytest.mark.parametrize(
    ("ratio", "beginning"),
    [
        (0.02, "Conv 1: large updates, 1/50 of the weights."),
        (2e-5, "Conv 1: small updates, 1/50,000 of the weights."),
    ],
)
def test_update_ratios_slightly_outside_the_range_are_to_be_watched(ratio, beginning):
    found = said(learning(stats(), updates=constant(ratio, 1e-3, 1e-3), is_of_run=True))
    assert [sentence for health, sentence in found if health is Health.WATCH and sentence.startswith(beginning)]


def test_missing_update_ratios_are_reported_only_for_runs():
    finding = (Health.UNKNOWN, "The update ratio was not measured in this run.")
    assert finding in said(learning(stats(), is_of_run=True))
    assert finding not in said(learning(stats()))


def test_typical_updates_are_medians_around_the_snapshot():
    ratios = np.where(np.arange(1, 101) <= 50, 1e-2, 1e-3)
    ratios[74] = 5.0  # one outlier
    updates = Updates(np.arange(1, 101), ratios[:, np.newaxis])
    assert typical_updates(updates, 10) == (1e-2,)
    assert typical_updates(updates, 75) == (1e-3,)
    assert typical_updates(updates, 9_999) == (1e-3,)
    assert typical_updates(NO_UPDATES, 10) == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(0.1234, 2), "0.12"),
        (number(-1.5, 2), "−1.5"),
        (number(42.4, 2), "42"),
        (number(5e-14, 2), "5.0e−14"),
        (number(float("nan")), "not a number"),
        (percent(0.031), "3.1 %"),
        (percent(0.00002), "<0.01 %"),
        (percent(1.0), "100 %"),
        (percent(0.0), "0 %"),
        (fraction(1e-3), "1/1,000"),
        (fraction(0.05), "1/20"),
        (fraction(0.0013), "1/800"),
        (fraction(0.8), "80.0 %"),
        (epoch(0.0), "the start"),
        (epoch(0.0433), "epoch 0.04"),
        (epoch(7.0), "epoch 7"),
        (layer_title(SPEC, 2), "Dense 1"),
    ],
)
def test_numbers_are_short(written, expected):
    assert written == expected


def test_a_single_layer_without_dead_units_is_named_alone():
    spec = ModelSpec("One", (Conv2D(32, 5), Flatten(), Dense(10, Activation.SOFTMAX)))
    shown = SnapshotStatistics(50, 0.5, (layer(0, 32), layer(None, 10)))
    of = Learning(
        spec, Columns((50,), (0.5,), (shown,)), shown, Updates(np.empty(0, np.int64), np.empty((0, 2))), False
    )
    assert said(of) == [(Health.HEALTHY, "Conv 1: no dead filters.")]
