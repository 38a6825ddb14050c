"""Editing a draft: layers keep their keys, invalid texts stay with their layer, and nothing is lost."""

import numpy as np

from digitlab.model.drafting.draft import Draft, shapes_until_problem
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.spec import ModelSpec

CONV, POOL = Conv2D(3, 3), Pooling2D(2)


def test_layers_keep_their_keys_wherever_they_go():
    draft = Draft.of(TUTORIAL)
    longer = draft.inserted(1, (CONV, POOL))
    assert longer.keys == (0, 6, 7, 1, 2, 3, 4, 5)
    assert longer.spec.layers[1:3] == (CONV, POOL)
    moved = longer.moved(1, 7)
    assert moved.keys == (0, 7, 1, 2, 3, 4, 5, 6)
    assert moved.spec.layers[7] == CONV
    assert moved.moved(7, 1) == longer
    assert moved.removed(0).keys == (7, 1, 2, 3, 4, 5, 6)
    assert moved.duplicated(0).keys[:3] == (0, 8, 7)
    assert moved.duplicated(0).spec.layers[1] == TUTORIAL.layers[0]


def test_a_new_layer_never_gets_the_key_of_a_removed_one():
    draft = Draft.of(TUTORIAL).inserted(6, (CONV,)).removed(6).inserted(6, (CONV,))
    assert draft.keys == (0, 1, 2, 3, 4, 5, 7)


def test_an_invalid_text_belongs_to_its_layer_until_a_valid_value_replaces_it():
    draft = Draft.of(TUTORIAL).with_text(2, "filters", ("6x",)).with_text(2, "filters", ("6xy",))
    assert not draft.is_valid
    assert draft.spec == TUTORIAL
    moved = draft.moved(2, 0)
    assert moved.typed_in(2) == {"filters": ("6xy",)}
    assert moved.typed_in(0) == {}
    assert draft.removed(2).typed == ()
    valid = draft.with_value(2, "filters", 6)
    assert valid.is_valid
    assert valid.spec.layers[2] == Conv2D(6, 5)


def test_another_network_keeps_the_keys_of_what_is_the_same():
    draft = Draft.of(TUTORIAL).with_text(0, "filters", ("?",))
    without_second = ModelSpec("", TUTORIAL.layers[:2] + TUTORIAL.layers[3:])
    assert draft.showing(without_second).keys == (0, 1, 3, 4, 5)
    assert draft.showing(without_second).typed == ()
    wider = TUTORIAL.with_layer(0, Conv2D(8, 5))
    assert draft.showing(wider).keys == draft.keys
    flat = ModelSpec("", (Flatten(), Dense(10)))
    assert draft.showing(flat).keys[0] == 4
    assert len(set(draft.showing(PEN).keys)) == len(PEN.layers)


def test_shapes_are_known_up_to_the_first_layer_that_does_not_fit():
    assert shapes_until_problem(TUTORIAL) == TUTORIAL.shapes
    assert shapes_until_problem(ModelSpec("", (CONV, Dense(10), POOL))) == ((28, 28, 1), (26, 26, 3))


def test_two_thousand_random_edits_are_undone_by_going_back():
    rng = np.random.default_rng(0)
    history = [Draft.of(TUTORIAL)]
    for _ in range(2_000):
        draft, count = history[-1], len(history[-1].keys)
        assert len(set(draft.keys)) == len(draft.spec.layers) == count
        edits = [lambda d, c: d.inserted(int(rng.integers(c + 1)), (CONV,))]
        if count:
            edits += [
                lambda d, c: d.removed(int(rng.integers(c))),
                lambda d, c: d.moved(int(rng.integers(c)), int(rng.integers(c))),
                lambda d, c: d.with_text(int(rng.integers(c)), "size", ("?",)),
            ]
        history.append(edits[int(rng.integers(len(edits)))](draft, count))
    assert history[0] == Draft.of(TUTORIAL)
