"""The features of the window: the panels behind the tabs, their controllers, and how they are connected."""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from digitlab.gui.messages import Messages
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session

if TYPE_CHECKING:
    from digitlab.gui.evaluate.panel import EvaluatePanel
    from digitlab.gui.inspect.panel import InspectPanel
    from digitlab.gui.learning.panel import LearningPanel
    from digitlab.gui.mydigits.panel import MyDigitsPanel
    from digitlab.gui.network.panel import NetworkPanel
    from digitlab.gui.runs.panel import RunsPanel
    from digitlab.gui.train.panel import TrainPanel

Panel = TypeVar("Panel", bound=QWidget)

_AFTER_PAINT_MS: Final = 1
"""Long enough for the window to be painted first."""


class PanelSlot(QWidget, Generic[Panel]):
    """Builds its panel right after it was first shown, unless panels are held: the window and the pen come before it.

    Args:
        build: Makes the panel as a child of the slot: whatever is moved to another parent is styled anew, with all
            that is in it.
        is_held: Whether panels must not be built yet.
    """

    def __init__(self, build: Callable[[QWidget], Panel], is_held: Callable[[], bool], parent: QWidget) -> None:
        """Begin empty."""
        super().__init__(parent)
        self._build = build
        self._is_held = is_held
        self._panel: Panel | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def built(self) -> Panel | None:
        """The panel, if it was built by now."""
        return self._panel

    def panel(self) -> Panel:
        """Return the panel, built now if it was not yet."""
        if self._panel is None:
            self._panel = self._build(self)
            self._layout.addWidget(self._panel)
        return self._panel

    def showEvent(self, event: QShowEvent) -> None:
        """Build the panel in a moment."""
        super().showEvent(event)
        if self._panel is None:
            QTimer.singleShot(_AFTER_PAINT_MS, self, self._on_shown)

    @Slot()
    def _on_shown(self) -> None:
        if not self._is_held():
            self.panel()


class Controllers:
    """What turns wishes into work.

    Args:
        session: What is open.
        editor: Changes what lies on the canvas.
        messages: Speaks to the person.
        folder: Where file dialogs begin; empty for the system's choice.
        window: The window, which owns them.
    """

    def __init__(
        self, session: Session, editor: SketchEditor, messages: Messages, folder: str, window: QWidget
    ) -> None:
        """Make and connect them; they start their threads."""
        from digitlab.gui.evaluate.controller import EvaluationController
        from digitlab.gui.files.controller import FileController
        from digitlab.gui.files.dialogs import FileDialogs
        from digitlab.gui.learning.controller import LearningController
        from digitlab.gui.mydigits.controller import MyDigitsController
        from digitlab.gui.mydigits.predictions import OwnPredictionsController
        from digitlab.gui.replay.controller import ReplayController
        from digitlab.gui.runs.controller import RunsController
        from digitlab.gui.train.controller import TrainingController

        self.runs = RunsController(session, messages, window)
        self.training = TrainingController(session, self.runs.recorder, messages, window)
        self.evaluation = EvaluationController(session, editor, messages, window)
        self.learning = LearningController(session, messages, window)
        self.files = FileController(session, editor, messages, window)
        self.replay = ReplayController(session, window)
        self.my_digits = MyDigitsController(session, editor, messages, window)
        self.my_predictions = OwnPredictionsController(session, messages, window)
        self.dialogs = FileDialogs(session, self.files, messages, folder, window)
        self._connect()

    def _connect(self) -> None:
        training, dialogs = self.training, self.dialogs
        training.data_file_requested.connect(dialogs.open_dataset)
        training.drawing_files_requested.connect(dialogs.choose_drawings)
        self.runs.save_requested.connect(dialogs.save_network)
        self.runs.continue_requested.connect(training.continue_training)
        dialogs.export_chosen.connect(self.runs.export)
        self.evaluation.data_file_requested.connect(dialogs.choose_held_out)
        dialogs.held_out_chosen.connect(self.evaluation.choose_source)
        dialogs.my_digits_chosen.connect(self.my_digits.import_files)
        dialogs.my_export_chosen.connect(self.my_digits.export_to)

    def close(self, timeout_s: float) -> list[bool]:
        """End all work behind the window.

        Args:
            timeout_s: How long to wait for each worker.

        Returns:
            For each worker whether it has ended.
        """
        return [
            controller.close(timeout_s)
            for controller in (
                self.training,
                self.runs,  # after the training, whose last moments it writes
                self.files,
                self.evaluation,
                self.learning,
                self.my_digits,
                self.my_predictions,
            )
        ]


