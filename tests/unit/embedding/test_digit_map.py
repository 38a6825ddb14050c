"""Maps of digits: growth, the place of a drawing, several snapshots, t-SNE."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import DigitSet
from digitlab.embedding.digit_map import STAGES, MapMaker, MapMethod
from digitlab.embedding.hidden import features_of
from digitlab.embedding.tsne import MissingLibraryError, Neighbours, embed
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from tests.helpers.networks import random_snapshot

SMALL = ModelSpec("Small", (Flatten(), Dense(12, Activation.RELU), Dense(10, Activation.SOFTMAX)))


@pytest.fixture(scope="module")
def digits():
    return builtin_dataset(10, 350, seed=4).test


@pytest.fixture(scope="module")
def snapshot():
    return random_snapshot(SMALL)


def last(maker):
    return list(maker.by_pca())[-1]


def test_a_map_grows_and_has_the_same_digits_first(digits, snapshot):
    maps = list(MapMaker(snapshot, digits).by_pca())
    assert [len(found) for found in maps] == [STAGES[0], len(digits)]
    assert (maps[1].indices[: len(maps[0])] == maps[0].indices).all()
    assert sorted(maps[1].indices) == list(range(len(digits)))
    assert (maps[1].labels == digits.labels[maps[1].indices]).all()


def test_a_growing_map_is_not_turned(digits, snapshot):
    first, whole = MapMaker(snapshot, digits).by_pca()
    size = np.abs(first.points).mean()
    assert np.abs(whole.points[: len(first)] - first.points).mean() < 0.1 * size


@pytest.mark.parametrize("preset", ["small", "one-conv"])
def test_a_drawing_that_is_one_of_the_digits_lies_where_that_digit_is(digits, preset):
    snapshot = random_snapshot(PRESETS.get(preset, SMALL))
    found = last(MapMaker(snapshot, DigitSet(digits.images[:40], digits.labels[:40])))
    for row in (0, 7, 39):
        place = found.place(features_of(inspect(snapshot, digits.images[found.indices[row]])))
        assert place == pytest.approx(found.points[row], abs=1e-4 * float(np.abs(found.points).max()))


def test_the_prediction_of_a_digit_is_that_of_the_network(digits, snapshot):
    found = last(MapMaker(snapshot, digits))
    outputs = inspect(snapshot, digits.images[found.indices[3]]).outputs
    answer, confidence = found.prediction(3)
    assert answer == outputs.argmax()
    assert confidence == pytest.approx(outputs.max(), abs=1e-5)
    assert last(MapMaker(random_snapshot(PRESETS["one-conv"]), digits)).prediction(3) is None


def test_maps_of_two_snapshots_lie_on_one_another(digits, snapshot):
    # All hidden units in another order, and each weight changed a little: a map without directions could be anywhere.
    order = np.random.default_rng(0).permutation(12)
    (flat, (kernel, bias), (out, out_bias)) = snapshot.weights
    changed = (kernel[:, order] * np.float32(1.02), bias[order]), (out[order], out_bias)
    other = Snapshot(SMALL, (flat, *changed), step=1)
    reference = last(MapMaker(snapshot, digits))
    followed = last(MapMaker(other, digits, reference))
    assert followed.points == pytest.approx(1.02 * reference.points, abs=0.01 * float(np.abs(reference.points).max()))


def test_cancelling_ends_without_a_map(digits, snapshot):
    asked = iter([False] * 2 + [True] * 100)
    assert list(MapMaker(snapshot, digits).by_pca(is_cancelled=lambda: next(asked))) == []


def test_a_diverged_network_is_refused(digits, snapshot):
    (flat, (kernel, bias), outputs) = snapshot.weights
    broken = replace(snapshot, weights=(flat, (kernel * np.float32(np.inf), bias), outputs))
    with pytest.raises(DigitLabError, match="not finite"), np.errstate(invalid="ignore"):
        last(MapMaker(broken, digits))


def test_without_the_library_it_says_how_to_install_it(digits, snapshot, monkeypatch):
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    with pytest.raises(MissingLibraryError, match="pip install openTSNE"):
        MapMaker(snapshot, digits).by_tsne()


def test_a_drawing_is_placed_among_its_neighbours():
    from digitlab.embedding.plane import Plane

    plane = Plane(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), 1.0)
    known = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [9, 9], [8, 9]], np.float32)
    points = np.array([[5, 5], [6, 5], [5, 6], [6, 6], [50, 50], [50, 51]], np.float32)
    neighbours = Neighbours(plane, known, points)
    assert neighbours.place(known[1]) == pytest.approx(points[1], abs=1e-3)
    # The four corners are equally far; the fifth neighbour, 8.1² : 0.5 times as far, moves it by a third of a unit.
    weights = np.array([2, 2, 2, 2, 1 / (7.5**2 + 8.5**2)])
    expected = (weights @ np.array([[5, 5], [6, 5], [5, 6], [6, 6], [50, 51]])) / weights.sum()
    assert neighbours.place(np.array([0.5, 0.5], np.float32)) == pytest.approx(expected, rel=1e-4)


def clusters():
    rng = np.random.default_rng(0)
    centres = 20 * rng.standard_normal((4, 8))
    return np.repeat(np.arange(4), 25), (np.repeat(centres, 25, axis=0) + rng.standard_normal((100, 8))).astype("f4")


def test_tsne_keeps_clusters_apart_and_reports_its_progress():
    pytest.importorskip("openTSNE")
    labels, reduced = clusters()
    reports = []
    points = embed(reduced, reduced[:, :2], lambda share, found: reports.append((share, found.shape)))
    shares = [share for share, _ in reports]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert {shape for _, shape in reports} == {(100, 2)}
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (labels[distances.argmin(axis=1)] == labels).all()


def test_tsne_is_cancelled_within_some_iterations():
    pytest.importorskip("openTSNE")
    _, reduced = clusters()
    reports = []
    found = embed(reduced, reduced[:, :2], lambda *report: reports.append(report), lambda: len(reports) >= 3)
    assert found is None
    assert len(reports) == 3


def test_tsne_needs_some_digits():
    with pytest.raises(DigitLabError, match="at least 10"):
        embed(np.zeros((9, 2), np.float32), np.zeros((9, 2), np.float32))


def test_a_map_by_tsne_has_the_digits_of_the_one_by_pca(digits, snapshot):
    pytest.importorskip("openTSNE")
    some = DigitSet(digits.images[:60], digits.labels[:60])
    found = MapMaker(snapshot, some).by_tsne()
    assert found.method is MapMethod.TSNE
    assert (found.indices == last(MapMaker(snapshot, some)).indices).all()
    place = found.place(features_of(inspect(snapshot, some.images[found.indices[5]])))
    assert place == pytest.approx(found.points[5], abs=1e-2 * float(np.abs(found.points).max()))
