"""Numbers, percentages, durations, sizes and epochs as text. The only place where a number is formatted for people.

No formatter rounds to a bound: a nonzero value is never written as zero, and a share below one never as 100 %. JSON and
files hold raw numbers instead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot

NO_VALUE: Final = "–"
"""Stands where there is no number."""

SILENT_BELOW: Final = 0.0005
"""Probabilities below this are not written beside others: with one decimal they would read 0.0 %."""

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_BYTES_STEP: Final = 1000
"""SI prefixes (kB, MB), as file managers and Keras summaries use them."""

EPOCH_STEP: Final = 0.01
"""Epochs are written to this precision; below it, two decimals do not distinguish snapshots."""

_FEW: Final = 100
"""With fewer items than this, one item is more than one percent."""

_MANY: Final = 2000
"""With this many items, the standard error of a share of 98 % is 0.3 points: a second decimal helps in comparisons."""

_SMALLEST_PLAIN, _LARGEST_PLAIN = 1e-4, 1e7
"""Numbers outside this range are written with an exponent."""

_PLAIN_SHARES: Final = (0.0005, 0.9995)
"""Between these, one decimal reads neither as 0 % nor as 100 %."""

_ALMOST_ZERO: Final = 2.0**-149
_ALMOST_ONE: Final = 1 - 2.0**-24
"""The float32 next to 0, and the one next to 1."""

_MOST_DECIMALS: Final = 6
"""Of numbers in a column; a float32 has no more reliable digits."""

_LOSS_DECIMALS: Final = 4
"""As many as Keras prints."""


def number(value: float, digits: int = 3) -> str:
    """Return a number with a given number of significant digits: ``1.83``, ``−0.0200``, ``12,346``, ``1.20e−5``, ``∞``.

    All digits before the decimal point are kept, with thousands separators and a typographic minus sign.

    Args:
        value: Any number; NaN becomes ``not a number``.
        digits: Significant digits, at least 1.
    """
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else _signed("∞", value)
    size = abs(value)
    if size == 0:
        return "0"
    mantissa, _, power = f"{size:.{digits - 1}e}".partition("e")  # the power of ten after rounding
    exponent = int(power)
    if _SMALLEST_PLAIN <= size < _LARGEST_PLAIN:
        return _signed(f"{size:,.{max(digits - 1 - exponent, 0)}f}", value)
    return _signed(f"{mantissa}e{_signed(str(abs(exponent)), exponent)}", value)


def decimals_for(limit: float, digits: int = 3) -> int:
    """Return how many decimals numbers up to a limit need for that many significant digits; at most 6."""
    if not math.isfinite(limit) or limit == 0:
        return 0
    return min(max(digits - 1 - math.floor(math.log10(abs(limit))), 0), _MOST_DECIMALS)


def aligned(value: float, decimals: int) -> str:
    """Return a number with a fixed number of decimals, so that numbers below each other line up: ``0.53``, ``−1.20``.

    Zero is ``0``; a number that would round to zero has one significant digit instead; a very large one an exponent.
    """
    if not math.isfinite(value) or value == 0 or abs(value) >= _LARGEST_PLAIN:
        return number(value)
    text = f"{abs(value):,.{decimals}f}"
    return number(value, 1) if float(text.replace(",", "")) == 0 else _signed(text, value)


def percent(share: float, of: int | None = None, *, decimals: int | None = None) -> str:
    """Return a share in percent: ``98.1 %``, ``99.97 %``, ``>99.99 %``, ``0 %``.

    One decimal, or two where one would round to 0 or 100. A share of a count has as many decimals as the count
    supports: none below 100 items, one below 2,000, otherwise two. A share that is not exactly 0 or 1 is never written
    as 0 % or 100 %; where it would round to that, it gets ``<`` or ``>``.

    Args:
        share: Usually 0..1.
        of: The number of items that the share is a part of.
        decimals: A fixed number of decimals, where space is short.
    """
    if of is None and decimals is None and _PLAIN_SHARES[0] <= share < _PLAIN_SHARES[1]:
        return f"{100 * share:.1f} %"  # what follows, for the ten bars under the moving pen
    if not math.isfinite(share):
        return f"{number(share)} %" if math.isinf(share) else number(share)
    if decimals is None and of is not None:
        decimals = 0 if of < _FEW else 1 if of < _MANY else 2
    if decimals is not None:
        return f"{_hundredths(share, decimals)} %"
    text = _hundredths(share, 1)
    return f"{text if not _is_bound(text) else _hundredths(share, 2)} %"


def probability(output: float, *, decimals: int | None = None) -> str:
    """Return an output of a softmax or a sigmoid in percent: as ``percent``, but never ``100 %`` or ``0 %``.

    Neither function reaches its limits. An output of exactly 1 or 0 is a smaller or larger one, rounded to a float32.

    Args:
        output: 0..1.
        decimals: Exactly so many, where space is short.
    """
    return percent(min(max(output, _ALMOST_ZERO), _ALMOST_ONE) if 0 <= output <= 1 else output, decimals=decimals)


def exact_percent(share: float) -> str:
    """Return a share in percent without rounding, for ticks and settings: ``2 %``, ``97.5 %``, ``99.99 %``."""
    return f"{exact_number(100 * share)} %"


def exact_number(value: float) -> str:
    """Return a number without rounding, for ticks and settings: ``0.01``, ``2.5``, ``1e−6``."""
    text, _, power = f"{abs(value):.10g}".partition("e")
    return _signed(f"{text}e{_signed(str(abs(int(power))), int(power))}" if power else text, value)


def percent_range(low: float, high: float) -> str:
    """Return an interval of shares with enough decimals to distinguish its ends: ``85 to 90 %``, ``98.9 to 99.3 %``."""
    texts: list[str] = []
    for decimals in range(0 if high - low >= 0.1 else 1, 3):
        texts = [_hundredths(end, decimals).removesuffix(".0") for end in (low, high)]
        if texts[0] != texts[1] and not any(_is_bound(text) for text in texts):
            break
    return f"{texts[0]} to {texts[1]} %"


def points(difference: float) -> str:
    """Return the difference of two percentages in percentage points: ``1.3 points``."""
    if not math.isfinite(difference):
        return number(difference)
    text = _hundredths(difference, 1)
    return f"{text if not _is_bound(text) else _hundredths(difference, 2)} points"


def fraction(ratio: float) -> str:
    """Return a small ratio as a fraction with one significant digit: ``1/1,000``; from a half up in percent."""
    if not math.isfinite(ratio) or ratio <= 0:
        return number(ratio)
    if ratio >= 0.5:
        return percent(ratio)
    whole = 1 / ratio
    step = 10 ** math.floor(math.log10(whole))
    return f"1/{round(whole / step) * step:,.0f}"


def loss(value: float) -> str:
    """Return a loss with four decimals: ``0.0731``; very large and very small ones with three significant digits."""
    if not math.isfinite(value) or abs(value) >= 1000 or round(value, _LOSS_DECIMALS) == 0:
        return number(value)
    return _signed(f"{abs(value):.{_LOSS_DECIMALS}f}", value)


def count(number: int, what: str, plural: str = "") -> str:
    """Return a count with its noun: ``1 epoch``, ``10 epochs``; with its plural if that takes more than an s."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {plural or what + 's'}"


