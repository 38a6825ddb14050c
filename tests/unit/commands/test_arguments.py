"""What the command line accepts, and what it says of the rest."""

import pytest

from digitlab import __version__
from digitlab.commands import train
from digitlab.commands.arguments import COMMANDS, OPEN, make_parser, train_options
from digitlab.commands.train import TrainOptions
from digitlab.training.config import Optimizer
from digitlab.training.recipes import RECIPES
from tests.helpers.command_line import Digitlab, assert_one_sentence


def test_help_names_every_command(digitlab: Digitlab):
    answer = digitlab("--help")
    assert answer.code == 0
    assert all(command in answer.out for command in COMMANDS)
    assert OPEN not in answer.out.split()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_an_example(command: str, digitlab: Digitlab):
    answer = digitlab(command, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"usage: digitlab {command}")
    assert f"example:\n  digitlab {command}" in answer.out


def test_version(digitlab: Digitlab):
    assert digitlab("--version").out == f"DigitLab {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("predict",), ("PATH", "digitlab predict --help")),
        (("train", "--epochs", "x"), ("--epochs", "'x'")),
        (("train", "--nonsense"), ("--nonsense",)),
        (("train", "--epochs", "0"), ("epochs",)),
        (("train", "--batch-size", "0"), ("batch size",)),
        (("train", "--learning-rate", "-1"), ("learning rate",)),
        (("train", "--learning-rate", "nan"), ("learning rate",)),
        (("train", "--optimizer", "magic"), ("magic", "adam")),
        (("train", "--preset", "magic"), ("magic", "tutorial")),
        (("train", "--preset", "one-conv"), ("feature maps",)),
        (("train", "--recipe", "magic"), ("magic", "tutorial, fast, modern, pen")),
        (("train", "--schedule", "magic"), ("magic", "constant, cosine")),
        (("train", "--augmentation", "magic"), ("magic", "none, images, drawings")),
        (("train", "--drawings", "a.jsonl"), ("trains on images only", "--augmentation drawings")),
        (("train", "--recipe", "pen", "--data", "builtin", "--drawings", "a.jsonl"), ("a.jsonl",)),
        (("summary", "--preset", "magic"), ("magic",)),
        (("summary", "tutorial", "--preset", "tutorial"), ("not allowed with",)),
        (("summary", "magic"), ("There is no model magic", "tutorial")),
        (("evaluate",), ("MODEL",)),
        (("evaluate", "magic"), ("There is no model magic",)),
        (("predict", "--model", "magic", "a.png"), ("There is no model magic",)),
        (("nothing.digitlab",), ("There is no file nothing.digitlab",)),
        (("trian",), ("Did you mean the command train?",)),
        (("--nonsense",), ("--nonsense",)),
        (("one.png", "two.png"), ("two.png",)),
    ],
)
def test_wrong_usage_is_reported_in_one_sentence(
    arguments: tuple[str, ...], words: tuple[str, ...], digitlab: Digitlab
):
    assert_one_sentence(digitlab(*arguments), *words)


def _options(*arguments: str) -> TrainOptions:
    return train_options(make_parser().parse_args(["train", *arguments]))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_without_options_stays_unchanged(name: str):
    assert train._config(_options("--recipe", name), RECIPES[name]) == RECIPES[name].config


def test_another_optimizer_gets_its_usual_learning_rate():
    usual = train._config(_options("--optimizer", "rmsprop"), RECIPES["fast"])
    assert (usual.optimizer, usual.learning_rate) == (Optimizer.RMSPROP, 0.001)
    same = train._config(_options("--optimizer", "adam"), RECIPES["fast"])
    assert same == RECIPES["fast"].config
    both = train._config(_options("--optimizer", "sgd", "--learning-rate", "0.5"), RECIPES["fast"])
    assert (both.optimizer, both.learning_rate) == (Optimizer.SGD, 0.5)
