"""The findings about the health of a training, as text. Without Qt."""

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
from digitlab.words.edits import OFF
from digitlab.words.lists import listed
from digitlab.words.numbers import count, epoch, fraction, number

HEALTH_NAMES: Final = {
    Health.HEALTHY: "healthy",
    Health.WATCH: "watch",
    Health.UNHEALTHY: "unhealthy",
    Health.UNKNOWN: "unknown",
}

HEALTH_MARKS: Final = {Health.HEALTHY: "✓", Health.WATCH: "!", Health.UNHEALTHY: "✕", Health.UNKNOWN: "–"}

NEAREST_STEPS: Final = 5
"""Update ratios vary from step to step; texts show the median of this many steps around the snapshot on screen."""

_BADNESS: Final = (Health.UNKNOWN, Health.HEALTHY, Health.WATCH, Health.UNHEALTHY)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about a training, and its health rating."""

    health: Health
    sentence: str


def layer_title(spec: ModelSpec, layer: int) -> str:
    """Return a layer's name for display: ``Conv 1``, ``Dense``."""
    name = spec.layer_names[layer]
    stem = name.rstrip("0123456789")
    return f"{stem} {name[len(stem) :]}".strip().capitalize()


def unit_word(spec: ModelSpec, layer: int, count: int) -> str:
    """Return ``filter`` or ``unit``, in the plural unless ``count`` is 1."""
    word = spec.layers[layer].unit_word
    return word if count == 1 else f"{word}s"


def waiting_text(learning: Learning) -> str:
    """Return why no measurement is shown yet; empty once there is one."""
    if learning.shown is not None or learning.columns.missing < len(learning.columns.steps):
        return ""
    return "The measurement failed." if learning.is_broken else "Measuring on a hundred drawn digits…"


def findings(learning: Learning, step: int) -> tuple[Finding, ...]:
    """Return the findings at the snapshot on screen, the worst first.

    Args:
        learning: The measurements.
        step: Training step of the snapshot on screen.
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
            f"{layer_title(spec, layer)}: {count(entry.weights.broken, 'weight is', 'weights are')} infinite or not a "
            "number. Restart with a lower learning rate.",
        )
    elif entry.activations.broken:
        yield Finding(
            Health.UNHEALTHY,
            f"{layer_title(spec, layer)}: activations overflow.",
        )


def _unchanged(
    spec: ModelSpec, layer: int, place: int, stats: SnapshotStatistics, columns: Columns
) -> Iterable[Finding]:
    """Yield since which epoch no weight of a layer has changed, if earlier snapshots show it."""
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
            f"{layer_title(spec, layer)}: weights unchanged since {epoch(since.epoch)}. The layer no longer learns.",
        )


def _dead(spec: ModelSpec, layer: int, entry: LayerStatistics) -> Iterable[Finding]:
    title, units = layer_title(spec, layer), spec.shapes[layer + 1][-1]
    unit = unit_word(spec, layer, units)
    if entry.off:
        yield Finding(Health.HEALTHY, f"{title}: {entry.off} of {units} {unit} switched {OFF} by hand.")
    dead = 0 if entry.dead is None else int(entry.dead.sum()) - entry.off
    if dead <= 0:
        return
    health = health_of_dead(dead, units)
    if dead == units:
        which = f"its only {unit} is" if units == 1 else f"all {units} {unit} are"
        yield Finding(
            health,
            f"{title}: {which} dead. The layer passes on no signal; restart with a lower learning rate.",
        )
    else:
        advice = {
            Health.HEALTHY: "A few are normal.",
            Health.WATCH: "They contribute nothing.",
            Health.UNHEALTHY: "The learning rate may be too high.",
        }[health]
        yield Finding(health, f"{title}: {dead} of {units} {unit} dead. {advice}")


def _all_alive(spec: ModelSpec, stats: SnapshotStatistics) -> Iterable[Finding]:
    """Yield one sentence with the layers that have no dead units."""
    alive = [
        layer
        for layer, entry in zip(learning_layers(spec), stats.layers, strict=True)
        if entry.dead is not None and not entry.dead.any()
    ]
    if alive:
        titles = listed(layer_title(spec, layer) for layer in alive)
        words = {spec.layers[layer].unit_word for layer in alive}
        unit = words.pop() if len(words) == 1 else "unit"
        yield Finding(Health.HEALTHY, f"{titles}: no dead {unit}s.")


@lru_cache(maxsize=4)
def typical_updates(updates: Updates, step: int) -> tuple[float, ...]:
    """Return each layer's median update ratio over the measured steps nearest to a step; empty if there are none."""
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
            yield Finding(Health.UNKNOWN, "The update ratio was not measured in this run.")
        return
    worst = max(range(len(ratios)), key=lambda place: _distance(ratios[place]))
    ratio, health = ratios[worst], health_of_update(ratios[worst])
    title = layer_title(learning.spec, learning_layers(learning.spec)[worst])
    if health is Health.HEALTHY:
        low, high = (fraction(end) for end in (min(ratios), max(ratios)))
        ratios_text = low if low == high else f"{low} to {high}"
        yield Finding(health, f"Update ratio {ratios_text}: about right.")
    elif not math.isfinite(ratio):
        yield Finding(health, f"{title}: the update ratio is not finite.")
    elif ratio == 0:
        yield Finding(health, f"{title}: the updates are zero, because the gradient is zero.")
    elif ratio < IDEAL_UPDATE:
        yield Finding(
            health,
            f"{title}: small updates, {fraction(ratio)} of the weights. It learns slowly or has almost converged.",
        )
    else:
        advice = (
            "Lower the learning rate."
            if health is Health.UNHEALTHY
            else "Normal at the start; later, lower the learning rate."
        )
        size = f"{fraction(ratio)} of" if ratio < 1 else f"{number(ratio, 2)} times"
        yield Finding(health, f"{title}: large updates, {size} the weights. {advice}")


def _distance(ratio: float) -> float:
    """Return how far a ratio is from the ideal, in factors of ten."""
    return abs(math.log10(ratio / IDEAL_UPDATE)) if math.isfinite(ratio) and ratio > 0 else math.inf
