"""A measurement, and the statistics that all subjects need."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    Attributes:
        name: What was measured.
        measured: The value.
        unit: Its unit, for example ``ms``.
        reference: The value it is compared with, in the same unit, or None.
        reference_name: What the reference is.
        goal: Largest value that reaches the goal, or None.
        is_ratio_goal: Whether the goal is for measured / reference.
        obstacle: The measured reason, printed if the goal is missed.
        series: The values behind it, for example a curve over time; they are only written to the file.
    """

    name: str
    measured: float
    unit: str
    reference: float | None = None
    reference_name: str = ""
    goal: float | None = None
    is_ratio_goal: bool = False
    obstacle: str = ""
    series: tuple[float, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Measured value divided by the reference."""
        return self.measured / self.reference if self.reference else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        value = self.ratio if self.is_ratio_goal else self.measured
        return None if self.goal is None or value is None else value <= self.goal

    def as_json(self) -> dict[str, Any]:
        """Return the row for the file."""
        return {**asdict(self), "ratio": self.ratio, "reached": self.is_reached}

    @staticmethod
    def from_json(values: dict[str, Any]) -> "Row":
        """Return the row that ``as_json`` wrote."""
        # Files of earlier versions have another name for the reference.
        values = {name.replace("yardstick", "reference"): value for name, value in values.items()}
        names = [field.name for field in fields(Row)]
        return Row(**{name: values[name] for name in names if name != "series"}, series=tuple(values["series"]))


def timed_ms(action: Callable[[], object], count: int, warm_up: int = 3) -> list[float]:
    """Return the duration of each of ``count`` calls in milliseconds, after some warm-up calls."""
    for _ in range(warm_up):
        action()
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - begun))
    return times


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: int) -> float:
    """Return a percentile, 1..99."""
    return statistics.quantiles(values, n=100)[share - 1]
