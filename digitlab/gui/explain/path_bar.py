"""The path from a pixel to the answer, one step for each layer."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from digitlab.gui.widgets.fields import set_tip
from digitlab.insight.place import Place
from digitlab.model.spec import ModelSpec
from digitlab.words.places import cell_name, layer_name, map_name, place_name


class PathBar(QWidget):
    """Buttons for the places on a path; the current one is written in full.

    Signals:
        place_chosen: A step of the path was chosen; carries the ``Place``.
        map_chosen: The map of the current place was chosen.
    """

    place_chosen = Signal(object)
    map_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty path."""
        super().__init__(parent)
        self.setObjectName("explainPath")
        self.setAccessibleName("Path through the network")
        self._order: list[QWidget] = []
        self._shown: tuple[tuple[str, str], ...] = ()
        self._path: tuple[Place, ...] = ()
        self._steps: list[QToolButton] = []
        self._add_step()  # before what follows in the panel, so that the keys Tab goes from here to it
        self._map = self._step("explainMap")
        self._map.clicked.connect(self.map_chosen)
        set_tip(self._map, "Show the whole map, with the window that slides over its input.")

    def show_path(self, spec: ModelSpec, path: tuple[Place, ...], here: int) -> None:
        """Show a path.

        Args:
            spec: The network.
            path: One place for each step, from the input to the answer.
            here: Index of the current place.
        """
        self._path = path
        texts = tuple(
            (
                layer_name(spec, place.layer, place.step) if nth != here or map_name(place) else _last(spec, place),
                place_name(spec, place),
            )
            for nth, place in enumerate(path)
        )
        current = path[here]
        shown = (*texts, (map_name(current), cell_name(spec, current)))
        if shown == self._shown:
            return
        self._shown = shown
        while len(self._steps) < len(path):
            self._add_step()
        order: list[QWidget] = []
        for nth, button in enumerate(self._steps):
            button.setVisible(nth < len(path))
            if nth >= len(path):
                continue
            text, name = texts[nth]
            button.setText(text if nth == 0 else f"› {text}")
            button.setChecked(nth == here and not map_name(current))
            button.setAccessibleName(f"Go to {name}" if nth != here else f"Current: {name}")
            set_tip(button, name)
            order.append(button)
            if nth == here:
                order.append(self._map)
                self._map.setText(f"› {map_name(current)} › {cell_name(spec, current)}")
                self._map.setAccessibleName(f"Current: {name}. Show the whole map")
        self._map.setVisible(bool(map_name(current)))
        self._map.setChecked(True)
        self._order = order
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)
        self._arrange()

    def _add_step(self) -> None:
        button = self._step(f"explainStep{len(self._steps)}")
        button.clicked.connect(self._on_step_clicked)
        self._steps.append(button)

    def _step(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName("A step of the path")  # until there is a path
        button.setCheckable(True)
        button.setProperty("crumb", True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        return button

    def _arrange(self) -> None:
        """Place the buttons from left to right, in as many lines as they need."""
        x = y = height = 0
        for button in self._order:
            if button.isHidden():
                continue
            size = button.sizeHint()
            height = height or size.height()
            if x and x + size.width() > self.width():
                x, y = 0, y + height
            button.setGeometry(x, y, size.width(), height)
            x += size.width()
        self.setFixedHeight(y + height)

    @Slot()
    def _on_step_clicked(self) -> None:
        button = self.sender()
        nth = next(index for index, one in enumerate(self._steps) if one is button)
        self._shown = ()  # the click has toggled the button
        self.place_chosen.emit(self._path[nth])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the line elsewhere."""
        super().resizeEvent(event)
        self._arrange()


def _last(spec: ModelSpec, place: Place) -> str:
    return f"{layer_name(spec, place.layer, place.step)} › {cell_name(spec, place)}"
