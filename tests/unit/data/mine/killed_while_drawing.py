"""Draw and keep digits repeatedly, each time until the process is killed at a random time, and report.

Run as ``python -m tests.unit.data.mine.killed_while_drawing FILE ROUNDS SEED``; it needs ``fork``.
One line of JSON a round: what the process reported as written before it was killed, and what is found afterwards.
"""

import json
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

import numpy as np

from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.store import MyDigits

_MOST_REPORTS = 14
_LONGEST_S = 0.005
_IMAGE = np.zeros((28, 28), dtype=np.uint8)


def _draw_until_killed(path: Path, seed: int, acknowledge: int) -> None:
    """Draw strokes, keep each digit after its second stroke, and report everything that was written."""
    rng = np.random.default_rng(seed)
    store = MyDigits(path)
    while True:
        strokes: tuple[Stroke, ...] = ()
        for _ in range(2):
            strokes = (*strokes, Stroke.of(rng.random((30, 3))))
            store.save_draft(Drawing(strokes))
            os.write(acknowledge, json.dumps({"x": strokes[-1].points[0, 0], "count": len(strokes)}).encode() + b"\n")
        digit = KeptDigit.of(Drawing(strokes), int(rng.integers(10)), _IMAGE)
        store.exchange([], [digit])
        os.write(acknowledge, json.dumps({"id": digit.id, "label": digit.label}).encode() + b"\n")
        store.discard_draft()


def _killed_round(path: Path, seed: int, report_count: int, wait_s: float) -> list[dict]:
    """Return what the process reported as written, in order; it is killed so long after a number of reports."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _draw_until_killed(path, seed, writer)
    os.close(writer)
    text = b""
    while text.count(b"\n") < report_count:
        text += os.read(reader, 65536)
    time.sleep(wait_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reader, 65536):
        text += more
    os.close(reader)
    return [json.loads(line) for line in text.decode().splitlines()]


def main() -> None:
    """Print a report for each round."""
    path, rounds, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    for number in range(rounds):
        reported = _killed_round(path, seed + number, chance.randint(1, _MOST_REPORTS), chance.uniform(0, _LONGEST_S))
        store = MyDigits(path)
        draft = store.recover_draft()
        found = {digit.id: digit.label for read in store.read() for digit in read.digits}
        set_aside = store.set_aside is not None
        store.discard_draft()
        store.close()
        with sqlite3.connect(path) as database:
            (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
        database.close()
        starts = [] if draft is None else [stroke.points[0, 0] for stroke in draft.strokes]
        sys.stdout.write(json.dumps([reported, list(found.items()), starts, integrity, set_aside]) + "\n")


if __name__ == "__main__":
    main()
