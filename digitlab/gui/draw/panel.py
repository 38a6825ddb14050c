"""The drawing panel: canvas, tools, preprocessing strip, verdict and bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.draw.bars import ProbabilityBars
from digitlab.gui.draw.canvas import Canvas
from digitlab.gui.draw.distort import DistortSliders
from digitlab.gui.draw.keep_row import KeepRow
from digitlab.gui.draw.strip import PreprocessingStrip
from digitlab.gui.draw.verdict_view import VerdictView
from digitlab.gui.maps.translucent import translucent
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card
from digitlab.words.verdict import named, with_article

if TYPE_CHECKING:
    from digitlab.data.classes import Classes
    from digitlab.data.drawing.sketch import Sketch
    from digitlab.data.mine.kept_digit import KeptDigit

_LEAST_TALL_PX: Final = 180
"""With less for the side of the canvas, the bars are placed beside it instead of below everything."""

_LEAST_CANVAS_PX: Final = 120
_LEAST_WIDTH_PX: Final = 268


class _ToolButton(QToolButton):
    """The button of an action; keys that are the canvas's do nothing while it has the focus, though they are listed."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"{action.objectName()}Button")
        self.setAccessibleName(action.text().replace("&", ""))
        self.setDefaultAction(action)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def event(self, event: QEvent) -> bool:
        is_plain = isinstance(event, QKeyEvent) and not event.modifiers()
        if event.type() != QEvent.Type.ShortcutOverride or not is_plain:
            return super().event(event)
        event.setAccepted(QKeySequence(event.key()) in self.defaultAction().shortcuts())  # type: ignore[attr-defined]
        return True


