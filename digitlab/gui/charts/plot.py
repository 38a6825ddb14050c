"""A plot as a value: the contents of a painted chart, and the layout around them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from digitlab.gui.charts.items import Item, Mark
from digitlab.gui.charts.scales import NO_SCALE, NO_TARGETS, Scale, Targets

TITLE_PX: Final = 20
"""Height of the line with title and readout."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The layout around the plot area, in pixels, and the keyboard behaviour.

    Attributes:
        left_px: Space on the left, for the values.
        right_px: Space on the right.
        top_px: Space above.
        bottom_px: Space below, for the values of the horizontal axis and its title.
        below_px: Height of a strip between the plot area and those values, for items.
        title: The title, painted above with the readout beside it; empty for neither.
        x_title: Title of the horizontal axis; empty for none.
        y_title: Title of the vertical axis; empty for none.
        text_gap_px: Distance from the plot area to the texts below it.
        tick_px: How far grid lines extend towards the values on the left.
        size: Usual width and height.
        least_size: Smallest readable width and height.
        do_arrows_choose: Whether the arrow keys choose snapshots; otherwise they move the readout.
    """

    left_px: int
    right_px: int
    top_px: int
    bottom_px: int
    below_px: int = 0
    title: str = ""
    x_title: str = ""
    y_title: str = ""
    text_gap_px: int = 6
    tick_px: int = 0
    size: tuple[int, int] = (560, 280)
    least_size: tuple[int, int] = (240, 170)
    do_arrows_choose: bool = False


def axes_frame(x_title: str, y_title: str, below_px: int = 0) -> Frame:
    """Return the frame of a chart with axis titles."""
    return Frame(72, 24, 12, 42, below_px, x_title=x_title, y_title=y_title)


def snapshots_frame(title: str, left_px: int, right_px: int) -> Frame:
    """Return the frame of a small chart over the snapshots of a run, with a title and the readout above."""
    return Frame(
        left_px,
        right_px,
        TITLE_PX + 4,
        18,
        title=title,
        text_gap_px=2,
        tick_px=3,
        size=(420, 150),
        least_size=(140, 100),
        do_arrows_choose=True,
    )


@dataclass(frozen=True, slots=True)
class Pointed:
    """The target that is pointed at.

    Attributes:
        index: Index of the target.
        height: Vertical place in the plot area, 0..1; 0 for the keyboard.
    """

    index: int
    height: float = 0.0


def _read_nothing(pointed: Pointed) -> str:
    del pointed
    return ""


def _highlight_nothing(index: int | None) -> Sequence[Mark]:
    del index
    return ()


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """The contents of a chart, apart from the marks of the snapshot on screen.

    Attributes:
        x: The horizontal scale.
        y: The vertical scale.
        items: The items in or around the plot area, painted once in this order.
        targets: The targets that can be pointed at.
        read: Returns the readout of a target.
        highlight: Returns the marks of a target, or the marks shown when nothing is pointed at.
        steps: Training step of each target, if clicking it chooses a snapshot; empty otherwise.
        message: Text shown instead of everything else, if there is nothing to plot.
    """

    x: Scale = NO_SCALE
    y: Scale = NO_SCALE
    items: tuple[Item, ...] = ()
    targets: Targets = NO_TARGETS
    read: Callable[[Pointed], str] = _read_nothing
    highlight: Callable[[int | None], Sequence[Mark]] = _highlight_nothing
    steps: tuple[int, ...] = ()
    message: str = ""
