"""The verdict as text, for every kind and for networks with ten and with eleven outputs."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.gui import theme
from digitlab.gui.draw.verdict_view import VerdictView
from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot

NARROWEST = 240
"""Width of the view in the narrowest drawing panel."""


def inspection_of(*shares: float) -> Inspection:
    """Return the activations of a network with the same outputs for every image."""
    spec = ModelSpec("Fixed", (Flatten(), Dense(len(shares), Activation.SOFTMAX)))
    bias = np.log(np.maximum(np.array(shares), 1e-9))
    snapshot = Snapshot.of(spec, [np.zeros((784, len(shares))), bias])
    return inspect(snapshot, render(builtin_drawing(2, builtin_styles(2)[0])))


def ten(first: float, second: float) -> tuple[float, ...]:
    """Return ten outputs with given values for 8 and 3, and equal ones for the rest."""
    rest = (1 - first - second) / 8
    return tuple({8: first, 3: second}.get(digit, rest) for digit in range(10))


def eleven(no_digit: float) -> tuple[float, ...]:
    """Return eleven outputs shared by "no digit" and 8."""
    return (*(share * (1 - no_digit) for share in ten(1.0, 0.0)), no_digit)


@pytest.fixture
def view(qtbot):
    view = VerdictView()
    qtbot.addWidget(view)
    view.resize(NARROWEST, view.height())
    view.show()
    return view


def shown(view: VerdictView) -> tuple[str, str, str]:
    return view.digit_text, view.verdict_text, view.second_text


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (ten(0.95, 0.04), ("8", "confident, 95.0 %", "then a 3, 4.0 %")),
        (ten(1.0, 0.0), ("8", "confident, >99.99 %", "")),
        (ten(0.7, 0.1), ("8", "probably an 8, 70.0 %", "then a 3, 10.0 %")),
        (ten(0.5, 0.4), ("8", "between 8 and 3, 50.0 %", "then a 3, 40.0 %")),
        (ten(0.3, 0.2), ("8", "uncertain", "perhaps an 8, 30.0 %")),
        (eleven(0.02), ("8", "confident, 98.0 %", "")),
        (eleven(0.7), ("8", "possibly an 8, 30.0 %", "More likely no digit, 70.0 %")),
        (eleven(0.95), ("–", "not a digit", "Most likely digit: 8.")),
    ],
)
def test_the_text_of_each_kind(view, outputs, words):
    inspection = inspection_of(*outputs)
    view.show_verdict(Verdict.of_inspection(inspection), inspection, "")
    assert shown(view) == words


def test_several_digits(view):
    view.show_verdict(Verdict(VerdictKind.SEVERAL, (4, 7), None, 0.02), inspection_of(*eleven(0.98)), "")
    assert shown(view) == ("47", "several digits: 4 and 7", "Draw one digit to see its bars.")


def test_a_row_is_shown_once_and_more_digits_than_are_read_not_at_all(view):
    view.show_verdict(Verdict(VerdictKind.SEVERAL, (4, 7, 0), None, 0.02), inspection_of(*eleven(0.98)), "")
    assert shown(view) == ("470", "3 digits", "Draw one digit to see its bars.")
    view.show_verdict(Verdict(VerdictKind.MANY, (), None, 0.02), inspection_of(*eleven(0.98)), "")
    assert shown(view) == ("…", "several digits, more than I read", "Up to 12 in a row are read.")


def test_a_remark_replaces_the_second_line(view):
    inspection = inspection_of(*eleven(0.95))
    view.show_verdict(Verdict.of_inspection(inspection), inspection, "labelled as a 3")
    assert shown(view) == ("–", "not a digit", "labelled as a 3")


def test_no_prediction_without_outputs_and_no_digit_for_nan(view):
    maps = inspect(random_snapshot(PRESETS["one-conv"]), np.full((28, 28), 255, np.uint8))
    view.show_verdict(Verdict.of_inspection(maps), maps, "")
    assert shown(view) == ("–", "No prediction", "This network ends in feature maps.")
    nothing = inspection_of(*[np.nan] * 10)
    view.show_verdict(Verdict.of_inspection(nothing), nothing, "")
    assert shown(view) == ("?", "uncertain", "No digit stands out.")


def test_a_blank_image_asks_for_a_drawing(view):
    blank = inspect(random_snapshot(PRESETS["pen"]), np.zeros((28, 28), np.uint8))
    view.show_verdict(Verdict.of_inspection(blank), blank, "")
    assert shown(view) == ("", "Draw a digit", "Classified while you draw.")


def test_an_uncertain_digit_looks_fainter_than_a_confident_one(view):
    digit = view.findChild(QLabel, "verdictDigit")
    for outputs, role in ((eleven(0.02), theme.TEXT), (eleven(0.7), theme.QUIET)):
        inspection = inspection_of(*outputs)
        view.show_verdict(Verdict.of_inspection(inspection), inspection, "")
        assert digit.foregroundRole() == role


@pytest.mark.parametrize("digits", [(), (4, 7), (8, 8, 8), (4, 0, 4, 8, 8, 8), (8,) * 12])
def test_the_height_stays_and_no_text_is_cut_off(view, digits):
    height = view.height()
    kind = VerdictKind.SEVERAL if digits else VerdictKind.MANY
    view.show_verdict(Verdict(kind, digits, None, 0.02), inspection_of(*eleven(0.98)), "")
    QApplication.processEvents()
    assert view.height() == height
    assert view.width() == NARROWEST
    for label in view.findChildren(QLabel):
        needed = label.fontMetrics().boundingRect(label.rect(), Qt.TextFlag.TextWordWrap, label.text())
        assert label.rect().contains(needed), label.objectName()
