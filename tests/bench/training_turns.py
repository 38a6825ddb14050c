"""Ways of training, each in a separate process, alternating every few batches.

Measurements right after one another share the state of the machine, so the ratio within a pair varies less than the
times.
"""

import contextlib
import hashlib
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import Dataset, DigitSet
from digitlab.system.work import Worker
from tests.bench.machine import resident_mb
from tests.bench.rows import median

REPEATED: Final = 10
"""How often each digit is repeated; time and memory do not depend on the digits."""

TRAIN_COUNT: Final = 60_000
TEST_COUNT: Final = 10_000
"""The numbers of MNIST."""

TURN_BATCHES: Final = 10
UNCOUNTED_TURNS: Final = 4
"""Warm-up turns: graphs are traced, threads started, memory allocated."""

_WAIT_S: Final = 3_600.0
_QUIET: Final = {"OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2", "QT_QPA_PLATFORM": "offscreen"}
_FOLDERS: Final = ("DIGITLAB_DATA", "DIGITLAB_HOME", "DIGITLAB_CONFIG", "DIGITLAB_STATE")

BatchEnded = Callable[[Any], None]
Train = Callable[[Dataset, BatchEnded], None]
"""A way of training: takes the digits, and a callback for each batch with the Keras model or None; it need not end."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The cost of a few batches, and of the validation if an epoch ended among them.

    Attributes:
        wall_s: Elapsed time.
        cpu_s: CPU time of all threads of the process, which depends less on other programs.
        resident_mb: Memory of the process at the end; 0 if the system does not provide it.
        weights: A hash of the weights at the end; empty if the way does not provide its model.
    """

    wall_s: float
    cpu_s: float
    resident_mb: float
    weights: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way of training.

    Attributes:
        train: The function, of a module's own.
        environment: Variables set for its process.
    """

    train: Train
    environment: Mapping[str, str] = field(default_factory=dict)


class WayFailedError(Exception):
    """A way of training has ended unexpectedly."""


class _Process:
    """A running way of training, paused between two batches."""

    def __init__(self, way: Way, folder: str) -> None:
        spec = sys.modules[way.train.__module__].__spec__  # also has the name if the module was started as a program
        assert spec is not None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.training_turns", f"{spec.name}:{way.train.__name__}"],
            env=_QUIET | os.environ | dict.fromkeys(_FOLDERS, folder) | dict(way.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def turn(self) -> Turn:
        """Let it train a few batches."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with contextlib.suppress(BrokenPipeError):
            stdin.write("go\n")
            stdin.flush()
        line = stdout.readline()
        if not line:
            raise WayFailedError(f"has ended with exit code {self._process.wait()}")
        return Turn(**json.loads(line))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def in_turn(ways: Mapping[str, Way], rounds: int) -> dict[str, list[Turn]]:
    """Train in all ways, alternating.

    Args:
        ways: The ways by their names.
        rounds: How many turns of each count.

    Returns:
        For each way its turns, in the order of the rounds. A way that fails is reported and left out.
    """
    turns: dict[str, list[Turn]] = {}
    running: dict[str, _Process] = {}
    with contextlib.ExitStack() as stack:
        # Separate folders, away from the user's trainings.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="digitlab-bench-"))
        for name, way in ways.items():
            running[name] = _Process(way, folder)
            stack.callback(running[name].close)
            try:
                for _ in range(UNCOUNTED_TURNS):
                    running[name].turn()
                turns[name] = []
            except WayFailedError as failure:
                print(f"  {name} {failure}", file=sys.stderr, flush=True)
        for number in range(rounds):
            # Every second round runs in reverse order, so that no way always follows the same one.
            for name in list(turns)[:: 1 if number % 2 == 0 else -1]:
                try:
                    turns[name].append(running[name].turn())
                except WayFailedError as failure:
                    print(f"  {name} {failure}", file=sys.stderr, flush=True)
                    del turns[name]
    return turns


def paired_ratio(ours: Sequence[Turn], theirs: Sequence[Turn], figure: Callable[[Turn], float]) -> float:
    """Return the median of the ratios within the pairs."""
    return median([figure(one) / figure(other) for one, other in zip(ours, theirs, strict=True)])


def step_ms(turns: Sequence[Turn], figure: Callable[[Turn], float]) -> float:
    """Return the median time per batch, in ms."""
    return 1000.0 * median([figure(turn) for turn in turns]) / TURN_BATCHES


def spread(ours: Sequence[Turn], theirs: Sequence[Turn], figure: Callable[[Turn], float]) -> str:
    """Return a sentence on the interquartile range of the ratios."""
    ratios = [figure(one) / figure(other) for one, other in zip(ours, theirs, strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4)
    return f"half of the {len(ratios)} pairs lie between {low:.3f} and {high:.3f}"


def wall_s(turn: Turn) -> float:
    """Return the elapsed time."""
    return turn.wall_s


def cpu_s(turn: Turn) -> float:
    """Return the CPU time."""
    return turn.cpu_s


def _digits() -> Dataset:
    some = builtin_dataset(TRAIN_COUNT // REPEATED, TEST_COUNT // REPEATED)
    train, test = (
        DigitSet(np.repeat(part.images, REPEATED, axis=0), np.repeat(part.labels, REPEATED))
        for part in (some.train, some.test)
    )
    return Dataset(some.name, train, test)


def _digest(weights: Sequence[Any]) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in weights)).hexdigest()


def _halts() -> Generator[None, Any, None]:
    """Wait for the request to continue; after a few batches print their cost."""
    answers, sys.stdout = sys.stdout, sys.stderr
    while sys.stdin.readline():
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(TURN_BATCHES):
            model = yield
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        turn = Turn(wall, cpu, resident_mb(), "" if model is None else _digest(model.get_weights()))
        print(json.dumps(asdict(turn)), file=answers, flush=True)


def _main() -> int:
    """Train in this process: in a worker like the window, or in the main thread if the way needs it."""
    name, _, function = sys.argv[1].partition(":")
    module = importlib.import_module(name)
    train: Train = getattr(module, function)
    digits = _digits()
    halts = _halts()
    next(halts)
    if getattr(module, "NEEDS_MAIN_THREAD", False):
        train(digits, halts.send)
        return 0
    failures: list[Exception] = []
    worker = Worker("bench training", failures.append)
    worker.submit(lambda: train(digits, halts.send))
    worker.close(_WAIT_S)
    if failures:
        raise failures[0]
    return 0


if __name__ == "__main__":
    sys.exit(_main())