class Panels(QTabWidget):
    """One tab a panel; each is built when it is first seen, or asked for.

    Attributes:
        by_action: The tab of each action that shows one.
    """

    def __init__(self, session: Session, controllers: Callable[[], "Controllers"], parent: QWidget) -> None:
        """Make the tabs, empty.

        Args:
            session: What is open.
            controllers: Gives what the panels' wishes go to; asked when the first panel is built.
            parent: The widget around them.
        """
        super().__init__(parent)
        self.setObjectName("panels")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._session = session
        self._make_controllers = controllers
        self._is_held = False
        self.by_action: dict[str, QWidget] = {}
        self.inspect = self._add("showInspect", "Look inside", self._build_inspect)
        self.network = self._add("showNetwork", "Network", self._build_network)
        self.train = self._add("showTrain", "Train", self._build_train)
        self.learning = self._add("showLearning", "Learning", self._build_learning)
        self.runs = self._add("showRuns", "Runs", self._build_runs)
        self.evaluate = self._add("showEvaluate", "Evaluate", self._build_evaluate)
        self.my_digits = self._add("showMyDigits", "My digits", self._build_my_digits)

    @property
    def _controllers(self) -> "Controllers":
        return self._make_controllers()

    @property
    def shown_action(self) -> str:
        """The name of the action that shows the panel in sight."""
        return next((name for name, slot in self.by_action.items() if slot is self.currentWidget()), "")

    def hold(self) -> None:
        """Leave panels that are shown unbuilt until ``release``, or for good."""
        self._is_held = True

    def release(self) -> None:
        """Build the panel in sight, and others when they are seen."""
        self._is_held = False
        slot = self.currentWidget()
        if isinstance(slot, PanelSlot):
            slot.panel()

    def _add(self, action: str, title: str, build: Callable[[QWidget], Panel]) -> PanelSlot[Panel]:
        slot = PanelSlot(build, lambda: self._is_held, self)
        self.by_action[action] = slot
        self.addTab(slot, title)
        return slot

    def _build_inspect(self, slot: QWidget) -> "InspectPanel":
        from digitlab.gui.inspect.panel import InspectPanel

        panel = InspectPanel(self._session, slot)
        panel.test_digit_requested.connect(self._controllers.files.show_test_digit)
        panel.receptive_field_hovered.connect(self._on_inspect_receptive_field_hovered)
        return panel

    @Slot(object)
    def _on_inspect_receptive_field_hovered(self, field: tuple[slice, slice] | None) -> None:
        self._session.receptive_field = field

    def _build_network(self, slot: QWidget) -> "NetworkPanel":
        from digitlab.gui.network.panel import NetworkPanel

        panel = NetworkPanel(self._session, slot)
        panel.recipe_edited.connect(self._controllers.training.set_recipe)
        return panel

    def _build_train(self, slot: QWidget) -> "TrainPanel":
        from digitlab.gui.train.panel import TrainPanel

        panel = TrainPanel(self._session, slot)
        training, files, dialogs = self._controllers.training, self._controllers.files, self._controllers.dialogs
        panel.train_requested.connect(training.train)
        panel.pause_requested.connect(training.pause)
        panel.resume_requested.connect(training.resume)
        panel.stop_requested.connect(training.stop)
        panel.reset_requested.connect(training.reset)
        panel.new_seed_requested.connect(training.new_seed)
        panel.recipe_edited.connect(training.set_recipe)
        panel.data_file_requested.connect(dialogs.open_dataset)
        panel.drawing_files_requested.connect(dialogs.choose_drawings)
        panel.compare_requested.connect(files.compare_with)
        panel.comparison_file_requested.connect(dialogs.choose_comparison)
        panel.comparison_ended.connect(files.stop_comparing)
        files.shipped_runs_found.connect(panel.show_shipped_runs)
        files.find_shipped_runs()
        return panel

    def _build_learning(self, slot: QWidget) -> "LearningPanel":
        from digitlab.gui.learning.panel import LearningPanel

        panel = LearningPanel(self._session, slot)
        panel.watched_changed.connect(self._controllers.learning.watch)
        panel.snapshot_chosen.connect(self._controllers.replay.show_step)
        return panel

    def _build_runs(self, slot: QWidget) -> "RunsPanel":
        from digitlab.gui.runs.panel import RunsPanel

        panel, runs = RunsPanel(self._session, slot), self._controllers.runs
        panel.open_requested.connect(runs.open)
        panel.continue_requested.connect(runs.continue_training)
        panel.rename_requested.connect(runs.rename)
        panel.delete_requested.connect(runs.delete)
        panel.undo_requested.connect(runs.undo_delete)
        panel.look_requested.connect(runs.look)
        panel.plot_requested.connect(runs.plot)
        panel.export_requested.connect(self._controllers.dialogs.choose_export)
        panel.train_requested.connect(self._controllers.training.train)
        return panel

    def _build_evaluate(self, slot: QWidget) -> "EvaluatePanel":
        from digitlab.gui.evaluate.panel import EvaluatePanel

        panel, evaluation = EvaluatePanel(self._session, slot), self._controllers.evaluation
        panel.sight_changed.connect(evaluation.watch)
        panel.evaluate_requested.connect(evaluation.evaluate)
        panel.snapshots_requested.connect(evaluation.evaluate_snapshots)
        panel.cancel_requested.connect(evaluation.cancel)
        panel.source_chosen.connect(evaluation.choose_source)
        panel.part_chosen.connect(evaluation.choose_part)
        panel.following_chosen.connect(evaluation.follow)
        panel.data_file_requested.connect(self._controllers.dialogs.choose_held_out)
        panel.sketch_chosen.connect(evaluation.show_sketch)
        panel.look_requested.connect(self._on_evaluate_look_requested)
        panel.snapshot_chosen.connect(self._controllers.replay.show_step)
        return panel

    @Slot()
    def _on_evaluate_look_requested(self) -> None:
        self.setCurrentWidget(self.inspect)

    def _build_my_digits(self, slot: QWidget) -> "MyDigitsPanel":
        from digitlab.gui.mydigits.panel import MyDigitsPanel

        panel = MyDigitsPanel(self._session, Random(), slot)
        mine, dialogs = self._controllers.my_digits, self._controllers.dialogs
        panel.relabel_requested.connect(mine.relabel)
        panel.delete_requested.connect(mine.delete)
        panel.undo_requested.connect(mine.undo)
        panel.redo_requested.connect(mine.redo)
        panel.canvas_requested.connect(mine.put_on_canvas)
        panel.keep_requested.connect(mine.keep_and_clear)
        panel.clear_requested.connect(mine.clear_canvas)
        panel.import_requested.connect(dialogs.choose_my_digits)
        panel.export_requested.connect(dialogs.export_my_digits)
        panel.watched.connect(self._controllers.my_predictions.watch)
        panel.watched.connect(mine.watch)
        mine.load()
        return panel
