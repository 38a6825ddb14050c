"""Tiles are in the right place, cells are whole device pixels, and every channel can be reached."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.gui.inspect.columns import BARS, Column, ColumnKind, Spot, columns_of
from digitlab.gui.inspect.geometry import HeadWidth, NetworkLayout, place_network
from digitlab.gui.maps.grid import Grid, best_grid
from digitlab.model.layer import Activation, Layer, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import PEN, PRESETS, TUTORIAL
from digitlab.model.spec import ModelSpec

AT_1280_X_800 = (874.0, 374.0)
AT_1920_X_1080 = (1514.0, 631.0)
AT_2560_X_1440 = (2154.0, 904.0)
"""The space for the network in a window of that size."""


@st.composite
def specs(draw: st.DrawFn) -> ModelSpec:
    """Any network that can be built, with or without a dense layer."""

    def convolution() -> Conv2D:
        return Conv2D(
            draw(st.integers(1, 256)),
            draw(st.integers(1, 6)),
            draw(st.integers(1, 2)),
            draw(st.sampled_from(Padding)),
            draw(st.sampled_from([Activation.RELU, Activation.LINEAR])),
        )

    pooling = Pooling2D(draw(st.integers(1, 4)), draw(st.sampled_from(Pooling)))
    body = (convolution(), pooling, convolution())
    tails: list[tuple[Layer, ...]] = [
        (),
        (Flatten(),),
        (GlobalPooling2D(),),
        (GlobalPooling2D(), Dense(10, Activation.SOFTMAX)),
        (Flatten(), Dense(10, Activation.SOFTMAX)),
        (Flatten(), Dense(100, Activation.RELU), Dense(10, Activation.SIGMOID)),
    ]
    return ModelSpec("any", (*body[: draw(st.integers(0, 3))], *draw(st.sampled_from(tails))))


def _placed(spec: ModelSpec, width: float, height: float, pixel: float = 1.0) -> NetworkLayout:
    columns = columns_of(spec)
    return place_network(columns, [_head(column) for column in columns], width, height, pixel)


def _head(column: Column) -> HeadWidth:
    """Return about the width for the usual font: 8.5 px a letter in the name, 6.3 px elsewhere, and the legend."""
    legend = 0.0 if column.kind in BARS else 68.0 if column.has_maps else 57.0
    least = max(8.5 * len(column.name), 6.3 * len(column.shape), legend)
    return HeadWidth(max(least, 6.3 * len(column.note)), max(least, 6.3 * len(column.short_note)))


@pytest.mark.parametrize("preset", sorted(set(PRESETS) - {"modern"}))  # with 19 layers, which is scrolled through
@pytest.mark.parametrize("space", [AT_1280_X_800, (1500.0, 560.0), (2180.0, 1000.0)])
def test_all_channels_of_a_preset_show_at_once(preset: str, space: tuple[float, float]) -> None:
    layout = _placed(PRESETS[preset], *space)
    assert layout.width <= space[0]
    assert layout.height <= space[1]


def test_texts_are_not_shortened_where_they_fit() -> None:
    assert not _placed(TUTORIAL, *AT_1280_X_800).has_short_heads
    assert _placed(PEN, *AT_1280_X_800).has_short_heads
    assert not _placed(PEN, 1500.0, 560.0).has_short_heads


def _shares(spec: ModelSpec, space: tuple[float, float]) -> tuple[float, float]:
    """Return the side of the smallest tile, and the share of the space that the maps cover."""
    maps = [grid for column, grid in zip(columns_of(spec), _placed(spec, *space).grids, strict=True) if column.has_maps]
    covered = sum(grid.width * grid.height * grid.count for grid in maps)
    return min(grid.width for grid in maps), covered / (space[0] * space[1])


@pytest.mark.parametrize(("spec", "least"), [(TUTORIAL, (24, 48, 72)), (PEN, (16, 32, 56))], ids=["tutorial", "pen"])
def test_tiles_grow_with_the_window_and_fill_it(spec: ModelSpec, least: tuple[int, ...]) -> None:
    for wanted, share, space in zip(
        least, (0.3, 0.48, 0.55), (AT_1280_X_800, AT_1920_X_1080, AT_2560_X_1440), strict=True
    ):
        smallest, covered = _shares(spec, space)
        assert smallest >= wanted
        assert covered >= share


def test_a_small_network_fills_a_large_window() -> None:
    _, conv, pool = _placed(PRESETS["one-conv"], *AT_2560_X_1440).grids
    assert conv.width > 120
    assert pool.width > 110


def test_last_lines_are_full_where_there_is_space() -> None:
    spec = ModelSpec("", (Conv2D(32, 5),))
    narrow, wide = _placed(spec, 260.0, 400.0).grids[1], _placed(spec, 2000.0, 90.0 + 4 * 26).grids[1]
    assert narrow.count % narrow.across
    assert wide.count % wide.across == 0


def test_bars_are_wider_in_a_large_window() -> None:
    small, large = (_placed(TUTORIAL, *space).grids[-1].width for space in (AT_1280_X_800, AT_2560_X_1440))
    assert large > small + 30


@given(
    spec=specs(), width=st.integers(300, 2500), height=st.integers(200, 1400), pixel=st.sampled_from([1.0, 0.8, 0.5])
)
def test_the_middle_of_every_cell_is_that_cell(spec: ModelSpec, width: int, height: int, pixel: float) -> None:
    if spec.building_problem() is not None:
        return
    columns = columns_of(spec)
    layout = _placed(spec, width, height, pixel)
    for index, (column, grid) in enumerate(zip(columns, layout.grids, strict=True)):
        for channel in {0, column.count // 2, column.count - 1}:
            for row, col in {(0, 0), (column.rows - 1, column.cols - 1)}:
                cell = grid.cells(channel, slice(row, row + 1), slice(col, col + 1))
                middle = cell.x + cell.width / 2, cell.y + cell.height / 2
                assert layout.at(*middle) == Spot(index, channel, row, col)
                assert 0 <= middle[0] <= layout.width
                assert 0 <= middle[1] <= layout.height


@given(spec=specs(), width=st.integers(300, 2500), height=st.integers(200, 1400), pixel=st.sampled_from([1.0, 0.5]))
def test_columns_do_not_overlap_and_cells_are_whole_pixels(
    spec: ModelSpec, width: int, height: int, pixel: float
) -> None:
    if spec.building_problem() is not None:
        return
    layout = _placed(spec, width, height, pixel)
    for column, grid in zip(columns_of(spec), layout.grids, strict=True):
        if column.kind not in BARS:
            cell = grid.width / grid.cols / pixel
            assert cell == pytest.approx(round(cell))
    boxes = [grid.box for grid in layout.grids]
    for before, after in pairwise(boxes):
        assert after.x >= before.x + before.width or after.y >= before.y + before.height


def test_a_point_beside_the_tiles_has_no_cell() -> None:
    layout = _placed(TUTORIAL, *AT_1280_X_800)
    assert layout.at(0, 0) is None
    assert layout.at(layout.grids[0].x, layout.grids[0].box.y + layout.grids[0].box.height + 1) is None


def test_the_last_line_may_be_shorter() -> None:
    grid = Grid(0, 0, 5, 3, 10, 10, 2, 2, 1, 1)
    assert grid.at(15, 15) == (4, 0, 0)
    assert grid.at(27, 15) is None


def test_flatten_is_laid_out_in_reading_order() -> None:
    layout = _placed(TUTORIAL, *AT_1280_X_800)
    index = next(i for i, column in enumerate(columns_of(TUTORIAL)) if column.kind is ColumnKind.LIST)
    grid = layout.grids[index]
    assert grid.count == 1024
    assert grid.tile(1).x > grid.tile(0).x
    assert grid.tile(grid.across).y > grid.tile(0).y


def test_the_best_grid_fills_its_space_without_overflowing() -> None:
    grid = best_grid(32, 5, 5, 190, 150)
    assert grid.box.width <= 190
    assert grid.box.height <= 150
    assert grid.width == 25 - 5  # 4 px a cell: with 5 px only 30 of the 32 would fit


def test_kernels_are_centred_in_their_tiles() -> None:
    grid = Grid(10, 20, 4, 2, 24, 24, 2, 2, 24, 24)
    kernels = grid.with_content(5, 5, 1.0)
    assert (kernels.width, kernels.x, kernels.y) == (20, 12, 20)
    assert kernels.tile(3).x == grid.tile(3).x + 2
    assert kernels.cell(3, kernels.tile(3).x + 19, kernels.tile(3).y + 1) == (0, 4)


@given(
    st.tuples(st.integers(1, 28), st.integers(1, 28)),
    st.tuples(st.integers(6, 60), st.integers(6, 60)),
    st.sampled_from([1.0, 0.5]),
)
def test_kernels_of_any_sides_stay_within_their_tiles_and_keep_their_proportions(kernel, tile, pixel) -> None:
    (rows, cols), (height, width) = kernel, tile
    grid = Grid(10, 20, 4, 2, width, height, 2, 2, height, width)
    kernels = grid.with_content(rows, cols, pixel)
    for channel in range(4):
        inner, outer = kernels.tile(channel), grid.tile(channel)
        assert outer.x <= inner.x
        assert inner.x + inner.width <= outer.x + outer.width
        assert outer.y <= inner.y
        assert inner.y + inner.height <= outer.y + outer.height
    if kernels.height >= rows * pixel and kernels.width >= cols * pixel:
        assert kernels.width / cols == pytest.approx(kernels.height / rows)
    elif kernels.width < width:  # smaller than a pixel a cell
        assert kernels.width <= max(kernels.height * cols / rows, pixel)
