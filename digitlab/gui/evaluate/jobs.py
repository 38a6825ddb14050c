"""The jobs of the evaluation's thread: loading digits, and evaluating snapshots on them with partial results."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import Part
from digitlab.data.held_out import HeldOutSet, Stamp, load_held_out, stamp_of
from digitlab.data.sources import Progress
from digitlab.evaluation.metrics import Metrics, mean_loss
from digitlab.evaluation.predictions import Predictions
from digitlab.gui.session.desk import Request
from digitlab.gui.session.values import DistortedResult, EvaluationResult, Task
from digitlab.insight.batch import answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.system.work import run_parallel
from digitlab.words.numbers import duration

if TYPE_CHECKING:
    from digitlab.evaluation.distorted import DistortedDigits

_log = logging.getLogger(__name__)

FIRST_COUNT: Final = 300
"""Images evaluated before the first result: 70 ms with the tutorial network ..."""

_FIRST_AFTER_S: Final = 0.25
"""... but on a slow or busy machine, the first result is shown after this time, on at least one chunk of images."""

SNAPSHOT_COUNT: Final = 2_000
"""Images that every snapshot of a run is evaluated on: half a second each with the tutorial network."""

FOLLOW_COUNT: Final = 10_000
"""Maximum number of images that the snapshot on screen is evaluated on without a request."""

_RESULT_PERIOD_S: Final = 0.2
"""Partial results are shown five times a second: more often, they would flicker."""

_PROGRESS_PERIOD_S: Final = 0.05
"""Progress is shown 20 times a second."""

_THREADS: Final = min(2, os.cpu_count() or 1)
"""Threads for the computation. More would slow down the pen and a training."""

_CHUNK: Final = 100 * _THREADS
"""Images between two checks of the clock: 24 ms with the tutorial network."""

REST_S: Final = 0.3
"""A snapshot must be on screen for this long before all images are evaluated for it."""

EDIT_DELAY_S: Final = 0.06
"""An edit must be on screen for this long before it is evaluated, so that nothing slows down the pointer meanwhile."""

_ESTIMATE_AFTER_S: Final = 1.0
"""The time left is shown after this time; before that, the estimate would jump."""

_KEPT_SETS: Final = 2
"""Held-out sets that stay in memory: MNIST's training digits are 47 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Requested:
    """A request of the user.

    Attributes:
        task: The kind of task.
        left: The snapshots still to evaluate, in order.
        total: The number of snapshots of the request.
        count: The maximum number of images for each.
        begun_s: When it started, in seconds of ``time.perf_counter``.
    """

    task: Task
    left: list[Snapshot]
    total: int
    count: int
    begun_s: float


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationJob:
    """The evaluation of one snapshot.

    Attributes:
        task: The task it is part of.
        snapshot: The network to evaluate.
        source: The data, as for ``load_held_out``.
        part: Which digits of a dataset.
        count: The maximum number of images.
        index: Position of the snapshot among those of the task, from 0.
        total: Number of snapshots of the task.
        begun_s: When the task started, in seconds of ``time.perf_counter``.
        delay_s: How long to wait before the first image.
        rest_s: How long to wait after the first result.
    """

    task: Task
    snapshot: Snapshot
    source: str
    part: Part
    count: int
    index: int
    total: int
    begun_s: float
    delay_s: float = 0.0
    rest_s: float = 0.0

    def progress(self, share: float, images: int) -> tuple[str, float]:
        """Return the progress of the whole task as text, and as a share, 0..1.

        Args:
            share: The completed share of this job, above 0, up to 1.
            images: Number of images of this job.
        """
        if self.task is Task.EVALUATE or self.task is Task.FOLLOW:
            return f"Evaluating {images:,} images", share
        share = (self.index + share) / self.total
        text = f"Snapshot {self.index + 1} of {self.total}" if self.task is Task.SNAPSHOTS else "Distortions"
        elapsed_s = time.perf_counter() - self.begun_s
        if elapsed_s > _ESTIMATE_AFTER_S:
            text += f", about {duration(elapsed_s * (1 - share) / share)} left"
        return text, share


