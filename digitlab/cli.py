"""The command line: reads the arguments and imports what the chosen command needs, and no more."""

import argparse
import difflib
import gc
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from digitlab import __version__
from digitlab.commands.interruption import EXIT_INTERRUPTED
from digitlab.system.assets import DEFAULT_MODEL
from digitlab.system.errors import DigitLabError

if TYPE_CHECKING:
    from digitlab.commands.train import TrainOptions

_log = logging.getLogger(__name__)

EXIT_BUG: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_BROKEN_PIPE: Final = 141
"""128 + SIGPIPE: how other programs end when the reader of a pipe goes away."""

COMMANDS: Final = ("predict", "train", "evaluate", "summary", "demo")

_OPEN: Final = " open"
"""The parser of ``digitlab [FILE]``; no argument can be equal to it by accident."""

_DESCRIPTION: Final = """\
Draw digits, train the classic Keras network and look inside it.

  digitlab [FILE]          open the window, with a model, a drawing or an image
  digitlab COMMAND ...     do one thing without a window

A file named like a command is opened by its path: digitlab ./train"""


class _Parser(argparse.ArgumentParser):
    """Tells wrong usage in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise DigitLabError(f"{message[:1].upper()}{message[1:]}.", remedy=f"See {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run DigitLab.

    Args:
        arguments: What was typed after the program's name; None takes it from the process.

    Returns:
        The exit code: 0; 2 for bad usage or input; 1 for our own bugs; 130 after Ctrl+C.
    """
    # Before NumPy is imported: one thread is faster for matrices as small as these (p95 of the lens 0.6 ms, not 18 ms).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _accept_any_text()
    # Imported here: on the way to the window nothing is imported that it does not need at once.
    from digitlab.system.log import logging_to_file

    with logging_to_file() as log_file:
        try:
            code = _run(sys.argv[1:] if arguments is None else arguments)
            _flush()
        except DigitLabError as error:
            _tell(f"digitlab: {error}")
            return EXIT_BAD_INPUT
        except KeyboardInterrupt:
            _tell("Interrupted.")
            return EXIT_INTERRUPTED
        except BrokenPipeError:
            _abandon_output()
            return EXIT_BROKEN_PIPE
        except SystemExit as ended:  # argparse, after --help and --version
            return ended.code if isinstance(ended.code, int) else 0
        except Exception:  # noqa: BLE001 - the edge of the program: whatever is wrong, it is told in one sentence
            _log.exception("DigitLab failed.")
            where = f"The details are in {log_file}." if log_file else f"No log could be written. {_traceback()}"
            _tell(f"digitlab: Something went wrong inside DigitLab. {where}")
            return EXIT_BUG
        return code


def _run(arguments: Sequence[str]) -> int:
    is_window = not arguments or arguments[0] not in (*COMMANDS, "-h", "--help", "--version")
    options = _parser().parse_args([_OPEN, *arguments] if is_window else arguments)
    return _dispatch(options)


def _dispatch(options: argparse.Namespace) -> int:
    match options.command:
        case "predict":
            from digitlab.commands import predict

            return predict.run(options.paths, options.model, as_json=options.json)
        case "train":
            from digitlab.commands import train

            return train.run(_train_options(options))
        case "evaluate":
            from digitlab.commands import evaluate

            return evaluate.run(options.model, options.data, as_json=options.json)
        case "summary":
            from digitlab.commands import summary

            return summary.run(options.preset, options.model, as_json=options.json)
        case "demo":
            from digitlab.gui.app.demo import run_demo

            return run_demo(options.out, options.json)
        case _:
            return _open_window(options.file)


def _open_window(file: Path | None) -> int:
    if file is not None and not file.exists():
        close = difflib.get_close_matches(str(file), COMMANDS, n=1)
        guess = f"Did you mean the command {close[0]}?" if close else "Check its name, or see digitlab --help."
        raise DigitLabError(f"There is no file {file}.", remedy=guess)
    _import_quickly()
    from digitlab.gui.app.application import open_window

    return open_window(file)


