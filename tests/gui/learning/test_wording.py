"""What is said of a training: a sentence and a state for each finding."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.gui.charts.snapshot_axis import SnapshotAxis
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
    return SnapshotStatistics(step, step / 100, layers, 100)


def learning(
    shown: SnapshotStatistics, *before: SnapshotStatistics, updates: Updates = NO_UPDATES, is_of_run: bool = False
) -> Learning:
    moments = (*before, shown)
    steps, epochs = tuple(m.step for m in moments), tuple(m.epoch for m in moments)
    return Learning(SPEC, Columns(steps, epochs, moments), shown, updates, is_of_run)


def constant(*ratios: float) -> Updates:
    return Updates(np.arange(1, 101), np.tile(np.array(ratios), (100, 1)))


def said(of: Learning) -> list[tuple[Health, str]]:
    return [(finding.health, finding.sentence) for finding in findings(of, of.shown.step)]


def test_layers_without_dead_units_are_praised_together():
    assert said(learning(stats())) == [(Health.HEALTHY, "Conv 1 and Dense 1: every unit is alive.")]


def test_dead_units_are_counted_the_worst_layer_first():
    assert said(learning(stats(dead=(3, 20)))) == [
        (
            Health.UNHEALTHY,
            "Dense 1: all 20 units are dead. Nothing passes any more; start anew with a smaller learning rate.",
        ),
        (Health.HEALTHY, "Conv 1: 3 of 32 filters dead. A few are usual."),
    ]


def test_a_layer_that_stands_still_is_told_with_the_time_since_when():
    first = stats(0, fingerprints=(9, 2, 3))
    second, third = stats(40), stats(60, fingerprints=(1, 7, 8))
    (finding, *_) = findings(learning(third, first, second), 60)
    assert finding.health is Health.UNHEALTHY
    assert finding.sentence == "Conv 1: unchanged since epoch 0.40. It learns nothing any more."


def test_a_layer_that_changes_is_not_said_to_stand_still():
    moments = [stats(step, fingerprints=(step, step, step)) for step in (0, 10, 20)]
    assert not any("unchanged" in sentence for _, sentence in said(learning(moments[2], *moments[:2])))


def test_weights_that_are_no_numbers_are_told():
    good = stats()
    broken = replace(good, layers=(replace(good.layers[0], weights=BROKEN), *good.layers[1:]))
    health, sentence = said(learning(broken))[0]
    assert health is Health.UNHEALTHY
    assert sentence.startswith("Conv 1: 4 weights are infinite or not a number.")


@pytest.mark.parametrize(
    ("ratios", "health", "sentence"),
    [
        ((1e-3, 1e-3, 1e-3), Health.HEALTHY, "A step changes the layers by about 1/1,000 of the weights: about right."),
        (
            (2e-3, 1e-3, 5e-4),
            Health.HEALTHY,
            "A step changes the layers by 1/2,000 to 1/500 of the weights: about right.",
        ),
        (
            (1e-3, 0.06, 1e-3),
            Health.UNHEALTHY,
            "Dense 1: long steps, 1/20 of the weights. Lower the learning rate.",
        ),
        ((1e-3, 1e-3, 0.0), Health.UNHEALTHY, "Dense 2: the steps change nothing. Its gradient is zero."),
        (
            (float("nan"), 1e-3, 1e-3),
            Health.UNHEALTHY,
            "Conv 1: the length of its steps is not a number.",
        ),
    ],
)
def test_the_length_of_steps_is_judged(ratios, health, sentence):
    assert (health, sentence) in said(learning(stats(), updates=constant(*ratios), is_of_run=True))


@pytest.mark.parametrize(
    ("ratio", "beginning"),
    [
        (0.02, "Conv 1: long steps, 1/50 of the weights."),
        (2e-5, "Conv 1: short steps, 1/50,000 of the weights."),
    ],
)
def test_steps_a_little_off_are_to_be_watched(ratio, beginning):
    found = said(learning(stats(), updates=constant(ratio, 1e-3, 1e-3), is_of_run=True))
    assert [sentence for health, sentence in found if health is Health.WATCH and sentence.startswith(beginning)]


def test_runs_without_measured_steps_say_so_and_networks_alone_do_not():
    words = (Health.UNKNOWN, "How long the steps are was not measured in this run.")
    assert words in said(learning(stats(), is_of_run=True))
    assert words not in said(learning(stats()))


def test_typical_updates_are_medians_about_the_moment():
    ratios = np.where(np.arange(1, 101) <= 50, 1e-2, 1e-3)
    ratios[74] = 5.0  # one long step by chance
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
        (epoch(7.0), "epoch 7.00"),
        (layer_title(SPEC, 2), "Dense 1"),
    ],
)
def test_figures_are_short(written, expected):
    assert written == expected


def test_moments_stand_evenly_and_steps_between_them_in_between():
    axis = SnapshotAxis((0, 10, 110, 1110), (0.0, 0.1, 1.1, 11.1))
    assert [axis.position(step) for step in (0, 10, 60, 110, 9_999)] == pytest.approx(
        [1 / 8, 3 / 8, 4 / 8, 5 / 8, 7 / 8]
    )
    assert [axis.column_at(position) for position in (-0.1, 0.3, 0.99, 1.0)] == [0, 1, 3, 3]
    assert axis.nearest(70) == 2
    assert [text for _, text in axis.ticks(2)] == ["0", "11.1"]
