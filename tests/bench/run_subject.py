"""Measures one subject in this process, and writes each row as soon as there is one: ``__main__`` starts it."""

import importlib
import json
import os
import sys

# As the app does, and before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def main() -> None:
    """Measure the subject named first, and write its rows to the file named second, one a line."""
    name, path = sys.argv[1:]
    with open(path, "w", encoding="utf-8") as file:
        for row in importlib.import_module(f"tests.bench.{name}").measure():
            file.write(json.dumps(row.as_json()) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
