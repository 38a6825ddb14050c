"""The choice of a layer and of one of its filters or units."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import ChoiceBox, describe
from digitlab.insight.path import steps_of
from digitlab.insight.place import Place, Step
from digitlab.model.spec import ModelSpec
from digitlab.words.places import cell_name, layer_name

_LETTERS: Final = 9


class UnitChooser(QWidget):
    """Boxes for a layer and one of its filters or units.

    Signals:
        place_chosen: The person chose; carries the ``Place``, of a filter the unit in the middle of its map.
    """

    place_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create boxes for no network."""
        super().__init__(parent)
        self._spec: ModelSpec | None = None
        self._filled: tuple[int, Step] | None = None
        self._layer, self._unit = ChoiceBox(), ChoiceBox()
        describe(self._layer, "seeksLayerBox", "Layer", "The layer whose filter or unit is shown.")
        describe(self._unit, "seeksUnitBox", "Filter or unit", "The filter or unit that is to be excited.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_XS)
        for text, box in (("Layer", self._layer), ("Unit", self._unit)):
            label = quiet_label(text, wraps=False)
            label.setBuddy(box)
            box.setMinimumContentsLength(_LETTERS)
            row.addWidget(label)
            row.addWidget(box)
            box.activated.connect(self._on_box_activated)
        row.addStretch(1)

    def show_place(self, spec: ModelSpec, place: Place) -> None:
        """Show a unit of a network."""
        if spec is not self._spec:
            self._spec, self._filled = spec, None
            self._layer.clear()
            for layer, step in steps_of(spec):
                if layer >= 0 and step is not Step.COST:
                    self._layer.add_choice(layer_name(spec, layer, step), (layer, step))
        if self._filled != (place.layer, place.step):
            self._filled = (place.layer, place.step)
            self._layer.show_choice(self._filled)
            self._unit.clear()
            for index in range(spec.shapes[place.layer + 1][-1]):
                self._unit.add_choice(_name(spec, place, index), index)
        self._unit.show_choice(place.unit[-1])

    @Slot()
    def _on_box_activated(self) -> None:
        assert self._spec is not None  # there are choices only of a network
        layer, step = self._layer.currentData()
        *sides, count = self._spec.shapes[layer + 1]
        index = min(int(self._unit.currentData()), count - 1)
        self.place_chosen.emit(Place(layer, (*(side // 2 for side in sides), index), step))


def _name(spec: ModelSpec, place: Place, index: int) -> str:
    """Return the name of a filter or unit of the same layer: ``filter 3``, ``map 3``, ``digit 4``, ``unit 12``."""
    if len(place.unit) == 3:
        return f"{spec.layers[place.layer].unit_word} {index}"
    return cell_name(spec, Place(place.layer, (index,), place.step))
