"""JSON is counted before it is built, and packed data are refused if they are packed like a bomb."""

import json

import pytest

from digitlab.system import limits
from digitlab.system.limits import check_packing, parse_json


def test_json_is_parsed():
    value = {"a": [1, 2.5, None, True, {"b": '[{,\\"'}]}
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(b"\xef\xbb\xbf[]") == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[NaN]",
        b"[Infinity]",
        b"\xff",
        b"[" * 10_000,
        b"[" * 100_000,
        b"[" * 60 + b"]" * 60 + b" " * 20_000,
        b"[" + b"0," * 500_001 + b"0]",
        b"[" + b"[]," * 300_000 + b"0]",
        b"1" * 5_000,
        b'{"\\"' * 1_000_000,  # strings that never end: searching for their ends again and again would take minutes
    ],
    ids=lambda content: f"{len(content)} bytes {content[:8]!r}",
)
def test_other_texts_raise_one_error(content: bytes):
    with pytest.raises(ValueError):  # noqa: PT011 - json's errors and ours have no words in common
        parse_json(content)


def test_brackets_and_commas_within_strings_do_not_count():
    text = json.dumps(['[{,\\"' * 200_000])
    assert len(text) > limits.MAXIMUM_VALUES
    assert parse_json(text.encode()) == json.loads(text)


def test_the_largest_run_is_within_the_limits():
    epochs = [{"epoch": index, **{f"number {place}": 0.123456789 for place in range(6)}} for index in range(1_000)]
    updates = [{"step": step, "ratios": [0.123456789] * 50} for step in range(500)]
    value = {"epochs": epochs, "updates": updates, "snapshot_steps": list(range(1_000))}
    assert parse_json(json.dumps(value, indent=1).encode()) == value


def test_only_bombs_are_packed_tightly():
    check_packing(10_000_000, 10)
    check_packing(700_000_000, 70_000_000)
    with pytest.raises(ValueError, match="packed"):
        check_packing(700_000_000, 700_000)
