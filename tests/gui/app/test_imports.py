"""PySide reads no sources; tested in a separate process, because the hook affects the whole process."""

import os
import subprocess
import sys

from tests.structure import REPOSITORY

_PROGRAM = """
import importlib, linecache
import PySide6.QtCore
from digitlab.gui.app.application import prepare_process

def lines_kept():
    return sum(len(entry[2]) for entry in linecache.cache.values() if len(entry) > 1)

importlib.import_module("wave")
before = lines_kept()
prepare_process()
importlib.import_module("mailbox")
print(before > 0, lines_kept())
"""


def test_sources_of_imported_modules_are_not_cached():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "0"], done.stderr


def test_another_qt_for_pyqtgraph_in_the_environment_is_ignored():
    program = "from digitlab.gui.app.application import prepare_process; prepare_process(); import pyqtgraph"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={**os.environ, "PYQTGRAPH_QT_LIB": "PyQt5"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
