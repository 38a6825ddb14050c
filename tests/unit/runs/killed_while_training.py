"""Train repeatedly, each time until the process is killed at a random time, and report.

Run as ``python -m tests.unit.runs.killed_while_training ROUNDS SEED``, with ``DIGITLAB_HOME`` set; it needs ``fork``.
The trainings are made up, so that neither TensorFlow nor a thread is there when the process forks. One line of JSON a
round: the snapshots that were reported as written before it was killed, and what the next start finds.
"""

import json
import os
import random
import signal
import sqlite3
import sys
import time
from itertools import pairwise

from digitlab.runs.library import delete, recover
from digitlab.runs.reader import read_stored_run
from digitlab.runs.recorder import RunRecorder
from digitlab.system.work import Worker
from digitlab.training.events import SnapshotTaken
from tests.helpers.trainings import events_of, snapshot_and_state, started_training

_LONGEST_S = 0.05
_LAST_STEP = 120
"""It is killed somewhat later than it has reported a random step up to this one, however busy the machine is."""

_STATE_EVERY = 10


class _ReportingWorker(Worker):
    """Reports after every write the progress that was written."""

    def __init__(self, acknowledge: int) -> None:
        super().__init__("runs", lambda error: os.write(acknowledge, f"{error}\n".encode()))
        self.acknowledge = acknowledge
        self.newest = 0

    def submit(self, job, failed=None) -> None:
        newest = self.newest

        def write_and_report() -> None:
            job()
            os.write(self.acknowledge, f"{newest}\n".encode())

        super().submit(write_and_report, failed)


def _train_until_killed(acknowledge: int) -> None:
    worker = _ReportingWorker(acknowledge)
    recorder = RunRecorder(worker, lambda _: None)
    for event in events_of(started_training(epochs=1000), state_every=_STATE_EVERY):
        if isinstance(event, SnapshotTaken) and event.optimizer_state is not None:
            worker.newest = event.snapshot.step
        recorder.publish(event)
        time.sleep(1e-4)


def _killed_round(step: int, wait_s: float) -> list[str]:
    """Return what was reported as written, in order."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _train_until_killed(writer)
    os.close(writer)
    text = b""
    while _newest(text) <= step and (more := os.read(reader, 65536)):
        text += more
    time.sleep(wait_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reader, 65536):
        text += more
    os.close(reader)
    return text.decode().split()


def _newest(text: bytes) -> int:
    """Return the newest step that was reported in a complete line, or -1."""
    return max((int(line) for line in text.split(b"\n")[:-1]), default=-1)


def _is_whole(stored) -> bool:
    """Return whether the run is complete: exact newest network, ascending snapshots, and curves without a gap.

    A snapshot without the optimizer's state may come after the newest network; like all kept ones it has half
    precision.
    """
    run, newest = stored.run, stored.snapshot
    steps = [one.step for one in run.snapshots]
    arrays = [(_trained(run, newest.step), newest.arrays)]
    arrays += [(_halved(_trained(run, one.step)), _halved(one.arrays)) for one in run.snapshots]
    same = all((a == b).all() for trained, found in arrays for a, b in zip(trained, found, strict=True))
    curves = all(abs(loss - 1 / step) < 1e-6 for step, loss in enumerate(run.losses.values, 1))
    return same and curves and all(a < b for a, b in pairwise(steps)) and newest.step <= steps[-1] <= run.step


def _trained(run, step):
    return snapshot_and_state(run.started, step)[0].arrays


def _halved(arrays):
    return [array.astype("float16") for array in arrays]


def main() -> None:
    """Print a report for each round."""
    rounds, chance = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    for _ in range(rounds):
        reported = _killed_round(chance.randrange(-1, _LAST_STEP), chance.uniform(0, _LONGEST_S))
        recovered = recover()
        found = []
        for summary in recovered.cut_off:
            stored = read_stored_run(summary.path)
            with sqlite3.connect(summary.path) as database:
                (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
            database.close()
            state = stored.run.history.optimizer_state(stored.snapshot)
            found.append([stored.snapshot.step, integrity, _is_whole(stored), state is not None])
            delete(summary.path, time.time())
        sys.stdout.write(json.dumps([reported, found, len(recovered.set_aside)]) + "\n")


if __name__ == "__main__":
    main()
