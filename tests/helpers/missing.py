"""Processes in which a package is missing or cannot be loaded."""

import os
from collections.abc import Mapping
from pathlib import Path

_PROGRAM = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages!r}:
            raise {error}

sys.meta_path.insert(0, Blocker())
"""

MISSING = 'ModuleNotFoundError(f"No module named {name!r}", name=name)'
BROKEN = (
    'ImportError("Traceback (most recent call last):\\n  File tensorflow\\n'
    'ImportError: libtensorflow.so.2: cannot open shared object file\\n\\nFailed to load the native runtime.")'
)
"""As TensorFlow reports that it cannot be loaded."""


def environment_without(folder: Path, *packages: str, error: str = MISSING) -> Mapping[str, str]:
    """Return the environment of a process without some packages.

    Args:
        folder: For the file that hides them.
        packages: What they are imported as.
        error: What their import raises.
    """
    (folder / "sitecustomize.py").write_text(_PROGRAM.format(packages=set(packages), error=error))
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
