"""Ablation study: the recipe with one component changed, a third as long, on the first fold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from folds import answer, train_recipe
from material import Material, Split

from digitlab.data.dataset import DigitSet
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.raster import render_many
from digitlab.model.layers import Dense
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.runs.run_file import write_run
from digitlab.training.config import Augmentation
from digitlab.training.recipes import NamedRecipe

EPOCHS: Final = 2
"""Less than a third of the recipe: enough to rank the components, and cheap enough to repeat."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A changed recipe.

    Attributes:
        title: The change, for the report.
        change: Returns the recipe and split to train, given the original ones.
    """

    title: str
    change: Callable[[NamedRecipe, Split], tuple[NamedRecipe, Split]]


def _unchanged(recipe: NamedRecipe, split: Split) -> tuple[NamedRecipe, Split]:
    return recipe, split


def _without_pen(recipe: NamedRecipe, split: Split) -> tuple[NamedRecipe, Split]:
    config = replace(recipe.config, augmentation=Augmentation.IMAGES, epochs=2 * recipe.config.epochs)
    return replace(recipe, config=config, spec=_with_outputs(recipe.spec, CLASS_COUNT)), split


def _pen_as_images(recipe: NamedRecipe, split: Split, augmentation: Augmentation) -> tuple[NamedRecipe, Split]:
    """Train on the pen digits as images, as often as in the recipe, instead of warping their strokes."""
    digits = [drawing for drawing in split.dataset.drawings if drawing.label is not None]
    images = render_many(digits)
    labels = np.array([drawing.label for drawing in digits], dtype=np.uint8)
    train = split.dataset.train
    rounds = round(0.64 * len(train) / len(digits))
    mixed = DigitSet(
        np.concatenate([train.images, *[images] * rounds]), np.concatenate([train.labels, *[labels] * rounds])
    )
    config = replace(recipe.config, augmentation=augmentation)
    spec = _with_outputs(recipe.spec, CLASS_COUNT)
    return replace(recipe, config=config, spec=spec), replace(split, dataset=replace(split.dataset, train=mixed))


def _pen_warped_as_images(recipe: NamedRecipe, split: Split) -> tuple[NamedRecipe, Split]:
    return _pen_as_images(recipe, split, Augmentation.IMAGES)


def _nothing_warped(recipe: NamedRecipe, split: Split) -> tuple[NamedRecipe, Split]:
    return _pen_as_images(recipe, split, Augmentation.NONE)


def _ten_outputs(recipe: NamedRecipe, split: Split) -> tuple[NamedRecipe, Split]:
    return replace(recipe, spec=_with_outputs(recipe.spec, CLASS_COUNT)), split


def _without_letters(recipe: NamedRecipe, split: Split) -> tuple[NamedRecipe, Split]:
    digits = tuple(drawing for drawing in split.dataset.drawings if drawing.label is not None)
    return recipe, replace(split, dataset=replace(split.dataset, drawings=digits))


def _small_network(recipe: NamedRecipe, split: Split) -> tuple[NamedRecipe, Split]:
    return replace(recipe, spec=_with_outputs(TUTORIAL, CLASS_COUNT + 1)), split


VARIANTS: Final[Mapping[str, Variant]] = {
    "short": Variant("the recipe, shortened", _unchanged),
    "mnist": Variant("MNIST only, no pen strokes, no eleventh output", _without_pen),
    "plain": Variant("pen digits as images, no augmentation, no eleventh output", _nothing_warped),
    "images": Variant("pen digits warped as images instead of strokes, no eleventh output", _pen_warped_as_images),
    "ten": Variant("pen digits warped as strokes, no eleventh output", _ten_outputs),
    "letterless": Variant("no letters; only generated non-digits", _without_letters),
    "small": Variant("the tutorial's network with eleven outputs", _small_network),
}
"""The variants by name, in the order of the report."""


def train_variant(name: str, recipe: NamedRecipe, material: Material, fold: int, folder: Path, seed: int) -> None:
    """Train a shortened variant and save it like ``train_fold``."""
    short = replace(recipe, config=replace(recipe.config, epochs=EPOCHS))
    split = material.split(fold)
    changed, changed_split = VARIANTS[name].change(short, split)
    snapshot, run = train_recipe(changed, changed_split, seed)
    write_run(folder / f"{name}-{fold}.digitlab", snapshot, run)
    answer(snapshot, material, split).save(folder / f"{name}-{fold}.npz")


def _with_outputs(spec: ModelSpec, count: int) -> ModelSpec:
    last = spec.layers[-1]
    assert isinstance(last, Dense)
    return spec.with_layer(len(spec.layers) - 1, replace(last, units=count))
