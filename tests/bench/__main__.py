"""Runs the subjects named on the command line, or all, prints a table and writes ``build/bench.json``."""

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

# As the app does, and before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tests.bench.rows import Row, table, write

SUBJECTS: Final = ("start", "raster", "dataset", "window", "replay", "judging", "long_run", "lens", "training")
"""Modules of this package, in the order in which they are measured. Each runs in a process of its own."""

RESULT: Final = Path("build") / "bench.json"


def main() -> int:
    """Measure; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    chosen = parser.parse_args().subjects or SUBJECTS
    if unknown := set(chosen) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        # What is trained and drawn here is none of the person's.
        for name in ("DIGITLAB_DATA", "DIGITLAB_CONFIG", "DIGITLAB_STATE"):
            os.environ[name] = folder
        for name in chosen:
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            rows.extend(importlib.import_module(f"tests.bench.{name}").measure())
    print(table(rows))
    write(rows, RESULT)
    print(f"\nwritten to {RESULT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
