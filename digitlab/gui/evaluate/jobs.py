"""What the evaluation's thread does: it loads digits, lets networks answer them, and tells figures while they grow."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import Part
from digitlab.data.held_out import HeldOutSet, Stamp, load_held_out, stamp_of
from digitlab.evaluation.metrics import Metrics, mean_loss
from digitlab.evaluation.predictions import Predictions
from digitlab.gui.session.values import EvaluationResult, Task
from digitlab.insight.batch import answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.system.work import at_once
from digitlab.words.numbers import duration

_log = logging.getLogger(__name__)

FIRST_COUNT: Final = 300
"""Images answered before the first figures: 70 ms with the tutorial network ..."""

_FIRST_AFTER_S: Final = 0.25
"""... but on a slow or busy machine the first figures come after so long, on at least one chunk of images."""

SNAPSHOT_COUNT: Final = 2_000
"""Images that every moment of a run is judged on: half a second each with the tutorial network."""

FOLLOW_COUNT: Final = 10_000
"""Most images that a moment is judged on without being asked."""

_FIGURES_PERIOD_S: Final = 0.2
"""Growing figures are told five times a second: to be read, not to flicker."""

_PROGRESS_PERIOD_S: Final = 0.05
"""Progress is told 20 times a second."""

_THREADS: Final = min(2, os.cpu_count() or 1)
"""Threads of arithmetic. More would leave the pen and a training too little."""

_CHUNK: Final = 100 * _THREADS
"""Images between two looks at the clock: 24 ms with the tutorial network."""

_REST_S: Final = 0.3
"""A moment must be on screen so long before all images are answered for it."""

_FORESIGHT_S: Final = 1.0
"""After so long the time left is told: before, the estimate would jump."""

_KEPT_SETS: Final = 2
"""Data that stay in memory: MNIST's training digits are 47 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One wish to judge; what it posts carries it along, so that mail from one given up is told apart.

    Attributes:
        task: What it is; ``NONE`` only loads the data.
        snapshots: The networks to judge, in this order.
        source: What on.
        part: Which digits of it.
        count: How many of them at most.
        cancelled: Set to give up.
    """

    task: Task
    snapshots: tuple[Snapshot, ...]
    source: str
    part: Part
    count: int
    cancelled: threading.Event


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """The data are there."""

    job: Job
    data: HeldOutSet


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """How far it is."""

    job: Job
    words: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of a network, on the images answered so far."""

    job: Job
    result: EvaluationResult


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """The job has ended."""

    job: Job


@dataclass(frozen=True, slots=True, eq=False)
class Failed:
    """The job has ended badly."""

    job: Job
    error: Exception


class EvaluationJobs:
    """Does jobs, one at a time, in the thread that calls it.

    Args:
        post: Takes what is to be told: ``Loaded``, ``Progress``, ``Figures``, ``Done`` or ``Failed``.
    """

    def __init__(self, post: Callable[[object], None]) -> None:
        """Begin without data."""
        self._post = post
        self._running: Job | None = None
        self._sets: dict[tuple[str, Part], tuple[Stamp, HeldOutSet]] = {}

    def run(self, job: Job) -> None:
        """Do a job; ``fail`` tells of what it raises."""
        self._running = job
        if job.cancelled.is_set():
            return
        try:
            data = self._data(job)
        except DigitLabError as error:
            if job.task is Task.NONE:
                _log.info("The data to judge on are not ready: %s", error)
                self._post(Done(job))
                return
            raise
        self._post(Loaded(job, data))
        if job.task is Task.SNAPSHOTS:
            self._evaluate_snapshots(job, data)
        elif job.task is not Task.NONE:
            self._evaluate(job, data)
        self._post(Done(job))

    def fail(self, error: Exception) -> None:
        """Tell what the last job raised."""
        if self._running is not None:
            self._post(Failed(self._running, error.with_traceback(None)))

    def _data(self, job: Job) -> HeldOutSet:
        """Return the data, from memory if they have not changed."""
        key, stamp = (job.source, job.part), stamp_of(job.source)
        kept = self._sets.pop(key, None)
        if kept is not None and kept[0] == stamp:
            self._sets[key] = kept  # behind the others: the first one goes when there are too many
            return kept[1]
        data = load_held_out(
            job.source,
            job.part,
            download=job.task is not Task.NONE,
            progress=self._paced(job),
            cancelled=job.cancelled.is_set,
        )
        self._sets[key] = (stamp, data)
        while len(self._sets) > _KEPT_SETS:
            del self._sets[next(iter(self._sets))]
        return data

    def _evaluate(self, job: Job, data: HeldOutSet) -> None:
        """Judge one network; figures come while it answers."""
        (snapshot,) = job.snapshots
        answering = _Answering(snapshot, data, job.count)
        tell, begun, told = self._paced(job), time.perf_counter(), None
        words = f"Answering {answering.total:,} images"
        while answering.left:
            if not answering.answer(_CHUNK, job.cancelled.is_set):
                return
            if told is not None or job.task is not Task.FOLLOW:
                tell(words, answering.done / answering.total)
            now = time.perf_counter()
            if told is None:
                is_time = answering.done >= FIRST_COUNT or now - begun >= _FIRST_AFTER_S
            else:
                is_time = now - told >= _FIGURES_PERIOD_S
            if answering.left and is_time:
                self._post(Figures(job, answering.result()))
                if told is None and job.task is Task.FOLLOW and job.cancelled.wait(_REST_S):
                    return
                told = now
        if answering.answer_others(job.cancelled.is_set):
            self._post(Figures(job, answering.result()))

    def _evaluate_snapshots(self, job: Job, data: HeldOutSet) -> None:
        """Judge many networks, each on some of the images."""
        begun, tell = time.perf_counter(), self._paced(job)
        for index, snapshot in enumerate(job.snapshots):
            answering = _Answering(snapshot, data, job.count)
            while answering.left:
                if not answering.answer(_CHUNK, job.cancelled.is_set):
                    return
                share = (index + answering.done / answering.total) / len(job.snapshots)
                words = f"Moment {index + 1} of {len(job.snapshots)}"
                elapsed = time.perf_counter() - begun
                if elapsed > _FORESIGHT_S:
                    words += f", about {duration(elapsed * (1 - share) / share)} left"
                tell(words, share)
            if not answering.answer_others(job.cancelled.is_set):
                return
            try:
                self._post(Figures(job, answering.result()))
            except DigitLabError as error:
                # A run that broke down has good moments too.
                _log.info("The moment at step %d has no figures: %s", snapshot.step, error)

    def _paced(self, job: Job) -> Callable[[str, float], None]:
        """Return what tells progress, but not more often than the screen shows it."""
        told = -_PROGRESS_PERIOD_S

        def tell(words: str, share: float) -> None:
            nonlocal told
            now = time.perf_counter()
            if now - told >= _PROGRESS_PERIOD_S:
                told = now
                self._post(Progress(job, words, share))

        return tell


