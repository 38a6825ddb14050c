"""The scene: everything that a lesson can ask about, on screen or in the rehearsal of a lesson file."""

from dataclasses import dataclass, field

from digitlab.data.drawing.sketch import Sketch
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.runs.run import Run
from digitlab.system.errors import DigitLabError
from digitlab.words.lists import listed


class SceneError(DigitLabError):
    """The network or the drawing on screen does not have what a lesson asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is on screen.

    Attributes:
        inspection: What the network computed for the drawing.
        sketch: The drawing.
        recipe: The network that would be trained next, as Network has it.
        run: The run of the network, or None.
        is_own_run: Whether the run was trained here, and not shipped.
        tab: The title of the tab, in lower case.
        page: The title of the page of Explain, in lower case; empty if Explain is not shown.
        place: The value that Explain explains, or None.
        chosen: What the person chose last, by a click or with the keyboard: a value or a whole map; None before that.
        training: ``idle``, ``running`` or ``paused``.
    """

    inspection: Inspection
    sketch: Sketch
    recipe: ModelSpec
    run: Run | None = None
    is_own_run: bool = False
    tab: str = ""
    page: str = ""
    place: Place | None = None
    chosen: Place | None = None
    training: str = field(default="idle")

    @property
    def snapshot(self) -> Snapshot:
        """The network on screen."""
        return self.inspection.snapshot

    @property
    def spec(self) -> ModelSpec:
        """Its layers."""
        return self.inspection.snapshot.spec

    def layer(self, name: str) -> int:
        """Return the index of a layer of the network on screen; -1 for ``input``.

        Raises:
            SceneError: If there is no such layer.
        """
        return layer_of(self.spec, name)


def layer_of(spec: ModelSpec, name: str, where: str = "on screen") -> int:
    """Return the index of a layer of the network on screen, or of the one in Network; -1 for ``input``.

    Raises:
        SceneError: If there is no such layer.
    """
    if name == "input":
        return -1
    names = spec.layer_names
    if name not in names:
        raise SceneError(
            f"The network {where} has no layer {name}.", expected=f"Its layers are {listed(('input', *names))}."
        )
    return names.index(name)
