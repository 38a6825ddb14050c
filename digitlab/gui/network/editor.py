"""The network editor: preset, loss and a block for each layer."""

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QPushButton, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.blocks.block_column import BlockColumn
from digitlab.gui.network.blocks.draft_editor import DraftEditor
from digitlab.gui.network.blocks.hyperparameter_fields import is_history_key
from digitlab.gui.network.blocks.layer_clipboard import LayerClipboard
from digitlab.gui.network.blocks.repair_buttons import RepairButtons
from digitlab.gui.network.preset_tools import PresetTools
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.choices import LOSS_TEXTS, LossBox, PresetBox
from digitlab.gui.widgets.fields import FieldGrid, ProblemLabel, describe, set_flag
from digitlab.gui.widgets.themed import Themed
from digitlab.model.drafting.draft import Draft
from digitlab.model.drafting.repairs import WHOLE, Fix, fixes, training_fixes
from digitlab.model.loss_pairs import odd_pair
from digitlab.model.presets import TUTORIAL, chosen_preset
from digitlab.model.spec import ModelSpec
from digitlab.words.drafts import unapplied

_NO_LAYER: Final = -1


class NetworkEditor(Themed, QWidget):
    """Edits a network with undo. An invalid draft is kept and marked where it differs from the last valid network.

    Signals:
        draft_changed: The user changed something; the draft may now be invalid.
        network_chosen: The user replaced the whole network by a valid one.

    Attributes:
        history: The draft, and the commands to undo and redo.
        column: The blocks.
        undo_button: Undoes the last command.
        redo_button: Redoes what was undone.
        presets: Saves and deletes own presets.
    """

    draft_changed = Signal()
    network_chosen = Signal()

    def __init__(self, spec: ModelSpec, parent: QWidget | None = None) -> None:
        """Create an editor with a network."""
        super().__init__(parent)
        self.history = DraftEditor(spec, self)
        self._applied = self.history.draft
        self._unapplied: tuple[str, ...] = ()
        self._own: tuple[ModelSpec, ...] = ()
        self._stops: tuple[QWidget, ...] = ()
        self._clipboard = LayerClipboard(self)
        self._preset = PresetBox()
        self.presets = PresetTools()
        self._loss = LossBox()
        self._explanation = quiet_label()
        self._odd_pair = ProblemLabel()
        self._odd_pair.setObjectName("oddPairWarning")
        self._odd_pair_fix = RepairButtons()
        self._odd_pair_fix.setObjectName("loss.repairs")
        self._problem = ProblemLabel()
        self._fixes = RepairButtons()
        self._fixes.setObjectName("network.repairs")
        self.column = BlockColumn(self.history, self._clipboard)
        self._back = QPushButton("Back to the t&utorial")
        self.undo_button, self.redo_button = QToolButton(), QToolButton()
        describe(self._preset, "networkPresetBox", "Preset", "Networks to start from: those of DigitLab and your own.")
        describe(self._loss, "networkLossBox", "Loss", "What training minimises. It also sets the last activation.")
        describe(
            self._back,
            "backToTutorialButton",
            "Back to the tutorial",
            "Show the tutorial's network; undo brings this one back.",
        )
        self._lay_out()
        self._connect()
        self._show_draft()
        self.follow_theme()

    def _connect(self) -> None:
        self.history.changed.connect(self._on_editor_changed)
        self.history.stack.indexChanged.connect(self._show_history)
        self.column.stops_changed.connect(self._on_column_stops_changed)
        self._clipboard.refused.connect(self._problem.show_problem)
        self._preset.preset_chosen.connect(self._on_preset_chosen)
        self._loss.activated.connect(self._on_loss_activated)
        self._back.clicked.connect(self._on_back_clicked)
        self._fixes.chosen.connect(self._on_fix_chosen)
        for buttons in (self._fixes, self._odd_pair_fix):
            buttons.grown.connect(self._on_column_stops_changed)
        self._odd_pair_fix.chosen.connect(self._on_fix_chosen)
        self.undo_button.clicked.connect(self.history.undo)
        self.redo_button.clicked.connect(self.history.redo)

    @property
    def draft(self) -> ModelSpec:
        """The network in the fields; a field with invalid text has its last valid value."""
        return self.history.draft.spec

    @property
    def applied(self) -> ModelSpec:
        """The last valid network: the one shown last, or the draft that was applied since."""
        return self._applied.spec

    @property
    def is_valid(self) -> bool:
        """Whether all fields are valid, and the draft can be built."""
        return self.history.draft.is_valid

    @property
    def unapplied(self) -> tuple[str, ...]:
        """What differs from the last valid network while the draft is invalid: "conv1 filters", "loss"."""
        return self._unapplied

    def apply(self) -> None:
        """Take the valid draft as the last valid network."""
        self._applied = self.history.draft

    def show_own_presets(self, own: tuple[ModelSpec, ...]) -> None:
        """List own presets."""
        self._own = own
        self._preset.show_own(own)
        self._show_draft()

    def show_spec(self, spec: ModelSpec) -> None:
        """Show another network and discard invalid input; this can be undone."""
        self._choose(spec, "show another network")

    def _choose(self, spec: ModelSpec, text: str) -> None:
        self._applied = self.history.draft.showing(spec)
        self.history.show(self._applied, text)
        self._show_draft()

    def _lay_out(self) -> None:
        grid = FieldGrid()
        grid.add_field("&Preset", self._preset)
        grid.add_field("Lo&ss", self._loss)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addLayout(grid)
        column.addWidget(self.presets)
        column.addWidget(self._explanation)
        column.addWidget(self._odd_pair)
        column.addWidget(self._odd_pair_fix)
        column.addWidget(_rule())
        column.addWidget(self.column)
        column.addWidget(self._problem)
        column.addWidget(self._fixes)
        column.addStretch(1)
        column.addWidget(self._back)

    def _show_draft(self) -> None:
        draft = self.history.draft
        is_valid = draft.is_valid
        self._unapplied = unapplied(draft, self._applied)
        found = {} if is_valid else fixes(draft)
        valid = draft.spec if is_valid else self._applied.spec
        self._preset.show_spec(valid)
        self.presets.show_network(valid, self._own)
        self._loss.show_choice(draft.spec.loss.value)
        self._explanation.setText(LOSS_TEXTS[draft.spec.loss][1])
        self._show_odd_pair(draft)
        set_flag(self._loss, "unapplied", is_on="loss" in self._unapplied)
        self.column.show_draft(self._applied, found)
        problem = None if is_valid else draft.spec.building_problem()
        self._problem.show_problem(problem.reason if problem is not None and problem.layer < 0 else "")
        self._fixes.show_fixes(found.get(WHOLE, ()) if found or not is_valid else training_fixes(draft))
        self._back.setEnabled(draft.spec != TUTORIAL or not is_valid)
        self._show_history()

    def _show_odd_pair(self, draft: Draft) -> None:
        """Warn of outputs that do not belong to the loss, and offer those that do."""
        warning = odd_pair(draft.spec)
        fitting = draft.with_spec(draft.spec.with_loss(draft.spec.loss))
        name = draft.spec.loss.output_activation.value
        self._odd_pair.show_problem(warning and f"An odd pair: {warning}")
        self._odd_pair_fix.show_fixes(
            (Fix(f"Set the activation of the outputs to {name}", fitting),) if warning else ()
        )

    @Slot()
    def _show_history(self) -> None:
        stack = self.history.stack
        for button, name, title, what, key in (
            (self.undo_button, "networkUndoButton", "Undo", stack.undoText(), "Ctrl+Z"),
            (self.redo_button, "networkRedoButton", "Redo", stack.redoText(), "Ctrl+Shift+Z"),
        ):
            tip = f"{title}: {what} ({key})." if what else f"Nothing to {title.lower()} ({key})."
            describe(button, name, title, tip)
            button.setEnabled(bool(what) and self.isEnabled())

    @Slot()
    def _on_editor_changed(self) -> None:
        self._show_draft()
        self.draft_changed.emit()

    @Slot()
    def _on_column_stops_changed(self) -> None:
        # By default, new widgets come last in the window's tab order.
        top = (self._preset, *self.presets.stops, self._loss, *self._odd_pair_fix.buttons)
        stops = (*top, *self.column.stops, *self._fixes.buttons, self._back)
        for before, after in pairwise(_to_place(self._stops, stops)):
            QWidget.setTabOrder(before, after)
        self._stops = stops

    @Slot(object)
    def _on_preset_chosen(self, preset: ModelSpec) -> None:
        self._choose(chosen_preset(preset, self.draft), f"choose {preset.name}")
        self.network_chosen.emit()

    @Slot(int)
    def _on_loss_activated(self) -> None:
        draft = self.history.draft
        self.history.type(draft.with_spec(draft.spec.with_loss(self._loss.loss)), "loss", _NO_LAYER, "loss")

    @Slot(object)
    def _on_fix_chosen(self, fix: Fix) -> None:
        self.history.replace(fix.draft, fix.text[0].lower() + fix.text[1:])

    @Slot()
    def _on_back_clicked(self) -> None:
        self._choose(TUTORIAL, "go back to the tutorial")
        self.network_chosen.emit()

    def restyle(self) -> None:
        """Colour the icons."""
        self.undo_button.setIcon(theme.icon("undo", self.palette()))
        self.redo_button.setIcon(theme.icon("redo", self.palette()))

    def event(self, event: QEvent) -> bool:
        """Take the keys of undo and redo from the canvas while the focus is in the editor; lock them with it."""
        if event.type() == QEvent.Type.EnabledChange:
            self._show_history()
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and is_history_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.history.undo()
        elif is_history_key(event):
            self.history.redo()
        else:
            super().keyPressEvent(event)


def _to_place(old: tuple[QWidget, ...], new: tuple[QWidget, ...]) -> tuple[QWidget, ...]:
    """Return the part of an order that must be placed again: what is not as before, and the widget in front of it."""
    most = min(len(old), len(new))
    begin = next((nth for nth in range(most) if old[nth] is not new[nth]), most)
    end = next((nth for nth in range(most - begin) if old[-1 - nth] is not new[-1 - nth]), most - begin)
    return new[max(begin - 1, 0) : len(new) - end]


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.HLine)
    rule.setForegroundRole(theme.LINE)
    return rule
