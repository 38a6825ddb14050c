"""Names on one line, without control characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.words.names import MOST, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tutorial 2", "Tutorial 2"),
        ("Zoë’s 数字 שלום 👩‍👧", "Zoë’s 数字 שלום 👩‍👧"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("gpj.\u202etxt", r"gpj.\u202etxt"),
        ("\x9b2J", r"\x9b2J"),
        ("\udcff.npz", r"\udcff.npz"),
        ("a\u2028b", r"a\u2028b"),
    ],
)
def test_text_is_visible_on_one_line(text, shown):
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_has_control_characters_or_changes_the_direction(text):
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in shown} & {
        "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"
    }  # fmt: skip


def test_a_long_name_keeps_its_beginning_and_its_end():
    shown = one_line(f"first{'x' * 10_000}.digitlab")
    assert len(shown) == MOST
    assert shown.startswith("first")
    assert shown.endswith(".digitlab")
    assert "…" in shown


@given(st.text(st.characters(exclude_categories=())), st.integers(3, 100))
def test_no_name_is_longer_than_allowed(name, most):
    assert len(one_line(name, most)) <= most