@dataclass(frozen=True, slots=True, eq=False)
class Advance:
    """An update of an evaluation in progress.

    Attributes:
        text: The step in progress; empty if unchanged.
        share: The completed share, 0..1.
        data: The data, once they are loaded.
        result: The result on the images evaluated so far.
        left_out: The lines of a file of drawings that were left out, as text.
        distorted: The result on distorted digits so far.
    """

    text: str = ""
    share: float = 0.0
    data: HeldOutSet | None = None
    result: EvaluationResult | None = None
    left_out: str = ""
    distorted: DistortedResult | None = None


class Evaluator:
    """Loads data and evaluates snapshots, in the thread that calls it."""

    def __init__(self) -> None:
        """Create an evaluator without data."""
        self._sets: dict[tuple[str, Part], tuple[Stamp, HeldOutSet]] = {}
        self._distorted: tuple[HeldOutSet, DistortedDigits] | None = None
        self._reported_s = 0.0

    def prepare(self, source: str, part: Part, request: Request[Any]) -> HeldOutSet | None:
        """Load data without a download, to save time later; returns None if that fails."""
        try:
            return self._load(source, part, request, download=False)
        except DigitLabError as error:
            _log.info("The data to evaluate on are not ready: %s", error)
            return None

    def evaluate(self, job: EvaluationJob, request: Request[Any]) -> Advance | None:
        """Evaluate a snapshot; progress and partial results are reported as ``Advance``.

        Returns:
            The final ``Advance``; its result is None for one snapshot of many whose outputs are not finite. None if
            cancelled.

        Raises:
            DigitLabError: If the data cannot be loaded, or the network's outputs are not finite.
        """
        if job.delay_s and request.wait_for_cancel(job.delay_s):
            return None
        data = self._load(job.source, job.part, request, download=True)
        job.snapshot.spec.check_data(data.digits)
        if job.task.is_requested:
            request.report(Advance(data=data))
        sample = _Sample(job.snapshot, data, job.count)
        if not (self._grow(sample, job, request) and sample.evaluate_non_digits(lambda: request.is_cancelled)):
            return None
        try:
            return Advance(result=sample.result())
        except DigitLabError as error:
            if job.task is not Task.SNAPSHOTS:
                raise
            # A run that diverged may also have good snapshots.
            _log.info("The snapshot at step %d has no metrics: %s", job.snapshot.step, error)
            return Advance()

    def evaluate_distorted(self, job: EvaluationJob, request: Request[Any]) -> Advance | None:
        """Evaluate a snapshot on distorted digits; progress and partial results are reported as ``Advance``.

        Returns:
            The last ``Advance``; None if cancelled.

        Raises:
            DigitLabError: If the data cannot be loaded.
        """
        # Not at the top: it imports Pillow, which would delay the controllers at the start.
        from digitlab.evaluation.distorted import DistortedDigits

        data = self._load(job.source, job.part, request, download=True)
        job.snapshot.spec.check_data(data.digits)
        request.report(Advance(data=data))
        if self._distorted is None or self._distorted[0] is not data:
            self._distorted = data, DistortedDigits(data.digits, data.drawings)

        def classify(images: NDArray[np.uint8]) -> NDArray[np.float32] | None:
            answers = answer_all(job.snapshot, images, is_cancelled=lambda: request.is_cancelled)
            return None if answers is None else answers.outputs

        def progress(share: float) -> None:
            if share:
                self._report_progress(request, *job.progress(share, 0))

        for rows in self._distorted[1].evaluate(classify, progress, lambda: request.is_cancelled):
            request.report(Advance(distorted=DistortedResult(job.snapshot, data, rows)))
        return None if request.is_cancelled else Advance()

    def _grow(self, sample: "_Sample", job: EvaluationJob, request: Request[Any]) -> bool:
        """Evaluate all digits of a sample; returns False if cancelled."""
        reported_s: float | None = None
        while sample.left:
            if not sample.evaluate(_CHUNK, lambda: request.is_cancelled):
                return False
            # While the slider is dragged, progress texts would flicker.
            if job.task is not Task.FOLLOW or reported_s is not None:
                self._report_progress(request, *job.progress(sample.done / sample.total, sample.total))
            if job.task is not Task.SNAPSHOTS and sample.left and sample.is_result_due(reported_s):
                request.report(Advance(result=sample.result()))
                if job.rest_s and reported_s is None and request.wait_for_cancel(job.rest_s):
                    return False
                reported_s = time.perf_counter()
        return True

    def _load(self, source: str, part: Part, request: Request[Any], *, download: bool) -> HeldOutSet:
        """Return the data, from memory if they have not changed."""
        key, stamp = (source, part), stamp_of(source)
        kept = self._sets.pop(key, None)
        if kept is not None and kept[0] == stamp:
            self._sets[key] = kept  # moved to the end: the first one is dropped when there are too many
            return kept[1]
        progress: Progress = partial(self._report_progress, request)
        data = load_held_out(
            source,
            part,
            download=download,
            progress=progress,
            cancelled=lambda: request.is_cancelled,
            left_out=lambda left_out: request.report(Advance(left_out=left_out.text)),
        )
        self._sets[key] = (stamp, data)
        while len(self._sets) > _KEPT_SETS:
            del self._sets[next(iter(self._sets))]
        return data

    def _report_progress(self, request: Request[Any], text: str, share: float) -> None:
        """Report progress, but not more often than it is shown."""
        now = time.perf_counter()
        if now - self._reported_s >= _PROGRESS_PERIOD_S:
            self._reported_s = now
            request.report(Advance(text, share))


