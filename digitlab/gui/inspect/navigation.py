"""Navigation from tile to tile with the arrow keys. Pure computation, without Qt."""

from enum import Enum, auto

from digitlab.gui.inspect.columns import ColumnKind, Spot
from digitlab.gui.inspect.scene import Scene


class Direction(Enum):
    """An arrow key."""

    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()


def neighbour(scene: Scene, spot: Spot, direction: Direction) -> Spot:
    """Return the neighbour of a tile in its column, or the nearest tile of the next column; itself at an end."""
    grid = scene.layout.grids[spot.column]
    line, nth = divmod(spot.channel, grid.across)
    match direction:
        case Direction.LEFT if nth > 0:
            return Spot(spot.column, spot.channel - 1)
        case Direction.RIGHT if nth < grid.across - 1 and spot.channel + 1 < grid.count:
            return Spot(spot.column, spot.channel + 1)
        case Direction.UP if line > 0:
            return Spot(spot.column, spot.channel - grid.across)
        case Direction.DOWN if spot.channel + grid.across < grid.count:
            return Spot(spot.column, spot.channel + grid.across)
        case Direction.UP if scene.columns[spot.column].kind is ColumnKind.OUTPUTS:
            return Spot(spot.column - 1, scene.columns[spot.column - 1].count - 1)
        case Direction.DOWN if _has_outputs_below(scene, spot.column):
            return Spot(spot.column + 1, 0)
        case Direction.LEFT | Direction.RIGHT:
            return _across(scene, spot, direction)
        case _:
            return spot


def _across(scene: Scene, spot: Spot, direction: Direction) -> Spot:
    step = 1 if direction is Direction.RIGHT else -1
    index = spot.column + step
    here = scene.layout.heads[spot.column].x
    while 0 <= index < len(scene.columns) and scene.layout.heads[index].x == here:
        index += step
    if not 0 <= index < len(scene.columns):
        return spot
    tile = scene.layout.grids[spot.column].tile(spot.channel)
    grid = scene.layout.grids[index]
    line = round((tile.y + tile.height / 2 - grid.y - grid.height / 2) / (grid.height + grid.gap_down))
    line = min(max(line, 0), grid.down - 1)
    nth = 0 if step > 0 else grid.across - 1
    return Spot(index, min(line * grid.across + nth, grid.count - 1))


def _has_outputs_below(scene: Scene, column: int) -> bool:
    return column + 1 < len(scene.columns) and scene.columns[column + 1].kind is ColumnKind.OUTPUTS
