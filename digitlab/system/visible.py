"""Text from outside as text that a terminal, a log and a window show as it is."""

import re
from typing import Final

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


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
