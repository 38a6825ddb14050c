"""The texts of What if. Without Qt."""

from digitlab.gui.session.values import EditEffect, Evaluation
from digitlab.model.edits import FULL_BITS
from digitlab.model.layer import Layer
from digitlab.model.snapshot import Snapshot
from digitlab.words.edits import off_note
from digitlab.words.names import one_line
from digitlab.words.numbers import exact_number, number, percent, points

NOT_HERE = "No accuracy: the data chosen in Evaluate are not on this computer."
NO_ANSWERS = "No accuracy: this network ends in feature maps and makes no predictions."
LOADING = "Loading the data to evaluate on …"
TRAINING = "No accuracy: the newest snapshot is not evaluated while it is trained."


def unit_title(snapshot: Snapshot, layer: int, unit: int) -> str:
    """Return the name of a filter or unit: ``conv1 · filter 3, off``, ``dense · digit 4``."""
    spec = snapshot.spec
    name = f"output {spec.classes.name(unit)}" if spec.is_answer(layer) else f"{spec.layers[layer].unit_word} {unit}"
    return f"{spec.layer_names[layer]} · {name}{off_note(snapshot, layer, unit)}"


def weight_title(name: str) -> str:
    """Return the title of the field for one of a layer's weights, by the name of its array in Keras."""
    return "Weight" if name == "kernel" else name.capitalize()


def units_word(layer: Layer) -> str:
    """Return the plural of the noun for a layer's filters or units."""
    return f"{layer.unit_word}s"


def accuracy_text(evaluation: Evaluation, snapshot: Snapshot, *, is_trained: bool) -> str:
    """Return what the edits do to the accuracy: ``98.9 % → 97.2 % (−1.7 points)``, or why that is unknown.

    Args:
        evaluation: The session's evaluation.
        snapshot: The network on screen.
        is_trained: Whether it is the newest of a training in progress.
    """
    effect = evaluation.effect
    if not snapshot.spec.classifies:
        return NO_ANSWERS
    if is_trained:
        return TRAINING
    if effect is None:
        return NOT_HERE
    return effect_text(effect)


def effect_text(effect: EditEffect) -> str:
    """Return the accuracies and what they were measured on."""
    if not effect.total:
        return LOADING
    count = effect.count or effect.total
    shown = ["…" if accuracy is None else percent(accuracy, count) for accuracy in (effect.before, effect.after)]
    text = shown[0] if not effect.snapshot.is_edited else " → ".join(shown)
    if effect.before is not None and effect.after is not None and effect.snapshot.is_edited:
        change = effect.after - effect.before
        sign = "+" if change > 0 else ""
        text += f" ({sign}{points(change)})" if change else " (no change)"
    is_partial = not effect.is_whole and effect.count
    images = f"{count:,} of {effect.total:,}," if is_partial else f"{count:,} images of"
    return f"Accuracy {text} on {images} {one_line(effect.title)}"


def cell_text(rows: int, row: int, col: int) -> str:
    """Return the name of a cell; a picture of one row has no rows."""
    return f"weight {col}" if rows == 1 else f"row {row}, column {col}"


def noise_text(strength: float) -> str:
    """Return the strength of the noise."""
    return f"{exact_number(strength)} × std" if strength else "none"


def bits_text(bits: int) -> str:
    """Return the precision of the kernels."""
    return "32 bits" if bits >= FULL_BITS else "1 bit" if bits == 1 else f"{bits} bits"


def channel_text(channel: int, share: float) -> str:
    """Return the name of an input channel, with its share of the kernel's weights."""
    return f"{channel} · {percent(share, decimals=0)} of the kernel"


def weight_text(value: float) -> str:
    """Return a weight as a cell shows it."""
    return number(value, 2)
