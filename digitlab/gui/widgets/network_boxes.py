"""Drop-down lists of network presets and of losses."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from digitlab.gui.widgets.fields import ChoiceBox
from digitlab.model.presets import PRESETS, preset_of
from digitlab.model.spec import Loss, ModelSpec

LOSS_TEXTS = {
    Loss.SOFTMAX_CROSS_ENTROPY: (
        "Softmax cross-entropy",
        "The outputs sum to 100 %; the loss is −ln of the probability of the correct digit.",
    ),
    Loss.SIGMOID_CROSS_ENTROPY: (
        "Sigmoid cross-entropy",
        "Each output is the probability of its own digit; the loss is the sum of their binary cross-entropies.",
    ),
    Loss.EUCLIDEAN: (
        "Euclidean",
        "½ ‖output − target‖²: half the squared distance between the outputs and the target.",
    ),
}
"""The name and a one-sentence explanation of each loss."""


class PresetBox(ChoiceBox):
    """The preset networks, and "Custom" while the network is none of them.

    Signals:
        preset_chosen: A preset was chosen; carries its ``ModelSpec``.
    """

    preset_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a list of the presets."""
        super().__init__(parent)
        for preset in PRESETS.values():
            parameters = f"{preset.total_parameters:,} parameters"
            hint = parameters if preset.classifies else f"{parameters}; feature maps only, no prediction"
            self.add_choice(preset.name, preset, hint)
        self.activated.connect(self._on_activated)

    def show_spec(self, spec: ModelSpec) -> None:
        """Select the preset that matches a network; the loss may differ."""
        if self.count() > len(PRESETS):
            self.removeItem(len(PRESETS))
        name = preset_of(spec)
        if name is not None:
            self.setCurrentIndex(list(PRESETS).index(name))
            return
        self.add_choice("Custom", None, "The network as edited in the Network tab")
        self.setCurrentIndex(len(PRESETS))

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        preset = self.itemData(index)
        if preset is not None:
            self.preset_chosen.emit(preset)


class LossBox(ChoiceBox):
    """The losses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a list of the losses."""
        super().__init__(parent)
        for loss, (title, explanation) in LOSS_TEXTS.items():
            self.add_choice(title, loss.value, explanation)

    @property
    def loss(self) -> Loss:
        """The chosen loss."""
        return Loss(self.currentData())
