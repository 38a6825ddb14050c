"""What was on screen before the lessons, to bring it back."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.session.session import Session
from digitlab.model.edits import Edits
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.runs.run import Run


@dataclass(frozen=True, slots=True)
class ShownNetwork:
    """The network on screen, with what is needed to open it again.

    Attributes:
        snapshot: The snapshot on screen, without edits.
        edits: Its edits.
        newest: The last snapshot of the network.
        run: Its run, or None.
        name: Its name in the window.
        file: The file that it was opened from, or None.
    """

    snapshot: Snapshot
    edits: Edits
    newest: Snapshot
    run: Run | None
    name: str
    file: Path | None

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return what is on screen."""
        shown = session.snapshot.original
        return cls(shown, session.edits, session.newest, session.run, session.name_of(shown), session.open_file)

    def is_open(self, session: Session) -> bool:
        """Return whether the network is open, with whichever snapshot and edits."""
        return session.newest is self.newest if self.run is None else session.run is self.run


@dataclass(frozen=True, slots=True)
class Before:
    """What was on screen, each part of which a lesson may replace.

    Attributes:
        sketch: The drawing.
        network: The network.
        plan: The network in Network, which would be trained next.
        tab: The name of the action that shows the tab.
    """

    sketch: Sketch
    network: ShownNetwork
    plan: ModelSpec
    tab: str

    @classmethod
    def of(cls, session: Session, tab: str) -> Self:
        """Return what is on screen."""
        return cls(session.sketch, ShownNetwork.of(session), session.recipe.spec, tab)

    def updated(self, now: "Before", left: "Before | None") -> "Before":
        """Return it with the parts that the person has changed since a lesson left them.

        Args:
            now: What is on screen now.
            left: What the lesson left, or None if it was not left.
        """
        if left is None:
            return self
        return replace(
            self,
            sketch=self.sketch if now.sketch is left.sketch else now.sketch,
            network=self.network if now.network == left.network else now.network,
            plan=self.plan if now.plan == left.plan else now.plan,
            tab=self.tab if now.tab == left.tab else now.tab,
        )
