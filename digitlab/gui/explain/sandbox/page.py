"""The page with the sandbox."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.sandbox.choices import DRAWING, FILTER, FLIPPED, NOT_FLIPPED, SandboxChoices
from digitlab.gui.explain.sandbox.editable_grid import EditableGrid
from digitlab.gui.explain.sandbox.editor import SettingEditor
from digitlab.gui.explain.sandbox.patterns import scaled
from digitlab.gui.explain.sandbox.setting import KERNEL_SIDES, Setting, first_setting
from digitlab.gui.explain.slide.cell_places import Cell
from digitlab.gui.explain.slide.controls import PlaybackControls
from digitlab.gui.explain.slide.playback import Playback
from digitlab.gui.explain.slide.sliding_view import SlidingView
from digitlab.gui.explain.slide.wording import border_text, size_text
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import ProblemLabel, describe
from digitlab.gui.widgets.label import LayoutBarrier
from digitlab.gui.widgets.themed import Themed
from digitlab.insight.slide import sliding_filter
from digitlab.words.numbers import dimensions, number

_INPUT_STEP: Final = 0.1
_KERNEL_STEP: Final = 0.5
_LINE_PX: Final = 17
_TALL_PX: Final = 450
"""In a lower page, the sentence on the operation is only the tooltip of the choice."""

_INPUT_HELP: Final = (
    "The input. Draw with the mouse: the left button draws 1, the right one 0, the wheel changes a number. Or move "
    "with the arrow keys and type a number; Enter switches between 0 and 1. Point at a cell to move the window there. "
    "Dotted cells are padding, hatched ones are under no window."
)
_OUTPUT_HELP: Final = (
    "The output. Each cell is the sum at one position of the window. Point at a cell to move the window there, or use "
    "the arrow keys, Home and End."
)
_KERNEL_HELP: Final = "The kernel. Click a cell, or move with the arrow keys, and type a number; the wheel changes it."


class SandboxPage(Themed, QWidget):
    """A window that slides over an input; input and kernel can be edited."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a sandbox with a first input and kernel."""
        super().__init__(parent)
        self.setObjectName("sandboxPage")
        self._session = session
        self.editor = SettingEditor(first_setting(), self)
        self._choices = SandboxChoices(self)
        playback = Playback(self)
        self._controls = PlaybackControls(playback, self)
        self._undo, self._redo, self._reset = (QToolButton(self) for _ in range(3))
        self._inputs = EditableGrid("slideInput", "Input", _INPUT_HELP, _INPUT_STEP)
        self._kernel = EditableGrid("slideKernel", "Kernel", _KERNEL_HELP, _KERNEL_STEP)
        self.view = SlidingView(playback, self, inputs=self._inputs, kernel=self._kernel)
        self.view.outputs.setWhatsThis(_OUTPUT_HELP)
        self._size, self._sentence, self._readout = (quiet_label() for _ in range(3))
        self._problem = ProblemLabel()
        self._lay_out()
        self._connect()
        self.follow_theme()
        self._show_setting()

    def _lay_out(self) -> None:
        stack = self.editor.stack
        for button, name, title, tip in (
            (self._undo, "sandboxUndo", "Undo", "Undo the last change (Ctrl+Z)."),
            (self._redo, "sandboxRedo", "Redo", "Redo what was undone (Ctrl+Shift+Z)."),
            (self._reset, "sandboxReset", "Reset", "Begin with the first input and kernel again."),
        ):
            describe(button, name, title, tip)
        self._undo.setEnabled(stack.canUndo())
        self._redo.setEnabled(stack.canRedo())
        card = Card(parent=self)
        inner = card.column
        inner.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_XS)
        inner.setSpacing(theme.SPACE_XS)
        inner.addWidget(self._choices)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(self._controls)
        row.addStretch(1)
        for button in (self._undo, self._redo, self._reset):
            row.addWidget(button)
        inner.addLayout(row)
        inner.addWidget(self.view, 1)
        for label, name in (
            (self._sentence, "sandboxSentence"),
            (self._size, "slideSize"),
            (self._readout, "slideReadout"),
        ):
            label.setObjectName(name)
        # Its text changes with every position, and must not move what is above it.
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._readout.setFixedHeight(_LINE_PX)
        inner.addWidget(self._sentence)
        inner.addWidget(self._size)
        inner.addWidget(self._problem)
        inner.addWidget(LayoutBarrier(self._readout))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)

    def _connect(self) -> None:
        stack = self.editor.stack
        stack.canUndoChanged.connect(self._undo.setEnabled)
        stack.canRedoChanged.connect(self._redo.setEnabled)
        self._undo.clicked.connect(stack.undo)
        self._redo.clicked.connect(stack.redo)
        self._reset.clicked.connect(self._on_reset_clicked)
        self.editor.changed.connect(self._show_setting)
        self._choices.setting_changed.connect(self._on_choices_setting_changed)
        self._choices.drawing_requested.connect(self._on_drawing_requested)
        self._choices.filter_requested.connect(self._on_filter_requested)
        self._inputs.pressed.connect(self._on_inputs_pressed)
        self._inputs.released.connect(self._on_inputs_released)
        self._inputs.edited.connect(self._on_inputs_edited)
        self._kernel.pressed.connect(self._on_kernel_pressed)
        self._kernel.edited.connect(self._on_kernel_edited)
        for grid in (self._inputs, self._kernel):
            grid.cursor_moved.connect(self._show_readout)
        self.view.position_changed.connect(self._show_readout)

    @property
    def setting(self) -> Setting:
        """The setting on screen."""
        return self.editor.setting

    def restyle(self) -> None:
        """Colour the icons."""
        for button, name in ((self._undo, "undo"), (self._redo, "redo"), (self._reset, "clear")):
            button.setIcon(theme.icon(name, self.palette()))

    @Slot()
    def _show_setting(self) -> None:
        setting = self.setting
        self._choices.show_setting(setting)
        self._show_problem("")
        slide = setting.slide
        is_image = bool((setting.inputs >= 0).all() and (setting.inputs <= 1).all())
        captions = (f"input · {dimensions(slide.inputs.shape)}", f"output · {dimensions(slide.shape)}")
        typed = setting.kernel if setting.is_flipped else None
        self.view.show_slide(slide, captions, is_image=is_image, typed=typed)
        texts = (size_text(slide.window, slide.inputs.shape), border_text(slide))
        self._size.setText("; ".join(text for text in texts if text))
        self._sentence.setText(FLIPPED if setting.is_flipped else NOT_FLIPPED)
        self._show_readout()

    def _show_problem(self, problem: str) -> None:
        self._choices.mark(problem)
        self._problem.show_problem(problem or self._choices.problem)
        self._size.setVisible(self._problem.isHidden())

    @Slot()
    def _show_readout(self) -> None:
        """Say what is in the cell with the cursor, or else how the output under the window is computed."""
        grid = next((grid for grid in (self._inputs, self._kernel) if grid.hasFocus()), None)
        text = self.view.text
        self.view.describe_position(text)
        if grid is not None:
            row, column = grid.cursor_cell
            name = grid.accessibleName()
            value = grid.typed or number(grid.value)
            cell = f"{name} row {row}, column {column}: {value}"
            grid.setAccessibleDescription(f"{cell}. Type a number; Enter switches between 0 and 1.")
            text = f"{cell} · {text}"
        self._readout.setText(text)

    @Slot(str)
    def _on_choices_setting_changed(self, what: str) -> None:
        setting = self._choices.setting
        problem = "" if setting is None else setting.problem
        if setting is None or problem:
            self._show_problem(problem)
        else:
            self.editor.replace(setting, what)
            self._show_problem("")

    @Slot()
    def _on_drawing_requested(self) -> None:
        view = self._session.view
        if view is not None:
            made = scaled(view.inspection.image, *self.setting.inputs.shape)
            self.editor.replace(replace(self.setting, inputs=made, input_name=DRAWING), "drawing")

    @Slot()
    def _on_filter_requested(self) -> None:
        view = self._session.view
        kernel = None if view is None else sliding_filter(view.inspection, self._session.place)
        if kernel is None:
            self._show_problem("There is no filter to take: the network on screen has no convolution.")
        elif max(kernel.shape) > KERNEL_SIDES[1]:
            side, largest = max(kernel.shape), KERNEL_SIDES[1]
            self._show_problem(f"This filter has a side of {side}; the sandbox takes up to {largest}.")
        else:
            setting = replace(self.setting, kernel=kernel, kernel_name=FILTER)
            self._show_problem(setting.problem)
            if not setting.problem:
                self.editor.replace(setting, "filter")

    @Slot(object, object)
    def _on_inputs_pressed(self, cell: Cell, button: Qt.MouseButton) -> None:
        inner = self._inputs.inner(cell)
        if inner is not None:
            self._inputs.set_cursor(inner)
            self.editor.grow(self.setting.with_input(*inner, 1.0 if button is Qt.MouseButton.LeftButton else 0.0))

    @Slot()
    def _on_inputs_released(self) -> None:
        self.editor.finish("drawing")

    @Slot(int, int, float)
    def _on_inputs_edited(self, row: int, column: int, value: float) -> None:
        self.editor.replace(self.setting.with_input(row, column, value), "input")

    @Slot(object, object)
    def _on_kernel_pressed(self, cell: Cell, button: Qt.MouseButton) -> None:
        del button
        self._kernel.set_cursor(cell)

    @Slot(int, int, float)
    def _on_kernel_edited(self, row: int, column: int, value: float) -> None:
        self.editor.replace(self.setting.with_weight(row, column, value), "kernel")

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.editor.replace(first_setting(), "reset")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the sentence on the operation out, where the grids need its space."""
        self._sentence.setVisible(event.size().height() >= _TALL_PX)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take the keys for undo and redo before the window's shortcuts, which are about the canvas."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _undo_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play or pause with Space; undo and redo."""
        key = _undo_key(event)
        if key is QKeySequence.StandardKey.Undo:
            self.editor.stack.undo()
        elif key is QKeySequence.StandardKey.Redo:
            self.editor.stack.redo()
        elif event.key() == Qt.Key.Key_Space:
            self.view.playback.play_or_pause()
        else:
            super().keyPressEvent(event)


def _undo_key(event: QKeyEvent) -> QKeySequence.StandardKey | None:
    keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
    return next((key for key in keys if event.matches(key)), None)
