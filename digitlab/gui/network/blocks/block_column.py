"""The network as a column of blocks, from input to output, that is edited with mouse and keyboard."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QScrollArea, QWidget

from digitlab.gui.network.blocks.add_menu import AddMenu
from digitlab.gui.network.blocks.draft_editor import DraftEditor
from digitlab.gui.network.blocks.insertion_point import InsertionPoint
from digitlab.gui.network.blocks.layer_block import LayerBlock, Shown
from digitlab.gui.network.blocks.layer_clipboard import LayerClipboard
from digitlab.gui.network.blocks.stack import Stack
from digitlab.gui.widgets.throttle import Throttle
from digitlab.model.drafting.candidates import candidates
from digitlab.model.drafting.draft import Draft, shapes_until_problem
from digitlab.model.drafting.repairs import Fix
from digitlab.model.layer import Layer
from digitlab.words.numbers import dimensions

_MARGIN_PX: Final = 40
"""How much of the surroundings of a place is scrolled into view with it."""

_Command = Callable[[], object]


class BlockColumn(Stack):
    """A block for each layer, and between them what connects them.

    Signals:
        stops_changed: Other widgets take the focus.
    """

    stops_changed = Signal()

    def __init__(self, editor: DraftEditor, clipboard: LayerClipboard, parent: QWidget | None = None) -> None:
        """Create the column of an editor's draft; it is empty until ``show_draft`` is called."""
        super().__init__(parent)
        self._editor = editor
        self._clipboard = clipboard
        self._blocks: dict[int, LayerBlock] = {}
        self._points: dict[int, InsertionPoint] = {}  # below the block with the same key
        self._first_point = self._made_point(None)
        self._placed: tuple[int, ...] | None = None
        self._dragged: int | None = None
        self._target: int | None = None
        self._reveal = Throttle(self._scroll_to_focus, 0, self)  # once it is laid out

    @property
    def blocks(self) -> tuple[LayerBlock, ...]:
        """The blocks from input to output."""
        return tuple(self._blocks[key] for key in self._placed or ())

    @property
    def points(self) -> tuple[InsertionPoint, ...]:
        """The places to add layers, from input to output: one more than there are blocks."""
        return (self._first_point, *(self._points[key] for key in self._placed or ()))

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        stops: list[QWidget] = [self._first_point.button]
        for block, point in zip(self.blocks, self.points[1:], strict=True):
            stops += [*block.stops, point.button]
        return tuple(stops)

    def show_draft(self, applied: Draft, fixes: Mapping[int, tuple[Fix, ...]]) -> None:
        """Show the draft of the editor.

        Args:
            applied: The last valid draft.
            fixes: What repairs each layer, by its index.
        """
        draft = self._editor.draft
        shown = _shown_blocks(draft, applied, fixes)
        is_placed = self._placed == draft.keys and all(map(_fits, self.blocks, shown))
        if not is_placed:
            self._place(draft.keys, shown)
        for block, one in zip(self.blocks, shown, strict=True):
            block.show_layer(one)
        names = ("", *(one.name for one in shown), "")
        shapes = [dimensions(shape) for shape in shapes_until_problem(draft.spec)]
        shapes += [""] * (len(shown) + 1 - len(shapes))
        for index, (point, around, shape) in enumerate(zip(self.points, pairwise(names), shapes, strict=True)):
            point.show_place(index, *around, shape)
        if not is_placed:
            self.stops_changed.emit()

    def focus_block(self, index: int) -> None:
        """Move the focus to a block, or to the nearest one; without blocks, to the button that adds the first."""
        blocks = self.blocks
        target: QWidget = blocks[min(max(index, 0), len(blocks) - 1)] if blocks else self._first_point.button
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._reveal.request()

    # Blocks

    def _place(self, keys: tuple[int, ...], shown: list[Shown]) -> None:
        """Create and remove blocks, and place them in order."""
        kept = {
            key for key, one in zip(keys, shown, strict=True) if key in self._blocks and _fits(self._blocks[key], one)
        }
        self._blocks = {
            key: self._blocks[key] if key in kept else self._made(key, one)
            for key, one in zip(keys, shown, strict=True)
        }
        self._points = {key: self._points[key] if key in kept else self._made_point(key) for key in keys}
        self._placed = keys
        below = (widget for key in keys for widget in (self._blocks[key], self._points[key]))
        self.stack((self._first_point, *below))

    def _made_point(self, key: int | None) -> InsertionPoint:
        """Return the place to add a layer below a block; of None that above all blocks."""
        point = InsertionPoint(self)
        point.menu_requested.connect(lambda: self._show_menu(0 if key is None else self._index_of(key) + 1))
        return point

    def _made(self, key: int, shown: Shown) -> LayerBlock:
        block = LayerBlock(shown, self)
        block.edited.connect(partial(self._on_block_edited, key))
        block.left.connect(self._editor.end_typing)
        block.duplicate_requested.connect(lambda: self.duplicate(self._index_of(key)))
        block.remove_requested.connect(lambda: self.remove(self._index_of(key)))
        block.fix_chosen.connect(self._on_block_fix_chosen)
        block.stops_changed.connect(self.stops_changed)
        block.dragged.connect(partial(self._on_block_dragged, key))
        block.dropped.connect(self._on_block_dropped)
        return block

    def _index_of(self, key: int) -> int:
        return self._editor.draft.keys.index(key)

    def _on_block_edited(self, key: int, field: str) -> None:
        fields, index, draft = self._blocks[key].fields, self._index_of(key), self._editor.draft
        value, text = fields.value_of(field), f"{field.replace('_', ' ')} of {draft.spec.layer_names[index]}"
        if value is None:
            self._editor.type(draft.with_text(index, field, fields.texts_of(field)), text, key, field)
        else:
            self._editor.type(draft.with_value(index, field, value), text, key, field)

    @Slot(object)
    def _on_block_fix_chosen(self, fix: Fix) -> None:
        self._editor.replace(fix.draft, fix.text[0].lower() + fix.text[1:])

    # Commands

    def add(self, index: int, layer: Layer) -> None:
        """Add a layer."""
        self._editor.replace(self._editor.draft.inserted(index, (layer,)), f"add {layer.title}")
        self.focus_block(index)

    def remove(self, index: int) -> None:
        """Remove a layer; the next one gets the focus."""
        draft = self._editor.draft
        self._editor.replace(draft.removed(index), f"remove {draft.spec.layer_names[index]}")
        self.focus_block(index)

    def duplicate(self, index: int) -> None:
        """Add a copy of a layer below it."""
        draft = self._editor.draft
        self._editor.replace(draft.duplicated(index), f"duplicate {draft.spec.layer_names[index]}")
        self.focus_block(index + 1)

    def move_layer(self, index: int, to: int) -> None:
        """Move a layer to another index, within the network."""
        draft = self._editor.draft
        if 0 <= to < len(draft.keys):
            self._editor.replace(draft.moved(index, to), f"move {draft.spec.layer_names[index]}")
            self.focus_block(to)

    def copy(self, index: int) -> None:
        """Copy a layer to the clipboard."""
        self._clipboard.put((self._editor.draft.spec.layers[index],))

    def cut(self, index: int) -> None:
        """Copy a layer to the clipboard and remove it."""
        self.copy(index)
        self.remove(index)

    def paste(self, index: int) -> None:
        """Add the layers on the clipboard; what is wrong with it is said by the clipboard."""
        layers = self._clipboard.get()
        if layers:
            self._editor.replace(self._editor.draft.inserted(index, layers), "paste")
            self.focus_block(index)

    def _show_menu(self, index: int) -> None:
        button = self.points[index].button
        menu = AddMenu(candidates(self._editor.draft.spec, index), partial(self.add, index), button)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    # Keys

    def event(self, event: QEvent) -> bool:
        """Take the keys of the commands before the window's shortcuts."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and self._command(event) is not None:  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run the command of a key."""
        command = self._command(event)
        if command is None:
            super().keyPressEvent(event)
        else:
            command()

    def _command(self, event: QKeyEvent) -> _Command | None:
        if self._dragged is not None:
            return self._end_drag if event.key() == Qt.Key.Key_Escape else None
        focused = self.focusWidget()
        for index, block in enumerate(self.blocks):
            if focused is block:
                return self._command_on(index, event) or self._command_within(index, event)
            if focused is not None and block.isAncestorOf(focused):
                return self._command_within(index, event)
        for index, point in enumerate(self.points):
            if focused is point.button:
                return self._command_between(index, event)
        return None

    def _command_on(self, index: int, event: QKeyEvent) -> _Command | None:
        """Return the command of a key while a block has the focus."""
        last = len(self.blocks) - 1
        keys: dict[QKeySequence, _Command] = {
            QKeySequence("Up"): partial(self.focus_block, index - 1),
            QKeySequence("Down"): partial(self.focus_block, index + 1),
            QKeySequence("Home"): partial(self.focus_block, 0),
            QKeySequence("End"): partial(self.focus_block, last),
            QKeySequence("Return"): self.blocks[index].fields.focus_first,
            QKeySequence("Enter"): self.blocks[index].fields.focus_first,
            QKeySequence("Delete"): partial(self.remove, index),
            QKeySequence("Backspace"): partial(self.remove, index),
            QKeySequence("Insert"): partial(self._show_menu, index + 1),
            QKeySequence("Ctrl+Shift+D"): partial(self.duplicate, index),
            QKeySequence("Ctrl+X"): partial(self.cut, index),
            QKeySequence("Ctrl+C"): partial(self.copy, index),
        }
        return _of_key(keys, event) or self._paste_command(index + 1, event)

    def _command_within(self, index: int, event: QKeyEvent) -> _Command | None:
        """Return the command of a key while a block or one of its fields has the focus."""
        keys: dict[QKeySequence, _Command] = {
            QKeySequence("Alt+Up"): partial(self.move_layer, index, index - 1),
            QKeySequence("Alt+Down"): partial(self.move_layer, index, index + 1),
        }
        if self.focusWidget() is not self.blocks[index]:
            keys[QKeySequence("Esc")] = partial(self.focus_block, index)
        return _of_key(keys, event)

    def _command_between(self, index: int, event: QKeyEvent) -> _Command | None:
        """Return the command of a key while a button to add a layer has the focus."""
        keys: dict[QKeySequence, _Command] = {
            QKeySequence("Up"): partial(self.focus_block, index - 1),
            QKeySequence("Down"): partial(self.focus_block, index),
            QKeySequence("Insert"): partial(self._show_menu, index),
        }
        return _of_key(keys, event) or self._paste_command(index, event)

    def _paste_command(self, index: int, event: QKeyEvent) -> _Command | None:
        """Return the command that pastes layers; a picture on the clipboard is left to the canvas."""
        is_paste = event.matches(QKeySequence.StandardKey.Paste) and self._clipboard.has_layers
        return partial(self.paste, index) if is_paste else None

    # Dragging

    def _on_block_dragged(self, key: int, place: QPoint) -> None:
        index, here = self._index_of(key), self.mapFromGlobal(place)
        self._dragged = key
        self._blocks[key].set_dragged(is_dragged=True)
        middles = [point.geometry().center().y() for point in self.points]
        nearest = min(range(len(middles)), key=lambda at: abs(middles[at] - here.y()))
        self._target = None if nearest in (index, index + 1) else nearest
        for at, point in enumerate(self.points):
            point.set_target(is_target=at == self._target)
        scroll = self._scroll_area()
        content = scroll.widget() if scroll is not None else None
        if scroll is not None and content is not None:
            scroll.ensureVisible(0, self.mapTo(content, here).y(), 0, _MARGIN_PX)

    @Slot()
    def _on_block_dropped(self) -> None:
        if self._dragged is None:
            return
        index, target = self._index_of(self._dragged), self._target
        self._end_drag()
        if target is not None:
            self.move_layer(index, target if target < index else target - 1)

    def _end_drag(self) -> None:
        for point in self.points:
            point.set_target(is_target=False)
        if self._dragged is not None and self._dragged in self._blocks:
            self._blocks[self._dragged].set_dragged(is_dragged=False)
        self._dragged = self._target = None

    def _scroll_area(self) -> QScrollArea | None:
        above: QWidget | None = self
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        return above

    def _scroll_to_focus(self) -> None:
        scroll, focused = self._scroll_area(), self.focusWidget()
        if scroll is not None and focused is not None and focused.isVisible():
            scroll.ensureWidgetVisible(focused, 0, _MARGIN_PX)


