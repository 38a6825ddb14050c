"""What a measurement is, and how several are shown."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured.

    Attributes:
        name: What was measured.
        measured: The figure.
        unit: Its unit, for example ``ms``.
        yardstick: What it is compared with, in the same unit, or None.
        yardstick_name: What that is.
        goal: Largest value that reaches the goal, or None.
        is_ratio_goal: Whether the goal is for measured / yardstick.
        obstacle: What was measured to stand in the way; told where the goal is missed.
    """

    name: str
    measured: float
    unit: str
    yardstick: float | None = None
    yardstick_name: str = ""
    goal: float | None = None
    is_ratio_goal: bool = False
    obstacle: str = ""

    @property
    def ratio(self) -> float | None:
        """Measured by yardstick."""
        return self.measured / self.yardstick if self.yardstick else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        value = self.ratio if self.is_ratio_goal else self.measured
        return None if self.goal is None or value is None else value <= self.goal

    def as_json(self) -> dict[str, Any]:
        """Return the row for the file."""
        return {
            "name": self.name,
            "unit": self.unit,
            "measured": self.measured,
            "yardstick": self.yardstick,
            "yardstick_name": self.yardstick_name,
            "ratio": self.ratio,
            "goal": self.goal,
            "goal_is_ratio": self.is_ratio_goal,
            "reached": self.is_reached,
            "obstacle": self.obstacle,
        }


def timed_ms(action: Callable[[], object], count: int, warm_up: int = 3) -> list[float]:
    """Return how long each of ``count`` calls took, in milliseconds, after some that do not count."""
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


_HEADER = ("what", "measured", "yardstick", "ratio", "goal", "")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as aligned text."""
    cells = [_HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADER))]
    lines = [
        "  ".join(
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    for number, row in reversed(list(enumerate(rows, start=1))):
        if row.is_reached is False and row.obstacle:
            lines.insert(number + 1, f"    {row.obstacle}")
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    yardstick = "" if row.yardstick is None else f"{row.yardstick:,.2f} {row.unit} ({row.yardstick_name})"
    goal = "" if row.goal is None else f"<= {row.goal:g}{' x' if row.is_ratio_goal else f' {row.unit}'}"
    reached = {True: "reached", False: "MISSED", None: ""}[row.is_reached]
    ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
    return (row.name, f"{row.measured:,.2f} {row.unit}", yardstick, ratio, goal, reached)


def write(rows: Sequence[Row], path: Path) -> None:
    """Write the rows, and what they were measured on, as JSON."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    machine = {
        "cpus": os.cpu_count(),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_at_end": load,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, "rows": [row.as_json() for row in rows]}, indent=1) + "\n")


def read(path: Path) -> list[Row]:
    """Read the rows of a file that ``write`` wrote."""
    return [
        Row(
            row["name"],
            row["measured"],
            row["unit"],
            row["yardstick"],
            row["yardstick_name"],
            row["goal"],
            row["goal_is_ratio"],
            row["obstacle"],
        )
        for row in json.loads(path.read_text())["rows"]
    ]
