"""What each fold of the pen model's training holds out."""

import gzip
import json
from collections import Counter

import material
import numpy as np
import pytest
from material import FOLDS, HELD_OUT_SITES, OMNIGLOT, UCI, Material, Tagged

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.strokes import Drawing
from tests.helpers.networks import small_dataset

ALPHABETS = ("Greek/character01", "Japanese_(katakana)/character01", "Latin/character01", "Latin/character02")


def digit(site, writer, label=7):
    drawing = builtin_drawing(label, builtin_styles(label)[0])
    return Tagged(Drawing(drawing.strokes, label), site, writer)


def letter(site, character, writer=1):
    return Tagged(Drawing(builtin_drawing(4, builtin_styles(4)[0]).strokes), site, writer, character)


@pytest.fixture
def everything(monkeypatch):
    """Digits of all sites, letters of all alphabets, and few images."""
    monkeypatch.setattr(material, "MNIST_HELD_OUT", 5)
    sites = sorted(set().union(*HELD_OUT_SITES) - {UCI})
    dataset = small_dataset()
    return Material(
        dataset,
        (*(digit(site, 100) for site in sites), *(digit(UCI, writer) for writer in range(1, 7))),
        (*(letter(site, "a") for site in sites), *(letter(OMNIGLOT, name) for name in ALPHABETS)),
    )


def test_every_site_and_every_letter_is_held_out_once(everything):
    splits = [everything.split(fold) for fold in range(FOLDS)]
    held = Counter(index for split in splits for index in split.digits.tolist())
    for index, one in enumerate(everything.digits):
        # UCI's digits once with all of their laboratory, and once with some of its writers.
        assert held[index] == (2 if one.site == UCI else 1)
    assert sorted(index for split in splits for index in split.letters.tolist()) == [*range(len(everything.letters))]


def test_nothing_that_is_held_out_is_trained_on(everything):
    for fold in range(FOLDS):
        split = everything.split(fold)
        held = {id(everything.digits[index].drawing) for index in split.digits}
        held |= {id(everything.letters[index].drawing) for index in split.letters}
        trained = {id(drawing) for drawing in split.dataset.drawings}
        assert not held & trained
        assert len(split.dataset.train) == len(everything.mnist.train) - 5
        np.testing.assert_array_equal(split.dataset.test.images, everything.mnist.train.images[-5:])


def test_without_a_fold_everything_but_look_alikes_is_trained_on(everything):
    split = everything.split(None)
    trained = {id(drawing) for drawing in split.dataset.drawings}
    assert {id(one.drawing) for one in everything.digits} <= trained
    assert {id(one.drawing) for one in everything.letters if one.character != "Latin/character02"} <= trained
    assert id(everything.letters[-1].drawing) not in trained
    assert split.dataset.test is everything.mnist.test
    assert not len(split.digits)
    assert not len(split.letters)


def test_rare_forms_writers_of_few_digits_and_omniglot_count_more(monkeypatch):
    monkeypatch.setattr(material, "form_of", lambda drawing: "rare" if drawing.label == 0 else "")
    monkeypatch.setattr(material, "FORM_COUNT", 12)
    monkeypatch.setattr(material, "FEW_DIGITS", 5)
    busy = [digit("syn", 1) for _ in range(5)]
    few, rare = digit("tos", 2), [digit("syn", 1, label=0) for _ in range(3)]
    letters = (letter(OMNIGLOT, "Greek/character01"), letter("syn", "a"))
    dataset = small_dataset()
    some = Material(dataset, (*busy, few, *rare), letters)
    counts = Counter(id(drawing) for drawing in some.split(None).dataset.drawings)
    assert [counts[id(one.drawing)] for one in busy] == [1] * 5
    assert counts[id(few.drawing)] == 2
    assert [counts[id(one.drawing)] for one in rare] == [4] * 3
    assert [counts[id(one.drawing)] for one in letters] == [2, 1]


def test_files_are_read_with_sites_and_without_faults(tmp_path):
    stroke = [[[0, 0], [1, 1]]]
    digits, letters = tmp_path / "digits.jsonl.gz", tmp_path / "letters.jsonl.gz"
    rows = [{"label": 1, "writer": 3, "strokes": stroke}, {"label": 7, "writer": 4, "site": "ced", "strokes": stroke}]
    with gzip.open(digits, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in [*rows, rows[0]])
    with gzip.open(letters, "wt") as file:
        file.write(json.dumps({"label": None, "writer": 5, "character": "a", "strokes": stroke}) + "\n")
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"file": digits.name, "line": 3, "label": 1, "reason": "a 2"}]))
    dataset = small_dataset()
    images = tmp_path / "mnist.npz"
    np.savez(
        images,
        x_train=dataset.train.images,
        y_train=dataset.train.labels,
        x_test=dataset.test.images,
        y_test=dataset.test.labels,
    )
    read = material.read_material(images, [digits], [letters], faults)
    assert [(one.site, one.writer, one.drawing.label) for one in read.digits] == [(UCI, 3, 1), ("ced", 4, 7)]
    assert [(one.site, one.character) for one in read.letters] == [(OMNIGLOT, "a")]
