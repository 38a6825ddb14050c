"""What is needed to paint a network: values, positions and colours."""

from dataclasses import dataclass

from PySide6.QtGui import QPalette

from digitlab.gui.inspect.columns import BARS, Column, Spot, columns_of
from digitlab.gui.inspect.geometry import HeadWidth, NetworkLayout, place_network
from digitlab.gui.inspect.shading import Picture, Scale, Showing, pictures
from digitlab.gui.maps.atlas import Atlas, colour_tables
from digitlab.gui.maps.grid import Grid
from digitlab.insight.lens import Inspection
from digitlab.model.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices in the toolbar.

    Attributes:
        showing: Activation maps or filters.
        scale: Which value has the strongest colour.
        input_channel: Which input channel of the filters is shown; None for the mean of all.
    """

    showing: Showing = Showing.ACTIVATIONS
    scale: Scale = Scale.LAYER
    input_channel: int | None = None


class Scene:
    """A network laid out in the given space, with the values of one inspection.

    Args:
        inspection: The inspection shown.
        palette: The theme's colours.
    """

    def __init__(self, inspection: Inspection, palette: QPalette) -> None:
        """Create a scene that is not laid out yet; see ``place``."""
        self.inspection = inspection
        self.choices = Choices()
        self.columns: tuple[Column, ...] = columns_of(inspection.snapshot.spec)
        self.layout = NetworkLayout((), (), 0, 0)
        self.contents: tuple[Grid, ...] = ()
        self.pictures: tuple[Picture, ...] = self._pictures()
        self.atlases: tuple[Atlas | None, ...] = ()
        self.colours = colour_tables(palette)
        self.pixel = 1.0

    @property
    def spec(self) -> ModelSpec:
        """The network."""
        return self.inspection.snapshot.spec

    def show(self, inspection: Inspection) -> bool:
        """Show another inspection; return whether its network is another one, which must be laid out again."""
        is_other = inspection.snapshot.spec.layers != self.spec.layers
        self.inspection = inspection
        if is_other:
            self.columns = columns_of(inspection.snapshot.spec)
            self.layout, self.contents, self.atlases = NetworkLayout((), (), 0, 0), (), ()
        self.fill()
        return is_other

    def choose(self, choices: Choices) -> None:
        """Apply other choices to the same inspection."""
        self.choices = choices
        self._make_atlases()

    def recolour(self, palette: QPalette) -> None:
        """Use the colours of another theme."""
        colours = colour_tables(palette)
        if colours is not self.colours:
            self.colours = colours
            self.fill()

    def place(self, head_widths: list[HeadWidth], width: float, height: float, pixel: float) -> None:
        """Lay out the network in a space; see ``place_network``."""
        self.pixel = pixel
        self.layout = place_network(self.columns, head_widths, width, height, pixel)
        self._make_atlases()

    def fill(self) -> None:
        """Update all pictures."""
        self.pictures = self._pictures()
        self._fill_atlases()

    def _fill_atlases(self) -> None:
        # There are no atlases before the first layout.
        for picture, atlas in zip(self.pictures, self.atlases, strict=False):
            if atlas is not None:
                atlas.fill(picture.indices(), self.colours.tables[picture.colours])

    def at(self, x: float, y: float) -> Spot | None:
        """Return the cell under a point."""
        spot = self.layout.at(x, y)
        if spot is None:
            return None
        return Spot(spot.column, spot.channel, *self.contents[spot.column].cell(spot.channel, x, y))

    def clamped(self, spot: Spot) -> Spot:
        """Return the nearest existing cell."""
        index = min(spot.column, len(self.columns) - 1)
        count, (rows, cols) = self.columns[index].count, self.cells_of(index)
        return Spot(index, min(spot.channel, count - 1), min(spot.row, rows - 1), min(spot.col, cols - 1))

    def cells_of(self, column: int) -> tuple[int, int]:
        """Return the rows and columns of cells in a column's tiles as shown."""
        _, rows, cols = self.pictures[column].values.shape
        return rows, cols

    def _pictures(self) -> tuple[Picture, ...]:
        choices = self.choices
        return pictures(self.inspection, self.columns, choices.showing, choices.scale, choices.input_channel)

    def _make_atlases(self) -> None:
        self.pictures = self._pictures()
        if not self.layout.grids:
            return
        shapes = [picture.values.shape for picture in self.pictures]
        self.contents = tuple(
            grid.with_content(shape[1], shape[2], self.pixel)
            for grid, shape in zip(self.layout.grids, shapes, strict=True)
        )
        self.atlases = tuple(
            None if column.kind in BARS else Atlas(grid, content, self.pixel)
            for column, grid, content in zip(self.columns, self.layout.grids, self.contents, strict=True)
        )
        self._fill_atlases()
