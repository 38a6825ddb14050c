"""The page "What if": the filters of a layer, one of them large, noise and rounding, and the accuracy."""

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.whatif.kernel_card import KernelCard
from digitlab.gui.explain.whatif.kernels import KernelShape
from digitlab.gui.explain.whatif.strengths import Strengths
from digitlab.gui.explain.whatif.tiles import FilterTiles
from digitlab.gui.explain.whatif.wording import accuracy_text, unit_title
from digitlab.gui.session.network_editor import NetworkEditor
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import ChoiceBox, describe, set_tip
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.learning import learning_layers
from digitlab.words.edits import edits_text

REFRESH_PERIOD_MS: Final = 22
"""The kernels follow the edits up to 45 times a second; the bars follow at once."""

_NO_WEIGHTS: Final = (
    "No layer of this network has weights to change. Add a convolution or a fully connected layer in Network."
)

_UNDO: Final = QKeySequence.StandardKey.Undo
_REDO: Final = QKeySequence.StandardKey.Redo


class WhatIfPage(Themed, QWidget):
    """Shows the edits of the network on screen and asks for others.

    Signals:
        edits_grown: Show edits while something is moved; carries ``Edits``.
        edits_finished: What was moved stays; carries the name of the command.
        edits_changed: Show edits, as one command; carries ``Edits`` and the name of the command.
        undo_requested: Undo the last command.
        redo_requested: Redo it.
        reset_requested: Show the network without edits.
        watched: The page is visible, so that the accuracy matters, or hidden; carries which.
    """

    edits_grown = Signal(object)
    edits_finished = Signal(str)
    edits_changed = Signal(object, str)
    undo_requested = Signal()
    redo_requested = Signal()
    reset_requested = Signal()
    watched = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a page that follows the session while it is visible."""
        super().__init__(parent)
        self.setObjectName("whatIfPage")
        self._session = session
        self._layer = -1
        self._refresh = Throttle(self._show_newest, REFRESH_PERIOD_MS, self, is_periodic=True)
        self._layers = ChoiceBox()
        self._all_on = QPushButton("All on")
        self._undo, self._redo, self._reset = QToolButton(), QToolButton(), QToolButton()
        self.tiles = FilterTiles()
        self.kernel = KernelCard(session)
        self.strengths = Strengths(session)
        self._accuracy = Label()
        self._edited = quiet_label(wraps=False)
        self._empty = quiet_label(_NO_WEIGHTS)
        self._set_up()
        self._lay_out()
        self._connect()
        self.show_history("", "")
        self.follow_theme()
        self._on_session_place_changed()

    def _set_up(self) -> None:
        describe(self._layers, "whatIfLayerBox", "Layer", "The layer whose filters are shown.")
        describe(self._all_on, "allOnButton", "All on", "Switch all filters of this layer on again.")
        describe(self._undo, "undoEditButton", "Undo the last edit", "Undo the last edit (Ctrl+Z).")
        describe(self._redo, "redoEditButton", "Redo the last edit", "Redo what was undone (Ctrl+Shift+Z).")
        describe(self._reset, "resetEditsButton", "Reset all edits", "Show the network without any edits again.")
        describe(
            self._accuracy,
            "editAccuracy",
            "Accuracy",
            "The accuracy without and with the edits, on the same images of the data chosen in Evaluate.",
        )
        self._edited.setObjectName("editsSummary")
        self._empty.setObjectName("noWeights")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._accuracy, self._edited):
            label.setMinimumWidth(1)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_XS)
        top.addWidget(self._layers)
        top.addWidget(self._all_on)
        top.addStretch(1)
        for button in (self._undo, self._redo, self._reset):
            top.addWidget(button)
        self._filters = filters = Card()
        filters.column.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        filters.column.addWidget(self.tiles, 1)
        middle = QHBoxLayout()
        middle.setSpacing(theme.SPACE_S)
        middle.addWidget(filters, 1)
        middle.addWidget(self.kernel, 1)
        middle.addWidget(self._empty, 1)
        bottom = Card()
        bottom.column.setContentsMargins(theme.SPACE_M, theme.SPACE_XS, theme.SPACE_M, theme.SPACE_XS)
        bottom.column.setSpacing(2)
        bottom.column.addWidget(self.strengths)
        bottom.column.addWidget(self._accuracy)
        bottom.column.addWidget(self._edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addWidget(bottom)

    def _connect(self) -> None:
        session = self._session
        for changed in (session.snapshot_changed, session.edits_changed, session.view_changed):
            changed.connect(self._on_session_changed)
        session.evaluation_changed.connect(self._on_session_evaluation_changed)
        session.training_state_changed.connect(self._on_session_evaluation_changed)
        session.place_changed.connect(self._on_session_place_changed)
        self._layers.currentIndexChanged.connect(self._on_layer_changed)
        self.tiles.unit_chosen.connect(self._on_unit_chosen)
        self.tiles.toggle_requested.connect(self._on_toggle_requested)
        self._all_on.clicked.connect(self._on_all_on_clicked)
        for part in (self.kernel, self.strengths):
            part.grown.connect(self.edits_grown)
            part.finished.connect(self.edits_finished)
            part.changed.connect(self.edits_changed)
        self._undo.clicked.connect(self._ask_to_undo)
        self._redo.clicked.connect(self._ask_to_redo)
        self._reset.clicked.connect(self.reset_requested)

    @property
    def layer(self) -> int:
        """Index of the layer on screen; -1 if the network has no weights."""
        return self._layer

    @Slot(str, str)
    def show_history(self, undo: str, redo: str) -> None:
        """Show what can be undone and redone.

        Args:
            undo: The name of the command to undo; empty if there is none.
            redo: The name of the command to redo; empty if there is none.
        """
        self._undo.setEnabled(bool(undo))
        self._redo.setEnabled(bool(redo))
        set_tip(self._undo, f"Undo {undo or 'the last edit'} (Ctrl+Z).")
        set_tip(self._redo, f"Redo {redo or 'what was undone'} (Ctrl+Shift+Z).")

    def follow(self, editor: NetworkEditor) -> None:
        """Have an editor carry out what the page asks for, and show what it can undo."""
        self.edits_grown.connect(editor.grow)
        self.edits_finished.connect(editor.finish)
        self.edits_changed.connect(editor.change)
        self.undo_requested.connect(editor.undo)
        self.redo_requested.connect(editor.redo)
        self.reset_requested.connect(editor.reset)
        editor.history_changed.connect(self.show_history)
        self.show_history(*editor.history)

    def choose(self, layer: int, unit: int) -> None:
        """Show a filter or unit.

        Args:
            layer: Index of a layer with weights.
            unit: Index of the filter or unit.
        """
        self._layers.show_choice(layer)
        self.tiles.choose(unit)
        self._show_newest()

    # Display

    def _show_newest(self) -> None:
        """Show the session's network."""
        if not self.isVisible():
            return
        snapshot, edits = self._session.snapshot, self._session.edits
        self._show_layers()
        self._reset.setEnabled(snapshot.is_edited)
        self._edited.setText(f"Edited: {edits_text(edits)}." if snapshot.is_edited else "Nothing is edited.")
        has_weights = self._layer >= 0
        for part in (self._layers, self._all_on, self._filters, self.kernel, self.strengths):
            part.setVisible(has_weights)
        self._empty.setVisible(not has_weights)
        if not has_weights:
            return
        shape = KernelShape.of(snapshot.spec, self._layer)
        off = snapshot.off_units(self._layer)
        self.tiles.show_units(shape.pictures(snapshot).mean(axis=1), off, partial(unit_title, snapshot, self._layer))
        self.kernel.show_unit(shape, self.tiles.chosen)
        self.strengths.show_edits(self._layer)
        self._all_on.setEnabled(any(unit.layer == self._layer for unit in edits.off))

    def _show_layers(self) -> None:
        """List the layers with weights, if the network is another one."""
        spec = self._session.snapshot.spec
        names = [(spec.layer_names[layer], layer) for layer in learning_layers(spec)]
        shown = [(self._layers.itemText(index), self._layers.itemData(index)) for index in range(self._layers.count())]
        if names != shown:
            self._layers.blockSignals(True)
            self._layers.clear()
            for name, layer in names:
                self._layers.add_choice(name, layer)
            self._layers.show_choice(self._layer)
            self._layers.blockSignals(False)
        self._layer = int(self._layers.currentData()) if names else -1

    def _show_accuracy(self) -> None:
        session = self._session
        is_trained = session.training_state.is_busy and session.replay.is_following
        text = accuracy_text(session.evaluation, session.snapshot, is_trained=is_trained)
        if text != self._accuracy.text():
            self._accuracy.setText(text)
            self._accuracy.setAccessibleName(f"Accuracy: {text}")

    def restyle(self) -> None:
        """Draw the icons in the theme's colours."""
        for button, name in ((self._undo, "undo"), (self._redo, "redo"), (self._reset, "reset")):
            button.setIcon(theme.icon(name, self.palette()))

    # Slots

    @Slot()
    def _ask_to_undo(self) -> None:
        """Undo, with what is being changed as a command of its own, so that it can be redone."""
        self._complete()
        self.undo_requested.emit()

    @Slot()
    def _ask_to_redo(self) -> None:
        self._complete()
        self.redo_requested.emit()

    def _complete(self) -> None:
        self.kernel.complete()
        self.strengths.complete()

    @Slot()
    def _on_session_changed(self) -> None:
        if self.isVisible():
            self._refresh.request()

    @Slot()
    def _on_session_evaluation_changed(self) -> None:
        if self.isVisible():
            self._show_accuracy()

    @Slot()
    def _on_session_place_changed(self) -> None:
        """Show the filter of the place that is explained."""
        place = self._session.place
        if place is None:
            return
        place = place.within(self._session.snapshot.spec)
        if place.layer in learning_layers(self._session.snapshot.spec):
            self._show_layers()
            self._layers.show_choice(place.layer)
            self._layer = place.layer
            self.tiles.choose(place.unit[-1])
            self._on_session_changed()

    @Slot()
    def _on_layer_changed(self) -> None:
        self._show_newest()

    @Slot(int)
    def _on_unit_chosen(self, unit: int) -> None:
        del unit
        self._show_newest()

    @Slot(int)
    def _on_toggle_requested(self, unit: int) -> None:
        del unit  # it is the chosen one
        self._refresh.flush()
        self.kernel.toggle_unit()

    @Slot()
    def _on_all_on_clicked(self) -> None:
        edits = self._session.edits
        units = [unit for unit in edits.off if unit.layer == self._layer]
        self.edits_changed.emit(edits.with_off(units, is_off=False), "switching all on")

    # Overrides of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the page was hidden, and have the accuracy measured."""
        super().showEvent(event)
        self._show_newest()
        self._show_accuracy()
        self.watched.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Report that nobody looks."""
        super().hideEvent(event)
        self.watched.emit(False)

    def event(self, event: QEvent) -> bool:
        """Take the keys of undo and redo from the canvas while the focus is in the page."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_history(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo edits."""
        if event.matches(_UNDO):
            self._ask_to_undo()
        elif _is_history(event):
            self._ask_to_redo()
        else:
            super().keyPressEvent(event)


def _is_history(event: QKeyEvent) -> bool:
    is_second_redo = event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return event.matches(_UNDO) or event.matches(_REDO) or is_second_redo
