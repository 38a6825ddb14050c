"""What is looked for: a unit, the image that forms for it, and the test images that excite it. Without Qt."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digitlab.attribution.strongest import Exciting
from digitlab.data.held_out import HeldOutSet
from digitlab.insight.place import Place, Step
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """An image to form.

    Attributes:
        snapshot: The network and its weights.
        place: The unit that it should excite.
        start: The first image, shape (28, 28), uint8; None for noise.
        seed: Which noise.
    """

    snapshot: Snapshot
    place: Place
    start: NDArray[np.uint8] | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Test images to find.

    Attributes:
        snapshot: The network and its weights.
        place: The unit that they should excite; of a map, any unit.
        source: The dataset.
    """

    snapshot: Snapshot
    place: Place
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The test images that excite a unit most.

    Attributes:
        search: What was looked for.
        data: The images.
        images: The most exciting ones, the first most of all.
        seen: How many test images were looked at, the first ones of the set.
    """

    search: Search
    data: HeldOutSet
    images: tuple[Exciting, ...]
    seen: int

    @property
    def is_complete(self) -> bool:
        """Whether all test images were looked at."""
        return self.seen == len(self.data.digits)


def sought_place(spec: ModelSpec, place: Place) -> Place:
    """Return the unit whose preferred image is shown: of a map the one in its middle, of a cost the output."""
    if place.layer < 0:
        return Place(0, (*tuple(length // 2 for length in spec.shapes[1][:-1]), 0))
    step = Step.OUTPUT if place.step is Step.COST else place.step
    if len(place.unit) != 3:
        return replace(place, step=step)
    rows, columns, _ = spec.shapes[place.layer + 1]
    return Place(place.layer, (rows // 2, columns // 2, place.unit[2]))


def sees_everything(field: tuple[slice, slice], side: int) -> bool:
    """Return whether a receptive field is nearly all of the image, so that what forms there is a whole digit."""
    return all(part.stop - part.start >= side - 4 for part in field)


def enlarged(image: NDArray[np.uint8], patch: tuple[slice, slice]) -> NDArray[np.uint8]:
    """Return a patch of an image, enlarged by whole pixels as far as an image has space for it, on black.

    Args:
        image: Shape (side, side), uint8.
        patch: Rows and columns.
    """
    part = image[patch]
    result = np.zeros_like(image)
    if part.size:
        scale = max(len(image) // max(part.shape), 1)
        part = part.repeat(scale, axis=0).repeat(scale, axis=1)
        top, left = ((len(image) - length) // 2 for length in part.shape)
        result[top : top + part.shape[0], left : left + part.shape[1]] = part
    return result


def dimmed(image: NDArray[np.uint8], patch: tuple[slice, slice]) -> NDArray[np.uint8]:
    """Return an image that is dark outside a patch, and not black there, so that the patch is seen on paper too."""
    result = (image // 3 + 40).astype(np.uint8)
    result[patch] = image[patch]
    return result
