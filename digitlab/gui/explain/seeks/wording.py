"""The sentences of the page Looks for."""

import numpy as np

from digitlab.attribution.preferred import ASCENT_STEPS, AscentStep
from digitlab.attribution.strongest import Exciting
from digitlab.gui.explain.seeks.wanted import Found
from digitlab.insight.place import Place, Step, has_output_step
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import count, dimensions, number, probability
from digitlab.words.places import layer_name, unit_name


def sought_name(spec: ModelSpec, place: Place) -> str:
    """Return the name of what is excited: ``conv1 · filter 3``, ``softmax · digit 4``."""
    layer = layer_name(spec, place.layer, place.step)
    if len(place.unit) == 3:
        return f"{layer} · {spec.layers[place.layer].unit_word} {place.unit[2]}"
    return f"{layer} · {unit_name(spec, place)}"


def forming_line(spec: ModelSpec, place: Place, step: AscentStep) -> str:
    """Return how far an image is formed, and how much it excites the unit."""
    nth = round(step.share * ASCENT_STEPS)
    if place.step is Step.OUTPUT and has_output_step(spec):
        value = probability(step.value) if np.isfinite(step.value) else number(step.value)
    else:
        value = number(step.value)
    is_sum = spec.layers[place.layer].has_kernel and place.step is Step.VALUE
    what = "weighted sum" if is_sum else "value"
    return f"Step {nth} of {count(ASCENT_STEPS, 'step')}: {what} {value}"


def images_line(found: Found, *, is_logit: bool) -> str:
    """Return what the test images on screen are: the strongest of all, or of those looked at so far."""
    total, value = count(len(found.data.digits), "image"), "logit" if is_logit else "value"
    if found.is_complete:
        return f"The {len(found.images)} of {total} with the largest {value}"
    return f"Largest {value} so far: {found.seen:,} of {total}"


def image_text(found: Found, exciting: Exciting) -> str:
    """Return what one of the test images is, for screen readers and its tooltip."""
    label = int(found.data.digits.labels[exciting.index])
    patch = exciting.patch
    where = f"rows {patch[0].start} to {patch[0].stop - 1}, columns {patch[1].start} to {patch[1].stop - 1}"
    place = f" at {where}" if len(exciting.place.unit) == 3 and patch[0].stop > patch[0].start else ""
    return f"A {label}, image {exciting.index + 1:,} of {len(found.data.digits):,}: {number(exciting.value)}{place}"


def field_line(field: tuple[slice, slice]) -> str:
    """Return how much of the image a unit sees."""
    sides = tuple(part.stop - part.start for part in field)
    return f"It sees {dimensions(sides)} pixels at a time." if all(sides) else "It sees nothing: it is a constant."
