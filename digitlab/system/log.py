"""The log file, and redirecting TensorFlow's start-up messages from the terminal to it."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from digitlab.system.errors import DigitLabError
from digitlab.system.private import create_private, make_private, make_private_folder, private_opener
from digitlab.system.storage import state_folder
from digitlab.system.visible import visible

LOG_NAME: Final = "digitlab.log"
_MAXIMUM_BYTES: Final = 1_000_000
_OLD_FILES: Final = 3
_STDERR: Final = 2
_redirecting: Final = threading.Lock()
_FORMAT: Final = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


def log_path() -> Path:
    """Return the path of the log file. It may not exist."""
    return state_folder() / LOG_NAME


class _PlainFormatter(logging.Formatter):
    """Escapes control characters: a name with a line break or an escape sequence cannot forge a line of the log."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # as another formatter has written it
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - of logging.Formatter
        return visible(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - of logging.Formatter
        return "\n".join(f"  {visible(line)}" for line in super().formatException(ei).splitlines())


class _LateFileHandler(logging.Handler):
    """Creates the rotating handler with the first record, because importing it would delay the window."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, DigitLabError):  # a full disk: the log ends here, and the program goes on
            self._write(record)

    def _write(self, record: logging.LogRecord) -> None:
        if self._file is None:
            from logging.handlers import RotatingFileHandler

            class PrivateFileHandler(RotatingFileHandler):
                def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - of logging.Handler
                    if not isinstance(sys.exc_info()[1], OSError):
                        super().handleError(record)

                def _open(self) -> TextIOWrapper:
                    return open(
                        self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=private_opener
                    )

            self._file = PrivateFileHandler(
                self._path, maxBytes=_MAXIMUM_BYTES, backupCount=_OLD_FILES, encoding="utf-8", errors="backslashreplace"
            )
            self._file.setFormatter(self.formatter)
        self._file.emit(record)

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # a full disk
                self._file.close()
        super().close()


@contextmanager
def logging_to_file() -> Iterator[Path | None]:
    """Write all logs of the block to the rotating log file.

    Yields:
        The file; None if it cannot be written, in which case the logs are discarded.
    """
    handler: logging.Handler
    path: Path | None = log_path()
    try:
        make_private_folder(log_path().parent)
        create_private(log_path())
        for old in log_path().parent.glob(f"{LOG_NAME}.*"):
            make_private(old)
        handler = _LateFileHandler(log_path())
    except (OSError, DigitLabError):
        handler, path = logging.NullHandler(), None
    handler.setFormatter(_PlainFormatter(_FORMAT))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield path
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()


@contextmanager
def stderr_in_log() -> Iterator[None]:
    """Redirect what libraries write to the process's standard error during the block to the log file.

    TensorFlow prints some lines to file descriptor 2 before its logger can be configured, libtiff what is wrong with
    a file. Exceptions pass through, and the descriptor is always restored. While another thread redirects it, nothing
    is done.
    """
    if not _redirecting.acquire(blocking=False):
        yield
        return
    try:
        with _redirected():
            yield
    finally:
        _redirecting.release()


@contextmanager
def _redirected() -> Iterator[None]:
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
    try:
        kept = os.dup(_STDERR)
    except OSError:  # standard error is closed: nothing can be printed
        yield
        return
    try:
        target = _log_descriptor()
        os.dup2(target, _STDERR)
        os.close(target)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


def _log_descriptor() -> int:
    try:
        return private_opener(str(log_path()), os.O_WRONLY | os.O_APPEND)
    except (OSError, DigitLabError):
        return os.open(os.devnull, os.O_WRONLY)
