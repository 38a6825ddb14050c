"""The features of the window: the tabs, the controllers behind them, and how they are connected.

Tabs and controllers are imported and created on first use, so that the window and the pen are ready first.
"""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QTabWidget, QWidget

from digitlab.gui import theme
from digitlab.gui.draw.answering import ViewController
from digitlab.gui.draw.canvas import Tool
from digitlab.gui.draw.dock import DrawDock
from digitlab.gui.draw.panel import DrawPanel
from digitlab.gui.messages import Messages
from digitlab.gui.replay.bar import TimeBar
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.gui.theme import ColourScheme
from digitlab.gui.widgets.lazy_tab import LazyTab, Panel
from digitlab.system.errors import DigitLabError
from digitlab.words.recipes import trained_instead

if TYPE_CHECKING:
    from digitlab.gui.evaluate.panel import EvaluatePanel
    from digitlab.gui.inspect.panel import InspectPanel
    from digitlab.gui.learning.panel import LearningPanel
    from digitlab.gui.mydigits.panel import MyDigitsPanel
    from digitlab.gui.network.panel import NetworkPanel
    from digitlab.gui.runs.panel import RunsPanel
    from digitlab.gui.train.panel import TrainPanel


class Controllers:
    """The controllers of the tabs.

    Args:
        session: The open network, run and drawing.
        editor: Changes the sketch on the canvas.
        messages: Shows messages to the user.
        folder: Where file dialogs start; empty for the system's default.
        window: The window, which owns them.
    """

    def __init__(
        self, session: Session, editor: SketchEditor, messages: Messages, folder: str, window: QWidget
    ) -> None:
        """Create and connect the controllers, which start their threads."""
        from digitlab.gui.evaluate.controller import EvaluationController
        from digitlab.gui.files.controller import FileController
        from digitlab.gui.files.dialogs import FileDialogs
        from digitlab.gui.files.restart import Restart
        from digitlab.gui.learning.controller import LearningController
        from digitlab.gui.mydigits.controller import MyDigitsController
        from digitlab.gui.mydigits.predictions import OwnPredictionsController
        from digitlab.gui.replay.controller import ReplayController
        from digitlab.gui.runs.controller import RunsController
        from digitlab.gui.session.opening import Opening
        from digitlab.gui.train.controller import TrainingController

        opening = Opening(session, messages)
        self.runs = RunsController(session, opening, messages, window)
        self.training = TrainingController(session, self.runs.recorder, messages, window)
        self.evaluation = EvaluationController(session, editor, messages, window)
        self.learning = LearningController(session, messages, window)
        self.files = FileController(session, editor, opening, messages, window)
        self.replay = ReplayController(session, window)
        self.my_digits = MyDigitsController(session, editor, messages, window)
        self.my_predictions = OwnPredictionsController(session, messages, window)
        self.dialogs = FileDialogs(session, self.files, messages, folder, window)
        self.restart = Restart(session, self.files, opening, messages, window)
        self._connect()

    def _connect(self) -> None:
        training, dialogs = self.training, self.dialogs
        training.data_file_requested.connect(dialogs.open_dataset)
        training.drawing_files_requested.connect(dialogs.choose_drawings)
        self.runs.save_requested.connect(dialogs.save_network)
        self.runs.continue_requested.connect(training.continue_training)
        self.files.kept_run_requested.connect(self.runs.open)
        dialogs.export_chosen.connect(self.runs.export)
        self.evaluation.data_file_requested.connect(dialogs.choose_held_out)
        dialogs.held_out_chosen.connect(self.evaluation.choose_source)
        self.restart.recipe_found.connect(training.set_recipe)
        self.restart.held_out_found.connect(self.evaluation.choose_source)
        dialogs.my_digits_chosen.connect(self.my_digits.import_files)
        dialogs.my_export_chosen.connect(self.my_digits.export_to)
        self.my_digits.export_requested.connect(dialogs.export_my_digits)

    def close(self, timeout_s: float) -> bool:
        """Stop all background work.

        Args:
            timeout_s: How long to wait for each thread.

        Returns:
            Whether all threads have ended.
        """
        self.runs.recorder.is_closing = True
        closed = [
            controller.close(timeout_s)
            for controller in (
                self.training,
                self.runs,  # after the training, whose last snapshots it writes
                self.files,
                self.evaluation,
                self.learning,
                self.my_digits,
                self.my_predictions,
            )
        ]
        return all(closed)


