"""Runs the subjects named on the command line, or all, prints a table and writes ``build/bench.json``."""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# As the app does, and before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tests.bench.rows import Row, read, table, write

SUBJECTS: Final = ("start", "raster", "dataset", "window", "replay", "judging", "long_run", "lens", "training")
"""Modules of this package, in the order in which they are measured. Each runs in a process of its own."""

RESULT: Final = Path("build") / "bench.json"


def main() -> int:
    """Measure; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--result", type=Path, default=RESULT, help="where to write (default: %(default)s)")
    options = parser.parse_args()
    chosen = options.subjects or SUBJECTS
    if unknown := set(chosen) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        rows = _measured(chosen[0], folder) if len(chosen) == 1 else _measured_apart(chosen, Path(folder))
    print(table(rows))
    write(rows, options.result)
    print(f"\nwritten to {options.result}")
    return 0


def _measured(name: str, folder: str) -> list[Row]:
    """Measure a subject in this process; what is trained and drawn for it is none of the person's."""
    for variable in ("DIGITLAB_DATA", "DIGITLAB_CONFIG", "DIGITLAB_STATE"):
        os.environ[variable] = folder
    print(f"measuring {name} ...", file=sys.stderr, flush=True)
    return list(importlib.import_module(f"tests.bench.{name}").measure())


def _measured_apart(names: Sequence[str], folder: Path) -> list[Row]:
    """Measure subjects, each in a process of its own."""
    rows = []
    for name in names:
        result = folder / f"{name}.json"
        command = [sys.executable, "-m", "tests.bench", name, "--result", str(result)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        rows += read(result)
    return rows


if __name__ == "__main__":
    sys.exit(main())
