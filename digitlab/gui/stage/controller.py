"""Sets the window up for a lesson, and says what is on screen."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QWidget

from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.session.timeline import snapshots_of
from digitlab.gui.session.values import TrainingState
from digitlab.gui.stage.before import Before, ShownNetwork
from digitlab.gui.tabs import Controllers, Tabs
from digitlab.gui.widgets.lazy_tab import LazyTab
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.place import Place
from digitlab.lessons.arrangements import (
    PAGES,
    TABS,
    Arrangement,
    ShowDrawing,
    ShowEpoch,
    ShowNetwork,
    ShowPage,
    ShowPlace,
    ShowTab,
    ShowTile,
    SwitchOff,
)
from digitlab.lessons.controls import CONTROLS
from digitlab.lessons.planning import PlanNetwork
from digitlab.lessons.scene import Scene, SceneError
from digitlab.model.spec import ModelSpec
from digitlab.system.assets import model_path, shipped_model_names

_REFRESH_MS: Final = 120
"""How soon a lesson follows the pen, the time slider and a training."""

_TRAINING: Final = {TrainingState.IDLE: "idle", TrainingState.PAUSED: "paused"}


class StageController(QObject):
    """The window as lessons see it; see ``gui.lessons.stage.Stage``.

    Signals:
        changed: Something that lessons ask about has changed.
        failed: Something could not be set up; carries the error.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        editor: SketchEditor,
        tabs: Tabs,
        controllers: Callable[[], Controllers],
        window: QWidget,
    ) -> None:
        """Follow the window."""
        super().__init__(window)
        self._session = session
        self._editor = editor
        self._tabs = tabs
        self._controllers = controllers
        self._window = window
        self._chosen: Place | None = None
        self._waiting: list[Arrangement] = []
        self._then: Callable[[], None] | None = None
        self._wanted: ShowNetwork | None = None
        self._before: Before | None = None
        self._left: Before | None = None
        self._is_beginning = False
        self._changing = Throttle(self.changed.emit, _REFRESH_MS, self)
        for signal in (
            session.view_changed,
            session.snapshot_changed,
            session.run_changed,
            session.run_advanced,
            session.training_state_changed,
            session.recipe_changed,
            tabs.currentChanged,
        ):
            signal.connect(self._changing.request)
        session.place_changed.connect(self._on_session_place_changed)
        session.network_opened.connect(self._on_session_network_opened)
        tabs.place_chosen.connect(self._on_tabs_place_chosen)

    # What is on screen

    def scene(self) -> Scene:
        """Return what is on screen now."""
        session, run = self._session, self._session.run
        return Scene(
            inspection=self._inspection(),
            sketch=session.sketch,
            recipe=session.recipe.spec,
            run=run,
            is_own_run=run is not None
            and session.open_file not in [model_path(name) for name in shipped_model_names()],
            tab=next(title for title, name in TABS.items() if name == self._tabs.shown),
            page=self._page(),
            place=session.place,
            chosen=self._chosen,
            training=_TRAINING.get(session.training_state, "running"),
        )

    def _inspection(self) -> Inspection:
        """Return what the network on screen computes for the drawing, even if the view is not up to date yet."""
        session, view = self._session, self._session.view
        if view is not None and view.sketch is session.sketch and view.inspection.snapshot is session.snapshot:
            return view.inspection
        return inspect(session.snapshot, session.sketch.steps(session.preprocessing, session.snapshot.spec.side).image)

    def _page(self) -> str:
        panel = self._tabs.explain.built
        if panel is None or not panel.isVisible():
            return ""
        buttons = {title: panel.findChild(QAbstractButton, name) for title, name in PAGES.items()}
        return next((title for title, button in buttons.items() if button is not None and button.isChecked()), "")

    def forget_choice(self) -> None:
        """Forget what the person chose last."""
        self._chosen = None

    def control(self, name: str) -> QWidget | None:
        """Return a control by its name in lesson files, or None while it is not on screen."""
        found = self._window.findChildren(QWidget, CONTROLS[name])
        return next((one for one in found if one.isVisible()), None)

    def go_to(self, name: str) -> None:
        """Move the keyboard's focus to a control, and bring it to the front."""
        widget: QWidget | None = self._window.findChild(QWidget, CONTROLS[name])
        if widget is None:
            return
        parent: QWidget | None = widget
        while parent is not None:
            if isinstance(parent, QDockWidget):
                parent.show()
                parent.raise_()
            elif parent in self._tabs.by_name.values():
                self._tabs.setCurrentWidget(parent)
            parent = parent.parentWidget()
        stops = [widget, *widget.findChildren(QWidget)]
        target = next((one for one in stops if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible()), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # What was on screen before

    def begin(self) -> None:
        """Remember what is on screen before the first thing is set up, unless a lesson has left it there."""
        self._is_beginning = True

    def _remember(self) -> None:
        if self._is_beginning:
            self._is_beginning = False
            now = self._now
            self._before = now if self._before is None else self._before.updated(now, self._left)
            self._left = None

    def end(self) -> None:
        """Note that what is on screen now is what a lesson leaves behind."""
        self._left = self._now

    @property
    def _now(self) -> Before:
        return Before.of(self._session, self._tabs.shown)

    @property
    def can_restore(self) -> bool:
        """Whether something else was on screen before the lessons."""
        return self._before is not None and self._before != self._now

    def restore(self) -> None:
        """Show what was on screen before the lessons.

        Raises:
            SceneError: If a training is in progress.
        """
        before = self._before
        if before is None:
            return
        self._waiting, self._then, self._wanted = [], None, None
        self._open_again(before.network)
        self._set_plan(before.plan)
        if before.sketch is not self._session.sketch:
            self._editor.replace(before.sketch, "the drawing before the lesson")
        self._tabs.show_tab(before.tab)
        self._before = self._left = None

    def _open_again(self, network: ShownNetwork) -> None:
        session, editor = self._session, self._controllers().network_editor
        if not network.is_open(session):
            self._check_idle()
            editor.reset()  # or it would be offered to go back to the edits of the lesson
            session.open_network(network.snapshot, network.run, network.name, network.file)
        elif session.snapshot.original is not network.snapshot:
            self._controllers().replay.show_step(network.snapshot.step)
        editor.change(network.edits, "bringing back the edits")

    def _check_idle(self) -> None:
        if self._session.training_state.is_busy:
            raise SceneError("Training is in progress.", expected="Wait for its end or stop it, then try again.")

    # Setting up

    def arrange(self, arrangements: tuple[Arrangement, ...], then: Callable[[], None] | None = None) -> None:
        """Set things up, one after the other; what an earlier call has not done yet is left out."""
        self._remember()
        self._waiting, self._then, self._wanted = list(arrangements), then, None
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting:
            arrangement = self._waiting.pop(0)
            try:
                is_done = self._set_up(arrangement)
            except SceneError as error:
                self._waiting, self._then = [], None
                self.failed.emit(error)
                return
            if not is_done:
                return  # the file is being read
        then, self._then = self._then, None
        if then is not None:
            then()
        self._changing.request()

    def _set_up(self, arrangement: Arrangement) -> bool:
        """Set one thing up; returns whether it is done."""
        match arrangement:
            case ShowNetwork():
                return self._open(arrangement)
            case ShowDrawing():
                self._draw(arrangement)
            case ShowEpoch():
                self._show_epoch(arrangement)
            case SwitchOff():
                edits = arrangement.edits(self.scene(), self._session.edits)
                self._controllers().network_editor.change(edits, "the lesson's change")
            case PlanNetwork():
                self._set_plan(arrangement.spec(self.scene()))
            case ShowTab(tab=tab):
                self._show_tab(tab)
            case ShowPage(page=page):
                self._show_page(page)
            case ShowTile():
                self._show_tab("look inside")
                self._tabs.inspect.panel().show_tile(arrangement.place(self.scene()))
            case ShowPlace():
                self._show_tab("explain")
                self._tabs.show_explanation(arrangement.place(self.scene()))
        return True

    def _open(self, wanted: ShowNetwork) -> bool:
        """Open a network unless it is on screen; returns whether it is."""
        session, path = self._session, model_path(wanted.name)
        if session.open_file == path and session.has_snapshot(session.snapshot) and session.run is not None:
            return True
        self._check_idle()
        self._wanted = wanted
        self._controllers().files.open_shipped(wanted.name)
        return False

    def _draw(self, wanted: ShowDrawing) -> None:
        shown, digit = self._session.sketch, wanted.digit
        if not (shown.is_empty if digit is None else shown.is_sample and shown.label == digit):
            text = "clearing for the lesson" if digit is None else f"the lesson's {digit}"
            self._editor.replace(wanted.sketch, text)

    def _show_epoch(self, wanted: ShowEpoch) -> None:
        snapshots = snapshots_of(self._session.run, self._session.newest)
        epoch = math.inf if wanted.epoch is None else wanted.epoch
        nearest = min(range(len(snapshots)), key=lambda nth: (abs(snapshots[nth].epoch - epoch), -nth))
        self._controllers().replay.show_index(len(snapshots) - 1 if epoch == math.inf else nearest)

    def _set_plan(self, spec: ModelSpec) -> None:
        """Change the network that would be trained next, which is locked during a training."""
        if spec != self._session.recipe.spec:
            self._check_idle()
            self._controllers().training.set_recipe(replace(self._session.recipe, spec=spec))

    def _show_tab(self, tab: str) -> None:
        """Show a tab with its panel, in which the lesson may highlight something at once."""
        self._tabs.show_tab(TABS[tab])
        lazy = self._tabs.by_name[TABS[tab]]
        if isinstance(lazy, LazyTab):
            lazy.panel()

    def _show_page(self, page: str) -> None:
        self._show_tab("explain")
        button = self._tabs.explain.panel().findChild(QAbstractButton, PAGES[page])
        if button is not None:
            button.click()

    @Slot()
    def _on_session_network_opened(self) -> None:
        if self._wanted is not None and self._session.open_file == model_path(self._wanted.name):
            self._wanted = None
            self._go_on()

    @Slot()
    def _on_session_place_changed(self) -> None:
        self._chosen = self._session.place
        self._changing.request()

    @Slot(object)
    def _on_tabs_place_chosen(self, place: Place) -> None:
        self._chosen = place
        self._changing.request()
