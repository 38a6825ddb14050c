"""A network while it is edited: a value that may not be buildable, and every edit of it as a function."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import NamedTuple

from digitlab.model.hyperparameters import Hyperparameter
from digitlab.model.layer import Layer, Shape, UnbuildableError
from digitlab.model.spec import ModelSpec


class Typed(NamedTuple):
    """A text in a field that is no valid value.

    Attributes:
        key: The key of the layer.
        field: The hyperparameter.
        text: What stands in each of its inputs; a pair has two.
    """

    key: int
    field: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the editor holds.

    Attributes:
        spec: The network; a field with an invalid text has its last valid value here.
        keys: A number for each layer that stays its own when layers are moved, added or removed.
        next_key: The key of the next new layer.
        typed: The invalid texts.
    """

    spec: ModelSpec
    keys: tuple[int, ...]
    next_key: int
    typed: tuple[Typed, ...] = ()

    @classmethod
    def of(cls, spec: ModelSpec) -> "Draft":
        """Return the draft of a network in which nothing was edited."""
        count = len(spec.layers)
        return cls(spec, tuple(range(count)), count)

    @property
    def is_valid(self) -> bool:
        """Whether it can be built, and all texts are valid."""
        return not self.typed and self.spec.building_problem() is None

    def typed_in(self, key: int) -> dict[str, tuple[str, ...]]:
        """Return the invalid texts of a layer by hyperparameter."""
        return {typed.field: typed.text for typed in self.typed if typed.key == key}

    def inserted(self, index: int, layers: tuple[Layer, ...]) -> "Draft":
        """Return the draft with layers inserted.

        Args:
            index: The index of the first of them, 0 to the number of layers.
            layers: The new layers.
        """
        old, end = self.spec.layers, self.next_key + len(layers)
        return self._of(
            (*old[:index], *layers, *old[index:]),
            (*self.keys[:index], *range(self.next_key, end), *self.keys[index:]),
            end,
        )

    def removed(self, index: int) -> "Draft":
        """Return the draft without a layer."""
        layers, keys = self.spec.layers, self.keys
        return self._of(layers[:index] + layers[index + 1 :], keys[:index] + keys[index + 1 :], self.next_key)

    def moved(self, index: int, to: int) -> "Draft":
        """Return the draft with a layer moved.

        Args:
            index: Where it is.
            to: Where it is afterwards.
        """
        layers, keys = list(self.spec.layers), list(self.keys)
        layers.insert(to, layers.pop(index))
        keys.insert(to, keys.pop(index))
        return self._of(tuple(layers), tuple(keys), self.next_key)

    def duplicated(self, index: int) -> "Draft":
        """Return the draft with a copy of a layer after it."""
        return self.inserted(index + 1, (self.spec.layers[index],))

    def with_spec(self, spec: ModelSpec) -> "Draft":
        """Return the draft with other values in the same layers."""
        return replace(self, spec=spec)

    def with_value(self, index: int, field: str, value: object) -> "Draft":
        """Return the draft with a hyperparameter changed to a valid value."""
        layer = self.spec.layers[index].changed(**{field: value})
        rest = self._without_text(index, field)
        return replace(self, spec=self.spec.with_layer(index, layer), typed=rest)

    def with_text(self, index: int, field: str, text: tuple[str, ...]) -> "Draft":
        """Return the draft with an invalid text in a field; its hyperparameter keeps its last valid value."""
        return replace(self, typed=(*self._without_text(index, field), Typed(self.keys[index], field, text)))

    def showing(self, spec: ModelSpec) -> "Draft":
        """Return the draft of another network, without invalid texts; layers that are the same keep their keys."""
        keys: list[int] = []
        next_key = self.next_key
        for kind, start, stop, new_start, new_stop in _changes(self.spec.layers, spec.layers):
            kept = self.keys[start:stop] if kind != "insert" else ()
            for place in range(new_stop - new_start):
                is_kept = place < len(kept) and kind != "delete"
                is_kept = is_kept and type(self.spec.layers[start + place]) is type(spec.layers[new_start + place])
                keys.append(kept[place] if is_kept else next_key)
                next_key += not is_kept
        return Draft(spec, tuple(keys), next_key)

    def _of(self, layers: tuple[Layer, ...], keys: tuple[int, ...], next_key: int) -> "Draft":
        typed = tuple(one for one in self.typed if one.key in keys)
        return Draft(replace(self.spec, layers=layers), keys, next_key, typed)

    def _without_text(self, index: int, field: str) -> tuple[Typed, ...]:
        return tuple(one for one in self.typed if (one.key, one.field) != (self.keys[index], field))


def shapes_until_problem(spec: ModelSpec) -> tuple[Shape, ...]:
    """Return the shape of the input and of the outputs up to the first layer that does not fit."""
    shapes = [spec.input_shape]
    for layer in spec.layers:
        try:
            shapes.append(layer.output_shape(shapes[-1]))
        except UnbuildableError:
            break
    return tuple(shapes)


def changed_fields(layer: Layer, other: Layer) -> Iterator[Hyperparameter]:
    """Yield the hyperparameters in which two layers of the same type differ."""
    return (one for one in layer.HYPERPARAMETERS if getattr(layer, one.name) != getattr(other, one.name))


def _changes(old: tuple[Layer, ...], new: tuple[Layer, ...]) -> list[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()  # type: ignore[return-value]
