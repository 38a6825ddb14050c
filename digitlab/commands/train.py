"""``digitlab train``: train a network with a recipe and report its progress."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from digitlab.commands.attended import AttendedThread
from digitlab.commands.reporting import TrainingReporter, recorded
from digitlab.commands.sources import open_dataset, preset
from digitlab.commands.terminal import show_left_out, write_message
from digitlab.data.dataset import Dataset
from digitlab.data.sources import load_drawings
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.system.log import stderr_in_log
from digitlab.system.signals import Escalation, end_at_once, handled, interrupt
from digitlab.system.storage import check_writable
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.recipes import RECIPES, NamedRecipe
from digitlab.training.runtime import foreign_backend, load_tensorflow
from digitlab.training.trainer import TrainingRequest, train

SCHEDULES: Final[Mapping[str, Schedule]] = {"constant": Schedule.CONSTANT, "cosine": Schedule.WARMUP_COSINE}
"""The schedules by their name on the command line."""

_END_TIMEOUT_S: Final = 1.0
"""How long to wait for a thread that has nothing left to do."""

_Chosen = TypeVar("_Chosen")


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """The options of ``digitlab train``. None means the value of the recipe.

    Attributes:
        recipe: Name of the recipe.
        preset: Name of another network than the recipe's.
        data: Name or path of the dataset.
        drawings: Files of drawings to train on.
        epochs: Passes over the training digits.
        batch_size: Digits per step.
        optimizer: Name of the optimizer.
        learning_rate: The learning rate; None with another optimizer than the recipe's means its usual one.
        schedule: Name of the schedule.
        augmentation: Name of the augmentation.
        seed: Determines the initial weights and the order of the digits.
        out: File for the network and its run, or None.
        as_json: Whether to write JSON lines.
        is_strict: Whether a file of drawings is refused if a line is no drawing, instead of leaving that line out.
    """

    recipe: str
    preset: str | None
    data: str
    drawings: tuple[Path, ...]
    epochs: int | None
    batch_size: int | None
    optimizer: str | None
    learning_rate: float | None
    schedule: str | None
    augmentation: str | None
    seed: int
    out: Path | None
    as_json: bool
    is_strict: bool = False


def run(options: TrainOptions) -> int:
    """Train; returns the exit code.

    Raises:
        DigitLabError: If an option is invalid, or the training fails.
    """
    recipe = _named(options.recipe, "recipe", RECIPES)
    spec = recipe.spec if options.preset is None else preset(options.preset)
    config = _config(options, recipe)
    problem = spec.training_problem()
    if problem is not None:
        raise DigitLabError(problem.reason)
    if options.drawings and config.augmentation is not Augmentation.DRAWINGS:
        raise DigitLabError(
            "The drawings would not be used: this recipe trains on images only.",
            remedy="Add --augmentation drawings, or choose --recipe pen.",
        )
    if options.out is not None:
        check_writable(options.out)
    # Before a download of the dataset.
    drawings = load_drawings(options.drawings, None if options.is_strict else show_left_out)
    dataset = replace(open_dataset(options.data), drawings=drawings)
    _check_drawings(dataset, spec, config)
    return _train(TrainingRequest(spec, config, dataset), options.out, as_json=options.as_json)


def _train(request: TrainingRequest, out: Path | None, *, as_json: bool) -> int:
    """Train and save; returns the exit code."""
    if (ignored := foreign_backend()) is not None:
        write_message(
            f"KERAS_BACKEND={ignored} is ignored: DigitLab trains with TensorFlow. To hide this: unset KERAS_BACKEND"
        )
    thread = AttendedThread("training")
    with stderr_in_log():
        thread.run(load_tensorflow)
    control = TrainingControl()
    reporter = TrainingReporter(control, as_json=as_json)
    signals = Escalation(lambda _: control.stop(), interrupt, end_at_once)
    with handled(signals.handle):
        with recorded(reporter.publish) as recording:
            thread.run(lambda: train(request, control, recording.publish))
        thread.close(_END_TIMEOUT_S)
        is_interrupted = signals.exit_code is not None and not reporter.is_complete
        if is_interrupted:
            reporter.report_interruption()
        reporter.save(out, is_recorded=recording.is_whole)
    if signals.exit_code is not None and is_interrupted:
        reporter.explain_resuming(out, is_recorded=recording.is_whole)
        return signals.exit_code
    reporter.raise_failure()
    return 0


def _named(name: str, what: str, choices: Mapping[str, _Chosen]) -> _Chosen:
    if name not in choices:
        raise DigitLabError(f"There is no {what} {name}.", expected=f"Expected one of: {', '.join(choices)}.")
    return choices[name]


def _config(options: TrainOptions, recipe: NamedRecipe) -> TrainingConfig:
    """Return the recipe's hyperparameters with the changes of the options."""
    config = replace(recipe.config, seed=options.seed)
    if options.optimizer is not None:
        optimizer = _named(options.optimizer, "optimizer", {member.value: member for member in Optimizer})
        if optimizer is not config.optimizer:
            config = replace(config, optimizer=optimizer, learning_rate=optimizer.usual_learning_rate)
    if options.schedule is not None:
        config = replace(config, schedule=_named(options.schedule, "schedule", SCHEDULES))
    if options.augmentation is not None:
        known = {member.value: member for member in Augmentation}
        config = replace(config, augmentation=_named(options.augmentation, "augmentation", known))
    return replace(
        config,
        epochs=config.epochs if options.epochs is None else options.epochs,
        batch_size=config.batch_size if options.batch_size is None else options.batch_size,
        learning_rate=config.learning_rate if options.learning_rate is None else options.learning_rate,
    )


def _check_drawings(dataset: Dataset, spec: ModelSpec, config: TrainingConfig) -> None:
    """Warn if network, recipe and drawings do not fit together.

    Raises:
        DigitLabError: If the network cannot be trained on any of the drawings.
    """
    if spec.has_no_digit_output and config.augmentation is not Augmentation.DRAWINGS:
        write_message(
            'This training has no examples for the network\'s output "no digit"; add --augmentation drawings for that.'
        )
    if not dataset.drawings or spec.has_no_digit_output:
        return
    if all(drawing.label is None for drawing in dataset.drawings):
        raise DigitLabError(
            "None of the drawings has a label, and this network can only be trained on digits.",
            expected='Drawings without a label are examples of "no digit", which this network has no output for.',
            remedy="Choose --preset pen, or drawings with labels.",
        )
    if any(drawing.label is None for drawing in dataset.drawings):
        write_message('Drawings without a label are ignored: this network has no output for "no digit".')
