"""Drop-down lists of data sources, of network presets and of losses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from digitlab.gui.widgets.fields import ChoiceBox
from digitlab.model.presets import PRESETS, preset_of
from digitlab.model.spec import Loss, ModelSpec
from digitlab.words.names import one_line

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


_CHOOSE_FILE: Final = "choose a file"
"""The data of the last entry; distinct from any source, since paths are absolute."""

_MOST_OF_PATH: Final = 300
"""Maximum length of a path in a tooltip."""


class SourceBox(ChoiceBox):
    """Lists the named datasets, the chosen file, and an entry for choosing a file.

    Signals:
        source_chosen: Another source was chosen; carries it.
        file_requested: Choose a file.
    """

    source_chosen = Signal(str)
    file_requested = Signal()

    def __init__(self, named: Mapping[str, tuple[str, str]], file_tooltip: str, parent: QWidget | None = None) -> None:
        """Create an empty list.

        Args:
            named: Title and tooltip of each named dataset, by its source.
            file_tooltip: The types of files that can be chosen.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._named = named
        self._file_tooltip = file_tooltip
        self._source = ""
        self.activated.connect(self._on_activated)

    def show_source(self, source: str) -> None:
        """Show the chosen source; if it is already shown, nothing changes, not even an open list."""
        if source == self._source:
            return
        self._source = source
        self.clear()
        for name, (title, tooltip) in self._named.items():
            self.add_choice(title, name, tooltip)
        if source not in self._named:
            self.add_choice(Path(source).name, source, one_line(source, _MOST_OF_PATH))
        self.add_choice("Choose a file…", _CHOOSE_FILE, self._file_tooltip)
        self.show_choice(source)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        source = self.itemData(index)
        if source == _CHOOSE_FILE:
            self.show_choice(self._source)
            self.file_requested.emit()
        else:
            self.source_chosen.emit(source)
