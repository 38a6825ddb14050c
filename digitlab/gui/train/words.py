"""Times and speeds in the words of a person."""

_MINUTE_S = 60
_HOUR_S = 3600


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


def count(number: int, what: str) -> str:
    """Return a number of things: ``1 epoch``, ``10 epochs``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def percent(share: float) -> str:
    """Return a share of 0..1 as ``97.9 %``."""
    return f"{100 * share:.1f} %"
