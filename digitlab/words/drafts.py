"""What of a draft is not applied, in a few words."""

from collections.abc import Iterator
from typing import Final

from digitlab.model.drafting.draft import Draft

_MOST_NAMED: Final = 2
"""Up to so many layers that were added or removed are named, more are counted."""


def unapplied(draft: Draft, applied: Draft) -> tuple[str, ...]:
    """Return what differs from the last valid draft while a draft is invalid: "conv1 filters", "pool2 removed", "loss".

    Args:
        draft: The draft.
        applied: The last valid draft.

    Returns:
        Empty if the draft is valid.
    """
    if draft.is_valid:
        return ()
    names = dict(zip(draft.keys, draft.spec.layer_names, strict=True))
    old_names = dict(zip(applied.keys, applied.spec.layer_names, strict=True))
    same = [key for key in draft.keys if key in old_names]
    order = ["order of the layers"] if same != [key for key in applied.keys if key in names] else []
    loss = ["loss"] if draft.spec.loss is not applied.spec.loss else []
    return (
        *_fields(draft, applied),
        *_layers([name for key, name in names.items() if key not in old_names], "added"),
        *_layers([name for key, name in old_names.items() if key not in names], "removed"),
        *order,
        *loss,
    )


def _fields(draft: Draft, applied: Draft) -> Iterator[str]:
    last = dict(zip(applied.keys, applied.spec.layers, strict=True))
    for key, name, layer in zip(draft.keys, draft.spec.layer_names, draft.spec.layers, strict=True):
        old, typed = last.get(key), draft.typed_in(key)
        for parameter in layer.editable if type(old) is type(layer) else ():
            is_other = getattr(layer, parameter.name) != getattr(old, parameter.name)
            if is_other or parameter.name in typed:
                yield f"{name} {parameter.label.lower()}"


def _layers(names: list[str], what: str) -> list[str]:
    return [f"{name} {what}" for name in names] if len(names) <= _MOST_NAMED else [f"{len(names)} layers {what}"]
