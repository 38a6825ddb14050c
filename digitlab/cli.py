"""The command line: parses the arguments and imports only what the chosen command needs."""

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
from typing import TYPE_CHECKING, Any, Final, NoReturn

from digitlab import __version__
from digitlab.commands.terminal import show_error, write_message
from digitlab.system.assets import DEFAULT_MODEL
from digitlab.system.errors import DigitLabError, dependency_error
from digitlab.system.signals import Escalation, Interruption, end_at_once, handled, interrupt
from digitlab.system.work import running_workers

if TYPE_CHECKING:
    from digitlab.commands.train import TrainOptions

_log = logging.getLogger(__name__)

EXIT_BUG: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_BROKEN_PIPE: Final = 141
"""128 + SIGPIPE: the convention when the reader closes a pipe."""

COMMANDS: Final = ("predict", "train", "evaluate", "summary", "demo")

_OPEN: Final = " open"
"""The name of the parser of ``digitlab [FILE]``; no argument can be equal to it by accident."""

_DESCRIPTION: Final = """\
Draw digits, train the classic Keras network and look inside it.

  digitlab [FILE]          open the window, with a model, a drawing or an image
  digitlab COMMAND ...     run a command without a window

To open a file that is named like a command, give its path: digitlab ./train"""


class _Parser(argparse.ArgumentParser):
    """Reports wrong usage in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise DigitLabError(f"{message[:1].upper()}{message[1:]}.", remedy=f"See {self.prog} --help.")


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
    options = _parser().parse_args([_OPEN, *arguments] if is_window else arguments)
    return _dispatch(options)


def _dispatch(options: argparse.Namespace) -> int:
    match options.command:
        case "predict":
            from digitlab.commands import predict

            return predict.run(options.paths, options.model, as_json=options.json, is_strict=options.strict)
        case "train":
            from digitlab.commands import train

            return train.run(_train_options(options))
        case "evaluate":
            from digitlab.commands import evaluate

            return evaluate.run(options.model, options.data, as_json=options.json, is_strict=options.strict)
        case "summary":
            from digitlab.commands import summary

            return summary.run(options.preset, options.model, as_json=options.json)
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


def _train_options(options: argparse.Namespace) -> "TrainOptions":
    from digitlab.commands.train import TrainOptions

    return TrainOptions(
        recipe=options.recipe,
        preset=options.preset,
        data=options.data,
        drawings=tuple(options.drawings),
        epochs=options.epochs,
        batch_size=options.batch_size,
        optimizer=options.optimizer,
        learning_rate=options.learning_rate,
        schedule=options.schedule,
        augmentation=options.augmentation,
        seed=options.seed,
        out=options.out,
        as_json=options.json,
        is_strict=options.strict,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="digitlab",
        usage="digitlab [FILE] | digitlab COMMAND ... [--help]",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"DigitLab {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND", prog="digitlab")
    window = commands.add_parser(_OPEN, prog="digitlab")
    window.add_argument("file", type=Path, nargs="?", metavar="FILE")
    _add_predict(commands)
    _add_train(commands)
    _add_evaluate(commands)
    _add_summary(commands)
    _add_demo(commands)
    return parser


def _add_command(commands: Any, name: str, summary: str, details: str, example: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}. {details}".rstrip(),
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def _add_json(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--json", action="store_true", help=f"write {what} to standard output, and nothing else")


def _add_strict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse a file of drawings if a line is no drawing, instead of leaving that line out with a warning",
    )


def _add_data(parser: argparse.ArgumentParser, more: str = "") -> None:
    parser.add_argument(
        "--data",
        default="mnist",
        metavar="mnist|builtin|PATH",
        help=f"dataset: mnist (downloaded once), builtin (generated by DigitLab), {more}an .npz file or a folder with "
        "the files of MNIST (default: %(default)s)",
    )


def _add_predict(commands: Any) -> None:
    parser = _add_command(
        commands,
        "predict",
        "classify the digits in images and drawings",
        "Drawings are preprocessed to 28x28\npixels as on the canvas. A file that cannot be read is reported, and "
        "the\nothers are still classified.\n\n"
        "keys of --json:\n"
        "  source, index   the file, and the index of the drawing in it, from 0\n"
        "  digit           the predicted digit; null for a blank image, for a non-digit,\n"
        "                  and for several digits side by side\n"
        "  digits          all predicted digits from left to right: usually only one\n"
        "  probabilities   of the digits 0 to 9, assuming that it is a digit\n"
        "  is_digit        the confidence that it is a single digit, 0 to 1; for a\n"
        "                  network with ten outputs, the largest output\n"
        "  verdict         the answer as a text\n"
        "  label           the label of a drawing, or null",
        "digitlab predict --json seven.png drawings.jsonl.gz",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="an image, or drawings (.jsonl, .jsonl.gz)")
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar="FILE|NAME",
        help="a .digitlab file or a shipped model (default: %(default)s)",
    )
    _add_strict(parser)
    _add_json(parser, "one JSON object per image or drawing")


def _add_train(commands: Any) -> None:
    parser = _add_command(
        commands,
        "train",
        "train a network",
        "A recipe is a network with its hyperparameters; each further\noption changes one of them. The network is "
        "evaluated\non the test digits after each epoch. Ctrl+C stops the training after the current\nbatch; what was "
        "learned until then is saved as at the end.",
        "digitlab train --recipe fast --data builtin --epochs 2 --out mine.digitlab",
    )
    parser.add_argument(
        "--recipe",
        default="tutorial",
        metavar="NAME",
        help="tutorial (the classic), fast (the same network with a modern recipe) or pen (a larger network that is "
        "also trained on drawings) (default: %(default)s)",
    )
    parser.add_argument("--preset", metavar="NAME", help="another network: tutorial or pen")
    _add_data(parser)
    parser.add_argument(
        "--drawings",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="drawings to train on (.jsonl, .jsonl.gz): with a label they are digits, without one they are not "
        "(default: generated digits)",
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="passes over the training digits (tutorial: 10)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="digits per step (tutorial: 100)")
    parser.add_argument(
        "--optimizer", metavar="NAME", help="sgd, momentum, nesterov, rmsprop, adagrad or adam (tutorial: sgd)"
    )
    parser.add_argument(
        "--learning-rate",
        type=float,
        metavar="X",
        help="learning rate (tutorial: 0.01; with another optimizer: its usual one)",
    )
    parser.add_argument(
        "--schedule",
        metavar="NAME",
        help="learning rate schedule: constant, or cosine (warm-up and cosine decay) (tutorial: constant)",
    )
    parser.add_argument(
        "--augmentation",
        metavar="NAME",
        help="none, images (warped differently in every epoch) or drawings (images and strokes) (tutorial: none)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="seed of initial weights and order of digits (default: 1)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="save the network and its run as a .digitlab file")
    _add_strict(parser)
    _add_json(parser, "one JSON object per epoch (epoch, loss, accuracy, val_loss, val_accuracy, seconds)")


def _add_evaluate(commands: Any) -> None:
    parser = _add_command(
        commands,
        "evaluate",
        "evaluate a network on the test digits of a dataset, or on drawings",
        "Drawings\nwithout a label count as non-digits.\n\n"
        "keys of --json:\n"
        "  accuracy            share of the digits that are classified correctly, 0 to 1\n"
        "  loss                mean loss\n"
        "  calibration_error   expected calibration error: mean difference between\n"
        "                      confidence and accuracy, 0 to 1 (20 bins)\n"
        "  confusion           confusion matrix: rows are true, columns predicted digits\n"
        "  digits              precision, recall, F1 and support of each digit\n"
        "  no_digits           for drawings without a label: their count, the area\n"
        "                      under the ROC curve of is_digit (auc), and the share of\n"
        "                      them rejected when 2 % of the digits are (questioned)",
        "digitlab evaluate tutorial --data mnist",
    )
    parser.add_argument("model", metavar="MODEL", help="a .digitlab file or a shipped model such as pen")
    _add_data(parser, "a file of drawings (.jsonl, .jsonl.gz), ")
    _add_strict(parser)
    _add_json(parser, "one JSON object")


def _add_summary(commands: Any) -> None:
    parser = _add_command(
        commands,
        "summary",
        "list a network's layers with shapes, parameters and costs",
        "",
        "digitlab summary --preset two-conv",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("model", nargs="?", metavar="MODEL", help="a .digitlab file or a shipped model")
    which.add_argument(
        "--preset", metavar="NAME", help="tutorial, two-conv or one-conv (default without MODEL: tutorial)"
    )
    _add_json(parser, "one JSON object (layers, total_parameters)")


def _add_demo(commands: Any) -> None:
    parser = _add_command(
        commands,
        "demo",
        "run the window automatically and save screenshots of its panels",
        "It draws,\ntrains two short epochs and opens every panel, with or without a display.",
        "digitlab demo --out pictures",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("demo-output"), metavar="DIR", help="output folder (default: %(default)s)"
    )
    _add_json(parser, "the results as JSON objects")


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
