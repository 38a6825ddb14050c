"""The latency of a window's event loop, and its causes."""

import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from tests.bench.machine import NAP_MS, Machine
from tests.bench.rows import percentile

TICK_MS: Final = NAP_MS
GOAL_P99_MS: Final = 5.0
GOAL_WORST_MS: Final = 50.0

_SAMPLE_S: Final = 0.002
_MOST_NAMES: Final = 4
_OURS: Final = "digitlab"


@dataclass(frozen=True, slots=True)
class Tick:
    """A timer's tick: when it was due and when it came, on ``time.perf_counter``'s clock."""

    due_s: float
    came_s: float

    @property
    def late_ms(self) -> float:
        """How late it came."""
        return max(0.0, 1000 * (self.came_s - self.due_s))


@dataclass(frozen=True, slots=True)
class _Sample:
    """A sample of the main thread when a tick was overdue.

    Attributes:
        at_s: When.
        own_late_s: How late the sampling thread was itself.
        name: The function that the main thread was in; empty if it did not answer.
    """

    at_s: float
    own_late_s: float
    name: str


@dataclass(frozen=True, slots=True)
class Lateness:
    """The latency over some time.

    Attributes:
        ticks: All ticks.
        samples: Samples of the main thread while ticks were overdue.
    """

    ticks: Sequence[Tick]
    samples: Sequence[_Sample]

    @property
    def p99(self) -> float:
        """The lateness that one tick of a hundred exceeds, in ms."""
        return percentile([tick.late_ms for tick in self.ticks], 99)

    @property
    def worst(self) -> float:
        """The largest lateness in ms."""
        return max(tick.late_ms for tick in self.ticks)

    def between(self, begun_s: float, ended_s: float) -> "Lateness":
        """Return the part within an interval."""
        ticks = [tick for tick in self.ticks if begun_s <= tick.came_s <= ended_s]
        return Lateness(ticks, self.samples)

    def without(self, other: "Lateness") -> "Lateness":
        """Return the part that is not in another one."""
        taken = set(other.ticks)
        return Lateness([tick for tick in self.ticks if tick not in taken], self.samples)

    def explain(self, machine: Machine) -> str:
        """Describe the causes of late ticks, and how late the machine was meanwhile."""
        waits: dict[str, list[float]] = defaultdict(list)
        for tick in self.ticks:
            if tick.late_ms > GOAL_P99_MS:
                waits[self._cause(tick, machine)].append(tick.late_ms)
        count = sum(map(len, waits.values()))
        by_weight = sorted(waits.items(), key=lambda item: -sum(item[1]))
        causes = "; ".join(f"{name} {len(late)}x, up to {max(late):.0f} ms" for name, late in by_weight[:_MOST_NAMES])
        rest = sum(len(late) for _, late in by_weight[_MOST_NAMES:])
        more = f"; others {rest}x" if rest else ""
        return (
            f"{count} of {len(self.ticks)} ticks came more than {GOAL_P99_MS:g} ms late, delayed by: {causes}{more}. "
            f"Meanwhile {machine.words()}."
        )

    def explain_worst(self, machine: Machine) -> str:
        """Describe the cause of the latest tick, and how late the machine was at that time."""
        tick = max(self.ticks, key=lambda tick: tick.late_ms)
        outside = machine.late_ms(tick.due_s, tick.came_s)
        return f"Delayed by: {self._cause(tick, machine)}. A sleeping process was {outside:.1f} ms late at that time."

    def _cause(self, tick: Tick, machine: Machine) -> str:
        """Return the cause of a late tick."""
        late_s = tick.came_s - tick.due_s
        if machine.late_ms(tick.due_s, tick.came_s) > 500 * late_s:
            return "the machine (a sleeping process was late as well)"
        seen = [sample for sample in self.samples if tick.due_s <= sample.at_s <= tick.came_s + _SAMPLE_S]
        if sum(sample.own_late_s for sample in seen) > late_s / 2:
            return "the interpreter or a processor, which another thread had"
        names = [sample.name for sample in seen if sample.name]
        return max(set(names), key=names.count) if names else "something shorter than a sample"


class LoopWatch(QObject):
    """Records the ticks of a 5 ms timer in the main thread; a thread samples that thread when one is overdue."""

    def __init__(self) -> None:
        """Create the timer; ``start`` starts it."""
        super().__init__()
        self._ticks: list[Tick] = []
        self._samples: list[_Sample] = []
        self._due_s = 0.0
        self._ended = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Start to measure."""
        self._ticks, self._samples = [], []
        self._ended = threading.Event()
        if hasattr(signal, "SIGUSR1"):
            signal.signal(signal.SIGUSR1, self._on_asked)
        self._due_s = time.perf_counter() + TICK_MS / 1000
        self._timer.start(TICK_MS)
        threading.Thread(target=self._look, args=(self._ended,), daemon=True).start()

    def stop(self) -> Lateness:
        """Stop; return what was measured."""
        self._timer.stop()
        self._ended.set()
        return Lateness(self._ticks, self._samples)

    def during(self, action: Callable[[], object]) -> Lateness:
        """Return what was measured during an action."""
        self.start()
        action()
        return self.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._ticks.append(Tick(self._due_s, now))
        self._due_s = now + TICK_MS / 1000

    def _look(self, ended: threading.Event) -> None:
        """Ask the main thread for its current function when a tick is overdue.

        It answers by itself: holding its frames in this thread would keep its painters and timers alive, and destroy
        them here.
        """
        while not ended.is_set():
            due_s = time.perf_counter() + _SAMPLE_S
            time.sleep(_SAMPLE_S)
            now = time.perf_counter()
            if now > self._due_s + _SAMPLE_S / 2:
                self._samples.append(_Sample(now, now - due_s, ""))
                if hasattr(signal, "SIGUSR1"):
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def _on_asked(self, number: int, frame: FrameType | None) -> None:
        self._samples.append(_Sample(time.perf_counter(), 0.0, _name(frame)))


def _name(frame: FrameType | None) -> str:
    """Return the innermost of the app's functions, with the one that the event loop called."""
    ours = []
    while frame is not None:
        parts = Path(frame.f_code.co_filename).parts
        if _OURS in parts and "tests" not in parts:
            ours.append(frame.f_code.co_qualname)
        frame = frame.f_back
    if not ours:
        return "Qt itself"
    return ours[0] if len(ours) == 1 else f"{ours[0]} in {ours[-1]}"
