"""The command line: runs the chosen command, imports only what that needs, and reports failures."""

import argparse
import difflib
import errno
import gc
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from digitlab.commands.arguments import COMMANDS, OPEN, make_parser, train_options
from digitlab.commands.terminal import show_error, write_message
from digitlab.system.errors import DigitLabError, dependency_error
from digitlab.system.signals import Escalation, Interruption, end_at_once, handled, interrupt
from digitlab.system.work import running_workers

_log = logging.getLogger(__name__)

EXIT_BUG: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_BROKEN_PIPE: Final = 141
"""128 + SIGPIPE: the convention when the reader closes a pipe."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run DigitLab.

    Args:
        arguments: The arguments after the program's name; None takes those of the process.

    Returns:
        The exit code: 0; 2 for wrong usage or input; 1 for a bug in DigitLab; 128 + its number after
        a signal, as 130 after Ctrl+C.
    """
    # Set before NumPy is imported: one thread is faster for small matrices (p95 of the lens: 0.6 ms instead of 18 ms).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_closed_streams()
    _accept_any_text()
    signals = Escalation(interrupt, end_at_once)
    with handled(signals.handle):
        try:
            code = _report_failures(sys.argv[1:] if arguments is None else arguments, signals)
        except Interruption as interruption:  # while the report was written
            code = interruption.exit_code
    # The import of TensorFlow cannot be cancelled; and once it is loaded, Python takes a second to end, several on a
    # busy machine.
    if running_workers() or (arguments is None and "tensorflow" in sys.modules):
        os._exit(code)
    return code


def _report_failures(arguments: Sequence[str], signals: Escalation) -> int:
    """Run a command, and report its failure in one sentence; returns the exit code."""
    log_file: Path | None = None
    with ExitStack() as stack:
        try:
            # Imported here, like the commands below, to keep the window's start-up short.
            from digitlab.system.log import logging_to_file

            log_file = stack.enter_context(logging_to_file())
            code = _run(arguments)
            _flush()
        except BrokenPipeError:
            _abandon_output()
            return EXIT_BROKEN_PIPE
        except SystemExit as ended:  # argparse, after --help and --version
            return ended.code if isinstance(ended.code, int) else 0
        except BaseException as error:  # noqa: BLE001 - the edge of the program: any failure is one sentence
            # Libraries may have turned an interruption into an error of their own.
            interrupted = error.exit_code if isinstance(error, Interruption) else signals.exit_code
            if interrupted is None:
                return _report(error, log_file)
            write_message("Interrupted.")
            return interrupted
        return code


def _report(error: BaseException, log_file: Path | None) -> int:
    """Report a failure in one sentence, with the details in the log; returns the exit code."""
    known = error if isinstance(error, DigitLabError) else dependency_error(error)
    if log_file is not None:  # otherwise Python would print the record
        level, text = (logging.ERROR, "DigitLab failed.") if known is None else (logging.WARNING, str(known))
        _log.log(level, "%s", text, exc_info=error.__cause__ if known is error else error)
    if known is not None:
        show_error(known)
        return EXIT_BAD_INPUT
    details = " | ".join("".join(traceback.format_exception(error)).splitlines())
    where = f"The details are in {log_file}." if log_file else f"The log could not be written. {details}"
    write_message(f"digitlab: DigitLab failed because of an internal error. {where}")
    return EXIT_BUG


def _run(arguments: Sequence[str]) -> int:
    is_window = not arguments or arguments[0] not in (*COMMANDS, "-h", "--help", "--version")
    if sys.stdout is None and not is_window:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
    options = make_parser().parse_args([OPEN, *arguments] if is_window else arguments)
    return _dispatch(options)


def _dispatch(options: argparse.Namespace) -> int:
    match options.command:
        case "predict":
            from digitlab.commands import predict

            return predict.run(options.paths, options.model, as_json=options.json, is_strict=options.strict)
        case "train":
            from digitlab.commands import train

            return train.run(train_options(options))
        case "evaluate":
            from digitlab.commands import evaluate

            return evaluate.run(
                options.model,
                options.data,
                as_json=options.json,
                is_strict=options.strict,
                is_distorted=options.distorted,
            )
        case "summary":
            from digitlab.commands import summary

            return summary.run(options.preset, options.model, as_json=options.json)
        case "lesson":
            from digitlab.commands import lesson

            is_check = options.what == "check"
            return lesson.check(options.paths, as_json=options.json) if is_check else lesson.show_reference()
        case "demo":
            with handled(end_at_once):  # as for the window
                from digitlab.gui.app.demo import run_demo

                return run_demo(options.out, options.json)
        case _:
            return _open_window(options.file)


def _open_window(file: Path | None) -> int:
    if file is not None:
        _check_argument(file)
    # An exception of a signal would be swallowed in the import of Qt, or abort it.
    with handled(end_at_once):
        _import_quickly()
        from digitlab.gui.app.application import open_window

        return open_window(file)


def _check_argument(file: Path) -> None:
    """Check that there is something to open, before the window opens.

    Raises:
        DigitLabError: If there is nothing, or something that is neither a file nor a folder.
    """
    from digitlab.system.reading import FileMissingError, check_file, is_folder

    try:
        if not is_folder(file):
            check_file(file)
    except FileMissingError as error:
        close = difflib.get_close_matches(str(file), COMMANDS, n=1)
        guess = f"Did you mean the command {close[0]}?" if close else "Check its name, or see digitlab --help."
        raise DigitLabError(f"There is no file {file}.", remedy=guess) from error


def _import_quickly() -> None:
    """Speed up the window's imports by a tenth of a second."""
    from digitlab.gui.app.imports import read_no_sources

    gc.disable()  # The window later collects garbage with its own timer.
    read_no_sources()


def _accept_any_text() -> None:
    """Escape file names that are not valid text in the output, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _open_closed_streams() -> None:
    """Open the null device in place of a closed standard stream; otherwise the next file would be its successor.

    What a library prints would end up in that file.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _abandon_output() -> None:
    """Discard what is still buffered for a closed pipe; otherwise Python would print an error at exit."""
    if sys.stdout is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
