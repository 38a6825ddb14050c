"""Each kind of hyperparameter reads strictly what it writes, and says it in words."""

import json
from enum import StrEnum

import pytest

from digitlab.model.hyperparameters import Choice, Decimal, Flag, Pair, WholeNumber, both


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right side"


WHOLE = WholeNumber("count", "Count", "How many.", 1, 8)
PAIR = Pair("size", "Size", "How large.", 1, 8)
DECIMAL = Decimal("rate", "Rate", "How much.", 0.0, 0.5, 0.1)
FLAG = Flag("biased", "Bias", "Whether.", is_advanced=True)
CHOICE = Choice("side", "Side", "Which.", Side, is_editable=False)


@pytest.mark.parametrize(
    ("parameter", "value", "words"),
    [
        (WHOLE, 8, "8"),
        (PAIR, (7, 3), "7 × 3"),
        (PAIR, (3, 3), "3 × 3"),
        (DECIMAL, 0.0, "0.0"),
        (DECIMAL, 0.25, "0.25"),
        (FLAG, True, "yes"),
        (FLAG, False, "no"),
        (CHOICE, Side.RIGHT, "right side"),
    ],
)
def test_a_value_survives_a_file_and_has_words(parameter, value, words):
    read = parameter.read(json.loads(json.dumps(parameter.write(value))))
    assert (read, type(read)) == (value, type(value))
    assert parameter.text(value) == words


def test_an_even_pair_is_one_number_in_files_as_it_was_before_there_were_pairs():
    assert PAIR.write((5, 5)) == 5
    assert PAIR.read(5) == (5, 5)


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        *((WHOLE, given) for given in (0, 9, 2.0, True, None, "2", [2])),
        *((PAIR, given) for given in (0, [1, 9], [0, 1], [1], [1, 2, 3], [], [1, 2.0], [True, 1], "12", None, {})),
        *((DECIMAL, given) for given in (-0.1, 0.51, True, None, "0.1", float("nan"), float("inf"), [0.1], 10**400)),
        *((FLAG, given) for given in (0, 1, None, "yes", [])),
        *((CHOICE, given) for given in ("middle", None, 1, ["left"], {})),
    ],
)
def test_anything_else_is_refused(parameter, given):
    with pytest.raises((TypeError, ValueError)):
        parameter.read(given)


def test_one_number_stands_for_both():
    assert both(3) == both((3, 3)) == both([3, 3]) == (3, 3)
    assert both((7, 3)) == (7, 3)
    with pytest.raises(ValueError, match="unpack"):
        both((1, 2, 3))


def test_who_shows_a_hyperparameter():
    assert (WHOLE.is_editable, WHOLE.is_advanced) == (True, False)
    assert (FLAG.is_editable, FLAG.is_advanced) == (True, True)
    assert not CHOICE.is_editable


@pytest.mark.parametrize(
    ("parameter", "value", "nearest"),
    [
        (WHOLE, 2, [1, 3, 4]),
        (PAIR, (7, 5), [(6, 4), (6, 5), (7, 4)]),
        (PAIR, (1, 5), [(1, 4), (2, 6), (2, 5)]),
        (DECIMAL, 0.1, [0.0, 0.2, 0.3]),
        (FLAG, True, [False]),
        (CHOICE, Side.LEFT, [Side.RIGHT]),
    ],
)
def test_the_nearest_values_come_first(parameter, value, nearest):
    near = list(parameter.near(value))
    assert near[:3] == nearest
    assert value not in near
    assert [parameter.read(json.loads(json.dumps(parameter.write(one)))) for one in near] == near


@pytest.mark.parametrize(
    ("parameter", "value", "texts", "nearest"),
    [
        (WHOLE, 2, ("300",), 8),
        (WHOLE, 2, ("-1",), 1),
        (WHOLE, 2, ("3.4",), 3),
        (WHOLE, 2, ("inf",), 8),
        (WHOLE, 2, ("three",), 2),
        (WHOLE, 2, ("nan",), 2),
        (PAIR, (7, 5), ("99", ""), (8, 5)),
        (DECIMAL, 0.1, ("0,75",), 0.5),
        (FLAG, True, (), True),
        (CHOICE, Side.LEFT, (), Side.LEFT),
    ],
)
def test_an_invalid_text_has_a_nearest_value(parameter, value, texts, nearest):
    assert parameter.nearest(texts, value) == nearest
