"""Reference measurements in separate processes, which print their result on the last line."""

import subprocess
import sys
from typing import Final

_TIMEOUT_S: Final = 300.0
_LAST: Final = 300


def last_line(*arguments: str) -> str:
    """Run Python with some arguments; return the last line that it printed.

    Raises:
        RuntimeError: If it failed; it has the last line of what was said on standard error.
    """
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=_TIMEOUT_S, errors="replace"
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        words = (done.stderr.strip().splitlines() or ["no message"])[-1][:_LAST]
        raise RuntimeError(f"{' '.join(arguments[:3])} ended with exit code {done.returncode}: {words}")
    return lines[-1]
