"""The names and one-sentence descriptions of a recipe's options, and of the network it trains. No widgets."""

from collections.abc import Sequence
from typing import Final

from digitlab.model.spec import ModelSpec
from digitlab.training.config import WARMUP_STEPS, Augmentation, Optimizer, Schedule
from digitlab.training.recipes import NamedRecipe
from digitlab.words.lists import listed
from digitlab.words.names import one_line

OPTIMIZERS: Final = {
    Optimizer.SGD: ("SGD", "Plain gradient descent, as in the tutorial: each step follows the gradient of its batch."),
    Optimizer.MOMENTUM: ("Momentum", "SGD with momentum: nine tenths of the last step are added to each step."),
    Optimizer.NESTEROV: ("Nesterov", "Momentum, with the gradient computed where the momentum step would lead."),
    Optimizer.RMSPROP: (
        "RMSprop",
        "Each weight has its own step size, smaller where its recent gradients were large.",
    ),
    Optimizer.ADAGRAD: ("Adagrad", "Each weight has its own step size, which only ever decreases."),
    Optimizer.ADAM: ("Adam", "Momentum, and its own step size for each weight; usually the fastest start."),
}

SCHEDULES: Final = {
    Schedule.CONSTANT: ("Constant", "The same learning rate from the first step to the last."),
    Schedule.WARMUP_COSINE: (
        "Warm-up and cosine",
        f"The learning rate rises over the first {WARMUP_STEPS} steps, then falls to 0 along half a cosine.",
    ),
}

AUGMENTATIONS: Final = {
    Augmentation.NONE: ("None", "The images as they are, the same in every epoch."),
    Augmentation.IMAGES: (
        "Warped images",
        "About half of the images are slightly rotated, shifted, scaled and distorted, differently in every epoch: "
        "more variety than there are images. Takes longer.",
    ),
    Augmentation.DRAWINGS: (
        "Images and drawings",
        "In addition to the warped images, drawings are warped as strokes, with a random pen width each time. From "
        "drawings without a label, a network with an eleventh output learns what is not a digit.",
    ),
}


def recipe_note(recipe: NamedRecipe, *, is_mnist: bool = True) -> str:
    """Return what a recipe is for, and what it reaches on MNIST; nothing is promised for other data.

    Args:
        recipe: The recipe.
        is_mnist: Whether it is used on MNIST.
    """
    if not recipe.on_mnist:
        return recipe.explanation
    return f"{recipe.explanation} On MNIST: {recipe.on_mnist}{'' if is_mnist else '; not measured on other data'}."


def trained_network(spec: ModelSpec) -> str:
    """Return what the next training trains."""
    return f"Trains “{one_line(spec.name)}” with {spec.total_parameters:,} parameters."


def trained_instead(spec: ModelSpec, unapplied: Sequence[str]) -> str:
    """Return what the next training trains while an edit of the network is invalid.

    Args:
        spec: The last valid network.
        unapplied: The edited fields, such as "conv1 filters".
    """
    parameters = f"{spec.total_parameters:,} parameters"
    return f"Not applied: {listed(unapplied)}. Train uses the last valid network, with {parameters}."
