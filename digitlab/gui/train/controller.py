"""Training and all other work with Keras, in the one thread that owns it."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.files.download import DownloadCancelledError
from digitlab.data.sources import DataSource
from digitlab.gui.messages import Messages, Option
from digitlab.gui.session.desk import Desk, EventPump, Request, Result
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe, TrainingState
from digitlab.gui.train.jobs import Progress, TrainingJobs, UnreadableDrawingsError
from digitlab.model.snapshot import Snapshot
from digitlab.runs.names import recipe_title
from digitlab.runs.recorder import RunRecorder
from digitlab.runs.run import NamedRun, Run
from digitlab.system.errors import DependencyError, DigitLabError
from digitlab.training.config import MAXIMUM_SEED
from digitlab.training.control import TrainingControl
from digitlab.training.events import (
    OptimizerStart,
    Origin,
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingPaused,
    TrainingResumed,
    TrainingStarted,
)
from digitlab.words.numbers import duration, epoch_text, percent

_UNLOADED_TIMEOUT_S: Final = 0.5
"""How long closing waits for the worker while TensorFlow is not loaded."""


class TrainingController(QObject):
    """Trains, pauses, stops and resets; updates the session from the events of training.

    Signals:
        loading_ended: Loading TensorFlow has ended, successfully or not.
        train_requested: The user chose to train in a message.
        data_file_requested: Choose a dataset file.
        drawing_files_requested: Choose files with drawings.

    Attributes:
        desk: Runs all Keras code.
    """

    loading_ended = Signal()
    train_requested = Signal()
    data_file_requested = Signal()
    drawing_files_requested = Signal()

    def __init__(self, session: Session, recorder: RunRecorder, messages: Messages, parent: QObject) -> None:
        """Start the training thread; it loads nothing yet."""
        super().__init__(parent)
        self._session = session
        self._recorder = recorder
        self._messages = messages
        self._control = TrainingControl()
        self._run: Run | None = None
        self._retry: Callable[[], None] = self.train_requested.emit  # begins again what was begun last
        self._parent: NamedRun | None = None  # the run that the training branches from
        self._is_edited = False  # whether it starts from an edited network
        self._beside: NamedRun | None = None  # the same run while it is shown with the branch
        self._pump = EventPump(self)
        self._pump.drained.connect(self._on_pump_drained)
        self._jobs = TrainingJobs(self._publish)
        # Without a deadline for a whole job: a training may pause for days. Reading its data has one.
        self.desk = Desk("training", messages, self, deadline_s=None)
        session.run_changed.connect(self._on_session_run_changed)
        session.recipe_changed.connect(self.desk.withdraw_error)  # what failed is not what will be trained next

    # Commands

    def load_tensorflow(self) -> None:
        """Load TensorFlow in the background, so that training starts at once; a run in progress loads it itself."""
        if self._jobs.is_loaded:
            self.loading_ended.emit()
        elif not self._session.training_state.is_busy:
            self._load(failed=self._on_load_failed)

    @Slot()
    def train_or_pause(self) -> None:
        """Train the recipe, or pause or resume the training in progress."""
        match self._session.training_state:
            case TrainingState.IDLE:
                self.train()
            case TrainingState.RUNNING:
                self.pause()
            case TrainingState.PAUSED:
                self.resume()

    def train(self) -> None:
        """Train the recipe."""
        recipe = self._session.recipe
        problem = recipe.spec.training_problem()
        if problem is not None:
            self.desk.show_error(DigitLabError(problem.reason))
        elif not self._session.training_state.is_busy:
            control = self._begin(self.train_requested.emit)
            self._ask(lambda request: self._jobs.train(recipe, control, request.report))

    @Slot()
    def continue_training(self) -> None:
        """Train from the snapshot on screen with the recipe, as a new run; if it is edited, with its edits."""
        session, snapshot = self._session, self._session.snapshot
        problem = snapshot.spec.training_problem()
        if problem is not None:
            self.desk.show_error(DigitLabError(problem.reason))
        elif not session.training_state.is_busy:
            from digitlab.training.trainer import Checkpoint

            # A pinned snapshot may belong to another run, of which this run has no record.
            run = session.run if session.has_snapshot(snapshot) else None
            recipe = replace(session.recipe, spec=snapshot.spec)
            session.recipe = recipe
            name = session.network_name
            # The state of the optimizer belongs to the weights as they were trained.
            state = None if run is None or snapshot.is_edited else run.history.optimizer_state(snapshot)
            checkpoint = Checkpoint(name, snapshot, state)
            control = self._begin(self.continue_training)
            self._parent = None if run is None else NamedRun(session.run_name, run)
            self._is_edited = snapshot.is_edited
            self._ask(lambda request: self._jobs.train(recipe, control, request.report, checkpoint))

    @Slot()
    def pause(self) -> None:
        """Pause after this batch."""
        if self._session.training_state is TrainingState.RUNNING:
            self._control.pause()

    @Slot()
    def resume(self) -> None:
        """Continue after a pause."""
        self._control.resume()

    @Slot()
    def stop(self) -> None:
        """Stop training after this batch, or cancel its preparation."""
        if self._session.training_state.is_busy:
            self._session.training_state = TrainingState.STOPPING
            self._control.stop()

    @Slot()
    def reset(self) -> None:
        """Show the untrained network that the recipe starts from."""
        recipe = self._session.recipe
        problem = recipe.spec.building_problem()
        if problem is not None:
            self.desk.show_error(DigitLabError(problem.reason))
        elif not self._session.training_state.is_busy:
            self._begin(self.reset)
            self._ask(lambda _: self._jobs.initial_snapshot(recipe), self._show_untrained)

    @Slot()
    def new_seed(self) -> None:
        """Choose another seed and show its initial network."""
        if not self._session.training_state.is_busy:
            recipe = self._session.recipe
            seed = secrets.randbelow(10_000) % MAXIMUM_SEED
            self._session.recipe = replace(recipe, config=replace(recipe.config, seed=seed))
            self.reset()

    @Slot(object)
    def set_recipe(self, recipe: Recipe) -> None:
        """Set an edited recipe."""
        self._session.recipe = recipe

    def close(self, timeout_s: float) -> bool:
        """Stop training, save the run, and end the thread; returns whether it has ended."""
        self._control.stop()
        # The import of TensorFlow cannot be stopped; ending the process during it loses nothing.
        has_ended = self.desk.close(timeout_s if self._jobs.is_loaded else min(timeout_s, _UNLOADED_TIMEOUT_S))
        self._pump.stop()
        return has_ended

    # Jobs and their results. They are quiet: their own errors come with the training events.

    def _begin(self, retry: Callable[[], None]) -> TrainingControl:
        self._control, self._retry = TrainingControl(), retry
        self._run = self._parent = None
        self._is_edited = False
        self.desk.withdraw_error()
        self._session.training_state = TrainingState.PREPARING
        self._pump.start()
        if not self._jobs.is_loaded:
            # If loading fails, so does the job that follows, and shows why.
            self._load(failed=lambda _: self.loading_ended.emit())
        return self._control

    def _ask(self, job: Callable[[Request[Result]], Result], then: Callable[[Result], None] | None = None) -> None:
        self.desk.ask(job, then=then, failed=self._on_job_failed, progress=self._on_job_progress, is_quiet=True)

    def _load(self, failed: Callable[[Exception], None]) -> None:
        self._session.activity = "Loading TensorFlow…"
        self.desk.ask(lambda _: self._jobs.load(), then=self._on_loaded, failed=failed, is_quiet=True)

    def _on_loaded(self, seconds: float | None) -> None:
        self._session.activity = ""
        if seconds is not None:
            self._messages.note(f"TensorFlow loaded in {duration(seconds)}")
        self.loading_ended.emit()

    def _on_load_failed(self, error: Exception) -> None:
        self._session.activity = ""
        self.desk.show_error(error, self._options(error))
        self.loading_ended.emit()

    def _on_job_progress(self, progress: object) -> None:
        if isinstance(progress, Progress):
            if progress.left_out:
                self._messages.show_info(progress.left_out)
            done = f" {percent(progress.share, decimals=0)}" if 0.0 < progress.share < 1.0 else ""
            self._session.activity = f"{progress.text}{done}" if progress.share < 1.0 else ""

    def _on_job_failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, DownloadCancelledError):
            self._messages.show_info(error.happened, error.remedy)
        else:
            self.desk.show_error(error, self._options(error))

    def _options(self, error: Exception) -> tuple[Option, ...]:
        """Return the options to show with an error."""
        if isinstance(error, UnreadableDrawingsError):
            return (
                Option("Choose files…", self.drawing_files_requested.emit),
                Option("Use the built-in handwriting", self._use_own_drawings),
            )
        if isinstance(error, DependencyError):
            return ()
        if isinstance(error, DigitLabError) and self._session.recipe.source != DataSource.BUILTIN:
            return (
                Option("Try again", self._retry),
                Option("Choose a file…", self.data_file_requested.emit),
                Option("Use the built-in digits", self._use_builtin),
            )
        return ()

    def _use_builtin(self) -> None:
        self._session.recipe = replace(self._session.recipe, source=str(DataSource.BUILTIN))
        self._retry()

    def _use_own_drawings(self) -> None:
        self._session.recipe = replace(self._session.recipe, drawings=())
        self._retry()

    def _show_untrained(self, snapshot: Snapshot) -> None:
        if not self._control.is_stopped:
            name = recipe_title(snapshot.spec, self._session.recipe.config)
            self._session.open_network(snapshot, None, name)
        self._end()

    def _end(self) -> None:
        self._pump.stop()
        self._session.activity = ""
        self._session.training_state = TrainingState.IDLE

    # Training events

    def _publish(self, event: TrainingEvent) -> None:
        """Record an event and pass it to the GUI thread; called in the training thread."""
        self._recorder.publish(event)
        self._pump.post(event)

    @Slot(list)
    def _on_pump_drained(self, events: list[TrainingEvent]) -> None:
        snapshot: Snapshot | None = None
        for event in events:
            self._take(event)
            if isinstance(event, SnapshotTaken):
                snapshot = event.snapshot
        if snapshot is not None:
            self._session.advance(snapshot)
        self._session.advance_run()

    def _take(self, event: TrainingEvent) -> None:
        if isinstance(event, TrainingStarted):
            self._session.activity = ""
            self._run = Run(event)
            self._session.begin_run(self._run)
            self._enter(TrainingState.RUNNING)
            if event.origin is not None:
                self._show_origin(event, event.origin)
            return
        if self._run is not None and self._run.is_running:
            self._run.add(event)
        match event:
            case TrainingPaused():
                self._enter(TrainingState.PAUSED)
            case TrainingResumed():
                self._enter(TrainingState.RUNNING)
            case TrainingEnded(error=error):
                self._end()
                if error is not None:
                    self.desk.show_error(error)

    @Slot()
    def _on_session_run_changed(self) -> None:
        """Forget the run that was trained, and remove the one that it started from, when it is no longer on screen."""
        if self._session.run is self._run:
            return
        if self._beside is not None and self._session.compared_run is self._beside:
            self._session.compared_run = None
        self._beside = None
        if not self._session.training_state.is_busy:
            self._run = self._parent = None

    def _show_origin(self, started: TrainingStarted, origin: Origin) -> None:
        """Show the parent run of a branch with it, and show a message if the optimizer's state is missing."""
        is_same = True
        if self._parent is not None:
            self._beside = self._parent
            self._session.compared_run = self._parent
            is_same = self._parent.run.started.config.optimizer is started.config.optimizer
        if self._is_edited:
            self._messages.show_info(
                f"Training continues from the edited network at {epoch_text(origin.epoch)}.",
                "Its edits are part of the new run's first weights. The optimizer starts fresh.",
            )
        elif is_same and origin.optimizer is OptimizerStart.FRESH:
            self._messages.show_info(
                f"Training continues from {epoch_text(origin.epoch)} with a fresh optimizer.",
                "The optimizer's state is saved for about a dozen snapshots of a run, including the best and the last, "
                "but not for this one.",
            )

    def _enter(self, state: TrainingState) -> None:
        """Follow the state of the worker, unless the user has already requested a stop."""
        if self._session.training_state is not TrainingState.STOPPING:
            self._session.training_state = state