def _import_quickly() -> None:
    """Spare the window's imports a tenth of a second."""
    from digitlab.gui.app.imports import read_no_sources

    gc.disable()  # The window collects garbage by a timer of its own; until then there is none worth the time.
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
        description=f"{summary[:1].upper()}{summary[1:]}. {details}",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def _add_json(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--json", action="store_true", help=f"write {what} on standard output and nothing else")


def _add_data(parser: argparse.ArgumentParser, more: str = "") -> None:
    parser.add_argument(
        "--data",
        default="mnist",
        metavar="mnist|builtin|PATH",
        help=f"dataset: mnist (downloaded once), builtin (drawn by DigitLab), {more}an .npz file or a folder with "
        "MNIST's files (default: %(default)s)",
    )


def _add_predict(commands: Any) -> None:
    parser = _add_command(
        commands,
        "predict",
        "say which digits are on images and in drawings",
        "Drawings take the same way to 28x28\npixels as on the canvas. A file that cannot be read is reported, and the "
        "others are answered.\n\n"
        "keys of --json:\n"
        "  source, index   the file, and the drawing's number in it, from 0\n"
        "  digit           the best guess; null for a blank image, for what is no digit, and\n"
        "                  for several digits side by side\n"
        "  digits          all that was read, from left to right: usually that one digit\n"
        "  probabilities   of the digits 0 to 9, given that there is one\n"
        "  is_digit        how much it looks like one digit, 0 to 1; of a network with ten\n"
        "                  outputs merely the largest of them\n"
        "  verdict         the answer in words\n"
        "  label           the digit that a drawing was meant to be, or null",
        "digitlab predict --json seven.png drawings.jsonl.gz",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="an image, or drawings (.jsonl, .jsonl.gz)")
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar="FILE|NAME",
        help="a .digitlab file or a shipped model (default: %(default)s)",
    )
    _add_json(parser, "one JSON object an image or drawing")


def _add_train(commands: Any) -> None:
    parser = _add_command(
        commands,
        "train",
        "train a network",
        "A recipe is a network and how to train it; each further option\nchanges one thing of it. Each epoch is judged "
        "on the test digits. Ctrl+C stops it after the current batch.",
        "digitlab train --recipe fast --data builtin --epochs 2 --out mine.digitlab",
    )
    parser.add_argument(
        "--recipe",
        default="tutorial",
        metavar="NAME",
        help="tutorial (the classic), fast (the same network, trained better) or pen (a larger network that learns "
        "from strokes, too) (default: %(default)s)",
    )
    parser.add_argument("--preset", metavar="NAME", help="another network: tutorial or pen")
    _add_data(parser)
    parser.add_argument(
        "--drawings",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="strokes to learn from (.jsonl, .jsonl.gz): with a label they are digits, without one they are no digits "
        "(default: digits drawn by DigitLab)",
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="passes over the digits (tutorial: 10)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="digits a step (tutorial: 100)")
    parser.add_argument(
        "--optimizer", metavar="NAME", help="sgd, momentum, nesterov, rmsprop, adagrad or adam (tutorial: sgd)"
    )
    parser.add_argument(
        "--learning-rate",
        type=float,
        metavar="X",
        help="length of a step (tutorial: 0.01; with another optimizer its usual one)",
    )
    parser.add_argument(
        "--schedule",
        metavar="NAME",
        help="constant, or cosine: the steps grow at first and shrink towards the end (tutorial: constant)",
    )
    parser.add_argument(
        "--augmentation",
        metavar="NAME",
        help="none, images (each warped anew in every epoch) or drawings (strokes, too) (tutorial: none)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="decides first weights and order of digits (default: 1)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="save the network and its run, as a .digitlab file")
    _add_json(parser, "one JSON object an epoch (epoch, loss, accuracy, val_loss, val_accuracy, seconds)")


def _add_evaluate(commands: Any) -> None:
    parser = _add_command(
        commands,
        "evaluate",
        "judge a network on the test digits of a dataset, or on drawings",
        "Drawings without a label count\nas no digits.\n\n"
        "keys of --json:\n"
        "  accuracy            the share of the digits that is read rightly, 0 to 1\n"
        "  loss                the mean of what training makes small\n"
        "  calibration_error   expected calibration error: how far sureness and truth are\n"
        "                      apart, 0 to 1 (20 bins)\n"
        "  confusion           how often each digit got each answer; rows are true digits\n"
        "  no_digits           where there are drawings without a label: their count, the\n"
        "                      area under the ROC curve of is_digit (auc), and the share of\n"
        "                      them questioned when 2 % of the digits are (questioned)",
        "digitlab evaluate tutorial --data mnist",
    )
    parser.add_argument("model", metavar="MODEL", help="a .digitlab file or a shipped model such as pen")
    _add_data(parser, "a file of drawings (.jsonl, .jsonl.gz), ")
    _add_json(parser, "one JSON object")


def _add_summary(commands: Any) -> None:
    parser = _add_command(
        commands,
        "summary",
        "list a network's layers, shapes and costs",
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
        "let the window show itself and save pictures of its panels",
        "It draws, trains two short epochs\nand opens every panel, also without a display.",
        "digitlab demo --out pictures",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("demo-output"), metavar="DIR", help="where to (default: %(default)s)"
    )
    _add_json(parser, "JSON objects of what was found")


def _accept_any_text() -> None:
    """Let file names that are no valid text be written, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _abandon_output() -> None:
    """Send what is still buffered for the reader that has gone nowhere, or Python would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _traceback() -> str:
    return " | ".join(traceback.format_exc().splitlines())


def _tell(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{' '.join(text.split())}\n")
