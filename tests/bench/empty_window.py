"""The reference for the event loop: an empty window, with the work of a plain program in a separate thread.

Run as ``python -m tests.bench.empty_window WORK``; prints JSON with the lateness of the window's timer.
"""

import json
import sys
import threading
import time
from typing import Final

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.loop_watch import Lateness, LoopWatch
from tests.bench.processes import last_line

_WATCH_S: Final = 6.0
_TIMEOUT_S: Final = 120.0


def lateness_of_empty_window(work: str) -> tuple[float, float]:
    """Return p99 and worst lateness in ms of an empty window in a separate process.

    Args:
        work: The work of its thread: ``nothing``, ``import``, ``fit 100``, ``fit 512`` or ``predict``.
    """
    result = json.loads(last_line("-m", "tests.bench.empty_window", *work.split()))
    return result["p99"], result["worst"]


def _import() -> None:
    import keras  # noqa: F401
    import tensorflow  # noqa: F401


def main() -> None:
    """Open the window, do the work in a thread, watch."""
    application = QApplication([])
    window = QWidget()
    window.resize(1280, 800)
    window.show()
    work, *size = sys.argv[1:]
    watch = LoopWatch()
    loop = QEventLoop()
    ended = threading.Event()

    def rest(seconds: float) -> None:
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    rest(0.5)
    if work == "nothing":
        seen = watch.during(lambda: rest(_WATCH_S))
    elif work == "import":
        seen = watch.during(lambda: _in_thread(_import, rest))
    else:
        from tests.bench import plain_keras

        images, labels = plain_keras.digits_for_keras()
        model = plain_keras.model()

        def fit() -> None:
            while not ended.is_set():
                model.fit(images[:6_000], labels[:6_000], batch_size=int(size[0]), verbose=0)

        def predict() -> None:
            while not ended.is_set():
                model.predict(images[:10_000], verbose=0)

        thread = threading.Thread(target=fit if work == "fit" else predict, daemon=True)
        thread.start()
        rest(3.0)  # until everything is traced
        seen = watch.during(lambda: rest(_WATCH_S))
        ended.set()
        thread.join(60.0)
    _tell(seen)
    del window, application


def _in_thread(work, rest) -> None:  # type: ignore[no-untyped-def]
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    until = time.perf_counter() + _TIMEOUT_S
    while thread.is_alive() and time.perf_counter() < until:
        rest(0.05)


def _tell(seen: Lateness) -> None:
    print(json.dumps({"p99": seen.p99, "worst": seen.worst}), flush=True)


if __name__ == "__main__":
    main()
