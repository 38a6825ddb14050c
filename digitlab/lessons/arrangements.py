"""What a lesson can set up in the window, each one entry of a table: a network, a drawing, a tab, a place and so on.

Each is a value that can be applied to a scene, so that a lesson can be rehearsed without a window and ask what will
happen; the window carries out the same values.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.sketch import Sketch
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place
from digitlab.lessons.expression import Expression, parse_list
from digitlab.lessons.kinds import Kind
from digitlab.lessons.measures import nearest
from digitlab.lessons.measuring.places import check_index, place_in
from digitlab.lessons.mistakes import MistakeError
from digitlab.lessons.planning import PlanNetwork, read_plan
from digitlab.lessons.scene import Scene, SceneError
from digitlab.model.edits import Edits, Unit, can_be_off
from digitlab.model.files.network_file import read_model
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path, shipped_model_names
from digitlab.words.lists import listed

TABS: Final = {
    "network": "showNetwork",
    "train": "showTrain",
    "learning": "showLearning",
    "look inside": "showInspect",
    "explain": "showExplain",
    "evaluate": "showEvaluate",
    "runs": "showRuns",
    "my digits": "showMyDigits",
}
"""The tabs by their titles, with the action that shows each."""

PAGES: Final = {
    "worked sum": "explainSum",
    "sliding window": "explainSlide",
    "sandbox": "explainSandbox",
    "what if": "explainWhatIf",
}
"""The pages of Explain by their titles, with the object name of the button that shows each."""

NOTHING: Final = ("empty", "none", "last")
"""Words that stand for no drawing, no filters, and the last snapshot."""


@dataclass(frozen=True, slots=True)
class ShowNetwork:
    """Open a shipped network with its run."""

    name: str

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the network, without edits."""
        path: Path = model_path(self.name)
        snapshot, run = read_model(path), read_run(path)
        shown = run.snapshots[-1] if run is not None else snapshot
        return replace(_with(scene, snapshot=shown), run=run, is_own_run=False, recipe=snapshot.spec, place=None)


@dataclass(frozen=True, slots=True)
class ShowDrawing:
    """Put a drawn digit on the canvas, or clear it.

    Attributes:
        digit: 0..9, or None for an empty canvas.
        style: Which way of writing it, from 0.
    """

    digit: int | None
    style: int = 0

    @property
    def sketch(self) -> Sketch:
        """What is on the canvas then: an example, which the person's first stroke replaces."""
        if self.digit is None:
            return Sketch()
        return Sketch(builtin_drawing(self.digit, builtin_styles(self.digit)[self.style]), is_sample=True)

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the drawing."""
        return _with(scene, sketch=self.sketch)


@dataclass(frozen=True, slots=True)
class ShowEpoch:
    """Show the snapshot nearest to an epoch of the run; None for the last one."""

    epoch: float | None

    def snapshot(self, run: Run | None, newest: Snapshot) -> Snapshot:
        """Return the snapshot, the newest one without a run."""
        if run is None or self.epoch is None:
            return newest
        wanted = self.epoch
        return min(run.snapshots, key=lambda snapshot: abs(snapshot.epoch - wanted))

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the snapshot."""
        newest = scene.run.snapshots[-1] if scene.run is not None else scene.snapshot.original
        return _with(scene, snapshot=self.snapshot(scene.run, newest))


@dataclass(frozen=True, slots=True)
class ShowTab:
    """Show a tab; one of ``TABS``."""

    tab: str

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the tab."""
        return replace(scene, tab=self.tab, page=scene.page or "worked sum" if self.tab == "explain" else "")


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Show a page of Explain; one of ``PAGES``."""

    page: str

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the page."""
        return replace(scene, tab="explain", page=self.page)


@dataclass(frozen=True, slots=True)
class ShowPlace:
    """Explain a value; what is asked for is computed from the scene."""

    where: tuple[Expression, ...]

    def place(self, scene: Scene) -> Place:
        """Return the place in the network on screen.

        Raises:
            SceneError: If the network does not have it.
        """
        return place_of(self.where, scene)

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the place."""
        return replace(scene, tab="explain", page=scene.page or "worked sum", place=self.place(scene))


@dataclass(frozen=True, slots=True)
class ShowTile:
    """Select a tile of Look inside: a layer and a map or unit."""

    where: tuple[Expression, ...]

    def place(self, scene: Scene) -> Place:
        """Return the first value of the tile in the network on screen.

        Raises:
            SceneError: If the network does not have it.
        """
        is_map = len(scene.spec.shapes[scene.layer(str(self.where[0].value(scene))) + 1]) == 3
        name, *numbers = (one.value(scene) for one in self.where)
        indices = [int(number) for number in numbers]  # type: ignore[arg-type]  # whole numbers
        return place_in(scene, str(name), *indices, *((0, 0) if is_map else ()))

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the tile."""
        self.place(scene)
        return replace(scene, tab="look inside", page="")


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """Switch filters of a layer off, or all on again if none are named."""

    where: tuple[Expression, ...]

    def edits(self, scene: Scene, before: Edits) -> Edits:
        """Return the edits of the network with the filters off.

        Raises:
            SceneError: If the network does not have them.
        """
        if not self.where:
            return replace(before, off=frozenset())
        name, *filters = (one.value(scene) for one in self.where)
        layer = scene.layer(str(name))
        count = scene.spec.shapes[layer + 1][-1]
        if not can_be_off(scene.spec, layer):
            raise SceneError(f"{name} has no bias that could switch a filter off.", expected="Expected a ReLU.")
        for index in filters:
            check_index(str(name), "filter", int(index), count)  # type: ignore[arg-type]  # checked when it was read
        return before.with_off(Unit(layer, int(index)) for index in filters)  # type: ignore[arg-type]

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the filters off."""
        return _with(scene, snapshot=self.edits(scene, Edits()).applied_to(scene.snapshot))