def _of_key(keys: Mapping[QKeySequence, _Command], event: QKeyEvent) -> _Command | None:
    pressed = QKeySequence(event.keyCombination())
    return next((command for key, command in keys.items() if key == pressed), None)


def _fits(block: LayerBlock, shown: Shown) -> bool:
    return type(block.shown.layer) is type(shown.layer)


def _shown_blocks(draft: Draft, applied: Draft, fixes: Mapping[int, tuple[Fix, ...]]) -> list[Shown]:
    """Return what each block shows."""
    spec, is_valid = draft.spec, draft.is_valid
    problem = spec.building_problem()
    last_valid = dict(zip(applied.keys, applied.spec.layers, strict=True))
    blocks = []
    for index, (key, name, layer) in enumerate(zip(draft.keys, spec.layer_names, spec.layers, strict=True)):
        is_culprit = problem is not None and problem.layer == index
        last = last_valid.get(key)
        blocks.append(
            Shown(
                name=name,
                layer=layer,
                typed=draft.typed_in(key),
                culprit=problem.field if problem is not None and is_culprit else "",
                reason=problem.reason if problem is not None and is_culprit else "",
                applied=None if is_valid or type(last) is not type(layer) else last,
                is_new=not is_valid and last is None,
                fixes=fixes.get(index, ()),
            )
        )
    return blocks
