"""Reading JSON from outside: a few kilobytes of brackets can become gigabytes of objects."""

import json
import re
from typing import Any, Final, NoReturn

MAXIMUM_DEPTH: Final = 50
"""Limit on brackets within brackets; our own files have up to five."""

MAXIMUM_VALUES: Final = 500_000
"""Limit on the values in a text. Each takes up to 250 bytes of memory."""

_HARMLESS_BYTES: Final = 16_384
"""Texts up to this size, such as most drawings, are not checked: they take a few megabytes at most."""

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string; it need not end, so that the time stays linear in the length."""
_BRACKET: Final = re.compile(rb"[\[\]{}]")


def parse_json(content: bytes | bytearray) -> Any:
    """Return the value of a JSON text, after its depth and the number of its values were checked.

    Args:
        content: UTF-8, perhaps with a byte order mark. The caller limits its size.

    Raises:
        ValueError: If it is not JSON (``NaN`` and ``Infinity`` are not), or has too many values.
    """
    if len(content) > _HARMLESS_BYTES:
        _check(content)
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("depth") from error


def _check(content: bytes | bytearray) -> None:
    bare = _STRING.sub(b"", content)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > MAXIMUM_VALUES:
        raise ValueError("values")
    depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAXIMUM_DEPTH:
            raise ValueError("depth")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
