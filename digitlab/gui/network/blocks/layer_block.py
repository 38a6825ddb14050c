"""One layer in the editor: a block with fields created from the hyperparameters that the layer declares."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.blocks.block_fields import BlockFields
from digitlab.gui.network.blocks.repair_buttons import RepairButtons
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.label import RichLabel, escaped
from digitlab.gui.widgets.themed import Themed
from digitlab.model.drafting.repairs import Fix
from digitlab.model.layer import Layer

_ICON_PX: Final = 20
_TOOL_PX: Final = 24
_KEYS: Final = (
    "Enter edits it, Up and Down move to the next layer, Alt+Up and Alt+Down move this one, Delete removes it, "
    "Ctrl+Shift+D duplicates it, Insert adds a layer below."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a block shows.

    Attributes:
        name: The layer's name within the network, for example ``conv2``.
        layer: The layer.
        typed: The invalid texts by hyperparameter.
        culprit: The hyperparameter that prevents the network from being built; empty if none does.
        reason: Why; empty if nothing prevents it.
        applied: The layer in the last valid network, if the draft is invalid and it has the layer.
        is_new: Whether the draft is invalid and the last valid network does not have the layer.
        fixes: What repairs it.
    """

    name: str
    layer: Layer
    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    culprit: str = ""
    reason: str = ""
    applied: Layer | None = None
    is_new: bool = False
    fixes: tuple[Fix, ...] = ()


