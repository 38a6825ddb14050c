"""Judging the network on screen. It has a thread of its own, needs no Keras, and so goes on beside a training."""

import threading
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.dataset import Part
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.held_out import HeldOutSet
from digitlab.data.sources import DataSource
from digitlab.gui.evaluate.cache import ResultCache
from digitlab.gui.evaluate.jobs import (
    FOLLOW_COUNT,
    SNAPSHOT_COUNT,
    Done,
    EvaluationJobs,
    Failed,
    Figures,
    Job,
    Loaded,
    Progress,
)
from digitlab.gui.messages import Messages, WayOn
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.order import coarse_to_fine
from digitlab.gui.session.session import Session
from digitlab.gui.session.timeline import snapshots_of
from digitlab.gui.session.values import AccuracyOverTime, EvaluationResult, Task
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.system.work import Worker, yield_to_window

_ALL = 2**31
"""More images than any data have."""


class EvaluationController(QObject):
    """Turns the wishes of the Evaluate panel into work, and keeps ``session.evaluation``.

    Results are remembered for each moment of a run, so that figures follow when the moment on screen changes.

    Signals:
        data_file_requested: The person wants to choose a file to judge on.
    """

    data_file_requested = Signal()

    def __init__(self, session: Session, editor: SketchEditor, messages: Messages, parent: QObject) -> None:
        """Start the thread."""
        super().__init__(parent)
        self._session = session
        self._editor = editor
        self._messages = messages
        self._job: Job | None = None
        self._has_figures = False  # the job, already
        self._is_in_sight = False
        self._next: Snapshot | None = None  # to follow when the job has figures
        self._data: HeldOutSet | None = None  # what is judged on, once it is loaded
        self._told: DigitLabError | None = None  # what went wrong last
        self._cache = ResultCache()
        self._recipe_source = session.recipe.source
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._work = EvaluationJobs(self._mail.post)
        self._worker = Worker("evaluation", self._work.fail)
        self._worker.submit(yield_to_window)
        session.recipe_changed.connect(self._on_session_recipe_changed)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.run_changed.connect(self._on_session_run_changed)
        session.training_state_changed.connect(self._on_session_training_state_changed)

    # Wishes

    @Slot()
    def evaluate(self) -> None:
        """Judge the network that is on screen now, on all images."""
        if self._is_free and self._session.snapshot.spec.classifies:
            self._withdraw()
            self._start(Task.EVALUATE, (self._session.snapshot,), _ALL)

    @Slot(bool)
    def evaluate_snapshots(self, is_whole: bool) -> None:
        """Judge all kept moments of the run that are not judged yet.

        Args:
            is_whole: Whether on all images; else on up to ``SNAPSHOT_COUNT``.
        """
        count, snapshots = _ALL if is_whole else SNAPSHOT_COUNT, self._kept
        if not self._is_free or not snapshots or not snapshots[-1].spec.classifies:
            return
        # From the end: the last moment is the one that matters most.
        order = [snapshots[-1 - place] for place in coarse_to_fine(len(snapshots))]
        missing = tuple(snapshot for snapshot in order if not self._is_known(snapshot, count))
        if missing:
            self._withdraw()
            self._start(Task.SNAPSHOTS, missing, count)

    @Slot()
    def cancel(self) -> None:
        """Give up; the figures so far stay."""
        if self._job is not None:
            self._stop()
            self._rest()

    @Slot(str)
    def choose_source(self, source: str) -> None:
        """Judge on other data next: ``builtin``, ``mnist``, ``mine``, or the path of a dataset or of drawings."""
        self._choose(source, self._session.evaluation.part)

    @Slot(object)
    def choose_part(self, part: Part) -> None:
        """Judge on other digits of the dataset next."""
        self._choose(self._session.evaluation.source, part)

    @Slot(bool)
    def follow(self, is_on: bool) -> None:
        """Judge the moment on screen whenever it changes, or only when asked to."""
        self._set(is_following=is_on)
        if is_on:
            self._follow()
        elif self._job is not None and self._job.task is Task.FOLLOW:
            self.cancel()

    @Slot(object)
    def show_sketch(self, sketch: Sketch) -> None:
        """Put one of the images on the canvas, where the bars and Look inside answer it."""
        name = "a drawing" if sketch.picture is None else sketch.picture.name
        self._editor.replace(sketch, f"showing {name}")

    @Slot(bool)
    def watch(self, is_in_sight: bool) -> None:
        """Say whether anybody looks at the figures: only then moments are followed and data are got ready."""
        self._is_in_sight = is_in_sight
        if is_in_sight:
            self._set(over_time=self._over_time())
            self._prepare()
            self._follow()
        elif self._job is not None and self._job.task is Task.FOLLOW:
            self.cancel()

    def close(self, timeout_s: float) -> bool:
        """Give up and end the thread; returns whether it has ended."""
        self._stop()
        return self._worker.close(timeout_s)

    # In the GUI thread

    @property
    def _is_free(self) -> bool:
        return self._job is None or not self._job.task.is_requested

    def _set(self, **changes: object) -> None:
        self._session.evaluation = replace(self._session.evaluation, **changes)  # type: ignore[arg-type]

    def _start(self, task: Task, snapshots: tuple[Snapshot, ...], count: int) -> None:
        """Begin a job in place of the one that goes on, if one does."""
        self._stop()
        evaluation = self._session.evaluation
        job = self._job = Job(task, snapshots, evaluation.source, evaluation.part, count, threading.Event())
        self._has_figures = False
        self._worker.submit(lambda: self._work.run(job))
        if task is not Task.NONE:
            # Words that come and go while the person drags would flicker.
            self._set(task=task, progress_text="Preparing" if task.is_requested else "", progress=None)

    def _stop(self) -> None:
        """Give the job up; nobody is told."""
        self._next = None
        if self._job is not None:
            self._job.cancelled.set()
            self._job = None

    def _rest(self) -> None:
        self._job = None
        self._set(task=Task.NONE, progress_text="", progress=None, over_time=self._over_time())

    def _choose(self, source: str, part: Part) -> None:
        evaluation = self._session.evaluation
        if (source, part) == (evaluation.source, evaluation.part):
            return
        self._stop()
        self._data = None
        self._set(
            source=source, part=part, task=Task.NONE, progress_text="", progress=None, over_time=self._over_time()
        )
        self._prepare()

    def _prepare(self) -> None:
        """Read the data that are chosen, so that figures come at once; nothing is downloaded, nothing is told."""
        if self._job is None and self._data is None and self._is_in_sight:
            self._start(Task.NONE, (), 0)

    # Moments

    @property
    def _kept(self) -> tuple[Snapshot, ...]:
        """The moments that the time slider goes through; none without a run."""
        run = self._session.run
        return () if run is None else snapshots_of(run, self._session.newest)

    def _is_known(self, snapshot: Snapshot, count: int) -> bool:
        """Return whether a snapshot is judged on so many of the images, or on all there are."""
        known = None if self._data is None else self._cache.find(snapshot, self._data)
        return known is not None and (known.is_whole or len(known.predictions) >= count)

    def _over_time(self) -> AccuracyOverTime:
        """Return what is known of the run's moments."""
        snapshots = self._kept
        steps, epochs = tuple(snapshot.step for snapshot in snapshots), tuple(snapshot.epoch for snapshot in snapshots)
        if self._data is None:
            return AccuracyOverTime(steps, epochs, (None,) * len(snapshots))
        return AccuracyOverTime(steps, epochs, *self._cache.accuracies(snapshots, self._data, SNAPSHOT_COUNT))

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        evaluation, snapshot = self._session.evaluation, self._session.snapshot
        known = None if self._data is None else self._cache.find(snapshot, self._data)
        shown = None if evaluation.result is None else evaluation.result.metrics
        if known is not None and known.metrics is not shown:
            self._set(result=known)
        self._follow()

    def _follow(self) -> None:
        """Judge the moment on screen unless it is judged well enough; of several in a row the newest wins."""
        snapshot, job = self._session.snapshot, self._job
        if not self._is_followed(snapshot) or self._is_known(snapshot, SNAPSHOT_COUNT):
            if job is not None and job.task is Task.FOLLOW and snapshot not in job.snapshots:
                self.cancel()
        elif job is None or job.task is Task.NONE or (job.task is Task.FOLLOW and self._has_figures):
            self._start(Task.FOLLOW, (snapshot,), FOLLOW_COUNT)
        elif job.task is Task.FOLLOW:
            # Its first figures are a moment away: while the person drags on they are better than none.
            self._next = snapshot

    def _is_followed(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot is to be judged unasked: never the newest of a training that goes on."""
        session, evaluation = self._session, self._session.evaluation
        if not (
            self._is_in_sight and evaluation.is_following and evaluation.result is not None and snapshot.spec.classifies
        ):
            return False
        if self._data is None or evaluation.result.data is not self._data:
            return False
        return not (session.training_state.is_busy and session.replay.is_following)

    @Slot()
    def _on_session_run_changed(self) -> None:
        if self._job is not None and self._job.task is Task.SNAPSHOTS:
            self.cancel()
        else:
            self._set(over_time=self._over_time())

    @Slot()
    def _on_session_training_state_changed(self) -> None:
        """Take in the moments that a training has brought."""
        if self._is_in_sight and not self._session.training_state.is_busy:
            self._set(over_time=self._over_time())

    @Slot()
    def _on_session_recipe_changed(self) -> None:
        """Follow the data of the training: whoever opens a dataset wants to see how the network does on it."""
        source = self._session.recipe.source
        if source != self._recipe_source:
            self._recipe_source = source
            self.choose_source(source)

    # Mail

    @Slot(object)
    def _on_mail_arrived(self, mail: object) -> None:
        match mail:
            case Loaded(job, data) if job is self._job:
                self._show_loaded(data)
            case Progress(job, words, share) if job is self._job and job.task is not Task.NONE:
                self._set(progress_text=words, progress=share)
            case Figures(job, result) if job is self._job:
                self._show_figures(job, result)
            case Done(job) if job is self._job:
                self._rest()
            case Failed(job, error) if job is self._job:
                self._rest()
                if job.task.is_requested:
                    self._tell(job, error)

    def _show_loaded(self, data: HeldOutSet) -> None:
        if data is not self._data:
            self._data = data
            known = self._cache.find(self._session.snapshot, data)
            self._set(over_time=self._over_time(), result=known or self._session.evaluation.result)

    def _show_figures(self, job: Job, result: EvaluationResult) -> None:
        self._has_figures = True
        self._cache.add(result)
        # Figures on more images may be known from before.
        best = self._cache.find(result.snapshot, result.data) or result
        if job.task is Task.SNAPSHOTS:
            is_on_screen = result.snapshot is self._session.snapshot
            self._set(result=best if is_on_screen else self._session.evaluation.result, over_time=self._over_time())
        else:
            self._set(result=best)
        if self._next is not None:
            newest, self._next = self._next, None
            self._start(Task.FOLLOW, (newest,), FOLLOW_COUNT)

    def _withdraw(self) -> None:
        """Take back what was told of the last try."""
        if self._told is not None:
            self._messages.withdraw(self._told)
            self._told = None

    def _tell(self, job: Job, error: Exception) -> None:
        ways = [WayOn("Try again", self.evaluate), WayOn("Choose a file…", self.data_file_requested.emit)]
        if job.source != DataSource.BUILTIN:
            ways.append(WayOn("Use the built-in digits", self._use_builtin))
        self._told = error if isinstance(error, DigitLabError) else None
        self._messages.show_error(error, tuple(ways) if self._told is not None else ())

    def _use_builtin(self) -> None:
        self.choose_source(str(DataSource.BUILTIN))
        self.evaluate()
