"""The network as columns of tiles, one column for each layer."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QSizePolicy, QWidget

from digitlab.gui.inspect.columns import Spot
from digitlab.gui.inspect.links import links_of
from digitlab.gui.inspect.navigation import Direction, neighbour
from digitlab.gui.inspect.network_painter import NetworkPainter, head_width
from digitlab.gui.inspect.overlay import paint_hover, paint_selection
from digitlab.gui.inspect.scene import Choices, Scene
from digitlab.gui.inspect.wording import readout, tile_text
from digitlab.gui.maps.atlas import rect_of
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.insight.lens import Inspection

_DIRECTIONS: Final = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}


class NetworkView(Themed, QWidget):
    """Shows every channel of every layer as a tile; pointing shows the sources of a value, clicking selects.

    Signals:
        hover_changed: The cell under the pointer changed: a ``Spot`` or None.
        selection_changed: Another tile was selected, by mouse or keyboard: a ``Spot``.
        chosen: The person selected a tile: the ``Spot`` of the cell that was clicked, or of the tile's first one.
        explain_requested: A value is to be explained: a ``Spot``, or None for the selected tile.
    """

    parts_kind = PartsKind.LIST

    hover_changed = Signal(object)
    selection_changed = Signal(object)
    chosen = Signal(object)
    explain_requested = Signal(object)

    def __init__(self, inspection: Inspection, parent: QWidget | None = None) -> None:
        """Show an inspection."""
        super().__init__(parent)
        self.setObjectName("networkView")
        self.setAccessibleName("The network, layer by layer")
        self.setWhatsThis(
            "Each tile is one channel of a layer and shows where one filter responds to your drawing; brighter is "
            "stronger. Point at a tile to see the values it is computed from and its receptive field in the drawing; "
            "edges with positive weights are red, those with negative weights blue. Click a tile for details; "
            "double-click a cell to have its value explained. Rows, columns and channels are counted from 0, as in "
            "Keras. Arrow keys move between tiles, Enter explains the selected one, and Tab moves to the details."
        )
        self.setMouseTracking(True)
        # The backdrop covers everything, so Qt need not paint the background.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._scene = Scene(inspection, QApplication.palette())
        self._backdrop: QPixmap | None = None  # None until it is painted, and after a change
        self._space = QSize(0, 0)
        self._hover: Spot | None = None
        self._selection = Spot(min(1, len(self._scene.columns) - 1), 0)
        self._asked: Spot | None = None  # the cell that the menu was opened on
        self._menu = QMenu(self)
        self._menu.setObjectName("networkMenu")
        self._menu.addAction("Explain this").triggered.connect(self._on_menu_explain_triggered)
        self.follow_theme()

    @property
    def scene(self) -> Scene:
        """The scene that is painted."""
        return self._scene

    @property
    def hover(self) -> Spot | None:
        """The cell under the pointer, here or in the enlarged map."""
        return self._hover

    @property
    def selection(self) -> Spot:
        """The selected tile."""
        return self._selection

    def show_inspection(self, inspection: Inspection) -> None:
        """Show another inspection."""
        if self._scene.show(inspection):
            self.set_hover(None)
            self._place()
            self.select(self._scene.clamped(self._selection))
        self.update()

    def choose(self, choices: Choices) -> None:
        """Apply other choices to the same inspection."""
        self._scene.choose(choices)
        self.set_hover(None)
        self.update()

    def set_hover(self, spot: Spot | None) -> None:
        """Show the sources of a cell, or none."""
        if spot != self._hover:
            self._hover = spot
            self.update()

    def select(self, spot: Spot) -> None:
        """Select a tile and announce it to assistive technology."""
        self._selection = Spot(spot.column, spot.channel)
        choices = self._scene.choices
        self.setAccessibleDescription(
            readout(
                self._scene.inspection, self._scene.columns, self._selection, choices.showing, choices.input_channel
            )
        )
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.selection_changed.emit(self._selection)
        self.update()

    def part_count(self) -> int:
        """Return the number of tiles."""
        return sum(grid.count for grid in self._scene.layout.grids)

    def part(self, index: int) -> Part:
        """Return a tile with its name and the range of its values."""
        column, channel = 0, index
        while channel >= self._scene.layout.grids[column].count:
            channel -= self._scene.layout.grids[column].count
            column += 1
        text = tile_text(self._scene.inspection, self._scene.columns[column], channel, self._scene.choices.showing)
        rect = rect_of(self._scene.layout.grids[column].tile(channel))
        return Part(text, rect, is_selected=Spot(column, channel) == self._selection)

    def fit(self, space: QSize) -> None:
        """Lay the tiles out in the visible space."""
        if space != self._space:
            self._space = space
            self._place()

    def restyle(self) -> None:
        """Use the colours and the font of the theme."""
        self._painter = NetworkPainter(QApplication.palette(), self.font())
        self._backdrop = None
        self._scene.recolour(QApplication.palette())
        self.update()

    def _place(self) -> None:
        if self._space.isEmpty():
            return
        pixel = 1 / self.devicePixelRatioF()
        heads = [head_width(column, self.font()) for column in self._scene.columns]
        self._scene.place(heads, self._space.width(), self._space.height(), pixel)
        self._backdrop = None
        layout = self._scene.layout
        self.setMinimumSize(int(layout.width) if layout.width > self._space.width() else 0, int(layout.height))
        self.update()

    def _open_menu(self) -> None:
        """Open the menu of the selected tile, beside it."""
        self._asked = None
        tile = self._scene.layout.grids[self._selection.column].tile(self._selection.channel)
        self._menu.popup(self.mapToGlobal(rect_of(tile).center().toPoint()))

    @Slot()
    def _on_menu_explain_triggered(self) -> None:
        self.explain_requested.emit(self._asked)

    def _point_at(self, spot: Spot | None) -> None:
        if spot != self._hover:
            self.set_hover(spot)
            self.hover_changed.emit(spot)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the network and the sources of the cell under the pointer."""
        del event
        if not self._scene.layout.grids:
            return
        if self._backdrop is None:
            self._backdrop = self._painter.backdrop(self._scene, self.size())
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._backdrop)
        self._painter.paint(painter, self._scene)
        choices = self._scene.choices
        if self._hover is not None:
            links = links_of(self._scene.inspection, self._scene.columns, self._hover, choices.showing)
            paint_hover(painter, QApplication.palette(), self._scene, self._hover, links)
        paint_selection(painter, QApplication.palette(), self._scene, self._selection, has_focus=self.hasFocus())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the backdrop again."""
        super().resizeEvent(event)
        self._backdrop = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the mouse."""
        position = event.position()
        self._point_at(self._scene.at(position.x(), position.y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a tile."""
        position = event.position()
        spot = self._scene.at(position.x(), position.y())
        if spot is not None and event.button() is Qt.MouseButton.LeftButton:
            self.select(spot)
            self.chosen.emit(spot)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the explanation of the cell under the mouse."""
        spot = self._scene.at(event.position().x(), event.position().y())
        if spot is not None and event.button() is Qt.MouseButton.LeftButton:
            self.explain_requested.emit(spot)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the cell under the mouse, or by the keyboard that of the selected tile."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._open_menu()
            return
        spot = self._scene.at(event.pos().x(), event.pos().y())
        if spot is not None:
            self.select(spot)
            self._asked = spot
            self._menu.popup(event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """Point at no cell."""
        del event
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the selection with the arrow keys; Enter explains it, Shift+F10 opens its menu."""
        direction = _DIRECTIONS.get(Qt.Key(event.key()))
        if direction is not None:
            self.select(neighbour(self._scene, self._selection, direction))
            self.chosen.emit(self._selection)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.explain_requested.emit(None)
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._open_menu()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme, the font and the screen's pixel ratio."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._place()


class NetworkScroll(QScrollArea):
    """Fits the network into the visible space, and scrolls if that is too small."""

    def __init__(self, view: NetworkView, parent: QWidget | None = None) -> None:
        """Create a scroll area around a view."""
        super().__init__(parent)
        self._view = view
        self.setObjectName("networkScroll")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the network out again, with scroll bars only if it does not fit without them."""
        super().resizeEvent(event)
        space = self.maximumViewportSize()
        self._view.fit(space)
        if self._view.minimumWidth() > space.width() or self._view.minimumHeight() > space.height():
            self._view.fit(self.viewport().size())