class DrawPanel(Card):
    """The panel to draw in, which shows the prediction while the pen moves; always visible.

    The canvas is as large as its space permits; in a low window the bars are beside it.

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
        self.setMinimumWidth(_LEAST_WIDTH_PX)
        self._space = QSize()
        self._top = QHBoxLayout()
        self._tools = QWidget(self)
        self.canvas = Canvas(self)
        self.strip = PreprocessingStrip(self)
        self.distort = DistortSliders(self)
        self.strip.add_tool(self.distort.toggle)
        self.verdict = VerdictView(self)
        self.keep_row = KeepRow(session, self)
        self.bars = ProbabilityBars(self)
        self._place(tools)
        self.canvas.sketch_growing.connect(editor.grow)
        self.canvas.sketch_finished.connect(editor.finish)
        session.sketch_changed.connect(self._on_session_sketch_changed)
        session.preprocessing_changed.connect(self._on_session_preprocessing_changed)
        session.is_collecting_changed.connect(self._on_session_is_collecting_changed)
        session.distortion_changed.connect(self._on_session_distortion_changed)
        session.view_changed.connect(self._on_session_view_changed)
        session.mine.changed.connect(self._show_verdict)
        session.overlay_changed.connect(self._on_session_overlay_changed)
        session.receptive_field_changed.connect(self._on_session_receptive_field_changed)

    def _place(self, tools: tuple[QAction, ...]) -> None:
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        for action in tools:
            row.addWidget(_ToolButton(action, self._tools))
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_M)
        self._top.setSpacing(theme.SPACE_S)
        self._top.addWidget(self.canvas, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(self._top)
        for part in (self._tools, self.strip, self.distort, self.verdict, self.keep_row, self.bars):
            self.column.addWidget(part)
        self.column.addStretch(1)

    @property
    def _parts(self) -> tuple[QWidget, ...]:
        """What is below the canvas, in order; the bars, the last, may be beside it."""
        shown = () if self.distort.isHidden() else (self.distort,)
        return (self._tools, self.strip, *shown, self.verdict, self.keep_row, self.bars)

    def fit(self, space: QSize) -> None:
        """Lay the parts out in the visible space; what does not fit even so has to be scrolled to."""
        self._space = space
        around = 2 * (theme.SPACE_M + self.frameWidth())
        width, height = space.width() - around, space.height() - around
        *parts, bars = (_height_of(part, width) for part in self._parts)
        side = min(width, height - sum(parts) - bars - len(self._parts) * theme.SPACE_S)
        is_tall = side >= _LEAST_TALL_PX
        if not is_tall:
            beside = theme.SPACE_S + self.bars.minimumSizeHint().width()
            beside_side = min(width - beside, height - sum(parts) - len(parts) * theme.SPACE_XS)
            # With the sliders open, a narrow panel has more space above the bars than beside them.
            is_tall = side > beside_side
            side = max(side, beside_side)
        spacing = theme.SPACE_S if is_tall else theme.SPACE_XS
        if self.column.spacing() != spacing:  # the same one again would ask for another layout, without end
            self.column.setSpacing(spacing)
        side = max(side, _LEAST_CANVAS_PX)
        self.canvas.setFixedSize(side, side)
        if is_tall and self._top.indexOf(self.bars) >= 0:
            self.column.insertWidget(self.column.count() - 1, self.bars)
        elif not is_tall and self._top.indexOf(self.bars) < 0:
            self._top.addWidget(self.bars)

    def event(self, event: QEvent) -> bool:
        """Fit again when the height of a part changes: a network may have one output more."""
        if event.type() is QEvent.Type.LayoutRequest and self._space.isValid():
            self.fit(self._space)
        return super().event(event)

    @Slot()
    def _on_session_sketch_changed(self) -> None:
        self.canvas.follow(self._session.sketch)
        if self._session.sketch.is_empty:
            self._on_session_overlay_changed()

    @Slot()
    def _on_session_is_collecting_changed(self) -> None:
        if self._session.is_collecting:
            self.canvas.setFocus()

    @Slot()
    def _on_session_preprocessing_changed(self) -> None:
        self.strip.show_preprocessing(self._session.preprocessing)

    @Slot()
    def _on_session_distortion_changed(self) -> None:
        self.strip.show_distortion(self._session.distortion)
        self.distort.show_distortion(self._session.distortion)

    @Slot()
    def _on_session_view_changed(self) -> None:
        view = self._session.view
        if view is None:
            return
        inspection = view.inspection
        outputs = None if inspection.is_blank else inspection.outputs
        pinned = None if view.pinned is None or outputs is None else view.pinned.outputs
        if view.pinned is not None and view.pinned.snapshot.spec.classes != inspection.snapshot.spec.classes:
            pinned = None
        off = inspection.snapshot.off_units(len(inspection.snapshot.spec.layers) - 1) if outputs is not None else ()
        switched_off = frozenset(index for index, is_off in enumerate(off) if is_off)
        spec = inspection.snapshot.spec
        self.bars.show_outputs(outputs, spec.classes, spec.class_count, pinned, switched_off)
        if view.sketch is not self._answered:
            # Immediately, before other panels repaint their many feature maps, so that the bars follow the pen.
            self.bars.repaint()
            self._answered = view.sketch
        self._show_verdict()
        self.strip.show_steps(view.steps, view.inspection.image)
        # The same pixels may now correspond to another part of the canvas.
        self._on_session_receptive_field_changed()

    @Slot()
    def _show_verdict(self) -> None:
        view, mine = self._session.view, self._session.mine
        if view is not None:
            kept = mine.digit_on(view.sketch)
            remark = (
                _remark(view.sketch, view.inspection.snapshot.spec.classes)
                if kept is None
                else _kept_remark(kept, len(mine.digits))
            )
            self.verdict.show_verdict(view.verdict, view.inspection, remark)

    @Slot()
    def _on_session_receptive_field_changed(self) -> None:
        field, view = self._session.receptive_field, self._session.view
        is_moved = self._session.distortion.moves
        if field is None or view is None or view.steps.placement is None or is_moved:
            self.canvas.set_mark(None)
            return
        rows, columns = field
        self.canvas.set_mark(QRectF(*view.steps.placement.region(rows, columns)))

    @Slot()
    def _on_session_overlay_changed(self) -> None:
        overlay = self._session.overlay
        if overlay is None or self._session.sketch.is_empty:
            self.canvas.set_overlay(None, QRectF())
            return
        image = translucent(overlay.values, overlay.limit, self.palette())
        rows, columns = (slice(0, side) for side in overlay.values.shape)
        place = QRectF(*overlay.placement.region(rows, columns))
        self.canvas.set_overlay(image, place, overlay.title)


def _height_of(part: QWidget, width: int) -> int:
    hint = part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
    return max(hint, part.minimumHeight())


def _remark(sketch: Sketch, classes: Classes) -> str:
    """Return a remark on a sketch that the user did not draw."""
    if sketch.is_sample:
        return "An example. Draw over it."
    is_known = sketch.label is not None and sketch.label < len(classes)
    return f"labelled as {named(sketch.label, classes)}" if sketch.label is not None and is_known else ""


def _kept_remark(digit: KeptDigit, number: int) -> str:
    """Return a remark that the drawing is kept, with the number of kept digits."""
    return f"Kept as {with_article(digit.label)} · {number:,} in My digits"
