"""Evaluates snapshots on a held-out set, in a thread that needs no Keras and runs during a training."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.dataset import Part
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.held_out import HeldOutSet
from digitlab.data.sources import DataSource
from digitlab.gui.evaluate import jobs
from digitlab.gui.evaluate.cache import ResultCache
from digitlab.gui.evaluate.jobs import FOLLOW_COUNT, SNAPSHOT_COUNT, Advance, EvaluationJob, Evaluator, Requested
from digitlab.gui.messages import Messages, Option
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.order import coarse_to_fine
from digitlab.gui.session.session import Session
from digitlab.gui.session.survey import Survey
from digitlab.gui.session.timeline import snapshots_of
from digitlab.gui.session.values import AccuracyOverTime, EditEffect, EvaluationResult, Task
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError

_ALL: Final = 2**31
"""More images than any set has."""


class EvaluationController(QObject):
    """Keeps ``session.evaluation``: evaluates on request, and follows the snapshot on screen.

    Results are kept for each snapshot, so that they are shown immediately when the time slider returns to it.

    Attributes:
        desk: The thread that evaluates.

    Signals:
        data_file_requested: The user requested to choose a file to evaluate on.
    """

    data_file_requested = Signal()

    def __init__(self, session: Session, editor: SketchEditor, messages: Messages, parent: QObject) -> None:
        """Start the thread."""
        super().__init__(parent)
        self._session = session
        self._editor = editor
        self._messages = messages
        self._is_watched = False
        self._watches_edits = False
        self._requested: Requested | None = None
        self._preparation: Request[HeldOutSet | None] | None = None
        self._data: HeldOutSet | None = None  # the chosen data, once they are loaded
        self._cache = ResultCache()
        self._recipe_source = session.recipe.source
        self._evaluator = Evaluator()
        self.desk = Desk("evaluation", messages, self, is_background=True)
        self._survey: Survey[Advance] = Survey(
            session,
            self.desk,
            self,
            wanted=self._wanted,
            job_for=self._job_for,
            take=self._take,
            failed=self._fail,
        )
        self._survey.watch(True)  # a request continues while the panel is hidden
        self._survey.target_changed.connect(self._on_survey_target_changed)
        self._survey.measured.connect(self._on_survey_measured)
        session.recipe_changed.connect(self._on_session_recipe_changed)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.run_changed.connect(self._on_session_run_changed)
        session.training_state_changed.connect(self._on_session_training_state_changed)

    # Commands

    @Slot()
    def evaluate(self) -> None:
        """Evaluate the snapshot on screen on all images."""
        snapshot = self._session.snapshot
        if snapshot.spec.classifies:
            self._request(Task.EVALUATE, [snapshot], _ALL)

    @Slot(bool)
    def evaluate_snapshots(self, is_whole: bool) -> None:
        """Evaluate all kept snapshots of the run that are not evaluated yet.

        Args:
            is_whole: Whether to use all images; otherwise up to ``SNAPSHOT_COUNT``.
        """
        count, snapshots = _ALL if is_whole else SNAPSHOT_COUNT, self._snapshots()
        if snapshots and snapshots[-1].spec.classifies:
            # In reverse order: the last snapshot matters most.
            order = [snapshots[-1 - index] for index in coarse_to_fine(len(snapshots))]
            self._request(Task.SNAPSHOTS, [kept for kept in order if not self._is_known(kept, count)], count)

    @Slot()
    def evaluate_distorted(self) -> None:
        """Evaluate the snapshot on screen on distorted digits."""
        if self._session.snapshot.spec.classifies:
            self._request(Task.DISTORTED, [self._session.snapshot], _ALL)

    @Slot()
    def cancel(self) -> None:
        """Cancel the task in progress; the results so far stay."""
        self._requested = None
        self._cancel_preparation()
        self._survey.cancel()

    @Slot(str)
    def choose_source(self, source: str) -> None:
        """Choose the data: ``builtin``, ``mnist``, ``mine``, or the path of a dataset or of drawings."""
        self._choose(source, self._session.evaluation.part)

    @Slot(object)
    def choose_part(self, part: Part) -> None:
        """Choose which digits of the dataset to evaluate on."""
        self._choose(self._session.evaluation.source, part)

    @Slot(bool)
    def follow(self, is_on: bool) -> None:
        """Evaluate the snapshot on screen whenever it changes, or only on request."""
        self._set(is_following=is_on)
        self._survey.retry()

    @Slot(object)
    def show_sketch(self, sketch: Sketch) -> None:
        """Put one of the images on the canvas, for the bars and Look inside."""
        name = "a drawing" if sketch.picture is None else sketch.picture.name
        self._editor.replace(sketch, f"showing {name}")

    @Slot(bool)
    def watch(self, is_watched: bool) -> None:
        """Load data and follow the snapshot on screen while the panel is visible; a request continues when hidden."""
        self._is_watched = is_watched
        if is_watched:
            self._set(over_time=self._over_time())
            self._prepare()
        self._survey.retry()

    @Slot(bool)
    def watch_edits(self, is_watched: bool) -> None:
        """Follow the network on screen with and without its edits, while What if is visible."""
        self._watches_edits = is_watched
        self._prepare()
        self._show_effect()
        self._survey.retry()

    def close(self, timeout_s: float) -> bool:
        """Cancel the work and end the thread; returns whether it has ended."""
        self._cancel_preparation()
        self._survey.close()
        return self.desk.close(timeout_s)

    # Work

    def _set(self, **changes: object) -> None:
        self._session.evaluation = replace(self._session.evaluation, **changes)  # type: ignore[arg-type]

    def _request(self, task: Task, snapshots: list[Snapshot], count: int) -> None:
        """Start a task, unless there is nothing to do or another request is in progress."""
        if snapshots and self._requested is None:
            self.desk.withdraw_error()
            self._cancel_preparation()
            self._requested = Requested(task, snapshots, len(snapshots), count, time.perf_counter())
            self._survey.restart()

    def _choose(self, source: str, part: Part) -> None:
        evaluation = self._session.evaluation
        if (source, part) == (evaluation.source, evaluation.part):
            return
        self.cancel()
        self._data = None
        self._set(source=source, part=part, over_time=self._over_time(), distorted=None, effect=None, data=None)
        self._prepare()

    def _prepare(self) -> None:
        """Load the chosen data, to save time later; nothing is downloaded, and errors are not shown."""
        is_loading = self._preparation is not None and not self._preparation.is_finished
        is_watched = self._is_watched or self._watches_edits
        if is_watched and self._data is None and not self._survey.is_busy and not is_loading:
            evaluation = self._session.evaluation
            load = partial(self._evaluator.prepare, evaluation.source, evaluation.part)
            self._preparation = self.desk.ask(load, then=self._on_prepared, failed=lambda error: None, is_quiet=True)

    def _cancel_preparation(self) -> None:
        if self._preparation is not None:
            self._preparation.cancel()
            self._preparation = None

    def _wanted(self) -> Sequence[Snapshot]:
        """Return the snapshots to evaluate: the requested ones, or the one on screen if it is followed.

        For What if, the network without the edits is evaluated too.
        """
        if self._requested is not None:
            return tuple(self._requested.left)
        snapshot = self._session.snapshot
        if not self._is_followed(snapshot):
            return ()
        return (snapshot, snapshot.original) if self._watches_edits else (snapshot,)

    def _job_for(self, snapshot: Snapshot) -> Callable[[Request[Any]], Advance | None] | None:
        evaluation, requested = self._session.evaluation, self._requested
        if requested is None:
            if self._is_known(snapshot, FOLLOW_COUNT if self._watches_edits else SNAPSHOT_COUNT):
                return None
            requested = Requested(Task.FOLLOW, [snapshot], 1, FOLLOW_COUNT, time.perf_counter())
        is_edit = requested.task is Task.FOLLOW and self._watches_edits
        job = EvaluationJob(
            requested.task,
            snapshot,
            evaluation.source,
            evaluation.part,
            requested.count,
            requested.total - len(requested.left),
            requested.total,
            requested.begun_s,
            delay_s=jobs.EDIT_DELAY_S if is_edit else 0.0,
            rest_s=jobs.REST_S if requested.task is Task.FOLLOW and not is_edit else 0.0,
        )
        is_distorted = requested.task is Task.DISTORTED
        return partial(self._evaluator.evaluate_distorted if is_distorted else self._evaluator.evaluate, job)

    def _take(self, snapshot: Snapshot, advance: Advance) -> None:
        if advance.data is not None:
            self._show_data(advance.data)
        if advance.left_out:
            self._messages.show_info(advance.left_out)
        if advance.text:
            self._set(progress_text=advance.text, progress=advance.share)
        if advance.distorted is not None:
            self._set(distorted=advance.distorted)
        if advance.result is not None:
            self._show_result(advance.result)

    def _fail(self, error: Exception) -> None:
        requested, self._requested = self._requested, None
        if requested is not None:
            # Not the snapshots that were left: the message would keep them in memory.
            retry: Callable[[], None] = self.evaluate
            if requested.task is Task.SNAPSHOTS:
                retry = partial(self.evaluate_snapshots, requested.count == _ALL)
            elif requested.task is Task.DISTORTED:
                retry = self.evaluate_distorted
            self.desk.show_error(error, self._retry_options(retry) if isinstance(error, DigitLabError) else ())

    def _retry_options(self, retry: Callable[[], None]) -> tuple[Option, ...]:
        options = [Option("Try again", retry), Option("Choose a file…", self.data_file_requested.emit)]
        if self._session.evaluation.source != DataSource.BUILTIN:
            options.append(Option("Use the built-in digits", partial(self._use_builtin, retry)))
        return tuple(options)

    def _use_builtin(self, retry: Callable[[], None]) -> None:
        self.choose_source(str(DataSource.BUILTIN))
        retry()

    # Results

    def _on_prepared(self, data: HeldOutSet | None) -> None:
        self._show_data(data)
        self._show_effect()
        self._survey.refresh()

    def _show_effect(self) -> None:
        """Show what the edits do, if somebody looks."""
        effect, snapshot = None, self._session.snapshot
        if self._watches_edits and snapshot.spec.classifies:
            if self._data is not None:
                effect = self._cache.effect(snapshot, self._data, FOLLOW_COUNT)
            elif self._preparation is not None and not self._preparation.is_finished:
                effect = EditEffect(snapshot, "", None, None, 0, 0)
        if effect is not None or self._session.evaluation.effect is not None:
            self._set(effect=effect)

    def _show_data(self, data: HeldOutSet | None) -> None:
        if data is not None and data is not self._data:
            self._data = data
            known = self._cache.find(self._session.snapshot, data)
            self._set(over_time=self._over_time(), result=known or self._session.evaluation.result, data=data)

    def _show_result(self, result: EvaluationResult) -> None:
        self._data = result.data
        self._cache.add(result)
        # There may be an earlier result on more images.
        best = self._cache.find(result.snapshot, result.data) or result
        self._show_effect()
        screen = self._session.snapshot
        if self._requested is None and screen.is_edited and result.snapshot is screen.original:
            return  # it is only what the edited network is compared with
        if self._requested is None or self._requested.task is not Task.SNAPSHOTS:
            self._set(result=best, data=result.data)
        else:
            is_on_screen = result.snapshot is self._session.snapshot
            self._set(result=best if is_on_screen else self._session.evaluation.result, over_time=self._over_time())

    def _snapshots(self) -> tuple[Snapshot, ...]:
        """Return the snapshots on the time slider; none without a run."""
        run = self._session.run
        return () if run is None else snapshots_of(run, self._session.newest)

    def _is_known(self, snapshot: Snapshot, count: int) -> bool:
        """Return whether there is a result on at least ``count`` images, or on all images of the data."""
        known = None if self._data is None else self._cache.find(snapshot, self._data)
        return known is not None and (known.is_whole or len(known.predictions) >= count)

    def _is_followed(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot is evaluated without a request: never the newest of a running training."""
        session, result = self._session, self._session.evaluation.result
        if not snapshot.spec.classifies or (session.training_state.is_busy and session.replay.is_following):
            return False
        if self._watches_edits:
            return self._data is not None
        is_followed = self._is_watched and session.evaluation.is_following
        return is_followed and result is not None and result.data is self._data

    def _over_time(self) -> AccuracyOverTime:
        """Return the known accuracies of the run's snapshots."""
        snapshots = self._snapshots()
        steps, epochs = tuple(snapshot.step for snapshot in snapshots), tuple(snapshot.epoch for snapshot in snapshots)
        if self._data is None:
            return AccuracyOverTime(steps, epochs, (None,) * len(snapshots))
        return AccuracyOverTime(steps, epochs, *self._cache.accuracies(snapshots, self._data, SNAPSHOT_COUNT))

    @Slot()
    def _on_survey_target_changed(self) -> None:
        task = Task.FOLLOW if self._survey.is_busy else Task.NONE
        if self._requested is not None:
            task = self._requested.task
        if task is not self._session.evaluation.task:
            text = "Preparing" if task.is_requested else ""
            self._set(task=task, progress_text=text, progress=None, over_time=self._over_time())

    @Slot(object)
    def _on_survey_measured(self, snapshot: Snapshot) -> None:
        if self._requested is not None:
            self._requested.left.remove(snapshot)
            if not self._requested.left:
                self._requested = None

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        evaluation = self._session.evaluation
        known = None if self._data is None else self._cache.find(self._session.snapshot, self._data)
        shown = None if evaluation.result is None else evaluation.result.metrics
        if known is not None and known.metrics is not shown:
            self._set(result=known)
        self._show_effect()
        if self._watches_edits and self._requested is None:
            self._survey.restart()  # while a kernel is painted, each new weight cancels the evaluation
        else:
            self._survey.retry()

    @Slot()
    def _on_session_run_changed(self) -> None:
        if self._requested is not None and self._requested.task is Task.SNAPSHOTS:
            self.cancel()
        else:
            self._set(over_time=self._over_time())

    @Slot()
    def _on_session_training_state_changed(self) -> None:
        """Show the snapshots that a training has added."""
        if (self._is_watched or self._watches_edits) and not self._session.training_state.is_busy:
            self._set(over_time=self._over_time())
            self._survey.retry()

    @Slot()
    def _on_session_recipe_changed(self) -> None:
        """Choose the dataset of the recipe when that changes."""
        source = self._session.recipe.source
        if source != self._recipe_source:
            self._recipe_source = source
            self.choose_source(source)
