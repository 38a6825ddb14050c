"""Observed values compare, set and emit; several can be set before the first signal."""

import pytest
from PySide6.QtCore import QObject, Signal

from digitlab.gui.session.observed import Observed, set_together


class Owner(QObject):
    name_changed = Signal()
    name: Observed[str] = Observed()
    size_changed = Signal()
    size: Observed[int] = Observed()

    def __init__(self):
        super().__init__()
        self.name, self.size = "five", 5


@pytest.fixture
def owner(qapp):
    return Owner()


@pytest.fixture
def heard(owner):
    heard = []
    owner.name_changed.connect(lambda: heard.append(("name", owner.name, owner.size)))
    owner.size_changed.connect(lambda: heard.append(("size", owner.name, owner.size)))
    return heard


def test_a_new_value_is_set_before_the_signal(owner, heard):
    owner.name = "six"
    assert heard == [("name", "six", 5)]


def test_an_equal_value_emits_nothing(owner, heard):
    owner.name = "".join(["fi", "ve"])
    owner.size = 5
    assert heard == []


def test_two_owners_have_values_of_their_own(owner, heard):
    other = Owner()
    other.name = "seven"
    assert (owner.name, other.name, heard) == ("five", "seven", [])


def test_several_values_are_all_set_before_the_first_signal(owner, heard):
    set_together(owner, size=6, name="six")
    assert heard == [("size", "six", 6), ("name", "six", 6)]
    set_together(owner, size=6, name="seven")
    assert heard[2:] == [("name", "seven", 6)]
