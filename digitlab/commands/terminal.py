"""Output to a terminal or a pipe: results on standard output, everything else on standard error."""

import json
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from digitlab.system.errors import DigitLabError
from digitlab.system.visible import visible
from digitlab.words.numbers import percent

if TYPE_CHECKING:
    from digitlab.data.files.drawings_file import LeftOut

_log = logging.getLogger(__name__)

_REDRAW_PERIOD_S: Final = 0.1
_BAR_CELLS: Final = 24
_ERASE_LINE: Final = "\r\x1b[K"


def write_line(text: str) -> None:
    """Write a line of the result to standard output, control characters escaped, and flush it.

    Raises:
        BrokenPipeError: If the reader has closed the pipe.
        DigitLabError: If it cannot be written for another reason, for example a full disk.
    """
    _write_output(visible(text))


def write_json(record: Mapping[str, Any]) -> None:
    """Write an object as one line of JSON to standard output; see ``write_line``."""
    # JSON itself escapes all control characters but this one.
    _write_output(json.dumps(record, allow_nan=False).replace("\x7f", r"\u007f"))


def _write_output(line: str) -> None:
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DigitLabError(
            f"The result could not be written: {error.strerror or type(error).__name__}.",
            remedy="Check where the output is redirected to.",
        ) from error


def write_message(text: str) -> None:
    """Write a message to standard error, as one line with control characters escaped.

    If that is impossible, because the terminal was closed or the disk is full, the message is in the log.
    """
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{visible(text)}\n")
        sys.stderr.flush()
    except OSError as error:
        _log.warning("A message could not be written (%s): %s", error, text)


def show_error(error: DigitLabError) -> None:
    """Write an error to standard error."""
    write_message(f"digitlab: {error}")


def show_left_out(left_out: "LeftOut") -> None:
    """Warn on standard error of the lines of a file that are left out."""
    write_message(f"digitlab: {left_out.text}")


class ProgressBar:
    """A progress bar on standard error; shows nothing if that is not a terminal."""

    def __init__(self) -> None:
        """Create a bar that is not shown yet."""
        self._stream = sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None
        self._drawn_s = -1.0

    def show(self, text: str, share: float) -> None:
        """Show the present task and the completed share, 0..1; frequent calls are cheap."""
        now = time.monotonic()
        if self._stream is None or (now - self._drawn_s < _REDRAW_PERIOD_S and share < 1.0):
            return
        self._drawn_s = now
        filled = round(_BAR_CELLS * min(max(share, 0.0), 1.0))
        bar = f"[{'#' * filled}{'.' * (_BAR_CELLS - filled)}]"
        self._write(f"{_ERASE_LINE}{bar} {percent(share, decimals=0):>5}  {visible(text)}")

    def clear(self) -> None:
        """Erase the bar, so that a line can be written."""
        if self._drawn_s >= 0.0:
            self._drawn_s = -1.0
            self._write(_ERASE_LINE)

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            _log.warning("The progress bar is hidden, because it could not be written: %s", error)
            self._stream = None


def table(rows: Sequence[tuple[str, ...]], right_aligned: frozenset[int]) -> list[str]:
    """Format rows in aligned columns.

    Args:
        rows: At least one row; all have the same number of cells.
        right_aligned: Indices of the columns with numbers.

    Returns:
        One line per row.
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column in right_aligned else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
