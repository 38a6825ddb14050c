"""Named recipes: a network with hyperparameters that are known to work well."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from digitlab.model.presets import MODERN, PEN, TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig


@dataclass(frozen=True, slots=True)
class NamedRecipe:
    """A network and its hyperparameters.

    Attributes:
        title: Name on screen.
        explanation: What it is for, in a sentence.
        spec: The network.
        config: The hyperparameters.
        on_mnist: What it reaches on MNIST, in a few words; empty if that is not said.
    """

    title: str
    explanation: str
    spec: ModelSpec
    config: TrainingConfig
    on_mnist: str = ""


RECIPES: Final[Mapping[str, NamedRecipe]] = {
    "tutorial": NamedRecipe(
        "Tutorial",
        "The classic: plain gradient descent with a small learning rate.",
        TUTORIAL,
        TrainingConfig(),
        "98 % after ten epochs",
    ),
    "fast": NamedRecipe(
        "Fast",
        "The tutorial's network with a modern recipe.",
        TUTORIAL,
        TrainingConfig(
            epochs=5,
            batch_size=64,
            optimizer=Optimizer.ADAM,
            learning_rate=0.003,
            schedule=Schedule.WARMUP_COSINE,
            augmentation=Augmentation.IMAGES,
        ),
        "better after one epoch than the tutorial after ten",
    ),
    "modern": NamedRecipe(
        "Modern",
        "A small network with batch normalisation and global pooling: fewer parameters, more computation.",
        MODERN,
        TrainingConfig(
            epochs=10,
            batch_size=64,
            optimizer=Optimizer.ADAM,
            learning_rate=0.01,
            schedule=Schedule.WARMUP_COSINE,
            augmentation=Augmentation.IMAGES,
        ),
        "99.6 % after ten epochs",
    ),
    "pen": NamedRecipe(
        "Pen and paper",
        "A larger network for drawn digits: it learns from many people's strokes, and also what is not a digit.",
        PEN,
        TrainingConfig(
            epochs=6,
            batch_size=128,
            optimizer=Optimizer.ADAM,
            learning_rate=0.002,
            schedule=Schedule.WARMUP_COSINE,
            augmentation=Augmentation.DRAWINGS,
            dropout=0.3,
        ),
    ),
}
"""The recipes by their name on the command line."""


def recipe_of(spec: ModelSpec, config: TrainingConfig) -> str | None:
    """Return the name in ``RECIPES`` of the recipe with these settings, ignoring seed and validation share, or None."""
    for name, recipe in RECIPES.items():
        known = recipe.config
        same = replace(config, seed=known.seed, validation_share=known.validation_share)
        if spec.layers == recipe.spec.layers and spec.loss is recipe.spec.loss and same == known:
            return name
    return None
