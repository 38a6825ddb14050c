"""The network room: edit the layers on the left, see what they cost on the right."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.diagram import NetworkDiagram
from digitlab.gui.network.editor import NetworkEditor
from digitlab.gui.network.summary_model import SummaryModel
from digitlab.gui.network.summary_table import SummaryTable
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.fields import describe

_EDITOR_WIDTH: Final = 312

SETTLE_MS: Final = 500
"""A number on its way from 2 to 256 is shown at once, but becomes the recipe only after a pause in the typing."""


class NetworkPanel(QWidget):
    """Shows and edits the network of the session's recipe.

    Signals:
        recipe_edited: The person made a network that can be built; carries the whole ``Recipe``.
    """

    recipe_edited = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self.setObjectName("networkPanel")
        self._session = session
        self._applied = session.recipe.spec
        self._shown_parameters = -1
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.apply_now)
        self._lock_note = QLabel("Locked while training")
        self._lock_note.setProperty("quiet", True)
        self._diagram = NetworkDiagram()
        self._model = SummaryModel(self)
        self._table = SummaryTable(self._model)
        self._copy = QPushButton("&Copy table")
        self._hint = QLabel()
        self._hint.setProperty("quiet", True)
        self._hint.setWordWrap(True)
        self._hint.setObjectName("networkHint")
        describe(self._table, "summaryTable", "Summary", "Shape and cost of each layer. Ctrl+C copies the table.")
        describe(self._copy, "copySummaryButton", "Copy table", "Copy the table, to paste it into a spreadsheet.")
        self._lay_out()
        self._restyle()
        self._editor.draft_changed.connect(self._on_draft_changed)
        self._copy.clicked.connect(self._on_copy_clicked)
        session.recipe_changed.connect(self._on_recipe_changed)
        session.training_state_changed.connect(self._on_training_state_changed)
        session.snapshot_changed.connect(self._on_snapshot_changed)
        self._on_training_state_changed()
        self._show_draft()

    def _lay_out(self) -> None:
        # From outside in: what is moved to another parent is styled anew, with all that is in it.
        left, left_column = _card(self)
        left.setFixedWidth(_EDITOR_WIDTH)
        left_column.setContentsMargins(1, 1, 1, 1)
        scroll = QScrollArea(left)
        left_column.addWidget(scroll)
        inner = QWidget()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        # It scrolls to the field that has the focus; a stop of its own would show nothing.
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._editor = NetworkEditor(self._session.recipe.spec, inner)
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        column.setSpacing(theme.SPACE_M)
        header = QHBoxLayout()
        header.addWidget(_title("Layers"))
        header.addStretch(1)
        header.addWidget(self._lock_note)
        column.addLayout(header)
        column.addWidget(self._editor, 1)
        top, top_column = _card(self)
        top_column.addWidget(_title("Network"))
        top_column.addWidget(self._diagram)
        bottom, bottom_column = _card(self)
        bottom_column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_S, theme.SPACE_M)
        bottom_header = QHBoxLayout()
        bottom_header.addWidget(_title("What it costs"))
        bottom_header.addStretch(1)
        bottom_header.addWidget(self._copy)
        bottom_column.addLayout(bottom_header)
        bottom_column.addWidget(self._table, 1)
        bottom_column.addWidget(self._hint)
        right = QVBoxLayout()
        right.setSpacing(theme.SPACE_S)
        right.addWidget(top)
        right.addWidget(bottom, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(left)
        row.addLayout(right, 1)

    def _show_draft(self) -> None:
        draft = self._editor.draft
        self._model.show_spec(draft)
        self._diagram.show_spec(draft)
        self._show_hint()

    def _show_hint(self) -> None:
        parameters = self._session.snapshot.spec.total_parameters
        on_screen = f"The network on screen has {parameters:,} parameters."
        if self._editor.problem is not None:
            kept = f"{self._applied.total_parameters:,} parameters"
            self._hint.setText(f"Not taken over: the next training still uses the last network that fits, {kept}.")
        elif self._session.snapshot.spec == self._applied:
            self._hint.setText(f"{on_screen} It is this one.")
        else:
            cannot = self._applied.training_problem()
            next_use = "Applies at the next training." if cannot is None else f"{cannot.reason} Reset shows its maps."
            self._hint.setText(f"{next_use} {on_screen}")

    @Slot()
    def apply_now(self) -> None:
        """Wish for the draft if it can be built; otherwise the last one that could be stays."""
        self._settle.stop()
        if self._editor.problem is None and self._editor.draft != self._applied:
            self._applied = self._editor.draft
            self.recipe_edited.emit(replace(self._session.recipe, spec=self._applied))
        self._show_draft()

    @Slot()
    def _on_draft_changed(self) -> None:
        self._settle.start(SETTLE_MS)
        self._show_draft()

    @Slot()
    def _on_recipe_changed(self) -> None:
        """Show a network chosen elsewhere; input that cannot be built stays while only other things change."""
        spec = self._session.recipe.spec
        if spec != self._applied:
            self._applied = spec
            self._editor.show_spec(spec)
        self._show_draft()

    @Slot()
    def _on_training_state_changed(self) -> None:
        is_busy = self._session.training_state.is_busy
        self._editor.setEnabled(not is_busy)
        self._lock_note.setVisible(is_busy)

    @Slot()
    def _on_snapshot_changed(self) -> None:
        """Tell of another network on screen; while one trains, its weights change many times a second."""
        parameters = self._session.snapshot.spec.total_parameters
        if parameters != self._shown_parameters:
            self._shown_parameters = parameters
            self._show_hint()

    @Slot()
    def _on_copy_clicked(self) -> None:
        self._table.copy()

    def _restyle(self) -> None:
        self._copy.setIcon(theme.icon("copy", self.palette()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Take over what was typed last before another panel is looked at."""
        super().hideEvent(event)
        if self._settle.isActive():
            self.apply_now()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_copy"):
            self._restyle()


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("title", True)
    return label


def _card(panel: QWidget) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame(panel)
    card.setProperty("card", True)
    column = QVBoxLayout(card)
    column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
    column.setSpacing(theme.SPACE_S)
    return card, column
