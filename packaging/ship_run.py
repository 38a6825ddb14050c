"""Create a shipped model from a recorded training, with as many snapshots as fit in a few megabytes.

    digitlab train --recipe tutorial --data mnist --out trained.digitlab
    python packaging/ship_run.py trained.digitlab resources/models/tutorial.digitlab

The network itself stays unchanged. Only the last optimizer state is kept. With ``--times-of`` the epochs take the
durations of another recording of the same training, for example one on an otherwise idle machine; all other values of
both must be equal.
"""

import argparse
import math
import sys
from dataclasses import astuple, replace
from pathlib import Path
from typing import Final

from digitlab.model.files.network_file import read_model
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run, write_run
from digitlab.system.errors import DigitLabError
from digitlab.training.events import EpochEnded

SNAPSHOTS: Final = 60


def main() -> int:
    """Write the file; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path, help="the file that digitlab train saved")
    parser.add_argument("shipped", type=Path, help="the file to write")
    parser.add_argument("--snapshots", type=int, default=SNAPSHOTS, help="number of snapshots (default: %(default)s)")
    parser.add_argument("--times-of", type=Path, help="another recording of the same training")
    options = parser.parse_args()
    run = _read(options.trained)
    thinned = run.thinned(options.snapshots)
    if options.times_of is not None:
        thinned.epochs = _with_times(thinned.epochs, _read(options.times_of).epochs)
    write_run(options.shipped, read_model(options.trained), thinned)
    print(f"{options.shipped}: {len(thinned.snapshots)} of {len(run.snapshots)} snapshots")
    return 0


def _read(path: Path) -> Run:
    run = read_run(path)
    if run is None:
        raise DigitLabError(f"{path.name} contains no run.")
    return run


def _with_times(epochs: list[EpochEnded], others: list[EpochEnded]) -> list[EpochEnded]:
    for epoch, other in zip(epochs, others, strict=True):
        # Means that were summed in another order differ in their last digits.
        pairs = zip(astuple(replace(epoch, seconds=0.0)), astuple(replace(other, seconds=0.0)), strict=True)
        if not all(math.isclose(ours, theirs, rel_tol=1e-6) for ours, theirs in pairs):
            raise DigitLabError("The two files do not record the same training.")
    return [replace(epoch, seconds=other.seconds) for epoch, other in zip(epochs, others, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
