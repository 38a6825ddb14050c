"""The real program, killed at random times while it trains and digits are drawn: what does the next start find?

Run as ``python -m tests.bench.crashes [--rounds 20] [--seed 1] [--data DATA]``; it takes some minutes and needs
``SIGKILL``. Each round starts the program with the folders that the round before left behind, trains the tutorial's
network, draws digits with the mouse and keeps them, and is killed within eight seconds of its first batch. The next
start must offer the training, all but its last snapshot interval, with every digit that was reported as kept, and the
files must be intact. The exit code is 0 if all rounds passed.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from digitlab.data.mine.opening import FILE_NAME
from digitlab.data.mine.store import read_kept
from digitlab.runs.kept import RUN_SUFFIX, RunEnding
from digitlab.runs.library import list_runs, runs_folder
from digitlab.runs.reader import read_stored_run
from digitlab.training.watcher import SAFETY_PERIOD_S

_EARLIEST_S: Final = 0.0
_LATEST_S: Final = 8.0
_SLACK_S: Final = 1.0
"""Tolerance for a loss beyond the snapshot interval: the current batch, and a busy disk."""

_START_TIMEOUT_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round reported before it was killed, and what was found after it.

    Attributes:
        killed_s: How long it had trained.
        reported_step: Number of batches it had reported.
        found_step: Number of batches of the recovered network.
        lost_s: How much older that network was than the last reported batch.
        reported_digits: Number of digits it had reported as kept, including those of earlier rounds.
        found_digits: Number of recovered digits.
        integrity: The result of SQLite's integrity check of both files.
        is_whole: Whether the run could be opened with its curves and optimizer state.
        is_offered: Whether the next start offered it; None if it was killed before the first snapshot was on the disk,
            so that there was nothing to offer.
    """

    killed_s: float
    reported_step: int
    found_step: int
    lost_s: float
    reported_digits: int
    found_digits: int
    integrity: str
    is_whole: bool
    is_offered: bool | None

    @property
    def has_passed(self) -> bool:
        """Whether nothing but the last interval was lost."""
        in_time = self.lost_s <= SAFETY_PERIOD_S + _SLACK_S
        digits = self.found_digits >= self.reported_digits
        return in_time and digits and self.integrity == "ok" and self.is_whole and self.is_offered is not False


class _Program:
    """The program in a separate process, which reports its progress line by line."""

    def __init__(self, data: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.crashing", data],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "TF_CPP_MIN_LOG_LEVEL": "2"},
        )
        self._lines: list[tuple[float, dict[str, Any]]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):  # the last one may have been cut off
                self._lines.append((time.monotonic(), json.loads(line)))

    def wait_for(self, kind: str) -> dict[str, Any]:
        """Return the first reported line of a kind."""
        until = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < until:
            found = next((line for _, line in self._lines if kind in line), None)
            if found is not None:
                return found
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"The program did not report {kind!r}.")

    def kill(self) -> list[tuple[float, dict[str, Any]]]:
        """Kill it, and return everything it had reported, with the times."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        return self._lines


def _integrity() -> str:
    """Return ``ok``, or the damage of a file of runs or digits."""
    paths = [*runs_folder().glob(f"*{RUN_SUFFIX}"), Path(os.environ["DIGITLAB_HOME"]) / FILE_NAME]
    for path in paths:
        if path.exists():
            with closing(sqlite3.connect(path)) as database:
                (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                return f"{path.name}: {verdict}"
    damaged = list((runs_folder() / "damaged").glob("*"))
    return "ok" if not damaged else f"set aside: {damaged[0].name}"


def _found_after(reported: list[tuple[float, dict[str, Any]]], offer: str, known: set[Path]) -> Round:
    """Compare what a round reported with what the next start found.

    Args:
        reported: Its lines, with the times.
        offer: The messages of the next start.
        known: The runs before the round.
    """
    steps = [(at, line["step"]) for at, line in reported if "step" in line]
    began_s, _ = next(pair for pair in steps if pair[1] == 0)
    last_s, reported_step = steps[-1]
    reported_digits = max((line["kept"] for _, line in reported if "kept" in line), default=0)
    found_digits = len(read_kept(Path(os.environ["DIGITLAB_HOME"]) / FILE_NAME))
    newest = list_runs()[0] if list_runs() else None
    if newest is None or newest.path in known:
        lost_s = last_s - began_s
        return Round(lost_s, reported_step, 0, lost_s, reported_digits, found_digits, _integrity(), True, None)
    stored = read_stored_run(newest.path)
    found_step = stored.snapshot.step
    reached_s = next((at for at, step in steps if step >= found_step), last_s)
    has_state = stored.run.history.optimizer_state(stored.snapshot) is not None
    return Round(
        killed_s=last_s - began_s,
        reported_step=reported_step,
        found_step=found_step,
        lost_s=max(last_s - reached_s, 0.0),
        reported_digits=reported_digits,
        found_digits=found_digits,
        integrity=_integrity(),
        is_whole=has_state and stored.run.step >= found_step and newest.ending is RunEnding.CUT_OFF,
        is_offered=f"“{newest.name}” was interrupted" in offer,
    )


def _table(rounds: list[Round]) -> str:
    heads = (
        "round",
        "killed at",
        "steps reported",
        "recovered",
        "lost",
        "digits reported",
        "found",
        "files",
        "offered",
        "passed",
    )
    rows = [
        (
            str(number),
            f"{one.killed_s:.1f} s",
            f"{one.reported_step:,}",
            f"{one.found_step:,}",
            f"{one.lost_s:.2f} s",
            str(one.reported_digits),
            str(one.found_digits),
            one.integrity,
            {True: "yes", False: "no", None: "none"}[one.is_offered],
            "yes" if one.has_passed else "NO",
        )
        for number, one in enumerate(rounds, 1)
    ]
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (heads, *rows)
    )


def main() -> int:
    """Run all rounds; returns 0 if every round passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crashes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", default="builtin", help="what to train on: builtin, mnist, or a file")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="digitlab-crashes-") as folder:
        for name in ("DIGITLAB_DATA", "DIGITLAB_HOME", "DIGITLAB_CONFIG", "DIGITLAB_STATE"):
            os.environ[name] = str(Path(folder) / name.lower())
        reported: list[tuple[float, dict[str, Any]]] = []
        known: set[Path] = set()
        for number in range(options.rounds + 1):
            program = _Program(options.data)
            try:
                offer = program.wait_for("offer")["offer"]
                if reported:
                    rounds.append(_found_after(reported, offer, known))
                    print(_table(rounds).splitlines()[-1], file=sys.stderr, flush=True)
                known = {run.path for run in list_runs()}
                if number < options.rounds:
                    program.wait_for("trained")
                    time.sleep(chance.uniform(_EARLIEST_S, _LATEST_S))
            finally:
                reported = program.kill()
    print(_table(rounds))
    passed = sum(one.has_passed for one in rounds)
    print(f"\n{passed} of {len(rounds)} rounds passed; longest loss {max(one.lost_s for one in rounds):.2f} s.")
    return 0 if passed == len(rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
