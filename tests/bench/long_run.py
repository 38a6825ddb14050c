"""A training of 100 epochs x 600 steps in the window: its memory, and whether anything slows down.

The events are made up and come as fast as the window takes them; weights have the tutorial network's size.
"""

import time
from collections.abc import Iterator
from typing import Final

import numpy as np
from PySide6.QtCore import QEventLoop

from digitlab.gui.main_window import MainWindow
from digitlab.gui.session.values import TrainingState
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.training.config import MEMORY_BUDGET, Optimizer, TrainingConfig
from digitlab.training.events import BatchEnded, EpochEnded, SnapshotTaken, TrainingEvent, TrainingStarted
from digitlab.training.optimizer_state import OptimizerState, slot_shapes
from digitlab.training.watcher import kept_snapshot_steps
from tests.bench.app_window import open_window, rest, wait_for_tensorflow
from tests.bench.machine import resident_mb
from tests.bench.replay import PANELS, steps_ms
from tests.bench.rows import Row, median

EPOCHS: Final = 100
SHORT: Final = 3
"""Epochs of the run it is compared with, whose curves also fill the plots."""

STEPS: Final = 600
BATCHES_A_DRAIN: Final = 3
"""The window handles events 20 times per second; a batch of the tutorial takes about 20 ms."""

FRAMES: Final = 100
_DRAGGED: Final = ("showInspect", "showTrain")
_SETTLE_MS: Final = 1_200
_LIVE_EVERY: Final = 15
"""Batches between two snapshots for the display."""


class Training:
    """Simulates the events of a training."""

    def __init__(self, window: MainWindow, epochs: int) -> None:
        self._controller = window.controllers.training
        self._session = window.session
        self._loop = QEventLoop()
        self._rng = np.random.default_rng(1)
        self._config = TrainingConfig(epochs=epochs, optimizer=Optimizer.ADAM)
        self._kept = kept_snapshot_steps(epochs * STEPS)
        self._step = 0
        started = TrainingStarted(TUTORIAL, self._config, "made up", 60_000, 10_000, validates_on_test=True)
        window.session.training_state = TrainingState.PREPARING
        self.take_in([started])

    def train(self) -> list[float]:
        """Feed all epochs; return the durations of the last epoch's frames in ms."""
        for number in range(1, self._config.epochs):
            self.epoch(number, frame_count=0)
        return self.epoch(self._config.epochs, FRAMES)

    def drains(self, number: int) -> Iterator[list[TrainingEvent]]:
        """Yield the events of an epoch, as many at a time as the window handles."""
        for first in range(0, STEPS, BATCHES_A_DRAIN):
            events: list[TrainingEvent] = []
            for _ in range(BATCHES_A_DRAIN):
                events += self._batch()
            if first + BATCHES_A_DRAIN >= STEPS:
                events.append(EpochEnded(number, self._step, 0.1, 0.97, 0.1, 0.9 + number / 2000, 12.0))
            yield events

    def epoch(self, number: int, frame_count: int = 0) -> list[float]:
        """Feed an epoch; return the durations of its first frames in ms."""
        frames: list[float] = []
        for events in self.drains(number):
            if len(frames) < frame_count:
                frames.append(self._frame(events))
            else:
                self.take_in(events)
                self._loop.processEvents()
        return frames

    def _batch(self) -> list[TrainingEvent]:
        self._step += 1
        step = self._step
        events: list[TrainingEvent] = [BatchEnded(step, 2.0 / step**0.4 + 0.1 * self._rng.random(), 0.9, 0.02 * step)]
        ends_epoch = step % STEPS == 0
        if ends_epoch or step in self._kept:
            events.append(
                SnapshotTaken(self._weights(), is_kept=True, optimizer_state=self._state() if ends_epoch else None)
            )
        elif step % _LIVE_EVERY == 0:
            events.append(SnapshotTaken(self._weights(), is_kept=False))
        return events

    def _weights(self) -> Snapshot:
        arrays = [
            self._rng.normal(0, 0.1, shape).astype(np.float32)
            for shapes in TUTORIAL.weight_shapes
            for shape in shapes.values()
        ]
        return Snapshot.of(TUTORIAL, arrays, self._step, self._step / STEPS)

    def _state(self) -> OptimizerState:
        slots = [np.ones(shape, np.float32) for shape in slot_shapes(Optimizer.ADAM, TUTORIAL)]
        return OptimizerState.of(Optimizer.ADAM, TUTORIAL, self._step, slots)

    def end(self) -> None:
        """End the training."""
        self._session.training_state = TrainingState.IDLE

    def take_in(self, events: list[TrainingEvent]) -> None:
        """Pass events to the window."""
        self._controller._on_pump_drained(events)  # as the pump passes them on

    def _frame(self, events: list[TrainingEvent]) -> float:
        """Handle events and let the window paint; return how long the GUI thread was busy, in ms."""
        begun = time.perf_counter()
        self.take_in(events)
        busy = time.perf_counter() - begun
        until = time.perf_counter() + 0.05
        while time.perf_counter() < until:
            begun = time.perf_counter()
            if self._loop.processEvents():
                busy += time.perf_counter() - begun
            else:
                time.sleep(0.001)
        return 1000 * busy


def measure() -> Iterator[Row]:
    """Measure with the Train tab visible."""
    window = open_window()
    window.actions_by_name["showTrain"].trigger()
    # Loaded beforehand, so that its memory does not count as the run's.
    wait_for_tensorflow(window)
    rest(_SETTLE_MS)
    session = window.session
    before = Training(window, SHORT).train()
    begun_mb = resident_mb()
    frames = Training(window, EPOCHS).train()
    grown_mb = resident_mb() - begun_mb
    run = session.run
    assert run is not None
    yield Row(
        "100 epochs x 600 steps: weights and states kept",
        run.history.nbytes / 2**20,
        "MB",
        MEMORY_BUDGET / 2**20,
        "budget",
        1.0,
        True,
    )
    yield Row("100 epochs x 600 steps: memory the process grew by", grown_mb, "MB")
    yield Row("snapshots kept of 60,000 steps", len(run.snapshots), "")
    window.session.training_state = TrainingState.IDLE
    for panel in (panel for panel in PANELS if panel.action in _DRAGGED):
        times = steps_ms(window, panel)
        name = panel.action.removeprefix("show")
        yield Row(
            f"one snapshot of the long run, {name} visible, median",
            median(times),
            "ms",
            1000 / 30,
            "30 per second",
            1.0,
            True,
        )
    short = before + Training(window, SHORT).train()
    name = f"window busy a drain of {BATCHES_A_DRAIN} batches, epoch {EPOCHS}"
    yield Row(name, median(frames), "ms", median(short), f"epoch {SHORT} of {SHORT}", 1.25, True)
    window.close()
