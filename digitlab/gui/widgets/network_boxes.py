"""Drop-down lists of network presets and of losses."""

from typing import Final

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


_CUSTOM: Final = "Custom"
_HEADING: Final = "Not trainable:"


class PresetBox(ChoiceBox):
    """The preset networks, and "Custom" while the network is none of them; those that cannot be trained come last.

    Signals:
        preset_chosen: A preset was chosen; carries its ``ModelSpec``.
    """

    preset_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a list of the presets."""
        super().__init__(parent)
        for preset in sorted(PRESETS.values(), key=_is_untrainable):
            problem, hint = preset.training_problem(), f"{preset.total_parameters:,} parameters."
            if problem is not None and self.findText(_HEADING) < 0:
                self.add_heading(_HEADING)
            self.add_choice(preset.name, preset, hint if problem is None else f"{hint} {problem.reason}")
        self.activated.connect(self._on_activated)

    def show_spec(self, spec: ModelSpec) -> None:
        """Select the preset that matches a network; the loss may differ."""
        if self.findText(_CUSTOM) >= 0:
            self.removeItem(self.findText(_CUSTOM))
        name = preset_of(spec)
        if name is None:
            before = None if _is_untrainable(spec) else self.findText(_HEADING)
            self.add_choice(_CUSTOM, None, "The network as edited in the Network tab", before=before)
        self.setCurrentIndex(self.findText(_CUSTOM if name is None else PRESETS[name].name))

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        preset = self.itemData(index)
        if preset is not None:
            self.preset_chosen.emit(preset)


def _is_untrainable(spec: ModelSpec) -> bool:
    return spec.training_problem() is not None


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
