"""Running a module of DigitLab in a process of its own, with limits on its memory and time.

For libraries that read formats in which a small file can ask for gigabytes or for hours: what goes wrong in one ends
its process and not the window.
"""

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from digitlab.system.work import limited

_log = logging.getLogger(__name__)

APART: Final = "--apart"
"""The first argument of the frozen program, followed by a module's name, that starts it as such a process."""

MEMORY_BYTES: Final = 1 << 30
"""Limit on the addresses of a process: a photo of 48 million pixels takes half of it. macOS and Windows have none."""

CPU_S: Final = 10
"""Limit on the processor time; a photo of 48 million pixels takes 2 s."""

DEADLINE_S: Final = 60.0
"""Limit on the time, for one that waits for something, and where processor time has no limit."""

_GRACE_S: Final = 10.0
"""By which the thread that waits may be late."""


class ApartError(Exception):
    """A process ended without a result."""


class DeadlineError(ApartError):
    """A process took too long and was ended."""


def run_apart(module: str, arguments: Sequence[str], content: bytes, deadline_s: float = DEADLINE_S) -> bytes:
    """Run a module in a process of its own.

    Args:
        module: The module; its ``main`` takes the arguments, and calls ``limit_this_process`` first.
        arguments: Its arguments.
        content: Its standard input.
        deadline_s: Limit on its time.

    Returns:
        Its standard output. What it writes to standard error is in the log.

    Raises:
        DeadlineError: If it took too long.
        ApartError: If it failed or died.
        OSError: If it cannot be started.
    """
    import subprocess  # here, because it would delay the window

    is_frozen = getattr(sys, "frozen", False)
    # -P: no file of the current folder is taken for a module.
    command = [sys.executable, APART, module] if is_frozen else [sys.executable, "-P", "-m", module]
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    # Address space that would not be used: an arena for each thread, and OpenBLAS's buffers.
    fewer = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    try:
        with limited(deadline_s + _GRACE_S):
            done = subprocess.run(
                [*command, *arguments],
                input=content,
                capture_output=True,
                timeout=deadline_s,
                env={**os.environ, **({} if is_frozen else {"PYTHONPATH": paths}), **fewer},
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
    except subprocess.TimeoutExpired as error:
        raise DeadlineError(f"{module} took longer than its deadline") from error
    if done.stderr:
        _log.info("%s wrote: %s", module, done.stderr[-10_000:].decode(errors="backslashreplace"))
    if done.returncode == -_signal("SIGXCPU"):
        raise DeadlineError(f"{module} took longer than {CPU_S} s of processor time")
    if done.returncode != 0:
        raise ApartError(f"{module} ended with {done.returncode}")
    return done.stdout


def limit_this_process() -> None:
    """Limit the memory and processor time of this process, and let it write no files, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for what, limit in limits:
        hard = resource.getrlimit(what)[1]
        with suppress(ValueError, OSError):  # macOS refuses to limit addresses
            soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(what, (soft, hard))


def _signal(name: str) -> int:
    import signal

    return int(getattr(signal, name, 0)) or -1
