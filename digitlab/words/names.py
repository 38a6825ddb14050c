"""Names and other text from outside, as shown in the window and in the terminal."""

from typing import Final

from digitlab.system.visible import visible

__all__ = ["MOST", "one_line", "visible"]

MOST: Final = 80
"""Maximum length of a name on screen, in characters; longer names are shortened in the middle."""


def one_line(name: str, most: int = MOST) -> str:
    """Return a name for a row of the window or of the terminal: visible, and shortened in the middle if it is long.

    Args:
        name: The name of a network, a run, a dataset or a file.
        most: Maximum length in characters, at least 3.
    """
    shown = visible(name[: 4 * most] + name[-4 * most :] if len(name) > 8 * most else name)
    if len(shown) <= most:
        return shown
    end = (most - 1) // 2  # a file name ends in its type, a run's name in its number
    return f"{shown[: most - 1 - end]}…{shown[-end:]}"
