"""Prevents PySide from reading the source of every imported module."""

import linecache
import logging
import sys
from types import ModuleType
from typing import Final

_log = logging.getLogger(__name__)

_HOOK: Final = "shibokensupport.feature"
_CHECK: Final = "_mod_uses_pyside"


def read_no_sources() -> None:
    """Stop PySide from reading module sources, and free those that were read so far.

    WORKAROUND: PySide searches the source of each imported module for its own name, because a module that uses PySide
    may enable snake_case names; DigitLab does not. The lines of everything that TensorFlow imports would stay in
    ``linecache`` permanently (111 MB), and reading the sources of the window's imports takes 40 ms of start-up (PySide
    6.11, ``shibokensupport/feature.py``).
    """
    import PySide6.QtCore  # noqa: F401 - installs the hook

    hook = sys.modules.get(_HOOK)
    if hook is None or not hasattr(hook, _CHECK):
        _log.info("This version of PySide reads module sources in a different way; DigitLab may use more memory.")
    else:
        setattr(hook, _CHECK, _uses_no_features)
    linecache.clearcache()


def _uses_no_features(module: ModuleType) -> bool:
    del module
    return False
