"""Names of recipes, files and runs. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digitlab.system.assets import model_path
from digitlab.training.recipes import RECIPES
from digitlab.words.names import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from digitlab.runs.run import NamedRun, Run

_UNNAMED: Final = "This run"


def names_of(run: Run | None, name: str, compared: NamedRun | None) -> tuple[str, str]:
    """Return distinct names for a run and the run compared with it; empty where there is none.

    If they were trained on different datasets, the names include the datasets, as the curves are not comparable.

    Args:
        run: The run, or None.
        name: Its name; empty if there is no run.
        compared: The run compared with it, or None.
    """
    if compared is None:
        return name, ""
    other = one_line(compared.name)
    if run is None:
        return "", other
    if name == other:
        name = _UNNAMED
    ours, theirs = one_line(run.started.dataset_name), one_line(compared.run.started.dataset_name)
    return (name, other) if ours == theirs else (f"{name} · {ours}", f"{other} · {theirs}")


def shipped_title(name: str) -> str:
    """Return the title of a shipped model."""
    return RECIPES[name].title if name in RECIPES else name.capitalize()


def file_title(path: Path) -> str:
    """Return the name of what a file contains: the title of a shipped model, or the name of the file."""
    return shipped_title(path.stem) if path == model_path(path.stem) else path.stem
