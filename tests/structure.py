"""The rooms of the package, which way imports run between them, and what breaks the rules.

``python -m tests.structure`` prints it; ``tests/unit/test_imports.py`` holds it. A room is a folder of ``digitlab``, or
a file that stands directly in ``digitlab`` or in ``digitlab/gui``.
"""

from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = REPOSITORY / "digitlab"

FLOORS: Final = (
    ("system",),
    ("data.drawing", "data.digit"),
    ("data", "data.files", "data.mine"),
    ("model", "model.files"),
    ("insight", "training.examples"),
    ("training", "evaluation"),
    ("runs",),
    ("gui.theme",),
    ("gui.words", "gui.messages", "gui.widgets"),
    ("gui.charts", "gui.session"),
    (
        "gui.draw",
        "gui.inspect",
        "gui.inspect.unit",
        "gui.network",
        "gui.train",
        "gui.learning",
        "gui.runs",
        "gui.evaluate",
        "gui.mydigits",
        "gui.replay",
        "gui.files",
    ),
    ("gui.features",),
    ("gui.actions",),
    ("gui.main_window",),
    ("gui.app",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
"""From the ground up: a room may import what stands on a lower floor, and nothing else but what BESIDE names."""