class Features(QObject):
    """Everything that the window's actions operate on.

    Attributes:
        session: The open network, run and drawing.
        messages: Shows messages to the user.
        window: The window.
        editor: Changes the sketch on the canvas.
        views: Runs the network on the sketch.
        draw: The drawing panel.
        dock: The dock around it.
        time_bar: The time slider with its buttons.
        tabs: The tabs.
        scheme: The colours that the user chose.
    """

    def __init__(
        self,
        session: Session,
        messages: Messages,
        folder: str,
        scheme: ColourScheme,
        tools: tuple[QAction, ...],
        window: QMainWindow,
    ) -> None:
        """Create what the first frame shows; nothing slow happens here.

        Args:
            session: The open network, run and drawing.
            messages: Shows messages to the user.
            folder: Where file dialogs start; empty for the system's default.
            scheme: The colours that the user chose.
            tools: The actions for the buttons under the canvas.
            window: The window, which owns everything here.
        """
        super().__init__(window)
        self.session = session
        self.messages = messages
        self.window = window
        self.scheme = scheme
        self._folder = folder
        self._controllers: Controllers | None = None
        self.editor = SketchEditor(session, window)
        self.views = ViewController(session, messages, window)
        self.draw = DrawPanel(session, self.editor, tools, window)
        self.dock = DrawDock(self.draw, window)
        self.time_bar = TimeBar(session, window)
        self.tabs = Tabs(self, window)
        self.draw.strip.preprocessing_requested.connect(self.views.set_preprocessing)
        # Slots of this object, not of the controllers: the first signal that needs those creates them.
        self.draw.keep_row.keep_requested.connect(self._on_keep_row_keep_requested)
        self.draw.keep_row.undo_requested.connect(self._on_keep_row_undo_requested)
        self.time_bar.snapshot_chosen.connect(self._on_time_bar_snapshot_chosen)
        session.training_state_changed.connect(self._show_training)

    @property
    def controllers(self) -> Controllers:
        """The controllers, created on first use or soon after the window is painted."""
        if self._controllers is None:
            self._controllers = Controllers(self.session, self.editor, self.messages, self._folder, self.window)
            self._controllers.training.train_requested.connect(self.train)
        return self._controllers

    @property
    def has_controllers(self) -> bool:
        """Whether the controllers exist yet."""
        return self._controllers is not None

    @property
    def folder(self) -> str:
        """Where the next file dialog starts; empty for the system's default."""
        return self._folder if self._controllers is None else self._controllers.dialogs.folder

    def close(self, timeout_s: float) -> bool:
        """Stop all background work; returns whether all threads ended in time.

        Args:
            timeout_s: How long to wait for each thread.
        """
        self.tabs.hold()  # a panel built now would create the controllers
        has_ended = self._controllers is None or self._controllers.close(timeout_s)
        return self.views.close(timeout_s) and has_ended

    # Commands that concern several features

    @Slot()
    def train(self) -> None:
        """Train with the recipe, or pause or resume the training in progress; every Train command calls this.

        The last edit in Network is applied first; if it is invalid, a message says what is trained instead. If the
        recipe is invalid, the Train tab is shown with the problem.
        """
        network, panel = self.tabs.network.built, self.tabs.train.built
        if network is not None:
            network.apply_now()
        if self.session.training_state is TrainingState.IDLE:
            problem = self.session.recipe.spec.training_problem()
            text = panel.problem if panel is not None else problem.reason if problem is not None else ""
            if text:
                self._show_recipe_problem(text)
                return
            if self.session.unapplied_edits:
                instead = trained_instead(self.session.recipe.spec, self.session.unapplied_edits)
                self.messages.show_info("Training starts without the last edits in Network.", instead)
        self.controllers.training.train_or_pause()

    def continue_training(self) -> None:
        """Continue training from the snapshot on screen, by the recipe but with the layers of that snapshot.

        If a number of the recipe is invalid, the Train tab is shown with the problem.
        """
        panel = self.tabs.train.built
        if panel is not None and panel.input_problem:
            self._show_recipe_problem(panel.input_problem)
        else:
            self.controllers.training.continue_training()

    def _show_recipe_problem(self, text: str) -> None:
        self.tabs.setCurrentWidget(self.tabs.train)
        # By the desk, which withdraws it when a training starts.
        self.controllers.training.desk.show_error(DigitLabError(text))

    def evaluate(self) -> None:
        """Evaluate the network on screen, and show the results."""
        self.tabs.setCurrentWidget(self.tabs.evaluate)
        self.controllers.evaluation.evaluate()

    def clear(self) -> None:
        """Clear the canvas and switch to the pen, since nothing is left to erase."""
        self.editor.clear()
        self.draw.canvas.set_tool(Tool.PEN)

    def use_pen(self) -> None:
        """Switch to the pen."""
        self.draw.canvas.set_tool(Tool.PEN)

    def use_eraser(self) -> None:
        """Switch to the eraser."""
        self.draw.canvas.set_tool(Tool.ERASER)

    @property
    def is_erasing(self) -> bool:
        """Whether the eraser is selected."""
        return self.draw.canvas.tool is Tool.ERASER

    def keep_as(self, digit: int) -> None:
        """Click the button that keeps the drawing as a digit; it is disabled if the drawing cannot be kept."""
        self.draw.keep_row.digits.buttons[digit].click()

    def copy_image(self) -> None:
        """Copy the 28x28 image that the network sees."""
        from digitlab.gui.widgets.pixels import grey_image

        view = self.session.view
        if view is not None:
            QGuiApplication.clipboard().setImage(grey_image(view.steps.image))
            self.messages.note("Copied the 28 × 28 image to the clipboard")

    def choose_scheme(self, scheme: ColourScheme) -> None:
        """Use light colours, dark colours or the system's."""
        self.scheme = scheme
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_scheme(app, scheme)

    @Slot()
    def follow_system_colours(self) -> None:
        """Apply the system's colours again, if the user chose the system theme."""
        app = QApplication.instance()
        if self.scheme is ColourScheme.SYSTEM and isinstance(app, QApplication):
            theme.restyle(app, is_dark=theme.is_dark_wanted(ColourScheme.SYSTEM))

    @Slot()
    def _show_training(self) -> None:
        """Add the progress and the controls of the first training to the status bar; they hide and show themselves."""
        from digitlab.gui.train.status import TrainingStatus

        self.session.training_state_changed.disconnect(self._show_training)
        status = TrainingStatus(self.session, self.window)
        status.train_requested.connect(self.train)
        status.stop_requested.connect(self.controllers.training.stop)
        status.details_requested.connect(self._on_training_status_details_requested)
        self.window.statusBar().addPermanentWidget(status)

    @Slot()
    def _on_training_status_details_requested(self) -> None:
        self.tabs.setCurrentWidget(self.tabs.train)

    @Slot(int)
    def _on_keep_row_keep_requested(self, digit: int) -> None:
        self.controllers.my_digits.keep_as(digit)

    @Slot()
    def _on_keep_row_undo_requested(self) -> None:
        self.controllers.my_digits.undo()

    @Slot(int)
    def _on_time_bar_snapshot_chosen(self, index: int) -> None:
        self.controllers.replay.show_index(index)


