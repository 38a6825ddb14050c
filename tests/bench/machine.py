"""The computer: its description, its load by other programs, and its wake-up latency."""

import ctypes
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.rows import percentile

_STAT: Final = Path("/proc/stat")
_JIFFIES_A_SECOND: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_LOAD_SAMPLE_S: Final = 2.0
NAP_MS: Final = 5
"""How long the sleeper sleeps: the interval of a window's timer in these measurements."""

# A process that only sleeps, and records how late it was woken: this latency is caused by the machine, not by us.
_SLEEPER: Final = """
import sys, threading, time
nap_s = float(sys.argv[1]) / 1000
late = []
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
print("ready", flush=True)
while not ended.is_set():
    due = time.perf_counter() + nap_s
    time.sleep(nap_s)
    late.append((due, time.perf_counter()))
for due, now in late:
    print(due, now)
"""


@dataclass(frozen=True, slots=True)
class CpuTime:
    """Seconds of all processors together since the machine started.

    Attributes:
        busy_s: Spent on programs, including ours.
        stolen_s: Requested by programs, but given to other virtual machines on the same computer.
    """

    busy_s: float
    stolen_s: float

    def since(self, earlier: "CpuTime") -> "CpuTime":
        """Return what was added."""
        return CpuTime(self.busy_s - earlier.busy_s, self.stolen_s - earlier.stolen_s)


def cpu_time() -> CpuTime | None:
    """Return the seconds so far, or None if the system does not provide them."""
    if not _STAT.exists():
        return None
    user, nice, system, _, _, interrupt, soft, stolen = (
        int(part) / _JIFFIES_A_SECOND for part in _STAT.read_text().splitlines()[0].split()[1:9]
    )
    return CpuTime(user + nice + system + interrupt + soft, stolen)


def load_now() -> float:
    """Return how many processors other programs keep busy, measured for two seconds in which this process sleeps.

    The system's load average covers the last minute, and so includes our own measurements.
    """
    before = cpu_time()
    time.sleep(_LOAD_SAMPLE_S)
    after = cpu_time()
    if before is None or after is None:
        return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return after.since(before).busy_s / _LOAD_SAMPLE_S


def facts() -> dict[str, Any]:
    """Return the description of the machine."""
    return {
        "cpus": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": _memory_gb(),
        "architecture": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def _memory_gb() -> float | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)


def resident_mb(process: int | str = "self") -> float:
    """Return the resident memory of a process in MB; 0 if the system does not provide it."""
    return _status_mb(process, "VmRSS")


def peak_mb(process: int | str = "self") -> float:
    """Return the maximum of ``resident_mb`` so far."""
    return _status_mb(process, "VmHWM")


def unused_mb() -> float | None:
    """Let the C library return unused memory to the system; return how much that was, or None if it cannot."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return None
    before = resident_mb()
    trim(0)
    return before - resident_mb()


def _status_mb(process: int | str, name: str) -> float:
    status = Path(f"/proc/{process}/status")
    return int(status.read_text().split(f"{name}:")[1].split()[0]) / 1024 if status.exists() else 0.0


@dataclass(frozen=True, slots=True)
class Nap:
    """One sleep of the sleeper: when it should have been woken, and when it was, on ``time.perf_counter``'s clock."""

    due_s: float
    woken_s: float

    @property
    def late_ms(self) -> float:
        """How late it was woken."""
        return 1000 * (self.woken_s - self.due_s)


class Sleeper:
    """A process that repeatedly sleeps for 5 ms, to measure the machine's own latency."""

    def __init__(self) -> None:
        """Start the process, and wait until it sleeps."""
        self._before = cpu_time()
        self._begun_s = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SLEEPER, str(NAP_MS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def end(self) -> "Machine":
        """End the process; return what it measured."""
        printed, _ = self._process.communicate()  # which closes its input
        naps = [Nap(*map(float, line.split())) for line in printed.splitlines()]
        after, share = cpu_time(), None
        if self._before is not None and after is not None:
            passed_s = (time.perf_counter() - self._begun_s) * (os.cpu_count() or 1)
            share = after.since(self._before).stolen_s / passed_s
        return Machine(naps, share)


@dataclass(frozen=True, slots=True)
class Machine:
    """How late the machine itself was during a measurement.

    Attributes:
        naps: The sleeps of a process that only sleeps.
        stolen: Share of the processors' time that other machines got while ours wanted it, 0 to 1, or None.
    """

    naps: list[Nap]
    stolen: float | None

    def late_ms(self, begun_s: float, ended_s: float) -> float:
        """Return the maximum latency of the sleeper in an interval."""
        return max((nap.late_ms for nap in self.naps if nap.due_s < ended_s and nap.woken_s > begun_s), default=0.0)

    def words(self) -> str:
        """Return a clause about the latency."""
        late = [nap.late_ms for nap in self.naps]
        if len(late) < 2:
            return "it was too short to measure how late the machine was"
        stolen = "" if self.stolen is None else f"; {self.stolen:.0%} of the processors' time went to other machines"
        p99, worst = percentile(late, 99), max(late)
        return f"a process that only sleeps 5 ms was late by {p99:.1f} ms (p99), {worst:.1f} (worst){stolen}"
