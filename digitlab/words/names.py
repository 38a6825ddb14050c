"""Names and other text from outside, as shown in the window and in the terminal."""

import re
from typing import Final

MOST: Final = 80
"""Maximum length of a name on screen, in characters; longer names are shortened in the middle."""

_UNSAFE: Final = re.compile(
    # Control characters, line and paragraph separators; marks that turn the direction of the text around; characters
    # that are not visible; halves of surrogate pairs, which stand for the bytes of file names that are not UTF-8.
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    r"""Return text with control characters and direction marks as escapes, for example ``\x1b`` or ``\u202e``.

    It is one line, cannot move the cursor of a terminal, and does not reorder the text beside it.
    """
    return _UNSAFE.sub(_escape, text)


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


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
