"""A training that is kept: its curves and snapshots, its file on disk, recording while it grows, the library of runs.

Imports `training` and below. Never here: Keras, TensorFlow, or Qt.
"""
