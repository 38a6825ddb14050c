"""The sentences about costs say what is true of each network."""

from digitlab.insight.costs import Sight
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.training.speed import Estimate
from digitlab.words.costs import left_out_note, memory_note, rule_note, sight, step, time_note


def test_the_rule_of_thumb_is_checked_against_the_network():
    assert rule_note(TUTORIAL).endswith(
        "Here that is true of computation (99.7 % in convolutions) and memory (75.1 % in convolutions), "
        "not true of parameters (16.4 % in dense layers)."
    )
    assert "parameters (" in rule_note(PEN).split("not true")[0]
    dense_alone = ModelSpec("", (Flatten(), Dense(10)))
    assert "true of parameters (100 % in dense layers), not true of computation (0 %" in rule_note(dense_alone)


def test_memory_is_said_for_predicting_and_for_training():
    note = memory_note(TUTORIAL, 100, 0)
    assert note == "Memory: 341.5 kB to predict one image, 24.5 MB to train on a batch of 100."


def test_what_a_value_sees():
    assert sight(Sight((14, 14), (2, 2))) == "sees 14 × 14"
    assert step(Sight((14, 14), (1, 1))) == "1 pixel"
    assert step(Sight((14, 14), (2, 1))) == "2 × 1 pixels"
    assert sight(None) == step(None) == ""


def test_rows_and_columns_that_are_left_out_are_named():
    odd = ModelSpec("", (Conv2D(2, 18), Pooling2D(2), Conv2D(2, 2, strides=2), Flatten(), Dense(10)))
    assert left_out_note(odd) == (
        "pool1 leaves out the last row and the last column of its input. "
        "conv2 leaves out the last row and the last column of its input."
    )
    assert left_out_note(TUTORIAL) == ""


def test_the_time_of_an_epoch_is_said_with_its_error():
    here = time_note(Estimate(20.0, 0.25, 1), 60_000)
    assert here == "An epoch of 60,000 images takes about 20 s here, 16 s to 25 s, by 1 training on this machine."
    assert "your first training measures this machine" in time_note(Estimate(20.0, 2.0, 0), 60_000)