class _Answering:
    """The answers of one network to some digits, always the same ones and in the same random order."""

    def __init__(self, snapshot: Snapshot, data: HeldOutSet, count: int) -> None:
        """Begin without an answer.

        Args:
            snapshot: The network.
            data: What to answer.
            count: How many of the digits at most.
        """
        self._snapshot = snapshot
        self._data = data
        # Files are often sorted by digit: the first images alone would say nothing of the rest.
        order = np.random.default_rng(0).permutation(len(data.digits))
        self._order: NDArray[np.intp] = order[:count]
        self._other_order = np.random.default_rng(0).permutation(len(data.others))[:count]
        shape = (len(self._order), snapshot.spec.class_count)
        self._outputs = np.empty(shape, np.float32)
        self._sums = np.empty(shape, np.float32)
        self._others: NDArray[np.float32] | None = None
        self._begun = time.perf_counter()
        self.done = 0

    @property
    def total(self) -> int:
        """Number of digits to answer."""
        return len(self._order)

    @property
    def left(self) -> int:
        """Number of digits not answered yet."""
        return self.total - self.done

    def answer(self, count: int, is_cancelled: Callable[[], bool]) -> bool:
        """Answer some more; returns whether that was not cancelled."""
        end = min(self.done + count, self.total)
        limits = np.linspace(self.done, end, _THREADS + 1).astype(int)
        parts = [slice(first, last) for first, last in pairwise(limits)]
        if not all(at_once([partial(self._answer_part, part, is_cancelled) for part in parts])):
            return False
        self.done = end
        return True

    def _answer_part(self, part: slice, is_cancelled: Callable[[], bool]) -> bool:
        answers = answer_all(self._snapshot, self._data.digits.images[self._order[part]], is_cancelled=is_cancelled)
        if answers is not None:
            self._outputs[part], self._sums[part] = answers.outputs, answers.sums
        return answers is not None

    def answer_others(self, is_cancelled: Callable[[], bool]) -> bool:
        """Answer the images of no digit; returns whether that was not cancelled."""
        answers = answer_all(self._snapshot, self._data.others[self._other_order], is_cancelled=is_cancelled)
        self._others = None if answers is None else answers.outputs
        return answers is not None

    def result(self) -> EvaluationResult:
        """Return the figures of what is answered.

        Raises:
            DigitLabError: If the network's answers are no numbers.
        """
        part = slice(0, self.done)
        indices = self._order[part]
        labels = self._data.digits.labels[indices]
        loss = mean_loss(self._snapshot.spec.loss, self._sums[part], labels)
        metrics = Metrics.of(self._outputs[part], labels, loss, self._others)
        predictions = Predictions.of(self._outputs[part], labels, indices)
        return EvaluationResult(self._snapshot, self._data, metrics, predictions, time.perf_counter() - self._begun)
