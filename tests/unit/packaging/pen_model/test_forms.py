"""The form of a digit, on strokes made by hand: each as a few corners in hundredths of a square, y down."""

import numpy as np
import pytest
from forms import FORMS, form_of
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.data.drawing.strokes import Drawing, Stroke


def _drawing(digit: int | None, *strokes: str) -> Drawing:
    corners = [np.array([point.split(",") for point in stroke.split()], np.float64) for stroke in strokes]
    return Drawing(tuple(Stroke.of(points) for points in corners), digit)


RING = "50,0 25,15 15,50 25,85 50,100 75,85 85,50 75,15 50,0"
ROUND_HEAD = "70,20 50,0 30,10 30,35 50,45 68,35 71,18"

DRAWN = {
    (0, ""): (RING,),
    (0, "slashed zero"): (RING, "95,0 5,100"),
    (0, "open zero"): ("50,0 25,15 15,50 25,85 50,100 75,85 85,50 82,35",),
    (0, "lying zero"): ("100,0 50,10 20,25 50,40 150,50 180,25 150,5 100,0",),
    (1, ""): ("55,0 50,100",),
    (1, "flagged one"): ("20,35 55,0 55,100",),
    (1, "one with foot"): ("20,35 55,0 55,100", "30,100 85,100"),
    (1, "one with hook at foot"): ("55,0 50,100 75,85",),
    (2, ""): ("20,20 50,0 75,20 60,55 15,100 80,100",),
    (2, "two with loop"): ("20,20 50,0 75,20 60,55 30,95 10,85 25,70 55,90 90,92",),
    (2, "two that begins downwards"): ("25,5 20,45 50,8 75,20 60,55 15,100 80,100",),
    (3, ""): ("20,15 50,0 75,20 60,40 45,48 70,55 75,80 50,100 20,90",),
    (3, "three with flat top"): ("10,0 80,0 45,42 75,55 75,80 50,100 20,90",),
    (4, ""): ("30,0 15,60 85,60", "65,20 60,100"),
    (4, "closed four"): ("62,0 15,65 85,65", "62,0 62,100"),
    (4, "one-stroke four"): ("40,0 15,50 75,45 50,100",),
    (5, ""): ("75,0 30,0 28,45 60,40 75,70 50,100 20,90",),
    (5, "five with detached bar"): ("30,20 28,50 60,45 75,70 50,100 20,90", "50,0 90,0"),
    (6, ""): ("65,0 25,40 20,75 45,100 70,80 50,58 22,75",),
    (6, "open six"): ("65,0 25,40 20,75 45,100 70,85 60,70",),
    (7, ""): ("15,0 80,0 45,100",),
    (7, "crossed seven"): ("15,0 80,0 45,100", "30,52 85,48"),
    (7, "hooked seven"): ("18,25 18,0 80,0 45,100",),
    (8, ""): ("50,0 25,20 75,75 50,100 25,75 75,20 50,0",),
    (8, "eight from two circles"): ("50,0 28,22 50,46 72,22 50,0", "50,48 25,75 50,100 75,75 50,48"),
    (8, "open eight"): ("85,0 40,5 30,25 75,75 50,100 25,75 60,45 75,30",),
    (9, ""): (f"{ROUND_HEAD} 68,100",),
    (9, "nine with open loop"): ("65,5 40,0 30,30 50,45 80,25 68,100",),
    (9, "nine with tail to the left"): (f"{ROUND_HEAD} 72,75 55,97 25,98",),
    (9, "nine with flat loop"): ("90,12 50,0 15,20 50,32 92,10 70,100",),
}


@pytest.mark.parametrize(("digit", "form"), DRAWN)
def test_the_form_is_named(digit: int, form: str) -> None:
    assert form_of(_drawing(digit, *DRAWN[digit, form])) == form


@pytest.mark.parametrize(("digit", "form"), DRAWN)
def test_the_form_depends_on_neither_size_nor_place_nor_specks(digit: int, form: str) -> None:
    strokes = [stroke.points[:, :2] * 40.0 - 3000.0 for stroke in _drawing(digit, *DRAWN[digit, form]).strokes]
    speck = [Stroke.of(strokes[0][:1] + 1.0)]
    assert form_of(Drawing((*map(Stroke.of, strokes), *speck), digit)) == form


def test_a_slash_may_belong_to_the_only_stroke() -> None:
    assert form_of(_drawing(0, f"{RING} 60,5 85,10 15,100")) == "slashed zero"


def test_a_ring_that_is_closed_wide_is_no_slashed_zero() -> None:
    assert form_of(_drawing(0, f"{RING} 35,12 25,25")) == ""


def test_a_bar_written_before_the_stem_crosses_a_seven_too() -> None:
    assert form_of(_drawing(7, "30,52 85,48", "15,0 80,0 45,100")) == "crossed seven"


def test_a_drawing_without_label_or_extent_has_no_form() -> None:
    assert form_of(_drawing(None, RING)) == ""
    assert form_of(Drawing((), 3)) == ""
    assert form_of(_drawing(1, "5,5")) == ""


def test_every_digit_has_forms_with_names_of_their_own() -> None:
    names = [name for forms in FORMS.values() for name in forms]
    assert sorted(FORMS) == list(range(10))
    assert len(names) == len(set(names))


@settings(max_examples=50)
@given(
    st.integers(0, 9),
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=9), min_size=1, max_size=4),
)
def test_every_drawing_has_a_form_of_its_digit_or_none(digit: int, strokes: list[list[tuple[int, int]]]) -> None:
    assert form_of(Drawing(tuple(map(Stroke.of, strokes)), digit)) in {"", *FORMS[digit]}
