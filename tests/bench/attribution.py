"""Why a network answers as it does: each method of attribution, the preferred image, and the most exciting images."""

from collections.abc import Iterator
from itertools import cycle
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.attribution.gradient_maps import integrated_gradients
from digitlab.attribution.methods import METHODS, MethodId, two_likeliest
from digitlab.attribution.preferred import ascend
from digitlab.attribution.result import Attribution
from digitlab.attribution.strongest import StrongestSearch
from digitlab.data.builtin import builtin_dataset
from digitlab.insight.backward import Target, gradients
from digitlab.insight.lens import Inspection, inspect
from digitlab.model.files.network_file import read_model
from digitlab.model.snapshot import Snapshot
from digitlab.system.assets import model_path
from tests.bench.app_window import say
from tests.bench.rows import Row, median, percentile, timed_ms

NETWORKS: Final = ("tutorial", "pen")
LIVE_MS: Final = 33.0
OCCLUSION_MS: Final = 300.0
DRAWINGS: Final = 40
TEST_IMAGES: Final = 10_000
FIRST_IMAGES: Final = 100


def measure() -> Iterator[Row]:
    """Measure with both shipped networks, over the same drawings."""
    images = builtin_dataset(10, DRAWINGS, seed=5).test.images
    for name in NETWORKS:
        say(f"{name} ...")
        snapshot = read_model(model_path(name))
        inspections = [inspect(snapshot, image) for image in images]
        forward = median(timed_ms(lambda: inspect(snapshot, images[0]), 300))  # noqa: B023  # called at once
        target = Target.logit(snapshot.spec, 4)
        backward = timed_ms(lambda: gradients(inspections[0], target), 300)  # noqa: B023
        yield Row(f"{name}: gradient, median", median(backward), "ms", forward, "forward pass", 2.0, is_ratio_goal=True)
        for method in MethodId:
            yield from _method(name, method, inspections)
        yield Row(f"{name}: largest error of integrated gradients", _largest_error(inspections), "%", goal=1.0)
        ascent = timed_ms(lambda: list(ascend(snapshot, target)), 5, warm_up=1)  # noqa: B023
        yield Row(f"{name}: preferred image of a digit, 100 steps", median(ascent), "ms")
        many = builtin_dataset(10, TEST_IMAGES, seed=5).test.images
        first = timed_ms(lambda: _strongest(snapshot, many[:FIRST_IMAGES]), 5)  # noqa: B023
        yield Row(f"{name}: the images that excite a filter most, of the first {FIRST_IMAGES}", median(first), "ms")
        strongest = timed_ms(lambda: _strongest(snapshot, many), 1, warm_up=0)  # noqa: B023
        yield Row(f"{name}: the images that excite every unit most, of 10,000", strongest[0] / 1000, "s")


def _strongest(snapshot: Snapshot, images: NDArray[np.uint8]) -> None:
    search = StrongestSearch(snapshot, images)
    while not search.is_complete:
        search.look_further()
    search.found(2, 3)


def _target(inspection: Inspection, method: MethodId) -> Target:
    likeliest = two_likeliest(inspection)
    assert likeliest is not None
    spec = inspection.snapshot.spec
    return Target.difference(spec, *likeliest) if METHODS[method].compares else Target.logit(spec, likeliest[0])


def _method(name: str, method: MethodId, inspections: list[Inspection]) -> Iterator[Row]:
    row = METHODS[method]
    pairs = cycle([(inspection, _target(inspection, method)) for inspection in inspections])
    times = timed_ms(lambda: row.attribute(*next(pairs), lambda share: None, lambda: False), 2 * DRAWINGS)
    begins_rough = method in (MethodId.INTEGRATED_GRADIENTS, MethodId.CONTRAST)
    if begins_rough:
        firsts = timed_ms(lambda: _first_map(*next(pairs)), 2 * DRAWINGS)
        yield Row(f"{name}: {row.name}, first map, median", median(firsts), "ms", goal=LIVE_MS)
        yield Row(f"{name}: {row.name}, first map, p95", percentile(firsts, 95), "ms", goal=LIVE_MS)
    goal = LIVE_MS if row.is_live and not begins_rough else OCCLUSION_MS
    yield Row(f"{name}: {row.name}, median", median(times), "ms", goal=goal)
    yield Row(f"{name}: {row.name}, p95", percentile(times, 95), "ms", goal=OCCLUSION_MS)


def _first_map(inspection: Inspection, target: Target) -> None:
    """Compute integrated gradients up to the first, rough map."""
    found: list[Attribution] = []
    integrated_gradients(inspection, target, is_cancelled=lambda: bool(found), rough=found.append)


def _largest_error(inspections: list[Inspection]) -> float:
    errors = []
    for method in (MethodId.INTEGRATED_GRADIENTS, MethodId.CONTRAST):
        for inspection in inspections:
            found = METHODS[method].attribute(
                inspection, _target(inspection, method), lambda share: None, lambda: False
            )
            assert found is not None
            assert found.completeness_error is not None
            errors.append(100 * found.completeness_error)
    return max(errors)
