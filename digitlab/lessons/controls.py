"""The controls that a lesson can highlight, by the names that lesson files use, with their object names."""

from typing import Final

CONTROLS: Final = {
    "canvas": "canvas",
    "steps strip": "preprocessingStrip",
    "answer bars": "probabilityBars",
    "verdict": "verdict",
    "tabs": "panels",
    "time slider": "timeBar",
    "play": "playButton",
    "network tiles": "networkView",
    "tile details": "unitDetail",
    "filters": "filterTiles",
    "bias": "biasField",
    "worked sum button": "explainSum",
    "sliding window button": "explainSlide",
    "sandbox button": "explainSandbox",
    "what if button": "explainWhatIf",
    "path": "explainPath",
    "worked sum": "sumScroll",
    "sliding window": "slidingView",
    "slide play": "slidePlay",
    "sandbox": "sandboxPage",
    "network table": "summaryTable",
    "network diagram": "networkDiagram",
    "train": "trainButton",
    "evaluate": "evaluateButton",
}
"""Tests check that the window has each of them."""
