"""A map of digits as text. Without Qt."""

from typing import Final

from digitlab.data.sources import DataSource
from digitlab.embedding.digit_map import MapMethod
from digitlab.embedding.hidden import feature_count, hidden_layer
from digitlab.gui.evaluate.map.shown import Question, ShownMap
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import count, epoch_label, percent, probability

COMPUTING: Final = "Computing the map …"

METHOD_TIPS: Final = {
    MapMethod.PCA: "Principal component analysis: looks at the layer from the side on which the digits differ most. "
    "Distances are true to scale, and every drawing has an exact place.",
    MapMethod.TSNE: "t-SNE: places neighbours beside each other. Clusters become clear, but the distances between them "
    "mean nothing. It takes some seconds.",
}


def reading_text(source: str) -> str:
    """Return what is shown while the digits are read."""
    if source == DataSource.BUILTIN:
        return "Making the built-in digits …"
    return (
        "Reading the digits …\nIf nothing appears, press Evaluate: it downloads digits that are not on this computer "
        "yet, or says what is wrong."
    )


def layer_text(spec: ModelSpec) -> tuple[str, str]:
    """Return what is mapped, and its values: ``dense1`` and ``112 activations``."""
    layer = hidden_layer(spec)
    if layer < 0:
        return "the network's input", count(feature_count(spec), "pixel")
    return spec.layer_names[layer], count(feature_count(spec), "activation")


def map_text(shown: ShownMap, *, has_drawing: bool) -> str:
    """Return what a whole map shows, on two lines in a small window."""
    snapshot, found = shown.question.snapshot, shown.found
    layer, values = layer_text(snapshot.spec)
    text = f"{count(len(found), 'digit')}, {epoch_label(snapshot)}: close together if alike to {layer}. "
    if found.method is MapMethod.PCA:
        text += f"The two axes keep {percent(found.plane.share)} of the variance of its {values}."
    else:
        text += f"By its {values}; distances between clusters mean nothing."
    if shown.own:
        text += " Rings are your own digits."
    if has_drawing:
        text += " The disc is your drawing."
    return text


def progress_text(shown: ShownMap, question: Question) -> str:
    """Return what is being computed, and how the map on screen differs from it; short, beside the progress bar."""
    found = shown.found
    if shown.question.snapshot is not question.snapshot:
        return f"Still the map of {epoch_label(shown.question.snapshot)}. Computing {question.method} …"
    if question.method is found.method is MapMethod.PCA:
        return f"{count(len(found), 'digit')} so far …"
    return f"Computing {question.method} …"


def point_text(shown: ShownMap, point: int) -> str:
    """Return what a point is and how the network classifies it."""
    if point >= len(shown.found):
        return f"A {shown.own[point - len(shown.found)].label} of your own."
    label, index = int(shown.found.labels[point]), int(shown.found.indices[point])
    what, prediction = f"A {label}", shown.found.prediction(point)
    if prediction is not None:
        answer, confidence = prediction
        how = "classified correctly" if answer == label else f"classified as {answer}"
        what += f", {how} with {probability(confidence)} confidence"
    return f"{what}. Image {index + 1:,} of {len(shown.question.data.digits):,}."
