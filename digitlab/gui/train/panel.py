"""The Train panel: recipe, buttons, progress and live curves."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from digitlab.data.files.mnist import MNIST_NAME
from digitlab.gui import theme
from digitlab.gui.charts.card import ChartCard
from digitlab.gui.session.names import names_of, shipped_title
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.gui.train.buttons import TrainingButtons
from digitlab.gui.train.comparison_bar import ComparisonBar
from digitlab.gui.train.legend import Legend
from digitlab.gui.train.progress import has_failed, progress_of
from digitlab.gui.train.progress_view import ProgressView
from digitlab.gui.train.recipe_form import RecipeForm
from digitlab.gui.widgets.card import Card
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Throttle
from digitlab.runs.run import Run
from digitlab.system.assets import model_path
from digitlab.training.recipes import recipe_of

if TYPE_CHECKING:
    from digitlab.gui.train.plots import TrainingPlots

_TICK_MS: Final = 100
"""Each tick draws one of the two plots: each five times a second, never both at once."""

_BASELINE: Final = "tutorial"
"""The shipped run that better recipes are compared with."""

_RECIPE_WIDTH: Final = 328


class TrainPanel(Themed, QWidget):
    """Shows the session's recipe and run, and emits the user's requests.

    Signals:
        train_requested: Train with the recipe.
        pause_requested: Pause after this batch.
        resume_requested: Resume training.
        stop_requested: Stop after this batch.
        reset_requested: Show the untrained network of this recipe and seed.
        new_seed_requested: Change the seed of the recipe.
        recipe_edited: The user changed the recipe to a valid one; carries the whole ``Recipe``.
        data_file_requested: Choose a file with a dataset.
        drawing_files_requested: Choose files with drawings to train on.
        compare_requested: Show the curves of a file beside those of the run; carries its path and the name of its run.
        comparison_file_requested: Choose a file to compare with.
        comparison_ended: Show the run alone.
        problem_changed: ``problem`` changed.
    """

    train_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    reset_requested = Signal()
    new_seed_requested = Signal()
    recipe_edited = Signal(object)
    data_file_requested = Signal()
    drawing_files_requested = Signal()
    compare_requested = Signal(object, str)
    comparison_file_requested = Signal()
    comparison_ended = Signal()
    problem_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self.setObjectName("trainPanel")
        self._session = session
        self._plots: TrainingPlots | None = None
        self._card = Card(parent=self)
        self._card.setFixedWidth(_RECIPE_WIDTH)
        self._form = RecipeForm(session.recipe, self._card)
        self._buttons = TrainingButtons()
        self._progress = ProgressView(_RECIPE_WIDTH - 2 * (theme.SPACE_L + 2))
        self._comparison = ComparisonBar()
        self._is_comparison_hidden = False
        self._is_failure_past = False  # the recipe was changed since the training on screen failed
        self._log_scale = QToolButton()
        self._whole_run = QToolButton()
        self._legend = Legend()
        self._loss_card = ChartCard("Loss", tools=(self._comparison,))
        self._accuracy_card = ChartCard("Accuracy")
        self._creating = Throttle(self.ensure_plots, 0, self)
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks_left = 0
        self._set_up_tools()
        self.follow_theme()
        self._lay_out()
        self._connect()
        self._show_network()
        self._on_training_state_changed()
        self._on_run_changed()
        self._on_compared_run_changed()
        self._on_kept_runs_changed()

    @property
    def problem(self) -> str:
        """Why the recipe in the form cannot be trained; empty if it can."""
        return self._form.problem

    @property
    def input_problem(self) -> str:
        """What is wrong with a number that was typed; unlike ``problem``, not with the network of the recipe."""
        return self._form.input_problem

    def ensure_plots(self) -> None:
        """Create the plots if they do not exist yet; late, because importing pyqtgraph takes half a second."""
        if self._plots is not None:
            return
        from digitlab.gui.train.plots import TrainingPlots

        self._plots = plots = TrainingPlots(self)
        self._loss_card.add_plot(plots.loss)
        self._accuracy_card.add_plot(plots.accuracy)
        self._whole_run.clicked.connect(plots.show_whole_run)
        plots.zoom_changed.connect(self._whole_run.setEnabled)
        plots.loss.set_log(is_log=self._log_scale.isChecked())
        plots.show_compared(self._session.compared_run)
        self._on_run_changed()
        self._show_snapshots()

    @Slot(object)
    def show_shipped_runs(self, names: tuple[str, ...]) -> None:
        """Add the shipped networks that have a run to the comparison menu."""
        self._comparison.show_shipped_runs(names)

    def _set_up_tools(self) -> None:
        describe(
            self._log_scale,
            "logScaleButton",
            "Logarithmic loss",
            "Logarithmic scale: equal distances are equal factors, so small losses can be distinguished.",
        )
        self._log_scale.setCheckable(True)
        self._log_scale.setText("Log")
        describe(
            self._whole_run,
            "wholeRunButton",
            "Whole run",
            "Show the whole run again. Use the wheel to zoom and drag to pan.",
        )
        self._whole_run.setEnabled(False)
        self._log_scale.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._comparison.add_tools(self._whole_run, self._log_scale)

    def _lay_out(self) -> None:
        # Only the fields of the form scroll: the buttons are always visible.
        below = QVBoxLayout()
        below.setContentsMargins(theme.SPACE_L, 0, theme.SPACE_L, 0)
        below.setSpacing(theme.SPACE_M)
        below.addWidget(self._buttons)
        below.addWidget(self._progress)
        column = self._card.column
        column.setContentsMargins(1, theme.SPACE_M, 1, theme.SPACE_M)
        column.setSpacing(theme.SPACE_M)
        column.addWidget(self._form)
        column.addLayout(below)
        column.addStretch(1)
        curves = QVBoxLayout()
        curves.setSpacing(theme.SPACE_S)
        legend = QHBoxLayout()
        legend.setContentsMargins(theme.SPACE_L, 0, 0, 0)
        legend.addWidget(self._legend)
        curves.addLayout(legend)
        curves.addWidget(self._loss_card, 1)
        curves.addWidget(self._accuracy_card, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(self._card)
        row.addLayout(curves, 1)

    def _connect(self) -> None:
        session, form, buttons = self._session, self._form, self._buttons
        session.recipe_changed.connect(self._on_recipe_changed)
        session.unapplied_edits_changed.connect(self._show_network)
        session.own_presets_changed.connect(self._on_own_presets_changed)
        self._on_own_presets_changed()
        session.run_changed.connect(self._on_run_changed)
        session.run_advanced.connect(self._on_run_advanced)
        session.snapshot_changed.connect(self._show_snapshots)
        session.replay_changed.connect(self._show_snapshots)
        session.compared_run_changed.connect(self._on_compared_run_changed)
        session.training_state_changed.connect(self._on_training_state_changed)
        session.kept.changed.connect(self._on_kept_runs_changed)
        session.kept.open_changed.connect(self._on_kept_runs_changed)
        session.activity_changed.connect(self._on_activity_changed)
        form.recipe_edited.connect(self.recipe_edited)
        form.new_seed_requested.connect(self.new_seed_requested)
        form.data_file_requested.connect(self.data_file_requested)
        form.drawing_files_requested.connect(self.drawing_files_requested)
        form.problem_changed.connect(self._on_form_problem_changed)
        buttons.train_requested.connect(self.train_requested)
        buttons.pause_requested.connect(self.pause_requested)
        buttons.resume_requested.connect(self.resume_requested)
        buttons.stop_requested.connect(self.stop_requested)
        buttons.reset_requested.connect(self.reset_requested)
        self._comparison.compare_requested.connect(self.compare_requested)
        self._comparison.file_requested.connect(self.comparison_file_requested)
        self._comparison.comparison_ended.connect(self._on_comparison_ended)
        self._log_scale.toggled.connect(self._on_log_scale_toggled)
        self._ticks.timeout.connect(self._on_ticks_timeout)

    @Slot()
    def _on_recipe_changed(self) -> None:
        self._form.show_recipe(self._session.recipe)
        self._is_failure_past = True
        self._show_progress()
        self._show_network()

    @Slot()
    def _on_own_presets_changed(self) -> None:
        self._form.show_own_presets(self._session.own_presets)

    @Slot()
    def _show_network(self) -> None:
        self._buttons.show_network(self._session.recipe.spec, self._session.unapplied_edits)

    @Slot()
    def _on_form_problem_changed(self) -> None:
        self._buttons.show_state(self._session.training_state, self._form.problem)
        self._show_progress()
        self.problem_changed.emit()

    @Slot()
    def _on_training_state_changed(self) -> None:
        state = self._session.training_state
        self._form.set_locked(is_locked=state.is_busy)
        self._buttons.show_state(state, self._form.problem)
        self._show_message()
        self._show_progress()

    @Slot()
    def _on_run_changed(self) -> None:
        run = self._session.run
        self._is_failure_past = False
        if self._plots is not None:
            self._plots.show_run(run)
        self._show_names()
        self._show_message()
        self._show_progress()
        if run is not None and run.is_running and self._is_worth_comparing(run):
            self.compare_requested.emit(model_path(_BASELINE), shipped_title(_BASELINE))

    def _is_worth_comparing(self, run: Run) -> bool:
        """Return whether to compare a run with the tutorial's automatically: a better recipe on the same data."""
        started = run.started
        recipe = recipe_of(started.spec, started.config)
        is_free = self._session.compared_run is None and not self._is_comparison_hidden
        return is_free and recipe not in (None, _BASELINE) and started.dataset_name == MNIST_NAME

    @Slot()
    def _show_snapshots(self) -> None:
        """Mark the snapshot on screen in the curves, unless it is the newest."""
        session = self._session
        replay = session.replay
        if self._plots is None or not self.isVisible():
            return
        marked = (None if replay.is_following else session.snapshot, replay.pinned)
        has_run = session.run is not None
        self._plots.show_snapshots(
            *(one.epoch if one is not None and has_run and session.has_snapshot(one) else None for one in marked)
        )

    @Slot()
    def _on_compared_run_changed(self) -> None:
        compared = self._session.compared_run
        if compared is not None:
            self._is_comparison_hidden = False
        if self._plots is not None:
            self._plots.show_compared(compared)
        self._comparison.show_compared("" if compared is None else compared.name)
        self._show_names()
        self._show_message()

    @Slot()
    def _on_kept_runs_changed(self) -> None:
        kept = self._session.kept
        self._comparison.show_kept_runs(tuple((run.path, run.name) for run in kept.runs if run.path != kept.open))
        self._show_names()
        self._show_progress()

    @Slot()
    def _on_comparison_ended(self) -> None:
        """End the comparison, and do not compare automatically again."""
        self._is_comparison_hidden = True
        self.comparison_ended.emit()

    def _show_names(self) -> None:
        session = self._session
        names = names_of(session.run, session.run_name, session.compared_run)
        self._legend.show_names(*names)
        if self._plots is not None:
            self._plots.show_names(*names)

    @Slot()
    def _on_run_advanced(self) -> None:
        """Schedule drawing, if the panel is visible."""
        if self.isVisible() and not self.window().isMinimized():
            self._ticks_left = 2
            if not self._ticks.isActive():
                self._ticks.start()

    @Slot()
    def _on_activity_changed(self) -> None:
        if self._session.training_state is TrainingState.PREPARING:
            self._show_progress()

    @Slot(bool)
    def _on_log_scale_toggled(self, is_log: bool) -> None:
        if self._plots is not None:
            self._plots.loss.set_log(is_log=is_log)

    @Slot()
    def _on_ticks_timeout(self) -> None:
        """Draw one plot; stop once both are up to date."""
        self._ticks_left -= 1
        if not self._ticks_left:
            self._ticks.stop()
        if self._plots is not None:
            self._plots.refresh_next()
        self._show_message()
        self._show_progress()

    def _show_progress(self) -> None:
        session = self._session
        problem = self._form.problem
        state, activity = session.training_state, session.activity
        run = None if self._is_failure_past and has_failed(session.run) else session.run
        self._progress.show_progress(progress_of(run, session.run_name, state, activity, problem))

    def _show_message(self) -> None:
        """Show why there are no curves, if there are none."""
        run = self._session.run
        if (run is not None and run.step) or self._session.compared_run is not None:
            message = "" if self._plots is not None else "Drawing the curves…"
        elif self._session.training_state.is_busy:
            message = "The curves appear after the first batch."
        else:
            message = "Press Train to see the curves grow here, batch by batch."
        self._loss_card.show_text(message)
        self._accuracy_card.show_text(message)

    def restyle(self) -> None:
        """Redraw the icons in the theme's colours."""
        self._log_scale.setIcon(theme.icon("log-scale", self.palette()))
        self._whole_run.setIcon(theme.icon("reset", self.palette()))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the panel was hidden; the plots do so themselves."""
        super().showEvent(event)
        self._show_snapshots()
        self._show_message()
        self._show_progress()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Create the plots once the rest is on screen."""
        super().paintEvent(event)
        if self._plots is None:
            self._creating.request()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop drawing."""
        super().hideEvent(event)
        self._ticks.stop()
