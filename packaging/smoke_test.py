"""Start an installed or frozen DigitLab as a user would, and check its output.

Usage: ``python packaging/smoke_test.py [PROGRAM]``, where PROGRAM is the ``digitlab`` of a bundle, of a wheel's
environment or of this checkout (the default: the one beside the running Python). It needs no display, no internet and
no user files, and only Python's standard library.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MINIMUM_SIDE: Final = 400  # px; every screenshot shows the whole window
MINIMUM_BYTES: Final = 5_000  # an empty window in one colour takes less
MINIMUM_PICTURES: Final = 3  # Draw, Train, Look inside
TUTORIAL_PARAMETERS: Final = 62_346
TIMEOUT_S: Final = 600


class SmokeError(Exception):
    """A failure of the smoke test, in one sentence."""


def run(program: str, arguments: list[str], home: Path) -> str:
    """Run the program with its own data folders and return its standard output; any exit code but 0 is an error."""
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME"}}
    environment |= {"QT_QPA_PLATFORM": "offscreen"}
    for name in ("DIGITLAB_DATA", "DIGITLAB_HOME", "DIGITLAB_CONFIG", "DIGITLAB_STATE"):
        environment[name] = str(home / name.lower())
    done = subprocess.run(
        [program, *arguments],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise SmokeError(f"'digitlab {' '.join(arguments)}' ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def check_picture(path: Path) -> str:
    """Check that a file is a PNG of a non-empty window, and describe it."""
    content = path.read_bytes()
    if not content.startswith(PNG_SIGNATURE) or len(content) < MINIMUM_BYTES:
        raise SmokeError(f"{path.name} is not a screenshot of a window ({len(content)} bytes).")
    width, height = struct.unpack(">II", content[16:24])
    if min(width, height) < MINIMUM_SIDE:
        raise SmokeError(f"{path.name} is only {width} x {height} pixels.")
    return f"{path.name}: {width} x {height}, {len(content) // 1024} KB"


def check_summary(output: str) -> None:
    """Check the JSON that ``digitlab summary`` prints for the tutorial's network."""
    total = json.loads(output.strip().splitlines()[-1])["total_parameters"]
    if total != TUTORIAL_PARAMETERS:
        raise SmokeError(f"The tutorial's network has {total} parameters instead of {TUTORIAL_PARAMETERS}.")


def smoke_test(program: str) -> None:
    """Run ``summary`` and ``demo`` and check their output."""
    with tempfile.TemporaryDirectory(prefix="digitlab-smoke-") as folder:
        home = Path(folder)
        check_summary(run(program, ["summary", "--preset", "tutorial", "--json"], home))
        print("summary: the tutorial's network has 62,346 parameters")
        run(program, ["demo", "--out", str(home / "pictures")], home)
        pictures = sorted((home / "pictures").rglob("*.png"))
        if len(pictures) < MINIMUM_PICTURES:
            raise SmokeError(f"The demo saved {len(pictures)} screenshots instead of one of every tab.")
        for picture in pictures:
            print(check_picture(picture))


def main(arguments: list[str]) -> int:
    """Test the named program, or the one of this Python's environment."""
    beside = Path(sys.executable).with_name("digitlab.exe" if os.name == "nt" else "digitlab")
    program = shutil.which(arguments[0] if arguments else str(beside))
    if program is None:
        print(f"There is no program {arguments[0] if arguments else beside}.", file=sys.stderr)
        return 2
    try:
        smoke_test(str(Path(program).absolute()))
    except (SmokeError, subprocess.TimeoutExpired) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    print("The smoke test passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
