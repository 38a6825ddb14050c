"""Names of runs, each of them unique."""

import re
from collections.abc import Collection, Iterable
from itertools import count
from typing import Final

from digitlab.model.spec import ModelSpec
from digitlab.runs.schema import MAXIMUM_NAME_LENGTH
from digitlab.training.config import TrainingConfig
from digitlab.training.events import TrainingStarted
from digitlab.training.recipes import RECIPES, recipe_of

CUSTOM: Final = "Custom"
"""The name of runs with settings of their own."""

_MAXIMUM_STEM_LENGTH: Final = MAXIMUM_NAME_LENGTH - 10
"""Maximum length of a name before its number, in characters."""


def recipe_title(spec: ModelSpec, config: TrainingConfig) -> str:
    """Return the title of the recipe with these settings; empty if none has them."""
    recipe = recipe_of(spec, config)
    return "" if recipe is None else RECIPES[recipe].title


def run_title(started: TrainingStarted) -> str:
    """Return the title of a run's recipe, else the name of the run it continues or of its network, or ``Custom``.

    The presets have the names of the recipes made for them; a run with other settings must not be mistaken for one.
    """
    title = recipe_title(started.spec, started.config)
    if not title and started.origin is not None:
        title = _stem(started.origin.run_name)
    network = started.spec.name
    return title or (CUSTOM if network in {known.title for known in RECIPES.values()} else network)


def default_name(started: TrainingStarted, given: Iterable[str]) -> str:
    """Return a new name for a run, made of its recipe and a number: ``Tutorial 1``, ``Tutorial 2``.

    The number is one above the highest that was ever given with this title, so that a name never means two runs.
    """
    title = run_title(started)[:_MAXIMUM_STEM_LENGTH]
    names = {*given} if started.origin is None else {*given, started.origin.run_name}
    return unique_name(f"{title} {_highest(title, names) + 1}", names)


def unique_name(requested: str, taken: Iterable[str]) -> str:
    """Return the requested name, with a number appended if another run already has it."""
    names = {name.casefold() for name in taken}
    bare = " ".join(requested.split())[:MAXIMUM_NAME_LENGTH] or "Training"
    if bare.casefold() not in names:
        return bare
    stem = _stem(bare)
    first = max(_highest(stem, names), 1) + 1
    return next(name for number in count(first) if (name := f"{stem} {number}").casefold() not in names)


def _stem(name: str) -> str:
    """Return a name without its number."""
    return re.sub(r" \d+$", "", name)[:_MAXIMUM_STEM_LENGTH]


def _highest(title: str, names: Collection[str]) -> int:
    """Return the highest number after a title among the names; 0 if there is none."""
    numbered = re.compile(re.escape(title) + r" ([0-9]{1,7})", re.IGNORECASE)
    return max((int(found[1]) for found in map(numbered.fullmatch, names) if found), default=0)
