"""The tabs, the controllers behind them, and how they are connected.

Panels and controllers are imported and created on first use, so that the window and the pen are ready first.
"""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from digitlab.gui.messages import Messages
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.lazy_tab import LazyTab, Panel

if TYPE_CHECKING:
    from digitlab.gui.evaluate.panel import EvaluatePanel
    from digitlab.gui.explain.panel import ExplainPanel
    from digitlab.gui.inspect.panel import InspectPanel
    from digitlab.gui.learning.panel import LearningPanel
    from digitlab.gui.mydigits.panel import MyDigitsPanel
    from digitlab.gui.network.panel import NetworkPanel
    from digitlab.gui.runs.panel import RunsPanel
    from digitlab.gui.session.overlay import Overlay
    from digitlab.gui.train.panel import TrainPanel
    from digitlab.insight.place import Place


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
        from digitlab.gui.evaluate.map.controller import MapController
        from digitlab.gui.explain.attributing import AttributionController
        from digitlab.gui.explain.seeking import SeekingController
        from digitlab.gui.files.controller import FileController
        from digitlab.gui.files.dialogs import FileDialogs
        from digitlab.gui.files.restart import Restart
        from digitlab.gui.learning.controller import LearningController
        from digitlab.gui.mydigits.controller import MyDigitsController
        from digitlab.gui.mydigits.predictions import OwnPredictionsController
        from digitlab.gui.network.controller import PresetsController
        from digitlab.gui.replay.controller import ReplayController
        from digitlab.gui.runs.controller import RunsController
        from digitlab.gui.session.network_editor import NetworkEditor
        from digitlab.gui.session.opening import Opening
        from digitlab.gui.train.controller import TrainingController

        opening = Opening(session, messages)
        self.runs = RunsController(session, opening, messages, window)
        self.presets = PresetsController(session, messages, window)
        self.training = TrainingController(session, self.runs.recorder, messages, window)
        self.evaluation = EvaluationController(session, editor, messages, window)
        self.map = MapController(messages, window)
        self.learning = LearningController(session, messages, window)
        self.files = FileController(session, editor, opening, messages, window)
        self.replay = ReplayController(session, window)
        self.network_editor = NetworkEditor(session, messages, window)
        self.attribution = AttributionController(messages, window)
        self.seeking = SeekingController(messages, window)
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
        self.files.another_place_requested.connect(dialogs.save_elsewhere)
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
                self.map,
                self.learning,
                self.attribution,
                self.seeking,
                self.my_digits,
                self.my_predictions,
                self.presets,
            )
        ]
        return all(closed)


