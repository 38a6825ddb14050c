"""Pictures of every panel: ``python -m tests.screens FOLDER [SCALE]``, in both themes, at four sizes of the window.

Each size is one of logical pixels, at a scale of 1, 1.5 or 2; without SCALE, one process for each.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

SIZES: Final = ((960, 600), (1024, 700), (1280, 800), (1920, 1080))
SCALED: Final = ((960, 540), (1280, 720))
"""What is left of a screen of 1920x1080 at a scale of 2 and of 1.5."""

SCALES: Final = {"1": SIZES, "1.5": (SCALED[1],), "2": (SCALED[0],)}


def take(folder: Path, scale: str) -> None:
    """Save the pictures at one scale, which was set before the application was created."""
    from digitlab.gui import theme
    from digitlab.gui.app.application import make_application
    from tests.helpers.panels import filled_window, settle, walk

    app = make_application()
    with filled_window() as window:
        for scheme in (theme.ColourScheme.LIGHT, theme.ColourScheme.DARK):
            theme.apply_scheme(app, scheme)
            for width, height in SCALES[scale]:
                window.resize(width, height)
                settle(120)
                for name in walk(window):
                    window.grab().save(str(folder / f"{name}-{scheme}-{width}x{height}@{scale}.png"))


def main(folder: str, *scales: str) -> None:
    """Take the pictures at the given scales, each in a process with its own folders for data and settings."""
    if folder.startswith("-") or not set(scales) <= set(SCALES):
        raise SystemExit(__doc__)
    Path(folder).mkdir(parents=True, exist_ok=True)
    for scale in scales or SCALES:
        with tempfile.TemporaryDirectory() as own:
            folders = {f"DIGITLAB_{name}": str(Path(own) / name) for name in ("DATA", "HOME", "CONFIG", "STATE")}
            environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **folders, "QT_SCALE_FACTOR": scale}
            code = f"from pathlib import Path; from tests.screens import take; take(Path({folder!r}), {scale!r})"
            subprocess.run([sys.executable, "-c", code], env=environment, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:] or ["-"])
