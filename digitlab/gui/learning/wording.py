"""What is healthy in a training, in plain words. No Qt in here."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from digitlab.gui.session.values import Columns, Learning, Updates
from digitlab.insight.health import IDEAL_UPDATE, Health, health_of_dead, health_of_update
from digitlab.insight.learning import LayerStatistics, SnapshotStatistics, learning_layers
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import epoch, fraction, number

HEALTH_WORDS: Final = {
    Health.HEALTHY: "healthy",
    Health.WATCH: "watch",
    Health.UNHEALTHY: "unhealthy",
    Health.UNKNOWN: "unknown",
}

HEALTH_MARKS: Final = {Health.HEALTHY: "✓", Health.WATCH: "!", Health.UNHEALTHY: "✕", Health.UNKNOWN: "–"}

NEAREST_STEPS: Final = 5
"""A single step may be long or short by chance: words are of the median of so many around the moment on screen."""

_BADNESS: Final = (Health.UNKNOWN, Health.HEALTHY, Health.WATCH, Health.UNHEALTHY)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, and what to think of it."""

    health: Health
    sentence: str


def layer_title(spec: ModelSpec, layer: int) -> str:
    """Return what people call a layer: ``Conv 1``, ``Dense``."""
    name = spec.layer_names[layer]
    stem = name.rstrip("0123456789")
    return f"{stem} {name[len(stem) :]}".strip().capitalize()


def unit_word(spec: ModelSpec, layer: int, count: int) -> str:
    """Return ``filter`` or ``unit``, in the plural where there are more."""
    word = spec.layers[layer].unit_word
    return word if count == 1 else f"{word}s"


def findings(learning: Learning, step: int) -> tuple[Finding, ...]:
    """Return all that is found at the moment on screen, the worst first.

    Args:
        learning: What was measured.
        step: The moment on screen, in training steps.
    """
    spec, stats = learning.spec, learning.shown
    found: list[Finding] = []
    if stats is not None:
        for place, layer in enumerate(learning_layers(spec)):
            entry = stats.layers[place]
            found += _broken(spec, layer, entry)
            found += _unchanged(spec, layer, place, stats, learning.columns)
            found += _dead(spec, layer, entry)
        found += _all_alive(spec, stats)
    found += _updates(learning, step)
    return tuple(sorted(found, key=lambda finding: -_BADNESS.index(finding.health)))


def _broken(spec: ModelSpec, layer: int, entry: LayerStatistics) -> Iterable[Finding]:
    if entry.weights.broken:
        yield Finding(
            Health.UNHEALTHY,
            f"{layer_title(spec, layer)}: {entry.weights.broken:,} weights are infinite or not a number. Start anew "
            "with a smaller learning rate.",
        )
    elif entry.activations.broken:
        yield Finding(
            Health.UNHEALTHY,
            f"{layer_title(spec, layer)}: its activations are too large to be computed.",
        )


def _unchanged(
    spec: ModelSpec, layer: int, place: int, stats: SnapshotStatistics, columns: Columns
) -> Iterable[Finding]:
    """Say since when not one weight of a layer has changed, if the moments before say so."""
    since = None
    for earlier in reversed(columns.measured):
        if earlier is None or earlier.step >= stats.step:
            continue
        if earlier.layers[place].fingerprint != stats.layers[place].fingerprint:
            break
        since = earlier
    if since is not None:
        yield Finding(
            Health.UNHEALTHY,
            f"{layer_title(spec, layer)}: unchanged since {epoch(since.epoch)}. It learns nothing any more.",
        )


def _dead(spec: ModelSpec, layer: int, entry: LayerStatistics) -> Iterable[Finding]:
    if entry.dead is None or not entry.dead.any():
        return
    title, units, dead = layer_title(spec, layer), len(entry.dead), int(entry.dead.sum())
    words = unit_word(spec, layer, units)
    health = health_of_dead(dead, units)
    if dead == units:
        yield Finding(
            health,
            f"{title}: all {units} {words} are dead. Nothing passes any more; start anew with a smaller learning rate.",
        )
    else:
        advice = {
            Health.HEALTHY: "A few are usual.",
            Health.WATCH: "They add nothing.",
            Health.UNHEALTHY: "The learning rate may be too high.",
        }[health]
        yield Finding(health, f"{title}: {dead} of {units} {words} dead. {advice}")


def _all_alive(spec: ModelSpec, stats: SnapshotStatistics) -> Iterable[Finding]:
    """Say in one sentence which layers have no dead unit."""
    alive = [
        layer
        for layer, entry in zip(learning_layers(spec), stats.layers, strict=True)
        if entry.dead is not None and not entry.dead.any()
    ]
    if alive:
        titles = " and ".join(
            [", ".join(layer_title(spec, layer) for layer in alive[:-1]), layer_title(spec, alive[-1])]
        )
        words = {spec.layers[layer].unit_word for layer in alive}
        word = words.pop() if len(words) == 1 else "unit"
        yield Finding(
            Health.HEALTHY,
            f"{titles}: every {word} is alive.",
        )


@lru_cache(maxsize=4)
def typical_updates(updates: Updates, step: int) -> tuple[float, ...]:
    """Return each layer's median length of the steps measured nearest to a moment; empty if none was measured."""
    if not len(updates.steps):
        return ()
    at = int(np.searchsorted(updates.steps, step))
    about = slice(max(at - NEAREST_STEPS, 0), at + NEAREST_STEPS)
    nearest = np.argsort(np.abs(updates.steps[about] - step), kind="stable")[:NEAREST_STEPS]
    return tuple(float(ratio) for ratio in np.median(updates.ratios[about][nearest], axis=0))


def _updates(learning: Learning, step: int) -> Iterable[Finding]:
    ratios = typical_updates(learning.updates, step)
    if not ratios:
        if learning.is_of_run:
            yield Finding(Health.UNKNOWN, "How long the steps are was not measured in this run.")
        return
    worst = max(range(len(ratios)), key=lambda place: _distance(ratios[place]))
    ratio, health = ratios[worst], health_of_update(ratios[worst])
    title = layer_title(learning.spec, learning_layers(learning.spec)[worst])
    if health is Health.HEALTHY:
        low, high = (fraction(end) for end in (min(ratios), max(ratios)))
        length = f"about {low} of the weights" if low == high else f"{low} to {high} of the weights"
        yield Finding(health, f"A step changes the layers by {length}: about right.")
    elif not math.isfinite(ratio):
        yield Finding(health, f"{title}: the length of its steps is not a number.")
    elif ratio == 0:
        yield Finding(health, f"{title}: the steps change nothing. Its gradient is zero.")
    elif ratio < IDEAL_UPDATE:
        yield Finding(
            health,
            f"{title}: short steps, {fraction(ratio)} of the weights. It learns slowly, or has little left to learn.",
        )
    else:
        words = (
            "Lower the learning rate."
            if health is Health.UNHEALTHY
            else "At the beginning that is usual; later lower the learning rate."
        )
        size = f"{fraction(ratio)} of" if ratio < 1 else f"{number(ratio, 2)} times"
        yield Finding(health, f"{title}: long steps, {size} the weights. {words}")


def _distance(ratio: float) -> float:
    """Return how far a ratio is from the ideal, in factors of ten."""
    return abs(math.log10(ratio / IDEAL_UPDATE)) if math.isfinite(ratio) and ratio > 0 else math.inf
