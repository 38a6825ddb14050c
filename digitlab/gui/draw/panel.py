"""The drawing panel: canvas, tools, preprocessing strip, verdict and bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.draw.bars import ProbabilityBars
from digitlab.gui.draw.canvas import Canvas
from digitlab.gui.draw.keep_row import KeepRow
from digitlab.gui.draw.strip import PreprocessingStrip
from digitlab.gui.draw.verdict_view import VerdictView
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card
from digitlab.words.verdict import with_article

if TYPE_CHECKING:
    from digitlab.data.drawing.sketch import Sketch
    from digitlab.data.mine.kept_digit import KeptDigit


class DrawPanel(Card):
    """The panel to draw in, which shows the prediction while the pen moves; always visible.

    Args:
        session: The open network, run and drawing.
        editor: Turns changes of the sketch into undoable commands.
        tools: The actions for the buttons under the canvas, in order.
    """

    def __init__(
        self, session: Session, editor: SketchEditor, tools: tuple[QAction, ...], parent: QWidget | None = None
    ) -> None:
        """Create the panel of a session."""
        super().__init__(parent=parent)
        self.setObjectName("drawPanel")
        self._session = session
        self._answered: Sketch | None = None
        self.canvas = Canvas(self)
        self.strip = PreprocessingStrip(self)
        self.verdict = VerdictView(self)
        self.keep_row = KeepRow(session, self)
        self.bars = ProbabilityBars(self)
        self._place(tools)
        self.canvas.sketch_growing.connect(editor.grow)
        self.canvas.sketch_finished.connect(editor.finish)
        session.sketch_changed.connect(self._on_session_sketch_changed)
        session.preprocessing_changed.connect(self._on_session_preprocessing_changed)
        session.view_changed.connect(self._on_session_view_changed)
        session.mine.changed.connect(self._show_verdict)
        session.receptive_field_changed.connect(self._on_session_receptive_field_changed)

    def _place(self, tools: tuple[QAction, ...]) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        for action in tools:
            button = QToolButton(self)
            button.setObjectName(f"{action.objectName()}Button")
            button.setAccessibleName(action.text().replace("&", ""))
            button.setDefaultAction(action)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(button)
        self.column.addWidget(self.canvas)
        self.column.addLayout(row)
        self.column.addWidget(self.strip)
        self.column.addWidget(self.verdict)
        self.column.addWidget(self.keep_row)
        self.column.addWidget(self.bars)
        self.column.addStretch(1)

    @Slot()
    def _on_session_sketch_changed(self) -> None:
        self.canvas.follow(self._session.sketch)

    @Slot()
    def _on_session_preprocessing_changed(self) -> None:
        self.strip.show_preprocessing(self._session.preprocessing)

    @Slot()
    def _on_session_view_changed(self) -> None:
        view = self._session.view
        if view is None:
            return
        inspection = view.inspection
        outputs = None if inspection.is_blank else inspection.outputs
        pinned = None if view.pinned is None or outputs is None else view.pinned.outputs
        self.bars.show_outputs(outputs, inspection.snapshot.spec.class_count, pinned)
        if view.sketch is not self._answered:
            # Immediately, before other panels repaint their many feature maps, so that the bars follow the pen.
            self.bars.repaint()
            self._answered = view.sketch
        self._show_verdict()
        self.strip.show_steps(view.steps)
        # The same pixels may now correspond to another part of the canvas.
        self._on_session_receptive_field_changed()

    @Slot()
    def _show_verdict(self) -> None:
        view, mine = self._session.view, self._session.mine
        if view is not None:
            kept = mine.digit_on(view.sketch)
            remark = _remark(view.sketch) if kept is None else _kept_remark(kept, len(mine.digits))
            self.verdict.show_verdict(view.verdict, view.inspection, remark)

    @Slot()
    def _on_session_receptive_field_changed(self) -> None:
        field, view = self._session.receptive_field, self._session.view
        if field is None or view is None or view.steps.placement is None:
            self.canvas.set_mark(None)
            return
        rows, columns = field
        self.canvas.set_mark(QRectF(*view.steps.placement.region(rows, columns)))


def _remark(sketch: Sketch) -> str:
    """Return a remark on a sketch that the user did not draw."""
    if sketch.is_sample:
        return "An example. Draw over it."
    return "" if sketch.label is None else f"labelled as {with_article(sketch.label)}"


def _kept_remark(digit: KeptDigit, number: int) -> str:
    """Return a remark that the drawing is kept, with the number of kept digits."""
    return f"Kept as {with_article(digit.label)} · {number:,} in My digits"
