"""Names of runs and of shipped networks. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitlab.training.recipes import RECIPES, recipe_of

if TYPE_CHECKING:
    from digitlab.runs.run import NamedRun, Run

_UNNAMED = "This run"


def names_of(run: Run | None, compared: NamedRun | None) -> tuple[str, str]:
    """Return distinct names for a run and the run compared with it; empty where there is none.

    If they were trained on different datasets, the names include the datasets, as the curves are not comparable.
    """
    name = "" if run is None else _recipe_title(run)
    if compared is None:
        return name, ""
    if run is None:
        return "", compared.name
    if name == compared.name:
        name = _UNNAMED
    ours, theirs = run.started.dataset_name, compared.run.started.dataset_name
    if ours == theirs:
        return name, compared.name
    return f"{name} · {ours}", f"{compared.name} · {theirs}"


def shipped_title(name: str) -> str:
    """Return the title of a shipped model."""
    return RECIPES[name].title if name in RECIPES else name.capitalize()


def _recipe_title(run: Run) -> str:
    recipe = recipe_of(run.started.spec, run.started.config)
    return _UNNAMED if recipe is None else RECIPES[recipe].title