Arrangement = (
    ShowNetwork | ShowDrawing | ShowEpoch | ShowTab | ShowPage | ShowPlace | ShowTile | SwitchOff | PlanNetwork
)


def place_of(where: tuple[Expression, ...], scene: Scene) -> Place:
    """Return the place that a lesson file names: a layer, and a map with row and column, or a unit.

    Raises:
        SceneError: If the network on screen does not have it.
    """
    name, *indices = (one.value(scene) for one in where)
    return place_in(scene, str(name), *(int(index) for index in indices))  # type: ignore[arg-type]  # whole numbers


def _with(scene: Scene, snapshot: Snapshot | None = None, sketch: Sketch | None = None) -> Scene:
    """Return the scene with another network or drawing, computed again."""
    shown, drawn = snapshot or scene.snapshot, sketch or scene.sketch
    image = scene.inspection.image if sketch is None else sketch.steps().image
    return replace(scene, inspection=inspect(shown, image), sketch=drawn)


# Reading


def _read_network(text: str) -> Arrangement:
    return ShowNetwork(_one_of(text, shipped_model_names(), "a shipped network"))


def _read_drawing(text: str) -> Arrangement:
    if text == "empty":
        return ShowDrawing(None)
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() for part in parts) or len(parts) > 2 or int(parts[0]) >= CLASS_COUNT:
        raise MistakeError(f'"{text}"', 'a digit from 0 to 9, perhaps with its style as in "7, 1", or empty')
    digit, style = int(parts[0]), int(parts[1]) if len(parts) == 2 else 0
    styles = builtin_styles(digit)
    if style >= len(styles):
        raise MistakeError(f"the style {style} of the {digit}", f"a style from 0 to {len(styles) - 1}")
    return ShowDrawing(digit, style)


def _read_epoch(text: str) -> Arrangement:
    if text == "last":
        return ShowEpoch(None)
    try:
        epoch = float(text)
    except ValueError:
        epoch = -1.0
    if not 0 <= epoch < 1e6:
        raise MistakeError(f'"{text}"', "a number of epochs from 0, or last")
    return ShowEpoch(epoch)


def _read_tab(text: str) -> Arrangement:
    return ShowTab(_one_of(text, tuple(TABS), "a tab"))


def _read_page(text: str) -> Arrangement:
    return ShowPage(_one_of(text, tuple(PAGES), "a page of Explain"))


def _read_place(text: str) -> Arrangement:
    return ShowPlace(read_where(text))


def _read_tile(text: str) -> Arrangement:
    where = read_where(text)
    if len(where) != 2:
        raise MistakeError(f'"{text}"', 'a layer and a map or unit, such as "conv1, 3"')
    return ShowTile(where)


def _read_off(text: str) -> Arrangement:
    return SwitchOff(() if text == "none" else read_where(text))


def _one_of(text: str, known: tuple[str, ...], what: str) -> str:
    if text not in known:
        raise MistakeError(f'"{text}"', nearest(text, known, what))
    return text


def read_where(text: str) -> tuple[Expression, ...]:
    """Read a layer with numbers: ``conv1, 3, 21, 14``; each number may be computed.

    Raises:
        MistakeError: If it is something else.
    """
    parts = parse_list(text)
    if parts[0].kind is not Kind.LAYER or len(parts) < 2 or any(part.kind is not Kind.WHOLE for part in parts[1:]):
        raise MistakeError(f'"{text}"', 'a layer and whole numbers, such as "conv1, 3, 21, 14"')
    return parts


@dataclass(frozen=True, slots=True)
class Entry:
    """How something to set up is written.

    Attributes:
        read: Reads it from the text after the colon.
        value: What stands there, for authors.
        about: What it does.
    """

    read: Callable[[str], Arrangement]
    value: str
    about: str


ARRANGEMENTS: Final = {
    "network": Entry(_read_network, listed(shipped_model_names(), "or"), "opens a shipped network with its run"),
    "drawing": Entry(_read_drawing, "a digit, or empty", "puts a drawn digit on the canvas"),
    "epoch": Entry(_read_epoch, "a number, or last", "shows the snapshot nearest to an epoch of the run"),
    "off": Entry(_read_off, "a layer and filters, or none", "switches filters off, or all on again"),
    "plan": Entry(
        read_plan,
        "none, or a layer with settings, such as conv1, stride, 2",
        "plans the network on screen in Network, with other settings of a layer",
    ),
    "tab": Entry(_read_tab, listed(TABS, "or"), "shows a tab"),
    "page": Entry(_read_page, listed(PAGES, "or"), "shows a page of Explain"),
    "tile": Entry(_read_tile, "a layer and a map or unit", "selects a tile of Look inside"),
    "place": Entry(_read_place, "a layer, map, row and column", "explains a value"),
}
"""What can be set up, by its name in lesson files. It is done in this order, whatever the order in the file."""
