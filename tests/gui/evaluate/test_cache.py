"""What is remembered of moments, and what is forgotten first."""

import gc
import weakref

from digitlab.gui.evaluate.cache import JudgedCache
from digitlab.gui.session.values import Judged
from tests.gui.evaluate.conftest import made_judged
from tests.helpers.networks import random_snapshot, small_spec


def some(count, seed=0):
    """Return results of some networks on the same data."""
    snapshots = [random_snapshot(small_spec(), seed + index) for index in range(count)]
    first = made_judged(snapshots[0])
    return [Judged(snapshot, first.data, first.judgement, first.answered, 0.1) for snapshot in snapshots]


def test_results_are_found_by_network_and_data():
    cache = JudgedCache()
    first, second = some(2)
    cache.add(first)
    assert cache.find(first.snapshot, first.data).answered is first.answered
    assert cache.find(second.snapshot, first.data) is None
    assert cache.find(first.snapshot, made_judged(first.snapshot).data) is None


def test_figures_on_fewer_images_do_not_replace_better_ones():
    cache = JudgedCache()
    (whole,) = some(1)
    few = Judged(whole.snapshot, whole.data, whole.judgement, _first(whole.answered, 20), 0.1)
    cache.add(few)
    cache.add(whole)
    cache.add(few)
    assert len(cache.find(whole.snapshot, whole.data).answered) == 200


def _first(answered, count):
    return type(answered)(*(getattr(answered, name)[:count] for name in answered.__slots__))


def test_what_was_not_looked_at_for_long_goes_first():
    results = some(4)
    size = results[0].answered.nbytes + results[0].judgement.nbytes
    cache = JudgedCache(budget=3 * size)
    for judged in results[:3]:
        cache.add(judged)
    cache.find(results[0].snapshot, results[0].data)
    cache.add(results[3])
    found = [cache.find(judged.snapshot, judged.data) is not None for judged in results]
    assert found == [True, False, True, True]
    assert len(cache) == 3


def test_weights_are_not_kept_in_memory():
    cache = JudgedCache()
    (judged,) = some(1)
    cache.add(judged)
    snapshot = weakref.ref(judged.snapshot)
    del judged
    gc.collect()
    assert snapshot() is None
    assert len(cache) == 1


def test_images_are_not_kept_in_memory():
    cache = JudgedCache()
    (judged,) = some(1)
    cache.add(judged)
    data = weakref.ref(judged.data)
    del judged
    gc.collect()
    assert data() is None
