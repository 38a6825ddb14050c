"""The pages of Explain: their order, names and explanations. Without Qt."""

from typing import Final

SUM, SLIDE, SANDBOX, WHAT_IF, WHY, SEEKS = range(6)
PAGES: Final = (
    ("explainSum", "Worked sum", "How one value is computed, number by number."),
    ("explainSlide", "Sliding window", "How a whole map comes about: a window slides over the maps before it."),
    ("explainSandbox", "Sandbox", "A convolution to try out: draw the input, and choose or type a kernel."),
    ("explainWhatIf", "What if", "Switch filters off, change weights, add noise, round: what becomes of the answer?"),
    ("explainWhy", "Why", "Which ink speaks for an answer, and which against it? Maps over the drawing."),
    ("explainSeeks", "Looks for", "What excites a filter or an output most: an image that forms, and test images."),
)
"""Object name, text and explanation of each page, in order."""

SHORT: Final = {SUM: "Sum", SLIDE: "Window"}
"""Shorter texts of pages, for a narrow panel."""
