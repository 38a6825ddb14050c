"""The form for the recipe of the next run."""

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.session.values import Recipe
from digitlab.gui.train.form_scroll import FormScroll
from digitlab.gui.train.recipe_boxes import DataBox, DrawingsBox, RecipeBox
from digitlab.gui.widgets.card import quiet_label, title_label
from digitlab.gui.widgets.choices import LossBox, PresetBox
from digitlab.gui.widgets.fields import (
    ChoiceBox,
    FieldGrid,
    NumberField,
    NumberRange,
    ProblemLabel,
    Steps,
    describe,
    set_flag,
    set_tip,
    tip_of,
)
from digitlab.gui.widgets.themed import Themed
from digitlab.model.presets import chosen_preset
from digitlab.model.spec import ModelSpec
from digitlab.training.config import (
    MAXIMUM_BATCH_SIZE,
    MAXIMUM_DROPOUT,
    MAXIMUM_EPOCHS,
    MAXIMUM_LEARNING_RATE,
    MAXIMUM_SEED,
    MAXIMUM_VALIDATION_SHARE,
    Augmentation,
    Optimizer,
    Schedule,
)
from digitlab.training.recipes import RECIPES
from digitlab.words.recipes import AUGMENTATIONS, OPTIMIZERS, SCHEDULES

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
    "dropout": NumberRange(0, 100 * MAXIMUM_DROPOUT, is_whole=False, unit="%"),
    "seed": NumberRange(0, MAXIMUM_SEED),
    "validation_share": NumberRange(0, 100 * MAXIMUM_VALIDATION_SHARE, is_whole=False, unit="%"),
}
"""The range of each number of ``TrainingConfig``, in the order of the form; shares in percent."""

_SHARES: Final = ("dropout", "validation_share")


