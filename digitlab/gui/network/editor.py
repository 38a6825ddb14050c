"""The network editor: preset, loss and a block for each layer."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.layer_block import LayerBlock
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.choices import LOSS_TEXTS, LossBox, PresetBox
from digitlab.gui.widgets.fields import FieldGrid, ProblemLabel, describe, set_flag
from digitlab.model.presets import TUTORIAL, with_preset_name
from digitlab.model.spec import ModelSpec, Problem


class NetworkEditor(QWidget):
    """Edits a network. Invalid input is kept and marked, with all fields that differ from the last valid network.

    Signals:
        draft_changed: The user changed a field, which may now be invalid.
        network_chosen: The user replaced the whole network by a valid one.
    """

    draft_changed = Signal()
    network_chosen = Signal()

    def __init__(self, spec: ModelSpec, parent: QWidget | None = None) -> None:
        """Create an editor with a network."""
        super().__init__(parent)
        self._draft = self._applied = spec
        self._blocks: list[LayerBlock] = []
        self._preset = PresetBox()
        self._loss = LossBox()
        self._explanation = quiet_label()
        self._problem = ProblemLabel()
        self._back = QPushButton("Back to the t&utorial")
        describe(self._preset, "networkPresetBox", "Preset", "The tutorial's three networks, to start from.")
        describe(self._loss, "networkLossBox", "Loss", "What training minimises. It also sets the last activation.")
        describe(
            self._back,
            "backToTutorialButton",
            "Back to the tutorial",
            "Undo all edits and show the tutorial's network.",
        )
        self._layers = QVBoxLayout()
        self._layers.setSpacing(theme.SPACE_M)
        self._lay_out()
        self._preset.preset_chosen.connect(self._on_preset_chosen)
        self._loss.activated.connect(self._on_loss_activated)
        self._back.clicked.connect(self._on_back_clicked)
        self.show_spec(spec)

    @property
    def draft(self) -> ModelSpec:
        """The network in the fields; a field with invalid text has its last valid value."""
        return self._draft

    @property
    def applied(self) -> ModelSpec:
        """The last valid network: the one shown last, or the draft that was applied since."""
        return self._applied

    @property
    def is_valid(self) -> bool:
        """Whether all fields are valid, and the draft can be built."""
        return not any(block.problems for block in self._blocks) and self._draft.building_problem() is None

    @property
    def unapplied(self) -> tuple[str, ...]:
        """The fields that differ from the last valid network while the draft is invalid: "conv1 filters", "loss"."""
        if self.is_valid:
            return ()
        pairs = zip(self._blocks, self._applied.layers, strict=True)
        names = [label for block, layer in pairs for label in block.differences(layer).values()]
        return (*names, "loss") if self._draft.loss is not self._applied.loss else tuple(names)

    def apply(self) -> None:
        """Take the valid draft as the last valid network."""
        self._applied = self._draft

    def show_spec(self, spec: ModelSpec) -> None:
        """Show another network and discard invalid input."""
        is_same_kind = [type(layer) for layer in spec.layers] == [type(layer) for layer in self._draft.layers]
        self._draft = self._applied = spec
        if not (is_same_kind and self._blocks):
            self._make_blocks()
        for block, layer in zip(self._blocks, spec.layers, strict=True):
            block.show_layer(layer, is_forced=True)
        self._show_draft()

    def _lay_out(self) -> None:
        grid = FieldGrid()
        grid.add_field("&Preset", self._preset)
        grid.add_field("Lo&ss", self._loss)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addLayout(grid)
        column.addWidget(self._explanation)
        column.addWidget(_rule())
        column.addLayout(self._layers)
        column.addWidget(self._problem)
        column.addStretch(1)
        column.addWidget(self._back)

    def _make_blocks(self) -> None:
        for block in self._blocks:
            self._layers.removeWidget(block)
            block.hide()
            block.deleteLater()
        names = self._draft.layer_names
        self._blocks = [LayerBlock(name, layer, self) for name, layer in zip(names, self._draft.layers, strict=True)]
        for block in self._blocks:
            self._layers.addWidget(block)
            block.edited.connect(self._on_block_edited)
        # By default, new blocks come last in the window's tab order.
        fields = [field for block in self._blocks for field in block.fields]
        for before, after in pairwise([self._loss, *fields, self._back]):
            QWidget.setTabOrder(before, after)

    def _show_draft(self) -> None:
        is_valid = self.is_valid
        self._preset.show_spec(self._draft if is_valid else self._applied)
        self._loss.show_choice(self._draft.loss.value)
        self._explanation.setText(LOSS_TEXTS[self._draft.loss][1])
        problem = self._draft.building_problem() or Problem(-1, "", "")
        for index, (block, applied) in enumerate(zip(self._blocks, self._applied.layers, strict=True)):
            culprit, reason = (problem.field, problem.reason) if problem.layer == index else ("", "")
            block.show_problems(culprit, reason, None if is_valid else applied)
        set_flag(self._loss, "unapplied", is_on="loss" in self.unapplied)
        self._problem.show_problem(problem.reason if problem.layer < 0 else "")
        self._back.setEnabled(self._draft != TUTORIAL or not is_valid)

    def _edit(self, spec: ModelSpec) -> None:
        self._draft = with_preset_name(spec)
        self._show_draft()
        self.draft_changed.emit()

    @Slot()
    def _on_block_edited(self) -> None:
        layers = tuple(block.layer or old for block, old in zip(self._blocks, self._draft.layers, strict=True))
        # Its loss sets the activation of the last layer, of which that layer's block knows nothing.
        self._edit(replace(self._draft, layers=layers).with_loss(self._draft.loss))

    @Slot(object)
    def _on_preset_chosen(self, preset: ModelSpec) -> None:
        self.show_spec(preset.with_loss(self._draft.loss))
        self.network_chosen.emit()

    @Slot(int)
    def _on_loss_activated(self) -> None:
        self._edit(self._draft.with_loss(self._loss.loss))

    @Slot()
    def _on_back_clicked(self) -> None:
        self.show_spec(TUTORIAL)
        self.network_chosen.emit()


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.HLine)
    rule.setForegroundRole(theme.LINE)
    return rule
