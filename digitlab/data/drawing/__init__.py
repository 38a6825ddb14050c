"""From a drawing or a picture to the network's 28x28 input: strokes, geometry, ink, MNIST's preprocessing steps.

Imports `system` and its neighbours in `data`. Never here: files of many digits (`data.files`), networks, or Qt.

To change how a digit is rendered: `raster` for strokes, `pictures` for pictures, `preprocessing` for the steps a
person can leave out. `python -m tests.bench.raster_choices` measures what each step brings.
"""
