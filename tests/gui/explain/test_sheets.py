"""What stands on a sheet adds up, whatever the network, the drawing and the place."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.gui.explain.sheets.choosing import sheet_of
from digitlab.gui.explain.sheets.layout import Measures, place_sheet
from digitlab.gui.explain.sheets.sheet import AllRows, Bars, Channel, Curve, Matrix, Options, Sheet
from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.path import steps_of
from digitlab.insight.place import Place, Step
from digitlab.insight.unit import explain_unit
from digitlab.model.layer import Activation, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import PEN, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot, specs

_MEASURES = Measures(lambda text: 7.0 * len(text), lambda text: 6.0 * len(text))


def _inspection(spec: ModelSpec, seed: int = 0) -> Inspection:
    image = np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)
    return inspect(random_snapshot(spec, seed), image)


def _matrices(sheet: Sheet) -> list[Matrix]:
    return [block for block in sheet.blocks if isinstance(block, Matrix)]


def _bars(sheet: Sheet) -> Bars:
    return next(block for block in sheet.blocks if isinstance(block, Bars))


@st.composite
def _places(draw: st.DrawFn) -> tuple[ModelSpec, Place]:
    spec = draw(specs())
    layer, step = draw(st.sampled_from(steps_of(spec)))
    return spec, Place(layer, tuple(draw(st.integers(0, length - 1)) for length in spec.shapes[layer + 1]), step)


@settings(max_examples=300)
@given(_places(), st.integers(0, 2**16), st.booleans())
def test_every_place_has_a_sheet_whose_numbers_add_up(chosen: tuple[ModelSpec, Place], seed: int, has_all: bool):
    spec, place = chosen
    inspection = _inspection(spec, seed)
    sheet = sheet_of(inspection, place, Options(has_all_rows=has_all))
    assert sheet.title
    assert sheet.result
    for block in sheet.blocks:
        if isinstance(block, Bars):
            summands = [row for row in block.rows if not row.is_total]
            explained = explain_unit(inspection, place.layer, place.unit)
            assert sum(row.value for row in summands) == pytest.approx(explained.sum, rel=1e-5, abs=1e-5)
            for before, after in itertools.pairwise(summands):
                assert after.start == pytest.approx(before.end)
                assert after.end == pytest.approx(after.start + after.value)
        if isinstance(block, Matrix):
            for index in range(0, block.count, max(block.count // 20, 1)):
                target = block.target(block.cell(index))
                assert block.name(block.cell(index))
                if isinstance(target, Place):
                    assert target.within(spec) == target


@given(_places(), st.integers(200, 2000))
def test_nothing_of_a_sheet_lies_outside_or_on_top_of_something_else(chosen: tuple[ModelSpec, Place], width: int):
    spec, place = chosen
    placed, height = place_sheet(sheet_of(_inspection(spec), place, Options()), width, _MEASURES)
    for one in placed:
        assert one.rect.y + one.rect.height <= height
        if width >= 560:
            assert one.rect.x + one.rect.width <= width + 1
        if isinstance(one.block, Matrix):
            for index in (0, one.block.count - 1):
                cell = one.rect_of(index)
                assert one.at(cell.x + cell.width / 2, cell.y + cell.height / 2) == index
    for nth, one in enumerate(placed):
        for other in placed[:nth]:
            apart = (
                one.rect.x >= other.rect.x + other.rect.width
                or other.rect.x >= one.rect.x + one.rect.width
                or one.rect.y >= other.rect.y + other.rect.height
                or other.rect.y >= one.rect.y + one.rect.height
            )
            assert apart


def test_a_filter_shows_the_channel_that_contributes_most_and_any_other_on_request():
    inspection = _inspection(TUTORIAL)
    place = Place(2, (3, 4, 5))
    explained = explain_unit(inspection, 2, (3, 4, 5))
    assert explained.products is not None
    contributions = explained.products.sum(axis=(0, 1))
    strongest = int(np.abs(contributions).argmax())
    sheet = sheet_of(inspection, place, Options())
    assert _matrices(sheet)[0].title == f"pool1 · map {strongest}"
    np.testing.assert_array_equal(_matrices(sheet)[2].values[0], explained.products[:, :, strongest])
    assert _bars(sheet).rows[0].target == Channel(strongest)
    other = sheet_of(inspection, place, Options(channel=7))
    np.testing.assert_array_equal(_matrices(other)[0].values[0], explained.inputs[:, :, 7])
    assert _matrices(other)[0].target((0, 1, 2)) == Place(1, (4, 6, 7))


def test_small_summands_are_one_row_until_all_are_wanted():
    inspection = _inspection(TUTORIAL)
    few = _bars(sheet_of(inspection, Place(2, (3, 4, 5)), Options(rows=10))).rows
    assert few[10].label == "22 smaller ones"
    assert few[10].target == AllRows()
    every = _bars(sheet_of(inspection, Place(2, (3, 4, 5)), Options(has_all_rows=True))).rows
    assert sum(isinstance(row.target, Channel) for row in every) == 32


def test_padding_is_marked_and_leads_nowhere():
    spec = ModelSpec("", (Conv2D(1, 3, padding=Padding.SAME),))
    patch = _matrices(sheet_of(_inspection(spec), Place(0, (0, 5, 0)), Options()))[0]
    assert patch.outside is not None
    assert patch.outside[0].tolist() == [[True] * 3, [False] * 3, [False] * 3]
    assert patch.target((0, 0, 1)) is None
    assert patch.name((0, 0, 1)) == "padding = 0"
    assert patch.target((0, 1, 1)) == Place(-1, (0, 5, 0))


@pytest.mark.parametrize(
    ("kind", "result", "marked"),
    [
        (Pooling.MAX, "largest of 4 values = 0.800", (0, 0, 1)),
        (Pooling.AVERAGE, "mean of 4 values = 0.350", None),
        (Pooling.NORM, "L2 norm of 4 values = 0.917", None),
    ],
)
def test_pooling_worked_by_hand(kind: Pooling, result: str, marked: tuple[int, int, int] | None):
    image = np.zeros((28, 28), np.uint8)
    image[2:4, 0:2] = [[51, 204], [0, 102]]
    inspection = inspect(Snapshot.of(ModelSpec("", (Pooling2D(2, kind),)), []), image)
    sheet = sheet_of(inspection, Place(0, (1, 0, 0)), Options())
    assert sheet.result == result
    window = _matrices(sheet)[0]
    assert window.marked == marked
    assert window.target((0, 1, 1)) == Place(-1, (3, 1, 0))


def test_flatten_says_how_the_index_follows():
    sheet = sheet_of(_inspection(TUTORIAL), Place(4, (305,)), Options())
    # 305 = (1 · 4 + 0) · 64 + 49
    assert sheet.result.startswith("(1 × 4 columns + 0) × 64 maps + 49 = number 305")
    assert _matrices(sheet)[1].target((0, 0, 0)) == Place(3, (1, 0, 49))


def test_the_contributions_of_a_dense_unit_lie_where_their_inputs_come_from():
    inspection = _inspection(TUTORIAL)
    explained = explain_unit(inspection, 5, (4,))
    assert explained.products is not None
    matrix = next(block for block in _matrices(sheet_of(inspection, Place(5, (4,)), Options())))
    assert matrix.values.shape == (64, 4, 4)
    assert matrix.values[49, 1, 0] == explained.products[305]
    assert matrix.target((49, 1, 0)) == Place(4, (305,))


def test_both_sides_of_the_softmax_belong_together():
    sheet = sheet_of(_inspection(PEN), Place(len(PEN.layers) - 1, (4,), Step.OUTPUT), Options())
    logits, powers, outputs = _matrices(sheet)
    assert logits.group == powers.group == outputs.group
    assert logits.row_names[10] == "no digit"
    np.testing.assert_allclose(powers.values / powers.values.sum(), outputs.values, rtol=1e-5)
    assert logits.target((0, 3, 0)) == Place(len(PEN.layers) - 1, (3,))


def test_the_cost_of_each_true_digit_stands_in_a_row():
    inspection = _inspection(TUTORIAL)
    sheet = sheet_of(inspection, Place(5, (4,), Step.COST), Options())
    table = _matrices(sheet)[0]
    assert table.values.shape == (1, 10, 3)
    assert table.values[0, 4, 0] == pytest.approx(-np.log(inspection.activations[-1][4]), rel=1e-4)
    assert sheet.result.startswith("If 4 is true: −ln(")


@pytest.mark.parametrize(
    ("margin", "true", "line"),
    [
        (40.0, 4, "If 4 is true: −ln(1 − 1.19e−7) = 1.19e−7"),  # the largest number below 1 in float32
        (40.0, 5, "If 5 is true: 4.25e−18 counts as 1e−7, −ln(1e−7) = 16.1181"),
        (8.0, 4, "If 4 is true: −ln(1 − 0.00301) = 0.0030"),
        (1.0, 5, "If 5 is true: −ln(0.0853) = 2.4612"),
    ],
)
def test_the_line_of_the_cost_is_true_to_its_digits(margin: float, true: int, line: str):
    """The oracle is ln(1 + 9 e^-margin) for the digit ahead of nine equal ones, and margin more for the others."""
    spec = ModelSpec("", (Flatten(), Dense(10, Activation.SOFTMAX)))
    bias = np.zeros(10, np.float32)
    bias[4] = margin
    inspection = inspect(Snapshot.of(spec, [np.zeros((784, 10), np.float32), bias]), np.zeros((28, 28), np.uint8))
    sheet = sheet_of(inspection, Place(1, (true,), Step.COST), Options())
    assert sheet.result == line
    assert ("outputs below 1e−7 count as 1e−7" in _matrices(sheet)[0].caption) == (margin > 16)


def test_the_cost_of_a_diverged_network_is_not_a_number():
    spec = ModelSpec("", (Flatten(), Dense(10, Activation.SOFTMAX)))
    bias = np.full(10, np.nan, np.float32)
    inspection = inspect(Snapshot.of(spec, [np.zeros((784, 10), np.float32), bias]), np.zeros((28, 28), np.uint8))
    sheet = sheet_of(inspection, Place(1, (2,), Step.COST), Options())
    assert sheet.result == "If 2 is true: −ln(not a number) = not a number"


@pytest.mark.parametrize("activation", [Activation.RELU, Activation.SIGMOID])
def test_the_curve_has_the_value_on_it(activation: Activation):
    spec = ModelSpec("", (Conv2D(2, 3, activation=activation), Flatten()))
    inspection = _inspection(spec)
    sheet = sheet_of(inspection, Place(0, (3, 3, 1)), Options())
    curve = next(block for block in sheet.blocks if isinstance(block, Curve))
    assert np.interp(curve.at, curve.x, curve.y) == pytest.approx(curve.value, abs=0.02)
    assert curve.value == float(inspection.activations[1][3, 3, 1])


def test_a_pooling_shows_the_cells_of_the_map_and_none_of_the_padding():
    image = np.zeros((28, 28), np.uint8)
    image[0, 0], image[1, 1] = 51, 204
    layers = (Conv2D(1, 1, activation=Activation.LINEAR), Pooling2D(3, Pooling.MAX, 2, Padding.SAME))
    snapshot = Snapshot.of(ModelSpec("", layers), [np.full((1, 1, 1, 1), -1.0), np.array([-0.5])])
    sheet = sheet_of(inspect(snapshot, image), Place(1, (13, 13, 0)), Options())
    assert sheet.result == "largest of 4 values = −0.500"  # rows and columns 26 and 27; a padded 0 would be larger
    window = _matrices(sheet)[0]
    assert window.caption == "2 × 2 values"
    assert window.target((0, 1, 1)) == Place(0, (27, 27, 0))


def test_a_sum_without_a_bias_has_no_row_for_it():
    spec = ModelSpec("", (Conv2D(2, (7, 3), (2, 1), Padding.SAME, use_bias=False),))
    sheet = sheet_of(inspect(random_snapshot(spec), np.full((28, 28), 9, np.uint8)), Place(0, (0, 5, 1)), Options())
    assert sheet.result.startswith("21 products = ")
    (bars,) = [block for block in sheet.blocks if isinstance(block, Bars)]
    assert [row.label for row in bars.rows] == [*(f"row {nth}" for nth in range(7)), "sum", "ReLU"]
    patch, kernel, _ = _matrices(sheet)[:3]
    assert patch.values.shape == kernel.values.shape == (1, 7, 3)
    assert [patch.target((0, row, 1)) for row in (1, 2)] == [None, Place(-1, (0, 5, 0))]
