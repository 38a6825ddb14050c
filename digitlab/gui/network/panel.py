"""The Network panel: the layers to edit on the left, their summary and cost on the right."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.consequences import Consequences
from digitlab.gui.network.editor import NetworkEditor
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label, title_label
from digitlab.gui.widgets.throttle import Throttle
from digitlab.model.spec import ModelSpec
from digitlab.words.names import one_line
from digitlab.words.recipes import trained_instead

_EDITOR_WIDTH: Final = 312

SETTLE_MS: Final = 500
"""A number being typed, such as the 2 of 256, is shown immediately but applied to the recipe only after a pause."""


class NetworkPanel(QWidget):
    """Shows and edits the network of the session's recipe.

    Signals:
        recipe_edited: The user edited the network into one that can be built; carries the whole ``Recipe``.
        picture_requested: The user wants the diagram as a file; carries a ``Picture``.
        unapplied_changed: Other fields differ from the last valid network, while one of them is invalid; carries their
            names as a tuple.
        save_preset_requested: Save a network as a preset; carries it with the name of the preset.
        delete_preset_requested: Delete an own preset; carries its name.
    """

    recipe_edited = Signal(object)
    picture_requested = Signal(object)
    unapplied_changed = Signal(object)
    save_preset_requested = Signal(object)
    delete_preset_requested = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a panel for a session."""
        super().__init__(parent)
        self.setObjectName("networkPanel")
        self._session = session
        self._unapplied: tuple[str, ...] = ()
        self._named: tuple[str, ModelSpec] | None = None
        self._settle = Throttle(self.apply_now, SETTLE_MS, self, restarts=True)
        self._lock_note = quiet_label("Locked while training")
        self._lock_note.setWordWrap(False)
        self._consequences = Consequences(self)
        self._lay_out()
        self._editor.draft_changed.connect(self._on_draft_changed)
        self._editor.network_chosen.connect(self.apply_now)
        self._consequences.picture_requested.connect(self.picture_requested)
        self._editor.presets.save_requested.connect(self.save_preset_requested)
        self._editor.presets.delete_requested.connect(self.delete_preset_requested)
        session.own_presets_changed.connect(self._on_own_presets_changed)
        self._on_own_presets_changed()
        session.recipe_changed.connect(self._on_recipe_changed)
        session.kept.changed.connect(self._on_kept_changed)
        session.training_state_changed.connect(self._on_training_state_changed)
        session.snapshot_changed.connect(self._on_snapshot_changed)
        self._on_training_state_changed()
        self._show_draft()

    def _lay_out(self) -> None:
        # From the outside in: a widget with a new parent is restyled, with all its children.
        left = Card(parent=self)
        left.setFixedWidth(_EDITOR_WIDTH)
        left.column.setContentsMargins(1, 1, 1, 1)
        scroll = QScrollArea(left)
        left.column.addWidget(scroll)
        inner = QWidget()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        # It scrolls to the field that has the focus, so it needs no tab stop itself.
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._editor = NetworkEditor(self._session.recipe.spec, inner)
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.SPACE_S, theme.SPACE_M, theme.SPACE_S, theme.SPACE_M)
        column.setSpacing(theme.SPACE_M)
        header = QHBoxLayout()
        header.addWidget(title_label("Layers"))
        header.addStretch(1)
        header.addWidget(self._lock_note)
        header.addWidget(self._editor.presets.button)
        header.addWidget(self._editor.undo_button)
        header.addWidget(self._editor.redo_button)
        column.addLayout(header)
        column.addWidget(self._editor, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(left)
        row.addWidget(self._consequences, 1)

    def _show_draft(self) -> None:
        """Show the draft, which is applied soon, or the last valid network if the draft is invalid."""
        editor, session = self._editor, self._session
        shown = editor.draft if editor.is_valid else editor.applied
        self._consequences.show_network(shown, session.recipe.config, session.kept.speeds)
        self._show_hint()
        if editor.unapplied != self._unapplied:
            self._unapplied = editor.unapplied
            self.unapplied_changed.emit(self._unapplied)

    def _show_hint(self) -> None:
        applied, on_screen = self._editor.applied, self._session.snapshot.spec
        parameters = on_screen.total_parameters
        is_problem = not self._editor.is_valid
        if is_problem:
            text = trained_instead(applied, self._editor.unapplied)
        elif on_screen == applied:
            text = f"This is the network on screen: {one_line(self._session.network_name)}."
        else:
            cannot = applied.training_problem()
            next_use = "Applies to the next training." if cannot is None else f"{cannot.reason} Reset shows its maps."
            text = f"{next_use} On screen is {one_line(self._session.network_name)}, with {parameters:,} parameters."
        self._consequences.show_hint(text, is_problem=is_problem)

    @property
    def is_settling(self) -> bool:
        """Whether an edit is still waiting for a pause in typing."""
        return self._settle.is_pending

    @Slot()
    def apply_now(self) -> None:
        """Request the draft as the recipe's network if it can be built; otherwise the last valid one is kept."""
        self._settle.cancel()
        if self._editor.is_valid and self._editor.draft != self._session.recipe.spec:
            self._editor.apply()
            self.recipe_edited.emit(replace(self._session.recipe, spec=self._editor.applied))
        self._show_draft()

    @Slot()
    def _on_draft_changed(self) -> None:
        self._settle.request()
        self._show_draft()

    @Slot()
    def _on_recipe_changed(self) -> None:
        """Show a network chosen elsewhere; invalid input is kept if only other parts of the recipe change."""
        spec = self._session.recipe.spec
        if spec != self._editor.applied:
            self._editor.show_spec(spec)
        self._show_draft()

    @Slot()
    def _on_kept_changed(self) -> None:
        """Estimate the time again: a training has shown how fast this machine is."""
        self._show_draft()

    @Slot()
    def _on_own_presets_changed(self) -> None:
        self._editor.show_own_presets(self._session.own_presets)

    @Slot()
    def _on_training_state_changed(self) -> None:
        is_busy = self._session.training_state.is_busy
        self._editor.setEnabled(not is_busy)
        self._lock_note.setVisible(is_busy)

    @Slot()
    def _on_snapshot_changed(self) -> None:
        """Update the hint for another network; during a training only the weights change, many times a second."""
        named = self._session.network_name, self._session.snapshot.spec
        if named != self._named:
            self._named = named
            self._show_hint()

    def hideEvent(self, event: QHideEvent) -> None:
        """Apply the last edit immediately."""
        super().hideEvent(event)
        self._settle.flush()
