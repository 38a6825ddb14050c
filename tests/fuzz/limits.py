"""Running a reader in a process of its own, with limits on its time and memory."""

import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from digitlab.system.errors import DigitLabError

CPU_S: Final = 2.0
"""Processor time that a reader may take to refuse a file."""

GROWTH_MB: Final = 200.0
"""Memory by which the process may grow meanwhile."""

_WALL_S: Final = 90.0
"""A child that takes longer waits for something, even on a busy machine."""

_ADDRESS_SPACE: Final = 2 * 2**30
_KERNELS_CPU_S: Final = 20
"""The kernel's limits on the child, far above ours, so that a bomb cannot take the machine."""

_MB: Final = 1024.0
_CLEAR_PEAK: Final = "5"
"""Written to ``clear_refs``, it resets the peak of the resident memory (man 5 proc)."""


class Ending(StrEnum):
    """How reading a file ended."""

    RESULT = "result"
    REFUSED = "refused"
    FAILED = "failed"
    """Another exception than ours."""
    OVER_LIMITS = "over limits"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading a file.

    Attributes:
        ending: How it ended.
        text: The sentence of the refusal, or the traceback.
        cpu_s: Processor time.
        growth_mb: Growth of the process's memory at its peak.
    """

    ending: Ending
    text: str
    cpu_s: float
    growth_mb: float

    @property
    def is_fine(self) -> bool:
        """Whether it is a result or a refusal within the limits."""
        return self.ending in (Ending.RESULT, Ending.REFUSED)


def outcome_of(read: Callable[[Path], object], path: Path, *, is_limited: bool = True) -> Outcome:
    """Call a function with a path in a forked process; this process must have one thread only."""
    output, input_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(output)
        _read_in_child(read, path, input_end, is_limited=is_limited)
    os.close(input_end)
    try:
        report = _report_of(output)
    finally:
        os.close(output)
        if not report:
            os.kill(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
    if not report:
        over = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        return Outcome(Ending.OVER_LIMITS if over else Ending.DIED, f"status {status}", usage.ru_utime, 0.0)
    ending, cpu_s, growth_mb, text = report.split("\n", 3)
    return Outcome(Ending(ending), text, float(cpu_s), float(growth_mb))


def _report_of(output: int) -> str:
    until = time.monotonic() + _WALL_S
    parts = []
    while select.select([output], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(output, 1 << 16)
        if not part:
            return b"".join(parts).decode()
        parts.append(part)
    return ""


def _read_in_child(read: Callable[[Path], object], path: Path, input_end: int, *, is_limited: bool) -> None:
    if is_limited:
        address_space = _memory_kb("VmSize") * 1024 + _ADDRESS_SPACE
        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
        resource.setrlimit(resource.RLIMIT_CPU, (_KERNELS_CPU_S, _KERNELS_CPU_S))
    Path("/proc/self/clear_refs").write_text(_CLEAR_PEAK)
    before_kb, before_s = _memory_kb("VmRSS"), time.process_time()
    try:
        text = repr(read(path))[:200]
        ending = Ending.RESULT
    except DigitLabError as error:
        ending, text = Ending.REFUSED, str(error)
    except BaseException:  # noqa: BLE001 - whatever a reader raises is what is looked for
        ending, text = Ending.FAILED, traceback.format_exc()
    cpu_s, growth_mb = time.process_time() - before_s, (_memory_kb("VmHWM") - before_kb) / _MB
    if is_limited and ending is not Ending.FAILED and (cpu_s > CPU_S or growth_mb > GROWTH_MB):
        ending, text = Ending.OVER_LIMITS, f"{ending}: {text}"
    content = f"{ending}\n{cpu_s}\n{growth_mb}\n{text}".encode(errors="backslashreplace")
    while content:
        content = content[os.write(input_end, content) :]
    os._exit(0)


def _memory_kb(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)