class _Sample:
    """A network's outputs for some images of a set, always the same images in the same random order."""

    def __init__(self, snapshot: Snapshot, data: HeldOutSet, count: int) -> None:
        """Draw the images.

        Args:
            snapshot: The network.
            data: The set.
            count: The maximum number of digits, and of non-digits.
        """
        self._snapshot = snapshot
        self._data = data
        # Files are often sorted by digit: the first images alone would not represent the rest.
        order = np.random.default_rng(0).permutation(len(data.digits))
        self._order: NDArray[np.intp] = order[:count]
        self._other_order = np.random.default_rng(0).permutation(len(data.others))[:count]
        shape = (len(self._order), snapshot.spec.class_count)
        self._outputs = np.empty(shape, np.float32)
        self._logits = np.empty(shape, np.float32)
        self._non_digit_outputs: NDArray[np.float32] | None = None
        self._begun_s = time.perf_counter()
        self.done = 0

    @property
    def total(self) -> int:
        """Number of digits."""
        return len(self._order)

    @property
    def left(self) -> int:
        """Number of digits not evaluated yet."""
        return self.total - self.done

    def is_result_due(self, reported_s: float | None) -> bool:
        """Return whether it is time for a result, given when the last one was reported, or None before the first."""
        now = time.perf_counter()
        if reported_s is None:
            return self.done >= FIRST_COUNT or now - self._begun_s >= _FIRST_AFTER_S
        return now - reported_s >= _RESULT_PERIOD_S

    def evaluate(self, count: int, is_cancelled: Callable[[], bool]) -> bool:
        """Evaluate up to ``count`` more digits; returns False if cancelled."""
        end = min(self.done + count, self.total)
        limits = np.linspace(self.done, end, _THREADS + 1).astype(int)
        parts = [slice(first, last) for first, last in pairwise(limits)]
        if not all(run_parallel([partial(self._evaluate_part, part, is_cancelled) for part in parts])):
            return False
        self.done = end
        return True

    def _evaluate_part(self, part: slice, is_cancelled: Callable[[], bool]) -> bool:
        answers = answer_all(self._snapshot, self._data.digits.images[self._order[part]], is_cancelled=is_cancelled)
        if answers is not None:
            self._outputs[part], self._logits[part] = answers.outputs, answers.sums
        return answers is not None

    def evaluate_non_digits(self, is_cancelled: Callable[[], bool]) -> bool:
        """Evaluate the images without a digit; returns False if cancelled."""
        answers = answer_all(self._snapshot, self._data.others[self._other_order], is_cancelled=is_cancelled)
        self._non_digit_outputs = None if answers is None else answers.outputs
        return answers is not None

    def result(self) -> EvaluationResult:
        """Return the result on the images evaluated so far.

        Raises:
            DigitLabError: If the network's outputs are not finite.
        """
        part = slice(0, self.done)
        indices = self._order[part]
        labels = self._data.digits.labels[indices]
        spec, class_count = self._snapshot.spec, len(self._snapshot.spec.classes)
        loss = mean_loss(spec.loss, self._logits[part], labels)
        metrics = Metrics.of(self._outputs[part], labels, loss, self._non_digit_outputs, class_count)
        predictions = Predictions.of(self._outputs[part], labels, indices, class_count)
        return EvaluationResult(self._snapshot, self._data, metrics, predictions, time.perf_counter() - self._begun_s)
