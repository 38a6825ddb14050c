"""``digitlab lesson``: checks lesson files, and lists what lesson files can contain."""

from collections.abc import Sequence
from pathlib import Path

from digitlab.commands.terminal import show_error, write_json, write_line
from digitlab.lessons.reading.reader import examine
from digitlab.lessons.reference import reference_lines
from digitlab.lessons.rehearsal import rehearse
from digitlab.system.errors import DigitLabError
from digitlab.words.numbers import count

EXIT_MISTAKES = 2
"""As for any wrong input."""


def check(paths: Sequence[Path], *, as_json: bool) -> int:
    """Check lessons, and write each mistake with its file and line; returns the exit code.

    A lesson without mistakes is also played through without a window, so that everything in it is computed once.

    Args:
        paths: The Markdown or the YAML file of each lesson.
        as_json: Whether to write one JSON object for each mistake.
    """
    results = [_check(path, as_json=as_json) for path in paths]
    return 0 if all(results) else EXIT_MISTAKES


def _check(path: Path, *, as_json: bool) -> bool:
    """Check a lesson; returns whether it is without mistakes."""
    try:
        read = examine(path)
    except DigitLabError as error:
        show_error(error)
        return False
    mistakes = read.mistakes or rehearse(read.lesson)
    for mistake in mistakes:
        if as_json:
            write_json(
                {"file": mistake.file, "line": mistake.line, "found": mistake.found, "expected": mistake.expected}
            )
        else:
            write_line(str(mistake))
    if not mistakes and not as_json:
        exercises = sum(step.exercise is not None for step in read.lesson.steps)
        steps = count(len(read.lesson.steps), "step")
        write_line(f"{path}: no mistakes. “{read.lesson.title}” has {steps}, {exercises} with a question or task.")
    return not mistakes


def show_reference() -> int:
    """Write everything that lesson files can name, as Markdown; returns the exit code."""
    for line in reference_lines():
        write_line(line)
    return 0
