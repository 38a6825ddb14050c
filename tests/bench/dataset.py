"""Drawing the built-in dataset."""

from collections.abc import Iterator

from digitlab.data.builtin import builtin_dataset
from tests.bench.rows import Row, median, timed_ms


def measure() -> Iterator[Row]:
    """Draw 12,000 digits as Train does when there is no other dataset."""
    draw_anew = builtin_dataset.__wrapped__  # past the cache
    times = timed_ms(lambda: draw_anew(train_count=12_000, test_count=0), 3, warm_up=1)
    yield Row("12,000 built-in digits", median(times) / 1000, "s", goal=5.0)
