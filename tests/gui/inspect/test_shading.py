"""Values have the colours that the legend shows."""

import numpy as np
import pytest

from digitlab.gui.inspect.columns import ColumnKind, columns_of
from digitlab.gui.inspect.shading import Scale, Showing, pictures
from digitlab.gui.maps.colours import MIDDLE, TOP, shade, shade_signed
from digitlab.insight.lens import Inspection, inspect
from digitlab.model.files.network_file import read_model
from digitlab.system.assets import model_path
from digitlab.words.numbers import number


@pytest.fixture(scope="module")
def inspection() -> Inspection:
    image = np.zeros((28, 28), dtype=np.uint8)
    image[4:24, 13:16] = 255
    return inspect(read_model(model_path("tutorial")), image)


def test_zero_and_limits_have_their_exact_colours() -> None:
    values = np.array([-2, -1, 0, 1, 2], dtype=np.float32)
    assert shade_signed(values, 1.0).tolist() == [0, 0, MIDDLE, TOP, TOP]
    assert shade(values, 2.0).tolist() == [0, 0, 0, MIDDLE, TOP]


def test_a_dead_map_and_nonfinite_values_are_drawn_as_zero() -> None:
    assert shade(np.zeros(3, np.float32), 0.0).tolist() == [0, 0, 0]
    with np.errstate(invalid="ignore"):
        broken = shade(np.array([np.nan, 1, np.inf], np.float32), 1.0)
    assert broken.tolist() == [0, TOP, TOP]


def test_scales_differ_in_their_brightest_value(inspection: Inspection) -> None:
    columns = columns_of(inspection.snapshot.spec)
    unit, layer, everything = (pictures(inspection, columns, Showing.ACTIVATIONS, scale) for scale in Scale)
    maps = [index for index, column in enumerate(columns) if column.kind is ColumnKind.MAPS]
    for index in maps:
        alive = unit[index].values.max(axis=(1, 2)) > 0
        assert (unit[index].indices().max(axis=(1, 2))[alive] == TOP).all()
        assert layer[index].shared_limit == pytest.approx(float(unit[index].values.max()))
        assert layer[index].indices().max() == TOP
    assert len({everything[index].shared_limit for index in maps}) == 1
    assert everything[maps[0]].shared_limit == max(layer[index].shared_limit for index in maps)


def test_filters_show_the_chosen_input_channel(inspection: Inspection) -> None:
    columns = columns_of(inspection.snapshot.spec)
    conv2 = next(index for index, column in enumerate(columns) if column.name == "conv2")
    kernel = inspection.snapshot.weights[columns[conv2].layer][0]
    for channel in (0, 31):
        shown = pictures(inspection, columns, Showing.FILTERS, Scale.LAYER, channel)[conv2].values
        np.testing.assert_array_equal(shown[7], kernel[:, :, channel, 7])
    mean = pictures(inspection, columns, Showing.FILTERS, Scale.LAYER, None)[conv2].values
    np.testing.assert_allclose(mean[7], kernel[..., 7].mean(axis=2), atol=1e-7)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.834, "1.83"),
        (-0.0213, "−0.0213"),
        (-12.3456, "−12.3"),
        (460800.0, "460,800"),
        (0.0001, "0.000100"),
        (3e-7, "3.00e−7"),
        (float("nan"), "not a number"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