class LayerBlock(Themed, QWidget):
    """Icon, name and title of a layer, buttons to duplicate and remove it, and a field for each hyperparameter.

    Signals:
        edited: The user changed a field, which may now be invalid; carries the hyperparameter.
        left: The user left a field for a number.
        duplicate_requested: Add a copy.
        remove_requested: Remove the layer.
        fix_chosen: Repair; carries the ``Fix``.
        stops_changed: More widgets take the focus.
        dragged: The mouse drags the block; carries the global position.
        dropped: The mouse released the block that it dragged.
    """

    edited = Signal(str)
    left = Signal()
    duplicate_requested = Signal()
    remove_requested = Signal()
    fix_chosen = Signal(object)
    stops_changed = Signal()
    dragged = Signal(QPoint)
    dropped = Signal()

    def __init__(self, shown: Shown, parent: QWidget | None = None) -> None:
        """Create the fields of a layer."""
        super().__init__(parent)
        self._shown = shown
        self._icon = QIcon()
        self._pressed: QPoint | None = None
        self._is_dragged = False
        # From the outside in: a widget with a new parent is restyled, with all its children.
        self._title = RichLabel(self)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._duplicate = _tool("Add a copy below (Ctrl+Shift+D).", self)
        self._remove = _tool("Remove this layer (Delete).", self)
        self._fixes = RepairButtons(self)
        self._fields = BlockFields(shown.name, shown.layer, self)
        self._fields.edited.connect(self.edited)
        self._fields.left.connect(self.left)
        header = QHBoxLayout()
        header.setContentsMargins(_ICON_PX + theme.SPACE_XS, 0, 0, 0)
        header.setSpacing(0)
        header.addWidget(self._title, 1)
        header.addWidget(self._duplicate)
        header.addWidget(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_S)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(header)
        column.addWidget(self._fields)
        column.addWidget(self._fixes)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_tip(self, shown.layer.explanation)
        self.setWhatsThis(f"{shown.layer.explanation} {_KEYS}")
        self._duplicate.clicked.connect(self.duplicate_requested)
        self._remove.clicked.connect(self.remove_requested)
        self._fixes.chosen.connect(self.fix_chosen)
        self._fixes.grown.connect(self.stops_changed)
        self._fields.show_layer(shown.layer, shown.typed, is_forced=True)
        self._show_name()
        self._show_problems()
        self.follow_theme()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        return (self, *self._fields.stops, *self._fixes.buttons)

    @property
    def fields(self) -> BlockFields:
        """The fields."""
        return self._fields

    @property
    def shown(self) -> Shown:
        """What it shows."""
        return self._shown

    def show_layer(self, shown: Shown) -> None:
        """Show other values, another name or other problems of a layer of the same type."""
        before, self._shown = self._shown, shown
        if shown == before:
            return
        if (shown.layer, shown.typed) != (before.layer, before.typed):
            self._fields.show_layer(shown.layer, shown.typed)
        if shown.name != before.name:
            self._fields.show_name(shown.name)
            self._show_name()
        if replace(before, name=shown.name) == shown:
            self._show_title()
        else:
            self._show_problems()

    def set_dragged(self, *, is_dragged: bool) -> None:
        """Show whether the mouse drags the block."""
        self._is_dragged = is_dragged
        self.setCursor(Qt.CursorShape.ClosedHandCursor if is_dragged else Qt.CursorShape.ArrowCursor)
        self.update()

    def _show_name(self) -> None:
        name = self._shown.name
        self.setObjectName(f"{name}.block")
        for button, word in ((self._duplicate, "duplicate"), (self._remove, "remove")):
            button.setObjectName(f"{name}.{word}")
            button.setAccessibleName(f"{word.capitalize()} {name}")
        self._fixes.setObjectName(f"{name}.repairs")

    def _show_problems(self) -> None:
        shown = self._shown
        self._fields.show_problems(shown.culprit, shown.reason, shown.applied)
        self._fixes.show_fixes(shown.fixes)
        self._show_title()
        self.update()

    def _show_title(self) -> None:
        """Show the name and the title, which names what is applied."""
        titled = self._shown.applied or self._shown.layer
        colour = self.palette().color(theme.QUIET).name()
        words = f"<span style='color:{colour}; font-size:{theme.FONT_SMALL_PX}px'>{escaped(titled.title)}</span>"
        self._title.setText(f"<b>{escaped(self._shown.name)}</b>&nbsp;&nbsp;{words}")
        self.setAccessibleName(f"{self._shown.name}: {titled.title}")
        state = "Not part of the last valid network. " if self._shown.is_new else ""
        self.setAccessibleDescription(f"{self._shown.reason} {state}{titled.explanation} {_KEYS}".strip())

    def restyle(self) -> None:
        """Colour the title and the icons."""
        self._icon = theme.icon(self._shown.layer.icon, self.palette())
        self._duplicate.setIcon(theme.icon("duplicate", self.palette()))
        self._remove.setIcon(theme.icon("close", self.palette()))
        self._show_title()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame and the icon of the layer type."""
        del event
        painter, palette = QPainter(self), QApplication.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_wrong = bool(self._shown.reason or self._shown.typed)
        line = palette.color(theme.ACCENT if self.hasFocus() or self._is_dragged else theme.LINE)
        if is_wrong and not self.hasFocus():
            line = palette.color(QPalette.ColorRole.BrightText)
        pen = QPen(line, 2 if self.hasFocus() or self._is_dragged else 1)
        if self._shown.is_new:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.mixed(palette.color(theme.LINE), palette.color(theme.SURFACE), 0.18))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        top = self._title.geometry().center().y() - _ICON_PX // 2
        self._icon.paint(painter, QRect(theme.SPACE_S - 1, top, _ICON_PX, _ICON_PX), mode=mode)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is gone."""
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, unless another button is pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, once the mouse has moved far enough."""
        here = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        is_far = (here - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._is_dragged or is_far:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop."""
        del event
        self._pressed = None
        if self._is_dragged:
            self.dropped.emit()


def _tool(tip: str, parent: QWidget) -> QToolButton:
    """Return a small button, whose command also has a key of the block."""
    button = QToolButton(parent)
    describe(button, "", "", tip)
    button.setProperty("bare", True)
    button.setFixedSize(_TOOL_PX, _TOOL_PX)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
