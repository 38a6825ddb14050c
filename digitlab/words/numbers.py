"""Shares, numbers, times and moments in the words of a person. No Qt in here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot


_MINUTE_S = 60
_HOUR_S = 3600

_EARLY = 0.01
"""Before this part of an epoch, two decimals do not tell moments apart."""

_FEW = 100
"""Of fewer things than this, one alone is more than one percent."""

_MANY = 2000
"""Of so many things, chance moves a share of 98 % by 0.3 %: a second decimal is worth a look when two are compared."""


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


def counted_percent(share: float, number: int) -> str:
    """Return a share of counted things with as many decimals as they support: ``33 %``, ``98.1 %``, ``98.14 %``.

    None below 100 things, one below 2,000; never 100 % where something is missing, never 0 % where something is.

    Args:
        share: 0..1.
        number: How many things there are in all.
    """
    if share in (0.0, 1.0) or not math.isfinite(share):
        return percent(share)
    decimals = 0 if number < _FEW else 1 if number < _MANY else 2
    least: float = 10**-decimals
    return f"{min(max(100 * share, least), 100 - least):.{decimals}f} %"


def points(difference: float) -> str:
    """Return how far two shares lie apart as ``1.3 points``: the difference of two percentages is none itself."""
    return f"{100 * difference:.1f} points"


def count(number: int, what: str) -> str:
    """Return a number of things: ``1 epoch``, ``10 epochs``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def times(number: int) -> str:
    """Return how often something happened: ``once``, ``12 times``."""
    return "once" if number == 1 else f"{number:,} times"


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


def epoch_label(snapshot: Snapshot) -> str:
    """Return when in its training a network was what it is: ``epoch 2.30``, or ``untrained``."""
    return epoch_words(snapshot.epoch) if snapshot.step else "untrained"


def epoch_words(epoch: float) -> str:
    """Return a moment of a training: ``epoch 2.30``; the first of all need more decimals: ``epoch 0.002``."""
    return f"epoch {epoch:.1g}" if 0.0 < epoch < _EARLY else f"epoch {epoch:.2f}"


def epoch(value: float) -> str:
    """Return a moment: ``the start``, ``epoch 0.04``, ``epoch 7.00``."""
    return "the start" if value == 0 else epoch_words(value)


def epoch_figure(value: float) -> str:
    """Return an epoch with as many places as tell it from its neighbours at the beginning."""
    if value >= 0.995:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.2g}"


def number(value: float) -> str:
    """Return a number short enough for a label: about three figures and a true minus sign."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    size = abs(value)
    if size == 0:
        return "0"
    if size < 0.00005:
        text = f"{size:.0e}".replace("e-0", "e−").replace("e-", "e−")
    elif size < 0.00095:
        text = f"{size:.4f}"
    elif size < 0.0995:
        text = f"{size:.3f}"
    elif size < 99.995:
        text = f"{size:.2f}"
    else:
        text = f"{size:,.0f}" if size < 1e7 else f"{size:.1e}"
    return f"−{text}" if value < 0 else text


def per_cent(share: float) -> str:
    """Return a share 0..1 in per cent with one decimal."""
    return f"{100 * share:.1f} %" if math.isfinite(share) else "not a number"