class RecipeForm(Themed, QWidget):
    """Edits a recipe, and shows the problem of each field below it.

    Signals:
        recipe_edited: The user changed the recipe to a valid one; carries the whole ``Recipe``.
        problem_changed: ``problem`` changed.
        new_seed_requested: Change the seed.
        data_file_requested: Choose a file with a dataset.
        drawing_files_requested: Choose files with drawings to train on.
    """

    recipe_edited = Signal(object)
    problem_changed = Signal()
    new_seed_requested = Signal()
    data_file_requested = Signal()
    drawing_files_requested = Signal()

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        """Show a recipe."""
        super().__init__(parent)
        self._recipe = recipe
        self._problem = ""
        self._is_locked = False
        self._make_boxes()
        self._make_numbers()
        self._lay_out()
        self._connect()
        self.follow_theme()
        self.show_recipe(recipe)

    @property
    def problem(self) -> str:
        """Why training cannot start with the contents of the form; empty if it can."""
        return self._problem

    @property
    def input_problem(self) -> str:
        """What is wrong with a number that was typed; empty if nothing is, whatever the network of the recipe."""
        problems = ((name, field.problem) for name, field in self._numbers.items())
        return next((f"{self._titles(name)}: {reason}" for name, reason in problems if reason), "")

    def show_own_presets(self, own: tuple[ModelSpec, ...]) -> None:
        """List own presets of networks."""
        self._preset.show_own(own)
        self._preset.show_spec(self._recipe.spec)

    def show_recipe(self, recipe: Recipe) -> None:
        """Show a recipe; invalid input stays in fields whose value is unchanged."""
        self._recipe = recipe
        self._named.show_recipe(recipe)
        self._preset.show_spec(recipe.spec)
        self._data.show_source(recipe.source)
        self._drawings.show_paths(recipe.drawings)
        self._optimizer.show_choice(recipe.config.optimizer.value)
        self._schedule.show_choice(recipe.config.schedule.value)
        self._augmentation.show_choice(recipe.config.augmentation.value)
        self._drawings.setEnabled(recipe.config.augmentation is Augmentation.DRAWINGS)
        self._loss.show_choice(recipe.spec.loss.value)
        for name, field in self._numbers.items():
            field.show_value(_shown_number(recipe, name))
        self._show_note()
        self._show_problems()

    def set_locked(self, *, is_locked: bool) -> None:
        """Lock the form while the recipe is being trained, or unlock it."""
        self._is_locked = is_locked
        self._named.setEnabled(not is_locked)
        self._content.setEnabled(not is_locked)
        self._show_note()

    def _show_note(self) -> None:
        self._note.setText("Locked while training" if self._is_locked else self._named.note)

    def _make_boxes(self) -> None:
        self._named = RecipeBox(self)  # first in the order of the Tab key, as on screen
        describe(
            self._named,
            "recipeBox",
            "Recipe",
            "A network with suitable settings. Seed, validation share and data stay as they are.",
        )
        self._note = quiet_label()
        self._note.setObjectName("recipeNote")
        self._note.setMinimumHeight(2 * theme.FONT_SMALL_PX + theme.SPACE_XS)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._preset = PresetBox()
        describe(
            self._preset,
            "presetBox",
            "Network",
            "Networks that work well. Edit their layers under Network.",
        )
        self._data = DataBox()
        describe(self._data, "dataBox", "Data", "The dataset to train on.")
        self._drawings = DrawingsBox()
        describe(
            self._drawings,
            "drawingsBox",
            "Drawings",
            "Strokes to train on besides the data, for augmentation with drawings: those with a label are "
            "digits, those without are not.",
        )
        self._optimizer = ChoiceBox()
        for optimizer, (title, explanation) in OPTIMIZERS.items():
            self._optimizer.add_choice(title, optimizer.value, explanation)
        self._schedule = ChoiceBox()
        for schedule, (title, explanation) in SCHEDULES.items():
            self._schedule.add_choice(title, schedule.value, explanation)
        describe(self._schedule, "scheduleBox", "Schedule", "How the learning rate changes during training.")
        self._augmentation = ChoiceBox()
        for augmentation, (title, explanation) in AUGMENTATIONS.items():
            self._augmentation.add_choice(title, augmentation.value, explanation)
        describe(
            self._augmentation,
            "augmentationBox",
            "Augmentation",
            "Random changes to the training images, different in every epoch. Test images are not changed.",
        )
        describe(
            self._optimizer,
            "optimizerBox",
            "Optimizer",
            "How the gradient updates the weights. Choosing an optimizer also sets its usual learning rate.",
        )
        self._loss = LossBox()
        describe(self._loss, "lossBox", "Loss", "The function that training minimizes.")

    def _make_numbers(self) -> None:
        self._numbers = {name: NumberField(numbers) for name, numbers in _RANGES.items()}
        for name, object_name, title, tooltip in (
            ("epochs", "epochsField", "Epochs", "Number of passes over the training images."),
            ("batch_size", "batchSizeField", "Batch size", "Images per step: the weights are updated once per batch."),
            (
                "learning_rate",
                "learningRateField",
                "Learning rate",
                "Step size; the maximum if there is a schedule. Too small: slow training. Too large: divergence. The "
                "arrow keys step through 1, 2, 5, 10.",
            ),
            (
                "dropout",
                "dropoutField",
                "Dropout",
                "Share of the last layer's inputs dropped at random in each step, so that the network relies on no "
                "single one. It reduces overfitting of larger networks; 0 % turns it off.",
            ),
            (
                "seed",
                "seedField",
                "Seed",
                "Determines the initial weights and the order of the images: the same seed gives the same run.",
            ),
            (
                "validation_share",
                "validationField",
                "Validation share",
                "Share of the training images held out for validation after each epoch. "
                "With 0 %, the test images are used, as in the tutorial; otherwise, the test accuracy stays unbiased.",
            ),
        ):
            describe(self._numbers[name], object_name, title, tooltip)
        self._new_seed = QToolButton()
        describe(self._new_seed, "newSeedButton", "New seed", "Choose another seed.")
        self._validation_note = quiet_label(wraps=False)

    def _lay_out(self) -> None:
        # What every training needs comes first: a small window shows it without scrolling.
        # From the outside in: a widget moved to another parent is styled again, with all its children.
        self._content = QWidget()
        scroll = FormScroll(self._content, self)
        grid = FieldGrid()
        numbers = self._numbers
        problems: dict[str, ProblemLabel] = {"preset": grid.add_field("&Network", self._preset)}
        grid.add_field("D&ata", self._data)
        problems["validation_share"] = grid.add_field("Val&idation", numbers["validation_share"], self._validation_note)
        problems["epochs"] = grid.add_field("Epo&chs", numbers["epochs"])
        grid.start_group()
        grid.add_field("Opti&mizer", self._optimizer)
        problems["learning_rate"] = grid.add_field("&Learning rate", numbers["learning_rate"])
        problems["batch_size"] = grid.add_field("&Batch size", numbers["batch_size"])
        grid.add_field("Sched&ule", self._schedule)
        grid.start_group()
        grid.add_field("Lo&ss", self._loss)
        grid.add_field("Au&gmentation", self._augmentation)
        grid.add_field("Dra&wings", self._drawings)
        problems["dropout"] = grid.add_field("Dr&opout", numbers["dropout"])
        problems["seed"] = grid.add_field("See&d", numbers["seed"], self._new_seed)
        self._problems = problems
        grid.setContentsMargins(theme.SPACE_L, 0, theme.SPACE_L, 0)
        self._content.setLayout(grid)
        title = title_label("&Recipe")
        title.setBuddy(self._named)
        set_tip(title, tip_of(self._named))
        header = QHBoxLayout()
        header.setSpacing(theme.SPACE_M)
        header.addWidget(title)
        header.addWidget(self._named, 1)
        top = QVBoxLayout()
        top.setContentsMargins(theme.SPACE_L, 0, theme.SPACE_L, 0)
        top.setSpacing(theme.SPACE_XS)
        top.addLayout(header)
        top.addWidget(self._note)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.SPACE_S)
        outer.addLayout(top)
        outer.addWidget(scroll)

    def _connect(self) -> None:
        self._named.recipe_chosen.connect(self._on_recipe_chosen)
        self._preset.preset_chosen.connect(self._on_preset_chosen)
        self._data.source_chosen.connect(self._on_source_chosen)
        self._data.file_requested.connect(self.data_file_requested)
        self._drawings.builtin_chosen.connect(self._on_builtin_drawings_chosen)
        self._drawings.files_requested.connect(self.drawing_files_requested)
        self._optimizer.activated.connect(self._on_optimizer_activated)
        self._schedule.activated.connect(self._on_schedule_activated)
        self._augmentation.activated.connect(self._on_augmentation_activated)
        self._loss.activated.connect(self._on_loss_activated)
        self._new_seed.clicked.connect(self.new_seed_requested)
        for field in self._numbers.values():
            field.edited.connect(self._on_number_edited)

    def _edit(self, **changes: Any) -> None:
        """Request a recipe with another configuration."""
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
        return "Network" if name == "preset" else self._numbers[name].accessibleName()

    @Slot()
    def _on_number_edited(self) -> None:
        self._show_problems()
        changes: dict[str, float] = {}
        for name, field in self._numbers.items():
            value = field.value
            if value is not None:
                changes[name] = value / 100 if name in _SHARES else value
        self._edit(**changes)

    @Slot(object)
    def _on_preset_chosen(self, preset: ModelSpec) -> None:
        self._edit_spec(chosen_preset(preset, self._recipe.spec))

    @Slot(str)
    def _on_recipe_chosen(self, name: str) -> None:
        """Apply a whole recipe, replacing invalid input."""
        chosen, config = RECIPES[name], self._recipe.config
        config = replace(chosen.config, seed=config.seed, validation_share=config.validation_share)
        self.recipe_edited.emit(replace(self._recipe, spec=chosen.spec, config=config))
        for field_name in ("epochs", "batch_size", "learning_rate", "dropout"):
            self._numbers[field_name].show_value(_shown_number(self._recipe, field_name), is_forced=True)
        self._show_problems()

    @Slot(str)
    def _on_source_chosen(self, source: str) -> None:
        self.recipe_edited.emit(replace(self._recipe, source=source))

    @Slot()
    def _on_builtin_drawings_chosen(self) -> None:
        self.recipe_edited.emit(replace(self._recipe, drawings=()))

    @Slot(int)
    def _on_schedule_activated(self, index: int) -> None:
        self._edit(schedule=Schedule(self._schedule.itemData(index)))

    @Slot(int)
    def _on_augmentation_activated(self, index: int) -> None:
        self._edit(augmentation=Augmentation(self._augmentation.itemData(index)))

    @Slot(int)
    def _on_optimizer_activated(self, index: int) -> None:
        """Choose an optimizer, with its usual learning rate unless the user has set another one."""
        config = self._recipe.config
        optimizer = Optimizer(self._optimizer.itemData(index))
        is_usual = config.learning_rate == config.optimizer.usual_learning_rate
        rate = optimizer.usual_learning_rate if is_usual else config.learning_rate
        self._edit(optimizer=optimizer, learning_rate=rate)

    @Slot(int)
    def _on_loss_activated(self) -> None:
        self._edit_spec(self._recipe.spec.with_loss(self._loss.loss))

    def restyle(self) -> None:
        """Redraw the icon in the theme's colours."""
        self._new_seed.setIcon(theme.icon("dice", self.palette()))


def _shown_number(recipe: Recipe, name: str) -> float:
    value: float = getattr(recipe.config, name)
    return round(100 * value, 9) if name in _SHARES else value
