"""A layer with every kind of hyperparameter, edited with keys and the mouse."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox

from digitlab.gui.network.blocks.block_fields import BlockFields
from digitlab.model.hyperparameters import Choice, Decimal, Flag, Pair, WholeNumber
from digitlab.model.layer import Layer
from tests.helpers.fields import (
    assert_every_field_tells_what_it_is,
    choose,
    field,
    problems,
    tab_order,
    type_into,
)


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Everything(Layer):
    count: int = 2
    size: tuple[int, int] = (5, 5)
    rate: float = 0.5
    biased: bool = True
    side: Side = Side.LEFT

    HYPERPARAMETERS = (
        WholeNumber("count", "Count", "How many.", 1, 8),
        Pair("size", "Size", "How large.", 1, 28),
        Decimal("rate", "Rate", "How much.", 0.0, 1.0, 0.1),
        Flag("biased", "Bias", "Whether."),
        Choice("side", "Side", "Which.", Side),
    )
    stem = "all"
    explanation = "A layer with every kind of hyperparameter."
    keras_arguments = MappingProxyType({})
    title = "everything"

    def output_shape(self, input_shape):
        return input_shape

    def sources(self, box, input_shape):
        del input_shape
        return box


@pytest.fixture
def block(qtbot):
    block = BlockFields("all1", Everything())
    qtbot.addWidget(block)
    block.edits = []
    block.edited.connect(lambda: block.edits.append(block.layer))
    block.show()
    qtbot.waitExposed(block)
    return block


def test_every_kind_is_edited(block, qtbot):
    assert block.layer == Everything()
    type_into(qtbot, field(block, "all1.count"), "3")
    type_into(qtbot, field(block, "all1.rate"), "0.25")
    qtbot.mouseClick(block.findChild(QCheckBox, "all1.biased"), Qt.MouseButton.LeftButton)
    choose(qtbot, block.findChild(QComboBox, "all1.side"), "right")
    type_into(qtbot, field(block, "all1.size"), "7")
    assert block.layer == Everything(3, (7, 7), 0.25, False, Side.RIGHT)
    assert block.edits[-1] == block.layer
    type_into(qtbot, field(block, "all1.size.width"), "3")
    assert block.layer.size == (7, 3)
    assert block.edits[-1] == block.layer


def test_the_width_follows_the_height_as_long_as_both_are_equal(block, qtbot):
    height, width = field(block, "all1.size"), field(block, "all1.size.width")
    type_into(qtbot, height, "12")
    assert (height.text(), width.text()) == ("12", "12")
    type_into(qtbot, width, "3")
    type_into(qtbot, height, "9")
    assert (height.text(), width.text()) == ("9", "3")
    qtbot.keyClick(height, Qt.Key.Key_Up)
    assert block.layer.size == (10, 3)
    type_into(qtbot, width, "10")
    qtbot.keyClick(height, Qt.Key.Key_Up)
    assert block.layer.size == (11, 11)


def test_an_invalid_half_of_a_pair_is_marked_and_the_other_stays(block, qtbot):
    height, width = field(block, "all1.size"), field(block, "all1.size.width")
    type_into(qtbot, height, "99")
    assert block.layer is None
    assert block.problems == {"size": "Size: Type a whole number from 1 to 28."}
    assert height.property("invalid")
    assert not width.property("invalid")
    block.show_problems("", "", Everything())
    assert (height.property("unapplied"), width.property("unapplied")) == (True, True)
    assert "The last valid network has 5 × 5 here." in width.accessibleDescription()
    assert problems(block) == ["Size: Type a whole number from 1 to 28."]
    qtbot.keyClick(height, Qt.Key.Key_Escape)
    assert block.layer == Everything()
    block.show_problems("", "", None)
    assert not problems(block)
    assert not width.property("unapplied")


def test_a_reason_from_outside_is_marked_at_both_halves(block):
    block.show_problems("size", "It does not fit.", Everything())
    assert all(field(block, name).property("invalid") for name in ("all1.size", "all1.size.width"))
    assert problems(block) == ["It does not fit."]


@pytest.mark.parametrize("typed", ["1.5", "-0.1", "a", ""])
def test_a_number_out_of_range_is_invalid(block, qtbot, typed):
    edit = field(block, "all1.rate")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClicks(edit, typed)
    assert block.layer is None
    assert block.problems == {"rate": "Rate: Type a number from 0 to 1."}


def test_another_layer_is_shown(block):
    other = Everything(1, (7, 3), 0.1, False, Side.RIGHT)
    block.show_layer(other, is_forced=True)
    assert block.layer == other
    assert not block.edits


def test_the_fields_are_reached_in_order_and_say_what_they_are(block):
    assert_every_field_tells_what_it_is(block)
    assert tab_order(block) == [f"all1.{name}" for name in ("count", "size", "size.width", "rate", "biased", "side")]
    assert block.findChild(QCheckBox, "all1.biased").accessibleName() == "all1, bias"