def times(number: int) -> str:
    """Return how often something happened: ``once``, ``12 times``."""
    return "once" if number == 1 else f"{number:,} times"


def duration(seconds: float) -> str:
    """Return a duration: ``0.4 s``, ``41 s``, ``2 min 41 s``, ``1 h 12 min``; below ten seconds with one decimal."""
    if not math.isfinite(seconds):
        return f"{number(seconds)} s" if math.isinf(seconds) else number(seconds)
    if seconds < 9.95:
        tenths = f"{max(seconds, 0):.1f}".removesuffix(".0")
        return "<0.1 s" if tenths == "0" and seconds > 0 else f"{tenths} s"
    whole = round(seconds)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    return f"{whole // _HOUR_S:,} h {whole % _HOUR_S // _MINUTE_S} min"


def speed(samples_per_second: float) -> str:
    """Return a training speed with at most three significant digits: ``2,310 images/s``, ``0.5 images/s``."""
    if not math.isfinite(samples_per_second) or samples_per_second < 10:
        return f"{number(samples_per_second, 1)} images/s"
    rounded = round(samples_per_second, -1) if samples_per_second >= 1000 else round(samples_per_second)
    return f"{rounded:,.0f} images/s"


def size(byte_count: int) -> str:
    """Return an amount of memory in SI units: ``40 B``, ``73.7 kB``, ``1.2 MB``."""
    if byte_count < _BYTES_STEP:
        return f"{byte_count} B"
    amount, unit = byte_count / _BYTES_STEP, "kB"
    if amount >= _BYTES_STEP:
        amount, unit = amount / _BYTES_STEP, "MB"
    return f"{amount:,.1f} {unit}"


def dimensions(shape: tuple[int, ...]) -> str:
    """Return the shape of an array: ``24 × 24 × 32``."""
    return " × ".join(f"{length:,}" for length in shape)


def epoch_label(snapshot: Snapshot) -> str:
    """Return the epoch of a snapshot: ``epoch 2.3``, or ``untrained``."""
    return epoch_text(snapshot.epoch) if snapshot.step else "untrained"


def epoch_text(epoch: float) -> str:
    """Return a position in a training: ``epoch 2.35``, ``epoch 7``."""
    return f"epoch {epoch_number(epoch)}"


def epoch(value: float) -> str:
    """Return a position within a sentence: ``the start``, ``epoch 0.04``, ``epoch 7``."""
    return "the start" if value == 0 else epoch_text(value)


def epoch_number(value: float) -> str:
    """Return a number of epochs, everywhere the same: ``2.35``, ``2.3``, ``7``, ``0``; below 0.01: ``0.002``."""
    if 0.0 < value < EPOCH_STEP or not math.isfinite(value):
        return number(value, 1)
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _signed(text: str, value: float) -> str:
    return f"−{text}" if value < 0 else text


def _is_bound(text: str) -> bool:
    return text.startswith(("<", ">", "−<"))


def _hundredths(share: float, decimals: int) -> str:
    """Return a finite share times 100, with ``<`` or ``>`` where it would round to 0 or 100 without being that."""
    if share < 0:
        return f"−{_hundredths(-share, decimals)}"
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}"
    text, least = f"{100 * share:,.{decimals}f}", 10.0**-decimals
    if float(text.replace(",", "")) == 0.0:
        return f"<{least:.{decimals}f}"
    if text == f"{100:.{decimals}f}":
        return f">{100 - least:.{decimals}f}" if share < 1 else "100"
    return text
