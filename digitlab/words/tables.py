"""A table of texts in the formats in which other programs take it."""

import csv
import io
from collections.abc import Sequence

Table = Sequence[Sequence[str]]
"""Rows of equal length, the headers first."""


def tab_separated(table: Table) -> str:
    """Return a table as spreadsheets take it from the clipboard."""
    return "\n".join("\t".join(row) for row in table)


def markdown(table: Table) -> str:
    """Return a table as Markdown: the first column to the left, the others to the right."""
    headers, *rows = table
    rule = ("---", *("---:" for _ in headers[1:]))
    escaped = ([cell.replace("|", r"\|") for cell in row] for row in (headers, rule, *rows))
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped) + "\n"


def comma_separated(table: Table) -> str:
    """Return a table as CSV (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue()
