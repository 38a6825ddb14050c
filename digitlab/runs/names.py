"""Names of runs, each of them unique."""

import re
from collections.abc import Collection, Iterable
from itertools import count
from typing import Final

from digitlab.runs.schema import MAXIMUM_NAME_LENGTH
from digitlab.training.events import TrainingStarted
from digitlab.training.recipes import RECIPES, recipe_of

_MAXIMUM_STEM_LENGTH: Final = MAXIMUM_NAME_LENGTH - 10
"""Maximum length of a name before its number, in characters."""


def default_name(started: TrainingStarted, given: Iterable[str]) -> str:
    """Return a new name for a run, made of its recipe and a number: ``Tutorial 1``, ``Tutorial 2``.

    The number is one above the highest that was ever given with this title, so that a name never means two runs.
    """
    recipe = recipe_of(started.spec, started.config)
    title = (started.spec.name if recipe is None else RECIPES[recipe].title)[:_MAXIMUM_STEM_LENGTH]
    names = {*given} if started.origin is None else {*given, started.origin.run_name}
    return unique_name(f"{title} {_highest(title, names) + 1}", names)


def unique_name(requested: str, taken: Iterable[str]) -> str:
    """Return the requested name, with a number appended if another run already has it."""
    names = {name.casefold() for name in taken}
    bare = " ".join(requested.split())[:MAXIMUM_NAME_LENGTH] or "Training"
    if bare.casefold() not in names:
        return bare
    stem = re.sub(r" \d+$", "", bare)[:_MAXIMUM_STEM_LENGTH]
    first = max(_highest(stem, names), 1) + 1
    return next(name for number in count(first) if (name := f"{stem} {number}").casefold() not in names)


def _highest(title: str, names: Collection[str]) -> int:
    """Return the highest number after a title among the names; 0 if there is none."""
    numbered = re.compile(re.escape(title) + r" ([0-9]{1,7})", re.IGNORECASE)
    return max((int(found[1]) for found in map(numbered.fullmatch, names) if found), default=0)