class Tabs(QTabWidget):
    """The tabs in workflow order; each panel is built on first use.

    Signals:
        place_chosen: The person selected a tile of Look inside; carries its ``Place``.

    Attributes:
        by_name: The tabs by the name of the action that shows each; the settings store these names.
    """

    place_chosen = Signal(object)

    def __init__(
        self, session: Session, controllers: Callable[[], Controllers], train: Callable[[], None], parent: QWidget
    ) -> None:
        """Create the tabs without their panels.

        Args:
            session: The open network, run and drawing.
            controllers: Returns the controllers that carry out the panels' requests, and creates them if necessary.
            train: Trains, or pauses or resumes the training; a slot.
            parent: The widget around them.
        """
        super().__init__(parent)
        self.setObjectName("panels")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._session = session
        self._controllers = controllers
        self._train = train
        self._is_held = False
        self.by_name: dict[str, QWidget] = {}
        self.network = self._add("showNetwork", "Network", self._build_network)
        self.train = self._add("showTrain", "Train", self._build_train)
        self.learning = self._add("showLearning", "Learning", self._build_learning)
        self.inspect = self._add("showInspect", "Look inside", self._build_inspect)
        self.explain = self._add("showExplain", "Explain", self._build_explain)
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
        panel.recipe_edited.connect(self._controllers().training.set_recipe)
        panel.unapplied_changed.connect(self._on_network_unapplied_changed)
        panel.save_preset_requested.connect(self._controllers().presets.save)
        panel.delete_preset_requested.connect(self._controllers().presets.delete)
        panel.picture_requested.connect(self._controllers().dialogs.save_picture)
        return panel

    @Slot(object)
    def _on_network_unapplied_changed(self, fields: tuple[str, ...]) -> None:
        self._session.unapplied_edits = fields

    def _build_train(self, tab: QWidget) -> "TrainPanel":
        from digitlab.gui.train.panel import TrainPanel

        panel, controllers = TrainPanel(self._session, tab), self._controllers()
        training, files, dialogs = controllers.training, controllers.files, controllers.dialogs
        for requested in (panel.train_requested, panel.pause_requested, panel.resume_requested):
            requested.connect(self._train)
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
            self._controllers().training.desk.withdraw_error()  # it was about the recipe, or is out of date

    def _build_learning(self, tab: QWidget) -> "LearningPanel":
        from digitlab.gui.learning.panel import LearningPanel

        panel = LearningPanel(self._session, tab)
        panel.watched_changed.connect(self._controllers().learning.watch)
        panel.snapshot_chosen.connect(self._controllers().replay.show_step)
        return panel

    def _build_inspect(self, tab: QWidget) -> "InspectPanel":
        from digitlab.gui.inspect.panel import InspectPanel

        panel = InspectPanel(self._session, tab)
        panel.test_digit_requested.connect(self._controllers().files.show_test_digit)
        panel.explain_requested.connect(self.show_explanation)
        panel.place_chosen.connect(self.place_chosen)
        panel.receptive_field_hovered.connect(self._on_panel_receptive_field_hovered)
        return panel

    @Slot(object)
    def _on_panel_receptive_field_hovered(self, field: tuple[slice, slice] | None) -> None:
        self._session.receptive_field = field

    @Slot(object)
    def show_explanation(self, place: "Place") -> None:
        """Explain a place in the network, in the tab for that."""
        self.setCurrentWidget(self.explain)
        self._session.place = place

    def _build_explain(self, tab: QWidget) -> "ExplainPanel":
        from digitlab.gui.explain.panel import ExplainPanel

        panel = ExplainPanel(self._session, tab)
        panel.follow(self._controllers().network_editor)
        panel.explain_with(self._controllers().attribution, self._controllers().seeking)
        panel.sketch_chosen.connect(self._controllers().evaluation.show_sketch)
        panel.overlay_changed.connect(self._on_explain_overlay_changed)
        panel.edits_watched.connect(self._controllers().evaluation.watch_edits)
        panel.place_requested.connect(self.show_explanation)
        panel.receptive_field_hovered.connect(self._on_panel_receptive_field_hovered)
        return panel

    @Slot(object)
    def _on_explain_overlay_changed(self, overlay: "Overlay | None") -> None:
        self._session.overlay = overlay

    def _build_evaluate(self, tab: QWidget) -> "EvaluatePanel":
        from digitlab.gui.evaluate.panel import EvaluatePanel

        panel, evaluation = EvaluatePanel(self._session, tab), self._controllers().evaluation
        panel.map_with(self._controllers().map)
        panel.sight_changed.connect(evaluation.watch)
        panel.evaluate_requested.connect(evaluation.evaluate)
        panel.snapshots_requested.connect(evaluation.evaluate_snapshots)
        panel.distortions_requested.connect(evaluation.evaluate_distorted)
        panel.cancel_requested.connect(evaluation.cancel)
        panel.source_chosen.connect(evaluation.choose_source)
        panel.part_chosen.connect(evaluation.choose_part)
        panel.following_chosen.connect(evaluation.follow)
        panel.data_file_requested.connect(self._controllers().dialogs.choose_held_out)
        panel.sketch_chosen.connect(evaluation.show_sketch)
        panel.look_requested.connect(self._on_evaluate_look_requested)
        panel.snapshot_chosen.connect(self._controllers().replay.show_step)
        return panel

    @Slot()
    def _on_evaluate_look_requested(self) -> None:
        self.setCurrentWidget(self.inspect)

    def _build_runs(self, tab: QWidget) -> "RunsPanel":
        from digitlab.gui.runs.panel import RunsPanel

        panel, runs = RunsPanel(self._session, tab), self._controllers().runs
        panel.open_requested.connect(runs.open)
        panel.continue_requested.connect(runs.continue_training)
        panel.rename_requested.connect(runs.rename)
        panel.delete_requested.connect(runs.delete)
        panel.undo_requested.connect(runs.undo_delete)
        panel.look_requested.connect(runs.look)
        panel.plot_requested.connect(runs.plot)
        panel.export_requested.connect(self._controllers().dialogs.choose_export)
        panel.train_requested.connect(self._train)
        runs.restored.connect(panel.choose)
        return panel

    def _build_my_digits(self, tab: QWidget) -> "MyDigitsPanel":
        from digitlab.gui.mydigits.panel import MyDigitsPanel

        panel = MyDigitsPanel(self._session, Random(), tab)
        mine, dialogs = self._controllers().my_digits, self._controllers().dialogs
        panel.relabel_requested.connect(mine.relabel)
        panel.delete_requested.connect(mine.delete)
        panel.undo_requested.connect(mine.undo)
        panel.redo_requested.connect(mine.redo)
        panel.canvas_requested.connect(mine.put_on_canvas)
        panel.keep_requested.connect(mine.keep_and_clear)
        panel.clear_requested.connect(mine.clear_canvas)
        panel.collecting_changed.connect(mine.set_collecting)
        panel.import_requested.connect(dialogs.choose_my_digits)
        panel.export_requested.connect(dialogs.export_my_digits)
        panel.watched.connect(self._controllers().my_predictions.watch)
        panel.watched.connect(mine.watch)
        mine.load()
        return panel
