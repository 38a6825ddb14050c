"""The real window and the real training, asked to end at many moments from their start: does every process end?

Run as ``python -m tests.bench.endings [--moments 50] [--command window|train]``; it takes minutes and needs signals.
The moments are closer together in the first two seconds, in which the window is made. Each process gets SIGTERM, SIGHUP
or SIGINT, in turn; it must end within the limit, and nothing else may be left running. The exit code is 0 if all did.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_EARLY_S: Final = 2.0
_LATE_S: Final = 8.0
_EARLY_SHARE: Final = 0.7
_LIMIT_S: Final = 30.0
"""From then on a process counts as one that would stay for ever."""

_COMMANDS: Final = {"window": (), "train": ("train", "--data", "builtin", "--out", "trained.digitlab")}


class Ending(NamedTuple):
    """How one process ended."""

    number: signal.Signals
    moment_s: float
    took_s: float | None
    """From the signal to the end; None if it did not end."""
    code: int | None
    errors: str


def moments(count: int) -> list[float]:
    """Return moments in seconds from the start of a process, closer together at the beginning."""
    early = round(count * _EARLY_SHARE)
    late = count - early
    return [
        *(_EARLY_S * (index + 1) / early for index in range(early)),
        *(_EARLY_S + (_LATE_S - _EARLY_S) * (index + 1) / late for index in range(late)),
    ]


def end_at(moment_s: float, number: signal.Signals, command: tuple[str, ...], folder: str) -> Ending:
    """Start a process, send it a signal, and wait for its end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digitlab", *command],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPATH": os.getcwd()},
    )
    try:
        process.wait(moment_s)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    sent = time.monotonic()
    try:
        _, errors = process.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return Ending(number, moment_s, None, None, process.communicate()[1])
    return Ending(number, moment_s, time.monotonic() - sent, process.returncode, errors)


def main() -> int:
    """Run all moments; returns 0 if every process ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.endings", description=__doc__)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--command", choices=list(_COMMANDS), default="window")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it, and so do their own
    endings = []
    with tempfile.TemporaryDirectory(prefix="digitlab-endings-") as folder:
        for name in ("DIGITLAB_HOME", "DIGITLAB_DATA", "DIGITLAB_CONFIG", "DIGITLAB_STATE"):
            os.environ[name] = str(Path(folder) / name.lower())
        for index, moment_s in enumerate(moments(options.moments)):
            ending = end_at(moment_s, _SIGNALS[index % len(_SIGNALS)], _COMMANDS[options.command], folder)
            endings.append(ending)
            took = "DID NOT END" if ending.took_s is None else f"{ending.took_s:.2f} s"
            print(
                f"{ending.moment_s:5.2f} s  {ending.number.name:7}  {took:>11}  code {ending.code}  {ending.errors!r}"
            )
    ended = [ending.took_s for ending in endings if ending.took_s is not None]
    codes = ", ".join(f"{code}: {count}" for code, count in Counter(ending.code for ending in endings).items())
    print(
        f"\n{len(ended)} of {len(endings)} ended, the slowest in {max(ended, default=0.0):.2f} s; exit codes {codes}."
    )
    return 0 if len(ended) == len(endings) else 1


if __name__ == "__main__":
    sys.exit(main())