class Tabs(QTabWidget):
    """The tabs in workflow order; each panel is built on first use.

    Attributes:
        by_name: The tabs by the name of the action that shows each; the settings store these names.
    """

    def __init__(self, features: Features, parent: QWidget) -> None:
        """Create the tabs without their panels.

        Args:
            features: What the panels' requests are connected to.
            parent: The widget around them.
        """
        super().__init__(parent)
        self.setObjectName("panels")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._features = features
        self._session = features.session
        self._is_held = False
        self.by_name: dict[str, QWidget] = {}
        self.network = self._add("showNetwork", "Network", self._build_network)
        self.train = self._add("showTrain", "Train", self._build_train)
        self.learning = self._add("showLearning", "Learning", self._build_learning)
        self.inspect = self._add("showInspect", "Look inside", self._build_inspect)
        self.evaluate = self._add("showEvaluate", "Evaluate", self._build_evaluate)
        self.runs = self._add("showRuns", "Runs", self._build_runs)
        self.my_digits = self._add("showMyDigits", "My digits", self._build_my_digits)
        self.setCurrentWidget(self.inspect)

    @property
    def shown(self) -> str:
        """The name of the action that shows the current tab."""
        return next(name for name, tab in self.by_name.items() if tab is self.currentWidget())

    def show_tab(self, name: str) -> None:
        """Show a tab by the name of its action; an unknown name, as from old settings, is ignored."""
        if name in self.by_name:
            self.setCurrentWidget(self.by_name[name])

    def hold(self) -> None:
        """Build no panels until ``release`` is called."""
        self._is_held = True

    def release(self) -> None:
        """Build the current panel, and others when they are shown."""
        self._is_held = False
        tab = self.currentWidget()
        if isinstance(tab, LazyTab):
            tab.panel()

    def _add(self, name: str, title: str, build: Callable[[QWidget], Panel]) -> LazyTab[Panel]:
        tab = LazyTab(build, lambda: self._is_held, self)
        self.by_name[name] = tab
        self.addTab(tab, title)
        return tab

    def _build_network(self, tab: QWidget) -> "NetworkPanel":
        from digitlab.gui.network.panel import NetworkPanel

        panel = NetworkPanel(self._session, tab)
        panel.recipe_edited.connect(self._features.controllers.training.set_recipe)
        panel.unapplied_changed.connect(self._on_network_unapplied_changed)
        return panel

    @Slot(object)
    def _on_network_unapplied_changed(self, fields: tuple[str, ...]) -> None:
        self._session.unapplied_edits = fields

    def _build_train(self, tab: QWidget) -> "TrainPanel":
        from digitlab.gui.train.panel import TrainPanel

        panel, controllers = TrainPanel(self._session, tab), self._features.controllers
        training, files, dialogs = controllers.training, controllers.files, controllers.dialogs
        for requested in (panel.train_requested, panel.pause_requested, panel.resume_requested):
            requested.connect(self._features.train)
        panel.stop_requested.connect(training.stop)
        panel.reset_requested.connect(training.reset)
        panel.new_seed_requested.connect(training.new_seed)
        panel.recipe_edited.connect(training.set_recipe)
        panel.problem_changed.connect(training.desk.withdraw_error)
        panel.data_file_requested.connect(dialogs.open_dataset)
        panel.drawing_files_requested.connect(dialogs.choose_drawings)
        panel.compare_requested.connect(files.compare_with)
        panel.comparison_file_requested.connect(dialogs.choose_comparison)
        panel.comparison_ended.connect(files.stop_comparing)
        panel.problem_changed.connect(self._on_train_problem_changed)
        files.shipped_runs_found.connect(panel.show_shipped_runs)
        files.find_shipped_runs()
        return panel

    @Slot()
    def _on_train_problem_changed(self) -> None:
        panel = self.train.built
        if panel is not None and not panel.problem:
            self._features.controllers.training.desk.withdraw_error()  # it was about the recipe, or is out of date

    def _build_learning(self, tab: QWidget) -> "LearningPanel":
        from digitlab.gui.learning.panel import LearningPanel

        panel = LearningPanel(self._session, tab)
        panel.watched_changed.connect(self._features.controllers.learning.watch)
        panel.snapshot_chosen.connect(self._features.controllers.replay.show_step)
        return panel

    def _build_inspect(self, tab: QWidget) -> "InspectPanel":
        from digitlab.gui.inspect.panel import InspectPanel

        panel = InspectPanel(self._session, tab)
        panel.test_digit_requested.connect(self._features.controllers.files.show_test_digit)
        panel.receptive_field_hovered.connect(self._on_inspect_receptive_field_hovered)
        return panel

    @Slot(object)
    def _on_inspect_receptive_field_hovered(self, field: tuple[slice, slice] | None) -> None:
        self._session.receptive_field = field

    def _build_evaluate(self, tab: QWidget) -> "EvaluatePanel":
        from digitlab.gui.evaluate.panel import EvaluatePanel

        panel, evaluation = EvaluatePanel(self._session, tab), self._features.controllers.evaluation
        panel.sight_changed.connect(evaluation.watch)
        panel.evaluate_requested.connect(evaluation.evaluate)
        panel.snapshots_requested.connect(evaluation.evaluate_snapshots)
        panel.cancel_requested.connect(evaluation.cancel)
        panel.source_chosen.connect(evaluation.choose_source)
        panel.part_chosen.connect(evaluation.choose_part)
        panel.following_chosen.connect(evaluation.follow)
        panel.data_file_requested.connect(self._features.controllers.dialogs.choose_held_out)
        panel.sketch_chosen.connect(evaluation.show_sketch)
        panel.look_requested.connect(self._on_evaluate_look_requested)
        panel.snapshot_chosen.connect(self._features.controllers.replay.show_step)
        return panel

    @Slot()
    def _on_evaluate_look_requested(self) -> None:
        self.setCurrentWidget(self.inspect)

    def _build_runs(self, tab: QWidget) -> "RunsPanel":
        from digitlab.gui.runs.panel import RunsPanel

        panel, runs = RunsPanel(self._session, tab), self._features.controllers.runs
        panel.open_requested.connect(runs.open)
        panel.continue_requested.connect(runs.continue_training)
        panel.rename_requested.connect(runs.rename)
        panel.delete_requested.connect(runs.delete)
        panel.undo_requested.connect(runs.undo_delete)
        panel.look_requested.connect(runs.look)
        panel.plot_requested.connect(runs.plot)
        panel.export_requested.connect(self._features.controllers.dialogs.choose_export)
        panel.train_requested.connect(self._features.train)
        return panel

    def _build_my_digits(self, tab: QWidget) -> "MyDigitsPanel":
        from digitlab.gui.mydigits.panel import MyDigitsPanel

        panel = MyDigitsPanel(self._session, Random(), tab)
        mine, dialogs = self._features.controllers.my_digits, self._features.controllers.dialogs
        panel.relabel_requested.connect(mine.relabel)
        panel.delete_requested.connect(mine.delete)
        panel.undo_requested.connect(mine.undo)
        panel.redo_requested.connect(mine.redo)
        panel.canvas_requested.connect(mine.put_on_canvas)
        panel.keep_requested.connect(mine.keep_and_clear)
        panel.clear_requested.connect(mine.clear_canvas)
        panel.import_requested.connect(dialogs.choose_my_digits)
        panel.export_requested.connect(dialogs.export_my_digits)
        panel.watched.connect(self._features.controllers.my_predictions.watch)
        panel.watched.connect(mine.watch)
        mine.load()
        return panel
