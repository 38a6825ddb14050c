"""The recipe of the next training, as a form."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.fields import (
    ChoiceBox,
    FieldGrid,
    LossBox,
    NumberField,
    NumberRange,
    PresetBox,
    ProblemLabel,
    Steps,
    describe,
    set_flag,
)
from digitlab.gui.session import Recipe
from digitlab.model.spec import ModelSpec
from digitlab.training.config import (
    MAXIMUM_BATCH_SIZE,
    MAXIMUM_EPOCHS,
    MAXIMUM_LEARNING_RATE,
    MAXIMUM_SEED,
    MAXIMUM_VALIDATION_SHARE,
    Optimizer,
)

_CHOOSE_FILE: Final = "choose a file"
"""Stands for the last entry of the data list; no dataset has this source, since paths are absolute."""

_SOURCES: Final = {
    "builtin": ("Built-in digits", "12,000 drawn digits that need no download"),
    "mnist": ("MNIST", "70,000 handwritten digits; downloaded once if they are not here yet"),
}

_OPTIMIZERS: Final = {
    Optimizer.SGD: ("SGD", "Plain gradient descent, as the tutorial has it: each step goes straight down the slope."),
    Optimizer.MOMENTUM: ("Momentum", "Gradient descent that keeps rolling: nine tenths of the last step are added."),
    Optimizer.NESTEROV: ("Nesterov", "Momentum that looks where it will land before it corrects its course."),
    Optimizer.RMSPROP: ("RMSprop", "Each weight has a step of its own, shorter where the slope was steep lately."),
    Optimizer.ADAGRAD: ("Adagrad", "Each weight has a step of its own that only ever gets shorter."),
    Optimizer.ADAM: ("Adam", "Momentum and a step of its own for each weight; mostly the fastest start."),
}

_RANGES: Final = {
    "epochs": NumberRange(1, MAXIMUM_EPOCHS),
    "batch_size": NumberRange(1, MAXIMUM_BATCH_SIZE, steps=Steps.ONE_TWO_FIVE),
    "learning_rate": NumberRange(
        0,
        MAXIMUM_LEARNING_RATE,
        is_whole=False,
        steps=Steps.ONE_TWO_FIVE,
        includes_minimum=False,
        example="0.01 or 1e-3",
    ),
    "seed": NumberRange(0, MAXIMUM_SEED),
    "validation_share": NumberRange(0, 100 * MAXIMUM_VALIDATION_SHARE, is_whole=False, unit="%"),
}
"""What each number of ``TrainingConfig`` may be, in the order of the form; the share in percent."""


class RecipeForm(QWidget):
    """Edits a recipe and says at each field what is wrong with it.

    Signals:
        recipe_edited: The person chose something that can be used; carries the whole ``Recipe``.
        problem_changed: ``problem`` has other words.
        new_seed_requested: Another seed is wished for.
        data_file_requested: A file with a dataset is to be chosen.
    """

    recipe_edited = Signal(object)
    problem_changed = Signal()
    new_seed_requested = Signal()
    data_file_requested = Signal()

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        """Show a recipe."""
        super().__init__(parent)
        self._recipe = recipe
        self._problem = ""
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._restyle()
        self.show_recipe(recipe)

    @property
    def problem(self) -> str:
        """Why the form as it stands cannot be trained; empty if it can."""
        return self._problem

    def show_recipe(self, recipe: Recipe) -> None:
        """Show another recipe; wrong input stays in fields whose own value is the same as before."""
        self._recipe = recipe
        self._preset.show_spec(recipe.spec)
        self._show_source(recipe.source)
        self._optimizer.show_choice(recipe.config.optimizer.value)
        self._loss.show_choice(recipe.spec.loss.value)
        for name, field in self._numbers.items():
            field.show_value(_shown_number(recipe, name))
        self._show_problems()

    def _make_widgets(self) -> None:
        self._preset = PresetBox()
        describe(self._preset, "presetBox", "Preset", "The tutorial's networks. Edit layers under Network.")
        self._data = ChoiceBox()
        describe(self._data, "dataBox", "Data", "The digits that the network learns from.")
        self._optimizer = ChoiceBox()
        for optimizer, (title, explanation) in _OPTIMIZERS.items():
            self._optimizer.add_choice(title, optimizer.value, explanation)
        describe(
            self._optimizer,
            "optimizerBox",
            "Optimizer",
            "The rule by which the loss's slope changes the weights. Each brings its usual learning rate along.",
        )
        self._loss = LossBox()
        describe(self._loss, "lossBox", "Loss", "What training makes small.")
        self._numbers = {name: NumberField(numbers) for name, numbers in _RANGES.items()}
        for name, object_name, title, tooltip in (
            ("epochs", "epochsField", "Epochs", "How often the network sees every training image."),
            ("batch_size", "batchSizeField", "Batch size", "Images a step: the weights change once a batch."),
            (
                "learning_rate",
                "learningRateField",
                "Learning rate",
                "Length of a step. Too small learns slowly, too large breaks down. Arrow keys go 1, 2, 5, 10.",
            ),
            (
                "seed",
                "seedField",
                "Seed",
                "Decides the first weights and the images' order: same seed, same run.",
            ),
            (
                "validation_share",
                "validationField",
                "Validation share",
                "Part of the training images held out to check on after each epoch. "
                "With 0 % it checks on the test images, as the tutorial does; choose a share to keep the test honest.",
            ),
        ):
            describe(self._numbers[name], object_name, title, tooltip)
        self._new_seed = QToolButton()
        describe(self._new_seed, "newSeedButton", "New seed", "New seed: other first weights and another order.")
        self._validation_note = QLabel()
        self._validation_note.setProperty("quiet", True)

    def _lay_out(self) -> None:
        grid = FieldGrid()
        numbers = self._numbers
        self._problems: dict[str, ProblemLabel] = {
            "preset": grid.add_field("&Preset", self._preset),
            "data": grid.add_field("D&ata", self._data),
            "epochs": grid.add_field("Epo&chs", numbers["epochs"]),
            "batch_size": grid.add_field("&Batch size", numbers["batch_size"]),
            "optimizer": grid.add_field("Opti&mizer", self._optimizer),
            "learning_rate": grid.add_field("&Learning rate", numbers["learning_rate"]),
            "loss": grid.add_field("Lo&ss", self._loss),
            "seed": grid.add_field("See&d", numbers["seed"], self._new_seed),
            "validation_share": grid.add_field("Val&idation", numbers["validation_share"], self._validation_note),
        }
        outer = QGridLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(grid, 0, 0)

    def _connect(self) -> None:
        self._preset.preset_chosen.connect(self._on_preset_chosen)
        self._data.activated.connect(self._on_data_activated)
        self._optimizer.activated.connect(self._on_optimizer_activated)
        self._loss.activated.connect(self._on_loss_activated)
        self._new_seed.clicked.connect(self.new_seed_requested)
        for field in self._numbers.values():
            field.edited.connect(self._on_number_edited)

    def _show_source(self, source: str) -> None:
        self._data.clear()
        for name, (title, tooltip) in _SOURCES.items():
            self._data.add_choice(title, name, tooltip)
        if source not in _SOURCES:
            self._data.add_choice(Path(source).name, source, source)
        self._data.add_choice("Choose a file …", _CHOOSE_FILE, "A dataset of your own")
        self._data.show_choice(source)

    def _edit(self, **changes: Any) -> None:
        """Wish for a recipe with another configuration."""
        self.recipe_edited.emit(replace(self._recipe, config=replace(self._recipe.config, **changes)))

    def _edit_spec(self, spec: ModelSpec) -> None:
        self.recipe_edited.emit(replace(self._recipe, spec=spec))

    def _show_problems(self) -> None:
        reasons = {name: field.problem for name, field in self._numbers.items()}
        problem = self._recipe.spec.training_problem()
        reasons["preset"] = problem.reason if problem else ""
        set_flag(self._preset, "invalid", is_on=problem is not None)
        for name, reason in reasons.items():
            self._problems[name].show_problem(reason)
        share = self._numbers["validation_share"].value
        self._validation_note.setText("test images" if share == 0 else "of the training images")
        first = next((f"{self._titles(name)}: {reason}" for name, reason in reasons.items() if reason), "")
        if first != self._problem:
            self._problem = first
            self.problem_changed.emit()

    def _titles(self, name: str) -> str:
        return "Preset" if name == "preset" else self._numbers[name].accessibleName()

    @Slot()
    def _on_number_edited(self) -> None:
        self._show_problems()
        changes: dict[str, float] = {}
        for name, field in self._numbers.items():
            value = field.value
            if value is not None:
                changes[name] = value / 100 if name == "validation_share" else value
        self._edit(**changes)

    @Slot(object)
    def _on_preset_chosen(self, preset: ModelSpec) -> None:
        self._edit_spec(preset.with_loss(self._recipe.spec.loss))

    @Slot(int)
    def _on_data_activated(self, index: int) -> None:
        source = self._data.itemData(index)
        if source == _CHOOSE_FILE:
            self._data.show_choice(self._recipe.source)
            self.data_file_requested.emit()
        else:
            self.recipe_edited.emit(replace(self._recipe, source=source))

    @Slot(int)
    def _on_optimizer_activated(self, index: int) -> None:
        """Choose an optimizer; its usual learning rate comes along unless the person had set one of their own."""
        config = self._recipe.config
        optimizer = Optimizer(self._optimizer.itemData(index))
        is_usual = config.learning_rate == config.optimizer.usual_learning_rate
        rate = optimizer.usual_learning_rate if is_usual else config.learning_rate
        self._edit(optimizer=optimizer, learning_rate=rate)

    @Slot(int)
    def _on_loss_activated(self) -> None:
        self._edit_spec(self._recipe.spec.with_loss(self._loss.loss))

    def _restyle(self) -> None:
        self._new_seed.setIcon(theme.icon("dice", self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_new_seed"):
            self._restyle()


def _shown_number(recipe: Recipe, name: str) -> float:
    value: float = getattr(recipe.config, name)
    return round(100 * value, 9) if name == "validation_share" else value
