"""What is edited in a network, as text."""

from digitlab.model.edits import FULL_BITS, Edits
from digitlab.model.snapshot import Snapshot
from digitlab.words.lists import listed
from digitlab.words.numbers import count, exact_number

OFF: str = "off"
"""The word for a filter or unit whose activation is 0 for every input."""


def off_note(snapshot: Snapshot, layer: int, unit: int) -> str:
    """Return what follows the name of a map, filter or unit: ``", off"``, or nothing.

    Args:
        snapshot: The network.
        layer: Index of the layer; -1 is the input.
        unit: Index of the filter, map or unit; beyond the last one, as in a list of copied values, none is off.
    """
    off = snapshot.off_units(layer)
    return f", {OFF}" if unit < len(off) and off[unit] else ""


def edits_text(edits: Edits) -> str:
    """Return what is edited: ``2 filters off, 3 weights set by hand, noise of 0.25 and kernels rounded to 4 bits``."""
    parts = []
    if edits.off:
        parts.append(f"{count(len(edits.off), 'filter or unit', 'filters or units')} {OFF}")
    if edits.weights:
        parts.append(f"{count(len(edits.weights), 'weight')} set by hand")
    if edits.noise.strength:
        parts.append(f"noise of {exact_number(edits.noise.strength)}")
    if edits.bits < FULL_BITS:
        parts.append(f"kernels rounded to {count(edits.bits, 'bit')}")
    return listed(parts) if parts else "nothing"
