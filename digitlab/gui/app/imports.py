"""Keeping PySide from reading the source of every module that is imported."""

import linecache
import logging
import sys
from types import ModuleType
from typing import Final

_log = logging.getLogger(__name__)

_HOOK: Final = "shibokensupport.feature"
_CHECK: Final = "_mod_uses_pyside"


def read_no_sources() -> None:
    """Import modules without reading their sources from now on, and free the sources that were read so far.

    WORKAROUND: PySide looks for its own name in the source of each module that anybody imports, because such a module
    may switch on snake_case names; DigitLab does not. The lines of all that TensorFlow imports would stay in
    ``linecache`` for good: 111 MB; and reading the sources of what the window imports takes 40 ms of its start (PySide
    6.11, ``shibokensupport/feature.py``).
    """
    import PySide6.QtCore  # noqa: F401 - installs the hook

    hook = sys.modules.get(_HOOK)
    if hook is None or not hasattr(hook, _CHECK):
        _log.info("This version of PySide reads the sources of modules in another way; it may use more memory.")
    else:
        setattr(hook, _CHECK, _uses_no_features)
    linecache.clearcache()


def _uses_no_features(module: ModuleType) -> bool:
    del module
    return False
