"""Training as in the window's thread, alternating every few batches with the tutorial's script and PyTorch."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from digitlab.data.files.mnist import find_mnist, read_mnist
from digitlab.insight.batch import answer_all
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path
from digitlab.training.recipes import RECIPES
from tests.bench import training_ways, training_window
from tests.bench.rows import Row
from tests.bench.training_turns import Turn, Way, cpu_s, in_turn, paired_ratio, spread, step_ms, wall_s

ROUNDS: Final = 60
GOAL: Final = 1.01
"""At most 1 % slower than the script."""

ACCURACY: Final = 0.9806
"""The tutorial's accuracy after ten epochs on MNIST's test digits."""

TIME_GOAL: Final = 0.1
_MNIST_BESIDE: Final = Path(__file__).parents[3] / "shared" / "data"
"""The folder in which the tests look for MNIST too."""

_SCRIPTS: Final = {"script": "plain Keras script", "xla": "the same with XLA", "pytorch": "plain PyTorch loop"}


def measure() -> Iterator[Row]:
    """Compare the time of a batch of 100 with 60,000 training digits, and the time to the tutorial's accuracy."""
    ways = {
        "window": Way(training_window.in_window),
        "ours": Way(training_ways.ours),
        "fast": Way(training_ways.ours_fast),
        "script": Way(training_ways.script),
        "xla": Way(training_ways.script_with_xla),
    }
    if training_ways.has_pytorch():
        ways["pytorch"] = Way(training_ways.pytorch)
    else:
        _say("  PyTorch is not installed (make bench installs it), so there is no row about it.")
    turns = in_turn(ways, ROUNDS)
    for name, script in _SCRIPTS.items():
        if {name, "window", "ours"} <= turns.keys():
            alone = "; ".join(
                f"{what} of the same training without a window {paired_ratio(turns['ours'], turns[name], figure):.3f}"
                for what, figure in (("time", wall_s), ("CPU time", cpu_s))
            )
            why = f"The rest is the window's own work, drawing curves and answers on the same processors: {alone}"
            yield from _compared("in the open window", turns["window"], turns[name], script, name != "pytorch", why)
    yield from _compared("without a window", turns["ours"], turns["script"], _SCRIPTS["script"])
    yield _time_to_accuracy(turns)


def _compared(
    where: str,
    ours: Sequence[Turn],
    theirs: Sequence[Turn],
    script: str,
    has_goal: bool = True,
    why: str = "The machine",
) -> Iterator[Row]:
    what_is_done = f"a batch of 100 {where}"
    yield Row(f"{what_is_done}, median", step_ms(ours, wall_s), "ms", step_ms(theirs, wall_s), script)
    goal = GOAL if has_goal else None
    for what, figure in (("time", wall_s), ("CPU time", cpu_s)):
        ratio = paired_ratio(ours, theirs, figure)
        obstacle = f"{why}; {spread(ours, theirs, figure)}."
        yield Row(f"{what_is_done}, {what}, median of pairs", ratio, "x", 1.0, script, goal, True, obstacle)


def _time_to_accuracy(turns: dict[str, list[Turn]]) -> Row:
    """Return the row about the two recipes: steps of the shipped runs times the time of a step in this run."""
    run = read_run(model_path("fast"))
    assert run is not None
    steps, digits = _steps_to(ACCURACY, run)
    tutorial = read_run(model_path("tutorial"))
    assert tutorial is not None
    end = tutorial.epochs[-1].val_accuracy
    tutorial_s = tutorial.epochs[-1].step * step_ms(turns["ours"], wall_s) / 1000
    fast_s = steps * step_ms(turns["fast"], wall_s) / 1000
    return Row(
        f"time to 98.06 % with the recipe fast: {steps} batches of {RECIPES['fast'].config.batch_size} ({digits}) "
        "times the time of a batch",
        fast_s,
        "s",
        tutorial_s,
        f"the tutorial's {tutorial.epochs[-1].step:,} batches of 100, trained as here; they came to {end:.2%}",
        TIME_GOAL,
        True,
    )


def _steps_to(accuracy: float, run: Run) -> tuple[int, str]:
    """Return the first step from which all kept snapshots of a run are as good, and the data of the evaluation."""
    end_of_epoch = next(epoch.step for epoch in run.epochs if epoch.val_accuracy >= accuracy)
    mnist = find_mnist(_MNIST_BESIDE)
    if mnist is None:
        return end_of_epoch, "the end of the epoch, as its file says; MNIST is not on this computer"
    test = read_mnist(mnist).test
    steps = end_of_epoch
    for snapshot in reversed([one for one in run.snapshots if one.step < end_of_epoch]):
        answers = answer_all(snapshot, test.images)
        assert answers is not None
        if (answers.outputs.argmax(axis=1) == test.labels).mean() < accuracy:
            break
        steps = snapshot.step
    return steps, "shipped run evaluated on MNIST's test digits"


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
