"""Loading TensorFlow without blocking the other threads."""

import ctypes
import importlib.util
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from digitlab.system.errors import dependency_error
from digitlab.system.storage import state_folder
from digitlab.system.work import yield_to_window

_log = logging.getLogger(__name__)

_BACKEND: Final = "tensorflow"

_SWITCH_INTERVAL_S: Final = 0.0001

_LIBRARIES: Final = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")


def load_tensorflow() -> float:
    """Import Keras and TensorFlow in the calling thread, which from then on owns them.

    Returns:
        Seconds it took.

    Raises:
        DependencyError: If one of them is missing or cannot be loaded.
    """
    started = time.perf_counter()
    if (ignored := foreign_backend()) is not None:
        _log.warning("KERAS_BACKEND=%s is ignored: DigitLab trains with TensorFlow.", ignored)
    os.environ["KERAS_BACKEND"] = _BACKEND
    os.environ["KERAS_HOME"] = str(state_folder() / "keras")  # the user's own may choose other number types
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    yield_to_window()  # inherited by the threads that TensorFlow starts from this one
    try:
        _import_all()
    except Exception as error:
        # Whatever a broken installation raises.
        raise dependency_error(error, "tensorflow") or error from error
    return time.perf_counter() - started


def foreign_backend() -> str | None:
    """Return the backend that the environment chooses for Keras, if it is not TensorFlow; DigitLab ignores it."""
    chosen = os.environ.get("KERAS_BACKEND", "")
    return chosen if chosen not in ("", _BACKEND) else None


def _import_all() -> None:
    _load_libraries()
    with _short_switch_interval():
        import keras
        import tensorflow as tf

    # Looks for GPUs now, with the messages it prints about them, rather than at the first training.
    tf.config.list_physical_devices()
    _log.info("Keras %s and TensorFlow %s loaded.", keras.__version__, tf.__version__)


def release_memory() -> None:
    """Release what Keras keeps of discarded models; call it in the thread that owns Keras."""
    if "keras" not in sys.modules:  # never loaded, or the import failed
        return
    import keras

    keras.backend.clear_session(free_memory=False)


@contextmanager
def _short_switch_interval() -> Iterator[None]:
    """Switch between Python's threads more often, because the GUI thread needs the interpreter for all it paints.

    Measured while a digit was drawn, three alternating loads each: from the pen to the bars 13 ms (median of the p95),
    with the usual switch interval 19 ms; loading takes equally long.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, _SWITCH_INTERVAL_S))
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _load_libraries() -> None:
    """Load TensorFlow's large libraries by ctypes, which releases the interpreter lock; an import holds it."""
    found = importlib.util.find_spec("tensorflow")
    if sys.platform != "linux" or found is None or found.origin is None:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    for name in _LIBRARIES:
        path = Path(found.origin).parent / name
        if path.exists():
            dlopen(os.fsencode(path), os.RTLD_NOW | os.RTLD_LOCAL)
