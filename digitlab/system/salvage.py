"""Reading the intact rows of a damaged SQLite file, page by page, where SQLite itself stops at the first bad page.

The format is https://www.sqlite.org/fileformat2.html: rows lie in the leaf pages of tables, long ones continue in
overflow pages. Neither the schema nor the pages above the leaves are needed. Free pages are left out, as they may hold
rows that were deleted.
"""

import struct
from collections.abc import Iterator
from typing import Final

Value = int | float | str | bytes | None
Record = tuple[int, tuple[Value, ...]]
"""The number of a row, and its columns; a column that is the row's number is None."""

_USUAL_PAGE_BYTES: Final = 4096
_PAGE_SIZES: Final = frozenset(1 << power for power in range(9, 17))
_HEADER_BYTES: Final = 100
_TABLE_LEAF: Final = 0x0D
_MAXIMUM_COLUMNS: Final = 64
_INTEGER_BYTES: Final = (0, 1, 2, 3, 4, 6, 8)
"""Bytes of an integer by its serial type."""

_LARGEST_ROW: Final = 2**63 - 1
"""The numbers of rows are signed; ours are positive."""


def intact_rows(content: bytes) -> Iterator[Record]:
    """Yield every row of any table that can still be read.

    Args:
        content: The file, without a write-ahead log.
    """
    pages = _Pages(content)
    for number in range(1, pages.count + 1):
        if number not in pages.free:
            yield from pages.rows(number)


class _Pages:
    """The pages of a file, numbered from 1."""

    def __init__(self, content: bytes) -> None:
        size = int.from_bytes(content[16:18], "big")
        size = 65536 if size == 1 else size
        self._size = size if size in _PAGE_SIZES else _USUAL_PAGE_BYTES
        reserved = content[20] if len(content) > 20 and content[20] <= 32 else 0
        self._usable = self._size - reserved
        self._content = content
        self._left = len(content)
        self.count = -(-len(content) // self._size)
        self.free = self._free_pages()

    def _page(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            raise ValueError("page")
        return self._content[(number - 1) * self._size : number * self._size]

    def _free_pages(self) -> set[int]:
        free: set[int] = set()
        trunk = int.from_bytes(self._content[32:36], "big")
        while 1 <= trunk <= self.count and trunk not in free:
            free.add(trunk)
            page = self._page(trunk)
            leaves = min(int.from_bytes(page[4:8], "big"), (len(page) - 8) // 4)
            if leaves > 0:
                free.update(struct.unpack_from(f">{leaves}I", page, 8))
            trunk = int.from_bytes(page[:4], "big")
        return free

    def rows(self, number: int) -> Iterator[Record]:
        """Yield the rows of a page, if it is a leaf of a table."""
        page = self._page(number)
        start = _HEADER_BYTES if number == 1 else 0
        if len(page) < start + 8 or page[start] != _TABLE_LEAF:
            return
        cells = int.from_bytes(page[start + 3 : start + 5], "big")
        for index in range(min(cells, (len(page) - start - 8) // 2)):
            place = start + 8 + 2 * index
            try:
                yield self._row(page, int.from_bytes(page[place : place + 2], "big"))
            except (ValueError, IndexError, struct.error):
                continue  # this row is damaged, others may not be

    def _row(self, page: bytes, place: int) -> Record:
        length, place = _variable(page, place)
        row, place = _variable(page, place)
        if row > _LARGEST_ROW:
            raise ValueError("row")
        return row, _columns(self._payload(page, place, length))

    def _payload(self, page: bytes, place: int, length: int) -> bytes:
        """Return the content of a row, gathered from its overflow pages."""
        self._left -= length
        if self._left < 0:  # the rows of a file are not larger than the file: these share their pages
            raise ValueError("length")
        largest, least = self._usable - 35, (self._usable - 12) * 32 // 255 - 23
        if length <= largest:
            return _exactly(page[place : place + length], length)
        local = least + (length - least) % (self._usable - 4)
        local = local if local <= largest else least
        parts = [_exactly(page[place : place + local], local)]
        following, left = int.from_bytes(page[place + local : place + local + 4], "big"), length - local
        while left > 0:
            overflow, count = self._page(following), min(left, self._usable - 4)
            parts.append(_exactly(overflow[4 : 4 + count], count))
            following, left = int.from_bytes(overflow[:4], "big"), left - count
        return b"".join(parts)


def _exactly(part: bytes, length: int) -> bytes:
    if len(part) != length:
        raise ValueError("cut")
    return part


def _variable(data: bytes, place: int) -> tuple[int, int]:
    """Return the integer of variable length at a place, and the place after it."""
    value = 0
    for _ in range(8):
        byte = data[place]
        place += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place
    return value << 8 | data[place], place + 1


def _columns(payload: bytes) -> tuple[Value, ...]:
    end, place = _variable(payload, 0)
    kinds: list[int] = []
    while place < end:
        kind, place = _variable(payload, place)
        kinds.append(kind)
        if len(kinds) > _MAXIMUM_COLUMNS:
            raise ValueError("columns")
    values = []
    for kind in kinds:
        value, place = _value(payload, place, kind)
        values.append(value)
    return tuple(values)


def _value(payload: bytes, place: int, kind: int) -> tuple[Value, int]:
    """Return the value of a serial type at a place, and the place after it."""
    if kind == 0:
        return None, place
    if kind in (8, 9):
        return kind - 8, place
    if kind in (10, 11):
        raise ValueError("reserved")
    size = _INTEGER_BYTES[kind] if kind <= 6 else 8 if kind == 7 else (kind - 12) // 2
    part = _exactly(payload[place : place + size], size)
    if kind <= 6:
        return int.from_bytes(part, "big", signed=True), place + size
    if kind == 7:
        return float(struct.unpack(">d", part)[0]), place + size
    return (part if kind % 2 == 0 else part.decode("utf-8", "replace")), place + size
