"""Shares, numbers, times and moments in the words of a person. No Qt in here."""

import math

from digitlab.model.snapshot import Snapshot

_MINUTE_S = 60
_HOUR_S = 3600


def percent(share: float) -> str:
    """Return a share of 0..1 as ``98.1 %``.

    With more digits where one would say too much: never 100 % where something is missing, never 0 % where something is.
    """
    if share in (0.0, 1.0) or not math.isfinite(share):
        return f"{100 * share:.0f} %"
    if share >= 0.9995:
        # Downwards, so that 99.996 % does not become 100.00 %.
        return f"{math.floor(share * 10_000) / 100:.2f} %"
    if share < 0.0005:
        return f"{max(100 * share, 0.01):.2f} %"
    return f"{100 * share:.1f} %"


def points(difference: float) -> str:
    """Return how far two shares lie apart as ``1.3 points``: the difference of two percentages is none itself."""
    return f"{100 * difference:.1f} points"


def count(number: int, what: str) -> str:
    """Return a number of things: ``1 epoch``, ``10 epochs``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """Return a time as people say it: ``0.4 s``, ``41 s``, ``2 min 41 s``, ``1 h 12 min``."""
    if seconds < 1:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"


def speed(samples_per_second: float) -> str:
    """Return a speed with as many digits as can be trusted: ``2,310 images/s``."""
    rounded = round(samples_per_second, -1) if samples_per_second >= 1000 else round(samples_per_second)
    return f"{rounded:,.0f} images/s"


def moment(snapshot: Snapshot) -> str:
    """Return when in its training a network was what it is: ``epoch 2.3``, or ``untrained``."""
    return f"epoch {snapshot.epoch:.1f}" if snapshot.step else "untrained"
