"""The texts of the sliding window: the size of the output as a formula, and the sum of one position. Without Qt."""

from digitlab.gui.maps.cells import Cells
from digitlab.insight.slide import Position, Slide
from digitlab.model.activations import ACTIVATION_NAMES
from digitlab.model.layer import Activation, Padding, Pooling, Span, Window
from digitlab.words.lists import listed
from digitlab.words.numbers import count, number
from digitlab.words.places import POOLED


def size_formula(span: Span, length: int) -> str:
    """Return the number of window positions along an axis as a formula: ``(28 − 5) / 1 + 1 = 24``.

    The brackets of ``⌊(28 − 5) / 2⌋ + 1 = 12`` round down, those of ``⌈28 / 2⌉ = 14`` round up; they are left out
    where there is nothing to round.
    """
    result = str(span.output_length(length)).replace("-", "−")
    if span.padding is Padding.SAME:
        is_exact = length % span.stride == 0
        quotient = f"{length} / {span.stride}"
        return f"{quotient if is_exact else f'⌈{quotient}⌉'} = {result}"
    is_exact = (length - span.size) % span.stride == 0
    quotient = f"({length} − {span.size}) / {span.stride}"
    return f"{quotient if is_exact else f'⌊{quotient}⌋'} + 1 = {result}"


def size_text(window: Window, shape: tuple[int, ...]) -> str:
    """Return the formula of the output size for an input of some height and width."""
    height, width = (size_formula(span, length) for span, length in zip(window.axes, shape, strict=False))
    return f"Output size {height}" if height == width else f"Output height {height}, width {width}"


def border_text(slide: Slide) -> str:
    """Return what happens at the border: padding, and inputs that no window sees; empty if neither."""
    kind = "zeros" if slide.pooling is None else "empty cells"
    (above, left), (below, right) = slide.before, slide.after
    parts = []
    if any((above, left, below, right)):
        sides = ((above, "above"), (below, "below"), (left, "left"), (right, "right"))
        if len({above, left, below, right}) == 1:
            parts.append(f"{count(above, 'line')} of {kind} on each side")
        else:
            parts.append(f"{kind} added: {listed(f'{lines} {where}' for lines, where in sides if lines)}")
    skipped = int(slide.skipped.sum())
    if skipped:
        parts.append(f"{count(skipped, 'input')} under no window")
    return ", ".join(parts)


def position_text(slide: Slide, row: int, column: int) -> str:
    """Return how the output of a position is computed, in one line."""
    place = f"row {row}, column {column}"
    at = slide.at(row, column)
    if slide.pooling is not None:
        word = pooled_text(slide.pooling)
        return f"{place}: {word} of {count(at.cells, 'input')} = {number(at.output)}"
    assert at.part is not None  # the window is not pooled
    terms = f"{place}: {count(at.patch.size, 'product')} = {number(at.part)}"
    if slide.others:
        terms += f", {_added(at.rest)} from {count(slide.others, 'other input map')}"
    if slide.bias or (slide.others and slide.bias is not None):
        terms += f", {_added(slide.bias)} bias"
    if slide.bias or slide.others:
        terms += f" = {number(at.sum)}"
    name = None if slide.activation is Activation.LINEAR else ACTIVATION_NAMES[slide.activation]
    return terms if name is None else f"{terms} → {name} → {number(at.output)}"


def pooled_text(pooling: Pooling) -> str:
    """Return the word for a pooled value: ``largest``, ``mean``."""
    return POOLED[pooling]


def _added(value: float) -> str:
    return f"{'−' if value < 0 else '+'} {number(abs(value))}"


def term_text(name: str, cells: Cells) -> str:
    """Return the caption of a grid of the equation, with the range of its colours."""
    return f"{name}, up to ±{number(cells.limit, 2)}"


def result_text(slide: Slide, at: Position, *, is_short: bool = False) -> str:
    """Return what the numbers of the equation result in: ``products, sum 0.831``, ``sum 0.831``, ``largest 0.97``."""
    if at.part is None:
        return f"{pooled_text(slide.pooling)} {number(at.output)}" if slide.pooling else number(at.output)
    return f"{'' if is_short else 'products, '}sum {number(at.part)}"
