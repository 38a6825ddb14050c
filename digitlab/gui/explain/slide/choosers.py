"""The choice of a layer with a window, of one of its maps, and of the input map under the window."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from digitlab.gui.widgets.card import FoldingRow, quiet_label
from digitlab.gui.widgets.fields import ChoiceBox, describe
from digitlab.gui.widgets.label import Label
from digitlab.insight.slide import sliding_layers
from digitlab.model.spec import ModelSpec

STRONGEST: Final = -1
"""Stands for the input map that contributes most to the drawing's output."""

_LAYER_LETTERS: Final = 5
_MAP_LETTERS: Final = 3
_INPUT_LETTERS: Final = 8


class Choosers(FoldingRow):
    """Choices of layer, map and input map.

    Signals:
        layer_chosen: The user chose another layer or map; carries the indices of both.
        inputs_chosen: The user chose another input map, or whether the others count.
    """

    layer_chosen = Signal(int, int)
    inputs_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the choosers of no network."""
        super().__init__(parent)
        self._spec: ModelSpec | None = None
        self._shown: tuple[int, int] | None = None
        self._layer, self._map, self._input = ChoiceBox(), ChoiceBox(), ChoiceBox()
        self._whole = QCheckBox("All input maps")
        self._input_label = _label("Input map", self._input)
        describe(self._layer, "slideLayer", "Layer", "The layer whose window slides.")
        describe(self._map, "slideMap", "Map", "The output map: each filter gives one.")
        describe(
            self._input,
            "slideInputMap",
            "Input map",
            "The input map that is shown under the window; “strongest” is the one that contributes most to the output.",
        )
        describe(
            self._whole,
            "slideWhole",
            "All input maps",
            "Whether the output is the layer's own, to which all input maps and the bias contribute; otherwise it is "
            "what the input map under the window contributes alone.",
        )
        self._whole.setChecked(True)
        layer_label, map_label = _label("Layer", self._layer), _label("Map", self._map)
        for widget in (layer_label, self._layer, map_label, self._map, self._input_label, self._input, self._whole):
            self.row.addWidget(widget)
        self.row.addStretch(1)
        self.fold(dict.fromkeys((layer_label, map_label, self._input_label), ""))
        for box, letters in ((self._layer, _LAYER_LETTERS), (self._map, _MAP_LETTERS), (self._input, _INPUT_LETTERS)):
            box.setMinimumContentsLength(letters)
        self._layer.activated.connect(self._on_layer_activated)
        self._map.activated.connect(self._on_layer_activated)
        self._input.activated.connect(self.inputs_chosen)
        self._whole.clicked.connect(self.inputs_chosen)

    @property
    def spec(self) -> ModelSpec | None:
        """The network whose layers can be chosen."""
        return self._spec

    @property
    def input_map(self) -> int | None:
        """The chosen input map; None for the strongest."""
        chosen = self._input.currentData()
        return None if chosen in (None, STRONGEST) else int(chosen)

    @property
    def is_whole(self) -> bool:
        """Whether the output is that of all input maps."""
        return self._whole.isChecked() or self._whole.isHidden()

    def show_choice(self, spec: ModelSpec, layer: int, channel: int) -> None:
        """Show a layer and a map of a network.

        Args:
            spec: The network.
            layer: Index of one of its ``sliding_layers``.
            channel: Index of the output map.
        """
        if spec is not self._spec:
            self._spec, self._shown = spec, None
            self._layer.clear()
            for index in sliding_layers(spec):
                self._layer.add_choice(spec.layer_names[index], index, spec.layers[index].title)
        if self._shown is None or self._shown[0] != layer:
            self._layer.show_choice(layer)
            self._fill(spec, layer)
        self._map.show_choice(channel)
        self._shown = (layer, channel)

    def _fill(self, spec: ModelSpec, layer: int) -> None:
        self._map.clear()
        for channel in range(spec.shapes[layer + 1][2]):
            self._map.add_choice(str(channel), channel)
        count = spec.shapes[layer][2]
        self._input.clear()
        self._input.add_choice("strongest", STRONGEST)
        for channel in range(count):
            self._input.add_choice(str(channel), channel)
        has_several = spec.layers[layer].has_kernel and count > 1
        for widget in (self._input_label, self._input, self._whole):
            widget.setVisible(has_several)

    @Slot()
    def _on_layer_activated(self) -> None:
        layer = int(self._layer.currentData())
        assert self._spec is not None  # There is a choice only of a network.
        channel = min(int(self._map.currentData() or 0), self._spec.shapes[layer + 1][2] - 1)
        self.layer_chosen.emit(layer, channel)


def _label(text: str, of: QWidget) -> Label:
    label = quiet_label(text, wraps=False)
    label.setBuddy(of)
    return label
