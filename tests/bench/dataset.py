"""Generating the built-in dataset."""

from collections.abc import Iterator

from digitlab.data.builtin import builtin_dataset
from tests.bench.rows import Row, median, timed_ms


def measure() -> Iterator[Row]:
    """Generate 12,000 digits, like Train without another dataset."""
    generate = builtin_dataset.__wrapped__  # without the cache
    times = timed_ms(lambda: generate(train_count=12_000, test_count=0), 3, warm_up=1)
    yield Row("12,000 built-in digits", median(times) / 1000, "s", goal=5.0)
