"""Training, evaluation and everything else that Keras does, in the one thread that owns it."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.files.download import DownloadCancelledError
from digitlab.data.sources import DataSource
from digitlab.gui.messages import Messages, WayOn
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.desk import EventPump
from digitlab.gui.session.names import names_of
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe, TrainingState
from digitlab.gui.train.jobs import (
    DrawingsFailed,
    Failed,
    Loaded,
    Progress,
    TrainingJobs,
    Untrained,
)
from digitlab.model.snapshot import Snapshot
from digitlab.runs.recorder import RunRecorder
from digitlab.runs.run import NamedRun, Run
from digitlab.system.errors import DigitLabError
from digitlab.system.work import Worker
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
from digitlab.words.numbers import duration, epoch_words, percent

_UNLOADED_TIMEOUT_S: Final = 0.5
"""How long closing waits for the worker before TensorFlow is there."""


class TrainingController(QObject):
    """Turns the training panel's wishes into work.

    Signals:
        loading_ended: TensorFlow was loaded, or could not be.
        data_file_requested: The person wants to choose a dataset file.
        drawing_files_requested: The person wants to choose files with drawings.
    """

    loading_ended = Signal()
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
        self._parent: NamedRun | None = None  # the run that the training branches from
        self._beside: NamedRun | None = None  # the same, as long as it is shown beside the branch
        self._told: Exception | None = None  # the last error told, until something is tried anew
        self._pump = EventPump(self)
        self._pump.drained.connect(self._on_pump_drained)
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._jobs = TrainingJobs(self._mail.post, self._publish)
        self._worker = Worker("training", self._post_failure)
        session.run_changed.connect(self._on_session_run_changed)

    # Wishes

    def load_tensorflow(self) -> None:
        """Load TensorFlow in the background, so that Train answers at once; a training under way does so itself."""
        if self._jobs.is_loaded:
            self.loading_ended.emit()
            return
        if self._session.training_state.is_busy:
            return
        self._session.activity = "Loading TensorFlow…"
        self._worker.submit(self._jobs.load)

    @Slot()
    def train_or_pause(self) -> None:
        """Begin, pause or resume, whichever makes sense now."""
        match self._session.training_state:
            case TrainingState.IDLE:
                self.train()
            case TrainingState.RUNNING:
                self.pause()
            case TrainingState.PAUSED:
                self.resume()

    @Slot()
    def train(self) -> None:
        """Train the recipe."""
        recipe = self._session.recipe
        problem = recipe.spec.training_problem()
        if problem is not None:
            self._show_error(DigitLabError(problem.reason))
        elif not self._session.training_state.is_busy:
            self._begin(lambda control: self._jobs.train(recipe, control))

    @Slot()
    def continue_training(self) -> None:
        """Train on from the moment on screen by the recipe, as a run of its own."""
        session, snapshot = self._session, self._session.snapshot
        problem = snapshot.spec.training_problem()
        if problem is not None:
            self._show_error(DigitLabError(problem.reason))
        elif not session.training_state.is_busy:
            from digitlab.training.trainer import Checkpoint

            # A pinned moment may be one of another run, which this run knows nothing of.
            run = session.run if session.has_snapshot(snapshot) else None
            recipe = replace(session.recipe, spec=snapshot.spec)
            session.recipe = recipe
            name = snapshot.spec.name
            if run is not None:
                name = session.kept.open_name or names_of(run, None)[0] or name
            state = None if run is None else run.history.optimizer_state(snapshot)
            checkpoint = Checkpoint(name, snapshot, state)
            self._begin(lambda control: self._jobs.train(recipe, control, checkpoint))
            self._parent = None if run is None else NamedRun(name, run)

    @Slot()
    def pause(self) -> None:
        """Pause after this batch."""
        if self._session.training_state is TrainingState.RUNNING:
            self._control.pause()

    @Slot()
    def resume(self) -> None:
        """Go on after a pause."""
        self._control.resume()

    @Slot()
    def stop(self) -> None:
        """End the training after this batch, or give up preparing it."""
        if self._session.training_state.is_busy:
            self._session.training_state = TrainingState.STOPPING
            self._control.stop()

    @Slot()
    def reset(self) -> None:
        """Show the untrained network that the recipe starts from."""
        recipe = self._session.recipe
        problem = recipe.spec.building_problem()
        if problem is not None:
            self._show_error(DigitLabError(problem.reason))
        elif not self._session.training_state.is_busy:
            self._begin(lambda _: self._jobs.reset(recipe))

    @Slot()
    def new_seed(self) -> None:
        """Choose another seed and show the network that it starts from."""
        if not self._session.training_state.is_busy:
            recipe = self._session.recipe
            seed = secrets.randbelow(10_000) % MAXIMUM_SEED
            self._session.recipe = replace(recipe, config=replace(recipe.config, seed=seed))
            self.reset()

    @Slot(object)
    def set_recipe(self, recipe: Recipe) -> None:
        """Take over an edited recipe."""
        self._session.recipe = recipe

    def close(self, timeout_s: float) -> bool:
        """Stop the training, keep it, and end the thread; returns whether it has ended."""
        self._control.stop()
        # The import of TensorFlow cannot be stopped, and loses nothing when the process ends.
        has_ended = self._worker.close(timeout_s if self._jobs.is_loaded else min(timeout_s, _UNLOADED_TIMEOUT_S))
        self._pump.stop()
        return has_ended

    # In the GUI thread

    def _begin(self, job: Callable[[TrainingControl], None]) -> None:
        self._control = control = TrainingControl()
        self._run = self._parent = None
        if self._told is not None:
            self._messages.withdraw(self._told)
            self._told = None
        self._session.training_state = TrainingState.PREPARING
        self._pump.start()
        self._worker.submit(lambda: job(control))

    @Slot(object)
    def _on_mail_arrived(self, mail: object) -> None:
        match mail:
            case Progress(words, share):
                done = f" {percent(share, decimals=0)}" if 0.0 < share < 1.0 else ""
                self._session.activity = f"{words}{done}" if share < 1.0 else ""
            case Loaded(seconds):
                self._session.activity = f"TensorFlow loaded in {duration(seconds)}"
                self.loading_ended.emit()
            case Untrained(snapshot):
                self._session.open_network(snapshot, None)
                self._rest()
            case DrawingsFailed(error):
                self._rest()
                ways = (
                    WayOn("Choose files…", self.drawing_files_requested.emit),
                    WayOn("Use the built-in handwriting", self._use_own_drawings),
                )
                self._show_error(error, ways)
            case Failed(error):
                self._rest()
                self._tell(error)
                self.loading_ended.emit()

    def _rest(self) -> None:
        self._pump.stop()
        self._session.activity = ""
        self._session.training_state = TrainingState.IDLE

    def _tell(self, error: Exception) -> None:
        if isinstance(error, DownloadCancelledError):
            self._messages.show_info(error.happened, error.remedy)
            return
        ways: tuple[WayOn, ...] = ()
        if self._session.recipe.source != DataSource.BUILTIN and isinstance(error, DigitLabError):
            ways = (
                WayOn("Try again", self.train),
                WayOn("Choose a file…", self.data_file_requested.emit),
                WayOn("Use the built-in digits", self._use_builtin),
            )
        self._show_error(error, ways)

    def _show_error(self, error: Exception, ways: tuple[WayOn, ...] = ()) -> None:
        self._told = error
        self._messages.show_error(error, ways)

    def _use_builtin(self) -> None:
        self._session.recipe = replace(self._session.recipe, source=str(DataSource.BUILTIN))
        self.train()

    def _use_own_drawings(self) -> None:
        self._session.recipe = replace(self._session.recipe, drawings=())
        self.train()

    @Slot(list)
    def _on_pump_drained(self, events: list[TrainingEvent]) -> None:
        snapshot: Snapshot | None = None
        for event in events:
            self._take_in(event)
            if isinstance(event, SnapshotTaken):
                snapshot = event.snapshot
        if snapshot is not None:
            self._session.advance(snapshot)
        self._session.advance_run()

    def _take_in(self, event: TrainingEvent) -> None:
        if isinstance(event, TrainingStarted):
            self._session.activity = ""
            self._run = Run(event)
            self._session.replay = replace(self._session.replay, is_following=True, is_playing=False)
            self._session.run = self._run
            self._enter(TrainingState.RUNNING)
            if event.origin is not None:
                self._tell_origin(event, event.origin)
            return
        if self._run is not None and self._run.is_running:
            self._run.add(event)
        match event:
            case TrainingPaused():
                self._enter(TrainingState.PAUSED)
            case TrainingResumed():
                self._enter(TrainingState.RUNNING)
            case TrainingEnded():
                self._end(event)

    @Slot()
    def _on_session_run_changed(self) -> None:
        """Take the run that a branch left away with the branch."""
        if self._beside is not None and self._session.run is not self._run:
            if self._session.compared_run is self._beside:
                self._session.compared_run = None
            self._beside = None

    def _tell_origin(self, started: TrainingStarted, origin: Origin) -> None:
        """Show the run that a branch left beside it, if there is one, and say if the optimizer had to begin anew."""
        is_same = True
        if self._parent is not None:
            self._beside = self._parent
            self._session.compared_run = self._parent
            is_same = self._parent.run.started.config.optimizer is started.config.optimizer
        if is_same and origin.optimizer is OptimizerStart.FRESH:
            self._messages.show_info(
                f"Going on from {epoch_words(origin.epoch)}; the optimizer begins anew there.",
                "What it remembered is kept at a dozen moments of a run, the best and the last among them; not here.",
            )

    def _enter(self, state: TrainingState) -> None:
        """Follow the worker, unless the person has asked for the end already."""
        if self._session.training_state is not TrainingState.STOPPING:
            self._session.training_state = state

    def _end(self, ended: TrainingEnded) -> None:
        self._pump.stop()
        self._session.training_state = TrainingState.IDLE
        self._session.activity = ""
        if ended.error is not None:
            self._show_error(ended.error)

    # In the training thread

    def _post_failure(self, error: Exception) -> None:
        self._mail.post(Failed(error))

    def _publish(self, event: TrainingEvent) -> None:
        """Have an event written down, and shown."""
        self._recorder.publish(event)
        self._pump.post(event)
