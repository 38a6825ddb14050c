"""The cache finds results by snapshot and data, and drops the least recently used ones first."""

import gc
import weakref

from digitlab.gui.evaluate.cache import ResultCache
from digitlab.gui.session.values import EvaluationResult
from tests.gui.evaluate.conftest import made_result
from tests.helpers.networks import random_snapshot, small_spec


def some(count, seed=0):
    """Return results of some networks on the same data."""
    snapshots = [random_snapshot(small_spec(), seed + index) for index in range(count)]
    first = made_result(snapshots[0])
    return [EvaluationResult(snapshot, first.data, first.metrics, first.predictions, 0.1) for snapshot in snapshots]


def test_results_are_found_by_network_and_data():
    cache = ResultCache()
    first, second = some(2)
    cache.add(first)
    assert cache.find(first.snapshot, first.data).predictions is first.predictions
    assert cache.find(second.snapshot, first.data) is None
    assert cache.find(first.snapshot, made_result(first.snapshot).data) is None


def test_a_result_on_fewer_images_does_not_replace_one_on_more():
    cache = ResultCache()
    (whole,) = some(1)
    few = EvaluationResult(whole.snapshot, whole.data, whole.metrics, _first(whole.predictions, 20), 0.1)
    cache.add(few)
    cache.add(whole)
    cache.add(few)
    assert len(cache.find(whole.snapshot, whole.data).predictions) == 200


def _first(predictions, count):
    columns = (getattr(predictions, name) for name in predictions.__slots__)
    return type(predictions)(*(column if isinstance(column, int) else column[:count] for column in columns))


def test_the_least_recently_used_result_is_dropped_first():
    results = some(4)
    size = results[0].predictions.nbytes + results[0].metrics.nbytes
    cache = ResultCache(budget=3 * size)
    for result in results[:3]:
        cache.add(result)
    cache.find(results[0].snapshot, results[0].data)
    cache.add(results[3])
    found = [cache.find(result.snapshot, result.data) is not None for result in results]
    assert found == [True, False, True, True]
    assert len(cache) == 3


def test_weights_are_not_kept_in_memory():
    cache = ResultCache()
    (result,) = some(1)
    cache.add(result)
    snapshot = weakref.ref(result.snapshot)
    del result
    gc.collect()
    assert snapshot() is None
    assert len(cache) == 1


def test_images_are_not_kept_in_memory():
    cache = ResultCache()
    (result,) = some(1)
    cache.add(result)
    data = weakref.ref(result.data)
    del result
    gc.collect()
    assert data() is None
