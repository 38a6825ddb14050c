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
_MINE: Final = "My presets:"
_MAPS_ONLY: Final = "Feature maps only:"


class PresetBox(ChoiceBox):
    """The preset networks, own ones, and "Custom" while the network is none; those that cannot be trained come last.

    Signals:
        preset_chosen: A preset was chosen; carries its ``ModelSpec``.
    """

    preset_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a list of the presets."""
        super().__init__(parent)
        self._own: tuple[ModelSpec, ...] = ()
        self._fill()
        self.activated.connect(self._on_activated)

    def show_own(self, own: tuple[ModelSpec, ...]) -> None:
        """List own presets too; ``show_spec`` then selects the one that is shown."""
        if own != self._own:
            self._own = own
            self._fill()

    def show_spec(self, spec: ModelSpec) -> None:
        """Select the preset that matches a network; the loss may differ from that of the presets of DigitLab."""
        if self._custom >= 0:
            self.removeItem(self._custom)
        name = preset_of(spec)
        shown = PRESETS[name] if name is not None else next((one for one in self._own if _is_same(one, spec)), None)
        if shown is None:
            before = None if _is_untrainable(spec) else self._first_heading
            self.add_choice(_CUSTOM, None, "The network as edited in the Network tab", before=before)
            self.setCurrentIndex(self._custom)
        else:
            self.show_choice(shown)

    @property
    def _custom(self) -> int:
        """The index of the entry for a network that is no preset; an own preset may have the same name."""
        return next((index for index in range(self.count()) if self.itemData(index) is None), -1)

    @property
    def _first_heading(self) -> int:
        found = [index for index in map(self.findText, (_MINE, _MAPS_ONLY)) if index >= 0]
        return min(found, default=self.count())

    def _fill(self) -> None:
        """List the presets that can be trained, the own ones, and those that end in feature maps."""
        self.clear()
        for preset in PRESETS.values():
            if not _is_untrainable(preset):
                self._add(preset)
        if self._own:
            self.add_heading(_MINE)
        for preset in self._own:
            self._add(preset)
        self.add_heading(_MAPS_ONLY)
        for preset in PRESETS.values():
            if _is_untrainable(preset):
                self._add(preset)

    def _add(self, preset: ModelSpec) -> None:
        problem, hint = preset.training_problem(), f"{preset.total_parameters:,} parameters."
        self.add_choice(preset.name, preset, hint if problem is None else f"{hint} {problem.reason}")

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        preset = self.itemData(index)
        if isinstance(preset, ModelSpec):
            self.preset_chosen.emit(preset)


def _is_same(preset: ModelSpec, spec: ModelSpec) -> bool:
    return (preset.layers, preset.loss) == (spec.layers, spec.loss)


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
