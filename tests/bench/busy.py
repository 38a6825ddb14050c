"""Beside a process that never rests: the window on one processor that it shares with it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from digitlab.training.config import TrainingConfig
from tests.bench.app_window import open_window, rest, start_training, wait, wait_for_tensorflow
from tests.bench.loop_watch import GOAL_WORST_MS, LoopWatch
from tests.bench.processes import last_line
from tests.bench.rows import Row

_NEIGHBOUR: Final = "while True: pass"
_GOAL_RATIO: Final = 3.0
"""With half of the processor everything takes twice as long; a starved thread takes ten times."""

_SETTLE_MS: Final = 3_000
_REFERENCE: Final = "the processor for itself"


def measure() -> Iterator[Row]:
    """Open the window in two processes, one after the other: without the busy process, and with it."""
    if not hasattr(os, "sched_setaffinity"):
        return  # only Linux lets a process choose its processor
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # inherited by the processes
    alone = _seconds()
    with _busy_neighbour():
        busy = _seconds()
    for what in ("TensorFlow loaded", "first batches trained"):
        name = f"one processor, a busy process: {what}"
        yield Row(name, busy[what], "s", alone[what], _REFERENCE, _GOAL_RATIO, is_ratio_goal=True)
    name = "one processor, a busy process: TensorFlow loading, worst"
    yield Row(name, busy["worst"], "ms", alone["worst"], _REFERENCE, GOAL_WORST_MS)


@contextmanager
def _busy_neighbour() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", _NEIGHBOUR])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _seconds() -> dict[str, float]:
    result: dict[str, float] = json.loads(last_line("-m", "tests.bench.busy"))
    return result


def _in_the_window() -> dict[str, float]:
    """Load TensorFlow and begin a training in the window; return the seconds, and the worst latency in ms."""
    window = open_window()
    watch = LoopWatch()
    wait(lambda: window.session.activity.startswith("Loading TensorFlow"))
    begun_s = time.perf_counter()
    worst = watch.during(lambda: wait_for_tensorflow(window)).worst
    loaded_s = time.perf_counter() - begun_s
    rest(_SETTLE_MS)
    begun_s = time.perf_counter()
    start_training(window, TrainingConfig(epochs=100))
    return {"TensorFlow loaded": loaded_s, "first batches trained": time.perf_counter() - begun_s, "worst": worst}


if __name__ == "__main__":
    print(json.dumps(_in_the_window()), flush=True)
    os._exit(0)
