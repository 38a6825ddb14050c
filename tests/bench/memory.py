"""The memory of the window, compared with that of the plain Keras script; each in a separate process."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from tests.bench.app_window import say, write_sixty_thousand
from tests.bench.processes import last_line
from tests.bench.rows import Row

ABOVE_GOAL_MB: Final = 150.0
GROWTH_GOAL_MB: Final = 50.0
EPOCHS: Final = 1

_STATES: Final = {
    "idle": "idle, TensorFlow loaded",
    "peak": "training 60,000 digits, at its peak",
    "end": "training 60,000 digits, after its end",
}


def _result_of(module: str, *arguments: str) -> dict[str, Any]:
    say(f"{module} {' '.join(arguments[:1])} ...")
    result: dict[str, Any] = json.loads(last_line("-m", f"tests.bench.{module}", *arguments))
    return result


def measure() -> Iterator[Row]:
    """Measure idle, training and growth; failures are reported at the end, after the other parts."""
    failures = []
    for part in (_beside_the_script, _over_trainings, _over_actions):
        try:
            yield from part()
        except (RuntimeError, subprocess.TimeoutExpired) as failure:
            say(f"FAILED: {failure}")
            failures.append(str(failure))
    if failures:
        raise RuntimeError("; ".join(failures))


def _beside_the_script() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(write_sixty_thousand(Path(folder)))
        script = _result_of("plain_training", path, str(EPOCHS))
        window = _result_of("memory_window", "training", path, str(EPOCHS))
    for state, what in _STATES.items():
        yield Row(f"{what}: the window", window[state], "MB", script[state], "the plain Keras script")
        above = window[state] - script[state]
        yield Row(f"{what}: above the script", above, "MB", goal=ABOVE_GOAL_MB, obstacle=window["why"])


def _over_trainings() -> Iterator[Row]:
    growth = _result_of("memory_window", "trainings")
    yield _grown(f"growth over {growth['count']} trainings, batches of 100, 32, 512, after one of each kind", growth)


def _over_actions() -> Iterator[Row]:
    actions = _result_of("memory_user")
    minutes = actions["seconds"] / 60
    # The name says that nobody waited an hour.
    name = f"growth over {actions['count']:,} actions, about an hour's, done in {minutes:.1f} min, after the first 5 %"
    yield _grown(name, actions)


def _grown(name: str, result: dict[str, Any]) -> Row:
    curve: list[float] = result["curve"]
    half = curve[len(curve) // 2]
    step, place = max((after - before, place) for place, (before, after) in enumerate(pairwise(curve), 2))
    return Row(
        name,
        curve[-1] - curve[0],
        "MB",
        curve[0],
        "memory at the start",
        GROWTH_GOAL_MB,
        obstacle=f"It grew by {half - curve[0]:.0f} MB in the first half, by {curve[-1] - half:.0f} in the second; the "
        f"largest step was {step:.0f} MB, at sample {place} of {len(curve)}; {result['why']}",
        series=tuple(curve),
    )
