"""From a drawing or a picture to the network's 28x28 input: strokes, geometry, ink, MNIST's preprocessing steps.

Imports `system` and the rest of `data`. Not here: files of many digits (`data.files`), networks, or Qt.

To change how a digit is rendered: `raster` for strokes, `pictures` for pictures, `preprocessing` for the optional
steps. `python -m tests.bench.raster_choices` measures the effect of each step.
"""
