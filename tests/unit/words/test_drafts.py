"""What is not applied of a draft, in a few words."""

from digitlab.model.drafting.draft import Draft
from digitlab.model.layers import Conv2D, Dense
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import Loss
from digitlab.words.drafts import unapplied

START = Draft.of(TUTORIAL)
BROKEN = START.removed(4)


def test_a_valid_draft_is_applied():
    assert unapplied(START.removed(3), START) == ()


def test_layers_that_were_added_or_removed_are_named_or_counted():
    assert unapplied(BROKEN, START) == ("flatten removed",)
    assert unapplied(BROKEN.inserted(0, (Conv2D(1, 3),)), START) == ("conv1 added", "flatten removed")
    many = START.inserted(2, (Dense(5), Dense(6), Dense(7)))
    assert unapplied(many, START) == ("3 layers added",)


def test_a_layer_that_moved_is_said_as_the_order():
    assert unapplied(START.moved(4, 0), START) == ("order of the layers",)


def test_fields_come_first_with_the_names_of_the_draft():
    draft = BROKEN.with_value(2, "filters", 8).with_text(0, "strides", ("x", "1"))
    draft = draft.with_spec(draft.spec.with_loss(Loss.EUCLIDEAN)).removed(1)
    assert unapplied(draft, START) == ("conv1 stride", "conv2 filters", "pool1 removed", "flatten removed", "loss")
