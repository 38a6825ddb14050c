"""The drop-down lists of the recipe form that need code of their own: recipes, datasets, files with drawings."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from digitlab.data.sources import DataSource
from digitlab.gui.session.values import Recipe
from digitlab.gui.widgets.choices import SourceBox
from digitlab.gui.widgets.fields import ChoiceBox, wrapped
from digitlab.training.recipes import RECIPES, recipe_of
from digitlab.words.names import one_line
from digitlab.words.recipes import recipe_note

_OWN_NOTE: Final = "Your own settings. Choose a recipe to restore settings known to work well."

_CHOOSE: Final = "choose"
"""Data of the entry that opens the file dialog."""

_NAMED: Final = {
    "builtin": ("Built-in digits", "12,000 training digits; no download needed"),
    "mnist": ("MNIST", "70,000 handwritten digits; downloaded once if missing"),
}


class RecipeBox(ChoiceBox):
    """The named recipes, and "Custom" while the settings match none of them.

    Signals:
        recipe_chosen: The user chose a recipe; carries its name in ``RECIPES``.
    """

    recipe_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """List the recipes."""
        super().__init__(parent)
        self._is_mnist = True
        for name, recipe in RECIPES.items():
            self.add_choice(recipe.title, name)
        self.activated.connect(self._on_activated)

    @property
    def note(self) -> str:
        """The purpose of the recipe shown, in one sentence that never breaks between a number and its unit."""
        name = self.currentData()
        note = _OWN_NOTE if name is None else self._note(name)
        return note.replace(" %", "\N{NO-BREAK SPACE}%")

    def show_recipe(self, recipe: Recipe) -> None:
        """Select the recipe that matches the settings."""
        if self.count() > len(RECIPES):
            self.removeItem(len(RECIPES))
        self._is_mnist = recipe.source == DataSource.MNIST
        for index, known in enumerate(RECIPES):
            self.setItemData(index, wrapped(self._note(known)), Qt.ItemDataRole.ToolTipRole)
        name = recipe_of(recipe.spec, recipe.config)
        if name is None:
            self.add_choice("Custom", None, _OWN_NOTE)
        self.setCurrentIndex(len(RECIPES) if name is None else list(RECIPES).index(name))

    def _note(self, name: str) -> str:
        return recipe_note(RECIPES[name], is_mnist=self._is_mnist)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        name = self.itemData(index)
        if name is not None:
            self.recipe_chosen.emit(name)


class DataBox(SourceBox):
    """The datasets to train on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """List the built-in datasets."""
        super().__init__(_NAMED, "Your own dataset", parent)


class DrawingsBox(ChoiceBox):
    """The drawings to train on: the built-in ones, or those in the user's files.

    Signals:
        builtin_chosen: The user chose the built-in handwriting.
        files_requested: Choose files with drawings.
    """

    builtin_chosen = Signal()
    files_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty list; ``show_paths`` fills it."""
        super().__init__(parent)
        self._paths: tuple[str, ...] = ()
        self.activated.connect(self._on_activated)

    def show_paths(self, paths: tuple[str, ...]) -> None:
        """Show the chosen files; none means the built-in handwriting."""
        self._paths = paths
        self.clear()
        self.add_choice("Built-in handwriting", (), "Handwriting shipped with DigitLab")
        if paths:
            names = [one_line(Path(path).name) for path in paths]
            self.add_choice(names[0] if len(names) == 1 else f"{len(names)} files", paths, ", ".join(names))
        self.add_choice("Choose files…", _CHOOSE, "Your own drawings: one or more .jsonl, .jsonl.gz or .ndjson files")
        self.show_choice(paths)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        chosen = self.itemData(index)
        if chosen == _CHOOSE:
            self.show_choice(self._paths)
            self.files_requested.emit()
        elif not chosen:
            self.builtin_chosen.emit()
