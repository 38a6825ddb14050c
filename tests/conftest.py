"""The set-up of every test: headless Qt, separate folders, garbage collected in the main thread, no threads left."""

import gc
import json
import math
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# Before any import of NumPy, Qt, Keras or TensorFlow, which read these once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the program: more threads only wait for one another
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY: Final = Path(__file__).resolve().parent.parent
FOLDER_VARIABLES: Final = ("DIGITLAB_DATA", "DIGITLAB_HOME", "DIGITLAB_CONFIG", "DIGITLAB_STATE")
THREAD_GRACE_S: Final = 3.0
SCREEN_SIDE: Final = 800

settings.register_profile(
    "digitlab",
    # The same examples in every run, and no time limit, because test machines may be shared and slow.
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("digitlab")


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests, and the processes they start, away from the user's data, settings, log and temporary files."""
    tmp_path_factory.getbasetemp()  # this one stays where it is
    temporary = tempfile.tempdir
    before = {name: os.environ.get(name) for name in (*FOLDER_VARIABLES, "KERAS_HOME")}
    with tempfile.TemporaryDirectory(prefix="digitlab-tests-", ignore_cleanup_errors=True) as folder:
        for name in before:
            path = Path(folder) / name.lower()
            path.mkdir()
            os.environ[name] = str(path)
        tempfile.tempdir = folder
        yield
        tempfile.tempdir = temporary
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@pytest.fixture(scope="session", autouse=True)
def _screen(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the screen as large in the units of widgets if ``QT_SCALE_FACTOR`` scales it; Qt's own has 800 pixels."""
    scale = float(os.environ.get("QT_SCALE_FACTOR", "1"))
    if os.environ["QT_QPA_PLATFORM"] == "offscreen" and scale != 1:
        side = math.ceil(SCREEN_SIDE * scale)
        dpi = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        config = tmp_path_factory.mktemp("screen") / "screens.json"
        config.write_text(json.dumps({"screens": [{"name": "", "x": 0, "y": 0, "width": side, "height": side, **dpi}]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={config}"


@pytest.fixture(scope="session", autouse=True)
def _garbage_in_the_main_thread() -> Iterator[None]:
    """Prevent Python from collecting garbage in worker threads, which would destroy widgets there."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _collected_after_each_test(_garbage_in_the_main_thread: None) -> Iterator[None]:
    """Collect the test's garbage here, in the main thread, once its own fixtures are done.

    Only the objects created since the last test are examined; examining those of all modules would take a minute.
    """
    yield
    gc.collect(1)


def _left_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Return the threads started since, without native threads that only called into Python."""
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]


@pytest.fixture(autouse=True)
def _no_thread_left(_collected_after_each_test: None) -> Iterator[None]:
    """Fail a test that leaves a thread running.

    A stopped worker may need up to ``THREAD_GRACE_S`` to end.
    """
    before = set(threading.enumerate())
    yield
    until = time.monotonic() + THREAD_GRACE_S
    for thread in _left_threads(before):
        thread.join(max(0.0, until - time.monotonic()))
    left = _left_threads(before)
    if left:
        names = ", ".join(sorted(thread.name for thread in left))
        pytest.fail(
            f"The test left {len(left)} thread(s) running: {names}. Close what started them: stop and join the worker "
            "in the test, or in the fixture that created it.",
            pytrace=False,
        )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real MNIST beside some checkouts; without it the test is skipped."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not (folder / "mnist.npz").is_file():
        pytest.skip("needs the real MNIST in ../shared/data, which is not beside this checkout")
    return folder
